from tests.workflows.scenario import AwsError, Failure, Scenario

ITEMS = [{"pk": {"S": "u"}, "sk": {"S": f"{number:03}"}} for number in range(30)]
FINE = {
    "dynamodb.Query": [{"Items": ITEMS, "Count": 30}],
    "dynamodb.BatchWriteItem": [{"UnprocessedItems": {}}],
    "cognito-idp.AdminDeleteUser": [{}],
    "s3.ListObjectsV2": [{"Contents": [{"Key": "u/a"}, {"Key": "u/b"}]}],
    "s3.DeleteObjects": [{}],
}
INPUT = {"user": "u"}

SCENARIOS = [
    Scenario(
        "all gone",
        INPUT,
        {
            "status": "DONE",
            "removed": {"orders": 30, "account": 1, "exports": 2},
            "notes": [],
            "certificate": "ed60270f6bf6",
        },
        FINE,
    ),
    Scenario(
        "nothing there",
        {"user": "v"},
        {
            "status": "DONE",
            "removed": {"orders": 0, "account": 0, "exports": 0},
            "notes": ["account was not there", "exports empty"],
            "certificate": "c83fc1717fb0",
        },
        FINE
        | {
            "dynamodb.Query": [{"Items": [], "Count": 0}],
            "cognito-idp.AdminDeleteUser": [AwsError("UserNotFoundException", "User does not exist.")],
            "s3.ListObjectsV2": [{}],
        },
    ),
    Scenario(
        "one fails",
        INPUT,
        Failure("ErasureError", "account: Too many requests"),
        FINE | {"cognito-idp.AdminDeleteUser": [AwsError("TooManyRequestsException", "Too many requests")]},
    ),
    Scenario(
        "two fail",
        INPUT,
        Failure("ErasureError", "orders+exports: ResourceNotFoundException; NoSuchBucket"),
        FINE
        | {
            "dynamodb.Query": [AwsError("ResourceNotFoundException", "no table")],
            "s3.ListObjectsV2": [AwsError("NoSuchBucket", "The specified bucket does not exist", 404)],
        },
    ),
    Scenario("no user", {"user": None}, Failure("TypeError", "forget() argument 'user' must be str, not NoneType")),
]

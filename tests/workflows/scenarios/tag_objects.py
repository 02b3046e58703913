from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {"BUCKET": "data"}


def page(*keys: str, more: str | None = None) -> dict:
    found = {"Contents": [{"Key": key, "Size": 0 if key.endswith("/") else 3} for key in keys]} if keys else {}
    return {**found, "IsTruncated": more is not None} | ({"NextContinuationToken": more} if more else {})


def tags(**values: str) -> dict:
    return {"TagSet": [{"Key": key, "Value": value} for key, value in values.items()]}


SCENARIOS = [
    Scenario("nothing there", {}, {"counts": {}, "problems": []}, {"s3.ListObjectsV2": [page()]}, environ=ENVIRON),
    Scenario(
        "some of each",
        {"prefix": "in"},
        {"counts": {"no rule": 1, "tagged": 2, "up to date": 1}, "problems": []},
        {
            "s3.ListObjectsV2": [page("invoices/", "readme.md", "a.log", more="2"), page("invoices/1.log", "b.tmp")],
            "s3.GetObjectTagging": [
                tags(owner="ann", retention="7"),
                tags(),
                tags(retention="1", **{"class": "scratch"}),
            ],
            "s3.PutObjectTagging": [{}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "what fails is told",
        {},
        {
            "counts": {"gone": 1, "failed": 2},
            "problems": [
                {"key": "b.log", "code": "AccessDenied"},
                {"key": "c.log", "code": "c.log would have 12 tags"},
            ],
        },
        {
            "s3.ListObjectsV2": [page("a.log", "b.log", "c.log")],
            "s3.GetObjectTagging": [
                AwsError("NoSuchKey", "no such key", 404),
                AwsError("AccessDenied", "no", 403),
                tags(**{f"t{i}": "x" for i in range(10)}),
            ],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "no bucket",
        {},
        Failure("NoSuchBucket"),
        {"s3.ListObjectsV2": [AwsError("NoSuchBucket", "no such bucket", 404)]},
        environ=ENVIRON,
    ),
]

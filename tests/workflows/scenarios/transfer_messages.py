from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {"TABLE": "messages", "QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/q"}


def item(params: dict) -> dict:
    name = params["Key"]["MessageId"]["S"]
    return {} if name.startswith("x") else {"Item": {"MessageId": {"S": name}, "Message": {"S": f"hello {name}"}}}


SENT = [{"MessageId": "m", "MD5OfMessageBody": "0"}]
SCENARIOS = [
    Scenario("none", {"ids": []}, {"sent": 0, "missing": []}, environ=ENVIRON),
    Scenario(
        "some are missing",
        {"ids": ["a", "x1", "b"]},
        {"sent": 2, "missing": ["x1"]},
        {"dynamodb.GetItem": [item], "sqs.SendMessage": SENT},
        environ=ENVIRON,
    ),
    Scenario(
        "three",
        {"ids": ["a", "b", "c"]},
        {"sent": 3, "missing": []},
        {"dynamodb.GetItem": [item], "sqs.SendMessage": SENT},
        environ=ENVIRON,
    ),
    Scenario(
        "no queue",
        {"ids": ["a"]},
        Failure("QueueDoesNotExist"),
        {"dynamodb.GetItem": [item], "sqs.SendMessage": [AwsError("QueueDoesNotExist", "no queue")]},
        environ=ENVIRON,
    ),
]

from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {"TABLE": "payments"}
TAKEN = AwsError("ConditionalCheckFailedException", "The conditional request failed")
ORDER = {"order": {"id": "o1", "amount": 10}}


def record(status: str, result: str = "null") -> dict:
    return {"Item": {"id": {"S": "k"}, "executionstatus": {"S": status}, "executionresult": {"S": result}}}


SCENARIOS = [
    Scenario("first", ORDER, {"receipt": "r-o1", "repeated": False}, {"dynamodb.UpdateItem": [{}]}, environ=ENVIRON),
    Scenario(
        "again",
        ORDER,
        {"receipt": "r-o1", "repeated": True},
        {"dynamodb.UpdateItem": [TAKEN], "dynamodb.GetItem": [record("SUCCEEDED", '{"receipt": "r-o1"}')]},
        environ=ENVIRON,
    ),
    Scenario(
        "while the first is under way",
        ORDER,
        {"receipt": "r-o1", "repeated": True},
        {
            "dynamodb.UpdateItem": [TAKEN],
            "dynamodb.GetItem": [record("IN_PROGRESS"), record("SUCCEEDED", '{"receipt": "r-o1"}')],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "refused",
        {"order": {"id": "o1", "amount": 5000}},
        Failure("PaymentRefused"),
        {"dynamodb.UpdateItem": [{}]},
        environ=ENVIRON,
    ),
    Scenario(
        "strange",
        ORDER,
        Failure("UnknownStatus", "LOST"),
        {"dynamodb.UpdateItem": [TAKEN], "dynamodb.GetItem": [record("LOST")]},
        environ=ENVIRON,
    ),
]

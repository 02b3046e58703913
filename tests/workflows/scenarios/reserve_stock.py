from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {
    "INVENTORY_TABLE": "stock",
    "RESERVATIONS_TABLE": "held",
    "EVENT_BUS": "bus",
    "TOPIC": "arn:aws:sns:us-east-1:123456789012:t",
}
SENT = {"Entries": [{"EventId": "1"}], "FailedEntryCount": 0}
PRODUCT = {"Item": {"id": {"S": "p1"}, "stock": {"N": "7"}, "minPOAmount": {"N": "50"}, "status": {"S": "IN STOCK"}}}
GOOD = {
    "dynamodb.GetItem": [PRODUCT],
    "dynamodb.UpdateItem": [{}],
    "dynamodb.PutItem": [{}],
    "events.PutEvents": [SENT],
    "sns.Publish": [{"MessageId": "1"}],
}


def order(quantity: int) -> dict:
    return {"order_id": "o1", "product_id": "p1", "quantity": quantity}


SCENARIOS = [
    Scenario("enough", order(5), {"reserved": 5, "left": 2}, GOOD, environ=ENVIRON),
    Scenario("too few", order(8), {"reserved": 0, "left": 7}, GOOD, environ=ENVIRON),
    Scenario("unknown", order(1), Failure("KeyError", "'p1'"), {"dynamodb.GetItem": [{}]}, environ=ENVIRON),
    Scenario(
        "one write fails",
        order(5),
        Failure("ConditionalCheckFailedException"),
        {**GOOD, "dynamodb.UpdateItem": [AwsError("ConditionalCheckFailedException", "no")]},
        environ=ENVIRON,
        racing=frozenset({"dynamodb.PutItem", "events.PutEvents"}),
    ),
]

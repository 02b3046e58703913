from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {"TABLE": "orders"}
LINES = [{"price": "19.90", "quantity": 2}, {"price": "0.20", "quantity": 1}]
ORDER = {"action": "place", "customer": "ann", "order": {"id": "o1", "lines": LINES}}
CANCEL = {"action": "cancel", "customer": "ann", "order_id": "o1"}
REFUSED = AwsError("ConditionalCheckFailedException", "The conditional request failed")


def row(number: int, status: str, total: str) -> dict:
    return {
        "pk": {"S": "CUSTOMER#ann"},
        "sk": {"S": f"ORDER#o{number}"},
        "status": {"S": status},
        "total": {"N": total},
    }


def order(number: int, status: str, total: str) -> dict:
    return {"id": f"o{number}", "status": status, "total": total}


SCENARIOS = [
    Scenario("placed", ORDER, {"id": "o1", "total": "40.00"}, {"dynamodb.PutItem": [{}]}, environ=ENVIRON),
    Scenario(
        "placed twice", ORDER, Failure("Conflict", "order o1 exists"), {"dynamodb.PutItem": [REFUSED]}, environ=ENVIRON
    ),
    Scenario(
        "not placed",
        ORDER,
        Failure("ResourceNotFoundException"),
        {"dynamodb.PutItem": [AwsError("ResourceNotFoundException", "no table")]},
        environ=ENVIRON,
    ),
    Scenario(
        "nothing to place",
        ORDER | {"order": {"id": "o1", "lines": []}},
        Failure("ValueError", "an order needs lines"),
        environ=ENVIRON,
    ),
    Scenario(
        "two pages",
        {"action": "list", "customer": "ann"},
        [order(3, "PAID", "7"), order(2, "PLACED", "12.50"), order(1, "CANCELLED", "0")],
        {
            "dynamodb.Query": [
                {"Items": [row(3, "PAID", "7"), row(2, "PLACED", "12.50")], "LastEvaluatedKey": {"pk": {"S": "k"}}},
                {"Items": [row(1, "CANCELLED", "0")]},
            ]
        },
        environ=ENVIRON,
    ),
    Scenario(
        "none of a status",
        {"action": "list", "customer": "ann", "status": "PAID"},
        [],
        {"dynamodb.Query": [{"Items": []}]},
        environ=ENVIRON,
    ),
    Scenario(
        "cancelled",
        CANCEL | {"reason": "too late"},
        {"id": "o1", "version": 3},
        {"dynamodb.UpdateItem": [{"Attributes": row(1, "CANCELLED", "1") | {"version": {"N": "3"}}}]},
        environ=ENVIRON,
    ),
    Scenario(
        "too late",
        CANCEL,
        Failure("Conflict", "order o1 is shipped"),
        {"dynamodb.UpdateItem": [REFUSED], "dynamodb.GetItem": [{"Item": row(1, "SHIPPED", "1")}]},
        environ=ENVIRON,
    ),
    Scenario(
        "unknown order",
        CANCEL,
        Failure("NotFound", "o1"),
        {"dynamodb.UpdateItem": [REFUSED], "dynamodb.GetItem": [{}]},
        environ=ENVIRON,
    ),
    Scenario(
        "unknown action",
        {"action": "ship", "customer": "ann"},
        Failure("ValueError", "unknown action 'ship'"),
        environ=ENVIRON,
    ),
]

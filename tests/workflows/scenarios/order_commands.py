from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"ORDERS_TABLE": "orders"}
SENT = {"Entries": [{"EventId": "1"}], "FailedEntryCount": 0}
EVENT = {"id": "m-1", "time": "2024-05-01T10:00:00Z", "source": "shop"}


def event(kind: str, **detail: object) -> dict:
    return {**EVENT, "detail-type": kind, "detail": detail}


SCENARIOS = [
    Scenario(
        "command",
        event("orderCommand", orderId="o1", command="create", items=[{"itemid": "a", "quantity": 2}]),
        "command",
        {"dynamodb.PutItem": [{}], "events.PutEvents": [SENT]},
        environ=ENVIRON,
    ),
    Scenario(
        "query",
        event("orderQuery", query="monthlySalesByItem", itemid="tea"),
        "query",
        {"events.PutEvents": [SENT]},
        environ={**ENVIRON, "EVENT_BUS": "orders-bus"},
    ),
    Scenario("other query", event("orderQuery", query="weather"), Failure("UnknownQuery", "weather"), environ=ENVIRON),
    Scenario("other event", event("ping"), Failure("UnknownEvent", "no route for ping"), environ=ENVIRON),
    Scenario("no order", event("orderCommand", items=[]), Failure("KeyError", "'orderId'"), environ=ENVIRON),
]

from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"EVENT_STORE": "events"}
PUT = {"dynamodb.PutItem": [{}]}


def event(kind: str, quantity: int) -> dict:
    return {"event": {"eventType": kind, "productId": "p1", "quantity": quantity}}


SCENARIOS = [
    Scenario("received", event("productReceived", 3), {"product": "p1", "stock": 13}, PUT, environ=ENVIRON),
    Scenario("shipped", event("productShipped", 3), {"product": "p1", "stock": 7}, PUT, environ=ENVIRON),
    Scenario("adjusted", event("productAdjusted", 3), {"product": "p1", "stock": 3}, PUT, environ=ENVIRON),
    Scenario("other", event("productEaten", 3), Failure("UnknownEventType", "productEaten"), environ=ENVIRON),
    Scenario("invalid", event("productShipped", -1), Failure("InvalidEvent"), environ=ENVIRON),
]

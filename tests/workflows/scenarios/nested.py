from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"AUDIT_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:audit"}
STARTED = {
    "stepfunctions.StartExecution": [{"executionArn": "arn:aws:states:us-east-1:123456789012:execution:audit:1"}]
}


def order(*lines: tuple[str, int]) -> dict:
    return {"order": {"id": "o1", "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]}}


SCENARIOS = [
    Scenario("priced", order(("tea", 2), ("cup", 1)), {"order": "o1", "total": 13.5}, STARTED, "invoice", ENVIRON),
    Scenario("nothing", order(), {"order": "o1", "total": 0.0}, STARTED, "invoice", ENVIRON),
    Scenario(
        "bad line",
        order(("tea", 2), ("?", 1)),
        {"order": "o1", "problem": "unknown article ?"},
        {},
        "invoice",
        ENVIRON,
    ),
    Scenario("the child alone", order(("?", 1))["order"], Failure("BadLine", None), {}, "price_order", ENVIRON),
]

import json
from typing import Any

from tests.workflows.scenario import Answer, AwsError, Failure, Scenario, Stream

THROTTLED = AwsError("TooManyRequestsException", "Rate Exceeded.", 429)


def invoked(params: dict[str, Any]) -> Answer:
    """A function that knows its wares, one that has crashed, and the audit."""
    given = json.loads(params["Payload"])
    if params["FunctionName"] == "audit":
        return {"StatusCode": 202, "Payload": Stream("")}
    failures = {
        "unknown": {"errorType": "UnknownSku", "errorMessage": "what is that?"},
        "slow": {"errorMessage": "Task timed out"},
    }
    failure = failures.get(given["sku"])
    if failure is not None:
        return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": Stream(json.dumps(failure))}
    return {"StatusCode": 200, "Payload": Stream('{"cents": 250}')}


def scenario(label: str, skus: list[str], expected: Any, *answers: Answer) -> Scenario:
    items = [{"sku": sku, "qty": number} for number, sku in enumerate(skus, 1)]
    return Scenario(label, {"customer": "ann", "items": items}, expected, {"lambda.Invoke": answers or [invoked]})


SCENARIOS = [
    scenario("priced", ["tea", "jam"], {"total": 750, "lines": ["tea: 2.50", "jam: 5.00"], "audited": True}),
    scenario("one is unknown", ["unknown"], {"total": 0, "lines": ["unknown: unknown"], "audited": True}),
    scenario(
        "a function fails", ["slow"], Failure("FunctionFailed", "pricing:live failed with Unknown: Task timed out")
    ),
    scenario("nothing", [], Failure("ValueError", "nothing to price")),
    scenario("throttled", ["tea"], {"total": 250, "lines": ["tea: 2.50"], "audited": True}, THROTTLED, invoked),
    scenario("throttled for good", ["tea"], Failure("TooManyRequestsException"), THROTTLED),
]

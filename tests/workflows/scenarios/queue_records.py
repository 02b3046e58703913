from collections.abc import Callable
from typing import Any

from tests.workflows.scenario import Answer, Scenario

QUEUES = {"QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/records"}
RECORDS = [{"n": number, "customer": f"c{number % 3}"} for number in range(11)]


def failing(*ids: str, code: str = "InternalError", sender: bool = False) -> Callable[[dict[str, Any]], Answer]:
    """Those of the batch fail; the list is missing where none does, as AWS has it."""

    def send(params: dict[str, Any]) -> Answer:
        failed = [entry["Id"] for entry in params["Entries"] if entry["Id"] in ids]
        sent = [{"Id": entry["Id"]} for entry in params["Entries"] if entry["Id"] not in ids]
        faults = [{"Id": id_, "SenderFault": sender, "Code": code} for id_ in failed]
        return {"Successful": sent} | ({"Failed": faults} if faults else {})

    return send


def scenario(label: str, expected: Any, *batches: Answer, dead_letters: bool = False) -> Scenario:
    answers = {
        "sqs.SendMessageBatch": batches,
        "sqs.SendMessage": [{"MessageId": "m"}],
        "cloudwatch.PutMetricData": [{}],
    }
    environ = {**QUEUES, "DLQ_URL": "https://dead.invalid"} if dead_letters else QUEUES
    return Scenario(label, {"records": RECORDS, "source": "web"}, expected, answers, environ=environ)


SCENARIOS = [
    scenario("all are sent", {"sent": 11, "failed": [], "codes": {}}, failing()),
    scenario("some fail once", {"sent": 11, "failed": [], "codes": {}}, failing("0-1", "0-3"), failing()),
    scenario(
        "one fails again and again", {"sent": 10, "failed": ["1-0"], "codes": {"InternalError": 1}}, failing("1-0")
    ),
    scenario(
        "one is refused",
        {"sent": 10, "failed": ["0-1"], "codes": {"Invalid": 1}},
        failing("0-1", code="Invalid", sender=True),
        dead_letters=True,
    ),
]

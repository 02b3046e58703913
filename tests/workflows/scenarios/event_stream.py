from typing import Any

from tests.workflows.scenario import Answer, AwsError, Failure, Scenario

EVENTS = [{"type": "a", "n": 1}, {"n": 2}, {"type": "b", "n": "ü"}, {"type": "c", "tags": []}]
DONE = {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "1"}, {"RecordId": "2"}]}
HALF = {"FailedPutCount": 1, "RequestResponses": [{"RecordId": "1"}, {"ErrorCode": "ServiceUnavailableException"}]}
ONE = {"FailedPutCount": 1, "RequestResponses": [{"ErrorCode": "ServiceUnavailableException"}]}


def scenario(label: str, expected: Any, *answers: Answer, **input: Any) -> Scenario:
    return Scenario(
        label, {"stream": "s", "events": EVENTS, "size": 2} | input, expected, {"firehose.PutRecordBatch": answers}
    )


SCENARIOS = [
    scenario("all at once", {"sent": 3, "lost": 0, "batches": 2}, DONE),
    scenario("one again", {"sent": 3, "lost": 0, "batches": 2}, HALF, DONE),
    scenario("lost", {"sent": 0, "lost": 1, "batches": 1}, ONE, events=EVENTS[:1]),
    scenario("nothing", {"sent": 0, "lost": 0, "batches": 0}, events=[{"n": 1}]),
    scenario("batches of none", Failure("ValueError", "range() arg 3 must not be zero"), size=0),
    scenario(
        "too much",
        Failure("ServiceUnavailableException"),
        DONE,
        AwsError("ServiceUnavailableException", "Slow down.", 503),
    ),
]

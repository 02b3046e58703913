from tests.workflows.scenario import AwsError, Failure, Scenario

INPUT = {"groups": ["/app/a", "/app/b"], "until": "2030-01-02T03:00:00+00:00", "hours": 1.5}
STARTED = {"logs.StartQuery": [{"queryId": "q1"}]}


def row(service, kind, hits):
    cells = {"service": service, "kind": kind, "hits": str(hits)}
    return [{"field": name, "value": value} for name, value in cells.items()]


DONE = {
    "status": "Complete",
    "results": [row("pay", "Timeout", 1200), row("web", "KeyError", 40), row("web", "Rare", 2)],
}
SEEN = AwsError("ConditionalCheckFailedException", "The conditional request failed")

SCENARIOS = [
    Scenario(
        "one is new",
        INPUT,
        {"kinds": 3, "opened": ["oi-1"]},
        STARTED
        | {
            "logs.GetQueryResults": [{"status": "Scheduled"}, {"status": "Running", "results": []}, DONE],
            "dynamodb.PutItem": [{}, SEEN],
            "ssm.CreateOpsItem": [{"OpsItemId": "oi-1"}],
        },
    ),
    Scenario(
        "nothing",
        INPUT,
        {"kinds": 0, "opened": []},
        STARTED | {"logs.GetQueryResults": [{"status": "Complete", "results": []}]},
    ),
    Scenario(
        "the query times out",
        INPUT,
        Failure("QueryFailed", "query q1: timeout"),
        STARTED | {"logs.GetQueryResults": [{"status": "Running"}, {"status": "Timeout"}]},
    ),
    Scenario(
        "a bad query",
        INPUT,
        Failure("MalformedQueryException"),
        {"logs.StartQuery": [AwsError("MalformedQueryException", "no")]},
    ),
]

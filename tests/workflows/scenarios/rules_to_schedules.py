from tests.workflows.scenario import AwsError, Scenario

ENVIRON = {"SCHEDULER_ROLE": "arn:aws:iam::123456789012:role/s"}


def rule(name: str, expression: str | None = "rate(1 hour)", state: str = "ENABLED") -> dict:
    return {"Name": name, "State": state, **({} if expression is None else {"ScheduleExpression": expression})}


REST = {
    "events.ListTargetsByRule": [{"Targets": [{"Id": "1", "Arn": "arn:t", "Input": '{"a": 1}'}]}],
    "events.DisableRule": [{}],
    "scheduler.CreateSchedule": [{"ScheduleArn": "arn:s"}],
}
SCENARIOS = [
    Scenario(
        "two pages",
        {"prefix": "x"},
        {"moved": ["a", "c"], "skipped": ["b"]},
        {
            **REST,
            "events.ListRules": [
                {"Rules": [rule("a"), rule("b", None)], "NextToken": "n"},
                {"Rules": [rule("c", state="DISABLED")]},
            ],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "there is one already",
        {"prefix": "x", "disable": False},
        {"moved": [], "skipped": ["a"]},
        {
            **REST,
            "events.ListRules": [{"Rules": [rule("a")]}],
            "scheduler.CreateSchedule": [AwsError("ConflictException", "exists", 409)],
        },
        environ=ENVIRON,
    ),
]

from typing import Any

from tests.workflows.scenario import Answer, AwsError, Failure, Scenario

JOB = {"name": "x", "script": "s3://x", "args": [1, "b"]}


def run(state: str, **more: Any) -> dict[str, Any]:
    return {"jobRun": {"state": state, **more}}


def scenario(label: str, expected: Any, *answers: Answer, started: Answer = None, **input: Any) -> Scenario:
    return Scenario(
        label,
        {"app": "a", "role": "arn:aws:iam::123456789012:role/spark", "jobs": [JOB]} | input,
        expected,
        {
            "emr-serverless.StartJobRun": [started or {"jobRunId": "1"}],
            "emr-serverless.GetJobRun": answers,
        },
    )


NO_MEMORY = run("FAILED", stateDetails="OutOfMemoryError")
SCENARIOS = [
    scenario("at once", {"done": {"x": 1}, "failed": {}, "waves": 1}, run("RUNNING"), run("SUCCESS")),
    scenario("with more memory", {"done": {"x": 2}, "failed": {}, "waves": 2}, NO_MEMORY, run("SUCCESS")),
    scenario("never enough", {"done": {}, "failed": {"x": "OutOfMemoryError"}, "waves": 2}, NO_MEMORY),
    scenario("cancelled", {"done": {}, "failed": {"x": "CANCELLED"}, "waves": 1}, run("CANCELLED")),
    scenario("no jobs", {"done": {}, "failed": {}, "waves": 0}, jobs=[]),
    scenario("no script", Failure("KeyError", "'script'"), jobs=[{"name": "x"}]),
    scenario(
        "no memory",
        Failure("ValueError", "invalid literal for int() with base 10: 'lots'"),
        jobs=[JOB | {"memory": "lots"}],
    ),
    scenario("refused", Failure("ConflictException"), started=AwsError("ConflictException", "again")),
]

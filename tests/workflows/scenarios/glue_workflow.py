from tests.workflows.scenario import AwsError, Failure, Scenario


def run(status: str, failed: int = 0) -> dict:
    return {"Run": {"Name": "w", "WorkflowRunId": "wr", "Status": status, "Statistics": {"FailedActions": failed}}}


START = {"glue.StartWorkflowRun": [{"RunId": "wr"}]}
SCENARIOS = [
    Scenario("one", {"name": "w"}, 1, {**START, "glue.GetWorkflowRun": [run("RUNNING"), run("COMPLETED")]}),
    Scenario("two", {"name": "w", "runs": 2}, 2, {**START, "glue.GetWorkflowRun": [run("COMPLETED")]}),
    Scenario(
        "a failed action",
        {"name": "w", "runs": 2},
        Failure("GlueFailed", "run 2 of w ended as COMPLETED"),
        {**START, "glue.GetWorkflowRun": [run("COMPLETED"), run("RUNNING"), run("COMPLETED", 1)]},
    ),
    Scenario(
        "stopped",
        {"name": "w"},
        Failure("GlueFailed", "run 1 of w ended as STOPPED"),
        {**START, "glue.GetWorkflowRun": [run("STOPPED")]},
    ),
    Scenario(
        "unknown",
        {"name": "w"},
        Failure("EntityNotFoundException"),
        {"glue.StartWorkflowRun": [AwsError("EntityNotFoundException", "no workflow w")]},
    ),
]

from tests.workflows.scenario import AwsError, Failure, Scenario


def pages(params: dict) -> dict:
    if params["statusFilter"] == "FAILED":
        return {"executions": []}
    if params["statusFilter"] == "SUCCEEDED" and "nextToken" not in params:
        return {"executions": [{"name": "a", "status": "SUCCEEDED"}] * 2, "nextToken": "n"}
    return {"executions": [{"name": "b", "status": params["statusFilter"]}]}


SCENARIOS = [
    Scenario(
        "pages",
        {"machine": "arn:m"},
        {"SUCCEEDED": 3, "FAILED": 0, "TIMED_OUT": 1},
        {"stepfunctions.ListExecutions": [pages]},
    ),
    Scenario(
        "no machine",
        {"machine": "arn:m"},
        Failure("StateMachineDoesNotExist"),
        {"stepfunctions.ListExecutions": [AwsError("StateMachineDoesNotExist", "no machine")]},
    ),
]

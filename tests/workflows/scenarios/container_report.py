from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"CLUSTER": "c", "TASK_DEFINITION": "report:3", "SUBNETS": "subnet-1,subnet-2", "TABLE": "reports"}
START = {
    "ecs.RunTask": [{"tasks": [{"taskArn": "arn:t", "lastStatus": "PROVISIONING"}], "failures": []}],
    "dynamodb.PutItem": [{}],
}


def task(status: str, code: int | None = None) -> dict:
    container = {"name": "report", **({} if code is None else {"exitCode": code})}
    return {"tasks": [{"taskArn": "arn:t", "lastStatus": status, "containers": [container]}], "failures": []}


SCENARIOS = [
    Scenario(
        "at once",
        {"month": "2024-05"},
        {"location": "reports/2024-05.pdf", "tries": 1},
        {**START, "ecs.DescribeTasks": [task("RUNNING"), task("STOPPED", 0)]},
        environ=ENVIRON,
    ),
    Scenario(
        "second try",
        {"month": "2024-05"},
        {"location": "reports/2024-05.pdf", "tries": 2},
        {**START, "ecs.DescribeTasks": [task("STOPPED", 1), task("STOPPED", 0)]},
        environ=ENVIRON,
    ),
    Scenario(
        "in vain",
        {"month": "2024-05"},
        Failure("JobFailed"),
        {**START, "ecs.DescribeTasks": [task("STOPPED", 1)]},
        environ=ENVIRON,
    ),
]

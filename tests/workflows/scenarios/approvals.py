from datetime import UTC, datetime

from tests.workflows.scenario import AwsError, Failure, Scenario

GIVEN = {"names": ["shop"], "now": "2030-03-03T12:00:00"}
APPROVED = {"approvedAt": datetime(2030, 3, 3, 12, 0, 1, tzinfo=UTC)}


def waiting(summary: str | None, day: int = 3, token: str | None = "t") -> dict:
    latest = {"status": "InProgress", "lastStatusChange": datetime(2030, 3, day, 11, tzinfo=UTC)}
    latest |= {} if summary is None else {"summary": summary}
    latest |= {} if token is None else {"token": token}
    return {"actionName": "Approve", "latestExecution": latest}


def state(*actions: dict) -> dict:
    return {
        "stageStates": [
            {"stageName": "Build", "latestExecution": {"pipelineExecutionId": "1", "status": "Succeeded"}},
            {"stageName": "New"},
            {
                "stageName": "Release",
                "latestExecution": {"pipelineExecutionId": "2", "status": "InProgress"},
                "actionStates": [{"actionName": "Test"}, *actions],
            },
        ]
    }


def decided(status: str) -> dict:
    return {"pipeline": "shop", "action": "Approve", "status": status, "at": "2030-03-03T12:00:01+00:00"}


SCENARIOS = [
    Scenario(
        "a patch",
        GIVEN,
        [decided("approved")],
        {
            "codepipeline.GetPipelineState": [state(waiting("release v1.2.3"))],
            "codepipeline.PutApprovalResult": [APPROVED],
        },
    ),
    Scenario(
        "too old",
        GIVEN,
        [decided("rejected")],
        {
            "codepipeline.GetPipelineState": [state(waiting("v1.2.3", 1))],
            "codepipeline.PutApprovalResult": [APPROVED],
        },
    ),
    Scenario(
        "waiting",
        GIVEN,
        [{"pipeline": "shop", "action": "Approve", "status": "waiting"}] * 2,
        {
            "codepipeline.GetPipelineState": [
                state(waiting("release v1.2.0"), waiting("v1.2.3", token=None), waiting(None))
            ]
        },
    ),
    Scenario(
        "one is missing",
        GIVEN | {"names": ["gone", "idle"]},
        [{"pipeline": "gone", "status": "missing"}],
        {
            "codepipeline.GetPipelineState": [
                AwsError("PipelineNotFoundException", "no such pipeline"),
                {"stageStates": []},
            ]
        },
    ),
    Scenario(
        "decided by somebody else",
        GIVEN,
        Failure("ApprovalAlreadyCompletedException"),
        {
            "codepipeline.GetPipelineState": [state(waiting("v1.2.3"))],
            "codepipeline.PutApprovalResult": [AwsError("ApprovalAlreadyCompletedException", "done")],
        },
    ),
]

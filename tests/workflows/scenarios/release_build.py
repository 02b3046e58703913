from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"TOPIC": "arn:aws:sns:us-east-1:123456789012:builds"}
STARTED = {"codebuild.StartBuild": [{"build": {"id": "service:1"}}]}


def build(status, *phases, **more):
    listed = [{"phaseType": name, "phaseStatus": state, "durationInSeconds": took} for name, state, took in phases]
    return {
        "builds": [{"id": "service:1", "buildStatus": status, "phases": [*listed, {"phaseType": "COMPLETED"}]} | more]
    }


RUNNING = {"builds": [{"id": "service:1", "buildStatus": "IN_PROGRESS"}]}
DONE = build(
    "SUCCEEDED", ("INSTALL", "SUCCEEDED", 12), ("BUILD", "SUCCEEDED", 70), artifacts={"location": "arn:aws:s3:::out/x"}
)

SCENARIOS = [
    Scenario(
        "released",
        {"version": "1.2"},
        {"build": "service:1", "seconds": 82, "text": "1.2: SUCCEEDED, slowest BUILD (70 s)"},
        STARTED | {"codebuild.BatchGetBuilds": [RUNNING, RUNNING, RUNNING, DONE], "events.PutEvents": [{}]},
        environ=ENVIRON,
    ),
    Scenario(
        "failed",
        {"version": "1.2", "branch": "next"},
        Failure("BuildFailed", "1.2: FAILED, slowest BUILD (9 s)"),
        STARTED
        | {
            "codebuild.BatchGetBuilds": [build("FAILED", ("INSTALL", "SUCCEEDED", 3), ("BUILD", "FAILED", 9))],
            "sns.Publish": [{"MessageId": "m"}],
        },
        environ=ENVIRON | {"PROJECT": "other"},
    ),
    Scenario(
        "stopped before any phase",
        {"version": "1.2"},
        Failure("BuildFailed", "1.2: STOPPED"),
        STARTED
        | {
            "codebuild.BatchGetBuilds": [{"builds": [{"id": "service:1", "buildStatus": "STOPPED"}]}],
            "sns.Publish": [{"MessageId": "m"}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "too slow",
        {"version": "1.2", "polls": 2},
        Failure("TimeoutError", "service:1 still runs"),
        STARTED | {"codebuild.BatchGetBuilds": [RUNNING], "codebuild.StopBuild": [{}]},
        environ=ENVIRON,
    ),
    Scenario(
        "gone",
        {"version": "1.2"},
        Failure("LookupError", "build service:1 is gone"),
        STARTED | {"codebuild.BatchGetBuilds": [{"builds": []}]},
        environ=ENVIRON,
    ),
]

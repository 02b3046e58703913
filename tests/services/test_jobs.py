"""`.sync` against the mock of AWS, and with jobs that take their time or fail."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pysfnc.engine import Machine, RunResult, VirtualClock
from pysfnc.services import read_mocks
from tests.engine.machines import event_types, machine
from tests.services.world import START, calling, client, run, world


def glue() -> None:
    client("glue").create_job(Name="job", Role="r", Command={"Name": "glueetl"})


def codebuild() -> None:
    client("codebuild").create_project(
        name="proj", source={"type": "S3", "location": "bucket/x"}, artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole="arn:aws:iam::123456789012:role/r",
    )  # fmt: skip


TRAINING = {
    "TrainingJobName": "t",
    "AlgorithmSpecification": {"TrainingImage": "i", "TrainingInputMode": "File"},
    "RoleArn": "arn:aws:iam::123456789012:role/r",
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/"},
    "ResourceConfig": {"InstanceType": "ml.m4.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
}
CLUSTER = {
    "Name": "c",
    "Instances": {"MasterInstanceType": "m1.small", "InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True},
}


def nothing() -> None:
    pass


@pytest.mark.parametrize(
    ("resource", "arguments", "setup", "found"),
    [
        (
            "glue:startJobRun",
            {"JobName": "job"},
            glue,
            lambda r: r["JobRunState"] == "SUCCEEDED" and r["JobName"] == "job",
        ),
        (
            "athena:startQueryExecution",
            {"QueryString": "select 1", "ResultConfiguration": {"OutputLocation": "s3://bucket/"}},
            nothing,
            lambda r: r["QueryExecution"]["Status"]["State"] == "SUCCEEDED",
        ),
        (
            "codebuild:startBuild",
            {"ProjectName": "proj"},
            codebuild,
            lambda r: r["Build"]["BuildStatus"] == "SUCCEEDED",
        ),
        ("sagemaker:createTrainingJob", TRAINING, nothing, lambda r: r["TrainingJobStatus"] == "Completed"),
        ("elasticmapreduce:createCluster", CLUSTER, nothing, lambda r: r["Cluster"]["Status"]["State"] == "WAITING"),
    ],
)
def test_jobs_of_the_mock(
    resource: str, arguments: Any, setup: Callable[[], None], found: Callable[[Any], bool]
) -> None:
    result = run({"J": calling(f"{resource}.sync", arguments)}, setup)
    assert result.status == "SUCCEEDED", (result.error, result.cause)
    assert found(result.output)
    assert event_types(result)[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]


def test_starting_without_waiting() -> None:
    result = run({"J": calling("glue:startJobRun", {"JobName": "job"})}, glue)
    assert isinstance(result.output, dict)
    # AWS docs: the name is put into the answer.
    assert result.output.keys() == {"JobName", "JobRunId", "SdkHttpMetadata", "SdkResponseMetadata"}


def test_a_job_that_cannot_start() -> None:
    result = run({"J": calling("glue:startJobRun.sync", {"JobName": "none"})})
    assert result.error == "Glue.EntityNotFoundException"
    assert "TaskSubmitted" not in event_types(result)


def mocked(tmp_path: Path, mocks: Any, states: dict[str, Any]) -> RunResult:
    path = tmp_path / "mocks.json"
    path.write_text(json.dumps(mocks))
    return run(states, mocks=read_mocks(path, "StateMachine", None))


def states_of_run(*names: str) -> list[dict[str, Any]]:
    return [{"return": {"JobRun": {"Id": "jr_1", "JobName": "job", "JobRunState": name}}} for name in names]


def test_a_job_that_takes_its_time(tmp_path: Path) -> None:
    mocks = {
        "glue.start_job_run": {"return": {"JobRunId": "jr_1"}},
        "glue.get_job_run": states_of_run("STARTING", "RUNNING", "RUNNING", "SUCCEEDED"),
    }
    result = mocked(tmp_path, mocks, {"J": calling("glue:startJobRun.sync", {"JobName": "job"})})
    assert result.output == {"Id": "jr_1", "JobName": "job", "JobRunState": "SUCCEEDED"}
    assert result.duration_s == 30


def test_a_job_that_fails(tmp_path: Path) -> None:
    mocks = {
        "glue.start_job_run": {"return": {"JobRunId": "jr_1"}},
        "glue.get_job_run": states_of_run("RUNNING", "FAILED"),
    }
    result = mocked(tmp_path, mocks, {"J": calling("glue:startJobRun.sync", {"JobName": "job"})})
    assert result.error == "States.TaskFailed"
    assert json.loads(result.cause or "") == {"Id": "jr_1", "JobName": "job", "JobRunState": "FAILED"}


def test_a_job_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    mocks = {
        "glue.start_job_run": {"return": {"JobRunId": "jr_1"}},
        "glue.get_job_run": {"return": {"JobRun": {"JobRunState": "RUNNING"}}},
        "glue.batch_stop_job_run": [{"with": {"JobName": "job", "JobRunIds": ["jr_1"]}, "return": {}}],
    }
    path = tmp_path / "mocks.json"
    path.write_text(json.dumps(mocks))
    read = read_mocks(path, "StateMachine", None)
    result = run({"J": calling("glue:startJobRun.sync", {"JobName": "job"}, TimeoutSeconds=45)}, mocks=read)
    assert (result.error, result.duration_s) == ("States.Timeout", 45)
    assert read.unused() == []


JOB = calling("glue:startJobRun.sync", {"JobName": "job"})
CHILD = "arn:aws:states:us-east-1:123456789012:stateMachine:Child"


def endless(tmp_path: Path, definition: dict[str, Any]) -> RunResult:
    """The result of a machine whose job of Glue never ends, once it is sure that the job was stopped."""
    mocks = {
        "glue.start_job_run": {"return": {"JobRunId": "jr_1"}},
        "glue.get_job_run": {"return": {"JobRun": {"JobRunState": "RUNNING"}}},
        "glue.batch_stop_job_run": [{"with": {"JobName": "job", "JobRunIds": ["jr_1"]}, "return": {}}],
    }
    path = tmp_path / "mocks.json"
    path.write_text(json.dumps(mocks))
    read = read_mocks(path, "StateMachine", None)
    child = Machine(machine(J=JOB), name="Child")
    with world(mocks=read) as made:
        clock = VirtualClock(START)
        result = Machine(definition).run(machines={"Child": child}, tasks=made, listener=made, clock=clock)
    assert read.unused() == []
    return result


def test_a_machine_that_is_late_stops_its_job(tmp_path: Path) -> None:
    result = endless(tmp_path, {**machine(J=JOB), "TimeoutSeconds": 25})
    assert (result.status, result.duration_s) == ("TIMED_OUT", 25)


def test_an_execution_that_is_stopped_stops_its_job(tmp_path: Path) -> None:
    """A branch stops the execution that it is part of while another one waits for the job."""
    own = {"ExecutionArn": "{% $states.context.Execution.Id %}", "Error": "Enough"}
    wait = {"Type": "Wait", "Seconds": 35, "Next": "S"}
    branches = [
        {"StartAt": "J", "States": {"J": JOB}},
        {"StartAt": "W", "States": {"W": wait, "S": calling("aws-sdk:sfn:stopExecution", own)}},
    ]
    result = endless(tmp_path, machine(P={"Type": "Parallel", "Branches": branches, "End": True}))
    assert (result.status, result.error, result.duration_s) == ("ABORTED", "Enough", 35)


@pytest.mark.parametrize("pattern", ["sync", "sync:2"])
def test_a_child_that_is_stopped_stops_its_job(tmp_path: Path, pattern: str) -> None:
    """The task that waits for the child is late, so the child is stopped, and with it the job."""
    start = calling(f"states:startExecution.{pattern}", {"StateMachineArn": CHILD}, TimeoutSeconds=25)
    assert endless(tmp_path, machine(C=start)).error == "States.Timeout"


def test_containers_that_end_badly_fail_the_task(tmp_path: Path) -> None:
    def task(status: str, code: int | None = None) -> dict[str, Any]:
        return {"taskArn": "arn:t", "lastStatus": status, "containers": [{"name": "c", "exitCode": code}]}

    mocks = {
        "ecs.run_task": {"return": {"tasks": [task("PROVISIONING")], "failures": []}},
        "ecs.describe_tasks": [{"return": {"tasks": [task("RUNNING")]}}, {"return": {"tasks": [task("STOPPED", 1)]}}],
    }
    state = calling("ecs:runTask.sync", {"Cluster": "c", "TaskDefinition": "d"})
    result = mocked(tmp_path, mocks, {"J": state})
    assert result.error == "States.TaskFailed"
    assert json.loads(result.cause or "")["Containers"] == [{"Name": "c", "ExitCode": 1}]


def test_a_task_that_finds_no_place(tmp_path: Path) -> None:
    mocks = {"ecs.run_task": {"return": {"tasks": [], "failures": [{"reason": "RESOURCE:CPU"}]}}}
    result = mocked(tmp_path, mocks, {"J": calling("ecs:runTask.sync", {"Cluster": "c", "TaskDefinition": "d"})})
    assert (result.error, result.cause) == (
        "AmazonECS.Unknown",
        '{"Tasks":[],"Failures":[{"Reason":"RESOURCE:CPU"}]}',
    )
    plain = mocked(tmp_path, mocks, {"J": calling("ecs:runTask", {"Cluster": "c", "TaskDefinition": "d"})})
    assert plain.status == "SUCCEEDED"


def test_what_is_deleted_ends_by_being_gone(tmp_path: Path) -> None:
    mocks = {
        "eks.delete_cluster": {"return": {"cluster": {"name": "c", "status": "DELETING"}}},
        "eks.describe_cluster": [
            {"return": {"cluster": {"name": "c", "status": "DELETING"}}},
            {"raise": {"Code": "ResourceNotFoundException", "Message": "gone"}},
        ],
    }
    result = mocked(tmp_path, mocks, {"J": calling("eks:deleteCluster.sync", {"Name": "c"})})
    assert (result.status, result.duration_s) == ("SUCCEEDED", 10)


def test_steps_of_a_cluster_have_names_of_their_own(tmp_path: Path) -> None:
    mocks = {
        "emr.add_job_flow_steps": [
            {"with": {"JobFlowId": "j-1", "Steps": [{"Name": "s"}]}, "return": {"StepIds": ["s-1"]}},
        ],
        "emr.describe_step": [
            {
                "with": {"ClusterId": "j-1", "StepId": "s-1"},
                "return": {"Step": {"Id": "s-1", "Status": {"State": "COMPLETED"}}},
            }
        ],
    }
    state = calling("elasticmapreduce:addStep.sync", {"ClusterId": "j-1", "Step": {"Name": "s"}})
    result = mocked(tmp_path, mocks, {"J": state})
    assert result.output == {"Step": {"Id": "s-1", "Status": {"State": "COMPLETED"}}}

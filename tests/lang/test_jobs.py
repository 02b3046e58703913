"""`run_job` under CPython."""

import pickle
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from pysfnc import JobFailed, Retry, run_job, with_options
from pysfnc.lang import clock
from pysfnc.lang.jobs import LOOK_S

START = {"JobName": "etl"}
RUN = {"JobName": "etl", "RunId": "r"}


@pytest.fixture
def slept() -> Iterator[list[float]]:
    times: list[float] = []
    previous = clock.replace_sleep(times.append)
    yield times
    clock.replace_sleep(previous)


@pytest.fixture
def glue() -> Any:
    return client("glue")


def client(service: str) -> Any:
    return boto3.client(service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="s")


def runs(stub: Stubber, *states: str) -> None:
    stub.add_response("start_job_run", {"JobRunId": "r"}, START)
    for state in states:
        stub.add_response("get_job_run", {"JobRun": {"Id": "r", "JobRunState": state}}, RUN)


def test_a_job_is_followed(glue: Any, slept: list[float]) -> None:
    with Stubber(glue) as stub:
        runs(stub, "RUNNING", "STOPPING", "SUCCEEDED")
        assert run_job(glue.start_job_run)(**START) == {"Id": "r", "JobRunState": "SUCCEEDED"}
        stub.assert_no_pending_responses()
    assert slept == [LOOK_S, LOOK_S]


def test_a_job_fails(glue: Any, slept: list[float]) -> None:
    with Stubber(glue) as stub:
        runs(stub, "FAILED")
        with pytest.raises(JobFailed) as caught:
            run_job(glue.start_job_run)(**START)
    assert (caught.value.error, str(caught.value)) == ("FAILED", "the job ended with status FAILED")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.error, again.cause) == (caught.value.error, caught.value.cause)
    assert slept == []


def test_a_job_that_takes_too_long_is_stopped(glue: Any, slept: list[float]) -> None:
    stopped = {"JobName": "etl", "JobRunIds": ["r"]}
    with Stubber(glue) as stub:
        runs(stub, "RUNNING", "RUNNING")
        stub.add_response("batch_stop_job_run", {}, stopped)
        with pytest.raises(TimeoutError):
            run_job(glue.start_job_run, timeout=15)(**START)
        stub.assert_no_pending_responses()
    assert slept == [LOOK_S, LOOK_S]


def test_a_start_is_tried_again(glue: Any, slept: list[float]) -> None:
    retry = Retry(on=(ClientError,), max_attempts=2)
    for run in (run_job(glue.start_job_run, retry=retry), with_options(run_job(glue.start_job_run), retry=retry)):
        with Stubber(glue) as stub:
            stub.add_client_error("start_job_run", "ConcurrentRunsExceededException")
            runs(stub, "SUCCEEDED")
            assert run(**START)["Id"] == "r"
    assert slept == [1, 1]


@pytest.mark.parametrize("operation", [print, lambda: None])
def test_what_is_no_method_of_a_client(operation: Any) -> None:
    with pytest.raises(ValueError, match="starts no job that Step Functions can wait for"):
        run_job(operation)


def test_options_that_are_wrong(glue: Any) -> None:
    with pytest.raises(ValueError, match="timeout"):
        run_job(glue.start_job_run, timeout=0)
    with pytest.raises(ValueError, match="starts no job"):
        run_job(glue.get_job_run)


def test_what_step_functions_gives_itself() -> None:
    with pytest.raises(ValueError, match="gives `startedBy` itself"):
        run_job(client("ecs").run_task)(taskDefinition="t", startedBy="me")

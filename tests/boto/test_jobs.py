"""`run_job`: jobs are started and followed in both forms, and their descriptions are those of boto3."""

from typing import Any

import pytest

from tests.boto.harness import Judged, judge

PROGRAM = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import JobFailed, Retry, run_job, workflow

    batch = boto3.client("batch")
    glue = boto3.client("glue")
    athena = boto3.client("athena")
    ecs = boto3.client("ecs")
    codebuild = boto3.client("codebuild")
    eks = boto3.client("eks")

    @workflow
    def submit(name: str):
        try:
            job = run_job(batch.submit_job)(jobName=name, jobQueue="q", jobDefinition="d", parameters={"fooBar": "1"})
        except JobFailed as e:
            return [e.error, e.cause, str(e), type(e).__name__]
        except ClientError as e:
            return e.response["Error"]["Message"]
        return [job["status"], job["jobId"], job.get("attempts", [])]

    @workflow
    def uncaught(name: str):
        return run_job(batch.submit_job, timeout=600)(jobName=name, jobQueue="q", jobDefinition="d")["jobName"]

    @workflow
    def etl(name: str):
        start = run_job(glue.start_job_run, retry=Retry(on=(glue.exceptions.ConcurrentRunsExceededException,), max_attempts=1))
        run = start(JobName=name, Arguments={"--day": "1"})
        return [run["JobRunState"], run["Id"]]

    @workflow
    def query(sql: str):
        done = run_job(athena.start_query_execution)(QueryString=sql, WorkGroup="w")
        return [done["QueryExecutionId"], done["Status"]["State"]]

    @workflow
    def build(name: str):
        return run_job(codebuild.start_build)(projectName=name)["buildStatus"]

    @workflow
    def gone(name: str):
        run_job(eks.delete_cluster)(name=name)
        return "gone"

    @workflow
    def container(family: str):
        try:
            task = run_job(ecs.run_task)(cluster="c", taskDefinition=family, launchType="FARGATE")
        except JobFailed as e:
            return str(e)
        return [task["lastStatus"], [c.get("exitCode") for c in task["containers"]]]
    """


ENDINGS = """
    import boto3
    from pysfnc import JobFailed, Retry, run_job, workflow

    glue = boto3.client("glue")

    @workflow
    def stopped(name: str):
        try:
            run_job(glue.start_job_run, timeout=600)(JobName=name)
        except JobFailed as e:
            return [e.error, e.cause]

    @workflow
    def late(name: str):
        try:
            run_job(glue.start_job_run, timeout=25)(JobName=name)
        except TimeoutError:
            return "late"

    @workflow
    def limited(name: str, limit: int, more: int):
        wait = limit * 10
        start = run_job(glue.start_job_run, timeout=wait + more)
        tried = []
        for part in ["a", "b"]:
            try:
                tried.append(start(JobName=name, Arguments={"--part": part})["JobRunState"])
            except TimeoutError as e:
                tried.append(type(e).__name__)
            except ValueError as e:
                return str(e)
        return tried

    @workflow
    def tried_twice(name: str):
        try:
            run = run_job(glue.start_job_run, retry=Retry(max_attempts=1))(JobName=name)
        except JobFailed as e:
            return e.error
        return run["JobRunState"]

    @workflow
    def never_again(name: str):
        try:
            run_job(glue.start_job_run, retry=Retry(on=(ValueError,), max_attempts=1))(JobName=name)
        except JobFailed as e:
            return e.error
    """


def job(status: str, **more: Any) -> dict[str, Any]:
    return {
        "jobs": [
            {
                "jobName": "n",
                "jobId": "j-1",
                "jobQueue": "q",
                "status": status,
                "startedAt": 1,
                "jobDefinition": "d",
                **more,
            }
        ]
    }


SUBMITTED = [{"jobName": "n", "jobId": "j-1"}]


def batch(workflow: str, *descriptions: Any, started: Any = SUBMITTED) -> Judged:
    answers = {"batch.SubmitJob": started, "batch.DescribeJobs": list(descriptions)}
    return judge(PROGRAM, {"name": "n"}, answers=answers, workflow=workflow)


def test_a_job_is_followed_to_its_end() -> None:
    attempts = [{"container": {"exitCode": 0}}]
    found = batch("submit", job("RUNNABLE"), job("RUNNING"), job("SUCCEEDED", attempts=attempts))
    assert found.output == ["SUCCEEDED", "j-1", attempts]
    assert found.names == ["batch.SubmitJob", *["batch.DescribeJobs"] * 3]
    assert found.transitions == 1
    assert found.calls[0][1]["parameters"] == {"fooBar": "1"}


def test_a_job_that_fails() -> None:
    assert batch("submit", job("FAILED")).output == ["FAILED", *["the job ended with status FAILED"] * 2, "JobFailed"]
    found = batch("uncaught", job("FAILED"))
    assert (found.error, found.cause) == ("JobFailed", "the job ended with status FAILED")


@pytest.mark.parametrize(
    ("workflow", "answers", "output"),
    [
        ("stopped", ["STOPPED"], ["STOPPED", "the job ended with status STOPPED"]),
        ("late", ["RUNNING"] * 9, "late"),
        ("tried_twice", ["TIMEOUT", "SUCCEEDED"], "SUCCEEDED"),
        ("tried_twice", ["ERROR", "FAILED"], "FAILED"),
        ("never_again", ["FAILED"], "FAILED"),
    ],
)
def test_jobs_that_end_badly(workflow: str, answers: list[str], output: Any) -> None:
    runs = [{"JobRun": {"Id": "r", "JobName": "n", "JobRunState": state}} for state in answers]
    given = {
        "glue.StartJobRun": [{"JobRunId": "r"}] * 2,
        "glue.GetJobRun": runs,
        "glue.BatchStopJobRun": [{"SuccessfulSubmissions": [], "Errors": []}],
    }
    found = judge(ENDINGS, {"name": "n"}, answers=given, workflow=workflow)
    assert found.output == output
    assert ("glue.BatchStopJobRun" in found.names) is (workflow == "late")


def runs(*states: str, start: int = 2) -> dict[str, list[Any]]:
    """Answers of Glue: what `start` runs of a job come to, one look after the other."""
    return {
        "glue.StartJobRun": [{"JobRunId": f"r{n}"} for n in range(start)],
        "glue.GetJobRun": [{"JobRun": {"Id": "r", "JobName": "n", "JobRunState": state}} for state in states],
        "glue.BatchStopJobRun": [{"SuccessfulSubmissions": [], "Errors": []}] * start,
    }


def test_a_limit_that_is_known_when_the_machine_runs() -> None:
    """The second part ends in time; 25 seconds are three looks of ten seconds each."""
    answers = runs("RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED")
    found = judge(ENDINGS, {"name": "n", "limit": 2, "more": 5}, answers=answers, workflow="limited")
    assert found.output == ["TimeoutError", "SUCCEEDED"]
    assert found.names.index("glue.BatchStopJobRun") == 4
    assert [params for name, params in found.calls if name == "glue.BatchStopJobRun"] == [
        {"JobName": "n", "JobRunIds": ["r0"]}
    ]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_is_none(limit: int) -> None:
    judge(ENDINGS, {"name": "n", "limit": limit, "more": 0}, answers=runs(), workflow="limited")


def test_a_job_that_does_not_start() -> None:
    assert batch("submit", started=["ClientException: no queue"]).output == "no queue"


@pytest.mark.parametrize("again", [0, 1])
def test_a_start_is_tried_again(again: int) -> None:
    answers = {
        "glue.StartJobRun": ["ConcurrentRunsExceededException: busy"] * again + [{"JobRunId": "r"}],
        "glue.GetJobRun": [{"JobRun": {"Id": "r", "JobName": "n", "JobRunState": "SUCCEEDED"}}],
    }
    found = judge(PROGRAM, {"name": "n"}, answers=answers, workflow="etl")
    assert (found.output, len(found.calls)) == (["SUCCEEDED", "r"], 2 + again)


def test_descriptions_inside_of_answers() -> None:
    answers = {
        "athena.StartQueryExecution": [{"QueryExecutionId": "x"}],
        "athena.GetQueryExecution": [{"QueryExecution": {"QueryExecutionId": "x", "Status": {"State": "SUCCEEDED"}}}],
    }
    assert judge(PROGRAM, {"sql": "select 1"}, answers=answers, workflow="query").output == ["x", "SUCCEEDED"]
    answers = {
        "codebuild.StartBuild": [{"build": {"id": "b"}}],
        "codebuild.BatchGetBuilds": [{"builds": [{"id": "b", "buildStatus": "SUCCEEDED"}]}],
    }
    assert judge(PROGRAM, {"name": "p"}, answers=answers, workflow="build").output == "SUCCEEDED"


@pytest.mark.parametrize(("code", "expected"), [(0, ["STOPPED", [0]]), (1, "the job ended with status STOPPED")])
def test_a_container_that_ends_with_a_code(code: int, expected: Any) -> None:
    task = {"taskArn": "t", "lastStatus": "STOPPED", "containers": [{"name": "a", "exitCode": code}]}
    answers = {
        "ecs.RunTask": [{"tasks": [{"taskArn": "t"}], "failures": []}],
        "ecs.DescribeTasks": [{"tasks": [task], "failures": []}],
    }
    assert judge(PROGRAM, {"family": "f"}, answers=answers, workflow="container").output == expected


def test_what_ends_by_being_gone() -> None:
    answers = {
        "eks.DeleteCluster": [{"cluster": {"name": "c", "status": "DELETING"}}],
        "eks.DescribeCluster": [
            {"cluster": {"name": "c", "status": "DELETING"}},
            "ResourceNotFoundException: no cluster",
        ],
    }
    assert judge(PROGRAM, {"name": "c"}, answers=answers, workflow="gone").output == "gone"

from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"JOB_ROLE": "arn:aws:iam::123456789012:role/job", "SCRIPT": "s3://b/job.py"}


def application(state: str) -> dict:
    return {"application": {"applicationId": "a-1", "state": state, "arn": "arn:a", "type": "Spark"}}


def job(state: str) -> dict:
    return {"jobRun": {"applicationId": "a-1", "jobRunId": "j-1", "state": state, "stateDetails": "done"}}


ANSWERS = {
    "emr-serverless.CreateApplication": [{"applicationId": "a-1", "arn": "arn:a", "name": "reports"}],
    "emr-serverless.StartApplication": [{}],
    "emr-serverless.StopApplication": [{}],
    "emr-serverless.DeleteApplication": [{}],
    "emr-serverless.GetApplication": [application("CREATED"), application("STARTED"), application("STOPPED")],
    "emr-serverless.StartJobRun": [{"applicationId": "a-1", "jobRunId": "j-1", "arn": "arn:j"}],
}
SCENARIOS = [
    Scenario(
        "done",
        {"arguments": ["x"]},
        "j-1",
        {**ANSWERS, "emr-serverless.GetJobRun": [job("RUNNING"), job("SUCCESS")]},
        environ=ENVIRON,
    ),
    Scenario(
        "failed, and cleaned up",
        {"arguments": []},
        Failure("JobFailed"),
        {**ANSWERS, "emr-serverless.GetJobRun": [job("FAILED")]},
        environ=ENVIRON,
    ),
]

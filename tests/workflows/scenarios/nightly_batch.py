from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {"JOB_QUEUE": "q", "JOB_DEFINITION": "d:1", "TOPIC": "arn:aws:sns:us-east-1:123456789012:t"}
START = {"batch.SubmitJob": [{"jobId": "j-1", "jobName": "nightly-monday"}], "sns.Publish": [{"MessageId": "1"}]}


def job(status: str) -> dict:
    return {"jobs": [{"jobId": "j-1", "jobName": "nightly-monday", "status": status}]}


SCENARIOS = [
    Scenario(
        "succeeded",
        {"day": "monday"},
        "SUCCEEDED",
        {**START, "batch.DescribeJobs": [job("RUNNING"), job("SUCCEEDED")]},
        environ=ENVIRON,
    ),
    Scenario("failed", {"day": "monday"}, "failed", {**START, "batch.DescribeJobs": [job("FAILED")]}, environ=ENVIRON),
    Scenario(
        "no queue",
        {"day": "monday"},
        Failure("ClientException"),
        {"batch.SubmitJob": [AwsError("ClientException", "no queue q")]},
        environ=ENVIRON,
    ),
]

"""Written from the documentation of the tool, for comparison with `programs/poll_job.py`."""

from typing import TypedDict

from sfnx import aws, state_machine, wait

TRANSIENT = [
    {
        "ErrorEquals": [
            aws.optimized.lambda_.errors.ServiceException,
            aws.optimized.lambda_.errors.AWSLambdaException,
            aws.optimized.lambda_.errors.SdkClientException,
            aws.optimized.lambda_.errors.TooManyRequestsException,
        ],
        "IntervalSeconds": 1,
        "MaxAttempts": 3,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
    }
]


class Input(TypedDict):
    query: str


class Status(TypedDict, total=False):
    status: str
    rows: int
    reason: str


class JobFailed(Exception):
    pass


@state_machine
def poll_job(input: Input):
    job: str = aws.optimized.lambda_.invoke(
        FunctionName="start_job", Payload={"query": input["query"]}, timeout=20, retry=TRANSIENT
    )["Payload"]
    seconds = 5
    while True:
        wait(seconds)
        found: Status = aws.optimized.lambda_.invoke(
            FunctionName="job_status", Payload={"job": job}, timeout=20, retry=TRANSIENT
        )["Payload"]
        if found["status"] == "DONE":
            return {"job": job, "rows": found["rows"]}
        if found["status"] == "FAILED":
            raise JobFailed(found["reason"])
        seconds = min(seconds * 2, 60)

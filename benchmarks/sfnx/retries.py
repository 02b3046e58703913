"""Written from the documentation of the tool, for comparison with `programs/retries.py`."""

import json
from typing import TypedDict

from sfnx import Timeout, aws, state_machine

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
    name: str


class ConnectionError(Exception):
    pass


class Throttled(Exception):
    pass


class NotFound(Exception):
    pass


FETCHING = [
    {
        "ErrorEquals": [Throttled],
        "IntervalSeconds": 2,
        "MaxAttempts": 5,
        "BackoffRate": 2,
        "MaxDelaySeconds": 30,
        "JitterStrategy": "FULL",
    },
    {"ErrorEquals": [ConnectionError, Timeout], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 1.5},
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
    },
]


@state_machine
def retries(input: Input):
    name = input["name"]
    try:
        report: str = aws.optimized.lambda_.invoke(
            FunctionName="fetch", Payload={"name": name}, timeout=20, retry=FETCHING
        )["Payload"]
    except NotFound:
        report: str = aws.optimized.lambda_.invoke(
            FunctionName="fetch_archived", Payload={"name": name}, timeout=60, retry=TRANSIENT
        )["Payload"]
    except Exception as problem:
        aws.optimized.lambda_.invoke(
            FunctionName="notify",
            Payload={"name": name, "problem": json.loads(str(problem))["errorMessage"]},
            retry=TRANSIENT,
        )
        raise
    return aws.optimized.lambda_.invoke(FunctionName="summarise", Payload={"report": report}, retry=TRANSIENT)[
        "Payload"
    ]

"""Written from the documentation of the tool, for comparison with `programs/early_exits.py`."""

from typing import TypedDict

from sfnx import aws, state_machine

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
    applicant: str
    age: int
    documents: list[str]


@state_machine
def early_exits(input: Input):
    applicant = input["applicant"]
    documents = input["documents"]
    if input["age"] < 18:
        return {"account": None, "reason": "too young"}
    if "passport" not in documents:
        return {"account": None, "reason": "no passport"}
    limit = 1000
    score: int = aws.optimized.lambda_.invoke(
        FunctionName="credit_score", Payload={"applicant": applicant}, retry=TRANSIENT
    )["Payload"]
    if score < 300:
        return {"account": None, "reason": "bad score"}
    if score < 600:
        if "guarantee" not in documents:
            return {"account": None, "reason": "needs a guarantee"}
        guaranteed: bool = aws.optimized.lambda_.invoke(
            FunctionName="has_guarantor", Payload={"applicant": applicant}, retry=TRANSIENT
        )["Payload"]
        if not guaranteed:
            return {"account": None, "reason": "no guarantor"}
        limit = 200
    account: str = aws.optimized.lambda_.invoke(
        FunctionName="open_account", Payload={"applicant": applicant, "limit": limit}, retry=TRANSIENT
    )["Payload"]
    return {"account": account, "reason": None}

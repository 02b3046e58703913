"""Written from the documentation of the tool, for comparison with `programs/approval.py`."""

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
    expense: str
    amount: int
    approver: str
    hours: int


class NotApproved(Exception):
    pass


class NobodyAnswered(Exception):
    pass


@state_machine
def approval(input: Input):
    expense = input["expense"]
    approver = input["approver"]
    if input["amount"] <= 100:
        return {"expense": expense, "by": "rule"}
    aws.optimized.lambda_.invoke(FunctionName="ask", Payload={"expense": expense, "person": approver}, retry=TRANSIENT)
    for _hour in range(input.get("hours", 4)):
        answer: str | None = aws.optimized.lambda_.invoke(
            FunctionName="read_answer", Payload={"expense": expense}, retry=TRANSIENT
        )["Payload"]
        if answer == "yes":
            return {"expense": expense, "by": approver}
        if answer == "no":
            raise NotApproved(f"{approver} rejected {expense}")
        wait(3600)
    raise NobodyAnswered(f"{approver} was asked about {expense} in vain")

"""Written from the documentation of the tool, for comparison with `programs/nested_loops.py`."""

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


class Region(TypedDict):
    name: str
    frozen: bool
    disks: list[str]


class Input(TypedDict):
    regions: list[Region]
    budget: int


@state_machine
def nested_loops(input: Input):
    spent = 0
    cleaned: list[str] = []
    for region in input["regions"]:
        if region["frozen"]:
            continue
        for disk in region["disks"]:
            cost: int = aws.optimized.lambda_.invoke(
                FunctionName="delete_disk", Payload={"region": region["name"], "disk": disk}, retry=TRANSIENT
            )["Payload"]
            spent = spent + cost
            cleaned = cleaned + [disk]  # noqa: RUF005 - the tool takes no `*`
            if spent >= input["budget"]:
                return {"cleaned": cleaned, "spent": spent, "complete": False}
    return {"cleaned": cleaned, "spent": spent, "complete": True}

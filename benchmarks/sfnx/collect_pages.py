"""Written from the documentation of the tool, for comparison with `programs/collect_pages.py`."""

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
    query: str
    limit: int


class Page(TypedDict):
    items: list[str]
    next: str | None


@state_machine
def collect_pages(input: Input):
    limit = input.get("limit", 100)
    found: list[str] = []
    token: str | None = None
    while True:
        page: Page = aws.optimized.lambda_.invoke(
            FunctionName="list_page", Payload={"query": input["query"], "token": token}, retry=TRANSIENT
        )["Payload"]
        found = found + page["items"]
        token = page["next"]
        if token is None or len(found) >= limit:
            return {"found": found[:limit], "complete": token is None}

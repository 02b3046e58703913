"""Written from the documentation of the tool, for comparison with `programs/fan_out.py`."""

import json
from typing import TypedDict

from sfnx import aws, inline_map, state_machine

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


class Row(TypedDict):
    id: str
    amount: str


class Input(TypedDict):
    rows: list[Row]
    tolerated: int


class Result(TypedDict):
    id: str
    cents: int
    reason: str | None


class BadRow(Exception):
    pass


class TooManyBadRows(Exception):
    pass


@state_machine
def fan_out(input: Input):
    rows = input["rows"]

    def import_row(row: Row):
        try:
            cents: int = aws.optimized.lambda_.invoke(FunctionName="parse", Payload={"row": row}, retry=TRANSIENT)[
                "Payload"
            ]
        except BadRow as problem:
            return {"id": row["id"], "cents": 0, "reason": json.loads(str(problem))["errorMessage"]}
        return {"id": row["id"], "cents": cents, "reason": None}

    results: list[Result] = inline_map(import_row, rows, max_concurrency=5)
    bad = [result["id"] for result in results if result["reason"] is not None]
    if len(bad) > input.get("tolerated", 0):
        raise TooManyBadRows(f"{len(bad)} of {len(rows)} rows are bad")
    return {"cents": sum([result["cents"] for result in results]), "bad": bad}

"""Written from the documentation of the tool, for comparison with `programs/branches_join.py`."""

from typing import TypedDict

from sfnx import aws, parallel, state_machine

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
    customer: str
    item: str
    currency: str


class Stock(TypedDict):
    count: int


@state_machine
def branches_join(input: Input):
    customer = input["customer"]
    item = input["item"]
    currency = input.get("currency", "EUR")

    def price():
        quoted: int = aws.optimized.lambda_.invoke(FunctionName="quote", Payload={"item": item}, retry=TRANSIENT)[
            "Payload"
        ]
        return aws.optimized.lambda_.invoke(
            FunctionName="convert", Payload={"cents": quoted, "currency": currency}, retry=TRANSIENT
        )["Payload"]

    def stock_of():
        return aws.optimized.lambda_.invoke(FunctionName="stock_of", Payload={"item": item}, retry=TRANSIENT)["Payload"]

    def rating_of():
        return aws.optimized.lambda_.invoke(FunctionName="rating_of", Payload={"customer": customer}, retry=TRANSIENT)[
            "Payload"
        ]

    found = parallel(price, stock_of, rating_of)
    cents: int = found[0]
    stock: Stock = found[1]
    rating: int = found[2]
    if stock["count"] == 0:
        return {"offer": None, "reason": f"{item} is sold out"}
    if rating > 3:
        cents = cents - 100
    offer: str = aws.optimized.lambda_.invoke(
        FunctionName="make_offer", Payload={"customer": customer, "item": item, "cents": cents}, retry=TRANSIENT
    )["Payload"]
    return {"offer": offer, "reason": None}

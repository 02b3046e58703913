"""Written from the documentation of the tool, for comparison with `programs/analyse_text.py`."""

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
    text: str


class WrongFirstLetter(Exception):
    pass


@state_machine
def analyse_text(input: Input):
    text = input["text"]
    letter: str = aws.optimized.lambda_.invoke(FunctionName="first_letter", Payload={"text": text}, retry=TRANSIENT)[
        "Payload"
    ]
    if letter == "c":
        return f"text starts with {letter}, which is all we need to know"
    if letter not in "ab":
        raise WrongFirstLetter(f"a text starts with a, b or c, not with {letter}")
    chars = aws.optimized.lambda_.invoke(FunctionName="count_chars", Payload={"text": text}, retry=TRANSIENT)["Payload"]

    def vowels():
        return aws.optimized.lambda_.invoke(FunctionName="count_vowels", Payload={"text": text}, retry=TRANSIENT)[
            "Payload"
        ]

    def spaces():
        return aws.optimized.lambda_.invoke(FunctionName="count_spaces", Payload={"text": text}, retry=TRANSIENT)[
            "Payload"
        ]

    counted = parallel(vowels, spaces)
    return aws.optimized.lambda_.invoke(
        FunctionName="summarise",
        Payload={"letter": letter, "chars": chars, "vowels": counted[0], "spaces": counted[1]},
        timeout=30,
        retry=TRANSIENT,
    )["Payload"]

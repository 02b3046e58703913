import json

from tests.workflows.scenario import AwsError, Failure, Scenario, Stream

ENVIRON = {"MODEL_ID": "anthropic.claude-3-haiku"}


def said(text: str) -> dict:
    return {
        "body": Stream(json.dumps({"content": [{"type": "text", "text": text}]})),
        "contentType": "application/json",
    }


BUSY = AwsError("ThrottlingException", "Too many requests", 429)
SCENARIOS = [
    Scenario(
        "written",
        {"topic": "tea"},
        {"title": "On tea", "text": "Tea is good."},
        {"bedrock-runtime.InvokeModel": [said("1. tea"), said("Tea is good."), said('"On tea"')]},
        environ=ENVIRON,
    ),
    Scenario(
        "busy at first",
        {"topic": "tea", "words": 10},
        {"title": "T", "text": "x"},
        {"bedrock-runtime.InvokeModel": [BUSY, BUSY, said("o"), said("x"), said("T")]},
        environ=ENVIRON,
    ),
    Scenario(
        "not allowed",
        {"topic": "tea"},
        Failure("AccessDeniedException"),
        {"bedrock-runtime.InvokeModel": [AwsError("AccessDeniedException", "no", 403)]},
        environ=ENVIRON,
    ),
]

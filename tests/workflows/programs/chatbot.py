"""Writes an article in three steps with a language model: outline, text, title."""

import json
import os

import boto3

from pysfnc import Retry, with_options, workflow

bedrock = boto3.client("bedrock-runtime")
MODEL = os.environ["MODEL_ID"]
invoke = with_options(
    bedrock.invoke_model,
    retry=Retry(on=(bedrock.exceptions.ThrottlingException,), interval=2, max_attempts=4, backoff=2.0, jitter=True),
)


def ask(prompt: str, tokens: int = 400) -> str:
    body = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": tokens,
        "messages": [{"role": "user", "content": prompt}],
    }
    response = invoke(modelId=MODEL, body=json.dumps(body), contentType="application/json", accept="application/json")
    answer = json.loads(response["body"].read())
    return answer["content"][0]["text"]


@workflow
def article(topic: str, words: int = 300) -> dict[str, str]:
    outline = ask(f"Write an outline about {topic}.")
    text = ask(f"Write {words} words after this outline:\n{outline}", tokens=words * 2)
    title = ask(f"Give this text a title:\n{text}", tokens=30).strip('" ')
    return {"title": title, "text": text}

"""Scatter and gather: asks every provider for a quote, takes those that come, and keeps the best."""

import os
from concurrent.futures import ThreadPoolExecutor

import boto3

from pysfnc import task, workflow

TABLE = os.environ["QUOTES_TABLE"]
quotes_table = boto3.resource("dynamodb").Table(TABLE)


class NoQuote(Exception):
    pass


@task(timeout=20)
def quote(provider: str, request: str) -> float:
    if provider == "slow":
        raise TimeoutError("no answer")
    return float(len(provider) * len(request))


def ask(provider: str, request: str) -> dict:
    try:
        return {"provider": provider, "price": quote(provider, request)}
    except Exception as error:
        return {"provider": provider, "problem": type(error).__name__}


@workflow
def gather_quotes(request_id: str, request: str, providers: list[str]) -> dict:
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda provider: ask(provider, request), providers))
    prices = [answer for answer in answers if "price" in answer]
    if not prices:
        raise NoQuote(f"none of {len(providers)} providers answered")
    best = min(prices, key=lambda answer: answer["price"])
    quotes_table.put_item(Item={"requestId": request_id, "quotes": len(prices), "best": best["provider"]})
    return best

"""Streams of answers give what they hold once: the machine reads them once, or says so."""

import textwrap

import pytest

from tests.boto.harness import client, judge
from tests.support.oracle import Rejected, compile_program

HEAD = """
    import json
    from contextlib import closing
    import boto3
    from pysfnc import workflow

    s3 = boto3.client("s3")

    def get(key):
        return s3.get_object(Bucket="bkt", Key=key)

    def body(key):
        return get(key)["Body"]

    def text_of(found):
        return found["Body"].read().decode()
"""
ONCE = (
    HEAD
    + """
    @workflow
    def run(keys: list[str]):
        out = []
        found = [get(key) for key in keys]
        out += [each["Body"].read().decode() for each in found]
        for key in keys:
            one = get(key)
            out.append(text_of(one))
            stream = body(key)
            out.append(json.loads(stream.read()))
            other = get(key)
            with closing(other["Body"]) as stream:
                out.append(stream.read().decode())
            kept = {"answer": get(key), "n": 1}
            out.append(kept["answer"]["Body"].read().decode())
            stream, size = one["ContentType"], kept["answer"]["ContentLength"]
            out.append(size)
        for key, one in [(key, get(key)) for key in keys]:
            out.append(key + text_of(one))
        for i, one in enumerate([get("a"), get("b")]):
            out.append(text_of(one) * i)
        while True:
            one = get("a")
            if text_of(one):
                break
        return out
    """
)
TWICE = {
    "two names of one stream": """
        r = get("a")
        one = r["Body"]
        other = r["Body"]
        return one.read().decode() + other.read().decode()
    """,
    "two names of one answer": """
        r = get("a")
        other = r
        return [r["Body"].read().decode(), other["Body"].read().decode()]
    """,
    "a stream in a dict": """
        r = get("a")
        kept = {"body": r["Body"]}
        return r["Body"].read().decode() + kept["body"].read().decode()
    """,
    "an answer in a list": """
        r = get("a")
        kept = [r]
        return [r["Body"].read().decode(), kept[0]["Body"].read().decode()]
    """,
    "two loops over answers": """
        found = [get(key) for key in keys]
        size = [len(each["Body"].read().decode()) for each in found]
        return [size, [each["Body"].read().decode() for each in found]]
    """,
    "closed by another name": """
        r = get("a")
        stream = r["Body"]
        stream.close()
        return r["Body"].read().decode()
    """,
    "read before it got the name": """
        r = get("a")
        first = r["Body"].read().decode()
        stream = r["Body"]
        return first + stream.read().decode()
    """,
    "on some way": """
        r = get("a")
        stream = r["Body"]
        if keys:
            stream.read()
        return stream.read().decode()
    """,
}


def fill() -> None:
    client("s3").create_bucket(Bucket="bkt")
    for key, text in (("a", '"x"'), ("b", "[1,2]")):
        client("s3").put_object(Bucket="bkt", Key=key, Body=text)


def test_streams_are_read_once_wherever_they_are_kept() -> None:
    found = judge(ONCE, {"keys": ["a", "b"]}, setup=fill)
    assert found.output[:3] == ['"x"', "[1,2]", '"x"']


@pytest.mark.parametrize("body", TWICE.values(), ids=list(TWICE))
def test_what_may_be_read_twice_is_refused(body: str) -> None:
    with pytest.raises(Rejected, match=r"SFN407.*read already"):
        compile_program(textwrap.dedent(f"{HEAD}\n    @workflow\n    def run(keys: list[str]):{body}"), 0)

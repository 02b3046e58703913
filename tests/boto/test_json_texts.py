"""Texts of JSON that Step Functions writes as Python does, wherever they were made."""

import pytest

from tests.boto.harness import client, judge
from tests.support.oracle import Rejected

PROGRAM = """
    import json
    import boto3
    from pysfnc import workflow

    s3 = boto3.client("s3")
    kinesis = boto3.client("kinesis")

    def compact(value):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def kept_as(key: str, text: str):
        s3.put_object(Bucket="bucket", Key=key, Body=text)

    @workflow
    def run(value, n: int):
        body = compact({"n": n, "value": value})
        s3.put_object(Bucket="bucket", Key="a", Body=body)
        if n > 1:
            body = json.dumps([n], separators=(",", ":"), ensure_ascii=False)
        s3.put_object(Bucket="bucket", Key="b", Body=body.encode("utf-8"))
        s3.put_object(Bucket="bucket", Key="c", Body=compact(value))
        s3.put_object(Bucket="bucket", Key="d", Body=compact({1: "one", 2: n}))
        kinesis.put_record(StreamName="s", Data=compact({"n": n}), PartitionKey="p")
        kept_as("e", f"{n}" + json.dumps({"n": n / 2}))
        return [s3.get_object(Bucket="bucket", Key=key)["Body"].read().decode() for key in "abcde"]
    """

REFUSED = """
    import json
    import boto3
    from pysfnc import workflow

    s3 = boto3.client("s3")

    @workflow
    def run(n: int, x: float):
        body = json.dumps([n], separators=(",", ":"), ensure_ascii=False)
        if n > 1:
            body = json.dumps([n])
        s3.put_object(Bucket="bucket", Key="k", Body=body)
        s3.put_object(Bucket="bucket", Key="k", Body=json.dumps([x], separators=(",", ":"), ensure_ascii=False))
    """


def fill() -> None:
    client("s3").create_bucket(Bucket="bucket")
    client("kinesis").create_stream(StreamName="s", ShardCount=1)


@pytest.mark.parametrize(("value", "n"), [({"a": ["é\u2028", None]}, 1), ('"text', 4)])
def test_texts_in_variables_are_sent_as_they_are(value: object, n: int) -> None:
    output = judge(PROGRAM, {"value": value, "n": n}, setup=fill).output
    assert output[3:] == [f'{{"1":"one","2":{n}}}', f'{n}{{"n": {n / 2}}}']


def test_other_texts_are_refused() -> None:
    with pytest.raises(Rejected) as refused:
        judge(REFUSED, {"n": 1, "x": 2.0})
    text = str(refused.value)
    assert text.count("SFN407") == 2 and "ints or texts in place of floats" in text and "runs in Lambda" in text

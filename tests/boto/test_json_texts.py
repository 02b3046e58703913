"""Texts of JSON that Step Functions writes as Python does, wherever they were made."""

import io
import json
import textwrap
from typing import Any

import pytest
from botocore.response import StreamingBody

from tests.boto.harness import ENVIRONMENT, client, judge, world
from tests.support.oracle import Rejected, run_compiled

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


INSIDE = """
    import json
    import boto3
    from pysfnc import workflow

    kinesis = boto3.client("kinesis")
    rekognition = boto3.client("rekognition")

    @workflow
    def sent(records: list[dict]):
        kinesis.put_records(StreamName="s", Records=records)

    @workflow
    def seen(image: dict):
        return len(rekognition.detect_labels(Image=image)["Labels"])

    @workflow
    def chunks(rows: list[dict]):
        for start in range(0, len(rows), 2):
            kinesis.put_records(
                StreamName="s",
                Records=[
                    {"Data": json.dumps(row, separators=(",", ":"), ensure_ascii=False), "PartitionKey": row["key"]}
                    for row in rows[start : start + 2]
                ],
            )
    """
ANSWERS = {
    "kinesis.PutRecords": [{"FailedRecordCount": 0, "Records": []}] * 2,
    "rekognition.DetectLabels": [{"Labels": []}],
}


def test_texts_inside_of_values_of_unknown_type_are_sent_as_they_are() -> None:
    texts = ['{"a":[1,2.5,"x"],"b":null}', "12", '"quoted"', "[]"]
    given = {"records": [{"Data": text, "PartitionKey": "k"} for text in texts]}
    found = judge(INSIDE, given, answers=ANSWERS, workflow="sent")
    assert [record["Data"] for record in found.calls[0][1]["Records"]] == texts
    for image in ({"Bytes": '{"a":1}'}, {"S3Object": {"Bucket": "b", "Name": "n"}}):
        assert judge(INSIDE, {"image": image}, answers=ANSWERS, workflow="seen").calls[0][1]["Image"] == image
    rows = [{"key": "a", "n": 1}, {"key": "b"}, {"key": "c", "list": [True, None]}]
    assert len(judge(INSIDE, {"rows": rows}, answers=ANSWERS, workflow="chunks").calls) == 2


@pytest.mark.parametrize("text", ["plain", "[1, 2]", '{"a":2.0}', '{"a":1,"a":2}'])
def test_other_texts_inside_of_them_fail(text: str) -> None:
    given = {"records": [{"Data": text, "PartitionKey": "k"}]}
    with world(None, ANSWERS) as mock:
        found = run_compiled(
            textwrap.dedent(INSIDE), given, workflow="sent", environment=ENVIRONMENT, services=mock.services
        )
    assert (found.error, mock.calls) == ("States.QueryEvaluationError", [])


PIPED = """
    import json
    import time
    import boto3
    from pysfnc import workflow

    firehose = boto3.client("firehose")
    kinesis = boto3.client("kinesis")

    def encode(event: dict) -> bytes:
        return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode("utf-8")

    def chunks(items, size):
        for start in range(0, len(items), size):
            yield items[start : start + size]

    def put(stream: str, records: list[dict], tries: int = 3) -> int:
        while records and tries:
            answer = firehose.put_record_batch(DeliveryStreamName=stream, Records=records)
            if not answer["FailedPutCount"]:
                return 0
            records = [r for r, one in zip(records, answer["RequestResponses"]) if "ErrorCode" in one]
            tries -= 1
            time.sleep(1)
        return len(records)

    @workflow
    def publish(stream: str, events: list[dict], size: int = 2) -> dict:
        lost = 0
        records = [{"Data": encode(e)} for e in events if e.get("type")]
        for batch in chunks(records, size):
            lost += put(stream, batch)
        for record in records:
            kinesis.put_record(StreamName=stream, Data=record["Data"], PartitionKey="p")
        return {"sent": len(records) - lost, "lost": lost, "bytes": sum(len(r["Data"]) for r in records)}
    """


def test_bytes_that_are_json_text_are_sent_wherever_they_were_kept() -> None:
    failed = {"FailedPutCount": 1, "RequestResponses": [{"ErrorCode": "x"}, {"RecordId": "1"}]}
    events = [{"type": "a", "n": 1}, {"n": 2}, {"type": "ü"}, {"type": "c", "deep": [{"x": None}]}]
    for answers, lost in (([failed, *[{"FailedPutCount": 0}] * 2], 0), ([failed] * 9, 2)):
        given: dict[str, list[Any]] = {"firehose.PutRecordBatch": answers, "kinesis.PutRecord": [{}] * 3}
        found = judge(PIPED, {"stream": "s", "events": events}, answers=given)
        assert (found.output["lost"], found.calls[0][1]["Records"][1]) == (lost, {"Data": '{"type":"ü"}'})
    assert judge(PIPED, {"stream": "s", "events": []}).calls == ()


@pytest.mark.parametrize(
    "lines",
    [
        'made = {"Bucket": "b", "Key": "k", "Body": f"{n}"}\n    s3.put_object(**made)',
        'made = [{"Data": str(n), "PartitionKey": "k"}]\n    kinesis.put_records(StreamName="s", Records=made[:500])',
        'made = [{"Data": f"{n}\\\\n".encode(), "PartitionKey": "k"}]\n    kinesis.put_records(StreamName="s", Records=made)',
        'made = b"x" if n else json.dumps([n], separators=(",", ":"), ensure_ascii=False).encode()\n'
        '    kinesis.put_records(StreamName="s", Records=[{"Data": made, "PartitionKey": "k"}])',
    ],
)
def test_texts_that_are_no_json_are_refused_inside_of_values_as_well(lines: str) -> None:
    source = f"""
import json
import boto3
from pysfnc import workflow
s3, kinesis = boto3.client("s3"), boto3.client("kinesis")
@workflow
def run(n: int):
    {lines}
"""
    with pytest.raises(Rejected, match="is sent as JSON text"):
        judge(source, {"n": 1})


MODELS = """
    import json
    import boto3
    from pysfnc import workflow

    bedrock = boto3.client("bedrock-runtime")
    endpoints = boto3.client("sagemaker-runtime")
    JSON = "application/json"

    def asked(body):
        response = bedrock.invoke_model(modelId="m", body=body, contentType=JSON, accept=JSON)
        return json.loads(response.get("body").read())

    @workflow
    def asks(event: dict):
        body = json.loads(event.get("body", "{}"))
        prompt = body.get("prompt", "nothing")
        body = json.dumps({"prompt": prompt, "temperature": 0.5, "top_p": 1.0, "stop": ["é"]})
        found = asked(body)
        if body == "{}":
            body = json.dumps([prompt], indent=2)
        return [found, asked(body), asked(json.dumps({"b": 1, "a": prompt}, sort_keys=True).encode())]

    @workflow
    def predicts(row):
        kind = "application/json"
        payload = json.dumps(row)
        response = endpoints.invoke_endpoint(EndpointName="e", ContentType=kind, Body=payload)
        return json.loads(response["Body"].read().decode())
    """
OF_ANOTHER_KIND = """
    import json
    import boto3
    from pysfnc import workflow

    @workflow
    def run(row: list):
        boto3.client("sagemaker-runtime").invoke_endpoint(EndpointName="e", ContentType="text/csv", Body=json.dumps(row))
    """


def _echoed(name: str) -> object:
    """An answer whose stream holds the JSON that was sent."""

    def answer(params: dict[str, object]) -> dict[str, object]:
        sent = params[name]
        text = json.dumps(json.loads(sent if isinstance(sent, str | bytes) else bytes(sent))).encode()  # type: ignore[call-overload]
        return {name: StreamingBody(io.BytesIO(text), len(text)), "contentType": "application/json"}

    return answer


def test_json_that_is_read_as_json_may_be_written_in_any_way() -> None:
    answers = {"bedrock-runtime.InvokeModel": [_echoed("body")] * 3}
    for event in ({}, {"body": '{"prompt": "hi\\n"}'}):
        assert len(judge(MODELS, {"event": event}, answers=answers, workflow="asks", tokens=True).output) == 3
    for row in ([1.5, 2, None], {"a": "x"}, "text", 3):
        judged = judge(
            MODELS,
            {"row": row},
            answers={"sagemaker-runtime.InvokeEndpoint": [_echoed("Body")]},
            workflow="predicts",
            tokens=True,
        )
        assert judged.output == row


def test_json_that_is_said_to_be_something_else_is_refused() -> None:
    with pytest.raises(Rejected, match="`Body` of invoke_endpoint"):
        judge(OF_ANOTHER_KIND, {"row": [1]})


FIELDS = """
    import json
    import os
    import boto3
    from pysfnc import workflow

    rekognition = boto3.client("rekognition")
    comprehend = boto3.client("comprehend")
    table = boto3.resource("dynamodb").Table(os.environ.get("TABLE"))

    @workflow
    def run(key: str):
        labels = rekognition.detect_labels(Image={"S3Object": {"Bucket": "b", "Name": key}})["Labels"]
        scores = comprehend.detect_sentiment(Text=key, LanguageCode="en")["SentimentScore"]
        return [json.dumps(labels), json.dumps({"scores": scores, "n": len(labels)}, indent=2, sort_keys=True), table.name]
    """


@pytest.mark.parametrize("count", [0, 2])
def test_numbers_of_structures_are_told_by_their_fields(count: int) -> None:
    box = {"Width": 0.5, "Height": 1.0, "Left": 0.25, "Top": 2.0}
    labels = [
        {
            "Name": "é",
            "Confidence": 99.0,
            "Instances": [{"BoundingBox": box, "Confidence": 3.5}],
            "Parents": [],
            "Aliases": [],
        },
        {"Name": "b", "Confidence": 12.25},
    ]
    answers = {
        "rekognition.DetectLabels": [{"Labels": labels[:count]}],
        "comprehend.DetectSentiment": [{"Sentiment": "X", "SentimentScore": {"Positive": 1.0, "Mixed": 0.125}}],
    }
    judged = judge(FIELDS, {"key": "k"}, answers=answers, environment={"TABLE": "t"})
    assert "1.0" in judged.output[1] and judged.output[2] == "t"


@pytest.mark.parametrize("text", ["{}", '{"a":[1,"é",null]}', '"x"', "[]", "-7"])
def test_constants_that_are_such_texts(text: str) -> None:
    program = f"""
        import boto3
        from pysfnc import workflow

        s3 = boto3.client("s3")
        EMPTY = {text!r}

        @workflow
        def run(key: str):
            s3.put_object(Bucket="bkt", Key=key, Body=EMPTY)
            s3.put_object(Bucket="bkt", Key=key + "2", Body={text!r}.encode())
            return [s3.get_object(Bucket="bkt", Key=each)["Body"].read().decode() for each in (key, key + "2")]
        """
    found = judge(program, {"key": "k"}, setup=lambda: client("s3").create_bucket(Bucket="bkt"))
    assert found.output == [text, text]


@pytest.mark.parametrize(
    "text", ["", "x", "1.0", "1e+20", "{ }", '{"a": 1}', "9007199254740993", "NaN", "-0", '"\\u00e9"']
)
def test_constants_that_are_none(text: str) -> None:
    program = f"""
        import boto3
        from pysfnc import workflow

        @workflow
        def run(key: str):
            boto3.client("s3").put_object(Bucket="b", Key=key, Body={text!r})
        """
    with pytest.raises(Rejected, match="SFN407"):
        judge(program, {"key": "k"})

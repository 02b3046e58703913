"""Resources of boto3 other than tables: their methods are calls of a client, as boto3's own files say."""

import importlib
import re

import boto3

from pysfnc.aws.boto3_resources import kinds, resource_services
from tests.boto.harness import REGION, client, judge

PROGRAM = """
    import json
    import boto3
    from pysfnc import workflow

    s3 = boto3.resource("s3")
    queue = boto3.resource("sqs").Queue("https://sqs.us-east-1.amazonaws.com/123456789012/q")

    @workflow
    def run(key: str):
        obj = s3.Object("bkt", key)
        obj.put(Body=json.dumps({"a": [1, key]}, separators=(",", ":"), ensure_ascii=False))
        got = json.loads(obj.get()["Body"].read())
        size = s3.Bucket("bkt").Object(key).get()["ContentLength"]
        params = {"MessageBody": "hello"}
        sent = queue.send_message(**params)
        topic = boto3.resource("sns").Topic("arn:aws:sns:us-east-1:123456789012:t")
        topic.publish(Message=f"{obj.key} in {obj.bucket_name}")
        s3.ObjectSummary("bkt", key).delete()
        try:
            obj.get()
        except s3.meta.client.exceptions.NoSuchKey as e:
            return [got, size, bool(sent["MessageId"]), queue.url, e.response["Error"]["Code"]]
    """


def fill() -> None:
    client("s3").create_bucket(Bucket="bkt")
    client("sqs").create_queue(QueueName="q")
    client("sns").create_topic(Name="t")


def test_methods_of_resources_are_calls_of_clients() -> None:
    found = judge(PROGRAM, {"key": "k"}, setup=fill)
    assert found.output[0] == {"a": [1, "k"]} and found.output[4] == "NoSuchKey"
    assert [name.partition(".")[2] for name in found.names[3:6]] == ["SendMessage", "Publish", "DeleteObject"]


def test_names_of_resources_out_of_json() -> None:
    program = """
        import json
        import boto3
        from pysfnc import workflow

        s3 = boto3.resource("s3")

        @workflow
        def run(event: dict):
            try:
                bucket = s3.Bucket(event["bucket"])
                bucket.put_object(Key=event["key"], Body=json.dumps({}, separators=(",", ":"), ensure_ascii=False))
                return [bucket.name, s3.Object(bucket.name, event["key"]).get()["ContentLength"]]
            except ValueError as e:
                return str(e)
        """
    assert judge(program, {"event": {"bucket": "bkt", "key": "a/b"}}, setup=fill).output == ["bkt", 2]
    missing = judge(program, {"event": {"bucket": None, "key": "a/b"}}, setup=fill)
    assert missing.output == "Required parameter name not set"


def test_all_kinds_are_those_of_boto3() -> None:
    """Names of kinds, identifiers and methods, for every service with resources."""
    importlib.import_module("boto3.resources.factory")
    for name in resource_services():
        resource = boto3.resource(name, region_name=REGION)  # type: ignore[call-overload]
        for kind, made in kinds(name)[""].makes.items():
            wanted = [
                each.name
                for each in getattr(resource, kind)(
                    *["x"] * made.identifiers.count(None)
                ).meta.resource_model.identifiers
            ]
            assert list(kinds(name)[made.kind].identifiers) == [
                re.sub(r"(?<=[a-z])(?=[A-Z])", "_", each).lower() for each in wanted
            ]
            real = getattr(resource, kind)(*["x"] * made.identifiers.count(None))
            known = kinds(name)[made.kind]
            assert [
                each for each in (*known.actions, *known.waiters, *known.described) if not hasattr(type(real), each)
            ] == []
            model = real.meta.resource_model
            assert set(known.references) == {each.name for each in model.references}
            assert (known.load is not None) == known.forgets == hasattr(real, "load")

"""Collections of boto3's resources, and methods that make resources of an answer."""

import json
from typing import Any

from tests.boto.harness import client, judge

PROGRAM = """
    from datetime import datetime, timezone
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    s3 = boto3.resource("s3")
    sqs = boto3.resource("sqs")
    ec2 = boto3.resource("ec2")

    @workflow
    def listed(prefix: str, count: int):
        bucket = s3.Bucket("bkt")
        sizes = {}
        for obj in bucket.objects.filter(Prefix=prefix).page_size(2):
            if obj.size == 1:
                continue
            if obj.last_modified < datetime(2020, 1, 1, tzinfo=timezone.utc):
                continue
            sizes[obj.key] = [obj.size, obj.bucket_name, obj.storage_class]
        for obj in bucket.objects.all():
            if obj.key.endswith("2"):
                obj.delete()
                break
        cut = [obj.key for obj in bucket.objects.filter(Prefix="a/").limit(count)]
        texts = [obj.get()["Body"].read().decode() for obj in bucket.objects.limit(count=2)]
        buckets = [found.name for found in s3.buckets.all()]
        return [sizes, cut, texts, buckets, any(obj.size > 3 for obj in bucket.objects.page_size(2))]

    @workflow
    def emptied():
        bucket = s3.Bucket("bkt")
        bucket.objects.filter(Prefix="none/").delete()
        answers = bucket.objects.filter(Prefix="a/").page_size(3).delete()
        deleted = [[one["Key"] for one in answer["Deleted"]] for answer in answers]
        s3.Bucket("versions").object_versions.all().delete()
        made = bucket.put_object(Key="new", ContentType="text/plain")
        got = made.get()["ContentLength"]
        return [deleted, len([v.id for v in s3.Bucket("versions").object_versions.all()]), made.key, got]

    @workflow
    def received():
        queue = sqs.get_queue_by_name(QueueName="q")
        bodies = []
        for message in queue.receive_messages(MaxNumberOfMessages=10):
            bodies.append(message.body)
            if message.body != "b":
                message.delete()
        for message in queue.receive_messages():
            bodies.append("none")
        names = [found.url.rpartition("/")[2] for found in sqs.queues.filter(QueueNamePrefix="q")]
        topics = [topic.arn.rpartition(":")[2] for topic in boto3.resource("sns").topics.all()]
        return [bodies, names, topics]

    @workflow
    def running(vpc: str):
        here = [{"Name": "instance-state-name", "Values": ["running"]}]
        found = [[i.id, i.instance_type, i.instance_id] for i in ec2.Vpc(vpc).instances.filter(Filters=here)]
        stopped = ec2.instances.filter(Filters=here).stop()
        return [found, [[one["InstanceId"] for one in answer["StoppingInstances"]] for answer in stopped]]
    """


def fill() -> None:
    s3 = client("s3")
    for name in ("bkt", "versions"):
        s3.create_bucket(Bucket=name)
    for i in range(5):
        s3.put_object(Bucket="bkt", Key=f"a/{i}", Body=b"x" * i)
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        s3.put_object(Bucket="versions", Key="k", Body=body)
    s3.delete_object(Bucket="versions", Key="k")
    client("sqs").create_queue(QueueName="q")
    client("sns").create_topic(Name="t")


INSTANCES = [{"InstanceId": f"i-{i}", "InstanceType": "t3.micro"} for i in range(3)]
RESERVED = {"Reservations": [{"Instances": INSTANCES[:1]}, {"Instances": INSTANCES[1:]}]}
ANSWERS: dict[str, list[Any]] = {
    "ec2.DescribeInstances": [RESERVED] * 2,
    "sqs.ReceiveMessage": [{"Messages": [{"Body": body, "ReceiptHandle": f"r-{body}"} for body in "ab"]}, {}],
    "sqs.DeleteMessage": [{}],
    "ec2.StopInstances": [{"StoppingInstances": [{"InstanceId": f"i-{i}"} for i in range(3)]}],
}


def test_collections_are_calls_for_each_page() -> None:
    found = judge(PROGRAM, {"prefix": "a/", "count": 2}, setup=fill, workflow="listed")
    sizes, cut, texts, buckets, large = found.output
    assert sizes["a/4"] == [4, "bkt", "STANDARD"] and list(sizes) == ["a/0", "a/2", "a/3", "a/4"]
    assert cut == ["a/0", "a/1"] and texts == ["", "x"] and buckets == ["bkt", "versions"] and large
    assert found.names[:4] == ["s3.ListObjects"] * 4 and found.names[4] == "s3.DeleteObject"


def test_methods_of_collections_are_one_call_for_each_page() -> None:
    found = judge(PROGRAM, {}, setup=fill, workflow="emptied", tokens=True, engines=("jlens",))
    assert found.output == [[["a/0", "a/1", "a/2"], ["a/3", "a/4"]], 0, "new", 0]
    assert found.names.count("s3.DeleteObjects") == 3


def test_resources_are_made_of_answers() -> None:
    found = judge(PROGRAM, {}, setup=fill, answers=ANSWERS, workflow="received", engines=("jlens",))
    assert found.output == [["a", "b"], ["q"], ["t"]]
    assert found.calls[2][1]["ReceiptHandle"] == "r-a"


def test_what_boto3_fills_in_is_joined_to_what_is_given() -> None:
    found = judge(PROGRAM, {"vpc": "v-1"}, answers=ANSWERS, workflow="running", engines=("jlens",))
    assert [one[0] for one in found.output[0]] == ["i-0", "i-1", "i-2"] and len(found.output[1][0]) == 3
    assert json.dumps(found.calls[0][1]).index("v-1") < json.dumps(found.calls[0][1]).index("running")


TAGGED = """
    import boto3
    from pysfnc import workflow

    ec2 = boto3.resource("ec2")

    @workflow
    def run(owner: str):
        shown = []
        for instance in ec2.instances.all():
            instance.create_tags(Tags=[{"Key": "seen", "Value": "yes"}])
            made = instance.create_tags(Tags=[{"Key": "owner", "Value": owner}, {"Key": "id", "Value": instance.id}])
            shown.append([[tag.resource_id, tag.key, tag.value] for tag in made])
        return shown
    """


def test_resources_are_made_of_what_a_call_was_given() -> None:
    found = judge(TAGGED, {"owner": "ann"}, answers={**ANSWERS, "ec2.CreateTags": [{}] * 6}, engines=("jlens",))
    assert found.output[1] == [["i-1", "owner", "ann"], ["i-1", "id", "i-1"]]
    assert found.names == ["ec2.DescribeInstances", *["ec2.CreateTags"] * 6]

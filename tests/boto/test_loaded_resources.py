"""Attributes of boto3's resources that are loaded when they are read: once, again behind `load()`, `reload()` and any other method."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.boto.harness import client, judge
from tests.boto.test_batch_writer import table
from tests.support.oracle import Rejected

STORED = """
    import json
    import boto3
    from pysfnc import workflow

    s3 = boto3.resource("s3")
    held = s3.Object("bkt", "k")

    def put(obj, value):
        obj.put(Body=json.dumps(value, separators=(",", ":"), ensure_ascii=False))

    def shown(obj) -> str:
        return f"{obj.key} has {obj.content_length}"

    @workflow
    def run(keys: list[str]):
        obj = s3.Object("bkt", "k")
        out = [obj.content_length, obj.content_type, obj.metadata, obj.last_modified.year > 2000, obj.version_id]
        put(obj, [1, "abc"])
        out += [obj.content_length, obj.e_tag == held.e_tag, held.content_length, shown(held)]
        put(obj, 2)
        obj.reload()
        out += [obj.content_length, held.content_length, sum(s3.Object("bkt", key).content_length for key in keys)]
        for key in keys:
            each = s3.Object("bkt", key)
            if each.content_length > 1:
                out.append(shown(each))
            else:
                put(each, "more")
            out.append([each.content_length, held.content_type])
        for one in s3.Bucket("bkt").objects.all():
            out.append(one.size)
        try:
            s3.Object("bkt", "new").load()
        except s3.meta.client.exceptions.ClientError as e:
            out.append(e.response["Error"]["Code"])
        return out
    """

MACHINES = """
    import boto3
    from pysfnc import workflow

    ec2 = boto3.resource("ec2")

    @workflow
    def run():
        instance = ec2.create_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)[0]
        states = [instance.state["Name"]]
        instance.wait_until_running(WaiterConfig={"Delay": 1})
        states.append(instance.state["Name"])
        instance.reload()
        states.append(instance.state["Name"])
        instance.stop()
        again = ec2.Instance(instance.id)
        if again.state["Name"] == "stopped":
            again.start()
        states += [again.state["Name"], instance.state["Name"], instance.tags]
        for one in ec2.instances.filter(Filters=[{"Name": "instance-state-name", "Values": ["running"]}]):
            one.terminate()
            states.append(one.state["Name"])
        vpc = ec2.Vpc("vpc-none")
        try:
            vpc.load()
        except ec2.meta.client.exceptions.ClientError as e:
            states.append(vpc.id)
        return states
    """

TABLES = """
    import boto3
    from pysfnc import workflow

    db = boto3.resource("dynamodb")
    table = db.Table("t")

    def status() -> str:
        return f"{table.table_status} {table.item_count}"

    @workflow
    def run(n: int):
        out = [status(), table.key_schema[0]["AttributeName"], table.name]
        for i in range(n):
            table.put_item(Item={"id": f"k{i}"})
            out.append(table.item_count)
        with table.batch_writer() as batch:
            batch.put_item(Item={"id": "x"})
        out.append(table.item_count)
        table.load()
        queue = boto3.resource("sqs").Queue("https://sqs.us-east-1.amazonaws.com/123456789012/q")
        if queue.attributes["ApproximateNumberOfMessages"] == "0":
            queue.send_message(MessageBody="a")
        out += [table.item_count, queue.attributes["ApproximateNumberOfMessages"]]
        other = db.Table("t")
        other.delete()
        other.wait_until_not_exists()
        return out
    """

REFUSED = """
    import asyncio
    import boto3
    from pysfnc import workflow

    table = boto3.resource("dynamodb").Table("t")

    class Store:
        def __init__(self):
            self.table = table

    async def size(obj) -> int:
        await asyncio.sleep(1)
        return obj.content_length

    @workflow
    async def run():
        s3 = boto3.resource("s3")
        obj = s3.Object("bkt", "k")
        sizes = await asyncio.gather(size(obj), size(obj))
        return [Store().table.item_count, sizes]
    """


def store() -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bkt")
    for key, body in (("k", b"hello"), ("l", b"x")):
        s3.put_object(Bucket="bkt", Key=key, Body=body, Metadata={"a": key}, ContentType="text/plain")


def both() -> None:
    table()
    client("sqs").create_queue(QueueName="q")


def test_what_is_loaded_stays_until_a_method_is_called() -> None:
    found = judge(STORED, {"keys": ["k", "l"]}, setup=store, engines=("jlens",))
    assert found.output[:6] == [5, "text/plain", {"a": "k"}, True, None, 9]
    assert found.output[-1] == "404"


def test_machines_are_started_and_stopped() -> None:
    found = judge(MACHINES, setup=lambda: None, tokens=True, engines=("jlens",))
    assert found.output == ["pending", "pending", "running", "running", "running", None, "terminated", "vpc-none"]


@pytest.mark.parametrize(("n", "loads"), [(0, 3), (2, 5)])
def test_a_table_at_module_level_is_loaded_once(n: int, loads: int) -> None:
    found = judge(TABLES, {"n": n}, setup=both, engines=("jlens",))
    assert found.names.count("dynamodb.DescribeTable") == loads
    expected: list[Any] = ["ACTIVE 0", "id", "t", *range(1, n + 1), n, n + 1, "1"]
    assert found.output == expected


def test_what_is_not_loaded() -> None:
    with pytest.raises(Rejected) as refused:
        judge(REFUSED)
    text = str(refused.value)
    assert (
        "a resource at module level cannot be kept as a value where attributes of `dynamodb.Table` are loaded" in text
    )


SOMETIMES = """
import boto3
from datetime import UTC, datetime, timedelta
from pysfnc import workflow

iam = boto3.resource("iam")
cloudformation = boto3.resource("cloudformation")

@workflow
def unused(days: int):
    found = []
    for user in iam.users.all():
        last = user.password_last_used
        if last is None or datetime(2030, 1, 1, tzinfo=UTC) - last > timedelta(days=days):
            found.append([user.name, user.create_date.year, str(last)])
    one = iam.User("one")
    return [*found, one.password_last_used is None, one.create_date.isoformat()]

@workflow
def changed(name: str):
    stack = cloudformation.Stack(name)
    return [stack.deletion_time, stack.last_updated_time or stack.creation_time]
"""


def test_moments_that_only_some_have() -> None:
    """They are None where they are not there, as any other attribute is."""

    def user(name: str, **more: Any) -> dict[str, Any]:
        return {
            "UserName": name,
            "Path": "/",
            "UserId": "u",
            "Arn": "a",
            "CreateDate": datetime(2029, 1, 1, tzinfo=UTC),
            **more,
        }

    users = [
        user("a", PasswordLastUsed=datetime(2029, 12, 31, tzinfo=UTC)),
        user("b"),
        user("c", PasswordLastUsed=datetime(2029, 1, 1, tzinfo=UTC)),
    ]
    given: dict[str, list[Any]] = {"iam.ListUsers": [{"Users": users}], "iam.GetUser": [{"User": user("one")}]}
    found = judge(SOMETIMES, {"days": 30}, answers=given, workflow="unused").output
    assert [name for name, *_ in found[:-2]] == ["b", "c"] and found[-2] is True
    stack = {"StackName": "s", "CreationTime": datetime(2029, 1, 1, tzinfo=UTC), "StackStatus": "CREATE_COMPLETE"}
    given = {"cloudformation.DescribeStacks": [{"Stacks": [stack]}]}
    assert judge(SOMETIMES, {"name": "s"}, answers=given, workflow="changed").output[0] is None

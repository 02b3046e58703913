"""Resources of boto3 that a program keeps: in lists, dicts and objects, as results of helpers, in branches; and those that others name."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.boto.harness import client, judge
from tests.boto.test_batch_writer import table
from tests.support.oracle import Rejected

HEAD = """
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import asyncio
import boto3
from pysfnc import workflow

s3 = boto3.resource("s3")
ec2 = boto3.resource("ec2")
"""

LISTED = """
@workflow
def run():
    found = [i for i in ec2.instances.all() if i.state["Name"] == "running"]
    everything = list(ec2.instances.all())
    for i in found:
        i.stop()
    first = [i.state["Name"] for i in found]
    again = [i.state["Name"] for i in found]
    everything[0].stop()
    return [first, again, everything[0].state["Name"], everything[1].state["Name"], len(found), bool(found)]
"""

OPTIONAL = """
def first(name):
    for i in ec2.instances.all():
        if i.state["Name"] == name:
            return i
    return None

def loaded(key):
    obj = s3.Object("bkt", key)
    try:
        obj.load()
    except s3.meta.client.exceptions.ClientError as e:
        if e.response["Error"]["Code"] != "404":
            raise
        return None
    return obj

@workflow
def run():
    out = [first("none") is None]
    newest = None
    for i in ec2.instances.all():
        if newest is None or i.launch_time > newest.launch_time:
            newest = i
    i = first("running")
    if i is None or newest is None:
        return "none"
    i.stop()
    i.wait_until_stopped(WaiterConfig={"Delay": 1})
    for key in ["k", "nope"]:
        obj = loaded(key)
        out.append(obj.content_length if obj else key)
    return [*out, i.state["Name"], newest.state["Name"], newest != None]
"""

CHOSEN = """
@workflow
def run(big: bool):
    if big:
        obj = s3.Object("bkt", "k")
    else:
        obj = s3.Object("bkt", "l")
    other = s3.Object("bkt", "k") if big else s3.Object("bkt", "l")
    bucket = s3.Bucket("bkt")
    smallest = min(bucket.objects.all(), key=lambda o: o.size, default=None)
    none = max(bucket.objects.filter(Prefix="x"), key=lambda o: o.size, default=None)
    out = [obj.content_length, obj == other, repr(obj), f"{other}"]
    read = obj.get
    obj = s3.Object("bkt", "none")
    out.append(read()["ContentLength"])
    return [*out, smallest.key if smallest else "", none is None, type(obj).__name__, other.content_length]
"""

OBJECTS = """
@dataclass
class Move:
    source: object
    target: object
    tries: int = 0

    def run(self):
        self.tries += 1
        self.target.copy_from(CopySource={"Bucket": self.source.bucket_name, "Key": self.source.key})
        return self.target.content_length

class Store:
    def __init__(self, name):
        self.table = boto3.resource("dynamodb").Table(name)

    def add(self, key):
        self.table.put_item(Item={"id": key})

    def count(self):
        return self.table.item_count

def total(objects):
    return sum(o.content_length for o in objects)

@workflow
def run():
    store = Store("t")
    out = [store.count(), store.table.table_status]
    store.add("a")
    out += [store.count(), store.count(), store.table.name]
    by_key = {o.key: o for o in s3.Bucket("bkt").objects.all()}
    moves = [Move(o, s3.Object("bkt", f"{key}2")) for key, o in by_key.items()]
    out += [move.run() for move in moves]
    targets = [move.target for move in moves]
    out += [total(targets), total(targets), s3.Object("bkt", "k").key in by_key]
    groups = {}
    for obj in s3.Bucket("bkt").objects.all():
        groups.setdefault(obj.size, []).append(obj)
    for size, objects in groups.items():
        for obj in objects:
            obj.delete()
            out.append([size, obj.key])
    return out
"""

BRANCHES = """
def stopped(instance):
    instance.stop()
    return instance.state["Name"]

def facts(obj):
    return [obj.key, obj.content_length, obj.content_type]

async def size(obj):
    await asyncio.sleep(1)
    return obj.content_length

@workflow
async def run():
    a, b = s3.Object("bkt", "k"), s3.Object("bkt", "l")
    with ThreadPoolExecutor() as pool:
        states = list(pool.map(stopped, ec2.instances.all()))
        known = list(pool.map(facts, [s3.Object("bkt", key) for key in ["k", "l"]]))
        lengths = list(pool.map(lambda key: s3.Object("bkt", key).content_length, ["k", "l"]))
    measure = lambda key: s3.Object("bkt", key).content_length
    return [states, known, lengths, await asyncio.gather(size(a), size(b)), measure("k"), measure("l")]
"""

NAMED = """
@workflow
def run():
    out = []
    for i in ec2.instances.all():
        out += [i.vpc.id == i.vpc_id, i.subnet.vpc.is_default, i.key_pair is None, len(i.network_interfaces)]
        out.append([n.subnet.id == i.subnet_id for n in i.network_interfaces])
        out.append(ec2.Vpc(i.vpc_id).cidr_block)
        try:
            ec2.KeyPair(i.key_name)
        except ValueError as e:
            out.append(str(e))
    obj = s3.Object("bkt", "k")
    return [*out, obj.Bucket().name, obj.Bucket().Object("l").content_length]
"""

MADE = """
def made(name: str) -> str:
    bucket = s3.Bucket(name)
    if bucket.creation_date is None:
        bucket.create()
        return "made"
    return "there" if bucket.creation_date else "odd"

@workflow
def run():
    obj = s3.ObjectSummary("bkt", "k")
    out = [obj.size, obj.key, obj.last_modified.year > 2000, obj.e_tag is None, obj.storage_class]
    listed = [o.size for o in s3.Bucket("bkt").objects.all()]
    return [*out, listed, made("bkt"), made("new"), made("new")]
"""

QUEUED = """
queue = boto3.resource("sqs").Queue("https://sqs.us-east-1.amazonaws.com/123456789012/q")

def received(count):
    found = queue.receive_messages(MaxNumberOfMessages=count)
    return found[0] if found else None

@workflow
def run():
    for n in range(4):
        queue.send_message(MessageBody=f"m{n}")
    first = received(1)
    kept = []
    while True:
        batch = queue.receive_messages(MaxNumberOfMessages=2)
        if not batch:
            break
        kept.extend(batch)
    for message in kept:
        message.delete()
    return [first.body if first else "", [m.body for m in kept], received(1) is None, len(kept)]
"""

SIZES = """
@workflow
def run():
    found = list(s3.Bucket("bkt").objects.all())
    found[0].delete()
    return [found[0].key, found[1].size]
"""


def world() -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bkt")
    for key, body in (("k", b"hello"), ("l", b"x")):
        s3.put_object(Bucket="bkt", Key=key, Body=body, ContentType="text/plain")
    client("ec2").run_instances(ImageId="ami-12c6146b", MinCount=2, MaxCount=2)
    client("sqs").create_queue(QueueName="q")
    table()


def run(program: str, input: Any = None, *, tokens: bool = False) -> Any:
    return judge(HEAD + program, input, setup=world, engines=("jlens",), tokens=tokens)


def test_a_list_sees_what_its_resources_load_and_forget() -> None:
    found = run(LISTED, tokens=True)
    assert found.output == [["stopped"] * 2] * 2 + ["stopped", "running", 2, True]
    # Two lists, three stops, and what each of the three had to load once.
    assert found.names.count("ec2.DescribeInstances") == 5


def test_a_helper_gives_a_resource_or_none() -> None:
    found = run(OPTIONAL, tokens=True)
    assert found.output == [True, 5, "nope", "stopped", "running", True]


@pytest.mark.parametrize(("big", "size"), [(True, 5), (False, 1)])
def test_one_of_several_resources(big: bool, size: int) -> None:
    found = run(CHOSEN, {"big": big})
    name = f"s3.Object(bucket_name='bkt', key='{'k' if big else 'l'}')"
    assert found.output == [size, True, name, name, size, "l", True, "s3.Object", size]
    assert found.names.count("s3.HeadObject") == 2


def test_resources_in_objects_and_dicts() -> None:
    found = run(OBJECTS, tokens=True)
    assert found.output[:10] == [0, "ACTIVE", 1, 1, "t", 5, 1, 6, 6, True]
    assert found.output[10:] == [[5, "k"], [5, "k2"], [1, "l"], [1, "l2"]]
    assert found.names.count("s3.HeadObject") == 2


def test_resources_load_in_branches() -> None:
    found = judge(HEAD + BRANCHES, setup=world, engines=("jlens",), calls=False)
    facts = [["k", 5, "text/plain"], ["l", 1, "text/plain"]]
    assert found.output == [["stopped"] * 2, facts, [5, 1], [5, 1], 5, 1]


def test_resources_that_others_name() -> None:
    found = run(NAMED, tokens=True)
    each = [True, True, True, 1, [True], "172.31.0.0/16", "Required parameter name not set"]
    assert found.output == [*each, *each, "bkt", 1]


def test_what_code_of_boto3_loads() -> None:
    found = run(MADE)
    assert found.output == [5, "k", True, False, None, [5, 1], "there", "made", "there"]
    assert found.names.count("s3.ListBuckets") == 3 and found.names.count("s3.HeadObject") == 1


@pytest.mark.parametrize(("code", "status", "output"), [("AccessDenied", 403, True), ("InternalError", 500, 500)])
def test_buckets_that_may_not_be_listed(code: str, status: int, output: bool | int) -> None:
    program = """
@workflow
def run():
    try:
        return s3.Bucket("bkt").creation_date is None
    except s3.meta.client.exceptions.ClientError as e:
        return e.response["ResponseMetadata"]["HTTPStatusCode"]
"""

    def refused(_params: Any) -> Any:
        error = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(error, "ListBuckets")  # type: ignore[arg-type]

    found = judge(HEAD + program, answers={"s3.ListBuckets": [refused]}, engines=("jlens",))
    assert found.output == output and type(found.output) is type(output)


def test_messages_that_are_kept() -> None:
    found = run(QUEUED, tokens=True)
    assert found.output == ["m0", ["m1", "m2", "m3"], True, 3]


def test_lists_whose_data_nobody_misses_stay_data() -> None:
    """The data of a resource that was deleted is missed only by who reads it: so the list becomes one of objects where it is read afterwards."""
    found = run(SIZES)
    assert found.output == ["k", 1] and found.names == ["s3.ListObjects", "s3.DeleteObject"]


REFUSED = {
    "what a resource has loaded changes here, and `found` may hold that resource": """
def f(i):
    i.stop()
    return i.state["Name"]

@workflow
def run():
    found = list(ec2.instances.all())
    with ThreadPoolExecutor() as pool:
        states = list(pool.map(f, found))
    return [states, found[0].state["Name"]]
""",
    "and `a` may hold that resource": """
async def size(obj):
    await asyncio.sleep(1)
    return obj.content_length

@workflow
async def run():
    a = s3.Object("bkt", "k")
    return await asyncio.gather(size(a), size(a))
""",
    "a resource at module level cannot be kept as a value where attributes of `s3.Object` are loaded": """
held = s3.Object("bkt", "k")

@workflow
def run():
    return [obj.content_length for obj in [held, s3.Object("bkt", "l")]]
""",
    "is loaded when it is read, which has no compiled form for a resource that a call at module level gives": """
def made(key):
    return s3.Object("bkt", key)

held = made("k")

@workflow
def run():
    return held.content_length
""",
    "what a resource has loaded changes in a branch that runs at the same time as others": """
@workflow
def run():
    obj = s3.Object("bkt", "k")
    with ThreadPoolExecutor() as pool:
        sizes = list(pool.map(lambda n: obj.content_length + n, [1, 2]))
    return sizes
""",
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_would_load_otherwise_is_refused(message: str) -> None:
    with pytest.raises(Rejected) as refused:
        run(REFUSED[message])
    assert message in str(refused.value)

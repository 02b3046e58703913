"""Lists of boto3's resources: their length, items and slices, and what `list`, `sorted`, `max` and `enumerate` make of collections."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.boto.harness import judge

PROGRAM = """
    import boto3
    from pysfnc import workflow

    bucket = boto3.resource("s3").Bucket("bkt")
    queue = boto3.resource("sqs").Queue("https://sqs.us-east-1.amazonaws.com/123456789012/q")

    @workflow
    def objects(prefix: str):
        found = list(bucket.objects.filter(Prefix=prefix))
        newest = max(bucket.objects.filter(Prefix=prefix), key=lambda o: o.last_modified)
        largest = sorted(found, key=lambda o: o.size, reverse=True)
        out = [f"{i} {o.key}" for i, o in enumerate(bucket.objects.filter(Prefix=prefix))]
        for number, obj in enumerate(largest[:2], start=1):
            out.append(f"{number} {obj.key}")
            if number == 2:
                obj.delete()
        smallest = min(largest, key=lambda o: int(o.key.rpartition("/")[2]))
        return [len(found), newest.key, newest.size, smallest.key, found[-1].key, out, not largest[5:], len(list(found))]

    @workflow
    def drained(most: int):
        done = 0
        last = "none"
        messages = queue.receive_messages(MaxNumberOfMessages=10)
        while messages:
            for i, message in enumerate(messages):
                last = f"{i} {message.body}"
                message.delete()
            done += len(messages)
            if done >= most:
                break
            messages = queue.receive_messages(MaxNumberOfMessages=10)
        return [done, last, len(messages)]

    @workflow
    def polled():
        bodies = []
        while True:
            batch = queue.receive_messages()
            if not batch:
                break
            first = batch[0]
            bodies.append([first.body, batch[-1].body, [m.body for m in batch[1:]]])
            first.delete()
        return bodies
    """


def found(key: str, size: int, day: int) -> dict[str, Any]:
    return {"Key": f"in/{key}", "Size": size, "LastModified": datetime(2030, 1, day, tzinfo=UTC)}


PAGES = [
    {"Contents": [found("3", 5, 2), found("1", 9, 8)], "IsTruncated": True, "NextMarker": "m"},
    {"Contents": [found("2", 9, 8), found("0", 1, 1)], "IsTruncated": False},
]


def messages(*bodies: str) -> dict[str, Any]:
    return {"Messages": [{"Body": body, "ReceiptHandle": f"r-{body}"} for body in bodies]}


RECEIVED = [messages("a", "b"), messages("c"), {}]


def test_lists_of_a_collection() -> None:
    answers = {"s3.ListObjects": PAGES * 3, "s3.DeleteObject": [{}]}
    run = judge(PROGRAM, {"prefix": "in/"}, answers=answers, workflow="objects", engines=("jlens",))
    numbered = ["0 in/3", "1 in/1", "2 in/2", "3 in/0", "1 in/1", "2 in/2"]
    assert run.output == [4, "in/1", 9, "in/0", "in/0", numbered, True, 4]
    assert run.names == ["s3.ListObjects"] * 6 + ["s3.DeleteObject"] and run.calls[-1][1]["Key"] == "in/2"


def test_no_objects() -> None:
    run = judge(PROGRAM, {"prefix": ""}, answers={"s3.ListObjects": [{}] * 2}, workflow="objects", engines=("jlens",))
    assert run.error == "ValueError" and len(run.calls) == 2


@pytest.mark.parametrize(("most", "wanted"), [(9, [3, "0 c", 0]), (2, [2, "1 b", 2])])
def test_messages_until_there_are_none(most: int, wanted: list[Any]) -> None:
    answers = {"sqs.ReceiveMessage": RECEIVED, "sqs.DeleteMessage": [{}] * 3}
    run = judge(PROGRAM, {"most": most}, answers=answers, workflow="drained", engines=("jlens",))
    assert run.output == wanted


def test_messages_by_number() -> None:
    answers = {"sqs.ReceiveMessage": RECEIVED, "sqs.DeleteMessage": [{}] * 2}
    run = judge(PROGRAM, {}, answers=answers, workflow="polled", engines=("jlens",))
    assert run.output == [["a", "b", ["b"]], ["c", "c", []]]


def test_a_key_that_fails_asks_for_no_further_page() -> None:
    answers = {"s3.ListObjects": [{**PAGES[0], "Contents": [found("x", 1, 1)]}, PAGES[1]]}
    program = """
    import boto3
    from pysfnc import workflow

    bucket = boto3.resource("s3").Bucket("bkt")

    @workflow
    def run():
        return max(bucket.objects.all(), key=lambda o: int(o.key[-1])).key
    """
    run = judge(program, {}, answers=answers, engines=("jlens",))
    assert run.error == "ValueError" and len(run.calls) == 1


def test_names_and_filters_are_those_of_the_moment() -> None:
    program = """
    import boto3
    from pysfnc import workflow

    s3 = boto3.resource("s3")
    pages = boto3.client("s3").get_paginator("list_objects")

    @workflow
    def run(name: str):
        bucket = s3.Bucket(name)
        count = 1
        first = bucket.objects.filter(Prefix=name).limit(count)
        listed = pages.paginate(Bucket=name)
        obj = s3.Object("other", name)
        name = "b"
        count += 1
        for name in ("c", "d"):
            obj.delete()
        return [o.key for o in first] + [o["Key"] for page in listed for o in page["Contents"]] + [obj.key, name]
    """
    answers = {"s3.ListObjects": [PAGES[1], *PAGES], "s3.DeleteObject": [{}] * 2}
    run = judge(program, {"name": "a"}, answers=answers, engines=("jlens",))
    assert run.output == ["in/2", "in/3", "in/1", "in/2", "in/0", "a", "d"]
    assert [call.get("Prefix", call["Bucket"]) for _, call in run.calls] == ["other", "other", "a", "a", "a"]

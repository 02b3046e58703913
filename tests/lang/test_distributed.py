"""`distributed_map` under CPython."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pysfnc import (
    Fail,
    context,
    distributed_map,
    s3_csv,
    s3_inventory,
    s3_json,
    s3_jsonl,
    s3_objects,
    s3_results,
    workflow,
)
from tests.boto.harness import ENVIRONMENT


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="data")
        yield client


def test_results_are_in_the_order_of_the_items() -> None:
    waiting = threading.Event()

    def slow_first(n: int) -> int:
        if n == 0:
            waiting.wait(5)
        if n == 3:
            waiting.set()
        return n * 10

    assert distributed_map(slow_first, range(4)) == [0, 10, 20, 30]
    assert distributed_map(slow_first, [], batch=2) == []


def test_batches() -> None:
    assert distributed_map(sum, [1, 2, 3, 4, 5], batch=2) == [3, 7, 5]


def fails_on_odd(n: int) -> int:
    if n % 2:
        raise Fail("Odd", f"{n} is odd") if n == 1 else ValueError(f"no {n}")
    return n


def test_tolerance() -> None:
    failed = [{"Status": "FAILED", "Error": "Odd", "Cause": "1 is odd"}]
    assert distributed_map(fails_on_odd, [0, 1], tolerated_failure_count=1) == [0, *failed]
    assert distributed_map(fails_on_odd, [0, 1], tolerated_failure_percentage=50, tolerated_failure_count=0) == [
        0,
        *failed,
    ]
    for options in ({}, {"tolerated_failure_count": 0}, {"tolerated_failure_percentage": 49.9}):
        with pytest.raises(Fail) as caught:
            distributed_map(fails_on_odd, [0, 1], **options)  # type: ignore[arg-type]
        assert caught.value.error == "States.ExceedToleratedFailureThreshold"
        assert str(caught.value) == "The specified tolerated failure threshold was exceeded"
    with pytest.raises(Fail):
        distributed_map(lambda items: fails_on_odd(items[0]), [1, 2, 4, 6], batch=2, tolerated_failure_count=1)


def test_options_are_checked() -> None:
    with pytest.raises(ValueError, match="4 reasons: batch must be at least 1; tolerated_failure_percentage"):
        distributed_map(abs, [], batch=0, tolerated_failure_percentage=101, tolerated_failure_count=-1, label="x" * 41)


def test_each_child_is_an_execution() -> None:
    @workflow
    def w() -> list[Any]:
        def child(item: int) -> Any:
            return [context.execution.input, context.state_machine.name, context.execution.id]

        return [context.execution.id, *distributed_map(child, [1, 2], label="L")]

    outer, first, second = w.run({})
    assert (first[:2], second[:2]) == ([1, "w/L"], [2, "w/L"])
    assert len({outer, first[2], second[2]}) == 3


def test_datasets(s3: Any) -> None:
    s3.put_object(Bucket="data", Key="in/a.csv", Body=b"id,n\n1,2\n3\n")
    s3.put_object(Bucket="data", Key="in/b.json", Body=b'{"a": [1, 2.0, {"x": null}], "o": {"k": 1}}')
    s3.put_object(Bucket="data", Key="in/c.jsonl", Body=b'{"a": 1}\n\n[2]\n')
    s3.put_object(Bucket="data", Key="rows.csv", Body=b"data,k1\ndata,k2\n")
    manifest = {"fileSchema": "Bucket, Key", "files": [{"key": "rows.csv"}]}
    s3.put_object(Bucket="data", Key="manifest.json", Body=json.dumps(manifest).encode())

    def same(item: Any) -> Any:
        return item

    assert distributed_map(same, s3_csv("data", "in/a.csv")) == [{"id": "1", "n": "2"}, {"id": "3", "n": ""}]
    assert distributed_map(same, s3_csv("data", "in/a.csv", headers=["x"], max_items=1)) == [{"x": "id"}]
    assert distributed_map(same, s3_json("data", "in/b.json", pointer="/a")) == [1, 2, {"x": None}]
    assert distributed_map(same, s3_json("data", "in/b.json", pointer="/o")) == [{"Key": "k", "Value": 1}]
    assert distributed_map(same, s3_jsonl("data", "in/c.jsonl")) == [{"a": 1}, [2]]
    assert distributed_map(same, s3_inventory("data", "manifest.json")) == [
        {"Bucket": "data", "Key": "k1"},
        {"Bucket": "data", "Key": "k2"},
    ]
    listed = distributed_map(same, s3_objects("data", "in/"))
    assert [item["Key"] for item in listed] == ["in/a.csv", "in/b.json", "in/c.jsonl"]
    assert set(listed[0]) == {"Etag", "Key", "LastModified", "Size", "StorageClass"}
    with pytest.raises(Fail) as caught:
        distributed_map(same, s3_csv("data", "missing"))
    assert caught.value.error == "States.ItemReaderFailed"


def test_written_results(s3: Any) -> None:
    given = distributed_map(fails_on_odd, [1, 2], tolerated_failure_count=1, results=s3_results("data", "out"))
    assert set(given) == {"MapRunArn", "ResultWriterDetails"}
    manifest = json.loads(s3.get_object(Bucket="data", Key=given["ResultWriterDetails"]["Key"])["Body"].read())
    (succeeded,) = manifest["ResultFiles"]["SUCCEEDED"]
    (one,) = json.loads(s3.get_object(Bucket="data", Key=succeeded["Key"])["Body"].read())
    assert (one["Input"], one["Output"], one["Status"]) == ("2", "2", "SUCCEEDED")
    assert len(manifest["ResultFiles"]["FAILED"]) == 1

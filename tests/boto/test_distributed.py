"""Distributed Maps over datasets in S3: the program under CPython and the machine, each with a mock of its own."""

import json
import textwrap
from typing import Any

import pytest
from moto import mock_aws

from pysfnc.engine.objects import BotoObjects
from tests.boto.harness import ENVIRONMENT, client
from tests.support.oracle import evaluator, run_compiled, run_python
from tests.support.outcome import Outcome

HEAD = """
import os
from pysfnc import (
    Fail, distributed_map, s3_csv, s3_inventory, s3_json, s3_jsonl, s3_objects, s3_results, workflow,
)
"""


def fill() -> None:
    """The bucket of all tests."""
    s3 = client("s3")
    s3.create_bucket(Bucket="data")
    manifest = {"fileSchema": "Bucket, Key", "files": [{"key": "rows.csv"}]}
    for key, text in {
        "in/a.csv": "id,n\n1,2\n\n3\n4,5,6\n",
        "in/semicolons.csv": "1;2\n3;4\n",
        "in/twice.csv": "a,a\n1,2\n",
        "in/b.json": '{"a": [1, 2.0, {"x": null}], "o": {"k": 1, "l": [2]}}',
        "in/list.json": "[[1], [2, 3]]",
        "in/c.jsonl": '{"a": 1}\n\n{"a": 2.5}\n',
        "rows.csv": "data,k1\ndata,k2\n",
        "manifest.json": json.dumps(manifest),
    }.items():
        s3.put_object(Bucket="data", Key=key, Body=text.encode())


def both(source: str, input: Any = None) -> Outcome:
    """How a program ends, in every form; an AssertionError if they disagree."""
    text = HEAD + textwrap.dedent(source)
    values = {**ENVIRONMENT, "BUCKET": "data"}
    with mock_aws():
        fill()
        expected = run_python(text, input or {}, environment=values)
    for optimize, engine in ((0, "jlens"), (1, "jlens"), (1, "node")):
        with mock_aws():
            fill()
            found = run_compiled(
                text, input or {}, optimize, evaluator(engine), environment=values, objects=BotoObjects(client("s3"))
            )
        assert (found.output, found.error) == (expected.output, expected.error)
        if found.error != "States.ItemReaderFailed":
            assert found.cause == expected.cause
    return expected


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        ('s3_csv(B, "in/a.csv")', [{"id": "1", "n": "2"}, {"id": "3", "n": ""}, {"id": "4", "n": "5"}]),
        ('s3_csv(B, "in/a.csv", headers=["x", "y"], max_items=n)', [{"x": "id", "y": "n"}, {"x": "1", "y": "2"}]),
        ('s3_csv(B, "in/semicolons.csv", delimiter=";")', [{"1": "3", "2": "4"}]),
        ('s3_json("data", "in/b.json", pointer="/a")', [1, 2, {"x": None}]),
        ('s3_json("data", "in/b.json", pointer="/o")', [{"Key": "k", "Value": 1}, {"Key": "l", "Value": [2]}]),
        ('s3_json(bucket="data", key="in/list.json", max_items=1)', [[1]]),
        ('s3_jsonl("data", "in/c.jsonl")', [{"a": 1}, {"a": 2.5}]),
        ('s3_inventory("data", "manifest.json")', [{"Bucket": "data", "Key": "k1"}, {"Bucket": "data", "Key": "k2"}]),
    ],
)
def test_datasets(dataset: str, expected: list[Any]) -> None:
    program = f"""
    B = os.environ["BUCKET"]

    @workflow
    def w(n: int):
        return distributed_map(lambda item: item, {dataset})
    """
    assert both(program, {"n": 2}).output == expected


def test_listings_are_typed() -> None:
    program = """
    @workflow
    def w(prefix: str):
        def describe(found):
            return found["Key"].removeprefix(prefix) + " " + str(found["Size"] * 2) + found["StorageClass"]
        return distributed_map(describe, s3_objects("data", prefix), max_concurrency=1)
    """
    assert both(program, {"prefix": "in/"}).output == [
        "a.csv 36STANDARD",
        "b.json 106STANDARD",
        "c.jsonl 42STANDARD",
        "list.json 26STANDARD",
        "semicolons.csv 16STANDARD",
        "twice.csv 16STANDARD",
    ]
    assert both(program, {"prefix": "none/"}).output == []


def test_a_dataset_is_what_it_was_when_it_was_made() -> None:
    program = """
    @workflow
    def w(key: str, prefix: str):
        rows = s3_jsonl("data", key)
        place = s3_results("data", prefix)
        key = prefix = "other"
        first = distributed_map(lambda row: row["a"], rows)
        written = distributed_map(lambda row: row["a"], rows, results=place)
        return [first, written["ResultWriterDetails"]["Key"].startswith("out/"), key]
    """
    assert both(program, {"key": "in/c.jsonl", "prefix": "out"}).output == [[1, 2.5], True, "other"]


def test_batches_with_what_is_read_outside() -> None:
    program = """
    @workflow
    def w(factor: int):
        rows = s3_csv("data", "in/semicolons.csv", headers=["a", "b"], delimiter=";")
        return distributed_map(lambda batch: [int(row["b"]) * factor for row in batch], rows, batch=2)
    """
    assert both(program, {"factor": 3}).output == [[6, 12]]


@pytest.mark.parametrize(
    "dataset", ['s3_csv("data", "missing")', 's3_csv("data", "in/twice.csv")', 's3_json("data", "in/b.json")']
)
def test_datasets_that_cannot_be_read(dataset: str) -> None:
    program = f"""
    @workflow
    def w(handled: bool):
        try:
            return distributed_map(lambda item: item, {dataset})
        except Fail as e:
            if handled:
                return e.error
            raise
    """
    assert both(program, {"handled": True}).output == "States.ItemReaderFailed"
    assert both(program, {"handled": False}).error == "States.ItemReaderFailed"


def test_results_are_written() -> None:
    program = """
    @workflow
    def w(prefix: str):
        given = distributed_map(lambda n: 10 // n, [1, 0, 2], tolerated_failure_count=1, results=s3_results("data", prefix))
        details = given["ResultWriterDetails"]
        return [sorted(given), details["Bucket"], details["Key"].startswith("out/"), details["Key"].endswith("/manifest.json")]
    """
    expected = [["MapRunArn", "ResultWriterDetails"], "data", True, True]
    assert both(program, {"prefix": "out"}).output == expected

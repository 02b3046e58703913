"""Sets that a `Table` is given: DynamoDB's sets of texts and of numbers, in no order that anybody sees."""

from typing import Any

import pytest

from tests.boto.harness import client, judge

PROGRAM = """
    import boto3
    from boto3.dynamodb.conditions import Attr
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    table = boto3.resource("dynamodb").Table("t")
    raw = boto3.client("dynamodb")

    def shown(id: str):
        item = raw.get_item(TableName="t", Key={"id": {"S": id}})["Item"]
        return [sorted(item[name].get("SS", item[name].get("NS", []))) for name in sorted(item) if name != "id"]

    @workflow
    def run(tags: list[str], ns: list[int], more: str):
        tagged = set(tags)
        tagged.add(more)
        item = {"id": "a", "tags": tagged, "codes": frozenset({1, 2, more.count("x")}), "of": {n * n for n in ns}}
        table.put_item(Item=item)
        table.update_item(
            Key={"id": "a"},
            UpdateExpression="ADD tags :t, seen :n DELETE codes :c",
            ExpressionAttributeValues={":t": {more, "é"}, ":n": set(ns), ":c": {2}},
        )
        found = shown("a")
        with table.batch_writer() as batch:
            for tag in tags:
                batch.put_item(Item={"id": f"b-{tag}", "held": {tag, more}})
        found += shown(f"b-{tags[0]}")
        found.append(table.scan(FilterExpression=Attr("held").eq({more, tags[0]}), Select="COUNT")["Count"])
        try:
            table.put_item(Item={"id": "c", "none": tagged - tagged})
        except ClientError as e:
            found.append([e.response["Error"]["Code"]])
        try:
            table.put_item(Item={"id": "c", "none": set()})
        except ClientError as e:
            found.append([e.response["Error"]["Code"]])
        return found
    """


def fill() -> None:
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.mark.parametrize(
    ("input", "wanted"),
    [
        (
            {"tags": ["b", "a"], "ns": [3, -3, 10**7, 2], "more": "x"},
            [["1"], ["100000000000000", "4", "9"], ["-3", "10000000", "2", "3"], ["a", "b", "x", "é"], ["b", "x"], 1],
        ),
        ({"tags": ["same"], "ns": [0], "more": "same"}, [["0", "1"], ["0"], ["0"], ["same", "é"], ["same"], 1]),
    ],
)
def test_sets_are_written_as_boto3_writes_them(input: dict[str, Any], wanted: list[Any]) -> None:
    """An empty set is one of numbers for boto3, which DynamoDB refuses."""
    assert judge(PROGRAM, input, setup=fill).output == [*wanted, ["ValidationException"], ["ValidationException"]]

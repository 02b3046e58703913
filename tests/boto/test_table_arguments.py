"""Arguments of a table's methods that are gathered in a dict, and conditions that are kept for later."""

from typing import Any

import boto3
import pytest

from tests.boto.harness import REGION, Judged, judge
from tests.boto.test_tables import orders

PROGRAM = """
    import os
    import boto3
    from boto3.dynamodb.conditions import Key, Attr
    from pysfnc import workflow

    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])

    def all_items(**kwargs):
        items = []
        while True:
            page = table.query(**kwargs)
            items.extend(page["Items"])
            if "LastEvaluatedKey" not in page:
                return items
            kwargs["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    @workflow
    def helper(pk: str, low: int):
        found = all_items(KeyConditionExpression=Key("pk").eq(pk) & Key("sk").gte(low), Limit=2)
        return [int(i["sk"]) for i in found]

    @workflow
    def optional(pk: str | None, kind: str | None, low: int | None, limit: int = 0):
        params = {"Select": "COUNT"}
        if kind is not None:
            params["FilterExpression"] = Attr("kind").eq(kind)
        if limit:
            params["Limit"] = limit
        if pk is None:
            return table.scan(**params)["Count"]
        if low is None:
            params["KeyConditionExpression"] = Key("pk").eq(pk)
        else:
            params["KeyConditionExpression"] = Key("pk").eq(pk) & Key("sk").gt(low)
        return table.query(**params)["Count"]

    @workflow
    def update(pk: str, sk: int, name: str | None, once: bool):
        expression = "SET n = :n"
        values = {":n": 1}
        params = {"Key": {"pk": pk, "sk": sk}, "ReturnValues": "ALL_NEW"}
        if name:
            expression += ", #name = :name"
            values[":name"] = name
            params["ExpressionAttributeNames"] = {"#name": "name"}
        if once:
            params["ConditionExpression"] = Attr("n").not_exists()
        params["UpdateExpression"] = expression
        params["ExpressionAttributeValues"] = values
        try:
            return table.update_item(**params)["Attributes"]
        except table.meta.client.exceptions.ConditionalCheckFailedException as e:
            return e.response["Error"]["Code"]

    @workflow
    def mixed(pk: str, limit: int | None):
        extra = dict(ConsistentRead=True)
        extra.update(ScanIndexForward=False)
        if limit:
            extra |= {"Limit": limit}
        response = table.query(KeyConditionExpression=Key("pk").eq(pk), **extra)
        return [str(i["sk"]) for i in response["Items"]]

    @workflow
    def maybe(pk: str, kind: str | None, low: int | None):
        condition = Key("pk").eq(pk)
        if low is not None:
            condition = condition & Key("sk").gt(low)
        wanted = Attr("kind").eq(kind) if kind else None
        if wanted is not None:
            return table.query(KeyConditionExpression=condition, FilterExpression=wanted)["Count"]
        return table.query(KeyConditionExpression=condition)["Count"]

    @workflow
    def expire(user: str, before: int, limit: int | None = None):
        kwargs = {
            "KeyConditionExpression": Key("pk").eq(user),
            "FilterExpression": Attr("expires").lt(before),
            "ProjectionExpression": "pk, sk",
        }
        if limit:
            kwargs["Limit"] = limit
        count = 0
        while True:
            resp = table.query(**kwargs)
            for item in resp["Items"]:
                table.delete_item(Key={"pk": str(item["pk"]), "sk": int(item["sk"])})
                count += 1
            if "LastEvaluatedKey" not in resp:
                break
            kwargs["ExclusiveStartKey"] = resp["LastEvaluatedKey"]
        return count

    @workflow
    def scanned(limit: int):
        done = False
        start_key = None
        names = []
        while not done:
            kwargs = {"Limit": limit}
            if start_key:
                kwargs["ExclusiveStartKey"] = start_key
            response = table.scan(**kwargs)
            names.extend(str(i["sk"]) for i in response.get("Items", []))
            start_key = response.get("LastEvaluatedKey", None)
            done = start_key is None
        return sorted(names)
    """


def filled() -> None:
    """A table with five items of two kinds."""
    orders()
    table = boto3.resource("dynamodb", region_name=REGION).Table("orders")
    for n in range(5):
        table.put_item(Item={"pk": "u", "sk": n, "kind": "ab"[n % 2], "expires": n * 10})


def run(workflow: str, engines: tuple[str, ...] = ("jlens",), **given: Any) -> Judged:
    return judge(PROGRAM, given, setup=filled, workflow=workflow, environment={"TABLE": "orders"}, engines=engines)


def test_a_helper_that_asks_for_every_page() -> None:
    found = run("helper", ("jlens", "node"), pk="u", low=1)
    assert (found.output, len(found.calls)) == ([1, 2, 3, 4], 2)
    assert found.calls[1][1]["ExclusiveStartKey"] == {"pk": {"S": "u"}, "sk": {"N": "2"}}


@pytest.mark.parametrize(("limit", "calls"), [(None, 4), (2, 6)])
def test_pages_of_which_everything_is_deleted(limit: int | None, calls: int) -> None:
    found = run("expire", user="u", before=25, limit=limit)
    assert (found.output, len(found.calls)) == (3, calls)


def test_a_key_to_go_on_from_that_is_none_at_first() -> None:
    assert run("scanned", ("jlens", "node"), limit=2).output == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"pk": "u", "kind": "a", "low": 1}, 2),
        ({"pk": None, "kind": "a", "low": 1}, 3),
        ({"pk": "u", "kind": None, "low": None, "limit": 2}, 2),
        ({"pk": "u", "kind": "a", "low": None, "limit": 2}, 1),
    ],
)
def test_conditions_that_are_there_or_not(given: dict[str, Any], count: int) -> None:
    found = run("optional", **given)
    assert (found.output, len(found.calls)) == (count, 1)


@pytest.mark.parametrize(
    ("sk", "name", "once", "keys"),
    [
        (1, None, False, {"pk", "sk", "kind", "expires", "n"}),
        (1, "x", True, {"pk", "sk", "kind", "expires", "n", "name"}),
        (9, "x", False, {"pk", "sk", "n", "name"}),
    ],
)
def test_an_update_that_is_put_together(sk: int, name: str | None, once: bool, keys: set[str]) -> None:
    assert run("update", pk="u", sk=sk, name=name, once=once).output.keys() == keys


@pytest.mark.parametrize(("limit", "expected"), [(None, ["4", "3", "2", "1", "0"]), (2, ["4", "3"])])
def test_arguments_by_name_and_out_of_a_dict(limit: int | None, expected: list[str]) -> None:
    assert run("mixed", pk="u", limit=limit).output == expected


@pytest.mark.parametrize(("kind", "low", "count"), [("a", 0, 2), (None, None, 5)])
def test_conditions_in_variables(kind: str | None, low: int | None, count: int) -> None:
    assert run("maybe", ("jlens", "node"), pk="u", kind=kind, low=low).output == count

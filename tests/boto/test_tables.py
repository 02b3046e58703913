"""`boto3.resource("dynamodb").Table(...)`: items in, items out, conditions, and what boto3 makes of them, against moto."""

from typing import Any

import pytest

from tests.boto.harness import Judged, client, judge

PROGRAM = """
    import os
    from decimal import Decimal
    import boto3
    from boto3.dynamodb.conditions import Attr, Key
    from botocore.exceptions import ClientError
    from pysfnc import Retry, task, with_options, workflow

    resource = boto3.resource("dynamodb")
    table = resource.Table(os.environ["TABLE"])

    @task
    def price(n: int) -> Decimal:
        return Decimal(n) / 8

    @workflow
    def written_out(n: int, flag: bool):
        table.put_item(
            Item={"pk": "a", "sk": n, "flag": flag, "none": None, "text": f"n={n}", "list": [n, "x", [True]],
                  "map": {"deep": {"n": n}}, "empty": {}, "price": Decimal("99.50"), "small": Decimal("1e-9"),
                  "big": Decimal("12345678901234567890"), "of": Decimal(n), "float": Decimal(str(n / 7)),
                  "task": price(n), "squares": [i * i for i in range(n)]}
        )
        return table.get_item(Key={"pk": "a", "sk": n})["Item"]

    @task
    def exactly(text: str) -> Decimal:
        return Decimal(text)

    @workflow
    def kept(text: str):
        entry = {"pk": "k", "sk": Decimal(3), "deep": {"rate": Decimal("0.05")}, "list": [exactly("1.0"), exactly("2")], "n": 1}
        prices = [exactly(text)]
        table.put_item(Item=entry)
        try:
            table.put_item(Item={**entry, "prices": prices})
        except ArithmeticError as e:
            return [type(e).__name__, str(e)]
        except TypeError as e:
            return str(e)
        return table.get_item(Key={"pk": "k", "sk": 3})["Item"]

    @workflow
    def computed(item: dict):
        table.put_item(Item=item)
        return table.get_item(Key={"pk": item["pk"], "sk": item["sk"]}, ConsistentRead=True).get("Item", {})

    @workflow
    def known(value):
        table.put_item(Item={"pk": "v", "sk": 0, "value": value})
        return table.scan()["Items"]

    @workflow
    def read(n: int):
        table.put_item(Item={"pk": "a", "sk": n, "name": "Ann", "n": 697, "f": Decimal("1.5"), "t": True, "z": None})
        row = table.get_item(Key={"pk": "a", "sk": n})["Item"]
        missing = table.get_item(Key={"pk": "b", "sk": n})
        return [
            f"{row['name']}/{row['n']}/{row['f']}/{row['t']}/{row['z']}", str(row["sk"]), int(row["n"]) + 1, float(row["f"]),
            row["z"] is None, "name" in row, row.get("nothing", "-"), len(row), sorted(row.keys()), "Item" in missing,
        ]

    @workflow
    def nested(kind: str):
        lines = [{"sku": "x", "n": 2, "price": 1, "tags": ["a", "b"]}, {"sku": "y", "n": 1, "price": 3, "tags": []}]
        address = {"city": "Ulm", "at": {"x": 1, "y": [[4, 5]]}, "none": None, "true": True}
        table.put_item(Item={"pk": "a", "sk": 7, "lines": lines, "address": address, "name": "Ann", "n": 1})
        item = table.get_item(Key={"pk": "a", "sk": 7})["Item"]
        try:
            if kind == "of none":
                return str(item["address"]["none"]["x"])
            if kind == "in true":
                return [str(x) for x in item["address"]["true"]]
            if kind == "of a text":
                return len(item["name"]["x"])
            if kind == "get of none":
                return len(item["address"]["none"].get("x"))
            if kind == "no key":
                return str(item["address"]["street"])
            if kind == "len of none":
                return len(item["address"]["none"])
            if kind == "in none":
                return "x" in item["address"]["none"]
        except (TypeError, KeyError, AttributeError) as e:
            return [type(e).__name__, str(e)]
        found = [[str(line["sku"]), int(line["n"]), [str(tag) for tag in line["tags"]], len(line["tags"])] for line in item["lines"]]
        total = sum(int(line["n"]) * float(line["price"]) for line in item["lines"])
        where = item["address"]["at"]
        return [
            found, total, str(item["address"]["city"]), int(where["y"][0][1]), str(item["address"].get("zip", "-")),
            sorted(where.keys()), "x" in where, "zip" in item["address"], [[k, str(v)] for k, v in where.items() if k == "x"],
        ]

    @workflow
    def changed(by: int):
        table.put_item(Item={"pk": "a", "sk": 1, "stock": 5})
        try:
            done = table.update_item(
                Key={"pk": "a", "sk": 1},
                UpdateExpression="SET stock = stock - :by, #s = :s",
                ConditionExpression="stock >= :by",
                ExpressionAttributeNames={"#s": "status"},
                ExpressionAttributeValues={":by": by, ":s": "taken"},
                ReturnValues="ALL_NEW",
            )
        except table.meta.client.exceptions.ConditionalCheckFailedException:
            return "none left"
        old = table.delete_item(Key={"pk": "a", "sk": 1}, ReturnValues="ALL_OLD")["Attributes"]
        return [done["Attributes"], int(old["stock"])]

    @workflow
    def conditional(name: str):
        condition = Attr("pk").not_exists() | Attr("taken.by").eq(name) & ~Attr("n").lt(3)
        put = with_options(table.put_item, retry=Retry(max_attempts=1))
        put(Item={"pk": name, "sk": 1}, ConditionExpression=condition)
        try:
            put(
                Item={"pk": name, "sk": 1},
                ConditionExpression=Attr("status").is_in(["new", name]) & Attr("name").size().gt(2) & Attr("l[0]").ne(1),
            )
        except ClientError as e:
            return e.response["Error"]["Code"]
        return "put"

    @workflow
    def pages(pk: str):
        for i in range(5):
            table.put_item(Item={"pk": pk, "sk": i, "name": f"n{i}"})
        answer = table.query(KeyConditionExpression=Key("pk").eq(pk), Limit=2)
        names = [item["name"] for item in answer["Items"]]
        while "LastEvaluatedKey" in answer:
            answer = table.query(
                KeyConditionExpression=Key("pk").eq(pk), Limit=2, ExclusiveStartKey=answer["LastEvaluatedKey"]
            )
            names.extend(item["name"] for item in answer["Items"])
        return [str(name) for name in names]

    @workflow
    def found(low: int):
        for i in range(4):
            table.put_item(Item={"pk": "p", "sk": i, "kind": "even" if i % 2 == 0 else "odd"})
        answer = table.query(
            FilterExpression=Attr("kind").begins_with("e") & Attr("kind").contains("v"),
            KeyConditionExpression=Key("pk").eq("p") & Key("sk").between(low, 3),
            ProjectionExpression="sk, #k",
            ExpressionAttributeNames={"#k": "kind"},
            ScanIndexForward=False,
        )
        total = 0
        for item in answer["Items"]:
            total += int(item["sk"])
        return [answer["Count"], answer["ScannedCount"], answer["Items"], total]

    @workflow
    def named(name: str):
        here = boto3.Session().resource("dynamodb", region_name=None).Table(name)
        name = "other"
        here.put_item(Item={"pk": here.name, "sk": 1})
        return [here.table_name, here.scan(Select="COUNT")["Count"], name]
    """


def orders() -> None:
    client("dynamodb").create_table(
        TableName="orders",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )


def run(workflow: str, input: Any, **options: Any) -> Judged:
    return judge(PROGRAM, input, setup=orders, workflow=workflow, environment={"TABLE": "orders"}, **options)


def test_values_that_are_written_out() -> None:
    output = run("written_out", {"n": 3, "flag": True}).output
    assert (output["price"], output["small"], output["task"]) == ("99.50", "1E-9", "0.375")
    assert (output["list"], output["map"], output["empty"]) == (["3", "x", [True]], {"deep": {"n": "3"}}, {})
    assert (output["float"], output["squares"], output["none"]) == (repr(3 / 7), ["0", "1", "4"], None)


@pytest.mark.parametrize("text", ["1.5E+126", "9E-165", "-0.10", "1" * 38, "0.00000" + "1" * 38])
def test_decimals_in_variables(text: str) -> None:
    assert run("kept", {"text": text}).output["list"] == ["1.0", "2"]


@pytest.mark.parametrize(
    ("text", "error"),
    [("1E+127", "Overflow"), ("1E-166", "Underflow"), ("1" * 39, "Inexact"), ("1" + "0" * 38, "Rounded"), ("NaN", "")],
)
def test_decimals_that_dynamodb_does_not_have(text: str, error: str) -> None:
    output = run("kept", {"text": text}, calls=False).output
    assert output[0] == error if error else output == "Infinity and NaN not supported"


ITEMS = [
    {
        "pk": "a",
        "sk": 1,
        "s": "",
        "t": True,
        "f": False,
        "n": None,
        "l": [1, [], {}, None, "é🎉"],
        "m": {"S": "x", "N": {"L": []}},
    },
    {"pk": "a", "sk": -9007199254740991, "zero": 0, "many": [{"a": [1, 2]}, {"b": {"c": {"d": [[]]}}}]},
]


@pytest.mark.parametrize("item", ITEMS)
def test_values_that_come_in(item: Any) -> None:
    output = run("computed", {"item": item}).output
    assert output["pk"] == "a" and output["sk"] == str(item["sk"])


@pytest.mark.parametrize("value", ["text", ["text", 12, True, None, [1, {"a": "b"}], {"NULL": False, "BOOL": [1]}]])
def test_values_of_unknown_type(value: Any) -> None:
    assert len(run("known", {"value": value}).output) == 1


@pytest.mark.parametrize("value", [[1, {"deep": [0.25]}]])
def test_floats_are_refused_as_boto3_does(value: Any) -> None:
    found = run("known", {"value": value}, calls=False)
    assert (found.error, found.cause) == ("TypeError", "Float types are not supported. Use Decimal types instead.")


def test_what_can_be_read_of_an_item() -> None:
    found = run("read", {"n": 4})
    keys = ["f", "n", "name", "pk", "sk", "t", "z"]
    assert found.output == ["Ann/697/1.5/True/None", "4", 698, 1.5, True, True, "-", 7, keys, False]
    assert found.transitions == 3


def test_nested_parts_of_an_item() -> None:
    lines = [["x", 2, ["a", "b"], 2], ["y", 1, [], 0]]
    assert run("nested", {"kind": ""}).output == [lines, 5.0, "Ulm", 5, "-", ["x", "y"], True, False, [["x", "1"]]]


@pytest.mark.parametrize(
    ("kind", "error", "message"),
    [
        ("of none", "TypeError", "'NoneType' object is not subscriptable"),
        ("in true", "TypeError", "'bool' object is not iterable"),
        ("get of none", "AttributeError", "'NoneType' object has no attribute 'get'"),
        ("no key", "KeyError", "'street'"),
        ("len of none", "TypeError", "object of type 'NoneType' has no len()"),
        ("in none", "TypeError", "argument of type 'NoneType' is not iterable"),
    ],
)
def test_parts_that_an_item_does_not_have(kind: str, error: str, message: str) -> None:
    assert run("nested", {"kind": kind}).output == [error, message]


@pytest.mark.parametrize(
    ("by", "expected"), [(2, [{"pk": "a", "sk": "1", "stock": "3", "status": "taken"}, 3]), (6, "none left")]
)
def test_changes(by: int, expected: Any) -> None:
    assert run("changed", {"by": by}).output == expected


def test_conditions() -> None:
    found = run("conditional", {"name": "x"})
    assert found.output == "ConditionalCheckFailedException"
    first, second, again = (params for _, params in found.calls)
    assert second == again
    assert first["ConditionExpression"] == "(attribute_not_exists(#n0) OR (#n1.#n2 = :v0 AND (NOT #n3 < :v1)))"
    assert second["ConditionExpression"] == "((#n0 IN (:v0, :v1) AND size(#n1) > :v2) AND #n2[0] <> :v3)"
    assert second["ExpressionAttributeNames"] == {"#n0": "status", "#n1": "name", "#n2": "l"}
    assert second["ExpressionAttributeValues"] == {
        ":v0": {"S": "new"},
        ":v1": {"S": "x"},
        ":v2": {"N": "2"},
        ":v3": {"N": "1"},
    }


def test_pages_of_a_query() -> None:
    found = run("pages", {"pk": "p"})
    assert found.output == ["n0", "n1", "n2", "n3", "n4"]
    assert found.names.count("dynamodb.Query") == 3


def test_a_query() -> None:
    found = run("found", {"low": 1})
    assert found.output == [1, 3, [{"sk": "2", "kind": "even"}], 2]


def test_a_name_that_is_given() -> None:
    assert run("named", {"name": "orders"}).output == ["orders", 1, "other"]

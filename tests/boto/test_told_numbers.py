"""Items of `Table` that a program does more with than to pass them on: numbers among them are told from texts."""

from typing import Any

import pytest

from tests.boto.harness import client, judge

PROGRAM = """
    from decimal import Decimal
    import boto3
    from boto3.dynamodb.conditions import Key
    from pysfnc import task, workflow

    table = boto3.resource("dynamodb").Table("t")

    def fetch(key: str) -> dict:
        return table.get_item(Key={"pk": key}).get("Item", {})

    @task
    def seen(item: dict) -> list:
        return [type(item["n"]).__name__, item["n"], item["m"]]

    @workflow
    def put_back(key: str):
        item = fetch(key)
        item["version"] += 1
        item["stock"] = item["stock"] - 2
        item["m"]["deep"] = item["m"]["n"] * item["price"]
        item["tags"].append("new")
        item["list"] += [item["price"], 7, True, None]
        item["rate"] = Decimal("0.050")
        item["other"] = {**item["m"], "more": [item["name"], item["n"]]}
        table.put_item(Item=item)
        table.update_item(
            Key={"pk": "u"}, UpdateExpression="SET a = :a, b = :b", ExpressionAttributeValues={":a": item["list"], ":b": item["n"]}
        )
        for page in [table.query(KeyConditionExpression=Key("pk").eq(item["name"]))]:
            item["count"] = page["Count"]
        return [item, seen(item), table.scan()["Items"]]

    @workflow
    def asked(key: str):
        item = fetch(key)
        n, name, price, zero = item["n"], item["name"], item["price"], item["zero"]
        tests = [
            n == 5, n != 5, n == "5", n == True, name == "ann", name != "ann", name == 5, name == n, price == n, n == item["m"]["five"],
            n < 6, n <= 5, 6 > n, n >= 5, price < n, name < "b", n in (1, 5), n in [], name in ("ann", "bob"), n not in [5],
            "a" in item["tags"], "x" in item["m"], 1 in item["list"], item["list"] == [1, 2], item["m"] == {"n": 1, "five": 5},
            item["flag"] == True, item["none"] == None, item["none"] is None, n is None, n == item.get("missing"),
            item["flag"] == 1, n == 10 / 2, zero == 0, zero == False, "n" in item,
            bool(n), bool(zero), bool(name), bool(item["empty"]), not item["flag"],
        ]
        truths = [1 if x else 0 for x in (n, zero, name, item["empty"], item["none"], item["flag"], item["tags"])]
        texts = [str(n), str(price), f"{name}:{n}:{price}", int(price), float(price), name.upper(), name[0], len(name), item["tags"][0] + "!"]
        return [tests, truths, texts, sorted(item["tags"], reverse=True), "low" if n < 10 and name else "high"]

    @workflow
    def computed(key: str):
        item = fetch(key)
        n, price, small, zero = item["n"], item["price"], item["small"], item["zero"]
        return [
            n + 1, 1 + n, n - 1, 1 - n, n * 3, 3 * n, price * 2, price + price, price - price, price * price, small + 1, small * small,
            zero * -1, zero + zero, -n, -price, -zero, -zero + 1, n + True, Decimal("1.10") + n, n - Decimal("0.5"), Decimal(3) * 2,
            item["big"] + 1, item["big"] * 10, item["m"]["n"] - item["n"], sum(int(x) for x in item["list"]), item["name"] + "/x",
        ]

    @workflow
    def fails(key: str, kind: str):
        item = fetch(key)
        n, name = item["n"], item["name"]
        try:
            match kind:
                case "plus text":
                    return n + "x"
                case "text plus":
                    return name + n
                case "text plus int":
                    return name + 1
                case "plus none":
                    return n + item["none"]
                case "less":
                    return n < name
                case "less none":
                    return item["none"] < 1
                case "method":
                    return n.upper()
                case "no method":
                    return item["none"].upper()
                case "subscript":
                    return n["x"]
                case "len":
                    return len(n)
                case "loop":
                    return [str(x) for x in n]
                case "in":
                    return "a" in n
                case "minus":
                    return -name
                case "times":
                    return name * n
                case "missing":
                    return item["nothing"] + 1
        except (TypeError, KeyError, AttributeError) as e:
            return [type(e).__name__, str(e)]

    @workflow
    def ordered(by: str):
        items = table.scan()["Items"]
        if by == "name":
            items.sort(key=lambda i: i["name"])
        elif by == "price":
            items = sorted(items, key=lambda i: i["price"], reverse=True)
        else:
            items = sorted(items, key=lambda i: (i["zero"], i["name"]))
        most = max(items, key=lambda i: i["price"])
        names = {i["pk"]: i["name"] for i in items}
        groups = {}
        for i in items:
            groups.setdefault(i["name"], []).append(i["pk"])
        total = 0
        for i in items:
            total += i["price"]
        cheap = [i["pk"] for i in items if i["price"] <= 3 and i["flag"]]
        return [[i["pk"] for i in items], most["pk"], names, groups, total, sum(i["price"] for i in items), cheap]
    """


def N(value: object) -> dict[str, str]:
    return {"N": str(value)}


def item(key: str, **rest: Any) -> dict[str, Any]:
    return {
        "pk": {"S": key},
        "n": N(5),
        "name": {"S": "ann"},
        "price": N("2.50"),
        "zero": N(0),
        "small": N("0.0000001"),
        "big": N(123456789012345),
        "stock": N(9),
        "version": N(1),
        "flag": {"BOOL": True},
        "none": {"NULL": True},
        "empty": {"S": ""},
        "tags": {"L": [{"S": "a"}, {"S": "b"}]},
        "list": {"L": [N(1), N(2)]},
        "m": {"M": {"n": N(1), "five": N(5)}},
        **rest,
    }


def fill() -> None:
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for made in (item("a"), item("b", name={"S": "bob"}, price=N(3)), item("c", name={"S": "al"}, price=N("1E+2"))):
        client("dynamodb").put_item(TableName="t", Item=made)


@pytest.mark.parametrize("workflow", ["put_back", "asked", "computed"])
def test_items_are_put_back_asked_and_computed_with(workflow: str) -> None:
    found = judge(PROGRAM, {"key": "a"}, setup=fill, workflow=workflow)
    assert found.error is None


@pytest.mark.parametrize("by", ["name", "price", "both"])
def test_items_are_ordered(by: str) -> None:
    assert judge(PROGRAM, {"by": by}, setup=fill, workflow="ordered", engines=("jlens",)).error is None


KINDS = (
    "plus text",
    "text plus",
    "text plus int",
    "plus none",
    "less",
    "less none",
    "method",
    "no method",
    "subscript",
    "len",
)
MORE_KINDS = ("loop", "in", "minus", "times", "missing")


@pytest.mark.parametrize("kind", [*KINDS, *MORE_KINDS])
def test_what_is_no_number_or_one_raises_as_in_python(kind: str) -> None:
    found = judge(PROGRAM, {"key": "a", "kind": kind}, setup=fill, workflow="fails", engines=("jlens",))
    assert found.error is None and found.output[0] in ("TypeError", "KeyError", "AttributeError")


MADE = """
    from decimal import Decimal
    import boto3
    from pysfnc import workflow

    table = boto3.resource("dynamodb").Table("t")

    @workflow
    def place(key: str, order: dict):
        total = sum(Decimal(line["price"]) * line["quantity"] for line in order["lines"])
        first = Decimal(order["lines"][0]["price"])
        table.put_item(Item={"pk": key, "total": total, "first": first})
        found = table.get_item(Key={"pk": key})["Item"]
        return [str(total), str(found["total"]), str(found["first"] + first), found["total"] == total]
    """


def test_numbers_are_made_of_values_of_any_kind() -> None:
    lines = [{"price": "19.90", "quantity": 2}, {"price": 3, "quantity": 1}, {"price": "0.2", "quantity": True}]
    given = {"key": "o", "order": {"lines": lines}}
    assert judge(MADE, given, setup=fill).output == ["43.00", "43.00", "39.80", True]
    lines[1]["price"] = [1]
    assert judge(MADE, given, setup=fill).error == "ValueError"
    lines[1]["price"] = "x"
    assert judge(MADE, given, setup=fill).error == "InvalidOperation"

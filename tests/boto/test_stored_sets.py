"""Sets and bytes that `Table` reads: passed on, put back, asked for what shows no order, changed; and what the machine refuses when it runs."""

import textwrap
from typing import Any

import pytest

from tests.boto.harness import ENVIRONMENT, client, judge, world
from tests.support.oracle import Rejected, evaluator, run_compiled

HEAD = """
    import boto3
    from pysfnc import workflow

    table = boto3.resource("dynamodb").Table("t")
    raw = boto3.client("dynamodb")

    def fetch(key: str) -> dict:
        return table.get_item(Key={"pk": key})["Item"]

    def stored(key: str) -> list:
        item = raw.get_item(TableName="t", Key={"pk": {"S": key}})["Item"]
        return [sorted(item[name].get("SS", item[name].get("NS", []))) for name in sorted(item)]
    """
PROGRAM = (
    HEAD
    + """
    @workflow
    def ignored():
        item = fetch("all")
        return [item["name"], int(item["n"]), item["m"]["k"], item.get("missing"), item["tags"] is None, [k for k in item]]

    @workflow
    def asked():
        item = fetch("all")
        tags, nums = item["tags"], item["nums"]
        lists = [len(item["list"]), "q" in item["list"], 1 in item["list"], sorted(set(item["texts"])), max(item["texts"])]
        return [
            len(tags), sorted(tags), sorted(tags, reverse=True), "a" in tags, "q" not in tags, bool(tags), bool(item["blob"]), min(tags), max(tags),
            [str(n) for n in sorted(nums)], str(sum(nums)), 3 in nums, 4 in nums, len(item["one"]), ", ".join(sorted(item["one"] | {"p"})),
            sorted(item["m"]["s"]), [t.upper() for t in sorted(tags)], lists, sorted(item.get("missing", set())), "x" if tags else "y",
        ]

    @workflow
    def compared():
        item = fetch("all")
        tags = item["tags"]
        return [
            tags == {"x", "a", "b"}, tags != {"a"}, {"only"} == item["one"], tags == item["one"], tags == item["tags"], tags == ["a", "b", "x"],
            tags >= {"a"}, tags > {"a", "b", "x"}, {"a"} < tags, tags <= {"a"}, sorted(tags & {"a", "q"}), sorted(tags - {"a"}),
            sorted({"k", "a"} - tags),
            sorted(tags ^ {"a", "z"}), sorted(tags.union({"z"}, ["y"])), tags.issubset({"a", "b", "x", "y"}), tags.isdisjoint(["q"]),
            sorted({"a", "k"}.intersection(tags)), tags in [item["one"], tags], {"only"} in [item["one"]], sorted(set(tags) - set(item["one"])),
            item["m"]["s"] == {"v", "u"}, item["m"] == item["m"],
        ]

    @workflow
    def changed():
        item = fetch("sets")
        other = item["tags"]
        other.add("more")
        item["tags"].discard("a")
        item["one"] |= {"deep"}
        item["nums2"] = {1, 2}
        item["both"] = item["one"] | {"p"}
        item["pk"] = "changed"
        table.put_item(Item={**item, "m": item["m"]["s"]})
        table.update_item(
            Key={"pk": "sets"},
            UpdateExpression="SET tags = :t, copied = :n",
            ExpressionAttributeValues={":t": item["tags"] | {"k"}, ":n": item["nums"]},
        )
        with table.batch_writer() as batch:
            for read in table.scan()["Items"]:
                if "both" in read:
                    batch.put_item(Item={"pk": "copy", "tags": read["tags"], "m": read["m"]})
        seen = set()
        for key in ("changed", "copy"):
            seen |= fetch(key)["tags"]
        return [stored("changed"), stored("sets"), stored("copy"), sorted(seen), len(item["tags"])]
    """
)
FAILING = (
    HEAD
    + """
    def failing(kind: str):
        item = fetch("all")
        tags, blob = item["tags"], item["blob"]
        try:
            match kind:
                case "subscript":
                    return tags[0]
                case "key":
                    return tags["x"]
                case "text":
                    return tags.upper()
                case "dict":
                    return tags.get("x")
                case "list":
                    return item["list"].add("q")
                case "str":
                    return sorted(item["name"].union({"q"}))
                case "bytes":
                    return item["blob"].add("q")
                case "plus":
                    return tags + ["x"]
                case "plus set":
                    return ["x"] + tags
                case "minus":
                    return tags - 3
                case "times":
                    return tags * 2
                case "negative":
                    return -tags
                case "order":
                    return 3 < blob
                case "or":
                    return len({"x"} | item["list"])
                case "and":
                    return len(item["n"] & {"x"})
                case "subset":
                    return item["name"] <= {"x"}
                case "join":
                    return ", ".join(item["list"])
        except (TypeError, AttributeError) as e:
            return [type(e).__name__, str(e)]

    @workflow
    def fails():
        kinds = ["subscript", "key", "text", "dict", "list", "str", "bytes", "plus", "plus set", "minus", "times",
            "negative", "order", "or", "and", "subset", "join"]
        return [failing(kind) for kind in kinds]

    @workflow
    def leaves():
        return fetch("all")

    @workflow
    def refused(kind: str):
        item = fetch("all")
        tags = item["tags"]
        match kind:
            case "loop":
                return len([t for t in tags])
            case "list":
                return len(list(tags))
            case "key":
                return len(sorted(tags, key=len))
            case "both":
                return tags < item["one"]
            case "numbers":
                return len(set(item["nums"]))
            case "pop":
                return len(tags.copy())
            case "bytes":
                table.put_item(Item={"pk": "b", "blob": item["blob"]})
        return len(tags)
    """
)


def fill() -> None:
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    sets: dict[str, Any] = {
        "tags": {"SS": ["x", "a", "b"]},
        "nums": {"NS": ["3", "2.5", "-7"]},
        "one": {"SS": ["only"]},
        "m": {"M": {"s": {"SS": ["v", "u"]}, "k": {"S": "w"}}},
    }
    others = {
        "name": {"S": "ann"},
        "n": {"N": "5"},
        "blob": {"B": b"xyz"},
        "blobs": {"BS": [b"x", b"y"]},
        "list": {"L": [{"S": "q"}, {"N": "1"}]},
        "texts": {"L": [{"S": "q"}, {"S": "q"}]},
    }
    client("dynamodb").put_item(TableName="t", Item={"pk": {"S": "sets"}, **sets})
    client("dynamodb").put_item(TableName="t", Item={"pk": {"S": "all"}, **sets, **others})


@pytest.mark.parametrize("workflow", ["ignored", "asked", "compared", "changed"])
def test_sets_are_passed_on_asked_compared_and_changed(workflow: str) -> None:
    assert judge(PROGRAM, {}, setup=fill, workflow=workflow).error is None


def test_what_no_set_can_raises_as_in_python() -> None:
    found = judge(FAILING, {}, setup=fill, workflow="fails", engines=("jlens",)).output
    assert [name for name, _ in found].count("AttributeError") == 5


def test_a_set_cannot_leave_the_machine() -> None:
    found = judge(FAILING, {}, setup=fill, workflow="leaves")
    assert (found.error, found.cause) == ("TypeError", "leaves() result['tags'] is set, which cannot travel as JSON")


@pytest.mark.parametrize("kind", ["loop", "list", "key", "both", "numbers", "pop", "bytes"])
def test_what_has_no_form_in_a_machine_raises_there(kind: str) -> None:
    """LIM-47: the order of a set, operators where nothing tells that there are two sets, sets of numbers, and bytes that are put back."""
    with world(fill, {}) as machine:
        given = textwrap.dedent(FAILING), {"kind": kind}, 1, evaluator("jlens"), "refused"
        outcome = run_compiled(*given, environment=ENVIRONMENT, services=machine.services)
    assert outcome.error == "TypeError"
    assert "set" in str(outcome.cause)


def test_two_values_that_may_be_sets_need_one_that_is() -> None:
    body = """
    @workflow
    def both():
        item = fetch("sets")
        return sorted({LEFT} | item["one"])
    """
    with pytest.raises(
        Rejected, match=r"`\|` of two values out of items.*\n(.*\n)+.*`set\(\.\.\.\)` around one of them"
    ):
        judge(HEAD + body.replace("{LEFT}", 'item["tags"]'), {}, setup=fill)
    assert judge(HEAD + body.replace("{LEFT}", 'set(item["tags"])'), {}, setup=fill).output == ["a", "b", "only", "x"]


DUMPED = """
    import json
    from datetime import datetime

    def dumped(item: dict, kind: str):
        try:
            match kind:
                case "texts":
                    return json.dumps({"name": item["name"], "l": item["texts"], "n": int(item["n"])})
                case "list":
                    return json.dumps(item["texts"], indent=1)
                case "sorted":
                    return json.dumps({"z": item["name"], "a": [item["m"]["k"], item.get("missing")]}, sort_keys=True)
                case "number":
                    return json.dumps({"x": [item["name"]], "n": item["n"]})
                case "set":
                    return json.dumps(item["m"])
                case "bytes":
                    return json.dumps([item["blob"], item["n"]])
                case "all":
                    return json.dumps(item)
                case "as texts":
                    return json.dumps({"n": item["n"], "l": item["list"], "at": datetime(2024, 1, 2), "one": item["name"]}, default=str)
                case "rows":
                    rows = [{**row, "tags": 1, "nums": 2, "one": 3, "m": 4} for row in [fetch("sets")]]
                    return json.dumps(rows, default=str)
        except TypeError as e:
            return str(e)

    @workflow
    def run():
        kinds = ["texts", "list", "sorted", "number", "set", "bytes", "all", "as texts", "rows"]
        item = fetch("all")
        return [dumped(item, kind) for kind in kinds]
    """


def test_items_are_dumped_as_json() -> None:
    found = judge(HEAD + DUMPED, {}, setup=fill).output
    refused = [text for text in found if text.startswith("Object of type ")]
    assert [text.split()[3] for text in refused] == ["Decimal", "set", "Binary", "set"]


@pytest.mark.parametrize("default", ["print", "dict"])
def test_another_builtin_as_default_is_refused(default: str) -> None:
    body = """
    import json

    @workflow
    def run():
        return json.dumps({"n": fetch("all")["n"]}, default={DEFAULT})
    """
    with pytest.raises(Rejected, match=r"`json.dumps\(\)` of what came out of an item has no compiled form with"):
        judge(HEAD + body.replace("{DEFAULT}", default), {}, setup=fill)

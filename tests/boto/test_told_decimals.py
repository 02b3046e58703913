"""Operations of `Decimal` on numbers that `Table` reads: division, rounding, formats, methods, and members of Enums by them."""

from typing import Any

import pytest

from tests.boto.harness import client, judge

HEAD = """
    from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
    from enum import Enum, IntEnum

    import boto3
    from pysfnc import workflow

    table = boto3.resource("dynamodb").Table("t")
    CENT = Decimal("0.01")
    KINDS = ["n", "half", "big", "neg", "zero", "text", "none", "yes", "list", "dict", "missing"]

    class State(Enum):
        OPEN = "open"
        DONE = "done"

    class Size(IntEnum):
        SMALL = 1
        LARGE = 3

    class Mixed(Enum):
        ONE = 1
        NO = False
        X = "x"
        NOTHING = None

    def fetch() -> dict:
        return table.get_item(Key={"pk": "a"})["Item"]

    def outcome(f, value):
        try:
            return f(value)
        except (TypeError, ValueError, ArithmeticError, AttributeError) as e:
            return f"{type(e).__name__}: {e}"
    """
PROGRAM = (
    HEAD
    + """
    @workflow
    def divided():
        item = fetch()
        found = []
        for kind in KINDS:
            x = item.get(kind)
            found.append(outcome(lambda v: str(v / 2), x))
            found.append(outcome(lambda v: str(7 // v), x))
            found.append(outcome(lambda v: str(Decimal("7.5") % v), x))
            found.append(outcome(lambda v: str(v / item["n"]), x))
        return found

    @workflow
    def methods():
        item = fetch()
        found = []
        for kind in KINDS:
            x = item.get(kind)
            found.append(outcome(lambda v: str(v.quantize(CENT)), x))
            found.append(outcome(lambda v: str(v.quantize(Decimal("1"), rounding=ROUND_HALF_UP)), x))
            found.append(outcome(lambda v: str(v.to_integral_value(rounding=ROUND_DOWN)), x))
            found.append(outcome(lambda v: v.is_signed(), x))
            found.append(outcome(lambda v: str(v.normalize()), x))
        return found

    @workflow
    def shown():
        item = fetch()
        total = sum(Decimal(str(item[kind])) for kind in ("n", "half", "neg"))
        average = (total / 3).quantize(CENT, rounding=ROUND_HALF_UP)
        table.put_item(Item={"pk": "b", "average": average, "half": item["half"] / 4})
        back = table.get_item(Key={"pk": "b"})["Item"]
        same = back["average"] == average and back["half"] == Decimal("0.125")
        return [
            f"{average:,.2f}", f"{total:>10.1f}|", format(average, ".3f"), str(abs(item["neg"])), str(round(item["half"] * 3, 1)),
            round(item["half"]),
            same, average > item["n"], int(average * 100), str(-average), f"{item['n']:.2f}", "{:.1f}".format(average), item["n"] == 3,
        ]

    @workflow
    def members():
        item = fetch()
        found = []
        for kind in ["n", "one", "half", "neg", "zero", "open", "x", "none", "yes", "no", "missing"]:
            x = item.get(kind)
            for cls in (lambda v: State(v).name, lambda v: Size(v).name, lambda v: Mixed(v).name):
                found.append(outcome(cls, x))
        return found

    @workflow
    def states():
        item = fetch()
        state = State(item.get("state", "done"))
        other = State(item["open"])
        return [state.value, other is State.OPEN, other != state, item["n"] == 3]
    """
)


def fill() -> None:
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    numbers = {"n": "3", "one": "1", "half": "0.5", "big": "12345678901", "neg": "-7.25", "zero": "0"}
    item: dict[str, Any] = {"pk": {"S": "a"}, **{key: {"N": text} for key, text in numbers.items()}}
    item |= {
        "text": {"S": "3"},
        "open": {"S": "open"},
        "x": {"S": "x"},
        "none": {"NULL": True},
        "yes": {"BOOL": True},
        "no": {"BOOL": False},
    }
    item |= {"list": {"L": [{"N": "1"}]}, "dict": {"M": {"k": {"N": "1"}}}, "set": {"SS": ["a"]}}
    client("dynamodb").put_item(TableName="t", Item=item)


@pytest.mark.parametrize("workflow", ["divided", "methods", "shown", "members", "states"])
def test_both_forms_agree(workflow: str) -> None:
    judged = judge(PROGRAM, setup=fill, workflow=workflow)
    assert judged.error is None, judged.cause
    assert len(judged.output) >= 4

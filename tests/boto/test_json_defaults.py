"""`json.dumps` of what came out of items of a table with functions that make something of their numbers."""

import textwrap

import pytest

from tests.boto.harness import client, judge
from tests.support.oracle import Rejected

HEAD = """
import json
import boto3
from datetime import date
from decimal import Decimal
from pysfnc import workflow

table = boto3.resource("dynamodb").Table("t")

class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, Decimal):
            return int(o) if o % 1 == 0 else float(o)
        return super().default(o)

class Texts(json.JSONEncoder):
    "Numbers as texts, dates in ISO format."

    def default(self, obj):
        if isinstance(obj, Decimal):
            return str(obj)
        if isinstance(obj, date):
            return obj.isoformat()
        return json.JSONEncoder.default(self, obj)

def plain(o):
    if isinstance(o, Decimal):
        if o % 1 == 0:
            return int(o)
        return float(o)
    raise TypeError(f"Object of type {type(o).__name__} is not JSON serializable")

@workflow
def run(key: str):
    item = table.get_item(Key={"pk": key})["Item"]
"""


def fill() -> None:
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    numbers = {"L": [{"N": text} for text in ("1", "2.50", "-7.5", "1E+3", "0", "2.50", "0.000001")]}
    whole = {"pk": {"S": "a"}, "name": {"S": 'é "1"'}, "n": {"N": "5"}, "xs": numbers, "m": {"M": {"k": {"N": "3.25"}}}}
    none = {"pk": {"S": "b"}, "name": {"NULL": True}, "n": {"S": "5"}, "xs": {"L": []}, "m": {"M": {}}}
    nul = {"pk": {"S": "c"}, "name": {"S": "\0" + "5"}, "n": {"N": "5"}, "xs": {"L": []}, "m": {"M": {}}}
    tags = {"pk": {"S": "d"}, "name": {"S": "x"}, "n": {"N": "5"}, "xs": {"SS": ["u"]}, "m": {"M": {}}}
    for item in (whole, none, nul, tags):
        client("dynamodb").put_item(TableName="t", Item=item)


def ran(lines: str, key: str) -> object:
    source = HEAD + textwrap.indent(textwrap.dedent(lines).strip("\n"), "    ") + "\n"
    return judge(source, {"key": key}, setup=fill, engines=("jlens", "node"))


@pytest.mark.parametrize("key", ["a", "b"])
@pytest.mark.parametrize(
    "written",
    [
        "cls=Encoder",
        "cls=Texts, ensure_ascii=False, indent=2",
        "default=plain, sort_keys=True",
        "default=float",
        "default=int, separators=(',', ':')",
        "default=lambda o: float(o) if isinstance(o, Decimal) else str(o)",
        "default=str",
    ],
)
def test_numbers_are_what_the_function_gives(key: str, written: str) -> None:
    ran(
        f"return [json.dumps(item, {written}), json.dumps({{'n': item['n'], 'x': [item['xs']], 'k': 1}}, {written})]",
        key,
    )


def test_it_is_called_for_other_values_as_well() -> None:
    ran("return json.dumps({'n': item['n'], 'at': date(2024, 1, 2), 'days': [date(2024, 1, 3)]}, cls=Texts)", "a")
    ran(
        """
        try:
            return json.dumps({"n": item["n"], "at": date(2024, 1, 2)}, cls=Encoder)
        except TypeError as e:
            return str(e)
        """,
        "a",
    )


def test_numbers_are_told_by_isinstance() -> None:
    ran(
        """
        found = {}
        for name in ("name", "n", "xs", "m"):
            value = item[name]
            if isinstance(value, Decimal):
                found[name] = str(int(value)) if value % 1 == 0 else str(float(value))
            elif isinstance(value, list):
                found[name] = [str(one % 3) for one in value if isinstance(one, Decimal)]
            else:
                found[name] = value
        return json.dumps([found, isinstance(item, Decimal), isinstance(key, date)], default=float)
        """,
        "a",
    )


@pytest.mark.parametrize(("key", "error"), [("c", "ValueError"), ("d", "TypeError")])
def test_what_has_no_form_raises(key: str, error: str) -> None:
    with pytest.raises(AssertionError, match=error):
        ran("return json.dumps(item, default=lambda o: sorted(o) if isinstance(o, set) else float(o))", key)


def test_other_encoders_are_refused() -> None:
    with pytest.raises(Rejected, match="with `cls` has no compiled form"):
        judge(
            """
            import json
            from pysfnc import workflow

            class Own(json.JSONEncoder):
                def encode(self, o):
                    return "x"

            @workflow
            def run(n: int):
                return json.dumps([n], cls=Own)
            """,
            {"n": 1},
        )


PARSED = """
import json
import decimal
import boto3
from decimal import Decimal
from pysfnc import workflow

table = boto3.resource("dynamodb").Table("t")

@workflow
def kept(event: dict):
    for record in event["Records"]:
        item = json.loads(record["body"], parse_float=decimal.Decimal)
        table.put_item(Item=item)
    table.put_item(Item=json.loads(json.dumps(event["plain"]), parse_float=Decimal))
    found = table.get_item(Key={"pk": "z"})["Item"]
    return [str(found["x"]), str(found["l"][0]), str(found["n"]), isinstance(item["x"], Decimal), json.dumps(item, default=str)]

@workflow
def shown(text: str):
    try:
        return json.dumps(json.loads(text, parse_float=Decimal), default=str)
    except json.JSONDecodeError as e:
        return str(e)
"""


def test_floats_of_json_may_be_decimals() -> None:
    body = '{"pk": "z", "x": 1.50, "l": [-2.5e3, 1E-7, "7.5", "q\\"1.5"], "n": 12}'
    event = {"plain": {"pk": "y", "v": 1.5, "w": 2, "t": "1.5"}, "Records": [{"body": body}]}
    judged = judge(PARSED, {"event": event}, setup=fill, workflow="kept")
    assert judged.output[:3] == ["1.50", "-2.5E+3", "12"]


@pytest.mark.parametrize(
    "text",
    [
        "1.50",
        "-0.0",
        "[1e5, 1E+2, 0.000001, 1.0, -1.25e-10, 0.1e1]",
        '"1.5"',
        '{"a": 1.5',
        '{"1.5": 1.5}',
        "1",
        '[true, null, "\\\\", 2.50]',
    ],
)
def test_decimals_have_the_digits_of_the_text(text: str) -> None:
    judge(PARSED, {"text": text}, setup=fill, workflow="shown")

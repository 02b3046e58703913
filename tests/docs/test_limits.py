"""Each limit of `docs/limits.md`, shown. A limit that is gone makes its test fail: then the entry goes as well."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from pysfnc.testing import NotCompiled, RunOutcome, run
from tests.boto.harness import ENVIRONMENT, world
from tests.support import oracle
from tests.support.http_server import HttpServer
from tests.support.node_jsonata import find_library
from tests.support.outcome import Outcome

PAGE: Final = Path(__file__).parents[2] / "docs" / "limits.md"
HEAD: Final = "import time\nfrom pysfnc import task, workflow\n\n"


def workflow(signature: str, *body: str, options: str = "") -> str:
    """The text of a program with one workflow."""
    return f"{HEAD}@workflow{options}\ndef w({signature}):\n" + "".join(f"    {line}\n" for line in body)


def both(source: str, **input: Any) -> tuple[Outcome, Outcome]:
    """How a program ends under CPython and as the machine."""
    return oracle.run_python(source, input), oracle.run_compiled(source, input)


def machine(source: str, folder: Path, *, real_time: bool = False, **input: Any) -> RunOutcome:
    """Run a program as the machine, for what the oracle does not tell."""
    path = folder / "app.py"
    path.write_text(source)
    return run(path, input, real_time=real_time)


def test_every_limit_has_a_test_and_every_test_a_limit() -> None:
    listed = re.findall(r"^\| (LIM-\d\d) \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    shown = re.findall(r"^def test_(lim_\d\d)_", Path(__file__).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == {name.replace("lim_", "LIM-") for name in shown}


def test_lim_01_integers_beyond_2_to_the_53() -> None:
    program = workflow("n: int", "return n + 1")
    python, compiled = both(program, n=2**53 - 1)
    assert python.output == compiled.output == 2**53
    python, compiled = both(program, n=2**53)
    assert (python.error, compiled.output) == ("ValueError", 2**53)
    for text in ("n * n // n", "(1 << n % 9 + 54) // 4096", "int(str(n) * 2) % 10", "math.factorial(n % 9 + 30) % 7"):
        python, compiled = both(f"import math\n\n{workflow('n: int', f'return {text}')}", n=2**52 - 5)
        assert (python.error, compiled.error) == (None, "States.QueryEvaluationError")
        assert "an int beyond 2**53 has no exact form in the machine" in (compiled.cause or "")
    python, compiled = both(workflow("n: int", "return n * n % 1000003"), n=2**52 - 5)
    assert python.output == compiled.output


def test_lim_02_infinity() -> None:
    python, compiled = both(workflow("text: str", "return float(text) > 0"), text="inf")
    assert (python.output, compiled.error) == (True, "ValueError")
    python, compiled = both(workflow("x: float", "return str(x * 10.0)"), x=1e308)
    assert (python.output, compiled.error) == ("inf", "States.QueryEvaluationError")
    python, compiled = both(workflow("x: float", "return x + x"), x=1e308)
    assert (python.error, compiled.output) == ("ValueError", "Infinity")


def test_lim_03_negative_zero() -> None:
    python, compiled = both(workflow("x: float", "return str(x * -1.0)"), x=0.0)
    assert (python.output, compiled.output) == ("-0.0", "0.0")


def test_lim_04_whole_numbers_of_json() -> None:
    program = workflow("x", "return type(x).__name__")
    for outcome in both(program, x=1.0):
        assert outcome.output == "int"
    for outcome in both(workflow("x: float", "return type(x).__name__"), x=1):
        assert outcome.output == "float"
    _, compiled = both(workflow("x: float", "return x * 2"), x=6.0)
    assert repr(compiled.output) == "12"


def test_lim_05_negative_powers() -> None:
    python, compiled = both(workflow("a: int, b: int", "return a ** b"), a=2, b=-1)
    assert (python.output, compiled.error) == (0.5, "ValueError")
    program = "import math\n" + workflow("a: int, b: int", "return math.pow(a, b)")
    for exponent in (-1, 60):
        assert both(program, a=3, b=exponent)[1].error == "ValueError"
    for number, expected in ((30, 5), (2.5, 1), (2**52, 2**26)):
        python, compiled = both(workflow("n", "return int(n ** 0.5)"), n=number)
        assert python.output == expected
        assert compiled.output == expected if number == 30 else compiled.error == "ValueError"


def test_lim_70_means_of_huge_numbers() -> None:
    program = workflow("xs: list[float]", "import statistics", "return statistics.mean(xs) > 0")
    python, compiled = both(program, xs=[1e300, 1e300])
    assert (python.output, compiled.error) == (True, "ValueError")


def test_lim_06_digits_of_other_scripts() -> None:
    for function in ("int", "float"):
        python, compiled = both(workflow("text: str", f"return {function}(text)"), text="\N{ARABIC-INDIC DIGIT THREE}")
        assert (python.output, compiled.error) == (3, "ValueError")
    python, compiled = both(
        "import uuid\n" + workflow("text: str", "return str(uuid.UUID(text))"), text="1_2" + "0" * 29
    )
    assert (python.output, compiled.error) == ("01200000-0000-0000-0000-000000000000", "ValueError")


def test_lim_07_code_points_that_are_not_assigned() -> None:
    python, compiled = both(workflow("text: str", "return repr(text)"), text="\u0378")
    assert (python.output, compiled.output) == (r"'\u0378'", "'\u0378'")


def test_lim_08_lone_surrogates() -> None:
    python, compiled = both(workflow("n: int", "return len(chr(n))"), n=0xD800)
    assert (python.output, compiled.error) == (1, "States.QueryEvaluationError")


def test_lim_09_keys_that_look_like_integers() -> None:
    program = workflow("prices: dict[str, int]", "return [name for name in prices]")
    prices = {"b": 1, "10": 2}
    for outcome in both(program, prices=prices):
        assert outcome.output == ["b", "10"]
    if find_library() is None:
        pytest.skip("the engine that runs on JavaScript is not installed")
    assert oracle.run_compiled(program, {"prices": prices}, evaluator=oracle.evaluator("node")).output == ["10", "b"]


SLOW: Final = HEAD + "@task(timeout=1)\ndef slow():\n    time.sleep(5)\n\n\n"


def test_lim_51_timedeltas_of_more_than_285_years() -> None:
    program = "from datetime import timedelta\n" + workflow("n: int", "return timedelta(days=n).days")
    python, compiled = both(program, n=104_000)
    assert python.output == compiled.output == 104_000
    python, compiled = both(program, n=105_000)
    assert (python.output, compiled.error) == (105_000, "OverflowError")


def test_lim_52_the_clock() -> None:
    program = "from datetime import datetime\n" + workflow("n: int", "return datetime.now().isoformat()")
    python, compiled = both(program, n=1)
    assert python.output == compiled.output == "2030-01-02T03:04:05.678000"
    python, compiled = both(workflow("n: int", "return time.monotonic() > 1e9"), n=1)
    assert (python.output, compiled.output) == (False, True)


def test_lim_53_fromisoformat() -> None:
    program = "from datetime import datetime\n" + workflow("text: str", "return datetime.fromisoformat(text)")
    for text, read in {"20240229": "2024-02-29T00:00:00", "2024-W09-4": "2024-02-29T00:00:00"}.items():
        python, compiled = both(program, text=text)
        assert (python.output, compiled.error) == (read, "ValueError")


def test_lim_54_strftime() -> None:
    program = "from datetime import date\n" + workflow("n: int", 'return f"{date(n, 1, 1):%Y}"')
    python, compiled = both(program, n=999)
    assert python.output is not None
    assert compiled.error == "ValueError"


def test_lim_55_fromtimestamp() -> None:
    program = "from datetime import UTC, datetime\n" + workflow("n: int", "return datetime.fromtimestamp(n, UTC)")
    python, compiled = both(program, n=10**12)
    assert python.error == compiled.error == "ValueError"
    assert python.cause != compiled.cause


def test_lim_10_the_name_of_a_timeout(tmp_path: Path) -> None:
    caught = "try:\n        slow()\n    except TimeoutError:\n        return 'late'"
    assert machine(f"{SLOW}@workflow\ndef w():\n    {caught}\n", tmp_path, real_time=True).output == "late"
    assert machine(f"{SLOW}@workflow\ndef w():\n    slow()\n", tmp_path, real_time=True).error == "States.Timeout"


def test_lim_72_identifiers_beyond_ascii() -> None:
    python, compiled = both(workflow("text: str", "return text.isidentifier()"), text="é")
    assert (python.output, compiled.error) == (True, "ValueError")


def test_lim_73_long_precisions() -> None:
    python, compiled = both(workflow("n: int", 'return f"{0.1:.{n}f}"'), n=20)
    assert (python.output, compiled.error) == ("0.10000000000000000555", "ValueError")


def test_lim_71_the_argument_of_an_illegal_month() -> None:
    lines = ("try:", "    return calendar.monthrange(2024, n)[1]", "except ValueError as e:", "    return e.args[0]")
    python, compiled = both("import calendar\n" + workflow("n: int", *lines), n=13)
    assert (python.output, compiled.output) == (13, "bad month number 13; must be 1-12")


def test_lim_81_tasks_that_lose_their_key() -> None:
    program = """
import asyncio
from pysfnc import workflow

async def later(k):
    return k

@workflow
async def w(ks: list[str]):
    tasks = {k: asyncio.create_task(later(k)) for k in ks}
    return [await t for t in tasks.values()]
"""
    python, compiled = both(program, ks=["a", "a"])
    assert (python.output, compiled.error) == (["a"], "ValueError")


def test_lim_11_floats_inside_lists() -> None:
    python, compiled = both(workflow("a: list[float], b: list[str]", "return a < b"), a=[1.0], b=["a"])
    assert python.cause == "'<' not supported between instances of 'float' and 'str'"
    assert compiled.cause == "'<' not supported between instances of 'int' and 'str'"
    either = workflow("x: float, c: bool", "n = 0", "if c:", "    n = x", "return 1 % n")
    python, compiled = both(either, x=0.0, c=True)
    assert (python.error, compiled.error) == ("ZeroDivisionError", "ZeroDivisionError")
    assert (python.cause, compiled.cause) == ("float modulo", "integer modulo by zero")


def test_lim_88_tasks_before_an_exception() -> None:
    head = "import asyncio\n\nfrom pysfnc import task, workflow\n\n\n@task\nasync def f() -> int:\n    return 1\n\n\n"
    loop = "    t = asyncio.create_task(f())\n    n = 0\n    for key in keys:\n        n += d[key]\n    return [await t, n]\n"
    text = f"{head}@workflow\nasync def w(keys: list[str], d: dict):\n{loop}"
    python, compiled = both(text, keys=["a"], d={})
    assert python.error == compiled.error == "KeyError"
    assert ([call.task for call in python.calls], compiled.calls) == (["f"], ())
    helper = "async def g(d: dict):\n    t = asyncio.create_task(f())\n    n = d['a']\n    return n + await t\n\n\n"
    caught = "    try:\n        return await g(d)\n    except KeyError:\n        return await f()\n"
    python, compiled = both(f"{head}{helper}@workflow\nasync def w(d: dict):\n{caught}", d={})
    assert python.output == compiled.output == 1
    assert (len(python.calls), len(compiled.calls)) == (2, 1)


def test_lim_12_the_time_of_a_workflow(tmp_path: Path) -> None:
    program = workflow("", "time.sleep(60)", "return 1", options="(timeout=30)")
    assert oracle.run_python(program, {}).output == 1
    outcome = machine(program, tmp_path)
    assert (outcome.status, outcome.error) == ("TIMED_OUT", None)


def test_lim_13_sizes() -> None:
    program = workflow("n: int", "text = 'a' * n", "time.sleep(1)", "return len(text)")
    for outcome in both(program, n=262_000):
        assert outcome.output == 262_000
    python, compiled = both(program, n=262_144)
    assert (python.output, compiled.error) == (262_144, "States.DataLimitExceeded")


def test_lim_14_events() -> None:
    program = workflow("n: int", "done = 0", "while done < n:", "    time.sleep(1)", "    done += 1", "return done")
    python, compiled = both(program, n=9_000)
    assert (python.output, compiled.error) == (9_000, "States.Runtime")
    assert compiled.cause is not None
    assert "25000" in compiled.cause


def test_lim_15_long_waits() -> None:
    program = workflow("days: int", "time.sleep(days * 86_400)", "return days")
    for outcome in both(program, days=1_157):
        assert outcome.output == 1_157
    python, compiled = both(program, days=1_158)
    assert (python.output, compiled.error) == (1_158, "States.QueryEvaluationError")


def test_lim_20_results_of_races() -> None:
    program = (
        "import asyncio\nfrom pysfnc import workflow\n\n"
        "async def text(n: int) -> str:\n    await asyncio.sleep(1)\n    return 'a' * n\n\n"
        "@workflow\nasync def w(n: int):\n    return len(await asyncio.wait_for(text(n), 9))\n"
    )
    for outcome in both(program, n=16_000):
        assert outcome.output == 16_000
    python, compiled = both(program, n=17_000)
    assert (python.output, compiled.error) == (17_000, "States.DataLimitExceeded")


def test_lim_16_a_loop_without_calls_is_one_expression(tmp_path: Path) -> None:
    program = workflow("n: int", "total = 0", "for i in range(n):", "    total += i", "return total")
    assert machine(program, tmp_path, n=10).transitions == 1
    assert machine(program, tmp_path, n=20_000).transitions == 1


def test_lim_17_nesting_and_size(tmp_path: Path) -> None:
    nested = "[" * 150 + "n" + "]" * 150
    with pytest.raises(NotCompiled, match="SFN502"):
        machine(workflow("n: int", f"return {nested}"), tmp_path, n=1)
    long = f"texts = {[f'{number:060}' for number in range(20_000)]}"
    with pytest.raises(NotCompiled, match="SFN501"):
        machine(workflow("n: int", long, "return texts[n]"), tmp_path, n=1)


def test_lim_18_wrong_annotations_of_local_variables() -> None:
    program = workflow("event: dict", "names: list = event['names']", "return [name for name in names]")
    for outcome in both(program, event={"names": ["a"]}):
        assert outcome.output == ["a"]
    python, compiled = both(program, event={"names": {"a": 1}})
    assert (python.output, compiled.error) == (["a"], "TypeError")


NOTED: Final = """
from dataclasses import dataclass
from pysfnc import workflow

@dataclass
class Order:
    qty: int
    sizes: list[int]

def total(sizes: list[int]) -> int:
    return sum(sizes)

@workflow
def w(raw):
    try:
        order = Order(raw["qty"], raw["sizes"])
        return f"{order.qty + 1} of {total(order.sizes)}"
    except Exception as e:
        return type(e).__name__
"""


def test_lim_18_ints_that_are_floats() -> None:
    for outcome in both(NOTED, raw={"qty": 2, "sizes": [1, 2]}):
        assert outcome.output == "3 of 3"
    for outcome in both(NOTED, raw={"qty": "2", "sizes": []}):
        assert outcome.output == "TypeError"
    for wrong in ({"qty": 2.5, "sizes": [1]}, {"qty": 2, "sizes": [1, 2.5]}, {"qty": [2], "sizes": []}):
        python, compiled = both(NOTED, raw=wrong)
        assert (python.error, compiled.error) == (None, "States.QueryEvaluationError")
        assert "is annotated as " in (compiled.cause or "") and "in the place of an int" in (compiled.cause or "")


PARSE: Final = HEAD + "@task\ndef parse(text: str):\n    import json\n\n    return json.loads(text)\n\n\n"


def test_lim_19_classes_that_the_program_does_not_mention() -> None:
    caught = "try:\n        parse('{')\n    except ValueError as e:\n        return type(e).__name__"
    python, compiled = both(f"{PARSE}@workflow\ndef w():\n    {caught}\n")
    assert (python.output, compiled.output) == ("JSONDecodeError", "ValueError")
    for outcome in both(f"{PARSE}@workflow\ndef w():\n    parse('{{')\n"):
        assert outcome.error == "JSONDecodeError"
    twice = "parse('{')\n    try:\n        parse('{')\n    except ValueError:\n        pass"
    python, compiled = both(f"{PARSE}@workflow\ndef w():\n    {twice}\n")
    assert (python.error, compiled.error) == ("JSONDecodeError", "ValueError")


ODD: Final = """
from pysfnc import task, workflow

class Odd(Exception):
    def __init__(self, text: str, other):
        super().__init__("odd")
        self.text = text
        self.other = other

@task
def fail(n: int):
    raise Odd("a", n) if n < 5 else Odd(n, complex(n, 0))
"""


def test_lim_61_attributes_of_exceptions() -> None:
    def reading(attribute: str) -> str:
        return f"{ODD}\n@workflow\ndef w(n: int):\n    try:\n        fail(n)\n    except Odd as e:\n        return {attribute}\n"

    for outcome in both(reading("[e.text.upper(), e.other]"), n=1):
        assert outcome.output == ["A", 1]
    python, compiled = both(reading("bool(e.other)"), n=7)
    assert (python.output, compiled.error) == (True, "AttributeError")
    python, compiled = both(reading("e.text.upper()"), n=7)
    assert (python.error, compiled.error) == ("AttributeError", "States.QueryEvaluationError")


def test_lim_40_conversions_at_module_level() -> None:
    program = "import os\nfrom pysfnc import workflow\nN = int(os.environ['N'])\n@workflow\ndef w():\n    return N\n"
    with pytest.raises(ValueError, match="invalid literal"):
        oracle.run_python(program, {}, environment={"N": "many"})
    assert oracle.compile_program(program).machine(None, {"N": "many"}).run({}).error == "ValueError"


def test_lim_30_what_json_loads_reads() -> None:
    program = "import json\n" + workflow("text: str", "return type(json.loads(text)).__name__")
    python, compiled = both(program, text="1.0")
    assert (python.output, compiled.output) == ("float", "int")
    python, compiled = both(program, text="NaN")
    assert (python.output, compiled.error) == ("float", "JSONDecodeError")
    for text, kind in (("1e400", "float"), ('{"a": 1, "a": 2}', "dict")):
        python, compiled = both(program, text=text)
        assert (python.output, compiled.error) == (kind, "States.QueryEvaluationError")


_AWS: Final = """
import json
import boto3
from botocore.exceptions import ClientError
from pysfnc import task, workflow

db = boto3.client("dynamodb")
events = boto3.client("events")

@workflow
def uncaught():
    db.get_item(TableName="t", Key={"id": {"S": "a"}})

@workflow
def sent():
    events.put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": json.dumps({"a": 1})}])

@workflow
def unchecked(name):
    db.get_item(TableName="t", Key={"id": {"S": name}})

@workflow
def empty():
    db.get_item(TableName="", Key={"id": {"S": "a"}})

@workflow
def code():
    try:
        boto3.client("s3").get_object(Bucket="b", Key="k")
    except ClientError as e:
        return e.response["Error"]["Code"]

@workflow
def throttled():
    try:
        boto3.client("s3").get_object(Bucket="b", Key="k")
    except ClientError as e:
        return e.response["Error"]["Code"] == "SlowDown"

@task
def fetch():
    boto3.client("s3").get_object(Bucket="b", Key="k")

@workflow
def status():
    try:
        fetch()
    except ClientError as e:
        return e.response["ResponseMetadata"]["HTTPStatusCode"]

@workflow
def item(kind):
    row = boto3.resource("dynamodb").Table("t").get_item(Key={"id": "a"})["Item"]
    return str(row["value"]) if kind == "text" else int(row["value"])
"""


_NUMBERS: Final = """
import boto3
from pysfnc import workflow

@workflow
def number(kind, half):
    value = boto3.resource("dynamodb").Table("t").get_item(Key={"id": "a"})["Item"]["value"]
    match kind:
        case "plus":
            return value + 1
        case "less":
            return value < 1
        case "half":
            return value == half
    return str({value: 1}[value])
"""


def with_aws(
    workflow: str, answers: dict[str, list[Any]], program: str = _AWS, **input: Any
) -> list[tuple[Outcome, list[tuple[str, Any]]]]:
    """How a workflow of a program ends in both forms, with its calls."""
    found = []
    for run_one in (oracle.run_python, oracle.run_compiled):
        with world(None, answers) as aws:
            options: dict[str, Any] = {"services": aws.services} if run_one is oracle.run_compiled else {}
            outcome = run_one(program, input, workflow=workflow, environment=ENVIRONMENT, **options)
        found.append((outcome, aws.calls))
    return found


def test_lim_41_errors_of_aws_that_nobody_catches() -> None:
    (python, _), (compiled, _) = with_aws("uncaught", {})
    assert (python.error, compiled.error) == ("ResourceNotFoundException", "DynamoDB.ResourceNotFoundException")
    assert compiled.cause is not None and compiled.cause.startswith("Requested resource not found (Service: ")


def test_lim_42_json_in_messages_has_no_blanks() -> None:
    python, compiled = with_aws("sent", {"events.PutEvents": [{"FailedEntryCount": 0, "Entries": []}]})
    assert [calls[0][1]["Entries"][0]["Detail"] for _, calls in (python, compiled)] == ['{"a": 1}', '{"a":1}']


def test_lim_43_arguments_of_unknown_type() -> None:
    (python, _), (compiled, _) = with_aws("unchecked", {}, name=5)
    assert python.error == "ParamValidationError"
    assert compiled.error != python.error
    (python, _), (compiled, _) = with_aws("empty", {})
    assert (python.error, compiled.error) == ("ParamValidationError", "DynamoDB.AmazonDynamoDBException")


def test_lim_44_codes_that_no_model_lists() -> None:
    (python, _), (compiled, _) = with_aws("code", {"s3.GetObject": ["Odd: text"]})
    assert (python.output, compiled.output) == ("Odd", "S3")
    (python, _), (compiled, _) = with_aws("throttled", {"s3.GetObject": ["SlowDown: another text"]})
    assert (python.output, compiled.output) == (True, False)


def test_lim_80_statuses_of_errors_that_come_out_of_tasks() -> None:
    (python, _), (compiled, _) = with_aws("status", {"s3.GetObject": ["NoSuchKey: text"]})
    assert (python.output, compiled.error, compiled.cause) == (400, "KeyError", "'HTTPStatusCode'")


@pytest.mark.parametrize(
    ("kind", "value", "expected", "error"),
    [
        ("text", {"SS": ["a"]}, "{'a'}", "TypeError"),
        ("text", {"L": [{"N": "1"}]}, "[Decimal('1')]", "TypeError"),
        ("number", {"N": "1.5"}, 1, "ValueError"),
    ],
)
def test_lim_47_items_of_tables(kind: str, value: Any, expected: Any, error: str) -> None:
    (_, _), (compiled, _) = with_aws("item", {"dynamodb.GetItem": [{"Item": {"value": value}}]}, kind=kind)
    assert compiled.error == error
    from boto3.dynamodb.types import TypeDeserializer

    python = TypeDeserializer().deserialize(value)
    assert (str(python) if kind == "text" else int(python)) == expected


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        ("plus", {"N": "12345678901234567890"}, "States.QueryEvaluationError"),
        ("less", {"N": "12345678901234567890"}, "States.QueryEvaluationError"),
        ("half", {"N": "0.5"}, "States.QueryEvaluationError"),
        ("key", {"N": "5"}, "TypeError"),
    ],
)
def test_lim_74_numbers_of_items(kind: str, value: Any, error: str) -> None:
    (_, _), (compiled, _) = with_aws(
        "number", {"dynamodb.GetItem": [{"Item": {"value": value}}]}, _NUMBERS, kind=kind, half=0.5
    )
    assert compiled.error == error
    python = Decimal(value["N"])
    assert [python + 1 > 0, python < 1 or python > 1, python == 0.5 or python > 1, {python: 1}[python] == 1] == [
        True
    ] * 4


def test_lim_31_bytes_that_are_no_text() -> None:
    program = "import base64\n" + workflow("text: str", "return len(base64.b64decode(text))")
    python, compiled = both(program, text="/w==")
    assert (python.output, compiled.error) == (1, "ValueError")
    program = "from urllib.parse import unquote\n" + workflow("text: str", "return unquote(text)")
    python, compiled = both(program, text="%FF%FE")
    assert python.output == "\ufffd\ufffd"
    assert compiled.error == "States.QueryEvaluationError" or "\ufffd" in compiled.output


def test_lim_50_keys_of_unknown_type() -> None:
    lines = (
        "d = {}\n    d[k] = 1",
        "d = {}\n    d[k] = 1\n    e = [d]",
        "d = {k: 1}",
        "d = dict([(k, 1)])",
        "d = {(k, 1): 1}",
    )
    for line in lines:
        for key in (5, "a", None):
            for outcome in both(workflow("k", line, "return len(d)"), k=key):
                assert outcome.output == 1
    leaving = workflow("k", "d = {k: 1}", 'return d if k == "a" else len(d)')
    for outcome in both(leaving, k="a"):
        assert outcome.output == {"a": 1}
    python, compiled = both(leaving, k=5)
    assert (python.output, compiled.error) == (1, "TypeError")
    python, compiled = both(workflow("k", "d = {(k, 1): 1}", "return len(d)"), k=True)
    assert (python.output, compiled.error) == (1, "TypeError")


def test_lim_32_patterns_and_texts_beyond_ascii() -> None:
    program = "import re\n" + workflow(
        "text: str", r'return [re.findall(r"\w", text), re.findall(r"\w", text, re.ASCII)]'
    )
    python, compiled = both(program, text="é")
    assert (python.output, compiled.error) == ([["é"], []], "ValueError")
    for outcome in both("import re\n" + workflow("text: str", r'return re.findall(r"\w", text, re.ASCII)'), text="éa"):
        assert outcome.output == ["a"]
    python, compiled = both("import re\n" + workflow("text: str", 'return re.findall(".", text)'), text="😀")
    assert python.output == ["😀"]
    assert (compiled.output, compiled.error) in (
        (["😀"], None),
        (None, "ValueError"),
    )  # as the engine counts characters
    python, compiled = both("import re\n" + workflow("r: str", 'return re.sub("(a)", r, "a")'), r=r"<\1>")
    assert (python.output, compiled.error) == ("<a>", "ValueError")


def test_lim_76_hosts_in_brackets() -> None:
    program = "from urllib.parse import urlsplit\n" + workflow("url: str", "return urlsplit(url).hostname")
    python, compiled = both(program, url="http://[fe80::1%eth0]/")
    assert (python.output, compiled.error) == ("fe80::1%eth0", "ValueError")
    for outcome in both(program, url="http://[FE80::1]/"):
        assert outcome.output == "fe80::1"


def test_lim_77_decimals_without_a_form() -> None:
    head = "from decimal import Decimal\n"
    python, compiled = both(head + workflow("x: Decimal", "return x + 1"), x="Infinity")
    assert (python.output, compiled.error) == ("Infinity", "States.QueryEvaluationError")
    for text in ("x / (x - 1)", "(x * 10) // 3", "(x * 10) % 7"):
        python, compiled = both(head + workflow("x: Decimal", f"return {text}"), x="123456789012345")
        assert (python.error, compiled.error) == (None, "States.QueryEvaluationError")
    python, compiled = both(head + workflow("x: Decimal", "return x + x", "return 1"), x="1E+100000")
    assert (python.output, compiled.error) == ("2E+100000", "States.QueryEvaluationError")
    python, compiled = both(head + workflow("x", "return str(Decimal(x))"), x=1.5)
    assert (python.output, compiled.error) == ("1.5", "ValueError")
    python, compiled = both(head + workflow("x: Decimal", "return round(x * 10)"), x="123456789012345")
    assert (python.error, compiled.error) == (None, "States.QueryEvaluationError")
    for text in ("inf", "٣"):
        python, compiled = both(head + workflow("x: str", "return Decimal(x)"), x=text)
        assert (python.error, compiled.error) == (None, "InvalidOperation")


def test_lim_78_large_fractions() -> None:
    head = "from fractions import Fraction\n"
    program = head + workflow("n: int", "return str(Fraction(1, n) + Fraction(1, n + 1))")
    python, compiled = both(program, n=2**30)
    assert (python.error, compiled.error) == (None, "States.QueryEvaluationError")
    python, compiled = both(head + workflow("text: str", "return str(Fraction(text))"), text="1_000/3")
    assert (python.output, compiled.error) == ("1000/3", "ValueError")


COPIES: Final = """
import ctypes
from pysfnc import workflow

class Keeper:
    def __init__(self, xs):
        self.xs = xs

    def change(self):
        self.xs.append(ctypes.sizeof(ctypes.c_int))

def helper(xs):
    BODY

@workflow
def w(xs: list[int]):
    ys = helper(xs)
    ys.append(1)
    return xs
"""


def test_lim_86_helpers_in_lambda_get_copies() -> None:
    python, compiled = both(COPIES.replace("BODY", "Keeper(xs).change(); return []"), xs=[1])
    assert (python.output, compiled.error) == ([1, 4], "Pysfnc.Copied")
    python, compiled = both(COPIES.replace("BODY", "ctypes.sizeof(ctypes.c_int); return xs"), xs=[1])
    assert (python.output, compiled.error) == ([1, 1], "Pysfnc.Copied")
    python, compiled = both(COPIES.replace("BODY", "ctypes.sizeof(ctypes.c_int); return list(xs)"), xs=[1])
    assert (python.output, compiled.output) == ([1], [1])


REQUEST: Final = """
import os
from pysfnc import http, workflow

@workflow
def w(url: str):
    try:
        return http.get(url, connection="arn:aws:events:eu-west-1:123456789012:connection/c/1").text
    except ValueError as e:
        return str(e)
"""


def test_lim_45_urls_are_not_checked_before_the_call() -> None:
    python, compiled = both(REQUEST, url="http://example.com")
    assert python.output == "url must begin with https://: 'http://example.com'"
    assert compiled.error == "States.Runtime"


def test_lim_46_answers_that_are_no_text() -> None:
    with HttpServer() as server:
        server.answer(b"x", content_type="image/png")
        python, compiled = both(REQUEST, url=server.url)
    assert python.output == "x"
    assert compiled.error == "States.Runtime"


def test_lim_62_long_texts_of_exceptions() -> None:
    source = workflow("n: int, table: dict[str, int]", "return table['x' * n]")
    python, compiled = both(source, n=20_000, table={})
    assert (python.error, python.cause) == (compiled.error, compiled.cause)
    python, compiled = both(source, n=40_000, table={})
    assert (python.error, compiled.error) == ("KeyError", "States.QueryEvaluationError")


def test_lim_87_tuples_with_and_without_zones() -> None:
    body = "return [n for n, _ in sorted((n, datetime.fromisoformat(t)) for n, t in pairs)]"
    program = f"from datetime import datetime\n\n{workflow('pairs: list', body)}"
    python, compiled = both(program, pairs=[[2, "2024-01-01T00:00:00"], [1, "2024-01-01T00:00:00+00:00"]])
    assert (python.output, compiled.error) == ([1, 2], "TypeError")
    python, compiled = both(program, pairs=[[1, "2024-01-01T00:00:00"], [1, "2024-01-01T00:00:00+00:00"]])
    assert python.error == compiled.error == "TypeError"

"""Values of deployment parameters for a run."""

import base64
import json
from pathlib import Path
from typing import Final

import pytest

from pysfnc.asl.placeholders import Parameter, fill, parameters_in
from pysfnc.assembly.parameters import MissingParameter, needed_parameters, parameters_of_run
from pysfnc.driver import CompileResult, compile_file
from pysfnc.engine import Machine

PROGRAM: Final = """
import os
from pysfnc import task, workflow

TABLE = os.environ["TABLE"]

@task
def store(table: str) -> str:
    return os.environ["STAGE"] + os.environ.get("AWS_REGION", "") + os.environ.get("LEVEL", "low")

@workflow
def one(x: str) -> list:
    return [TABLE, f"{TABLE}/{x}", TABLE == x, {"k": TABLE}, os.environ.get("MAYBE")]

@workflow
def two() -> str:
    return store(os.environ["TWO"])
"""


def compiled(folder: Path) -> CompileResult:
    path = folder / "app.py"
    path.write_text(PROGRAM)
    return compile_file(str(path))


def test_a_given_value_wins_over_the_environment_and_that_over_the_default() -> None:
    known = [Parameter("TABLE", "orders")]
    assert parameters_of_run(known, {}, {}) == {"TABLE": "orders"}
    assert parameters_of_run(known, {}, {"TABLE": "from the environment"}) == {"TABLE": "from the environment"}
    assert parameters_of_run(known, {"TABLE": ""}, {"TABLE": "from the environment"}) == {"TABLE": ""}


def test_the_environment_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSFNC_TEST_TABLE", "here")
    assert parameters_of_run([Parameter("PYSFNC_TEST_TABLE")], {}) == {"PYSFNC_TEST_TABLE": "here"}


def test_a_parameter_without_any_value_is_named() -> None:
    with pytest.raises(MissingParameter, match="`TABLE` has no value") as caught:
        parameters_of_run([Parameter("TABLE")], {"OTHER": "x"}, {})
    assert caught.value.name == "TABLE"
    assert parameters_of_run([Parameter("TABLE", optional=True)], {}, {}) == {"TABLE": None}


def test_a_workflow_has_the_parameters_of_its_definition_and_of_its_functions(tmp_path: Path) -> None:
    result = compiled(tmp_path)
    assert set(result.parameters) == {"LEVEL", "MAYBE", "STAGE", "TABLE", "TWO"}
    one, two = result.workflows["one"], result.workflows["two"]
    assert list(one.parameters.values()) == [Parameter("MAYBE", optional=True), Parameter("TABLE")]
    assert list(two.parameters.values()) == [Parameter("TWO")]
    assert [item.name for item in needed_parameters(result, one)] == ["MAYBE", "TABLE"]
    assert [item.name for item in needed_parameters(result, two)] == ["LEVEL", "STAGE", "TABLE", "TWO"]
    assert {spec.environment for spec in result.functions} == {("LEVEL", "STAGE", "TABLE")}


@pytest.mark.parametrize(
    "value", ["", "it's", 'a "quoted" one', "back\\slash \\u0041", "line\nend", "${MAYBE}", "é😀", "$x %}"]
)
def test_a_tool_that_replaces_text_by_text_fills_in_any_value(tmp_path: Path, value: str) -> None:
    """As `DefinitionSubstitutions` of CloudFormation does, with values written as JSON writes texts."""
    definition = compiled(tmp_path).workflows["one"].definition
    assert parameters_in(definition) == {"TABLE", "MAYBE"}
    text = json.dumps(definition)
    encoded = base64.b64encode(value.encode()).decode()
    for placeholder, filled in (("TABLE", json.dumps(value)[1:-1]), ("TABLE_base64", encoded), ("MAYBE_base64", "-")):
        text = text.replace(f"${{{placeholder}}}", filled)
    by_text = json.loads(text)
    if not value.endswith("%}"):
        assert by_text == fill(definition, {"TABLE": value, "MAYBE": None})
    result = Machine(fill(definition, {"TABLE": value, "MAYBE": None})).run({"x": value})
    assert result.output == [value, f"{value}/{value}", True, {"k": value}, None]
    if not value.endswith("%}"):
        assert Machine(by_text).run({"x": value}).output == result.output


@pytest.mark.parametrize("value", ["{% 1 %}", "{%", "%}", "{% $x'\" %}"])
def test_no_value_becomes_an_expression(value: str) -> None:
    definition = {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Output": "${X}", "End": True}},
        "QueryLanguage": "JSONata",
    }
    assert Machine(fill(definition, {"X": value})).run({}).output == value

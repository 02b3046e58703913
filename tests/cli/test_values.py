"""Filling in placeholders."""

from pathlib import Path

import pytest

from pysfnc.asl.placeholders import fill, placeholders
from pysfnc.cli.exits import CommandError
from pysfnc.cli.values import check_known, read_values
from pysfnc.jsonata.engine import JlensEvaluator

DEFINITION = {
    "States": {"A": {"Arguments": {"FunctionName": "${Fn}", "x": "{% '${TABLE}' & \"${TABLE}\" %}"}, "n": [1]}}
}


def test_placeholders_are_found_at_any_depth() -> None:
    assert placeholders(DEFINITION) == {"Fn", "TABLE"}


def test_filling_in_leaves_what_has_no_value() -> None:
    filled = fill(DEFINITION, {"Fn": "arn:aws:lambda:eu-west-1:1:function:f"})
    arguments = filled["States"]["A"]["Arguments"]
    assert arguments["FunctionName"] == "arn:aws:lambda:eu-west-1:1:function:f"
    assert placeholders(filled) == {"TABLE"}
    assert DEFINITION["States"]["A"]["Arguments"]["FunctionName"] == "${Fn}"


@pytest.mark.parametrize("value", ["plain", "it's", 'a "quoted" one', "back\\slash", "line\nend", "${Fn}", "é😀", ""])
def test_any_value_survives_inside_an_expression(value: str) -> None:
    text = fill(DEFINITION, {"TABLE": value})["States"]["A"]["Arguments"]["x"]
    assert JlensEvaluator().evaluate(text[2:-2].strip(), {}) == value + value


def test_files_come_first_and_later_settings_win(tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    path.write_text('{"A": "file", "B": "file"}')
    assert read_values(["B=1", "B=2=3", "C="], [str(path)]) == {"A": "file", "B": "2=3", "C": ""}


@pytest.mark.parametrize("setting", ["A", "=1", ""])
def test_a_setting_needs_a_name_and_a_value(setting: str) -> None:
    with pytest.raises(CommandError, match="takes NAME=VALUE"):
        read_values([setting], [])


@pytest.mark.parametrize(
    ("text", "message"), [("{", "is no JSON"), ("[]", "must be a JSON object"), ('{"A": 1}', "whose values are texts")]
)
def test_a_values_file_is_checked(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "v.json"
    path.write_text(text)
    with pytest.raises(CommandError, match=message):
        read_values([], [str(path)])
    with pytest.raises(CommandError, match="No such file"):
        read_values([], [str(tmp_path / "none.json")])


def test_an_unknown_name_is_refused_with_a_similar_one() -> None:
    check_known(["Fn"], ["Fn", "TABLE"])
    with pytest.raises(CommandError, match="a placeholder `TABLE` exists"):
        check_known(["TABEL"], ["Fn", "TABLE"])
    with pytest.raises(CommandError, match="the placeholders are: none"):
        check_known(["X"], [])

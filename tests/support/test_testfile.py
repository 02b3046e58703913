"""The `.test` format: what is parsed, and what is refused."""

from pathlib import Path

import pytest

from tests.support.testfile import Expectation, FormatError, parse, unparse

PATH = Path("demo.test")

TEXT = """About this file.

[case pays]
from pysfnc import workflow


@workflow
def pay(amounts: list[int]) -> int:
    return prices.total(
[1][0])
[file prices.py]
def total(x: int) -> int:
    return x
[run {"amounts": [1, 2]}] 3
[run pay {"amounts": "a]b"}] ! TypeError: pay() argument: no
[run]
{
  "long": 1
}
[transitions {"amounts": [1, 2]}] 1
[tasks pay {"amounts": [1, 2]}]
charge(a=1)
charge(a=2)
[asl -O0]
{}
[case fails]
x = y  # E[SFN201]: `y`
z = y + w  # a comment # E[SFN201]: `y` is # E[SFN302]
[errors]
SFN108: no function
"""


def test_sections_are_parsed() -> None:
    preamble, (pays, fails) = parse(PATH, TEXT)
    assert preamble == ["About this file.", ""]
    assert pays.name == "pays" and pays.line == 3
    assert pays.files["app.py"].endswith("    return prices.total(\n[1][0])\n")
    assert pays.files["prices.py"] == "def total(x: int) -> int:\n    return x\n"
    first, second, third = pays.of_kind("run")
    assert (first.workflow, first.input, first.text) == (None, {"amounts": [1, 2]}, "3")
    assert (second.workflow, second.input) == ("pay", {"amounts": "a]b"})
    assert second.text == "! TypeError: pay() argument: no"
    assert (third.input, third.text) == ({}, '{\n  "long": 1\n}')
    (transitions,) = pays.of_kind("transitions")
    assert transitions.text == "1"
    (tasks,) = pays.of_kind("tasks")
    assert (tasks.workflow, tasks.text) == ("pay", "charge(a=1)\ncharge(a=2)")
    assert pays.of_kind("asl")[0].argument == "-O0"
    assert pays.errors == []
    assert fails.errors == [
        Expectation("app.py", 1, "SFN201", "`y`"),
        Expectation("app.py", 2, "SFN201", "`y` is"),
        Expectation("app.py", 2, "SFN302", ""),
        Expectation("app.py", None, "SFN108", "no function"),
    ]


def test_writing_gives_the_file_back() -> None:
    assert unparse(*parse(PATH, TEXT)) == TEXT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[run {}] 1\n", "demo.test:1: [run] before the first [case]"),
        ("[case a]\n[run {] 1\n", "demo.test:2: the input is no JSON"),
        ("[case a]\n[run {} 1\n", "demo.test:2: the heading has no end"),
        ("[case a]\n[run x\n", "demo.test:2: the input is no JSON"),
        ("[case a\n", "demo.test:1: the heading has no end"),
        ("[case two words]\n", "the name of a case is a word"),
        ("[case a]\n[case a]\n", "demo.test:2: a second case `a`"),
        ("[case a]\nx  # E[SFN101]\n[run {}] 1\n", "a case with errors cannot run"),
        ("[case a] x = 1\n", "text after the heading"),
    ],
)
def test_malformed_files_are_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(PATH, text)
    assert message in str(caught.value)


def test_words_of_json_are_no_workflow_names() -> None:
    _, (case,) = parse(PATH, "[case a]\n[run null] null\n[run nullable {}] 1\n[run true] 1\n")
    assert [(section.workflow, section.input) for section in case.of_kind("run")] == [
        (None, None),
        ("nullable", {}),
        (None, True),
    ]

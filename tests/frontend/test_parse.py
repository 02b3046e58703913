"""Reading and parsing: every fault of a file is a diagnostic with a place."""

import ast
from pathlib import Path

import pytest

from pysfnc.diagnostics import Sink
from pysfnc.frontend.program.parse import first_too_deep, parse_expression, parse_source
from pysfnc.frontend.program.program import load_program
from pysfnc.source import SourceFile
from tests.frontend.projects import load


@pytest.mark.parametrize(
    ("source", "message", "place"),
    [
        ("x = (1", "'(' was never closed", (1, 4)),
        ("x = 1 +", "invalid syntax", (1, 7)),
        ("é = 'ü' +", "invalid syntax", (1, 9)),
        ("def f():\nreturn 1", "expected an indented block after function definition on line 1", (2, 0)),
        ("return 1", "'return' outside function", (1, 0)),
        ("x = 1\nfor i in x:\n    pass\nbreak", "'break' outside loop", (4, 0)),
        ("def f(a, a): pass", "duplicate argument 'a' in function definition", (1, 9)),
        ("print 1", "Missing parentheses in call to 'print'. Did you mean print(...)?", (1, 0)),
        ("x = 'abc", "unterminated string literal (detected at line 1)", (1, 4)),
        ("x = 9" + "9" * 5000, "Exceeds the limit (4300 digits) for integer string conversion", (1, 0)),
        ("if 1:\n\tx = 1\n        y = 2", "inconsistent use of tabs and spaces in indentation", (3, 0)),
    ],
)
def test_syntax_errors_have_pythons_words_and_place(source: str, message: str, place: tuple[int, int]) -> None:
    sink = Sink()
    assert parse_source(SourceFile("f.py", source), sink) is None
    (found,) = sink.diagnostics
    assert str(found.code) == "SFN100"
    assert found.message.startswith(message)
    assert found.span is not None and (found.span.line, found.span.column) == place


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 500 + "1" + ")" * 500,
        "x = " + "[" * 500 + "]" * 500,
        "x = " + "-" * 5000 + "1",
        "x = " + "+".join("1" * 5000),
        "x = " + "not " * 5000 + "1",
        "x = a" + ".b" * 5000,
        "".join(" " * level + "if x:\n" for level in range(500)) + " " * 500 + "pass",
        "if x: pass\n" + "".join(f"elif x == {n}: pass\n" for n in range(5000)),
    ],
)
def test_nesting_that_python_gives_up_on_is_a_diagnostic(tmp_path: Path, source: str) -> None:
    loaded = load(tmp_path, source)
    assert loaded.found is None
    assert loaded.codes in (["SFN100"], ["SFN502"])


@pytest.mark.parametrize(
    "value",
    ["+".join("1" * 500), "-" * 500 + "1", "f" + "()" * 500, "(" * 150 + "1" + ",)" * 150, "1 if x else " * 400 + "1"],
)
def test_deep_values_are_no_constants_and_no_crash(tmp_path: Path, value: str) -> None:
    source = f"from pysfnc import task, workflow\nX = {value}\n@task(timeout=X)\ndef f(): ...\n@workflow\ndef g(x: X = X): ..."
    loaded = load(tmp_path, source)
    assert loaded.found is not None
    assert "SFN105" in loaded.codes


def test_warnings_of_the_parser_are_not_the_users_problem(tmp_path: Path) -> None:
    assert load(tmp_path, "x = '\\d'\ny = 1 is 1\n").codes == []


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(b"\0\1\2")
    (tmp_path / "latin.py").write_bytes(b"x = '\xe9'\n")
    for name, words in {
        "missing.py": "no such file",
        ".": "is a directory",
        "binary.py": "is a binary file",
        "latin.py": "cannot be decoded",
    }.items():
        sink = Sink()
        assert load_program(str(tmp_path / name), sink) is None
        (found,) = sink.diagnostics
        assert str(found.code) == "SFN109" and words in found.message and found.span is None


def test_the_coding_comment_counts(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(b"# coding: latin-1\nX = '\xe9'\n")
    sink = Sink()
    model = load_program(str(tmp_path / "app.py"), sink)
    assert model is not None and not sink.diagnostics
    assert model.entry.tree.body[0].value.value == "é"  # type: ignore[attr-defined]


def test_depth_counts_levels_and_no_elif() -> None:
    assert first_too_deep(ast.parse("1+1+1+1"), 6) is None
    deep = first_too_deep(ast.parse("x = " + "+".join("1" * 20)), 10)
    assert deep is not None and hasattr(deep, "lineno")
    chain = ast.parse("if x: pass\n" + "".join(f"elif x == {n}: pass\n" for n in range(300)))
    assert first_too_deep(chain, 10) is None


def test_expressions_in_strings() -> None:
    assert parse_expression(" list[int] ") is not None
    for text in ("", "a b", "(" * 300, "x = 1", "[" * 180 + "]" * 180):
        assert parse_expression(text) is None


def test_a_long_file_takes_seconds(tmp_path: Path) -> None:
    loaded = load(
        tmp_path, "\n".join(f"def f{n}(x):\n    return [x, {n}]\nX{n} = [f{n}, 'text']" for n in range(17_000))
    )
    assert loaded.codes == []
    assert len(loaded.model.entry.names) == 34_000

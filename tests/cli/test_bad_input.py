"""Files that are no programs, and programs that are too much: a diagnostic or one line, never a traceback."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.oracle import run_compiled, run_python
from tests.support.outcome import disagreement

COMMANDS = (("compile",), ("build", "-o", "out"), ("run",))
HEAD = "from pysfnc import workflow\n\n\n@workflow\ndef f(x: int) -> int:\n"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.py", None, "missing.py: no such file"),
        ("folder", ..., "folder: is a directory, not a Python file"),
        ("binary.py", b"\x7fELF\x00\x01", "binary.py: is a binary file, not Python source"),
        ("latin.py", b"x = '\xe9'\n", "latin.py: cannot be decoded: "),
        ("coding.py", b"# coding: klingon\n", "coding.py: cannot be decoded: unknown encoding: klingon"),
    ],
)
def test_a_file_that_is_no_source_is_one_line(
    run: Run, program: Path, command: tuple[str, ...], name: str, content: object, message: str
) -> None:
    if content is ...:
        Path(name).mkdir()
    elif isinstance(content, bytes):
        Path(name).write_bytes(content)
    code, out, err = run(*command, name)
    assert (code, out) == (2, "")
    assert err.startswith(f"pysfnc: error: {message}")
    assert err.count("\n") == 1
    assert not Path("out").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("def f(:\n", "SFN100"),
        ("x = 1\n", "SFN108"),
        ("", "SFN108"),
        (HEAD + "    return y\n", "SFN201"),
    ],
)
def test_a_program_that_does_not_compile_is_rejected(
    run: Run, program: Path, command: tuple[str, ...], source: str, code: str
) -> None:
    program.write_text(source)
    exit_code, out, err = run(*command, "app.py")
    assert (exit_code, out) == (1, "")
    assert f"[{code}]" in err
    assert not Path("out").exists()


def nested(levels: int) -> dict[str, str]:
    """Programs nested so deep, each in another kind of nesting."""
    deeper = ["    " * (level + 1) + f"if x > {level}:\n" for level in range(levels)]
    return {
        "parentheses": HEAD + "    return " + "(" * levels + "x" + ")" * levels + "\n",
        "operators": HEAD + "    return " + "x + " * levels + "1\n",
        "negations": HEAD + "    return " + "-" * levels + "x\n",
        "lists": HEAD + "    y = " + "[" * levels + "x" + "]" * levels + "\n    return x\n",
        "calls": HEAD + "    return " + "abs(" * levels + "x" + ")" * levels + "\n",
        "attributes": HEAD + "    return x" + ".real" * levels + "\n",
        "conditions": HEAD + "    return " + "1 if x else (" * levels + "2" + ")" * levels + "\n",
        "statements": HEAD + "".join(deeper) + "    " * (levels + 1) + "return 1\n    return 2\n",
        "branches": HEAD
        + "    if x == 0:\n        y = 0\n"
        + "".join(f"    elif x == {level}:\n        y = {level}\n" for level in range(1, levels))
        + "    else:\n        y = 9\n    return y\n",
    }


# What is refused for its depth is refused after the whole was made, which takes long for many branches.
@pytest.mark.parametrize(
    ("kind", "levels"), [(kind, n) for kind in nested(1) for n in (90, 250 if kind == "branches" else 500)]
)
def test_deep_nesting_is_rejected_or_runs_as_in_python(run: Run, program: Path, kind: str, levels: int) -> None:
    program.write_text(nested(levels)[kind])
    code, out, err = run("compile", "app.py")
    assert code in (0, 1), err[-500:]
    assert "internal" not in err and "Traceback" not in err
    assert bool(out) == (code == 0)
    if code == 0:
        source = program.read_text()
        for x in (0, 1, levels):
            assert disagreement(run_python(source, {"x": x}), run_compiled(source, {"x": x})) is None


def test_a_file_of_50000_lines(run: Run, program: Path) -> None:
    lines = "".join(f"    x = (\n        x\n        + {number % 7}\n    )\n\n" for number in range(10_000))
    program.write_text(HEAD + lines + "    return x\n")
    code, _, err = run("compile", "app.py")
    assert code in (0, 1), err[-500:]
    assert "Traceback" not in err


def test_a_file_of_50000_lines_of_other_functions(run: Run, program: Path) -> None:
    others = "".join(f"def helper{number}(a, b):\n    return a * {number} + b\n\n\n" for number in range(12_500))
    program.write_text(others + HEAD + "    return helper7(x, 1)\n")
    assert run("compile", "app.py")[0] == 0

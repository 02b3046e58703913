"""Expressions so large that a cause has no room for their exceptions: they are raised by a state of their own."""

from pathlib import Path
from typing import Any, Final

import pytest

from pysfnc.asl.causes import MAX_FAILING_CHARS, long_expressions
from pysfnc.asl.limits import MAX_CAUSE_CHARS
from pysfnc.driver import Options, compile_file
from pysfnc.engine import run_machine
from pysfnc.plan.divide import DIVISIONS
from tests.support import oracle
from tests.support.outcome import disagreement

STEPS: Final = 180
HEAD: Final = """from pysfnc import task, workflow

class Odd(Exception):
    pass

@task
def note(text: str) -> str:
    return text.upper()

@workflow
def main(n: int, table: dict[str, int]):
"""


def steps(indent: int) -> str:
    """Many statements, each of which may raise in two ways."""
    return "".join(f"{' ' * indent}total = total + table['k{i}'] // (n - {i})\n" for i in range(STEPS))


ONE_EXPRESSION: Final = f"""{HEAD}    total = 0
{steps(4)}    if total > 1000:
        raise Odd(f"{{total}} is large")
    return total
"""
BETWEEN_CALLS: Final = f"""{HEAD}    total = 0
    seen = [note("a")]
    try:
        for _ in range(2):
{steps(12)}            if total > 1000:
                raise Odd(f"{{total}} is large")
            if total == 7:
                break
            seen.append(note(str(total)))
            if total < 0:
                return [*seen, "negative"]
    except ZeroDivisionError as e:
        seen.append(str(e))
    except KeyError as e:
        seen.append(note(f"no {{e}}"))
    return [*seen, total]
"""
BEHIND_A_CALL: Final = f"""{HEAD}    total = len(note("a"))
{steps(4)}    if total > 1000:
        return note("large")
    if total < 0:
        return "negative"
    return note(f"end {{total}}")
"""
TABLE: Final = {f"k{i}": 0 for i in range(STEPS)}
INPUTS: Final[list[dict[str, Any]]] = [
    {"n": 3, "table": TABLE},
    {"n": 100, "table": TABLE},
    {"n": 100, "table": {"k0": 1}},
    {"n": 100, "table": {**TABLE, "k9": 10**6}},
    {"n": 100, "table": {**TABLE, "k9": -(10**6)}},
    {"n": 100, "table": {**TABLE, "k0": 700}},
]


SOURCES: Final = pytest.mark.parametrize(
    "source", [ONE_EXPRESSION, BETWEEN_CALLS, BEHIND_A_CALL], ids=["one", "between", "behind"]
)
LEVELS: Final = pytest.mark.parametrize("optimize", [0, 1])


@SOURCES
@LEVELS
def test_exceptions_of_large_expressions_are_those_of_python(source: str, optimize: int) -> None:
    definition = oracle.compile_program(source, optimize).workflow(None).definition
    assert not list(long_expressions(definition))
    for given in INPUTS:
        difference = disagreement(
            oracle.run_python(source, given), oracle.run_compiled(source, given, optimize=optimize)
        )
        assert difference is None, (given["n"], difference)


@SOURCES
@LEVELS
def test_without_a_state_for_them_they_would_be_lost(
    source: str, optimize: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pysfnc.codegen.hold_exceptions", lambda suite, names: suite)
    monkeypatch.setattr("pysfnc.plan.divide.DIVISIONS", DIVISIONS[:1])
    path = tmp_path / "app.py"
    path.write_text(source)
    found = compile_file(str(path), Options(optimize=optimize)).diagnostics
    assert {diagnostic.code.number for diagnostic in found} == {"SFN503"}


def test_a_marker_behind_a_large_expression_would_be_lost() -> None:
    """What the other tests are about: the cause ends before the text of the error begins."""
    text = f"( $unused := '{'x' * MAX_CAUSE_CHARS}'; $error('lost') )"
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}},
    }
    assert [(long.state, long.chars > MAX_FAILING_CHARS) for long in long_expressions(definition)] == [("A", True)]
    cause = run_machine(definition, {}).cause
    assert cause is not None
    assert len(cause) == MAX_CAUSE_CHARS
    assert "lost" not in cause


def test_one_statement_that_is_too_large_by_itself_is_refused(tmp_path: Path) -> None:
    keys = ", ".join(f"table['k{i}'] // n" for i in range(400))
    path = tmp_path / "app.py"
    path.write_text(f"{HEAD}    return note(str([{keys}]))\n")
    found = compile_file(str(path), Options()).diagnostics
    assert [diagnostic.code.number for diagnostic in found] == ["SFN503"]

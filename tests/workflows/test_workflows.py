"""Workflows of real teams do the same as Python and as machines: the same outcome, and the same calls of AWS in the same order."""

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from pysfnc.assembly.reports import message_of
from pysfnc.frontend.aws.integrations import JSON_TEXTS
from tests.workflows.machine import run_as_machine
from tests.workflows.python import PROGRAMS, run_as_python
from tests.workflows.scenario import Failure, Scenario

NAMES = sorted(path.stem for path in PROGRAMS.glob("*.py") if path.stem != "__init__")
Calls = list[tuple[str, dict[str, Any]]]
_CONCURRENT = re.compile(r"\b(parallel|ThreadPoolExecutor|gather|distributed_map)\(")
_JSON = frozenset({name for _, _, name in JSON_TEXTS})
_MADE_UP = re.compile(
    r"(?:python-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # a UUID, a token of a run as Python
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"  # the present moment
    r"|[A-Za-z0-9+/=_-]{60,}"  # a task token, a hash
)


def scenarios(name: str) -> list[Scenario]:
    """The scenarios of a program."""
    found: list[Scenario] = importlib.import_module(f"tests.workflows.scenarios.{name}").SCENARIOS
    return found


CASES = [pytest.param(name, scenario, id=f"{name}: {scenario.label}") for name in NAMES for scenario in scenarios(name)]


@pytest.mark.parametrize(("name", "scenario"), CASES)
def test_both_forms_agree(name: str, scenario: Scenario) -> None:
    python, called = run_as_python(name, scenario)
    if isinstance(scenario.expected, Failure):
        assert _class_of(python.error) == _class_of(scenario.expected.error), python.cause
        assert scenario.expected.cause in (None, python.cause)
    else:
        assert (python.error, python.cause, python.output) == (None, None, scenario.expected)
    ordered = _CONCURRENT.search((PROGRAMS / f"{name}.py").read_text()) is None
    expected = _outcome(python.output, python.error, python.cause), _shown(called, scenario, ordered=ordered)
    for optimize, engine in ((0, "jlens"), (1, "jlens"), (1, "node")):
        machine, made = run_as_machine(name, scenario, optimize, engine)
        error = None if machine.status == "SUCCEEDED" else machine.error or machine.status
        found = _outcome(machine.output, error, machine.cause), _shown(made, scenario, ordered=ordered)
        assert found == expected, f"-O{optimize} on {engine}"


def test_there_are_forty_programs_of_ordinary_size() -> None:
    lines = {name: len((PROGRAMS / f"{name}.py").read_text().splitlines()) for name in NAMES}
    assert len(lines) >= 40
    assert {name: count for name, count in lines.items() if not 20 <= count <= 120} == {}


def _outcome(output: Any, error: str | None, cause: str | None) -> tuple[Any, str | None, str | None]:
    """What has to agree. An error of AWS that nobody catches has AWS's name and text in the machine (LIM-20), which holds those of Python."""
    text = message_of(cause)
    if text is not None:
        text = re.sub(r"^An error occurred \(.*?\) when calling the \w+ operation(?: \(.*?\))?: ", "", text)
        text = re.sub(r" \(Service: .*\)$", "", text, flags=re.DOTALL)
    return output, _class_of(error), _masked(text)


def _class_of(error: str | None) -> str | None:
    """`Rds.DbInstanceNotFoundException`, and boto3's `DBInstanceNotFoundFault`."""
    if error is None or error.startswith("States."):
        return error
    return error.rpartition(".")[2].removesuffix("Exception").removesuffix("Fault").lower()


def _shown(calls: Calls, scenario: Scenario, *, ordered: bool) -> list[str]:
    """The calls as texts, without what is made up anew in each run; sorted where several may come first."""
    texts = [
        _masked(f"{name} {json.dumps(_read(params), sort_keys=True, default=repr)}") or ""
        for name, params in calls
        if name not in scenario.racing
    ]
    return texts if ordered else sorted(texts)


def _read(value: Any) -> Any:
    """Parameters with what AWS reads as JSON as values: blanks in it have no meaning there."""
    if isinstance(value, list):
        return [_read(part) for part in value]
    if isinstance(value, dict):
        return {
            name: json.loads(part) if name in _JSON and isinstance(part, str | bytes) else _read(part)
            for name, part in value.items()
        }
    return value


def _masked(text: str | None) -> str | None:
    return None if text is None else _MADE_UP.sub("<made up>", text)


def test_all_programs_have_scenarios() -> None:
    folder = Path(__file__).parent / "scenarios"
    assert sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__") == NAMES

"""Distributed Maps recorded in JSONPath, said in JSONata: items, datasets, tolerance and histories are those of AWS.

Where recordings of different dates disagree about the event that MapStateExited follows, the later ones count.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from pysfnc.engine import VirtualClock, run_machine
from tests.conformance.cases import Case, objects_of
from tests.conformance.compare import Matcher, flattened, history_differences

DATA = Path(__file__).parent / "data_jsonpath" / "distributed_map.json"
CASES: dict[str, Case] = {case["id"]: case for case in json.loads(DATA.read_text("utf-8"))}
_PATHS = {"ToleratedFailureCountPath", "ToleratedFailurePercentagePath"}


def in_jsonata(value: Any) -> Any:
    """The same definition in JSONata."""
    if isinstance(value, list):
        return [in_jsonata(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, member in value.items():
        if key.endswith(".$"):
            made[key[:-2]] = expression(member)
        elif key in _PATHS:
            made[key.removesuffix("Path")] = expression(member)
        elif key == "ItemsPath":
            made["Items"] = expression(member)
        elif key == "Parameters":
            made["Arguments" if "Bucket.$" in member else "Output"] = in_jsonata(member)
        elif key == "Result":
            made["Output"] = member
        elif key != "InputPath":
            made[key] = in_jsonata(member)
    return made


def expression(path: str) -> str:
    """A path as an expression."""
    if path.startswith("$$"):
        return f"{{% $states.context{path[2:]} %}}"
    return f"{{% $states.input{path[1:]} %}}"


@pytest.mark.parametrize("name", CASES)
def test_distributed_map(name: str) -> None:
    case = CASES[name]
    definition = {"QueryLanguage": "JSONata", **in_jsonata(case["definition"])}
    expect = case["expect"]
    result = run_machine(
        definition, case.get("input", {}), clock=VirtualClock(1_800_000_000.0), objects=objects_of(case)
    )
    matcher = Matcher()
    actual = {"status": result.status, "output": result.output, "error": result.error, "cause": result.cause}
    wanted = {key: expect[key] for key in ("status", "output", "error", "cause") if key in expect}
    assert matcher.differences(wanted, {key: actual[key] for key in wanted}) == []
    events = [flattened(event) for event in result.history]
    for recorded, event in zip(expect["history"], events, strict=True):
        if recorded["type"] == "MapStateExited":
            assert event["prev"] in (recorded["prev"], recorded["prev"] - 1)
            recorded = {**recorded, "prev": event["prev"]}
        assert history_differences([recorded], [event], matcher) == []

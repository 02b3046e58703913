"""Compares what the engine gave with what AWS gave, wildcards and all."""

import json
import re
from typing import Any

from pysfnc.engine.host import ACCOUNT

_WILDCARD = re.compile(r"<<(?P<name>[^<>:]+)(?::(?P<number>\d+))?>>")
_JSON_FIELDS = ("input", "output", "parameters")
_RECORDED_ACCOUNT = "111111111111"
_LEFT_OUT = ("region", "roleArn")


class Matcher:
    """Compares values of one case; remembers what numbered wildcards stood for."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def differences(self, expected: object, actual: object, place: str = "") -> list[str]:
        """Where `actual` differs from `expected`; empty if it matches."""
        if isinstance(expected, str):
            return self._text(expected, actual, place)
        if isinstance(expected, dict) and isinstance(actual, dict):
            return self._objects(expected, actual, place)
        if isinstance(expected, list) and isinstance(actual, list):
            found = [] if len(expected) == len(actual) else [f"{place}: {len(actual)} items, AWS has {len(expected)}"]
            for index, (left, right) in enumerate(zip(expected, actual, strict=False)):
                found += self.differences(left, right, f"{place}[{index}]")
            return found
        if isinstance(expected, bool) or isinstance(actual, bool) or expected is None or actual is None:
            same = expected is actual
        else:
            same = expected == actual
        return [] if same else [f"{place}: {actual!r}, AWS has {expected!r}"]

    def _objects(self, expected: dict[str, Any], actual: dict[str, Any], place: str) -> list[str]:
        found = [f"{place}: lacks {key}" for key in expected if key not in actual]
        found += [f"{place}: has {key} = {actual[key]!r}" for key in actual if key not in expected]
        for key in expected:
            if key in actual:
                found += self.differences(expected[key], actual[key], f"{place}.{key}")
        return found

    def _text(self, expected: str, actual: object, place: str) -> list[str]:
        whole = _WILDCARD.fullmatch(expected)
        if whole is not None and not isinstance(actual, str):
            return []
        if not isinstance(actual, str):
            return [f"{place}: {actual!r}, AWS has {expected!r}"]
        pattern, names, end = "", [], 0
        for number, wildcard in enumerate(_WILDCARD.finditer(expected)):
            pattern += re.escape(expected[end : wildcard.start()]) + f"(?P<w{number}>.+?)"
            names.append(wildcard.group() if wildcard["number"] else None)
            end = wildcard.end()
        match = re.fullmatch(pattern + re.escape(expected[end:]), actual, re.DOTALL)
        if match is None:
            return [f"{place}: {actual!r}, AWS has {expected!r}"]
        for number, name in enumerate(names):
            value = match[f"w{number}"]
            if name is not None and self._known.setdefault(name, value) != value:
                return [f"{place}: {name} is {value!r} here and {self._known[name]!r} elsewhere"]
        return []


def as_recorded(text: object, expected: object) -> object:
    """A cause as the recording has it: an object where AWS's text was a JSON object."""
    return json.loads(text) if isinstance(expected, dict) and isinstance(text, str) else text


def flattened(event: dict[str, Any]) -> dict[str, Any]:
    """An event of GetExecutionHistory in the flat form of the recordings."""
    flat: dict[str, Any] = {"type": event["type"], "id": event["id"], "prev": event["previousEventId"]}
    for member, details in event.items():
        if not member.endswith("EventDetails"):
            continue
        for field, value in details.items():
            if field in _LEFT_OUT or field.endswith("Details"):
                continue
            if field in _JSON_FIELDS:
                value = json.loads(value)
            elif field == "assignedVariables":
                value = {name: json.loads(text) for name, text in value.items()}
            elif field == "mapRunArn":
                value = value.replace(ACCOUNT, _RECORDED_ACCOUNT)
            flat[field] = value
    return flat


def history_differences(expected: list[dict[str, Any]], actual: list[dict[str, Any]], matcher: Matcher) -> list[str]:
    """Where two flat histories differ. Runs of events without ids are compared as sets of types."""
    found: list[str] = []
    by_id = {event["id"]: event for event in actual}
    sorted_types = sorted(event["type"] for event in expected if "id" not in event)
    covered = {event["id"] for event in expected if "id" in event}
    for event in expected:
        if "id" not in event:
            continue
        mine = by_id.get(event["id"])
        if mine is None:
            found.append(f"event {event['id']}: missing, AWS has {event['type']}")
            continue
        if "cause" in event and "cause" in mine:
            mine = {**mine, "cause": as_recorded(mine["cause"], event["cause"])}
        found += matcher.differences(event, mine, f"event {event['id']}")
    others = [event for event in actual if event["id"] not in covered]
    # The recorder also dropped the event that closes a failed Parallel state.
    types = sorted(event["type"] for event in others if event["type"] != "ParallelStateFailed")
    if types != sorted_types:
        found.append(f"other events are {types}, AWS has {sorted_types}")
    return found

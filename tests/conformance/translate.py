"""Definitions in JSONPath said in JSONata, as far as the recorded cases about services need it.

What a task is given, what it answers and what the history shows of it do not depend on the query language, so recordings
of JSONPath machines judge the engine too. Only what these cases use is translated; `Untranslated` is raised for the rest.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

_PATH: Final = re.compile(r"\$(\$?)((?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\])*)")


class Untranslated(Exception):
    """The definition uses something that has no translation here."""


def translated(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition in JSONata."""
    return {**definition, "QueryLanguage": "JSONata", "States": _states(definition["States"])}


def _states(states: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _state(state) for name, state in states.items()}


_KEPT: Final = frozenset(
    {"Type", "Resource", "End", "Next", "Comment", "TimeoutSeconds", "HeartbeatSeconds", "Error", "Cause", "Retry"}
)


def _state(state: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in state.items():
        if name in _KEPT:
            made[name] = value
        elif name == "Parameters":
            made["Arguments" if state["Type"] == "Task" else "Output"] = _template(value)
        elif name in ("TimeoutSecondsPath", "HeartbeatSecondsPath"):
            made[name.removesuffix("Path")] = _whole(_expression(value))
        elif name == "Credentials":
            made[name] = _template(value)
        elif name == "Assign":
            made[name] = _template(value, result="$states.result" if state["Type"] == "Task" else "$states.input")
        elif name == "Branches":
            made[name] = [{**branch, "States": _states(branch["States"])} for branch in value]
        elif name == "Catch":
            made[name] = [_catcher(catcher) for catcher in value]
        elif name == "ResultPath":
            if state["Type"] == "Pass" and value != "$":
                made["Output"] = _placed(value, "$states.input")
            elif state["Type"] != "Pass":
                made["Output"] = _placed(value, "$states.result")
        else:
            raise Untranslated(f"{state['Type']}.{name}")
    return made


def _catcher(catcher: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: catcher[name] for name in ("ErrorEquals", "Next")}
    made["Output"] = _placed(catcher.get("ResultPath", "$"), "$states.errorOutput")
    return made


def _placed(path: str | None, value: str) -> str:
    if path is None:
        return _whole("$states.input")
    if path == "$":
        return _whole(value)
    name = path.removeprefix("$.")
    if not name.isidentifier():
        raise Untranslated(f"ResultPath {path}")
    return _whole(f"$merge([$states.input, {{'{name}': {value}}}])")


def _template(value: Any, result: str = "$states.input") -> Any:
    if isinstance(value, list):
        return [_template(item, result) for item in value]
    if not isinstance(value, Mapping):
        return value
    made: dict[str, Any] = {}
    for name, item in value.items():
        if name.endswith(".$"):
            made[name.removesuffix(".$")] = _whole(_expression(item, result))
        else:
            made[name] = _template(item, result)
    return made


def _expression(path: str, root: str = "$states.input") -> str:
    match = _PATH.fullmatch(path)
    if match is None:
        raise Untranslated(path)
    return ("$states.context" if match[1] else root) + match[2]


def _whole(expression: str) -> str:
    return f"{{% {expression} %}}"

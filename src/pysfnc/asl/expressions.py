"""The JSONata expressions of a definition.

Owns: finding them, and refusing those that cannot work where they stand. Does not own: JSONata (jsonata/check.py).

Facts: messages are measured answers (INVALID_JSONATA_EXPRESSION carries the parser's message without its code).
"""

from collections.abc import Iterator
from typing import Final

from pysfnc.asl.finding import Code, Finding
from pysfnc.jsonata.check import states_members, syntax_error, top_level_references

EXPRESSION_FIELDS: Final = (
    "Arguments", "Output", "Assign", "Items", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter",
    "MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage", "TimeoutSeconds", "HeartbeatSeconds",
    "Credentials", "Seconds", "Timestamp", "Error", "Cause", "Condition",
)  # fmt: skip
"""Fields that take `{% %}` at any depth (AWS docs, "Transforming data with JSONata in Step Functions")."""

ALWAYS: Final = frozenset({"input", "context"})
WITH_RESULT: Final = ALWAYS | {"result"}
WITH_ERROR: Final = ALWAYS | {"errorOutput"}


def strings(value: object, place: str) -> Iterator[tuple[str, str]]:
    """All strings of a JSON value with their places, `/key` and `[index]` below `place`."""
    pending: list[tuple[object, str]] = [(value, place)]
    while pending:
        current, where = pending.pop()
        if isinstance(current, str):
            yield current, where
        elif isinstance(current, dict):
            pending.extend((member, f"{where}/{key}") for key, member in reversed(current.items()))
        elif isinstance(current, list):
            indexed = list(enumerate(current))
            pending.extend((item, f"{where}[{index}]") for index, item in reversed(indexed))


def check_expressions(value: object, place: str, readable: frozenset[str]) -> Iterator[Finding]:
    """Findings for a field. `readable`: the members of `$states` that exist there."""
    for text, where in strings(value, place):
        opened, closed = text.startswith("{%"), text.endswith("%}") and len(text) >= len("{%%}")
        if opened and closed:
            yield from _check(text[2:-2].strip(), where, readable)
        elif opened or closed:
            yield Finding(Code.SCHEMA, "A JSONata expression must start with '{%' and end with '%}'", where)


def _check(text: str, where: str, readable: frozenset[str]) -> Iterator[Finding]:
    message = syntax_error(text)
    if message is not None:
        yield Finding(Code.INVALID_JSONATA, message, where)
        return
    for reference in top_level_references(text):
        what = f"Reference to '{reference}'"
        at_top = "" if reference in ("$", "$$") else " at the top level"
        yield Finding(Code.UNSUPPORTED_JSONATA, f"{what}{at_top} is not supported.", where)
    for member in sorted(states_members(text) - readable):
        yield Finding(Code.UNSUPPORTED_JSONATA, f"Field '$states.{member}' does not exist.", where)

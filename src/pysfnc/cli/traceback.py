"""How a failed execution is shown: as Python shows an exception, with the lines of the program.

The state that failed is a line of the workflow through the source map; below it come the lines that Lambda reported in
its cause, when the failure came from there.
"""

import ast
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pysfnc.assembly.reports import lambda_report, message_of
from pysfnc.source import Span

__all__ = ["raised_again", "render_failure"]

# Where the zip, which mirrors the project's folder, lies in Lambda.
_TASK_ROOT: Final = 'File "/var/task/'


def render_failure(error: str | None, cause: str | None, span: Span | None) -> str:
    """Return a traceback for an execution that failed; `span` is the place of the state that failed."""
    report = lambda_report(cause)
    message = report["errorMessage"] if report else (cause or "")
    folder = os.path.dirname(span.file.name) if span else ""
    frames = ([_frame(span)] if span else []) + list(_lambda_frames(report, folder))
    head = ["Traceback (most recent call last):", *frames] if frames else []
    last = f"{error}: {message}" if message else str(error)
    return "\n".join([*head, last])


def raised_again(error: str | None, cause: str | None, history: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Return the state and the cause of the failed task whose exception the program raised again, as Python's traceback shows its line."""
    if lambda_report(cause) is not None:
        return None
    events = {event["id"]: event for event in history}
    for event in reversed(history):
        failed = event.get("taskFailedEventDetails", {})
        told = failed.get("cause")
        if failed.get("error") != error or lambda_report(told) is None or message_of(told) != cause:
            continue
        entered: Mapping[str, Any] | None = event
        while entered is not None and "stateEnteredEventDetails" not in entered:
            entered = events.get(entered["previousEventId"])
        if entered is not None:
            return entered["stateEnteredEventDetails"]["name"], told
    return None


def _frame(span: Span) -> str:
    function = _function_around(span)
    source = span.file.line(span.line).strip()
    return f'  File "{span.file.name}", line {span.line}, in {function}\n    {source}'


def _function_around(span: Span) -> str:
    """Return the name of the innermost function that holds the span."""
    try:
        tree = ast.parse(span.file.text)
    except (SyntaxError, ValueError, RecursionError):
        return "<module>"
    name = "<module>"
    for node in ast.walk(tree):  # breadth first, so that a later match lies inside an earlier one
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno <= span.line <= (
            node.end_lineno or node.lineno
        ):
            name = node.name
    return name


def _lambda_frames(report: dict[str, Any] | None, folder: str) -> Iterator[str]:
    trace = (report or {}).get("stackTrace")
    for entry in trace if isinstance(trace, list) else []:
        # One entry carries what Python's own report of an exception leaves out; it is no place in the program.
        if isinstance(entry, str) and not entry.startswith('  File "pysfnc:'):
            yield entry.replace(_TASK_ROOT, f'File "{os.path.join(folder, "")}', 1).rstrip("\n")

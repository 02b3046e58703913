"""How a failed execution is shown."""

import json

from pysfnc.cli.traceback import raised_again, render_failure
from pysfnc.source import SourceFile, Span

FILE = SourceFile("app.py", "def pay(order):\n    def inner():\n        raise ValueError('no')\n    inner()\nx = 1\n")


def lambda_cause(message: str, *entries: str) -> str:
    report = {"errorMessage": message, "errorType": "ValueError", "requestId": "1", "stackTrace": list(entries)}
    return json.dumps(report)


def test_a_state_of_the_workflow_is_a_frame() -> None:
    assert render_failure("ValueError", "no", Span(FILE, 3, 8, 3, 30)) == (
        "Traceback (most recent call last):\n"
        '  File "app.py", line 3, in inner\n'
        "    raise ValueError('no')\n"
        "ValueError: no"
    )
    assert "line 4, in pay\n" in render_failure("E", "", Span(FILE, 4, 4, 4, 11))
    assert "line 5, in <module>\n" in render_failure("E", "", Span(FILE, 5, 0, 5, 1))


def test_the_frames_that_lambda_reported_follow() -> None:
    cause = lambda_cause(
        "bad card",
        '  File "/var/task/app.py", line 9, in charge\n    raise ValueError("bad card")\n',
        '  File "pysfnc:exception", line 1, in {"args": null}\n',
    )
    assert render_failure("ValueError", cause, Span(FILE, 4, 4, 4, 11)) == (
        "Traceback (most recent call last):\n"
        '  File "app.py", line 4, in pay\n'
        "    inner()\n"
        '  File "app.py", line 9, in charge\n'
        '    raise ValueError("bad card")\n'
        "ValueError: bad card"
    )


def test_without_a_place_only_the_error_is_shown() -> None:
    assert render_failure("States.Timeout", None, None) == "States.Timeout"
    assert render_failure("TooBig", "more", None) == "TooBig: more"
    assert render_failure("E", '{"not": "a report"}', None) == 'E: {"not": "a report"}'
    assert render_failure("E", "{broken", None) == "E: {broken"
    assert render_failure("E", lambda_cause("m"), None) == "E: m"


def test_an_exception_that_is_raised_again_keeps_its_line() -> None:
    cause = lambda_cause("bad card")
    history = [
        {"id": 1, "previousEventId": 0, "stateEnteredEventDetails": {"name": "charge"}},
        {"id": 2, "previousEventId": 1},
        {"id": 3, "previousEventId": 2, "taskFailedEventDetails": {"error": "ValueError", "cause": cause}},
        {"id": 4, "previousEventId": 3, "stateEnteredEventDetails": {"name": "refund"}},
    ]
    assert raised_again("ValueError", "bad card", history) == ("charge", cause)
    assert raised_again("ValueError", "another", history) is None
    assert raised_again("KeyError", "bad card", history) is None
    # It is that of a task already.
    assert raised_again("ValueError", cause, history) is None

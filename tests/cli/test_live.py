"""The live view: on a terminal only, and gone when the run is over."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from pysfnc.cli.live import _Board

MACHINE = {
    "QueryLanguage": "JSONata",
    "StartAt": "Rest",
    "States": {
        "Rest": {"Type": "Wait", "Seconds": 1, "Next": "Done"},
        "Done": {"Type": "Succeed", "Output": "{% 'over' %}"},
    },
}


def run_on_terminal(path: Path, *options: str) -> tuple[str, str]:
    """Run with standard error on a terminal; return standard output and what the terminal got."""
    controller, terminal = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "pysfnc", "run", str(path), "--real-time", *options],
        stdout=subprocess.PIPE,
        stderr=terminal,
        env=environment,
    ) as process:
        os.close(terminal)
        seen = bytearray()
        while True:
            try:
                data = os.read(controller, 65536)
            except OSError:  # Linux reports the end of a terminal as an error
                break
            if not data:
                break
            seen += data
        assert process.stdout is not None
        out = process.stdout.read().decode()
    os.close(controller)
    return out, seen.decode()


def test_states_are_shown_on_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps(MACHINE))
    out, shown = run_on_terminal(path)
    assert out == '"over"\n'
    assert "Rest" in shown and "running" in shown and "states entered" in shown
    assert shown.rstrip().endswith("StateMachine: SUCCEEDED in 2 transitions, 0 Lambda invocations, $0.000050")


def test_json_shows_nothing_even_on_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps(MACHINE))
    out, shown = run_on_terminal(path, "--json")
    assert json.loads(out)["output"] == "over"
    assert shown == ""


def test_the_board_follows_each_state_to_its_end() -> None:
    board = _Board()
    entered = {"id": 2, "type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "T [1/2]"}}
    events = [
        {"id": 1, "type": "ExecutionStarted"},
        entered,
        {"id": 3, "type": "TaskScheduled", "previousEventId": 2},
        {"id": 4, "type": "TaskFailed", "previousEventId": 3},
        {"id": 5, "type": "TaskStateExited", "previousEventId": 4},
    ]
    statuses = []
    for event in events:
        board.watch(event)
        statuses.append([row.status for row in board._rows])
    assert statuses == [[], ["running"], ["running"], ["failed"], ["done"]]
    for number in range(40):
        board.watch({**entered, "id": 10 + number})
    assert len(board._rows) == 16
    console = Console(width=80, color_system=None)
    with console.capture() as captured:
        console.print(board.table())
    assert captured.get().count("T [1/2]") == 16

"""The live view of a run: the last states, as they are entered and left. Only on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.live import Live

__all__ = ["live_view", "paused"]

Watcher = Callable[[dict[str, Any]], None]

_ROWS: Final = 16
_FAILED_EVENTS: Final = ("TaskFailed", "TaskTimedOut", "LambdaFunctionFailed", "LambdaFunctionTimedOut")


@dataclass(slots=True)
class _Row:
    kind: str
    name: str
    status: str
    style: str


@contextmanager
def live_view(enabled: bool) -> Iterator[Watcher | None]:
    """Yield a function to call with each event of the run, or None where there is no terminal to show it on."""
    if not enabled or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.live import Live

    board = _Board()
    console = Console(stderr=True)
    with Live(console=console, get_renderable=board.table, refresh_per_second=10, transient=True) as live:
        _shown.append(live)
        try:
            yield board.watch
        finally:
            _shown.remove(live)


_shown: "list[Live]" = []


@contextmanager
def paused() -> Iterator[None]:
    """Take the view away inside the block, so that something can be asked."""
    for live in _shown:
        live.stop()
    try:
        yield
    finally:
        for live in _shown:
            live.start(refresh=True)


class _Board:
    """Follows the events of a run and keeps the rows to show."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._open: dict[int, _Row] = {}
        self._entered = 0

    def watch(self, event: dict[str, Any]) -> None:
        """Take one event of the history."""
        kind = event["type"]
        if kind.endswith("StateEntered"):
            self._entered += 1
            row = _Row(kind.removesuffix("StateEntered"), event["stateEnteredEventDetails"]["name"], "running", "cyan")
            self._rows = [*self._rows[1 - _ROWS :], row]
            self._open[event["id"]] = row
            return
        row_of_event = self._open.get(event.get("previousEventId", 0))
        if row_of_event is None:
            return
        # The chain of previous events leads from each event back to the entry of its state.
        self._open[event["id"]] = row_of_event
        if kind.endswith("StateExited"):
            del self._open[event["id"]]
            row_of_event.status, row_of_event.style = "done", "green"
        elif kind in _FAILED_EVENTS:
            row_of_event.status, row_of_event.style = "failed", "red"

    def table(self) -> Any:
        """Return the table to draw."""
        from rich.table import Table
        from rich.text import Text

        table = Table(title=f"{self._entered} states entered", title_justify="left", box=None, padding=(0, 2))
        for heading in ("state", "kind", ""):
            table.add_column(heading)
        for row in self._rows:
            # Text, since brackets in the name of a state are no markup.
            table.add_row(Text(row.name), row.kind, Text(row.status, row.style))
        return table

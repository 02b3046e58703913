"""How diagnostics look: full (source lines and carets), concise (one line each) and JSON.

Pure functions from diagnostics to text; what is printed where is the business of the command line.
"""

import json
import os
from collections.abc import Iterable, Sequence
from typing import Any, Final, TextIO

from pysfnc.diagnostics.columns import display_line
from pysfnc.diagnostics.model import Diagnostic, Severity
from pysfnc.diagnostics.sink import SHOWN_AT_MOST, shown
from pysfnc.lean import dataclass
from pysfnc.source import Span

__all__ = ["render_all", "render_concise", "render_full", "render_json", "wants_color"]

_COLORS: Final = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "frame": "\x1b[1;34m", "strong": "\x1b[1m"}
_RESET: Final = "\x1b[0m"


def wants_color(stream: TextIO) -> bool:
    """Return whether colour belongs on `stream`: a terminal that can show it and a user who wants it."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def render_all(diagnostics: Sequence[Diagnostic], format: str, *, color: bool = False) -> str:
    """Render diagnostics as "full", "concise" or "json", at most 20 and how many are left; ends in a line feed."""
    if format == "json":
        return render_json(diagnostics) + "\n"
    listed, left = shown(list(diagnostics))
    render = render_concise if format == "concise" else render_full
    parts = [render(diagnostic, color=color) for diagnostic in listed]
    if left:
        parts.append(f"... and {left} more; the first {SHOWN_AT_MOST} are shown")
    between = "\n" if format == "concise" else "\n\n"
    return between.join(parts) + "\n" if parts else ""


def render_concise(diagnostic: Diagnostic, *, color: bool = False) -> str:
    """Render one diagnostic as `file:line:col: SFN214 message; write instead ...`."""
    place = f"{diagnostic.span}: " if diagnostic.span else ""
    head = f"{place}{_paint(diagnostic.code.number, diagnostic.code.severity.value, color)} {diagnostic.message}"
    return "; ".join([head, *(" ".join(help.split()) for help in diagnostic.helps[:1])])


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Render all diagnostics as a JSON array; lines and columns count from 1, the end column is exclusive."""
    return json.dumps([_as_json(diagnostic) for diagnostic in diagnostics], indent=2, ensure_ascii=False)


def render_full(diagnostic: Diagnostic, *, color: bool = False) -> str:
    """Render one diagnostic with its source lines, carets, labels, notes and helps."""
    kind = diagnostic.code.severity.value
    lines = [
        _paint(f"{kind}[{diagnostic.code.number}]", kind, color) + _paint(f": {diagnostic.message}", "strong", color)
    ]
    marks = _marks(diagnostic)
    gutter = len(str(max((mark.span.line for mark in marks), default=1)))
    for index, (span, group) in enumerate(_by_file(marks)):
        arrow = "-->" if index == 0 else ":::"
        lines.append(" " * gutter + _paint(arrow, "frame", color) + f" {span}")
        lines.extend(_snippet(group, gutter, kind, color))
    for word, texts in (("note", diagnostic.notes), ("help", diagnostic.helps)):
        lines.extend(_remark(word, text, gutter, color) for text in texts)
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Mark:
    """An underlined piece of one source line: the primary one with carets, the others with dashes."""

    span: Span
    text: str
    primary: bool


def _marks(diagnostic: Diagnostic) -> list[_Mark]:
    if diagnostic.span is None:
        return []
    primary = _Mark(diagnostic.span.head(), diagnostic.label, True)
    return [primary, *(_Mark(label.span.head(), label.text, False) for label in diagnostic.labels)]


def _by_file(marks: list[_Mark]) -> list[tuple[Span, list[_Mark]]]:
    """Group marks by file, that of the primary mark first, each with the span to name in its header."""
    groups: dict[int, tuple[Span, list[_Mark]]] = {}
    for mark in marks:
        groups.setdefault(id(mark.span.file), (mark.span, []))[1].append(mark)
    return list(groups.values())


def _snippet(marks: list[_Mark], gutter: int, kind: str, color: bool) -> list[str]:
    bar = _paint(" " * gutter + " |", "frame", color)
    lines = [bar]
    before: int | None = None
    for number in sorted({mark.span.line for mark in marks}):
        if before is not None and number > before + 1:
            lines.append(bar)
        before = number
        here = sorted((mark for mark in marks if mark.span.line == number), key=lambda mark: mark.span.column)
        focus = next((mark for mark in here if mark.primary), here[0]).span
        shown_line = display_line(focus.file.line(number), focus.column)
        lines.append(_paint(f"{number:>{gutter}} |", "frame", color) + f" {shown_line.text}".rstrip())
        for mark in here:
            start = shown_line.column(mark.span.column)
            width = max(shown_line.column(mark.span.end_column) - start, 1)
            drawn = ("^" if mark.primary else "-") * width + (f" {mark.text}" if mark.text else "")
            lines.append(f"{bar} {' ' * start}{_paint(drawn, kind if mark.primary else 'frame', color)}")
    return lines


def _remark(word: str, text: str, gutter: int, color: bool) -> str:
    head, *rest = text.split("\n")
    indent = " " * (gutter + len(f" = {word}: "))
    first = " " * gutter + _paint(" = ", "frame", color) + _paint(word, "strong", color) + f": {head}"
    return "\n".join([first, *(f"{indent}{line}".rstrip() for line in rest)])


def _paint(text: str, role: str, color: bool) -> str:
    return f"{_COLORS[role]}{text}{_RESET}" if color else text


def _as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code.number,
        "slug": diagnostic.code.slug,
        "severity": diagnostic.code.severity.value,
        "message": diagnostic.message,
        "span": _span_as_json(diagnostic.span),
        "label": diagnostic.label,
        "labels": [{"span": _span_as_json(label.span), "text": label.text} for label in diagnostic.labels],
        "notes": list(diagnostic.notes),
        "helps": list(diagnostic.helps),
    }


def _span_as_json(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "file": span.file.name,
        "start": {"line": span.line, "column": span.column + 1},
        "end": {"line": span.end_line, "column": span.end_column + 1},
    }


# Every severity has a colour; a new one without would fail here and not in front of a user.
assert all(severity.value in _COLORS for severity in Severity)

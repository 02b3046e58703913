"""The sink: receipts, one report per cause, order, the cap."""

import pytest

from pysfnc.diagnostics import Code, Label, Reported, Severity, Sink, codes, shown
from pysfnc.source import SourceFile, Span

FILE = SourceFile("app.py", "\n".join(f"line {number}" for number in range(1, 60)))


def at(line: int, column: int = 0) -> Span:
    return Span(FILE, line, column, line, column + 1)


def test_one_cause_is_reported_once() -> None:
    sink = Sink()
    first = sink.error(codes.UNDEFINED_NAME, at(1), "`x` is not defined")
    again = sink.error(codes.UNDEFINED_NAME, at(1), "`x` is not defined, found another way")
    assert again is first
    assert len(sink.diagnostics) == 1
    sink.error(codes.TYPE_NEEDED, at(1), "another code")
    sink.error(codes.UNDEFINED_NAME, at(1, 3), "another place")
    assert len(sink.diagnostics) == 3


def test_messages_without_a_place_are_told_apart_by_their_words() -> None:
    sink = Sink()
    sink.error(codes.NO_WORKFLOW, None, "one")
    sink.error(codes.NO_WORKFLOW, None, "two")
    sink.error(codes.NO_WORKFLOW, None, "one")
    assert [item.message for item in sink.diagnostics] == ["one", "two"]


def test_diagnostics_come_in_source_order() -> None:
    sink = Sink()
    other = Span(SourceFile("a.py", "x"), 1, 0, 1, 1)
    for span in (at(5), None, at(2, 4), at(2, 1), other):
        sink.error(codes.UNDEFINED_NAME, span, "m")
    assert [str(item.span) for item in sink.diagnostics] == [
        "a.py:1:1",
        "app.py:2:2",
        "app.py:2:5",
        "app.py:5:1",
        "None",
    ]


def test_only_a_sink_makes_receipts() -> None:
    diagnostic = Sink().error(codes.UNDEFINED_NAME, at(1), "m").diagnostic
    with pytest.raises(TypeError, match="only a Sink"):
        Reported(diagnostic, object())


def test_a_mark_counts_new_errors_only() -> None:
    sink = Sink()
    sink.error(codes.UNDEFINED_NAME, at(1), "m")
    mark = sink.mark()
    sink.error(codes.UNDEFINED_NAME, at(1), "m")
    assert sink.errors_since(mark) == 0
    sink.error(codes.UNDEFINED_NAME, at(2), "m")
    assert sink.errors_since(mark) == 1


def test_warnings_do_not_stop_a_compilation() -> None:
    sink = Sink()
    sink.error(Code("SFN199", "odd", "odd", Severity.WARNING), at(1), "m")
    assert not sink.has_errors
    sink.error(codes.TYPE_NEEDED, at(2), "m")
    assert sink.has_errors


def test_labels_and_helps_take_the_short_forms() -> None:
    diagnostic = (
        Sink()
        .error(codes.TYPE_NEEDED, at(1), "m", labels=[(at(2), "why"), Label(at(3), "also")], help="write instead: `x`")
        .diagnostic
    )
    assert diagnostic.labels == (Label(at(2), "why"), Label(at(3), "also"))
    assert diagnostic.helps == ("write instead: `x`",)


def test_the_cap_keeps_errors_and_counts_the_rest() -> None:
    sink = Sink()
    warning = Code("SFN199", "odd", "odd", Severity.WARNING)
    for line in range(1, 31):
        sink.error(warning if line <= 25 else codes.TYPE_NEEDED, at(line), "m")
    kept, left = shown(sink.diagnostics)
    assert len(kept) == 20 and left == 10
    assert sum(item.is_error for item in kept) == 5
    assert kept == sorted(kept, key=lambda item: item.order)
    assert shown(sink.diagnostics[:20]) == (sink.diagnostics[:20], 0)

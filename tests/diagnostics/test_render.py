"""How diagnostics look."""

import io
import json

import pytest

from pysfnc.diagnostics import Sink, codes
from pysfnc.diagnostics.render import render_all, render_concise, render_full, wants_color
from pysfnc.source import SourceFile, Span

FILE = SourceFile(
    "orders.py",
    'def pay(order):\n    if order["rush"]:\n        fee = 10\n\n    return fee\n'
    '\tx = "漢字" + fee\n\x1b[31mred\u202e\n',
)
OTHER = SourceFile("prices.py", "FEE = 3\n")


def at(line: int, column: int, end: int, file: SourceFile = FILE) -> Span:
    return Span(file, line, column, line, end)


def unset(sink: Sink) -> None:
    sink.error(
        codes.MAYBE_UNSET,
        at(5, 11, 14),
        "`fee` may be unset when this line runs",
        label="read here on a path without an assignment",
        labels=[(at(2, 7, 20), "assigned only when this holds")],
        notes=["CPython raises UnboundLocalError\non that path"],
        help="write instead, before the `if`: `fee = 0`",
    )


def test_full_form() -> None:
    sink = Sink()
    unset(sink)
    assert render_full(sink.diagnostics[0]) == (
        "error[SFN202]: `fee` may be unset when this line runs\n"
        " --> orders.py:5:12\n"
        "  |\n"
        '2 |     if order["rush"]:\n'
        "  |        ------------- assigned only when this holds\n"
        "  |\n"
        "5 |     return fee\n"
        "  |            ^^^ read here on a path without an assignment\n"
        "  = note: CPython raises UnboundLocalError\n"
        "          on that path\n"
        "  = help: write instead, before the `if`: `fee = 0`"
    )


def test_concise_form() -> None:
    sink = Sink()
    unset(sink)
    assert render_concise(sink.diagnostics[0]) == (
        "orders.py:5:12: SFN202 `fee` may be unset when this line runs; write instead, before the `if`: `fee = 0`"
    )


def test_json_form_holds_everything() -> None:
    sink = Sink()
    unset(sink)
    (item,) = json.loads(render_all(sink.diagnostics, "json"))
    assert item["code"] == "SFN202" and item["slug"] == "maybe-unset" and item["severity"] == "error"
    assert item["span"] == {"file": "orders.py", "start": {"line": 5, "column": 12}, "end": {"line": 5, "column": 15}}
    assert item["labels"][0]["text"] == "assigned only when this holds"
    assert item["helps"] == ["write instead, before the `if`: `fee = 0`"]
    assert json.loads(render_all([], "json")) == []


def test_carets_stand_under_wide_characters_and_tabs() -> None:
    sink = Sink()
    sink.error(codes.TYPE_MISMATCH, at(6, 5, 9), "m")
    lines = render_full(sink.diagnostics[0]).split("\n")
    assert lines[3] == '6 |     x = "漢字" + fee'
    assert lines[4] == "  |         ^^^^^^"  # four for the tab, then `x = `; the two wide characters take four columns


def test_control_characters_of_the_file_do_not_reach_the_terminal() -> None:
    sink = Sink()
    sink.error(codes.UNSUPPORTED_EXPRESSION, at(7, 5, 8), "m")
    text = render_full(sink.diagnostics[0])
    assert "\x1b" not in text and "\u202e" not in text
    assert text.endswith("|      ^^^")


def test_two_labels_on_one_line_and_a_second_file() -> None:
    sink = Sink()
    sink.error(
        codes.ALIAS_MUTATION,
        at(2, 7, 12),
        "m",
        label="changed",
        labels=[(at(2, 13, 19), "key"), (at(1, 0, 3, OTHER), "first held here")],
    )
    assert render_full(sink.diagnostics[0]) == (
        "error[SFN401]: m\n"
        " --> orders.py:2:8\n"
        "  |\n"
        '2 |     if order["rush"]:\n'
        "  |        ^^^^^ changed\n"
        "  |              ------ key\n"
        " ::: prices.py:1:1\n"
        "  |\n"
        "1 | FEE = 3\n"
        "  | --- first held here"
    )


def test_a_span_of_many_lines_underlines_the_first() -> None:
    sink = Sink()
    sink.error(codes.UNSUPPORTED_STATEMENT, Span(FILE, 2, 4, 3, 16), "m", label="here")
    assert render_full(sink.diagnostics[0]).endswith('2 |     if order["rush"]:\n  |     ^^^^^^^^^^^^^^^^^ here')


def test_a_long_line_is_clipped_around_the_place() -> None:
    line = "x" * 5000 + " bad " + "y" * 5000
    sink = Sink()
    sink.error(codes.UNDEFINED_NAME, Span(SourceFile("a.py", line), 1, 5001, 1, 5004), "m")
    *_, source, carets = render_full(sink.diagnostics[0]).split("\n")
    assert len(source) < 200
    assert source[carets.index("^") : carets.rindex("^") + 1] == "bad"


def test_a_whole_long_line_underlined_stays_inside_it() -> None:
    sink = Sink()
    sink.error(codes.UNDEFINED_NAME, Span(SourceFile("a.py", "x" * 5000), 1, 0, 1, 5000), "m")
    *_, source, carets = render_full(sink.diagnostics[0]).split("\n")
    assert len(carets) <= len(source) < 200


def test_no_place_and_a_place_past_the_end() -> None:
    sink = Sink()
    sink.error(codes.NO_WORKFLOW, None, "no function is marked `@workflow`", notes=["a note"])
    assert render_full(sink.diagnostics[0]) == "error[SFN108]: no function is marked `@workflow`\n  = note: a note"
    assert render_concise(sink.diagnostics[0]) == "SFN108 no function is marked `@workflow`"
    sink = Sink()
    sink.error(codes.SYNTAX_ERROR, at(99, 3, 4), "unexpected end")
    assert render_full(sink.diagnostics[0]).endswith("99 |\n   |    ^")


def test_line_numbers_align_over_digits() -> None:
    file = SourceFile("a.py", "\n".join(f"v{n}" for n in range(1, 120)))
    sink = Sink()
    sink.error(codes.UNDEFINED_NAME, at(101, 0, 2, file), "m", labels=[(at(9, 0, 2, file), "x")])
    assert "  9 | v9\n    | -- x\n    |\n101 | v101\n    | ^^" in render_full(sink.diagnostics[0])


def test_many_are_capped_with_a_count_except_as_json() -> None:
    sink = Sink()
    file = SourceFile("a.py", "\n" * 40)
    for line in range(1, 31):
        sink.error(codes.UNDEFINED_NAME, at(line, 0, 1, file), "m")
    assert render_all(sink.diagnostics, "concise").endswith("... and 10 more; the first 20 are shown\n")
    assert len(json.loads(render_all(sink.diagnostics, "json"))) == 30


def test_colour_wraps_and_changes_no_text() -> None:
    sink = Sink()
    unset(sink)
    plain, colored = (render_full(sink.diagnostics[0], color=color) for color in (False, True))
    assert colored != plain
    for escape in ("\x1b[1;31m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"):
        assert escape in colored
        colored = colored.replace(escape, "")
    assert colored == plain


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_only_on_a_terminal_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_color(Terminal())
    assert not wants_color(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_color(Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_color(Terminal())

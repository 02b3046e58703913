"""Spans: from syntax nodes, joined, printed."""

import ast

from pysfnc.source import SourceFile, Span


def spans_of_names(file: SourceFile) -> dict[str, Span]:
    tree = ast.parse(file.text)
    return {node.id: Span.of_node(file, node) for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_span_of_a_node_counts_characters() -> None:
    file = SourceFile("a.py", "x = '😀é' + total\n")
    span = spans_of_names(file)["total"]
    assert (span.line, span.column, span.end_line, span.end_column) == (1, 11, 1, 16)
    assert span.text == "total"
    assert str(span) == "a.py:1:12"


def test_join_covers_both_and_stays_in_one_file() -> None:
    file = SourceFile("a.py", "first = (\n  second\n)\n")
    spans = spans_of_names(file)
    both = spans["second"].join(spans["first"])
    assert both == spans["first"].join(spans["second"])
    assert both.text == "first = (\n  second"
    assert both.head().text == "first = ("
    assert spans["first"].head() is spans["first"]
    other = Span.of_line(SourceFile("b.py", "x"), 1)
    assert both.join(other) is both


def test_a_node_without_position_and_a_line() -> None:
    file = SourceFile("a.py", "   x = 1  \n")
    assert Span.of_node(file, ast.parse("")).line == 1
    assert Span.of_line(file, 1).text == "x = 1"
    assert Span.of_line(file, 2).end_column == 1


def test_equality_is_by_place_in_the_same_file_object() -> None:
    first, twin = SourceFile("a.py", "x"), SourceFile("a.py", "x")
    assert Span(first, 1, 0, 1, 1) == Span(first, 1, 0, 1, 1)
    assert Span(first, 1, 0, 1, 1) != Span(twin, 1, 0, 1, 1)
    assert len({Span(first, 1, 0, 1, 1), Span(first, 1, 0, 1, 1)}) == 1

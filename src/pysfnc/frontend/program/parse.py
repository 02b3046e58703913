"""Text to syntax tree: every fault of a file becomes a diagnostic, and none an exception.

Owns reading, parsing and the measure of nesting. It does not know what anything in the tree means.
"""

import ast
import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pysfnc.diagnostics import Sink, codes
from pysfnc.frontend.program.private_names import spell_private_names
from pysfnc.source import SourceError, SourceFile, Span

MAX_DEPTH: Final = 150
"""How deep syntax may be nested in code that is compiled; `+` of as many terms is as deep. Walks of the tree recurse per level."""

_TOO_DEEP: Final = "the code is nested too deep for Python's parser"


def read_source(path: str, sink: Sink) -> SourceFile | None:
    """Read a file; None after reporting why not."""
    try:
        return SourceFile.read(path)
    except SourceError as error:
        sink.error(codes.UNREADABLE_FILE, None, str(error))
        return None


def parse_source(source: SourceFile, sink: Sink) -> ast.Module | None:
    """Parse a file as `python` would, down to faults that only its compiler finds (`return` outside a function); None after reporting."""
    try:
        with _undisturbed():
            tree = ast.parse(source.text, source.name)
            compile(source.text, source.name, "exec", dont_inherit=True)
    except SyntaxError as error:
        sink.error(codes.SYNTAX_ERROR, _span_of(source, error), _message_of(error))
    except (RecursionError, MemoryError):
        sink.error(codes.NESTING_TOO_DEEP, Span.of_line(source, _deepest_line(source)), _TOO_DEEP)
    except ValueError as error:  # a lone surrogate that an unusual encoding let through
        sink.error(codes.SYNTAX_ERROR, None, f"{source.name}: {error}")
    else:
        if "__" in source.text:
            spell_private_names(tree)
        return tree
    return None


def parse_expression(text: str) -> ast.expr | None:
    """Parse an annotation written as a string; None when it is no expression, or nested too deep."""
    try:
        with _undisturbed():
            parsed = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return None if first_too_deep(parsed) else parsed


def first_too_deep(node: ast.AST, limit: int = MAX_DEPTH) -> ast.AST | None:
    """The first node with a place that lies more than `limit` levels below `node`, or None. `elif` is no level. Does not recurse."""
    todo = [(node, 0)]
    while todo:
        parent, depth = todo.pop()
        if depth > limit and hasattr(parent, "lineno"):
            return parent
        chained = parent.orelse[0] if isinstance(parent, ast.If) and len(parent.orelse) == 1 else None
        todo.extend(
            (child, depth if child is chained and isinstance(child, ast.If) else depth + 1)
            for child in ast.iter_child_nodes(parent)
        )
    return None


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Parse without Python's warnings about the user's file, and without the garbage collector, which finds nothing in a
    growing tree and takes half the time of a long file."""
    collects = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if collects:
            gc.enable()


def _span_of(source: SourceFile, error: SyntaxError) -> Span:
    line = min(max(error.lineno or 1, 1), len(source.lines))
    if not error.offset or error.offset < 1:
        return Span.of_line(source, line)
    column = min(error.offset - 1, len(source.line(line)))
    end_line, end_column = line, column + 1
    if error.end_lineno and error.end_offset and (error.end_lineno, error.end_offset - 1) > (line, column):
        end_line = min(error.end_lineno, len(source.lines))
        end_column = min(error.end_offset - 1, len(source.line(end_line)))
    if (end_line, end_column) <= (line, column):
        end_line, end_column = line, column + 1
    return Span(source, line, column, end_line, end_column)


def _message_of(error: SyntaxError) -> str:
    text = error.msg or "invalid syntax"
    return text.removesuffix(".") if not text.endswith("..") else text


def _deepest_line(source: SourceFile) -> int:
    """The longest line with the most brackets and operators: where the nesting is, as far as text can tell."""

    def depth(line: str) -> int:
        return len(line) + 10 * sum(map(line.count, "([{+-*~"))

    return max(range(len(source.lines)), key=lambda index: depth(source.lines[index])) + 1

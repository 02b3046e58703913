"""Spans: where a piece of source text begins and ends.

Lines count from 1, columns from 0 in characters (not bytes); the end is exclusive.
"""

import ast

from pysfnc.lean import dataclass
from pysfnc.source.text import SourceFile

__all__ = ["Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters in one file."""

    file: SourceFile
    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def of_node(cls, file: SourceFile, node: ast.AST) -> "Span":
        """Return the span of a syntax node that has a position; a node without one gets the first character."""
        line = getattr(node, "lineno", None)
        if line is None:
            return cls(file, 1, 0, 1, 1)
        column = file.column_of_byte(line, getattr(node, "col_offset", 0))
        end_line = getattr(node, "end_lineno", None) or line
        end_byte = getattr(node, "end_col_offset", None)
        end_column = column + 1 if end_byte is None else file.column_of_byte(end_line, end_byte)
        return cls(file, line, column, end_line, end_column)

    @classmethod
    def of_line(cls, file: SourceFile, line: int) -> "Span":
        """Return the span of the text of one line, without the blanks around it."""
        text = file.line(line)
        start = len(text) - len(text.lstrip())
        return cls(file, line, start, line, max(len(text.rstrip()), start + 1))

    def join(self, other: "Span") -> "Span":
        """Return the smallest span of the same file that holds both; `self` when the files differ."""
        if other.file is not self.file:
            return self
        start = min((self.line, self.column), (other.line, other.column))
        end = max((self.end_line, self.end_column), (other.end_line, other.end_column))
        return Span(self.file, *start, *end)

    def head(self) -> "Span":
        """Return the part of the span on its first line, which is what an error about a block underlines."""
        if self.end_line == self.line:
            return self
        return Span(self.file, self.line, self.column, self.line, max(len(self.file.line(self.line)), self.column + 1))

    @property
    def text(self) -> str:
        """The source text that the span covers."""
        lines = [self.file.line(number) for number in range(self.line, self.end_line + 1)]
        lines[-1] = lines[-1][: self.end_column]
        lines[0] = lines[0][self.column :]
        return "\n".join(lines)

    @property
    def order(self) -> tuple[str, int, int, int, int]:
        """A key that sorts spans by file name and position."""
        return (self.file.name, self.line, self.column, self.end_line, self.end_column)

    def __str__(self) -> str:
        """Return `file:line:column`, both counted from 1 as editors do."""
        return f"{self.file.name}:{self.line}:{self.column + 1}"

    def __repr__(self) -> str:
        return f"<{self}-{self.end_line}:{self.end_column + 1}>"

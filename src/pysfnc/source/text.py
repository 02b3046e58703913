"""Source files: reading, decoding, lines, and columns in characters and in UTF-8 bytes.

Owns everything between a path and a decoded text with a line table. Does not parse.
"""

import io
import os
import re
import tokenize
from dataclasses import field
from pathlib import Path

from pysfnc.lean import dataclass

__all__ = ["SourceError", "SourceFile", "display_path"]

_LINE_END = re.compile(r"\r\n?")


class SourceError(Exception):
    """A source file cannot be read. `str()` is one line for the user that names the file and the reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def display_path(path: str) -> str:
    """Return `path` as people want to read it: relative when it lies below the working directory, else as it is."""
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):  # the working directory is gone, or another drive
        return path
    return path if relative.startswith(os.pardir) else relative


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """One decoded source file.

    `path` is the path for opening it, `name` the path for people. `text` has line ends normalised to a line feed, as
    Python's own tokenizer does, also inside string literals. Two files are the same only if they are the same object.
    """

    path: str
    text: str
    name: str = ""
    lines: tuple[str, ...] = field(init=False, repr=False)
    is_ascii: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        text = _LINE_END.sub("\n", self.text)
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "name", self.name or display_path(self.path))
        # Only the line feed ends a line in Python; str.splitlines would also split at form feeds and U+2028.
        object.__setattr__(self, "lines", tuple(text.split("\n")))
        object.__setattr__(self, "is_ascii", text.isascii())

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> "SourceFile":
        """Read and decode a Python file (byte order mark, coding comment, else UTF-8).

        Raises SourceError, with one clear line, for a file that is missing, is no regular file, may not be read, is
        binary, or is not text in the encoding that it declares.
        """
        shown = display_path(os.fspath(path))
        return cls(os.fspath(path), decode(read_bytes(path), shown), shown)

    def line(self, number: int) -> str:
        """Return line `number`, counted from 1, without its end; an empty text when there is none."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def column_of_byte(self, line: int, byte: int) -> int:
        """Turn a UTF-8 byte offset in a line, as `ast` counts, into a 0-based column in characters."""
        if self.is_ascii or (text := self.line(line)).isascii():
            return byte
        return len(text.encode("utf-8", "surrogatepass")[:byte].decode("utf-8", "ignore"))

    def byte_of_column(self, line: int, column: int) -> int:
        """Turn a 0-based column in characters into a UTF-8 byte offset, as `ast` counts."""
        if self.is_ascii:
            return column
        return len(self.line(line)[:column].encode("utf-8", "surrogatepass"))


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Read a whole regular file, or raise SourceError with one clear line."""
    shown = display_path(os.fspath(path))
    try:
        target = Path(path)
        if target.is_dir():
            raise SourceError(shown, "is a directory, not a Python file")
        if target.exists() and not target.is_file():
            raise SourceError(shown, "is not a regular file")
        return target.read_bytes()
    except FileNotFoundError:
        raise SourceError(shown, "no such file") from None
    except ValueError:  # a path with a null character
        raise SourceError(repr(shown), "is not a file name") from None
    except OSError as error:
        raise SourceError(shown, f"cannot be read: {error.strerror or error}") from None


def decode(data: bytes, shown: str) -> str:
    """Decode Python source by its byte order mark or coding comment; `shown` names the file in errors."""
    if b"\0" in data:
        raise SourceError(shown, "is a binary file, not Python source")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except SyntaxError as error:
        raise SourceError(shown, f"cannot be decoded: {error.msg}") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(shown, f"cannot be decoded: line {line} is not {encoding}") from None

"""Reading and decoding source files, and their columns."""

import os
from pathlib import Path

import pytest

from pysfnc.source import SourceError, SourceFile, display_path


def write(folder: Path, data: bytes) -> Path:
    path = folder / "app.py"
    path.write_bytes(data)
    return path


def test_lines_end_only_where_python_ends_them() -> None:
    file = SourceFile("a.py", "one\r\ntwo\rthree\nfo\x0cur\u2028still four")
    assert file.lines == ("one", "two", "three", "fo\x0cur\u2028still four")
    assert file.line(2) == "two"
    assert file.line(0) == "" and file.line(9) == ""


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 'caf\xc3\xa9'", "x = 'caf\u00e9'"),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'", "# -*- coding: latin-1 -*-\nx = '\u00e9'"),
        (b"", ""),
    ],
)
def test_encoding_is_found_as_python_finds_it(tmp_path: Path, data: bytes, text: str) -> None:
    assert SourceFile.read(write(tmp_path, data)).text == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = '\xe9'", "cannot be decoded: invalid or missing encoding declaration"),
        (b"\n\n\nx = '\xe9'", "cannot be decoded: line 4 is not utf-8"),
        (b"# coding: klingon\nx = 1", "cannot be decoded: unknown encoding: klingon"),
        (b"\x7fELF\0\0", "is a binary file, not Python source"),
        ("x = 1".encode("utf-16"), "is a binary file, not Python source"),
    ],
)
def test_undecodable_files_have_one_clear_line(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        SourceFile.read(write(tmp_path, data))
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "app.py" in str(caught.value)


def test_missing_files_and_folders_have_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nothing\.py: no such file"):
        SourceFile.read(tmp_path / "nothing.py")
    with pytest.raises(SourceError, match="is a directory, not a Python file"):
        SourceFile.read(tmp_path)
    with pytest.raises(SourceError, match="not a regular file"):
        SourceFile.read("/dev/null")
    with pytest.raises(SourceError, match="is not a file name"):
        SourceFile.read("a\0b.py")


def test_columns_convert_both_ways_on_every_kind_of_character() -> None:
    file = SourceFile("a.py", "a = 'é€😀' + b\nplain = 1")
    for column in range(len(file.line(1)) + 1):
        assert file.column_of_byte(1, file.byte_of_column(1, column)) == column
    assert file.column_of_byte(1, len(file.line(1).encode())) == len(file.line(1))
    assert file.column_of_byte(2, 5) == 5


def test_display_path_is_relative_below_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert display_path(str(tmp_path / "here" / "a.py")) == "a.py"
    outside = str(tmp_path / "a.py")
    assert display_path(outside) == outside
    assert display_path("sub" + os.sep + "a.py") == os.path.join("sub", "a.py")

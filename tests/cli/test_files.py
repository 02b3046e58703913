"""Writing files whole or not at all."""

import errno
import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pysfnc.cli.files import staged_folder, write_file

LIMIT = 64 * 1024


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Let no file grow beyond 64 KiB, which fails as a full disk does: in the middle of writing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_writes_a_new_file_with_the_usual_mode(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        write_file(tmp_path / "a.json", b"new")
    finally:
        os.umask(mask)
    assert (tmp_path / "a.json").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o640


def test_replaces_a_file_and_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_bytes(b"old")
    target.chmod(0o604)
    write_file(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o604
    assert os.listdir(tmp_path) == ["a.json"]


def test_follows_a_link_to_the_file_behind_it(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path, small_disk: None) -> None:
    target = tmp_path / "a.json"
    target.write_bytes(b"old")
    with pytest.raises(OSError) as caught:
        write_file(target, b"x" * (LIMIT + 1))
    assert caught.value.errno == errno.EFBIG
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_device_is_written_and_its_failure_seen() -> None:
    write_file("/dev/null", b"x")
    with pytest.raises(OSError) as caught:
        write_file("/dev/full", b"x")
    assert caught.value.errno == errno.ENOSPC


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_file(tmp_path, b"x")


def test_a_staged_folder_appears_whole(tmp_path: Path) -> None:
    out = tmp_path / "a" / "build"
    with staged_folder(out) as stage:
        (stage / "one").write_text("1")
        (stage / "sub").mkdir()
        (stage / "sub" / "two").write_text("2")
        assert not (out / "one").exists()
    assert (out / "one").read_text() == "1"
    assert (out / "sub" / "two").read_text() == "2"
    assert sorted(os.listdir(out)) == ["one", "sub"]


def test_a_staged_folder_keeps_other_files_and_replaces_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "one").write_text("old")
    with staged_folder(tmp_path) as stage:
        (stage / "one").write_text("new")
    assert (tmp_path / "mine").read_text() == "mine"
    assert (tmp_path / "one").read_text() == "new"


def test_a_failure_while_staging_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "keep").mkdir()
    out = tmp_path / "a" / "build"
    with pytest.raises(OSError), staged_folder(out) as stage:
        (stage / "one").write_text("1")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert os.listdir(tmp_path) == ["keep"]


def test_a_folder_in_the_way_moves_nothing(tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    with pytest.raises(IsADirectoryError), staged_folder(tmp_path) as stage:
        (stage / "one").write_text("1")
        (stage / "two").write_text("2")
    assert os.listdir(tmp_path) == ["two"]


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError), staged_folder(tmp_path / "file" / "sub"):
        pass
    assert (tmp_path / "file").read_text() == "x"

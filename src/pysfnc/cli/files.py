"""Writing files so that nobody ever sees half of one.

A file is written beside its target under a temporary name and renamed at the end; a full disk, a crash or Ctrl-C leaves
the old file as it was. The files of a folder are all written before the first is renamed.
"""

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

__all__ = ["staged_folder", "write_file"]


def write_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Write one file whole or not at all; raises OSError. A device or a pipe is written directly."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise _is_folder(target)
    if target.exists() and not target.is_file():
        with target.open("wb", buffering=0) as stream:
            _write_all(stream.fileno(), data)
        return
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            _write_all(descriptor, data)
            if mode is not None:
                os.fchmod(descriptor, mode)
        finally:
            os.close(descriptor)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def staged_folder(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield an empty folder; what the body writes there is moved into `folder` at the end, or none of it.

    `folder` is made when missing, and its other files are left alone. Raises OSError; folders made for a write that
    failed are removed.
    """
    root = Path(folder)
    made: list[Path] = []
    stage = root / f".staged-{secrets.token_hex(6)}"
    try:
        _make_folder(root, made)
        stage.mkdir()
        yield stage
        moves = [(path, root / path.relative_to(stage)) for path in sorted(stage.rglob("*")) if path.is_file()]
        for _, target in moves:
            _make_folder(target.parent, made)
            if target.is_dir():
                raise _is_folder(target)
        for path, target in moves:
            os.replace(path, target)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir()
        raise
    shutil.rmtree(stage, ignore_errors=True)


def _is_folder(path: Path) -> OSError:
    return IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _make_folder(folder: Path, made: list[Path]) -> None:
    if folder.is_dir():
        return
    if folder.exists():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    if folder.parent != folder:
        _make_folder(folder.parent, made)
    folder.mkdir(exist_ok=True)
    made.append(folder)

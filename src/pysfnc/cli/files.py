"""Writing files so that nobody ever sees half of one.

Everything is written beside its target under a temporary name and renamed at the end; a full disk, a crash or Ctrl-C
leaves the old files as they were. Several files of a folder are all written before the first is renamed.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["write_file", "write_files"]


def write_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Write one file whole or not at all; raises OSError. A device or a pipe is written directly."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if target.exists() and not target.is_file():
        with target.open("wb", buffering=0) as stream:
            _write_all(stream.fileno(), data)
        return
    with _temporaries() as staged:
        staged.append((_write_temporary(target, data), target))


def write_files(folder: str | os.PathLike[str], files: Mapping[str, bytes]) -> None:
    """Write files into a folder, all or none of them; makes the folder and leaves its other files alone.

    `files` maps relative names with `/` to contents. Raises OSError; folders made for a write that failed are removed.
    """
    root = Path(folder)
    made: list[Path] = []
    try:
        with _temporaries() as staged:
            _make_folder(root, made)
            for name, data in files.items():
                target = root.joinpath(*name.split("/"))
                _make_folder(target.parent, made)
                if target.is_dir():
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
                staged.append((_write_temporary(target, data), target))
    except BaseException:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir()
        raise


_Staged = list[tuple[Path, Path]]


@contextlib.contextmanager
def _temporaries() -> Iterator[_Staged]:
    """Collect (temporary, target) pairs; rename all when the body succeeds, delete all when it fails."""
    staged: _Staged = []
    try:
        yield staged
        for temporary, target in staged:
            os.replace(temporary, target)
    except BaseException:
        for temporary, _ in staged:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        raise


def _write_temporary(target: Path, data: bytes) -> Path:
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        _write_all(descriptor, data)
        if mode is not None:
            os.fchmod(descriptor, mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    return temporary


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _make_folder(folder: Path, made: list[Path]) -> None:
    if folder.is_dir():
        return
    if folder.parent != folder:
        _make_folder(folder.parent, made)
    folder.mkdir(exist_ok=True)
    made.append(folder)

"""Writing files so that a failure leaves nothing half written, and paths that cannot leave the zip.

Used for the zip, the manifest and whatever else a build writes.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pysfnc.packaging.errors import PackagingFailed


@contextmanager
def system_errors_as(action: str) -> Iterator[None]:
    """Turn an `OSError` inside the block into a `PackagingFailed` that begins with `action`."""
    try:
        yield
    except OSError as error:
        raise PackagingFailed(f"{action}: {error.strerror or error}") from error


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file through `write`, then put it in place; on any failure the old file, or none, is there.

    Raises:
        PackagingFailed: the folder cannot be made or written, or the disk is full.
    """
    with system_errors_as(f"cannot write {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise


def write_text_atomically(path: Path, text: str) -> None:
    """Write `text` as UTF-8, all or nothing; errors as `write_atomically`."""
    write_atomically(path, lambda file: file.write(text.encode()))


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def checked_entry_name(name: str) -> str:
    """`name` when it is a plain relative path for a zip entry.

    Raises:
        PackagingFailed: it is absolute, climbs with ``..``, or holds a backslash, a drive or an empty part.
    """
    parts = name.split("/")
    plain = all(part not in ("", ".", "..") and "\\" not in part and "\0" not in part for part in parts)
    if not plain or PurePosixPath(name).is_absolute() or ":" in parts[0]:
        raise PackagingFailed(f"{name!r} cannot be a path in the zip")
    return name


def read_inside(path: Path, folder: Path) -> bytes:
    """The bytes of a regular file that lies, with all links followed, inside `folder`.

    Raises:
        PackagingFailed: it lies elsewhere, is no regular file or cannot be read.
    """
    with system_errors_as(f"cannot read {path}"):
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve(strict=True)):
            raise PackagingFailed(f"{path} leads outside of {folder}: it cannot go into the zip")
        if not real.is_file():
            raise PackagingFailed(f"{path} is no file: it cannot go into the zip")
        return real.read_bytes()

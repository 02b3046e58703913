"""Classes whose objects have the same attributes, so that JSON does not tell which class an object is of.

Owns the note of them while a program is lowered: whoever asks may find no answer, and the frontend then gives the objects of these classes a tag
(`frontend.declarations.class_tags`) and starts again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pysfnc.values.types import RecordClass

_MET: ContextVar[set[RecordClass] | None] = ContextVar("pysfnc_alike", default=None)


@contextmanager
def noting_alike() -> Iterator[set[RecordClass]]:
    """The classes that look alike where it matters, as long as this is open."""
    found: set[RecordClass] = set()
    token = _MET.set(found)
    try:
        yield found
    finally:
        _MET.reset(token)


def note_alike(one: RecordClass, other: RecordClass) -> None:
    """Note two classes whose objects were to be told apart and cannot be."""
    met = _MET.get()
    if met is not None:
        met |= {one, other}

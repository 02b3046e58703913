"""What the result of each primitive operation may share with its arguments: one row an operation.

Only operations with a result that can hold objects matter; an operation without a row shares whatever it could (`UNKNOWN`), which is safe and
refuses too much. A test holds every row of the library against this table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Put:
    """A container comes to hold argument `arg` itself, under the constant that argument `key` is, if it is one."""

    arg: int
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """A container comes to hold what argument `arg` holds.

    `keyed`: under the same keys. `inside`: each in a tuple of its own, at this index.
    """

    arg: int
    keyed: bool = False
    inside: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What a result may be, one or more of these.

    `same`: one of these arguments. `part_of`: what this argument holds, under the constant that argument `key` is.
    `new`, `literal`: a new container with this in it; it is the result too when nothing else is said. `repeats`: it may
    hold each several times.
    """

    same: tuple[int, ...] = ()
    part_of: int | None = None
    key: int | None = None
    new: tuple[Put | Spread, ...] = ()
    repeats: bool = False
    literal: str | None = None

    @property
    def makes(self) -> bool:
        """Whether the result may be a new object."""
        return bool(self.new) or self.literal is not None or not (self.same or self.part_of is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An operation that gives the changed value of its first argument: what it puts in there."""

    new: tuple[Put | Spread, ...] = ()
    drops: int | None = None
    """The argument that is the key of what goes out."""
    repeats: bool = False


FRESH: Final = Sharing()


def _copies(*args: int) -> Sharing:
    return Sharing(new=tuple(Spread(arg) for arg in args))


def _pairs(*args: int) -> Sharing:
    return Sharing(new=tuple(Spread(arg, inside=index) for index, arg in enumerate(args)))


SHARING: Final[dict[str, Sharing]] = {
    "list.make": Sharing(literal="list"),
    "tuple.make": Sharing(literal="tuple"),
    "dict.make": Sharing(literal="dict"),
    "list.get": Sharing(part_of=0),
}

CHANGES: Final[dict[str, Change]] = {
    "list.append": Change(new=(Put(1),)),
}


def sharing_of(op: str) -> Sharing | None:
    """The row of an operation; None when it may share anything."""
    return SHARING.get(op)


def change_of(op: str) -> Change | None:
    """What an operation does to its first argument where it stands for a change in place."""
    return CHANGES.get(op)


def rows() -> Sequence[str]:
    """The operations with a row."""
    return (*SHARING, *CHANGES)

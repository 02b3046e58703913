"""The `dataclass` of the compiler: what the standard one makes, at a third of what that costs when it is imported.

A command-line compiler is a short process, and the classes of its languages (types, trees, instructions) are many. The
standard decorator writes and compiles up to seven methods for each, most of which no run ever calls. Here `__init__`
is written by it, as before; the others share one function for all classes.

One thing is left to the type checker alone: that nothing is stored in an object of a `frozen` class. Strict checking
refuses it in this project, and `__init__` of such a class runs twice as fast without the guard.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        cls: type | None = None,
        /,
        *,
        frozen: bool = False,
        slots: bool = False,
        eq: bool = True,
        kw_only: bool = False,
    ) -> Any:
        """`dataclasses.dataclass`, with the parameters that this project uses."""

        def wrap(cls: type) -> type:
            if not cls.__doc__:
                cls.__doc__ = (
                    cls.__name__
                )  # else the standard one reads the signature, which takes longer than all else
            made = dataclasses.dataclass(cls, repr=False, eq=False, slots=slots, kw_only=kw_only)
            if "__repr__" not in cls.__dict__:
                made.__repr__ = _repr
            if eq:
                _compare_by_fields(made, hashable=frozen)
            return made

        return wrap if cls is None else wrap(cls)


def _repr(self: Any) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{type(self).__qualname__}({shown})"


def _compare_by_fields(cls: type, *, hashable: bool) -> None:
    """Gives a class `__eq__`, and `__hash__` where its objects do not change, unless it has its own."""
    own: Final = cls.__dict__
    fields: Final = dataclasses.fields(cls)
    has_own_hash: Final = "__hash__" in own and not (own["__hash__"] is None and "__eq__" in own)
    if "__eq__" not in own:
        cls.__eq__ = _equality(_getter([f.name for f in fields if f.compare]))  # type: ignore[assignment,method-assign]
    if has_own_hash:
        return
    hashed: Final = [f.name for f in fields if (f.compare if f.hash is None else f.hash)]
    cls.__hash__ = _hash(_getter(hashed)) if hashable else None  # type: ignore[assignment,method-assign]


def _getter(names: list[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda _: ()


def _equality(key: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def equal(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return key(self) == key(other)

    return equal


def _hash(key: Callable[[Any], Any]) -> Callable[[Any], int]:
    def hashed(self: Any) -> int:
        return hash(key(self))

    return hashed

"""No function that the library makes around an argument binds a name that the argument may use.

Variables of a program keep their names in the machine, but names that begin with `py_` are the library's own. What a row puts
around its arguments (the body of a `$map`, say) must therefore bind only such names; the functions of the prelude are closed and may
bind what they like.
"""

import itertools
from collections.abc import Iterator

import pytest

import pysfnc.backend.written
import pysfnc.frontend.build
import pysfnc.library.catalog  # noqa: F401  (fills the tables)
from pysfnc.jsonata.tree import Bind, Func, Ref, Seq, Tree
from pysfnc.jsonata.walk import tree_children
from pysfnc.library.rows.prelude import PRELUDE
from pysfnc.library.rows.registry import PRIMS
from pysfnc.library.rows.row import Arg, PrimRow
from pysfnc.values.types import BOOL, INT, JSON, NONE, STR, DictT, ListT, Type

TYPES: tuple[Type, ...] = (JSON, STR, INT, NONE, ListT(JSON), DictT(JSON))
USER = "user"


@pytest.mark.parametrize("op", sorted(PRIMS))
def test_rows_bind_only_names_of_the_library_around_their_arguments(op: str) -> None:
    captured = {
        name
        for tree in _trees(PRIMS[op])
        for name in _binders_over_user(tree)
        if name and (not name.startswith("py_") or name in PRELUDE)
    }
    assert not captured, f"{op} captures names of a program or of the prelude: {sorted(captured)}"


def _trees(row: PrimRow) -> Iterator[Tree]:
    for types in itertools.chain(*(itertools.product(TYPES, repeat=arity) for arity in (1, 2)), _many()):
        args = [Arg(Ref(USER), type_) for type_ in types]
        for result in (JSON, BOOL):
            try:
                checks = row.checks(args, result) if row.checks is not None else ()
                made = row.lower(args, result)
            except (AssertionError, AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError):
                continue  # The row does not take these.
            yield made
            for check in checks:
                yield check.ok
                yield check.message


def _many() -> Iterator[tuple[Type, ...]]:
    for arity in (3, 4):
        yield from ((first, *[other] * (arity - 1)) for first in TYPES for other in TYPES)


def _binders_over_user(tree: Tree) -> Iterator[str]:
    """The names that are bound where the argument is read."""
    match tree:
        case Ref(name):
            if name == USER:
                yield ""
        case Func(params, body):
            yield from _under(params, [body])
        case Seq(items):
            yield from _in_block(items)
        case _:
            for child in tree_children(tree):
                yield from _binders_over_user(child)


def _under(names: tuple[str, ...], scope: list[Tree]) -> Iterator[str]:
    inner = {name for part in scope for name in _binders_over_user(part)}
    yield from inner
    if inner:
        yield from names


def _in_block(items: "tuple[Tree | Bind, ...]") -> Iterator[str]:
    for index, item in enumerate(items):
        value = item.value if isinstance(item, Bind) else item
        later = [other.value if isinstance(other, Bind) else other for other in items[index + 1 :]]
        yield from _binders_over_user(value)
        if isinstance(item, Bind):
            yield from _under((item.name,), later)

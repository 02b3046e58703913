"""Sets: displays, comprehensions, `set()`, `frozenset()`, and what takes the items of a set without showing their order.

Owns the rule about the order: it is CPython's secret, which differs from run to run, so a set is refused wherever its order shows. A list
that is made of the items of a set has the type of one that nobody may see the order of.
"""

import ast
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.stored_sets import distinct_texts, loose
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, expression, is_poison, lower_exprs, lower_in_order, lower_value
from pysfnc.frontend.core.lower_values import LazyComprehension, Static, Value
from pysfnc.frontend.loops.lower_comprehension import Pure, collect, started
from pysfnc.frontend.loops.lower_iterate import Receive, Source
from pysfnc.frontend.loops.one_by_one import each_taken, refused_among_others
from pysfnc.frontend.operations.deques import listed
from pysfnc.ir.exprs import Expr
from pysfnc.lean import dataclass
from pysfnc.library.containers.hashing import may_be_unhashable
from pysfnc.library.containers.sets import Form
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind

TAKING: Final = frozenset(
    {
        "union",
        "intersection",
        "difference",
        "symmetric_difference",
        "issubset",
        "issuperset",
        "isdisjoint",
        "update",
        "intersection_update",
        "difference_update",
        "symmetric_difference_update",
    }
)
"""Methods of sets whose arguments are iterables."""


@dataclass(frozen=True, slots=True, eq=False)
class Hashed:
    """Each item after the TypeError of one that no set can hold."""

    node: ast.expr

    def pure(self, cx: Context, value: Value) -> Pure | None:
        """See `Stage`."""
        return Pure(None, lib.hashable(cx, as_data(cx, value, self.node), self.node))

    def each(self, cx: Context, value: Value, receive: Receive) -> None:
        """See `Stage`."""
        receive(lib.hashable(cx, as_data(cx, value, self.node), self.node))


@expression(ast.Set)
def lower_set(cx: Context, node: ast.Set) -> Value:
    """`{a, b}`: all items are evaluated, then put in."""
    if any(isinstance(part, ast.Starred) for part in node.elts):
        return _spread(cx, node)
    return as_set(cx, lib.make_list(cx, lower_exprs(cx, node.elts), node), "set", node)


def _spread(cx: Context, node: ast.Set) -> Expr:
    """`{*a, b}`: the parts are evaluated, then joined."""
    plain = [part.value if isinstance(part, ast.Starred) else part for part in node.elts]
    values = lower_in_order(cx, [lambda part=part: lower_value(cx, part) for part in plain])  # type: ignore[misc]
    made: Expr = lib.make_set(cx, None, "set", node)
    for part, value in zip(node.elts, values, strict=True):
        items = value if isinstance(part, ast.Starred) else lib.make_list(cx, [as_data(cx, value, part)], node)
        more = as_set(cx, items, "set", node)
        if is_poison(more):
            return more
        made = lib.binary(cx, "|", made, more, node)
    return made


@expression(ast.SetComp)
def lower_set_comp(cx: Context, node: ast.SetComp) -> Value:
    """`{element for ...}`."""
    made = started(cx, node)
    if made is None:
        return poison(cx.span(node))
    return as_set(cx, LazyComprehension("a set comprehension", *made), "set", node)


def call_set(cx: Context, name: Form, given: Arguments, node: ast.expr) -> Value:
    """`set(...)`, `frozenset(...)`."""
    if given.keywords or given.spread is not None or len(given.positional) > 1:
        return cx.error(codes.TYPE_MISMATCH, node, f"`{name}()` takes at most one iterable")
    if not given.positional:
        return lib.make_set(cx, None, name, node)
    return as_set(cx, given.positional[0], name, node)


def as_set(cx: Context, value: Value, form: Form, node: ast.expr) -> Expr:
    """The set of the items of an iterable."""
    items = _hashable_items(cx, value, node)
    return items if is_poison(items) else lib.make_set(cx, items, form, node)


def _hashable_items(cx: Context, value: Value, node: ast.expr) -> Expr:
    made = hashable_of_iterator(cx, value, node)
    if made is not None:
        return made
    if not isinstance(value, Static) and Kind.SET in kinds(value.type):
        return value
    taken: Value = value if isinstance(value, Static) else loose(cx, value)
    return _checked(cx, distinct_texts(lib.items_of(cx, taken, node)), node)


def hashable_of_iterator(cx: Context, value: Value, node: ast.expr) -> Expr | None:
    """The list of the items of an iterator, each behind the TypeError of one that is unhashable; None where they may as well be made first."""
    late = refused_among_others(cx, value, may_be_unhashable, node)
    return None if late is None else each_taken(cx, late[0], lambda item: lib.hashable(cx, item, node), node)


def _needs_checks(items: Expr) -> bool:
    return may_be_unhashable(lib.item_type(items.type))


def _checked(cx: Context, items: Expr, node: ast.expr) -> Expr:
    if is_poison(items) or not _needs_checks(items):
        return items
    return collect(cx, Source(items), Hashed(node), node)


def loose_items(cx: Context, value: Value, node: ast.expr, *, keyed: bool = False) -> tuple[Expr, bool]:
    """What somebody takes the items of who does not show their order, as an iterable; and whether their order is known.

    `keyed`: the order of items shows whose keys are equal.
    """
    data = listed(lib.plain(lib.whole_items(cx, value, node)))
    data = data if keyed else loose(cx, data)
    if lib.has_own_keys(data.type):
        return lib.own_keys(cx, data, node), True
    if Kind.SET not in kinds(data.type):
        return data, True
    return lib.set_items(cx, data, node), False


def refuse_order(cx: Context, what: str, help_: str, node: ast.AST) -> Expr:
    """Say that a result depends on the order of a set."""
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"{what} depends on the order of a set, which differs from run to run",
        help=help_,
    )


def call_set_method(cx: Context, receiver: Expr, name: str, node: ast.Call) -> Value:
    """A method of a set that changes nothing."""
    given = lower_arguments(cx, node, first=[receiver])
    if given is None:
        return poison(cx.span(node))
    first, *rest = given.positional
    args = [taken(cx, name, value, node) for value in rest]
    keywords = {key: as_data(cx, item, node) for key, item in given.keywords}
    return lib.set_method(cx, name, as_data(cx, first, node), args, keywords, node)


def taken(cx: Context, name: str, value: Value, node: ast.expr) -> Expr:
    """An argument of a method of a set: an iterable as a set."""
    if name not in TAKING:
        return as_data(cx, value, node)
    if not isinstance(value, Static) and kinds(value.type) == {Kind.SET}:
        return value
    return as_set(cx, value, "set", node)

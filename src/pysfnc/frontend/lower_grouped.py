"""`itertools.groupby`: a loop over it gets each key with an iterator over its items.

The machine makes all groups before the loop. A group can be read once, in the round it belongs to, as the iterator that it is in Python.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.lower_context import Context, Trial, poison
from pysfnc.frontend.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.lower_iterate import under
from pysfnc.frontend.lower_own import call_written
from pysfnc.frontend.lower_stepwise import quiet_items
from pysfnc.frontend.lower_values import BuiltinFunction, Groups, Lazy, Static, TupleOf, Under, Value
from pysfnc.frontend.lower_written import may_fail
from pysfnc.ir.exprs import Const, Expr
from pysfnc.ir.walk import free_vars, has_effect, suite_exprs
from pysfnc.values.types import NONE


def call_groupby(cx: Context, node: ast.Call) -> Value:
    """`groupby(iterable)`, `groupby(iterable, key)`."""
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    named = given.keyword_map()
    keys = [*given.positional[1:], *([named["key"]] if "key" in named else [])]
    if len(given.positional) < 1 or len(keys) > 1 or set(named) - {"key"}:
        return cx.error(codes.TYPE_MISMATCH, node, "`groupby()` takes an iterable and a key")
    items = quiet_items(cx, given.positional[0], node)
    if is_poison(items):
        return items
    items = cx.atom(items, "items")
    trial = Trial(cx)
    marks = items if not keys or _is_none(keys[0]) else _called(cx, "marks", [items, keys[0]], node)
    failed = trial.failed
    out = tuple(trial.out)
    raises = may_fail(trial, marks) and (has_effect(out) or not _is_sorted_by(cx, node))
    read = frozenset[str]().union(free_vars(marks), *map(free_vars, suite_exprs(out)))
    trial.accept()
    if failed or is_poison(marks):
        return poison(cx.span(node))
    made = _called(cx, "groups", [items, marks], node)
    if is_poison(made):
        return made
    return Groups(cx.atom(made, "groups"), under(given.positional[0]) | Under(late=read), restless=raises)


def _called(cx: Context, name: str, args: Sequence[Value], node: ast.expr) -> Expr:
    return as_data(cx, call_written(cx, "sequences", name, Arguments(tuple(args), (), ()), node), node)


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None and value.type == NONE


def _is_sorted_by(cx: Context, node: ast.Call) -> bool:
    """Whether the iterable is `sorted(..., key=f)` with the same `f`: it was called with each item already, so it does not raise any more."""
    keys = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg == "key")]
    match node.args[0], keys:
        case ast.Call(func=func, keywords=keywords), [key]:
            same = [k for k in keywords if k.arg == "key" and ast.dump(k.value) == ast.dump(key)]
            return bool(same) and lower_value(cx, func) == BuiltinFunction("sorted")
        case _:
            return False


def group_of(cx: Context, item: Value, node: ast.expr) -> Value:
    """What a round gets for a pair: the key, and an iterator over the items."""
    parts = lib.known_items(cx, item)
    assert parts is not None
    key, group = (as_data(cx, part, node) for part in parts)
    return TupleOf((key, Lazy("a group of `groupby()`", group, storable=True, once=True)), is_list=False)


def take_group(cx: Context, variable: str, group: Lazy, *, own: bool, node: ast.AST) -> Value:
    """The group that a variable holds, which is used up then. `own`: whether it is read where its variable belongs, and not in a function or the
    rounds of a comprehension inside."""
    fact = cx.state.facts[variable]
    if not own:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "a group of `groupby()` is read where it may be read again",
            notes=("it is an iterator: whoever reads it a second time finds nothing",),
            help="write instead: `items = list(group)` before",
        )
    cx.state.facts[variable] = replace(fact, static=replace(group, used=True))
    if group.used:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "a group of `groupby()` was read before, and may be empty now",
            help="write instead: `items = list(group)`, once",
        )
    return group


def holds_group(value: Static) -> bool:
    """Whether a value that is kept under a name holds a group, which could be read twice then."""
    return isinstance(value, TupleOf) and any(isinstance(part, Lazy) and part.once for part in value.items)

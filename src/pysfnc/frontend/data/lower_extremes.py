"""`min` and `max`: of an iterable, of arguments, of a list of unknown length that is spread into arguments, with keys."""

import ast
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.resource_values import Collected
from pysfnc.frontend.aws.told_numbers import holds_number
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.classes.own_orders import extreme_own
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import BuiltinFunction, ExceptionClass, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.data.decimal_operations import are_decimals, is_decimal
from pysfnc.frontend.data.extremes_by_item import extreme_by_item
from pysfnc.frontend.data.lower_sets import loose_items, refuse_order
from pysfnc.frontend.data.moment_operations import are_times, is_time
from pysfnc.frontend.declarations.plain_members import are_members, as_values
from pysfnc.frontend.loops.lower_comprehension import Mapped, collect
from pysfnc.frontend.loops.lower_iterate import Source
from pysfnc.frontend.operations.timed_tuples import are_timed_tuples
from pysfnc.ir.exprs import Expr
from pysfnc.library.containers.iteration import ITERABLE
from pysfnc.values.relations import join_all, kinds
from pysfnc.values.types import NONE

_SPREAD: Final = """
    if length(items) > 1:
        return best(items{key})
    if not items:
        raise TypeError("{name} expected at least 1 argument, got 0")
    {one}
"""
_ITERATED: Final = "return best(items[0]{key})"
_REFUSED: Final = """raise TypeError(f"'{type(items[0]).__name__}' object is not iterable")"""
_NAMED: Final = {"key", "default"}


def _of_times(cx: Context, args: list[Expr], node: ast.expr) -> Expr | None:
    """The list of the dates or timedeltas of which one is wanted, None for anything else."""
    if len(args) == 1:
        of_times = are_times(args[0]) or are_timed_tuples(args[0])
        ranked = of_times or are_decimals(args[0]) or holds_number(args[0].type) or as_values(args[0]) is not args[0]
        return cx.atom(args[0]) if ranked else None
    if args and is_time(args[0].type) and all(arg.type == args[0].type for arg in args):
        return cx.atom(lib.make_list(cx, args, node))
    joined = join_all([arg.type for arg in args])
    if args and (is_decimal(joined) or are_members(joined)):
        return cx.atom(lib.make_list(cx, args, node))
    return None


def extreme(cx: Context, given: Arguments, node: ast.expr, name: str) -> Value:
    """The smallest or largest of what a call of `min` or `max` is given."""
    if given.spread is not None:
        return _of_arguments(cx, given, given.spread, node, name)
    named = given.keyword_map()
    key = named.get("key")
    if len(given.positional) == 1 and set(named) <= _NAMED:
        by_item = extreme_by_item(cx, name, given.positional[0], key, named.get("default"), node)
        if by_item is not None:
            return by_item
    args = [as_data(cx, v, node) for v in given.positional] if len(given.positional) != 1 else []
    if len(given.positional) == 1:
        if isinstance(given.positional[0], Collected):
            from pysfnc.frontend.aws.lower_resource_lists import extreme_resource

            return extreme_resource(cx, given.positional[0], given, node, name)
        items, ordered = loose_items(cx, given.positional[0], node, keyed=key is not None)
        if not ordered and key is not None:
            return refuse_order(
                cx, "which of equal keys is found", f"write instead: `{name}(sorted(...), key=...)`", node
            )
        args = [items]
    plain = key is None or (not isinstance(key, Static) and key.type == NONE)
    if len(args) == 1 and holds_number(args[0].type):
        args = [lib.items_of(cx, args[0], node)]
    of_times = _of_times(cx, args, node) if plain and set(named) <= _NAMED else None
    if of_times is not None:
        fallback = named.get("default")
        other = None if fallback is None else as_data(cx, fallback, node)
        return lib.extreme_by(cx, name, of_times, of_times, other, node)
    if plain and set(named) <= _NAMED and args:
        found = extreme_own(cx, name, args, named.get("default"), node)
        if found is not None:
            return found
    if key is None or plain:
        keywords = {k: as_data(cx, v, node) for k, v in named.items() if k != "key"}
        return lib.call(cx, name, args, keywords, node)
    if set(named) - _NAMED:
        return cx.error(codes.TYPE_MISMATCH, node, f"`{name}()` takes `key` and `default` by name")
    items = args[0] if len(args) == 1 else lib.make_list(cx, args, node)
    items = lib.items_of(cx, items, node)
    if is_poison(items):
        return items
    items = cx.atom(items)
    keys = collect(cx, Source(items), Mapped(key, 1, node), node)
    default = named.get("default")
    return lib.extreme_by(cx, name, items, keys, None if default is None else as_data(cx, default, node), node)


def _of_arguments(cx: Context, given: Arguments, spread: Expr, node: ast.expr, name: str) -> Value:
    """`min(*xs)`: with one argument it is the smallest of what that one consists of."""
    named = given.keyword_map()
    if set(named) - {"key"}:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{name}()` takes nothing but `key` by name where its arguments are spread",
            help=f"write instead: `{name}(xs, ...)`",
        )
    first = [as_data(cx, value, node) for value in given.positional]
    items = lib.binary(cx, "+", lib.make_list(cx, first, node), spread, node) if first else spread
    if is_poison(items):
        return items
    values: dict[str, Value] = {
        "items": items,
        "best": BuiltinFunction(name),
        "length": BuiltinFunction("len"),
        "type": BuiltinFunction("type"),
        "TypeError": ExceptionClass("TypeError", None, "plain"),
        **named,
    }
    one = _ITERATED if kinds(lib.item_type(items.type)) & ITERABLE else _REFUSED
    key = ", key=key" if named else ""
    return run_here(cx, _SPREAD.replace("{one}", one).replace("{name}", name).replace("{key}", key), values, node)

"""`collections.Counter`: made of items, its own methods, and the operators of two."""

import ast
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_place import Place, may_change, read_place, write_place
from pysfnc.frontend.core.lower_values import BuiltinFunction, Lazy, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.data.lower_mappings import Where
from pysfnc.ir.exprs import Const, Expr
from pysfnc.library.containers.hashing import hashable_part
from pysfnc.values.keys import is_key
from pysfnc.values.relations import join, kinds
from pysfnc.values.types import NEVER, NONE, STR, DictT, Kind, MapT, Type

_COUNT: Final = "for item in items:\n    found[item] = found.get(item, 0) + 1\nreturn found"
_ADD: Final = "for key, count in more.items():\n    found[key] = count + found.get(key, 0)\nreturn found"
_TAKE: Final = "for item in items:\n    found[item] = found.get(item, 0) - 1\nreturn found"
_TAKE_ALL: Final = "for key, count in more.items():\n    found[key] = found.get(key, 0) - count\nreturn found"
_DICTS: Final = frozenset({Kind.DICT, Kind.MAPPING})


def _begun(cx: Context, key: Type, node: ast.expr) -> tuple[str, dict[str, Value]]:
    """How a dict begins that gets keys of a type, as the text of an expression, and what is in that. Keys that may be str are told by the type."""
    key = hashable_part(key)
    if key in (STR, NEVER) or Kind.STR not in kinds(key) or not is_key(key) or cx.project.any_keys == "nowhere":
        return "{}", {}
    cx.project.met_any_keys = True
    return "dict(empty)", {"empty": lib.as_keyed(lib.make_dict(cx, [], node), key), "dict": BuiltinFunction("dict")}


def make_counter(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`Counter(items)`: how often each item is there, in the order in which they come up."""
    if len(given.positional) > 1 or (given.keywords and given.positional):
        return cx.error(
            codes.UNSUPPORTED_CALL, node, "`Counter()` has a compiled form with one iterable, or with names"
        )
    keywords = {name: as_data(cx, value, node) for name, value in given.keywords}
    made = lib.make_dict_of(cx, [], keywords, node) if keywords else lib.make_dict(cx, [], node)
    if given.positional:
        value = given.positional[0]
        if not isinstance(value, Static) and Kind.SET in kinds(value.type):
            return lib.refuse_order_of_set(cx, node)
        if not isinstance(value, Static) and kinds(value.type) & _DICTS:
            made = _of_counts(cx, value, node)
        else:
            from pysfnc.frontend.data.lower_sets import hashable_of_iterator

            items = hashable_of_iterator(cx, value, node) or lib.items_of(cx, value, node)
            if is_poison(items):
                return items
            start, values = _begun(cx, lib.item_type(items.type), node)
            made = as_data(cx, run_here(cx, f"found = {start}\n{_COUNT}", {"items": items, **values}, node), node)
    return made if is_poison(made) else lib.as_mapping(made, MapT("Counter", DictT(NEVER)))


def _of_counts(cx: Context, value: Expr, node: ast.expr) -> Expr:
    """What `Counter()` gets where it may be a dict: the counts, or else the items."""
    if kinds(value.type) <= _DICTS:
        return lib.make_dict_of(cx, [lib.plain(value)], {}, node)
    from pysfnc.frontend.calls.lower_own import call_written

    return as_data(cx, call_written(cx, "counting", "counts_of", Arguments((value,), (), ()), node), node)


def counter_method(cx: Context, name: str, receiver: Expr, where: Where, given: Arguments, node: ast.Call) -> Value:
    """A method that a dict has not, or does otherwise."""
    if given.keywords or given.spread is not None:
        return cx.error(codes.UNSUPPORTED_CALL, node, f"`{name}()` has no compiled form with these arguments")
    counts = lib.plain(receiver)
    if name == "total" and not given.positional:
        return run_here(cx, "return sum(counts.values())", {"counts": counts, "sum": BuiltinFunction("sum")}, node)
    if name == "elements" and not given.positional:
        text = "return [item for item, count in counts.items() for _ in range(count)]"
        items = as_data(cx, run_here(cx, text, {"counts": counts, "range": BuiltinFunction("range")}, node), node)
        return items if is_poison(items) else Lazy("an iterator of elements", items)
    if name == "most_common" and len(given.positional) <= 1:
        text = "found = sorted(counts.items(), key=lambda pair: pair[1], reverse=True)\nreturn found"
        values: dict[str, Value] = {"counts": counts, "sorted": BuiltinFunction("sorted")}
        if given.positional and not _is_none(given.positional[0]):
            values |= {"most": given.positional[0], "max": BuiltinFunction("max")}
            text += "[: max(most, 0)]"
        return run_here(cx, text, values, node)
    if name in ("update", "subtract") and len(given.positional) == 1:
        return _recount(cx, name, receiver, where, given.positional[0], node)
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}()` of a `Counter` has no compiled form here",
        help="write instead: a loop over its items",
    )


def _keys_of_both(counts: Expr, key: Type) -> Type:
    return join(lib.keys_in(counts.type) or NEVER, key)


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None and value.type == NONE


def _recount(cx: Context, name: str, receiver: Expr, where: Where, value: Value, node: ast.Call) -> Value:
    """`update()` and `subtract()`, with items or with counts."""
    assert isinstance(receiver.type, MapT)
    if not isinstance(value, Static) and kinds(value.type) & _DICTS:
        if not kinds(value.type) <= _DICTS:
            return cx.error(codes.TYPE_NEEDED, node, f"whether `{name}()` gets a dict of counts is not known")
        given: dict[str, Value] = {"more": cx.atom(lib.plain(value), "counts")}
        key, loop = lib.keys_in(lib.plain(value).type) or NEVER, _ADD if name == "update" else _TAKE_ALL
    else:
        items = lib.items_of(cx, value, node)
        if is_poison(items):
            return items
        given, key = {"items": cx.atom(items, "items")}, lib.item_type(items.type)
        loop = _COUNT if name == "update" else _TAKE
    place = where()
    if place is None or not may_change(cx, place, node, "changed"):
        return poison(cx.span(node))
    current = lib.plain(read_place(cx, place))
    start, values = ("{}", {}) if lib.has_own_keys(current.type) else _begun(cx, _keys_of_both(current, key), node)
    if values:
        loop = f"for key, count in counts.items():\n    found[key] = count\n{loop}"
    else:
        start, values = "dict(counts)", {"dict": BuiltinFunction("dict")}
    given["counts"] = current
    made = as_data(cx, run_here(cx, f"found = {start}\n{loop}", {**given, **values}, node), node)
    if not is_poison(made):
        updated = lib.as_mapping(made, receiver.type)
        write_place(cx, place, cx.atom(updated) if place.keys else updated, cx.span(node))
    return Const(value=None, type=NONE, span=cx.span(node))


# Operators of counters

_SUMS: Final = {
    "+": ("count + b.get(key, 0)", "count"),
    "-": ("count - b.get(key, 0)", "-count"),
    "|": ("max(count, b.get(key, 0))", "count"),
    "&": ("min(count, b.get(key, 0))", "0"),
}
"""How a counter is made of two: the count of a key of the first, and of one that only the second has. Positive counts are kept."""
_AUGMENTED: Final[dict[type[ast.operator], str]] = {ast.Add: "+", ast.Sub: "-", ast.BitOr: "|", ast.BitAnd: "&"}


def counters_equal(cx: Context, left: Expr, right: Expr, node: ast.expr) -> Expr:
    """`left == right` of counters, where a key that is not there counts as zero."""
    text = (
        "return all(b.get(key, 0) == count for key, count in a.items())"
        " and all(a.get(key, 0) == count for key, count in b.items())"
    )
    values: dict[str, Value] = {"a": lib.plain(left), "b": lib.plain(right), "all": BuiltinFunction("all")}
    return as_data(cx, run_here(cx, text, values, node), node)


def join_counters(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.expr) -> Expr:
    """`left + right` and the like of counters."""
    both, only = _SUMS[symbol]
    counts = lib.plain(left), lib.plain(right)
    start, begun = _begun(cx, _keys_of_both(counts[0], lib.keys_in(counts[1].type) or NEVER), node)
    text = (
        f"made = {start}\n"
        f"for key, count in a.items():\n    new = {both}\n    if new > 0:\n        made[key] = new\n"
        f"for key, count in b.items():\n    if key not in a and {only} > 0:\n        made[key] = {only}\n"
        f"return made"
    )
    values: dict[str, Value] = {"a": counts[0], "b": counts[1], **begun}
    values |= {name: BuiltinFunction(name) for name in ("max", "min")}
    made = as_data(cx, run_here(cx, text, values, node), node)
    assert isinstance(left.type, MapT)
    return lib.as_mapping(made, left.type)


def is_sum_of_counters(symbol: str, left: Expr, right: Expr) -> bool:
    """Whether an operator joins two counters."""
    return symbol in _SUMS and all(isinstance(one.type, MapT) and one.type.name == "Counter" for one in (left, right))


def augment_counter(cx: Context, node: ast.AugAssign, place: Place, left: Expr, right: Value) -> bool:
    """`counter += other` and the like, which change the counter; False where the operands are others."""
    symbol = _AUGMENTED.get(type(node.op), "")
    if isinstance(right, Static) or not is_sum_of_counters(symbol, left, right):
        return False
    if may_change(cx, place, node.target, "changed"):
        made = join_counters(cx, symbol, cx.atom(left, "counts"), cx.atom(right, "more"), node.value)
        if not is_poison(made):
            write_place(cx, place, cx.atom(made) if place.keys else made, cx.span(node))
    return True


def signed_counter(cx: Context, symbol: str, counts: Expr, node: ast.expr) -> Expr:
    """`+counter` and `-counter`: the positive counts, and the negative ones as positive."""
    sign = "-" if symbol == "-" else ""
    text = f"return {{key: {sign}count for key, count in a.items() if {sign}count > 0}}"
    made = as_data(cx, run_here(cx, text, {"a": lib.plain(counts)}, node), node)
    assert isinstance(counts.type, MapT)
    return made if is_poison(made) else lib.as_mapping(made, counts.type)


def counter_within(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.expr) -> Expr:
    """`left <= right` and the like of counters, where a key that is not there counts as zero."""
    small, large = (left, right) if symbol.startswith("<") else (right, left)
    text = (
        "within = all(count <= b.get(key, 0) for key, count in a.items())"
        " and all(a.get(key, 0) <= count for key, count in b.items())\n"
        "return within"
    )
    values: dict[str, Value] = {"a": cx.atom(lib.plain(small)), "b": cx.atom(lib.plain(large))}
    within = as_data(cx, run_here(cx, text, {**values, "all": BuiltinFunction("all")}, node), node)
    if symbol in ("<=", ">=") or is_poison(within):
        return within
    same = counters_equal(cx, cx.atom(left), cx.atom(right), node)
    return as_data(cx, run_here(cx, "return within and not same", {"within": within, "same": same}, node), node)

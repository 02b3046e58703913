"""Builtin functions that are more than a row of the library: they take functions, classes or iterators, or give iterators.

Owns `range`, `enumerate`, `zip`, `map`, `filter`, `reversed`, `isinstance`, `type`, `sorted`/`min`/`max` with a key, `any`, `all`, `next`,
`print` and what can never be compiled. All other builtins are rows.
"""

import ast
from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import ARE_BYTES
from pysfnc.frontend.aws.lower_pages import without_pages
from pysfnc.frontend.aws.resource_values import Collected
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.calls.lower_choices import is_callable
from pysfnc.frontend.calls.lower_comparing import is_comparison, sorted_by_comparison
from pysfnc.frontend.calls.lower_named_attributes import NAMED
from pysfnc.frontend.calls.lower_own import call_written
from pysfnc.frontend.classes.lower_objects import enum_members
from pysfnc.frontend.classes.own_orders import sort_own
from pysfnc.frontend.classes.ranked_objects import sort_pairs, sort_ranked
from pysfnc.frontend.concurrency.future_values import FutureDict, FutureList, FutureSet, MappedResults
from pysfnc.frontend.concurrency.lower_future_tables import numbered_futures, zipped_futures
from pysfnc.frontend.concurrency.lower_futures import first_future, future_count, futures_named
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_opaque import call_opaque
from pysfnc.frontend.core.lower_values import (
    DictOf,
    Endless,
    Lazy,
    LazyComprehension,
    Opaque,
    Origin,
    ProjectClass,
    Static,
    TupleOf,
    Under,
    Value,
)
from pysfnc.frontend.core.narrow import class_names
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.data.lower_digests import length_of_bytes, opaque_text
from pysfnc.frontend.data.lower_extremes import extreme
from pysfnc.frontend.data.lower_isinstance import is_of_library, out_of_item
from pysfnc.frontend.data.lower_sets import call_set, loose_items, refuse_order
from pysfnc.frontend.data.lower_sums import sum_of
from pysfnc.frontend.loops.lower_comprehension import Filtered, Mapped, Same, collect
from pysfnc.frontend.loops.lower_decisions import any_or_all, first_of
from pysfnc.frontend.loops.lower_endless import ended
from pysfnc.frontend.loops.lower_found_item import found_item
from pysfnc.frontend.loops.lower_iterate import Source, origin_of, read_by, refuse_restless, source_of, under
from pysfnc.frontend.loops.lower_stepwise import (
    are_kept,
    at_once,
    can_be_stepped,
    only_steps,
    quiet_items,
    zip_kept,
    zip_steps,
)
from pysfnc.frontend.loops.one_by_one import pairs_taken
from pysfnc.frontend.loops.own_iterators import next_of_own
from pysfnc.frontend.operations.types_asked import is_subclass, type_of
from pysfnc.ir.exprs import Const, Expr
from pysfnc.library.containers.iteration import build_zip_rows
from pysfnc.library.operators.truth import has_own_truth
from pysfnc.library.rows.row import Refusal
from pysfnc.values.relations import kinds
from pysfnc.values.types import BOOL, NONE, STR, Kind, NeverT

Builtin = Callable[[Context, Arguments, ast.expr], Value]
_BUILTINS: dict[str, Builtin] = {}


def _builtin(name: str) -> Callable[[Builtin], Builtin]:
    def add(function: Builtin) -> Builtin:
        _BUILTINS[name] = function
        return function

    return add


def is_special(name: str) -> bool:
    """Whether a builtin is called through this module."""
    return name in _BUILTINS or name in _NEVER or name in NAMED


def call_builtin(cx: Context, name: str, given: Arguments | None, node: ast.expr) -> Value:
    """Call one of these builtins; `given` None: the arguments were not evaluated yet."""
    if name in ("iter", "set") and isinstance(node, ast.Call) and len(node.args) == 1:
        futures = futures_named(cx, node.args[0])
        if futures is not None:
            return futures
    if name in _NEVER:
        return cx.error(codes.UNSUPPORTED_CALL, node, f"`{name}()` has no compiled form", help=_NEVER[name])
    if name in NAMED:
        return (
            NAMED[name](cx, node) if given is None and isinstance(node, ast.Call) else _never_as_value(cx, name, node)
        )
    if given is None:
        assert isinstance(node, ast.Call)
        if name == "isinstance":
            return _isinstance(cx, node)
        own = next_of_own(cx, node) if name == "next" else None
        if own is not None:
            return own
        given = lower_arguments(cx, node, spread_ok=name in ("min", "max", "zip"))
    return poison(cx.span(node)) if given is None else _BUILTINS[name](cx, without_pages(cx, given, node), node)


def _never_as_value(cx: Context, name: str, node: ast.expr) -> Expr:
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}()` has a compiled form only where it is called by its name",
        help="write instead: a lambda or function that calls it",
    )


_NEVER: Final = {
    "input": "write instead: a parameter of the workflow",
    "open": "write instead: a function marked `@task` that reads the file",
    "eval": "write instead: the expression itself",
    "exec": "write instead: the statements themselves",
    "globals": "write instead: the names themselves",
    "locals": "write instead: the names themselves",
    "vars": "write instead: the names themselves",
    "super": "write instead: a function",
    "object": "write instead: a dict",
    "bytearray": "write instead: a function marked `@task`",
    "memoryview": "write instead: a function marked `@task`",
    "complex": "write instead: a function marked `@task`",
    "id": "write instead: a comparison with `==`",
    "delattr": "write instead: a key of a dict",
    "compile": "write instead: the code itself",
    "breakpoint": "write instead: nothing",
}


def _plain(cx: Context, given: Arguments, node: ast.expr, name: str, most: int, least: int = 1) -> bool:
    """Whether there are that many positional arguments and no others; a message otherwise."""
    if given.keywords or given.spread is not None or not least <= len(given.positional) <= most:
        cx.error(codes.TYPE_MISMATCH, node, f"`{name}()` is called with arguments that it does not take")
        return False
    return True


# Iterators


@_builtin("range")
def _range(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "range", 3):
        return poison(cx.span(node))
    args = [as_data(cx, value, node) for value in given.positional]
    made = lib.call(cx, "range", args, {}, node)
    return (
        made
        if is_poison(made) or isinstance(made.type, NeverT)
        else Lazy("a range", made, sequence=True, sized=True, storable=True)
    )


@_builtin("enumerate")
def _enumerate(cx: Context, given: Arguments, node: ast.expr) -> Value:
    named = given.keyword_map()
    values = [*given.positional, *(v for k, v in named.items() if k == "start")]
    if not 1 <= len(values) <= 2 or set(named) - {"start"}:
        return cx.error(codes.TYPE_MISMATCH, node, "`enumerate()` takes an iterable and a start")
    start = [as_data(cx, value, node) for value in values[1:]]
    futures = numbered_futures(cx, values[0], start, node)
    if futures is not None:
        return futures
    if isinstance(values[0], Collected):
        from pysfnc.frontend.aws.lower_resource_lists import numbered_resources

        return numbered_resources(cx, values[0], start, node)
    source = at_once(cx, values[0], node)
    if can_be_stepped(source):
        return call_written(cx, "stepwise", "enumerate", Arguments((source, *start), (), ()), node)
    source = quiet_items(cx, source, node) if isinstance(source, Static) else source
    made = lib.call(cx, "enumerate", [source, *start], {}, node)
    if is_poison(made):
        return made
    origin = _origin_of_argument(cx, values[0], node)
    numbered = _enumerated(origin, start[0] if start else None)
    return Lazy("an enumerate iterator", made, origin=numbered, under=read_by(values[:1], [source]))


def _under_endless(values: Sequence[Value]) -> Under:
    return under(*(value.first for value in values if isinstance(value, Endless)))


def _enumerated(origin: Origin | None, start: Expr | None) -> Origin | None:
    if origin is None or origin.kind != "list" or not (start is None or isinstance(start, Const)):
        return None
    return Origin("enumerate", origin.root, origin.keys, origin.spans, origin.title, start)


def _origin_of_argument(cx: Context, value: Value, node: ast.expr) -> Origin | None:
    """Where the items of the first argument of a call stand."""
    if isinstance(value, Static) or not isinstance(node, ast.Call) or not node.args:
        return None
    return origin_of(cx, node.args[0], value)


@_builtin("zip")
def _zip(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if given.spread is not None:
        if given.positional or given.keywords:
            return cx.error(
                codes.UNSUPPORTED_PARAMETER_KIND,
                node,
                "`zip()` of a list of unknown length and something else has no compiled form",
                help="write instead: `zip(*lists)`, with all of them in one list",
            )
        columns = build_zip_rows(given.spread, cx.names.fresh("row"), cx.site(node))
        return cx.refuse(columns, node) if isinstance(columns, Refusal) else Lazy("a zip iterator", columns)
    futures = None if given.keywords else zipped_futures(cx, given.positional, node)
    if futures is not None:
        return futures
    ending = given.positional if given.keywords else ended(cx, given.positional, node)
    rows = [at_once(cx, value, node) for value in ending]
    if len(rows) > 1 and not given.keywords and (place := only_steps(rows)) is not None:
        return zip_steps(cx, rows, place, node)
    if len(rows) > 1 and not given.keywords and are_kept(rows):
        return zip_kept(cx, rows, node)
    args = [quiet_items(cx, value, node) if isinstance(value, Static) else value for value in rows]
    keywords = {name: as_data(cx, value, node) for name, value in given.keywords}
    made = lib.call(cx, "zip", args, keywords, node)
    return (
        made
        if is_poison(made)
        else Lazy("a zip iterator", made, under=read_by(given.positional, args) | _under_endless(given.positional))
    )


@_builtin("reversed")
def _reversed(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "reversed", 1):
        return poison(cx.span(node))
    value = given.positional[0]
    of_class = enum_members(cx, value, node) if isinstance(value, ProjectClass) else None
    sequence = isinstance(value, Lazy) and (value.sequence or value.sized)
    data = value.items if isinstance(value, Lazy) and sequence else of_class or as_data(cx, value, node)
    made = lib.call(cx, "reversed", [data], {}, node)
    return made if is_poison(made) else Lazy("a reversed iterator", made, under=under(value))


@_builtin("iter")
def _iter(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "iter", 1):
        return poison(cx.span(node))
    value = given.positional[0]
    if isinstance(value, LazyComprehension) or (isinstance(value, Lazy) and not (value.sequence or value.sized)):
        return value
    if not isinstance(value, Static) and Kind.SET in kinds(value.type):
        return lib.refuse_order_of_set(cx, node)
    made = lib.items_of(cx, value, node)
    return made if is_poison(made) else Lazy("an iterator", made, under=under(value))


@_builtin("map")
def _map(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if given.keywords or given.spread is not None or len(given.positional) < 2:
        return cx.error(codes.TYPE_MISMATCH, node, "`map()` takes a function and one or more iterables")
    function, *iterables = given.positional
    if len(iterables) == 1 and isinstance(iterables[0], Lazy) and iterables[0].starts:
        return refuse_restless(cx, iterables[0], node)
    if len(iterables) == 1:
        source = source_of(cx, iterables[0], _argument(node, 1))
    else:
        source = _zipped(cx, iterables, node)
    if source is None:
        return poison(cx.span(node))
    return LazyComprehension("a map iterator", source, Mapped(function, len(iterables), node))


def _zipped(cx: Context, iterables: Sequence[Value], node: ast.expr) -> Source | None:
    """What `map` of several iterables gives its function the items of."""
    taken = [at_once(cx, value, node) for value in ended(cx, iterables, node)]
    place = only_steps(taken)
    if place is not None:
        return source_of(cx, zip_steps(cx, taken, place, node), node)
    rows = [quiet_items(cx, value, node) if isinstance(value, Static) else value for value in taken]
    zipped = lib.call(cx, "zip", rows, {}, node)
    read = read_by(iterables, rows) | _under_endless(iterables)
    return None if is_poison(zipped) else Source(zipped, under=read)


@_builtin("filter")
def _filter(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "filter", 2, 2):
        return poison(cx.span(node))
    function, iterable = given.positional
    if isinstance(iterable, Lazy) and iterable.starts:
        return refuse_restless(cx, iterable, node)
    source = source_of(cx, iterable, _argument(node, 1))
    if source is None:
        return poison(cx.span(node))
    by_truth = isinstance(function, Const) and function.value is None and not is_poison(function)
    return LazyComprehension("a filter iterator", source, Filtered(None if by_truth else function, node))


def _argument(node: ast.expr, index: int) -> ast.expr:
    return node.args[index] if isinstance(node, ast.Call) and index < len(node.args) else node


@_builtin("next")
def _next(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "next", 2):
        return poison(cx.span(node))
    iterator, *default = given.positional
    if isinstance(iterator, FutureSet):
        return first_future(cx, iterator, node)
    if isinstance(iterator, Lazy) and not (iterator.restless or iterator.sized or iterator.sequence):
        iterator = LazyComprehension(iterator.what, Source(iterator.items), Same(node))
    if not isinstance(iterator, LazyComprehension):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`next()` has a compiled form only for an iterator over a list, a generator expression or a generator",
            help="write instead: `next((x for x in xs if ...), default)`, or a `for` loop with `break`",
        )
    found = found_item(cx, node)
    return first_of(cx, iterator, default[0] if default else None, node) if found is None else found


# Decisions


@_builtin("any")
def _any(cx: Context, given: Arguments, node: ast.expr) -> Value:
    return _decide(cx, given, node, "any")


@_builtin("all")
def _all(cx: Context, given: Arguments, node: ast.expr) -> Value:
    return _decide(cx, given, node, "all")


def _decide(cx: Context, given: Arguments, node: ast.expr, name: str) -> Value:
    if not _plain(cx, given, node, name, 1):
        return poison(cx.span(node))
    value = given.positional[0]
    if isinstance(value, LazyComprehension):
        return any_or_all(cx, value, name == "any", node)
    if not isinstance(value, Static) and has_own_truth(lib.item_type(value.type)):
        return run_here(
            cx, _DECIDED.format(test="" if name == "any" else "not ", found=name == "any"), {"items": value}, node
        )
    return lib.call(cx, name, [loose_items(cx, value, node)[0]], {}, node)


_DECIDED: Final = """
    for item in items:
        if {test}item:
            return {found}
    return not {found}
"""
"""`any` and `all` of objects whose class decides which counts as true."""


@_builtin("set")
def _set(cx: Context, given: Arguments, node: ast.expr) -> Value:
    return call_set(cx, "set", given, node)


@_builtin("frozenset")
def _frozenset(cx: Context, given: Arguments, node: ast.expr) -> Value:
    return call_set(cx, "frozenset", given, node)


@_builtin("sum")
def _sum(cx: Context, given: Arguments, node: ast.expr) -> Value:
    return sum_of(cx, given, node)


@_builtin("len")
def _len(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "len", 1):
        return poison(cx.span(node))
    value = given.positional[0]
    if not isinstance(value, Static) and value.type in ARE_BYTES:
        return length_of_bytes(cx, value, node)
    if isinstance(value, Lazy) and value.sized:
        return lib.length(cx, value.items, node)
    if isinstance(value, DictOf):
        return lib.length(cx, value.table, node)
    count = future_count(cx, value, node)
    if count is not None:
        return count
    if isinstance(value, Collected):
        from pysfnc.frontend.aws.lower_resource_lists import resources_listed

        listed = resources_listed(cx, value, node)
        return as_data(cx, value, node) if listed is None else lib.length(cx, listed, node)
    members = enum_members(cx, value, node) if isinstance(value, ProjectClass) else None
    return lib.length(cx, members or as_data(cx, value, node), node)


def _isinstance(cx: Context, node: ast.Call) -> Value:
    """`isinstance(x, classes)`; the classes must be written out."""
    if len(node.args) != 2 or node.keywords or any(isinstance(arg, ast.Starred) for arg in node.args):
        return cx.error(codes.TYPE_MISMATCH, node, "`isinstance()` takes a value and a class")
    value = lower_value(cx, node.args[0])
    names = class_names(cx, node.args[1])
    if not isinstance(value, Static) and (names is None or out_of_item(value.type)):
        known = is_of_library(cx, value, node.args[1], node)
        if known is not None:
            return known
    if names is None:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node.args[1],
            "`isinstance()` has a compiled form only for classes it can tell apart",
            help="write instead: `bool`, `int`, `float`, `str`, `list`, `dict`, `tuple`, an exception class, or a tuple of these",
        )
    data = as_data(cx, value, node.args[0])
    return lib.is_instance(cx, data, names, node)


@_builtin("isinstance")
def _isinstance_value(cx: Context, _given: Arguments, node: ast.expr) -> Value:
    return cx.error(codes.UNSUPPORTED_CALL, node, "`isinstance` has a compiled form only where it is called")


@_builtin("issubclass")
def _issubclass(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "issubclass", 2):
        return poison(cx.span(node))
    return is_subclass(cx, given.positional[0], class_names(cx, given.nodes[1]), node)


@_builtin("callable")
def _callable(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "callable", 1):
        return poison(cx.span(node))
    return is_callable(cx, given.positional[0], node)


@_builtin("type")
def _type(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "type", 1):
        return poison(cx.span(node))
    data = as_data(cx, given.positional[0], node)
    return data if is_poison(data) else type_of(cx, data)


@_builtin("repr")
def _repr(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "repr", 1):
        return poison(cx.span(node))
    return lib.to_repr(cx, as_data(cx, given.positional[0], node), node)


@_builtin("bytes")
def _bytes(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`bytes(text, encoding)`."""
    if len(given.positional) == 2:
        text, encoding = given.positional
        if not isinstance(text, Static) and text.type == STR:
            return call_opaque(cx, text, "encode", [encoding], {}, node)
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        "`bytes()` has a compiled form only of a str and its encoding",
        help="write instead: `text.encode()`, or a function marked `@task`",
    )


@_builtin("str")
def _str(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`str(value)`, and `str(data, encoding)` of bytes."""
    if len(given.positional) == 2:
        data, encoding = given.positional
        if not isinstance(data, Static) and data.type in ARE_BYTES:
            return call_opaque(cx, data, "decode", [encoding], {}, node)
    if not _plain(cx, given, node, "str", 1, 0):
        return poison(cx.span(node))
    if not given.positional:
        return Const(value="", type=STR, span=cx.span(node))
    if isinstance(given.positional[0], Opaque):
        return opaque_text(cx, given.positional[0], node)
    return lib.to_str(cx, as_data(cx, given.positional[0], node), node)


# Lists of everything, keys


@_builtin("list")
def _list(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "list", 1, 0):
        return poison(cx.span(node))
    if not given.positional:
        return lib.make_list(cx, [], node)
    value = given.positional[0]
    if isinstance(value, FutureList | FutureSet | FutureDict | TupleOf):
        return value
    if isinstance(value, Collected):
        from pysfnc.frontend.aws.lower_resource_lists import resource_list

        return resource_list(cx, value, node)
    if isinstance(value, MappedResults):
        from pysfnc.frontend.concurrency.lower_futures import collected

        return collected(cx, value, node)
    items = lib.items_of(cx, value, node)
    # What was made just now needs no copy.
    return items if isinstance(value, Static) or is_poison(items) else lib.copy_of_list(cx, items, node)


@_builtin("tuple")
def _tuple(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if not _plain(cx, given, node, "tuple", 1, 0):
        return poison(cx.span(node))
    if not given.positional:
        return lib.make_tuple(cx, [], node)
    known = lib.known_items(cx, given.positional[0])
    if known is not None:
        return lib.make_tuple(cx, [as_data(cx, item, node) for item in known], node)
    return lib.call(cx, "tuple", [lib.whole_items(cx, given.positional[0], node)], {}, node)


@_builtin("dict")
def _dict(cx: Context, given: Arguments, node: ast.expr) -> Value:
    if len(given.positional) > 1 or given.spread is not None:
        return cx.error(codes.TYPE_MISMATCH, node, "`dict()` takes at most 1 positional argument")
    keywords = {name: as_data(cx, value, node) for name, value in given.keywords}
    args = [pairs_taken(cx, value, node) or lib.dict_source(cx, value, node) for value in given.positional]
    return lib.make_dict_of(cx, args, keywords, node)


@_builtin("sorted")
def _sorted(cx: Context, given: Arguments, node: ast.expr) -> Value:
    named = given.keyword_map()
    if len(given.positional) != 1 or set(named) - {"key", "reverse"} or given.spread is not None:
        return cx.error(codes.TYPE_MISMATCH, node, "`sorted()` takes an iterable, `key` and `reverse`")
    value = given.positional[0]
    if isinstance(value, Collected):
        from pysfnc.frontend.aws.lower_resource_lists import held_list, sorted_resources

        value = held_list(cx, value, node)
        if isinstance(value, Collected):
            return sorted_resources(cx, value, given, node)
    iterable, ordered = loose_items(cx, value, node, keyed=named.get("key") is not None)
    if not ordered and named.get("key") is not None:
        return refuse_order(
            cx,
            "which of equal keys is first",
            "write instead: `sorted(sorted(...), key=...)`, so that items decide",
            node,
        )
    items = lib.items_of(cx, iterable, node)
    if is_poison(items):
        return items
    return sorted_items(cx, items, named.get("key"), named.get("reverse"), node, given.positional[0])


def sorted_items(
    cx: Context, items: Expr, key: Value | None, reverse: Value | None, node: ast.expr, view: Value | None = None
) -> Expr:
    """The items in order; all keys are computed first, as CPython does. `view`: what they are the items of."""
    if reverse is not None and not isinstance(reverse, Static) and not kinds(reverse.type) <= {Kind.BOOL, Kind.INT}:
        return cx.error(
            codes.TYPE_MISMATCH,
            node,
            f"`reverse` is a bool, and the value is of type `{reverse.type}`",
            help="write instead: `reverse=bool(...)`",
        )
    backwards = Const(value=False, type=BOOL, span=cx.span(node)) if reverse is None else lib.truth(cx, reverse, node)
    if key is None or (not isinstance(key, Static) and key.type == NONE):
        by_keys = None if view is None else sort_pairs(cx, view, items, backwards, node)
        by_class = by_keys or sort_ranked(cx, items, backwards, node) or sort_own(cx, items, backwards, node)
        return by_class or lib.sort_by(cx, items, None, backwards, node)
    items = cx.atom(items)
    if is_comparison(key):
        return sorted_by_comparison(cx, items, key, backwards, node)
    keys = collect(cx, Source(items), Mapped(key, 1, node), node)
    return lib.sort_by(cx, items, keys, backwards, node)


@_builtin("min")
def _min(cx: Context, given: Arguments, node: ast.expr) -> Value:
    return extreme(cx, given, node, "min")


@_builtin("max")
def _max(cx: Context, given: Arguments, node: ast.expr) -> Value:
    return extreme(cx, given, node, "max")

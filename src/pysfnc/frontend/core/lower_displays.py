"""Displays of lists, tuples and dicts, with what is spread into them."""

import ast
from collections.abc import Callable

from pysfnc.frontend.aws.resource_values import Collected, ResourceOf
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import (
    as_data,
    expression,
    lower_in_order,
    lower_value,
    lowering,
)
from pysfnc.frontend.core.lower_values import (
    Lazy,
    Static,
    TupleOf,
    Value,
)
from pysfnc.ir.exprs import Expr

# Displays


@expression(ast.List, ast.Tuple)
def lower_sequence(cx: Context, node: ast.List | ast.Tuple) -> Value:
    """`[a, *b]` or `(a, b)`."""
    is_list = isinstance(node, ast.List)
    plain = [part.value if isinstance(part, ast.Starred) else part for part in node.elts]
    values = lower_in_order(
        cx, [lib.spread_now(cx, p) if isinstance(p, ast.Starred) else lowering(cx, p) for p in node.elts]
    )
    starred = [isinstance(part, ast.Starred) for part in node.elts]
    if not any(starred):
        data = (Lazy, ResourceOf, Collected) if is_list else (Lazy,)
        if any(isinstance(value, Static) and not isinstance(value, data) for value in values):
            return TupleOf(tuple(values), is_list)
        return _display(cx, [as_data(cx, v, n) for v, n in zip(values, plain, strict=True)], is_list, node)
    return _spread(cx, values, starred, plain, is_list, node)


def _display(cx: Context, items: list[Expr], is_list: bool, node: ast.AST) -> Expr:
    return lib.make_list(cx, items, node) if is_list else lib.make_tuple(cx, items, node)


def _spread(
    cx: Context, values: list[Value], starred: list[bool], nodes: list[ast.expr], is_list: bool, node: ast.AST
) -> Value:
    """A display with `*parts`: the parts are put together as lists."""
    flat: list[Value] = []
    for value, star in zip(values, starred, strict=True):
        known = lib.known_items(cx, value) if star else None
        if star and known is None:
            break
        flat.extend(known if known is not None else [value])
    else:
        if any(isinstance(value, Static) and not isinstance(value, Lazy) for value in flat):
            return TupleOf(tuple(flat), is_list)
        return _display(cx, [as_data(cx, value, node) for value in flat], is_list, node)
    made: Expr | None = None
    for value, star, part in zip(values, starred, nodes, strict=True):
        items = lib.spread_list(cx, value, part) if star else lib.make_list(cx, [as_data(cx, value, part)], part)
        made = items if made is None else lib.binary(cx, "+", made, items, node)
    assert made is not None
    if not is_list:
        return lib.call(cx, "tuple", [made], {}, node)
    return lib.copy_of_list(cx, made, node) if len(values) == 1 else made


@expression(ast.Dict)
def lower_dict(cx: Context, node: ast.Dict) -> Value:
    """`{key: value, **other}`; a key is evaluated before its value."""
    parts: list[ast.expr] = []
    steps: list[Callable[[], Value]] = []
    for key, value in zip(node.keys, node.values, strict=True):
        parts.extend([value] if key is None else [key, value])
        steps += [_spreading(cx, value)] if key is None else [lowering(cx, key), lowering(cx, value)]
    lowered = lower_in_order(cx, steps)
    if None not in node.keys and any(isinstance(value, Static) for value in lowered[1::2]):
        from pysfnc.frontend.calls.lower_choices import dict_of_functions
        from pysfnc.frontend.concurrency.lower_future_tables import display_of_futures

        table = dict_of_functions(cx, node, lowered[1::2]) or display_of_futures(cx, node, lowered)
        if table is not None:
            return table
    values = iter([as_data(cx, value, part) for value, part in zip(lowered, parts, strict=True)])
    segments: list[Expr] = []
    pairs: list[tuple[Expr, Expr]] = []
    for key, value_node in zip(node.keys, node.values, strict=True):
        if key is not None:
            pairs.append((next(values), next(values)))
            continue
        if pairs or not segments:
            segments.append(lib.make_dict(cx, pairs, node))
            pairs = []
        other = next(values)
        segments[-1] = lib.merge_dicts(cx, segments[-1], other, value_node)
    if pairs or not segments:
        segments.append(lib.make_dict(cx, pairs, node))
    made = segments[0]
    for segment in segments[1:]:
        made = lib.merge_dicts(cx, made, segment, node)
    return made


def _spreading(cx: Context, node: ast.expr) -> Callable[[], Value]:
    return lambda: lib.spread_mapping(cx, as_data(cx, lower_value(cx, node), node), node)

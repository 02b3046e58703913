"""What boto3 fills in for the calls of a resource: its identifiers and constants, where its files say (`aws.boto3_collections.Param`)."""

import ast
from collections.abc import Iterable

from pysfnc.aws.boto3_collections import Param
from pysfnc.aws.boto3_resources import kinds
from pysfnc.frontend.aws.resource_values import ResourceOf
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import Value
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.values.types import BOOL, INT, STR

__all__ = ["filled_in", "filled_value", "known_identifiers", "with_filled"]

_TYPES = {bool: BOOL, int: INT, str: STR}


def known_identifiers(resource: ResourceOf) -> dict[str, Expr]:
    """The identifiers of a resource by their names."""
    return dict(zip(kinds(resource.service)[resource.kind].identifiers, resource.identifiers, strict=True))


def filled_in(cx: Context, params: Iterable[Param], resource: ResourceOf, node: ast.expr) -> dict[str, Expr]:
    """The parameters of a call."""
    known = known_identifiers(resource)
    own: dict[str, Expr] = {}
    for param in params:
        target = param.target.replace("[]", "[0]")
        head, _, rest = target.partition(".")
        value = filled_value(cx, param, known, node)
        if head.endswith("]"):
            # `Filters[0].Name` and `Filters[0].Values[0]`: dicts in a list.
            name, _, place = head.removesuffix("]").partition("[")
            inner = value if not rest.endswith("[0]") else lib.make_list(cx, [value], node)
            value = _with_item(cx, own.get(name), int(place), rest.removesuffix("[0]"), inner, node)
            head = name
        own[head] = value
    return own


def with_filled(
    cx: Context, params: Iterable[Param], resource: ResourceOf, given: Arguments, node: ast.expr
) -> Arguments:
    """The arguments of a call, with what is filled in where it is not given."""
    own: dict[str, Value] = dict(filled_in(cx, params, resource, node))
    named = tuple((own | given.keyword_map()).items())
    return Arguments(given.positional, named, given.nodes, given.spread, given.rest)


def filled_value(cx: Context, param: Param, known: dict[str, Expr], node: ast.expr) -> Expr:
    """The value of a parameter; `known` are the identifiers."""
    if param.source == "identifier":
        return known[param.value]
    return Const(value=param.value, type=_TYPES[type(param.value)], span=cx.span(node))


def _with_item(cx: Context, before: Expr | None, place: int, key: str, value: Expr, node: ast.expr) -> Expr:
    """The list with a value at a place, or (`key`) in the dict at this place."""
    items: list[Expr] = [] if before is None else _parts(before)
    if key:
        pairs = [] if place == len(items) else _pairs(items[place])
        value = lib.make_dict(cx, [*pairs, (Const(value=key, type=STR), value)], node)
    items[place:] = [value]
    return lib.make_list(cx, items, node)


def _parts(made: Expr) -> list[Expr]:
    assert isinstance(made, Prim)
    return list(made.args)


def _pairs(made: Expr) -> list[tuple[Expr, Expr]]:
    args = _parts(made)
    return list(zip(args[::2], args[1::2], strict=True))

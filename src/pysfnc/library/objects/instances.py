"""`isinstance(x, C)` and `type(x).__name__`."""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, ExcField, Expr, Let
from pysfnc.jsonata.tree import Tree
from pysfnc.library.rows.dispatch import build_has_kind
from pysfnc.library.rows.make import Built, const, is_atom, prim
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow, Refusal, Site
from pysfnc.library.rows.typenames import number_is_ambiguous, refuse_ambiguity, type_name
from pysfnc.values.relations import kinds
from pysfnc.values.types import BOOL, STR, ErrorT, ExcT, Kind, Type

CLASS_KINDS: Final = {
    "bool": frozenset({Kind.BOOL}),
    "int": frozenset({Kind.INT, Kind.BOOL}),
    "float": frozenset({Kind.FLOAT}),
    "str": frozenset({Kind.STR}),
    "list": frozenset({Kind.LIST}),
    "tuple": frozenset({Kind.TUPLE}),
    "dict": frozenset({Kind.DICT}),
    "NoneType": frozenset({Kind.NONE}),
    "object": frozenset(Kind),
}
"""The builtin classes that `isinstance` knows, and the kinds of their instances."""
_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})
_ARRAYS: Final = frozenset({Kind.LIST, Kind.TUPLE})


def _unclear(type_: Type, wanted: frozenset[Kind], what: str) -> Refusal | None:
    """Why the question cannot be answered, if JSON cannot tell apart what it is about."""
    if number_is_ambiguous(type_) and not wanted >= _NUMBERS and wanted & _NUMBERS:
        return refuse_ambiguity("int or float", what)
    if kinds(type_) >= _ARRAYS and not wanted >= _ARRAYS and wanted & _ARRAYS:
        return refuse_ambiguity("list or tuple", what)
    return None


def build_is_instance(value: Expr, names: Sequence[str], site: Site) -> Built:
    """`isinstance(value, names)`. Of exception classes the names must include all subclasses."""
    if isinstance(value.type, ErrorT):
        return value
    wanted = frozenset(kind for name in names for kind in CLASS_KINDS.get(name, ()))
    found = kinds(value.type)
    if found == {Kind.EXCEPTION} and not wanted:
        return prim("exc.is_one", BOOL, site, value, *map(const, names))
    if Kind.EXCEPTION in found and wanted != frozenset(Kind) and any(name not in CLASS_KINDS for name in names):
        return refuse_ambiguity("dict or exception", "`isinstance()`")
    refusal = _unclear(value.type, wanted, "`isinstance()`")
    if refusal is not None:
        return refusal
    if found <= wanted or not found & wanted:
        answer = Const(value=bool(found & wanted), type=BOOL, span=site.span)
        if is_atom(value):
            return answer
        return Let(name=site.names.fresh("unused"), value=value, body=answer, type=BOOL, span=site.span)
    return build_has_kind(value, wanted & found, site)


def build_type_name(value: Expr, site: Site) -> Built:
    """`type(value).__name__`."""
    if isinstance(value.type, ErrorT):
        return value
    if isinstance(value.type, ExcT):
        return ExcField(exc=value, field_="name", type=STR, span=site.span)
    return _unclear(value.type, frozenset({Kind.INT, Kind.LIST, Kind.DICT}), "`type().__name__`") or prim(
        "type_name", STR, site, value
    )


def _type_name(args: Sequence[Arg], _type: Type) -> Tree:
    return type_name(args[0])


register_prim(PrimRow(op="type_name", lower=_type_name))

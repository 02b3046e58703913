"""Tests of exception objects at run time: made by the compiler, never written by a program. None of them can fail."""

from collections.abc import Sequence

from pysfnc.jsonata.tree import Array, Binary, Call, Field, Lit, Tree
from pysfnc.library.registry import register_prim
from pysfnc.library.row import Arg, PrimRow
from pysfnc.values.types import Type


def _is_one(args: Sequence[Arg], _type: Type) -> Tree:
    name = Field(args[0].tree, "e")
    names = tuple(arg.tree for arg in args[1:])
    if not names:
        return Lit(False)
    return Binary("=", name, names[0]) if len(names) == 1 else Binary("in", name, Array(names))


def _is_none(args: Sequence[Arg], type_: Type) -> Tree:
    return Call("not", (_is_one(args, type_),))


def _route(args: Sequence[Arg], _type: Type) -> Tree:
    return Binary("=", Field(args[0].tree, "r"), args[1].tree)


register_prim(PrimRow(op="exc.is_one", lower=_is_one))
register_prim(PrimRow(op="exc.is_none", lower=_is_none))
register_prim(PrimRow(op="exc.route_is", lower=_route))

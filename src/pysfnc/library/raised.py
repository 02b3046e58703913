"""Tests of exception objects at run time: made by the compiler, never written by a program. None of them can fail."""

import re
from collections.abc import Sequence

from pysfnc.ir.hir import FAMILY
from pysfnc.jsonata.tree import Array, Binary, Call, Field, Lit, Regex, Tree
from pysfnc.library.make import either
from pysfnc.library.registry import register_prim
from pysfnc.library.row import Arg, PrimRow
from pysfnc.values.types import Type


def _is_one(args: Sequence[Arg], _type: Type) -> Tree:
    name = Field(args[0].tree, "e")
    wanted = [str(arg.tree.value) for arg in args[1:] if isinstance(arg.tree, Lit)]
    families = [text.removesuffix(FAMILY) for text in wanted if text.endswith(FAMILY)]
    names = tuple(Lit(text) for text in wanted if not text.endswith(FAMILY))
    tests: list[Tree] = []
    if names:
        tests.append(Binary("=", name, names[0]) if len(names) == 1 else Binary("in", name, Array(names)))
    if families:
        tests.append(Call("contains", (name, Regex(rf"^({'|'.join(map(re.escape, families))})\."))))
    return either(*tests)


def _is_none(args: Sequence[Arg], type_: Type) -> Tree:
    return Call("not", (_is_one(args, type_),))


def _route(args: Sequence[Arg], _type: Type) -> Tree:
    return Binary("=", Field(args[0].tree, "r"), args[1].tree)


register_prim(PrimRow(op="exc.is_one", lower=_is_one))
register_prim(PrimRow(op="exc.is_none", lower=_is_none))
register_prim(PrimRow(op="exc.route_is", lower=_route))

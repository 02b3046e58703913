"""Tests of exception objects at run time: made by the compiler, never written by a program. None of them can fail.

An exception object is `{NAME: name, MESSAGE: str(e)}` with `ARGS` where the arguments are not just the message, and `FIELDS` where it has
attributes of its own. No dict of a program has the key `NAME`, so exceptions can be told from dicts.
"""

import re
from collections.abc import Sequence
from typing import Final

from pysfnc.ir.hir import FAMILY
from pysfnc.jsonata.tree import Array, Binary, Call, Field, Lit, Regex, Tree
from pysfnc.library.rows.make import either
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.values.types import Type

NAME: Final = "e!"
MESSAGE: Final = "c"
ARGS: Final = "a"
FIELDS: Final = "f"
ROUTE: Final = "r"


def is_named(exc: Tree, wanted: Sequence[str]) -> Tree:
    """Whether the name of an exception object is one of these, of which some stand for all errors of a service."""
    name = Field(exc, NAME)
    families = [text.removesuffix(FAMILY) for text in wanted if text.endswith(FAMILY)]
    names = tuple(Lit(text) for text in wanted if "." not in text or text.partition(".")[0] not in families)
    tests: list[Tree] = []
    if names:
        tests.append(Binary("=", name, names[0]) if len(names) == 1 else Binary("in", name, Array(names)))
    if families:
        tests.append(Call("contains", (name, Regex(rf"^({'|'.join(map(re.escape, families))})\."))))
    return either(*tests)


def _is_one(args: Sequence[Arg], _type: Type) -> Tree:
    return is_named(args[0].tree, [str(arg.tree.value) for arg in args[1:] if isinstance(arg.tree, Lit)])


def _is_none(args: Sequence[Arg], type_: Type) -> Tree:
    return Call("not", (_is_one(args, type_),))


def _route(args: Sequence[Arg], _type: Type) -> Tree:
    return Binary("=", Field(args[0].tree, ROUTE), args[1].tree)


def _no_exception(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    value = args[0].tree
    ok = Call("not", (Call("exists", (Field(value, NAME),)),))
    return (Check(ok, "ValueError", Lit(f"a dict with the key {NAME!r} cannot stand beside exceptions")),)


def _kept(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    value = args[0].tree
    return (Check(Binary("=", value, Lit(None)), "Exception", Lit(""), kept=value),)


register_prim(PrimRow(op="exc.raise_kept", lower=lambda _args, _: Lit(None), checks=_kept))
register_prim(PrimRow(op="value.no_exception", lower=lambda args, _: args[0].tree, checks=_no_exception))
register_prim(PrimRow(op="exc.is_one", lower=_is_one))
register_prim(PrimRow(op="exc.is_none", lower=_is_none))
register_prim(PrimRow(op="exc.route_is", lower=_route))
register_prim(PrimRow(op="exc.is_absent", lower=lambda args, _: Binary("=", args[0].tree, Lit(None))))

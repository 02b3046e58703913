"""Functions as data: a text that names one, or an object with the name and what belongs to it, by number."""

from collections.abc import Sequence

from pysfnc.jsonata.tree import Field, IfElse, Lit, Object, Tree
from pysfnc.library.rows.make import eq, text, type_of
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow
from pysfnc.library.rows.typenames import json_types
from pysfnc.values.types import Type

_NAME = "function"


def _held(args: Sequence[Arg], _type: Type) -> Tree:
    if len(args) == 1:
        return args[0].tree
    pairs = [(text(str(number)), arg.tree) for number, arg in enumerate(args[1:], 1)]
    return Object(((text(_NAME), args[0].tree), *pairs))


def _part(args: Sequence[Arg], _type: Type) -> Tree:
    assert isinstance(args[1].tree, Lit)
    return Field(args[0].tree, str(args[1].tree.value))


def _name(args: Sequence[Arg], _type: Type) -> Tree:
    held = args[0].tree
    found = json_types(args[0].type)
    if "object" not in found:
        return held
    named = Field(held, _NAME)
    return named if found == {"object"} else IfElse(eq(type_of(held), text("object")), named, held)


register_prim(PrimRow(op="function.held", lower=_held))
register_prim(PrimRow(op="function.part", lower=_part))
register_prim(PrimRow(op="function.name", lower=_name))

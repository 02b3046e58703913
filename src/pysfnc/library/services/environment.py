"""Environment variables: parameters of a deployment, which stand in a definition as placeholders."""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.placeholders import ABSENT, decoded, encoded
from pysfnc.jsonata.tree import Binary, Lit, Tree
from pysfnc.library.rows.make import text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.values.types import Type

TEXT: Final = "env.text"
"""The value of a variable that always has one."""
ITEM: Final = "env.item"
"""The value of an optional variable, or a KeyError."""
HAS: Final = "env.has"
OPERATIONS: Final = frozenset({TEXT, ITEM, HAS})


def _parameter(args: Sequence[Arg]) -> str:
    tree = args[0].tree
    assert isinstance(tree, Lit) and isinstance(tree.value, str), "the frontend gives names as constants"
    return tree.value


def _has(args: Sequence[Arg]) -> Tree:
    return Binary("!=", encoded(_parameter(args)), text(ABSENT))


def _item_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    return (Check(_has(args), "KeyError", text(repr(_parameter(args))), (args[0].tree,)),)


register_prim(PrimRow(op=TEXT, lower=lambda args, _: decoded(_parameter(args))))
register_prim(PrimRow(op=ITEM, lower=lambda args, _: decoded(_parameter(args)), checks=_item_checks))
register_prim(PrimRow(op=HAS, lower=lambda args, _: _has(args)))

"""Keys of dicts that are ints, which the machine holds as texts: `#` and the number.

The mark keeps them apart from keys that look like numbers, which JavaScript would put in front.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Tree
from pysfnc.library.dicts import has_key
from pysfnc.library.make import NULL, Built, call, prim, text
from pysfnc.library.registry import register_prim
from pysfnc.library.row import Arg, Check, PrimRow, Site
from pysfnc.library.shapes import ONE, amp
from pysfnc.values.types import INT, NONE, STR, Type

_MARK: Final = "#"


def build_key_text(key: Expr, site: Site) -> Built:
    """An int as a key."""
    if isinstance(key, Const):
        return Const(value=f"{_MARK}{key.value}", type=STR, span=key.span)
    return prim("key.text", STR, site, key)


def build_key(held: Expr, site: Site) -> Built:
    """The int that a key stands for."""
    return prim("key.of_text", INT, site, held)


def build_key_present(mapping: Expr, held: Expr, site: Site) -> Built:
    """None, after the KeyError of a key that a dict has not."""
    return prim("key.present", NONE, site, mapping, held)


def _shown(held: Tree) -> Tree:
    return call("substring", held, ONE)


def _present(args: Sequence[Arg], _: Type) -> list[Check]:
    shown = _shown(args[1].tree)
    return [Check(has_key(args[0].tree, args[1]), "KeyError", shown, args=(call("number", shown),))]


register_prim(PrimRow(op="key.text", lower=lambda args, _: amp(text(_MARK), call("string", args[0].tree))))
register_prim(PrimRow(op="key.of_text", lower=lambda args, _: call("number", _shown(args[0].tree))))
register_prim(PrimRow(op="key.present", lower=lambda _args, _: NULL, checks=_present))

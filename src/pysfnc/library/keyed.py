"""Dicts whose keys are not all str: the texts that the machine holds in place of the keys (`key_texts`), as operations."""

from collections.abc import Sequence

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Tree
from pysfnc.library.dicts import has_key
from pysfnc.library.hashing import hash_checks
from pysfnc.library.key_texts import constant_text, key_tree, stray, text_tree
from pysfnc.library.make import FALSE, NULL, Built, call, negate, prim, text
from pysfnc.library.registry import register_prim
from pysfnc.library.row import Arg, Check, PrimRow, Site
from pysfnc.library.shapes import ONE
from pysfnc.library.signature import repr_of
from pysfnc.library.versions import UNHASHABLE_KEY
from pysfnc.values.types import INT, NONE, STR, Type


def build_key_text(key: Expr, mapping: Expr | None, site: Site) -> Built:
    """A key as its text, after the TypeError of one that is unhashable; `mapping` where the dict that it is a key of has a say."""
    if isinstance(key, Const) and isinstance(key.value, str | int) and mapping is None and key.type in (STR, INT):
        return Const(value=constant_text(key.value), type=STR, span=key.span)
    return prim("key.text", STR, site, key) if mapping is None else prim("key.text", STR, site, key, mapping)


def build_key(held: Expr, type_: Type, site: Site) -> Built:
    """The key of a type that a text stands for."""
    return prim("key.of_text", type_, site, held)


def build_key_present(mapping: Expr, held: Expr, key: Expr | None, site: Site) -> Built:
    """None, after the KeyError of a key that a dict has not; `key` itself, where it is no int."""
    given = (mapping, held) if key is None else (mapping, held, key)
    return prim("key.present", NONE, site, *given)


def build_new_key(key: Expr, site: Site) -> Built:
    """None, after the TypeError of a key that the machine cannot put into a dict."""
    return prim("key.new", NONE, site, key)


def is_stray(key: Type) -> bool:
    """Whether a key may be one that the machine cannot put into a dict."""
    return stray(Arg(NULL, key)) != FALSE


def _text(args: Sequence[Arg], _: Type) -> Tree:
    return text_tree(args[0], args[1] if len(args) > 1 else None)


def _present(args: Sequence[Arg], _: Type) -> list[Check]:
    mapping, held, *given = args
    if not given:
        shown = call("substring", held.tree, ONE)
        return [Check(has_key(mapping.tree, held), "KeyError", shown, args=(call("number", shown),))]
    return [Check(has_key(mapping.tree, held), "KeyError", repr_of(given[0]), args=(given[0].tree,))]


def _new(args: Sequence[Arg], _: Type) -> list[Check]:
    message = "a tuple that is a key of a dict in the machine must not hold a bool where a number may stand"
    return [Check(negate(stray(args[0])), "TypeError", text(message))]


register_prim(PrimRow(op="key.text", lower=_text, checks=lambda args, _: hash_checks(args[0], UNHASHABLE_KEY)))
register_prim(PrimRow(op="key.of_text", lower=lambda args, type_: key_tree(args[0].tree, type_)))
register_prim(PrimRow(op="key.present", lower=lambda _args, _: NULL, checks=_present))
register_prim(PrimRow(op="key.new", lower=lambda _args, _: NULL, checks=_new))

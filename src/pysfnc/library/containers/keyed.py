"""Dicts whose keys are not all str: the texts that the machine holds in place of the keys (`key_texts`), as operations."""

from collections.abc import Sequence

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Object, Ref, Tree
from pysfnc.library.containers.dicts import has_key
from pysfnc.library.containers.hashing import hash_checks, hashable_part, refuse_unclear
from pysfnc.library.containers.key_texts import constant_text, is_no_str, key_tree, str_tree, stray, text_tree
from pysfnc.library.objects.bare_objects import bare_tree
from pysfnc.library.rows.make import FALSE, NULL, ZERO, Built, call, const, eq, join, negate, prim, text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Site
from pysfnc.library.rows.shapes import ONE, amp, at, bind, block, clean, clean_atoms, count, fn, refs
from pysfnc.library.rows.signature import repr_of
from pysfnc.library.rows.typenames import type_name
from pysfnc.library.rows.versions import UNHASHABLE_KEY
from pysfnc.values.types import INT, NONE, STR, DictT, MapT, Type

_K, _V = refs("py_k py_v")


def build_key_text(key: Expr, mapping: Expr | None, site: Site) -> Built:
    """A key as its text, after the TypeError of one that is unhashable; `mapping` where the dict that it is a key of has a say."""
    if isinstance(key, Const) and isinstance(key.value, str | int) and mapping is None and key.type in (STR, INT):
        return Const(value=constant_text(key.value), type=STR, span=key.span)
    refused = refuse_unclear(key.type)
    if refused is not None:
        return refused
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


def build_all_str(mapping: Expr, place: str, site: Site) -> Built:
    """A dict as it leaves the machine, after the TypeError of a key that is no str; `place` is what the message begins with."""
    assert isinstance(mapping.type, MapT)
    return prim("key.all_str", DictT(mapping.type.held.value), site, mapping, const(place))


def build_hashed(value: Expr, site: Site) -> Built:
    """The value, after the TypeError of one that is unhashable."""
    return refuse_unclear(value.type) or prim("hash.of", hashable_part(value.type), site, value)


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
    return [Check(has_key(mapping.tree, held), "KeyError", repr_of(given[0]), args=(bare_tree(given[0]),))]


def _new(args: Sequence[Arg], _: Type) -> list[Check]:
    message = "a tuple that is a key of a dict in the machine must not hold a bool where a number may stand"
    return [Check(negate(stray(args[0])), "TypeError", text(message))]


def _strs(args: Sequence[Arg], _: Type) -> list[Check]:
    mapping, place = args
    assert isinstance(mapping.type, MapT)
    others = clean_atoms(call("filter", call("keys", mapping.tree), fn("py_k", is_no_str(_K))))
    first = bind("py_d", key_tree(at(others, ZERO), mapping.type.key))
    name = block(first, type_name(Arg(Ref("py_d"), mapping.type.key)))
    message = join(amp(place.tree, text(" has a key of type ")), name, text("; keys must be str"))
    return [Check(eq(count(others), ZERO), "TypeError", message)]


def _all_str(args: Sequence[Arg], _: Type) -> Tree:
    made = Object(((str_tree(_K), _V),))
    return call("merge", clean(call("each", args[0].tree, fn("py_v py_k", made))))


register_prim(PrimRow(op="key.text", lower=_text, checks=lambda args, _: hash_checks(args[0], UNHASHABLE_KEY)))
register_prim(PrimRow(op="key.of_text", lower=lambda args, type_: key_tree(args[0].tree, type_)))
register_prim(PrimRow(op="key.present", lower=lambda _args, _: NULL, checks=_present))
register_prim(PrimRow(op="key.all_str", lower=_all_str, checks=_strs))
register_prim(PrimRow(op="key.new", lower=lambda _args, _: NULL, checks=_new))
register_prim(
    PrimRow(
        op="hash.of",
        lower=lambda args, _: args[0].tree,
        checks=lambda args, _: hash_checks(args[0], "unhashable type: '{}'"),
    )
)

"""Keys of dicts that are ints, or not known to be texts, which the machine holds as texts.

An int is `#` and the number: the mark keeps it apart from keys that look like numbers, which JavaScript would put in front. Among keys of any type
a text stands for itself, behind `#:` if it begins with the mark or a digit, None is `#N`, and a bool is the int that it equals. A number that is
no int is `#~`, which is never put in: bools and such numbers are looked for, and refused as new keys.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Lit, Tree
from pysfnc.library.dicts import has_key, hashable, join_texts
from pysfnc.library.make import NULL, ZERO, Built, both, call, choose, eq, prim, text
from pysfnc.library.registry import register_prim
from pysfnc.library.row import Arg, Check, PrimRow, Site
from pysfnc.library.shapes import ONE, amp, ne
from pysfnc.library.signature import repr_of
from pysfnc.library.typenames import has_kind, type_name
from pysfnc.values.types import ANY_KEY, FLOAT, INT, NONE, STR, Kind, Type, kinds, members

_MARK: Final = "#"
_TEXT: Final = "#:"
_SPECIAL: Final = "#0123456789"
_NONE: Final = "#N"
_NO_KEY: Final = "#~"
_NEW: Final = frozenset({Kind.NONE, Kind.INT, Kind.STR})


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


def build_any_key_text(key: Expr, site: Site) -> Built:
    """A key of any type as its text, after the TypeError of one that is unhashable."""
    if isinstance(key, Const) and isinstance(key.value, str):
        return Const(value=_escaped(key.value), type=STR, span=key.span)
    return prim("key.any_text", STR, site, key)


def _escaped(key: str) -> str:
    return f"{_TEXT}{key}" if key and key[0] in _SPECIAL else key


def build_any_key(held: Expr, site: Site) -> Built:
    """The key of any type that a text stands for."""
    return prim("key.of_any_text", ANY_KEY, site, held)


def build_any_key_present(mapping: Expr, held: Expr, key: Expr, site: Site) -> Built:
    """None, after the KeyError of a key that a dict has not, given with its text."""
    return prim("key.any_present", NONE, site, mapping, held, key)


def build_new_key(key: Expr, site: Site) -> Built:
    """None, after the TypeError of a key that the machine cannot put into a dict of keys of any type."""
    return prim("key.new", NONE, site, key)


def _any_text(args: Sequence[Arg], _: Type) -> Tree:
    key = args[0]
    first = call("substring", key.tree, ZERO, ONE)
    is_special = both(ne(first, text("")), call("contains", text(_SPECIAL), first))
    is_int = eq(call("floor", key.tree), key.tree)
    number = choose([(is_int, amp(text(_MARK), call("formatBase", key.tree)))], text(_NO_KEY))
    found = [
        (frozenset({Kind.STR}), choose([(is_special, amp(text(_TEXT), key.tree))], key.tree)),
        (frozenset({Kind.INT, Kind.FLOAT}), number),
        (frozenset({Kind.BOOL}), choose([(key.tree, text("#1"))], text("#0"))),
    ]
    cases = [(has_kind(key, wanted), tree) for wanted, tree in found if kinds(key.type) & wanted]
    return choose(cases, text(_NONE))


def _of_any_text(args: Sequence[Arg], _: Type) -> Tree:
    held = args[0].tree
    begins = eq(call("substring", held, ZERO, Lit(2)), text(_TEXT))
    special = choose(
        [(begins, call("substring", held, Lit(2))), (eq(held, text(_NONE)), NULL)], call("number", _shown(held))
    )
    return choose([(eq(call("substring", held, ZERO, ONE), text(_MARK)), special)], held)


def _any_present(args: Sequence[Arg], _: Type) -> list[Check]:
    mapping, held, key = args
    return [Check(has_key(mapping.tree, held), "KeyError", repr_of(key), args=(key.tree,))]


def _new(args: Sequence[Arg], _: Type) -> list[Check]:
    key = args[0]
    message = join_texts("a key of a dict in the machine must be str, not ", type_name(key), "")
    # A sum of unknown numbers may be a float that looks like an int.
    wanted = _NEW - {Kind.INT} if FLOAT in members(key.type) else _NEW
    return [Check(has_kind(key, wanted), "TypeError", message)]


def _shown(held: Tree) -> Tree:
    return call("substring", held, ONE)


def _present(args: Sequence[Arg], _: Type) -> list[Check]:
    shown = _shown(args[1].tree)
    return [Check(has_key(args[0].tree, args[1]), "KeyError", shown, args=(call("number", shown),))]


register_prim(PrimRow(op="key.text", lower=lambda args, _: amp(text(_MARK), call("formatBase", args[0].tree))))
register_prim(PrimRow(op="key.of_text", lower=lambda args, _: call("number", _shown(args[0].tree))))
register_prim(PrimRow(op="key.present", lower=lambda _args, _: NULL, checks=_present))
register_prim(PrimRow(op="key.any_text", lower=_any_text, checks=lambda args, _: hashable(args[0])))
register_prim(PrimRow(op="key.of_any_text", lower=_of_any_text))
register_prim(PrimRow(op="key.any_present", lower=lambda _args, _: NULL, checks=_any_present))
register_prim(PrimRow(op="key.new", lower=lambda _args, _: NULL, checks=_new))

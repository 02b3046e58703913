"""What stands beside a member of an Enum that is an int or text besides: checked first, as the TypeError names the Enum."""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Lit, Tree
from pysfnc.library.rows.make import join, prim, text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Site
from pysfnc.library.rows.typenames import NUMERIC, has_kind, of_kinds, type_name
from pysfnc.values.relations import kinds
from pysfnc.values.types import STR, EnumT, Kind, Type

_FITTING: Final = {"int": NUMERIC, "str": frozenset({Kind.STR})}


def _row(base: str, fitting: frozenset[Kind]) -> PrimRow:
    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        value, before, behind = args
        assert isinstance(before.tree, Lit) and isinstance(behind.tree, Lit)
        message = join(text(str(before.tree.value)), type_name(value), text(str(behind.tree.value)))
        return (Check(has_kind(value, fitting), "TypeError", message),)

    def lower(args: Sequence[Arg], _type: Type) -> Tree:
        return args[0].tree

    return PrimRow(op=f"member.beside_{base}", lower=lower, checks=checks)


for _base, _kinds in _FITTING.items():
    register_prim(_row(_base, _kinds))


def build_beside_member(symbol: str, member: Expr, other: Expr, other_is_left: bool, site: Site) -> Expr:
    """What is ordered with `member` by `symbol`, after the TypeError of what has no order with it; anything else as it is."""
    base = member.type.cls.base if isinstance(member.type, EnumT) else None
    if base is None or not isinstance(member.type, EnumT) or isinstance(other.type, EnumT):
        return other
    found, fitting = kinds(other.type), _FITTING[base]
    if found <= fitting or not found & fitting:
        return other
    begin, name = f"'{symbol}' not supported between instances of '", member.type.cls.name
    before, behind = (begin, f"' and '{name}'") if other_is_left else (f"{begin}{name}' and '", "'")
    texts = [Const(value=part, type=STR, span=site.span) for part in (before, behind)]
    return prim(f"member.beside_{base}", of_kinds(other.type, fitting), site, other, *texts)

"""Members of Enums by values out of items of DynamoDB whose numbers are told from texts: a `Decimal` finds the member whose number it equals."""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Field, IfElse, Tree
from pysfnc.library.objects.enums import enum_class, is_value, own_value
from pysfnc.library.rows.make import both, call, choose, either, eq, negate, prim, text, type_of
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Site
from pysfnc.library.rows.signature import repr_of
from pysfnc.library.services.stored_values import STORED, UNREAD, is_stored
from pysfnc.library.services.told_numbers import MARK, NUMBER, is_number, joined
from pysfnc.values.relations import join, join_all, members
from pysfnc.values.types import INT, BoolT, DictT, EnumClass, EnumT, IntT, ListT, NoneT, StrT, Type

UNTOLD: Final = "a list or dict out of an item is no value of a member, and its text has no form in a machine"


def build_of_told(cls: EnumClass, value: Expr, site: Site) -> Expr | None:
    """`Color(value)` of what an item may hold; None where the value may be something else, or a member's is a float."""
    others = [member for member in members(value.type) if member not in (NUMBER, STORED)]
    plain = all(isinstance(member, StrT | IntT | BoolT | NoneT | ListT | DictT) for member in others)
    if not plain or any(isinstance(item, float) for _, item in cls.members):
        return None
    return prim("enum.of_told", EnumT(cls), site, value)


def _read(value: Arg) -> Arg:
    """The value with the number in place of a `Decimal`, of the type without lists, dicts and sets, which are refused before."""
    kept: list[Type] = [member for member in members(value.type) if isinstance(member, StrT | IntT | BoolT | NoneT)]
    number = call("py_told_value", Field(value.tree, MARK))
    return Arg(IfElse(is_number(value.tree), number, value.tree), join(join_all(kept), INT))


def _checks(args: Sequence[Arg], type_: Type) -> Sequence[Check]:
    value, cls = args[0], enum_class(type_)
    is_list = eq(type_of(value.tree), text("array"))
    is_dict = both(eq(type_of(value.tree), text("object")), negate(is_number(value.tree)))
    refused = choose(
        [(is_stored(value.tree), joined(text(f"{UNREAD}: "), call("py_stored_kind", value.tree)))], text(UNTOLD)
    )
    digits = joined(text("Decimal('"), Field(value.tree, MARK), text("')"))
    shown = IfElse(is_number(value.tree), digits, repr_of(Arg(value.tree, _read(value).type)))
    return (
        Check(negate(either(is_list, is_dict)), "TypeError", refused),
        Check(is_value(_read(value), cls), "ValueError", joined(shown, text(f" is not a valid {cls.name}"))),
    )


def _lower(args: Sequence[Arg], type_: Type) -> Tree:
    return own_value(_read(args[0]), enum_class(type_))


register_prim(PrimRow(op="enum.of_told", lower=_lower, checks=_checks))

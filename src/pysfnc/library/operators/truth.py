"""The truth of a value: `bool(x)`, `if x`, `not x`, and the operands of `and`, `or`.

JSONata's own `$boolean` agrees with Python on everything but lists: it calls a list of falsy items false.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Binary, IfElse, Lit, Object, Ref, Tree
from pysfnc.library.rows.make import FALSE, Built, call, either, eq, negate, prim, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow, Refusal, Site
from pysfnc.library.rows.typenames import atoms, is_one_of, value_of_member
from pysfnc.values.relations import join_all, kinds, members
from pysfnc.values.types import BOOL, BoolT, EnumT, Kind, RecordT, TupleT, Type

_ARRAYS: Final = frozenset({Kind.LIST, Kind.TUPLE})
_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})

define(
    "py_truth",
    ("v",),
    IfElse(
        eq(type_of(Ref("v")), text("array")),
        Binary(">", call("count", Ref("v")), Lit(0)),
        call("boolean", Ref("v")),
    ),
)


def truth_tree(arg: Arg) -> Tree:
    """`bool(value)` as a boolean tree."""
    found = kinds(arg.type)
    if found <= {Kind.NONE}:
        return Lit(False)
    if found == {Kind.BOOL}:
        return arg.tree
    if found == {Kind.EXCEPTION}:
        return Lit(True)
    if found & {Kind.RECORD, Kind.ENUM}:
        return _truth_of_objects(arg)
    if found <= _NUMBERS:
        return Binary("!=", arg.tree, Lit(0))
    if found == {Kind.STR}:
        return Binary("!=", arg.tree, text(""))
    if found == {Kind.DICT}:
        return Binary("!=", arg.tree, Object(()))
    if found == {Kind.TUPLE} and all(isinstance(m, TupleT) and m.items for m in members(arg.type)):
        return Lit(True)
    if found <= _ARRAYS:
        return Binary(">", call("count", arg.tree), Lit(0))
    return call("py_truth" if found & _ARRAYS else "boolean", arg.tree)


def _truth_of_objects(arg: Arg) -> Tree:
    """Objects of classes are true, but members of an Enum that are a str or int besides."""
    found = atoms(arg.type)
    objects = [atom for atom in found if isinstance(atom, RecordT) or (isinstance(atom, EnumT) and not atom.cls.base)]
    others = [value_of_member(atom) if isinstance(atom, EnumT) else atom for atom in found if atom not in objects]
    rest = truth_tree(Arg(arg.tree, join_all(others))) if others else FALSE
    return either(is_one_of(arg, objects), rest)


def has_own_truth(type_: Type) -> bool:
    """Whether code of a class decides if some of the values count as true."""
    return any(isinstance(member, RecordT) and member.cls.truth == "own" for member in members(type_))


def build_truth(expr: Expr, site: Site) -> Built:
    """`bool(expr)`; the expression itself where it is a bool already."""
    if has_own_truth(expr.type):
        return Refusal(
            "type-needed",
            f"whether a value of type `{expr.type}` counts as true is decided by code of its class, if it is of that class",
            "write instead: `is None` or `isinstance` first, and `if x:` where the class is known",
        )
    if isinstance(expr.type, BoolT):
        return expr
    if isinstance(expr, Const):
        return Const(value=bool(expr.value), type=BOOL, span=site.span)
    return prim("truth", BOOL, site, expr)


def build_not(expr: Expr, site: Site) -> Built:
    """`not expr`."""
    truth = build_truth(expr, site)
    if isinstance(truth, Refusal):
        return truth
    if isinstance(truth, Const):
        return Const(value=not truth.value, type=BOOL, span=site.span)
    return prim("not", BOOL, site, truth)


def _lower_truth(args: Sequence[Arg], _type: Type) -> Tree:
    return truth_tree(args[0])


def _lower_not(args: Sequence[Arg], _type: Type) -> Tree:
    return negate(args[0].tree)


register_prim(PrimRow(op="truth", lower=_lower_truth))
register_prim(PrimRow(op="not", lower=_lower_not))

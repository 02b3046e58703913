"""`==`, `!=`, `is` and `is not`.

JSONata's `=` compares deeply, as Python does, but tells `true` from 1; where types let a bool meet a number,
`py_equal` compares again with bools as numbers. Lists and tuples are both arrays in JSON, so the types decide about
them. Identity has a meaning only for None and the two bools.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import (
    Array,
    Binary,
    Func,
    Keep,
    Lit,
    Object,
    Ref,
    Tree,
)
from pysfnc.library.make import FALSE, TRUE, Built, both, call, choose, either, eq, negate, prim, text, type_of
from pysfnc.library.prelude import define
from pysfnc.library.registry import register_prim
from pysfnc.library.row import Arg, PrimRow, Refusal, Site
from pysfnc.library.typenames import NUMERIC, as_number, atoms
from pysfnc.values.types import (
    BOOL,
    JSON_KINDS,
    BoolT,
    DictT,
    JsonT,
    Kind,
    ListT,
    NoneT,
    TupleT,
    Type,
    kinds,
    members,
)

_STR: Final = frozenset({Kind.STR})
_LIST: Final = frozenset({Kind.LIST})
_TUPLE: Final = frozenset({Kind.TUPLE})
_DICT: Final = frozenset({Kind.DICT})
_ARRAYS: Final = _LIST | _TUPLE
_SCALARS: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR})

# Equality

_A, _B, _V, _I = Ref("a"), Ref("b"), Ref("v"), Ref("i")


def _is(value: Tree, name: str) -> Tree:
    return eq(type_of(value), text(name))


define(
    "py_unbool",
    ("v",),
    # The value with every bool in it as a number.
    choose(
        [
            (_is(_V, "boolean"), call("number", _V)),
            (
                _is(_V, "array"),
                call("append", Array(()), Keep(call("map", _V, Func(("i",), call("py_unbool", _I))))),
            ),
            (
                both(_is(_V, "object"), Binary("!=", _V, Object(()))),
                call("merge", call("each", _V, Func(("i", "k"), Object(((Ref("k"), call("py_unbool", _I)),))))),
            ),
        ],
        _V,
    ),
)
define("py_equal", ("a", "b"), either(eq(_A, _B), eq(call("py_unbool", _A), call("py_unbool", _B))))


def _holds(type_: Type, wanted: frozenset[Kind]) -> bool:
    """Whether a value of one of these kinds may be the value or inside it."""
    if kinds(type_) & wanted:
        return True
    for member in members(type_):
        match member:
            case JsonT(found) if found & (_LIST | _DICT) and wanted & JSON_KINDS:
                return True
            case ListT(item) if _holds(item, wanted):
                return True
            case DictT(value) if _holds(value, wanted):
                return True
            case TupleT(items) if any(_holds(item, wanted) for item in items):
                return True
            case _:
                pass
    return False


_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})
_BOOLS: Final = frozenset({Kind.BOOL})


def bool_meets_number(left: Type, right: Type) -> bool:
    return (_holds(left, _BOOLS) and _holds(right, _NUMBERS)) or (_holds(left, _NUMBERS) and _holds(right, _BOOLS))


def equal_tree(left: Arg, right: Arg) -> Tree:
    """`left == right` as a boolean tree. Where a list may meet a tuple inside, `list_meets_tuple` has refused."""
    one, other = kinds(left.type), kinds(right.type)
    if not one & other and not (one & NUMERIC and other & NUMERIC):
        return FALSE
    plain: Tree = eq(left.tree, right.tree)
    if bool_meets_number(left.type, right.type):
        plain = _equal_with_bools(left, right)
    if (one & _LIST and other & _TUPLE) or (one & _TUPLE and other & _LIST):
        return both(Binary("!=", type_of(left.tree), text("array")), plain)
    return plain


def _equal_with_bools(left: Arg, right: Arg) -> Tree:
    for fixed, other in ((left, right), (right, left)):
        if isinstance(fixed.tree, Lit):
            value = fixed.tree.value
            if value is None or isinstance(value, str) or value not in (0, 1):
                return eq(left.tree, right.tree)
            return either(eq(other.tree, Lit(bool(value))), eq(other.tree, Lit(int(value))))
    if kinds(left.type) <= NUMERIC and kinds(right.type) <= NUMERIC:
        return eq(as_number(left), as_number(right))
    return call("py_equal", left.tree, right.tree)


def list_meets_tuple(left: Type, right: Type, inside: bool = False) -> bool:
    """Whether a list and a tuple inside the two values may be compared; at the top their kinds decide."""
    if not _holds(left, _TUPLE) and not _holds(right, _TUPLE):
        return False
    return any(_pair_meets(one, other, inside) for one in atoms(left) for other in atoms(right))


def _pair_meets(one: Type, other: Type, inside: bool) -> bool:
    match one, other:
        case (ListT(), TupleT()) | (TupleT(), ListT()):
            return inside
        case (ListT(x), ListT(y)) | (DictT(x), DictT(y)):
            return list_meets_tuple(x, y, True)
        case (TupleT(xs), TupleT(ys)):
            return any(list_meets_tuple(x, y, True) for x, y in zip(xs, ys, strict=False))
        case _:
            return False


def _lower_equal(args: Sequence[Arg], _type: Type) -> Tree:
    return equal_tree(args[0], args[1])


def _lower_unequal(args: Sequence[Arg], _type: Type) -> Tree:
    return negated(equal_tree(args[0], args[1]))


def negated(test: Tree) -> Tree:
    if isinstance(test, Binary) and test.op == "=":
        return Binary("!=", test.left, test.right)
    return negate(test)


register_prim(PrimRow(op="==", lower=_lower_equal))
register_prim(PrimRow(op="!=", lower=_lower_unequal))


def build_equal(symbol: str, left: Expr, right: Expr, site: Site) -> Built:
    for side in (left, right):
        if Kind.EXCEPTION in kinds(side.type):
            return Refusal("type-mismatch", "exceptions compare by identity, which values in a machine do not have")
    if list_meets_tuple(left.type, right.type):
        return Refusal("type-needed", f"`{symbol}` depends on whether a value inside is a list or a tuple")
    return prim(symbol, BOOL, site, left, right)


# Identity


def build_is(symbol: str, left: Expr, right: Expr, site: Site) -> Built:
    if not any(isinstance(side.type, NoneT | BoolT) for side in (left, right)):
        return Refusal(
            "unsupported-expression",
            f"`{symbol}` asks for identity, which values in a machine do not have",
            f"write instead: `{'==' if symbol == 'is' else '!='}`",
        )
    return prim(symbol, BOOL, site, left, right)


def _same(args: Sequence[Arg], _type: Type) -> Tree:
    left, right = args
    if not kinds(left.type) & kinds(right.type):
        return FALSE
    if kinds(left.type) == kinds(right.type) == {Kind.NONE}:
        return TRUE
    return eq(left.tree, right.tree)


register_prim(PrimRow(op="is", lower=_same))


def _other(args: Sequence[Arg], type_: Type) -> Tree:
    return negated(_same(args, type_))


register_prim(PrimRow(op="is not", lower=_other))

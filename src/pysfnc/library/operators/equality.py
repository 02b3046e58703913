"""`==`, `!=`, `is` and `is not`.

JSONata's `=` compares deeply, as Python does, but tells `true` from 1; where types let a bool meet a number,
`py_equal` compares again with bools as numbers. Lists and tuples are both arrays in JSON, so the types decide about
them. Identity has a meaning only for None and the two bools.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Array, Binary, Field, Func, IfElse, Index, Lit, Object, Ref, Tree
from pysfnc.library.operators.class_equality import class_meets
from pysfnc.library.rows.make import FALSE, TRUE, Built, both, call, choose, either, eq, negate, prim, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow, Refusal, Site
from pysfnc.library.rows.shapes import clean
from pysfnc.library.rows.typenames import NUMERIC, as_number, atoms, value_of_member
from pysfnc.values.relations import field_of, join_all, kinds, members, others_of
from pysfnc.values.types import (
    BOOL,
    JSON_KINDS,
    BoolT,
    DictT,
    EnumT,
    JsonT,
    Kind,
    ListT,
    NoneT,
    RecordT,
    TuplesT,
    TupleT,
    Type,
)

_STR: Final = frozenset({Kind.STR})
_LIST: Final = frozenset({Kind.LIST})
_TUPLE: Final = frozenset({Kind.TUPLE})
_DICT: Final = frozenset({Kind.DICT})
_ARRAYS: Final = _LIST | _TUPLE
_SCALARS: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR})

# Equality

_A, _B, _C, _K, _P, _S = (Ref(name) for name in "abckps")
_NUMERIC_TYPES: Final = Array((text("number"), text("boolean")))
_MISMATCH: Final = Object(((text("x"), TRUE),))


def _both_are(name: str) -> Tree:
    return both(eq(type_of(_A), text(name)), eq(type_of(_B), text(name)))


def _pair(left: Tree, right: Tree) -> Tree:
    return Object(((text("a"), left), (text("b"), right)))


# With bools as numbers. Values are compared level by level, so that deep ones do not need a deep stack: `py_same` goes through
# the pairs of one level and collects those of the next.
define("py_equal", ("a", "b"), either(eq(_A, _B), call("py_same", call("py_parts", _A, _B))))
define(
    "py_same",
    ("c",),
    choose(
        [
            (eq(call("count", _C), Lit(0)), TRUE),
            (call("exists", call("filter", _C, Func(("p",), call("exists", Field(_P, "x"))))), FALSE),
        ],
        call(
            "py_same",
            call(
                "reduce",
                _C,
                Func(("s", "p"), call("append", _S, call("py_parts", Field(_P, "a"), Field(_P, "b")))),
                Array(()),
            ),
        ),
    ),
)
define(
    "py_parts",
    ("a", "b"),
    # What must be equal for a and b to be equal: a list of pairs; one with x for what never is.
    choose(
        [
            (eq(_A, _B), Array(())),
            (
                both(_both_are("array"), eq(call("count", _A), call("count", _B))),
                clean(call("map", call("zip", _A, _B), Func(("p",), _pair(Index(_P, Lit(0)), Index(_P, Lit(1)))))),
            ),
            (
                both(_both_are("object"), eq(call("count", call("keys", _A)), call("count", call("keys", _B)))),
                clean(
                    call(
                        "map",
                        call("keys", _A),
                        Func(
                            ("k",),
                            IfElse(
                                call("exists", call("lookup", _B, _K)),
                                _pair(call("lookup", _A, _K), call("lookup", _B, _K)),
                                _MISMATCH,
                            ),
                        ),
                    )
                ),
            ),
            (
                both(
                    Binary("in", type_of(_A), _NUMERIC_TYPES),
                    Binary("in", type_of(_B), _NUMERIC_TYPES),
                    eq(call("number", _A), call("number", _B)),
                ),
                Array(()),
            ),
        ],
        Array((_MISMATCH,)),
    ),
)


def _holds(type_: Type, wanted: frozenset[Kind]) -> bool:
    """Whether a value of one of these kinds may be the value or inside it."""
    if kinds(type_) & wanted:
        return True
    for member in members(type_):
        match member:
            case JsonT(found) if found & (_LIST | _DICT) and wanted & JSON_KINDS:
                return True
            case ListT(item) | TuplesT(item) if _holds(item, wanted):
                return True
            case DictT(value) if _holds(value, wanted):
                return True
            case TupleT(items) if any(_holds(item, wanted) for item in items):
                return True
            case RecordT(_, attributes) if _holds(attributes, wanted):
                return True
            case EnumT() if _holds(value_of_member(member), wanted):
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
    left, right = _plain(left), _plain(right)
    one, other = kinds(left.type), kinds(right.type)
    if (not one & other and not (one & NUMERIC and other & NUMERIC)) or _are_of_two_classes(left.type, right.type):
        return FALSE
    plain: Tree = eq(left.tree, right.tree)
    if bool_meets_number(left.type, right.type):
        plain = _equal_with_bools(left, right)
    if (one & _LIST and other & _TUPLE) or (one & _TUPLE and other & _LIST):
        return both(Binary("!=", type_of(left.tree), text("array")), plain)
    return plain


def _plain(arg: Arg) -> Arg:
    """A member of an Enum that is a str or int besides, as that."""
    if not any(isinstance(member, EnumT) and member.cls.base for member in members(arg.type)):
        return arg
    found = [value_of_member(m) if isinstance(m, EnumT) and m.cls.base else m for m in members(arg.type)]
    return Arg(arg.tree, join_all(found))


def _are_of_two_classes(left: Type, right: Type) -> bool:
    match left, right:
        case (RecordT(one), RecordT(other)):
            return one != other
        case (EnumT(first), EnumT(second)):
            return first != second
        case _:
            return False


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


def unclear(left: Type, right: Type, inside: bool = False) -> str | None:
    """What JSON does not tell of values that are compared: they depend on whether one is "a list or a tuple"; None for nothing."""
    if list_meets_tuple(left, right, inside):
        return "a list or a tuple"
    return "an object of a class" if class_meets(left, right, inside) else None


def _pair_meets(one: Type, other: Type, inside: bool) -> bool:
    match one, other:
        case (ListT(), TupleT() | TuplesT()) | (TupleT() | TuplesT(), ListT()):
            return inside
        case (TuplesT(x), TuplesT(y)):
            return list_meets_tuple(x, y, True)
        case (TuplesT(x), TupleT(ys)) | (TupleT(ys), TuplesT(x)):
            return any(list_meets_tuple(x, y, True) for y in ys)
        case (ListT(x), ListT(y)):
            return list_meets_tuple(x, y, True)
        case (DictT() as x, DictT() as y):
            names = {field.name for field in (*x.fields, *y.fields)}
            pairs = [(field_of(x, name).type, field_of(y, name).type) for name in names]
            return any(list_meets_tuple(a, b, True) for a, b in (*pairs, (others_of(x), others_of(y))))
        case (RecordT(cls, x), RecordT(other_cls, y)) if cls == other_cls:
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
    what = unclear(left.type, right.type)
    if what is not None:
        return Refusal("type-needed", f"`{symbol}` depends on whether a value inside is {what}")
    return prim(symbol, BOOL, site, left, right)


# Identity


def build_is(symbol: str, left: Expr, right: Expr, site: Site) -> Built:
    if any(isinstance(side.type, EnumT) for side in (left, right)) and class_meets(left.type, right.type):
        return Refusal("type-needed", f"`{symbol}` depends on whether a value is a member of an Enum")
    if not any(isinstance(side.type, NoneT | BoolT | EnumT) for side in (left, right)):
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
    if _are_of_two_classes(left.type, right.type):
        return FALSE
    return eq(left.tree, right.tree)


register_prim(PrimRow(op="is", lower=_same))


def _other(args: Sequence[Arg], type_: Type) -> Tree:
    return negated(_same(args, type_))


register_prim(PrimRow(op="is not", lower=_other))

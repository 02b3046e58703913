"""`<`, `<=`, `>` and `>=`.

Strings order by UTF-16 units in JSONata and by code points in Python, so they are compared by a key (`py_key`).
Lists and tuples compare by the first items that differ (`py_leaf` finds the pair). The text of a TypeError about items
inside a list names a float by its value, as types inside are not followed there.
"""

from typing import Final

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.tree import Array, Binary, Bind, Field, Func, IfElse, Index, Lit, Object, Ref, Regex, Seq, Tree
from pysfnc.library.operators.class_equality import refuse_order
from pysfnc.library.operators.operators import BinaryOperator, Case, build_operation, register_operator
from pysfnc.library.rows.make import Built, both, call, choose, either, eq, join, negate, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.row import Arg, Check, Site
from pysfnc.library.rows.typenames import NUMERIC, as_number, atoms, type_name
from pysfnc.values.relations import kinds
from pysfnc.values.types import BOOL, Kind, ListT, TuplesT, TupleT, Type

_STR: Final = frozenset({Kind.STR})
_LIST: Final = frozenset({Kind.LIST})
_TUPLE: Final = frozenset({Kind.TUPLE})
_DICT: Final = frozenset({Kind.DICT})
_ARRAYS: Final = _LIST | _TUPLE
_SCALARS: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR})

_A, _B, _V = Ref("a"), Ref("b"), Ref("v")
_LEAF_A, _LEAF_B = Field(Ref("l"), "a"), Field(Ref("l"), "b")


def _is(value: Tree, name: str) -> Tree:
    return eq(type_of(value), text(name))


def _pair(left: Tree, right: Tree) -> Tree:
    return Object(((text("a"), left), (text("b"), right)))


define(
    "py_key",
    ("v",),
    # Its order by UTF-16 units is that of the code points: U+E000 to U+FFFF go below the surrogates, behind U+D7FF.
    call(
        "replace",
        call("replace", _V, text("\ud7ff"), text("\ud7ff ")),
        Regex("[\\ue000-\\uffff]"),
        text("\ud7ff$0"),
    ),
)
_P, _D = Ref("p"), Ref("d")
_FIRST, _SECOND = Index(_P, Lit(0)), Index(_P, Lit(1))

define(
    "py_leaf",
    ("a", "b"),
    # The pair of values that decides how a and b compare: of lists the first items that differ, or else their lengths.
    IfElse(
        both(_is(_A, "array"), _is(_B, "array")),
        Seq(
            (
                Bind("d", Index(call("map", call("zip", _A, _B), Func(("p",), call("py_differing", _P))), Lit(0))),
                IfElse(
                    call("exists", _D),
                    call("py_leaf", Field(_D, "a"), Field(_D, "b")),
                    _pair(call("count", _A), call("count", _B)),
                ),
            )
        ),
        _pair(_A, _B),
    ),
)
define("py_differing", ("p",), IfElse(negate(call("py_equal", _FIRST, _SECOND)), _pair(_FIRST, _SECOND), None))
define(
    "py_ordered",
    ("l",),
    # Whether the pair can be ordered at all.
    either(
        both(_is(_LEAF_A, "string"), _is(_LEAF_B, "string")),
        both(
            Binary("in", type_of(_LEAF_A), Array((text("number"), text("boolean")))),
            Binary("in", type_of(_LEAF_B), Array((text("number"), text("boolean")))),
        ),
    ),
)
define(
    "py_compare",
    ("l",),
    # -1, 0 or 1 for the pair.
    IfElse(
        _is(_LEAF_A, "string"),
        call("py_sign", call("py_key", _LEAF_A), call("py_key", _LEAF_B)),
        call("py_sign", call("number", _LEAF_A), call("number", _LEAF_B)),
    ),
)
define("py_sign", ("a", "b"), choose([(Binary("<", _A, _B), Lit(-1)), (Binary(">", _A, _B), Lit(1))], Lit(0)))


def _is_plain(value: Tree) -> bool:
    return isinstance(value, Lit) and isinstance(value.value, str) and all(c < "\ud7ff" for c in value.value)


def _compare_texts(op: str, left: Tree, right: Tree) -> Tree:
    # Against a text without high characters the first difference is decided the same way in both orders.
    if _is_plain(left) or _is_plain(right):
        return Binary(op, left, right)
    return Binary(op, call("py_key", left), call("py_key", right))


def always_ordered(left: Type, right: Type) -> bool:
    """Whether `<` of lists or tuples of these types never raises for what is inside."""
    return all(_pair_ordered(one, other) for one in atoms(left) for other in atoms(right))


def _pair_ordered(one: Type, other: Type) -> bool:
    match one, other:
        case (ListT(x), ListT(y)) | (TuplesT(x), TuplesT(y)):
            return always_ordered(x, y)
        case (TuplesT(x), TupleT(ys)):
            return all(always_ordered(x, y) for y in ys)
        case (TupleT(xs), TuplesT(y)):
            return all(always_ordered(x, y) for x in xs)
        case (TupleT(xs), TupleT(ys)):
            return all(always_ordered(x, y) for x, y in zip(xs, ys, strict=False))
        case _:
            pair = kinds(one) | kinds(other)
            return pair <= NUMERIC or pair == _STR


def _not_ordered(symbol: str, left: Tree, right: Tree) -> Tree:
    return join(text(f"'{symbol}' not supported between instances of '"), left, text("' and '"), right, text("'"))


def _misfit(symbol: str, left: Arg, right: Arg) -> Tree:
    return _not_ordered(symbol, type_name(left), type_name(right))


def _inner_misfit(symbol: str, left: Arg, right: Arg) -> tuple[Check, ...]:
    arrays = [
        (one, other)
        for one in atoms(left.type)
        for other in atoms(right.type)
        if kinds(one) == kinds(other) and kinds(one) <= _ARRAYS
    ]
    if all(_pair_ordered(one, other) for one, other in arrays):
        return ()
    leaf = call("py_leaf", left.tree, right.tree)
    message = Seq((Bind("l", leaf), _not_ordered(symbol, call("py_type", _LEAF_A), call("py_type", _LEAF_B))))
    return (Check(call("py_ordered", leaf), "TypeError", message),)


def _bool(_left: Type, _right: Type, _l: Expr, _r: Expr) -> Type:
    return BOOL


def _order(symbol: str) -> BinaryOperator:
    def arrays(left: Arg, right: Arg) -> Tree:
        return Binary(symbol, call("py_compare", call("py_leaf", left.tree, right.tree)), Lit(0))

    return BinaryOperator(
        symbol,
        (
            Case(NUMERIC, NUMERIC, _bool, lambda left, right: Binary(symbol, as_number(left), as_number(right))),
            Case(_STR, _STR, _bool, lambda left, right: _compare_texts(symbol, left.tree, right.tree)),
            Case(_LIST, _LIST, _bool, arrays),
            Case(_TUPLE, _TUPLE, _bool, arrays),
        ),
        _misfit,
        lambda left, right: _inner_misfit(symbol, left, right),
    )


_ORDERS: Final = {symbol: _order(symbol) for symbol in ("<", "<=", ">", ">=")}
for _symbol, _operator in _ORDERS.items():
    register_operator(_operator, _symbol)


def build_order(symbol: str, left: Expr, right: Expr, site: Site) -> Built:
    """One of the four comparisons."""
    refusal = refuse_order(left.type, f"`{symbol}`") or refuse_order(right.type, f"`{symbol}`")
    return refusal or build_operation(_ORDERS[symbol], symbol, left, right, site)

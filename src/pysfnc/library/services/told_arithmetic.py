"""Arithmetic and order of numbers of items of DynamoDB, on a coefficient and an exponent, and the TypeErrors of operands that are none."""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, IfElse, Lit, Neg, Object, Regex, Seq, Tree
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.rows.make import ZERO, both, call, choose, either, eq, negate, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import amp, le, lt, ne, refs
from pysfnc.library.services.stored_values import UNREAD, is_stored
from pysfnc.library.services.told_numbers import MARK, NO_FORM, is_number, joined, made
from pysfnc.values.types import Type

_A, _B, _V, _S, _E, _C, _M, _X = refs("a b v s e c m x")
_MOST: Final = Lit(2**53)
NO_FLOAT: Final = "`/` of a bool out of an item gives a float, which has no form beside Decimals in a machine"
_STRING, _OBJECT, _ARRAY, _NUMERIC, _BOOLEAN = (
    text(name) for name in ("string", "object", "array", "number", "boolean")
)


define("py_told_text", ("v",), IfElse(eq(type_of(_V), _OBJECT), Field(_V, MARK), digits_of(call("number", _V))))
define(
    "py_told_split",
    ("s",),
    Seq(
        (
            Bind("a", call("py_told_parts", _S)),
            Bind("c", Field(_A, "c")),
            Bind("m", IfElse(eq(_C, text("")), ZERO, call("number", _C))),
            IfElse(
                le(call("length", _C), Lit(15)),
                Object(
                    (
                        (text("c"), IfElse(Field(_A, "n"), Neg(_M), _M)),
                        (text("n"), Field(_A, "n")),
                        (text("e"), Field(_A, "e")),
                    )
                ),
                call("error", text(NO_FORM)),
            ),
        )
    ),
)
define(
    "py_told_made",
    ("n", "c", "e"),
    IfElse(
        le(call("abs", _C), _MOST),
        made(
            call(
                "py_decimal",
                call(
                    "join",
                    Array(
                        (
                            IfElse(refs("n")[0], text("-"), text("")),
                            digits_of(call("abs", _C)),
                            text("E"),
                            call("string", _E),
                        )
                    ),
                ),
            )
        ),
        call("error", text(NO_FORM)),
    ),
)


def _aligned(of: Tree) -> Tree:
    return Binary("*", Field(of, "c"), call("power", Lit(10), Binary("-", Field(of, "e"), _E)))


define(
    "py_told_sum",
    ("a", "b", "x"),
    Seq(
        (
            Bind("a", call("py_told_split", call("py_told_text", _A))),
            Bind("b", call("py_told_split", call("py_told_text", _B))),
            Bind("e", call("min", Array((Field(_A, "e"), Field(_B, "e"))))),
            Bind("c", _aligned(_A)),
            Bind("s", Binary("*", _X, _aligned(_B))),
            IfElse(
                both(le(call("abs", _C), _MOST), le(call("abs", _S), _MOST)),
                call("py_told_made", lt(Binary("+", _C, _S), ZERO), Binary("+", _C, _S), _E),
                call("error", text(NO_FORM)),
            ),
        )
    ),
)
define(
    "py_told_product",
    ("a", "b"),
    Seq(
        (
            Bind("a", call("py_told_split", call("py_told_text", _A))),
            Bind("b", call("py_told_split", call("py_told_text", _B))),
            call(
                "py_told_made",
                ne(Field(_A, "n"), Field(_B, "n")),
                Binary("*", Field(_A, "c"), Field(_B, "c")),
                Binary("+", Field(_A, "e"), Field(_B, "e")),
            ),
        )
    ),
)


_SEQUENCES: Final = Array((_STRING, _ARRAY))
define(
    "py_told_clash",
    ("a", "b", "x"),
    choose(
        [
            (
                both(eq(call("substring", _X, ZERO, Lit(1)), text("+")), Binary("in", type_of(_A), _SEQUENCES)),
                IfElse(
                    both(eq(_X, text("+=")), eq(type_of(_A), _ARRAY)),
                    joined(text("'"), call("py_told_kind", _B), text("' object is not iterable")),
                    joined(
                        text("can only concatenate "),
                        call("py_kind", _A),
                        text(' (not "'),
                        call("py_told_kind", _B),
                        text('") to '),
                        call("py_kind", _A),
                    ),
                ),
            ),
            (
                both(
                    eq(call("substring", _X, ZERO, Lit(1)), text("*")),
                    either(Binary("in", type_of(_A), _SEQUENCES), Binary("in", type_of(_B), _SEQUENCES)),
                ),
                joined(
                    text("can't multiply sequence by non-int of type '"),
                    call("py_told_kind", IfElse(Binary("in", type_of(_A), _SEQUENCES), _B, _A)),
                    text("'"),
                ),
            ),
        ],
        joined(
            text("unsupported operand type(s) for "),
            _X,
            text(": '"),
            call("py_told_kind", _A),
            text("' and '"),
            call("py_told_kind", _B),
            text("'"),
        ),
    ),
)
"""The text of the TypeError for operands of which one is a number and the other none."""


def _numeric(value: Tree) -> Tree:
    return either(is_number(value), Binary("in", type_of(value), Array((_NUMERIC, _BOOLEAN))))


def _whole(value: Tree) -> Tree:
    return IfElse(eq(type_of(value), _NUMERIC), eq(call("floor", value), value), Lit(True))


def _operands(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """The operands of an operator, of which one is such a number: the other is one or an int. The sign is the last argument."""
    one, other, sign = (arg.tree for arg in args)
    assert isinstance(sign, Lit)
    message = call("py_told_clash", one, other, sign)
    fits = both(both(_numeric(one), _numeric(other)), both(_whole(one), _whole(other)))
    return (Check(fits, "TypeError", message),)


def _arithmetic(args: Sequence[Arg], _type: Type) -> Tree:
    one, other, sign = (arg.tree for arg in args)
    assert isinstance(sign, Lit)
    match str(sign.value)[0]:
        case "*":
            return call("py_told_product", one, other)
        case found:
            return call("py_told_sum", one, other, Lit(1 if found == "+" else -1))


def _divided(args: Sequence[Arg], type_: Type) -> Sequence[Check]:
    """As `_operands`. Two of which none is such a number are refused where they may meet here, as `/` would give a float of them."""
    told = either(*(is_number(arg.tree) for arg in args[:2]))
    return (*_operands(args, type_), Check(told, "TypeError", text(NO_FLOAT)))


def _having(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """The receiver of a method that only such numbers have; the second argument is what stands behind the name of another class."""
    value, behind = (arg.tree for arg in args)
    return (Check(is_number(value), "AttributeError", joined(text("'"), call("py_told_kind", value), behind)),)


def _ordered_check(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """One operand is such a number, the other one or an int."""
    one, other, sign = (arg.tree for arg in args)
    return (Check(both(_numeric(one), _numeric(other)), "TypeError", _not_ordered(one, other, sign)),)


def _stored_operands(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """The operands of `+`, `-`, `*` or an order: none is a set or bytes of an item. Of two, Python has some that the machine has not."""
    one, other, sign = (arg.tree for arg in args)
    assert isinstance(sign, Lit)
    is_order = sign.value in ("<", "<=", ">", ">=")
    message = _not_ordered(one, other, sign) if is_order else call("py_told_clash", one, other, sign)
    if is_order or str(sign.value).startswith("-"):
        message = IfElse(both(is_stored(one), is_stored(other)), text(UNREAD), message)
    return (Check(negate(either(is_stored(one), is_stored(other))), "TypeError", message),)


def _not_ordered(one: Tree, other: Tree, sign: Tree) -> Tree:
    kinds_ = (text("' and '"), call("py_told_kind", other), text("'"))
    return joined(text("'"), sign, text("' not supported between instances of '"), call("py_told_kind", one), *kinds_)


def _ordered(args: Sequence[Arg], _type: Type) -> Tree:
    one, other = (call("py_told_value", call("py_told_text", arg.tree)) for arg in args[:2])
    sign = args[2].tree
    assert isinstance(sign, Lit)
    return Binary(str(sign.value), one, other)


def _is_true(args: Sequence[Arg], _type: Type) -> Tree:
    return call("contains", call("replace", Field(args[0].tree, MARK), Regex("E.*$"), text("")), Regex("[1-9]"))


def _negative(args: Sequence[Arg], _type: Type) -> Tree:
    written = Field(args[0].tree, MARK)
    turned = IfElse(call("contains", written, Regex("^-")), call("substring", written, Lit(1)), amp(text("-"), written))
    plain = call("replace", written, Regex("^-"), text(""))
    return made(IfElse(_is_true(args, _type), turned, plain))


def _is_of_kind(args: Sequence[Arg], _type: Type) -> Tree:
    """Whether what came out of an item is an object of one of these builtin classes; marked objects are of none."""
    value = args[0].tree
    names = [str(arg.tree.value) for arg in args[1:] if isinstance(arg.tree, Lit)]
    tests = [eq(type_of(value), text(_JSON_TYPES[name])) for name in names]
    found = either(*tests)
    return both(found, negate(either(is_number(value), is_stored(value)))) if "dict" in names else found


_JSON_TYPES: Final = {"NoneType": "null", "bool": "boolean", "str": "string", "list": "array", "dict": "object"}
BUILTIN_CLASSES: Final = frozenset(_JSON_TYPES)
"""The builtin classes of what an item holds."""
register_prim(PrimRow(op="number.of_kind", lower=_is_of_kind))
register_prim(PrimRow(op="number.true", lower=_is_true))
register_prim(PrimRow(op="number.negative", lower=_negative))
register_prim(PrimRow(op="number.ordered", lower=_ordered, checks=_ordered_check))
register_prim(PrimRow(op="stored.operands", lower=lambda args, _: args[0].tree, checks=_stored_operands))
register_prim(PrimRow(op="number.arithmetic", lower=_arithmetic, checks=_operands))
register_prim(PrimRow(op="number.operand", lower=lambda args, _: call("py_told_text", args[0].tree), checks=_operands))
register_prim(PrimRow(op="number.digits", lower=lambda args, _: call("py_told_text", args[0].tree)))
register_prim(PrimRow(op="number.having", lower=lambda args, _: args[0].tree, checks=_having))

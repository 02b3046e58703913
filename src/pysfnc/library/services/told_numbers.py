"""Numbers of items of DynamoDB that the machine tells from texts: an object with one key of its own, which holds the text of the `Decimal`.

For programs that do more with items than to pass them on: put them back, compare what they hold, compute with it. Arithmetic is exact for numbers
of up to 15 digits; where more are needed the execution fails, and no `except` catches that (LIM-74).
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, IfElse, Index, Lit, Object, Ref, Regex, Seq, Tree
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.rows.make import NULL, ZERO, both, call, choose, either, eq, negate, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import prim as prim_row
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import clean, count, fn, le, mapped, ne, refs
from pysfnc.library.services.attribute_values import decimal_int
from pysfnc.library.services.stored_values import holds_mark, is_stored, no_bytes, put_back, stored_case
from pysfnc.values.types import JSON, OpaqueT, Type

NUMBER: Final = OpaqueT("Decimal of an item", on_wire=True)
MARK: Final = "decimal.Decimal"
"""The key. An item with an attribute of this name is refused where it is read."""

_A, _B, _V, _K, _S, _E, _C, _M, _X = refs("a b v k s e c m x")
NO_FORM: Final = "a Decimal of more than 15 digits has no exact form in the machine here"
_STRING, _OBJECT, _ARRAY, _NUMERIC, _BOOLEAN = (
    text(name) for name in ("string", "object", "array", "number", "boolean")
)


def is_number(value: Tree) -> Tree:
    """Whether a value is such a number."""
    return both(eq(type_of(value), _OBJECT), call("exists", Field(value, MARK)))


def made(digits: Tree) -> Tree:
    """A number of its text."""
    return Object(((text(MARK), digits),))


def joined(*parts: Tree) -> Tree:
    """The texts one behind the other."""
    return call("join", Array(parts))


def _each(of: Tree, function: str) -> Tree:
    return call("merge", Array((call("each", of, fn("v k", Object(((_K, call(function, _V)),)))),)))


def _deep(name: str, of_number: Tree, others: Sequence[tuple[Tree, Tree]] = ()) -> None:
    """A function that changes the numbers at any depth of `v`."""
    cases = [
        *others,
        (eq(type_of(_V), _ARRAY), mapped(_V, "v", call(name, _V))),
        (ne(type_of(_V), _OBJECT), _V),
        (call("exists", Field(_V, MARK)), of_number),
    ]
    define(name, ("v",), choose(cases, _each(_V, name)))


define(
    "py_attribute_told",
    ("a",),
    choose(
        [
            (call("exists", Field(_A, "S")), Field(_A, "S")),
            (call("exists", Field(_A, "N")), made(call("py_decimal", Field(_A, "N")))),
            (call("exists", Field(_A, "M")), _each(Field(_A, "M"), "py_attribute_told")),
            (call("exists", Field(_A, "L")), mapped(Field(_A, "L"), "v", call("py_attribute_told", _V))),
            (call("exists", Field(_A, "BOOL")), Field(_A, "BOOL")),
            (call("exists", Field(_A, "Bool")), Field(_A, "Bool")),
            stored_case(_A),
        ],
        NULL,
    ),
)
define(
    "py_attribute_of_told",
    ("v",),
    choose(
        [
            (eq(_V, NULL), Object(((text("NULL"), Lit(True)),))),
            (eq(type_of(_V), _STRING), Object(((text("S"), _V),))),
            (eq(type_of(_V), _NUMERIC), Object(((text("N"), digits_of(_V)),))),
            (eq(type_of(_V), _BOOLEAN), Object(((text("BOOL"), _V),))),
            (eq(type_of(_V), _ARRAY), Object(((text("L"), mapped(_V, "v", call("py_attribute_of_told", _V))),))),
            (call("exists", Field(_V, MARK)), Object(((text("N"), Field(_V, MARK)),))),
            put_back(_V),
        ],
        Object(((text("M"), _each(_V, "py_attribute_of_told")),)),
    ),
)
_deep("py_told_plain", Field(_V, MARK))

# In texts of JSON

_PLACE: Final = "\0"
"""What stands before the text of a number that holds the place of another text."""
_deep("py_told_held", joined(text(_PLACE), Field(_V, MARK)))
define(
    "py_told_all",
    ("v",),
    mapped(
        call(
            "distinct",
            Field(
                call("match", call("string", _V), Regex(f'\\{{"{MARK.replace(".", "[.]")}":"([^"]*)"\\}}')), "groups"
            ),
        ),
        "v",
        made(_V),
    ),
)
"""The different numbers in a value. In a JSON text a quote inside of a text has a backslash before it, so that no text looks like one."""


_TOKENS: Final = r'"(?:[^"\x5c]|\x5c.)*"|-?[0-9]+(?:[.][0-9]+)?(?:[eE][-+]?[0-9]+)?'
_WRITTEN: Final = Field(_M, "match")


def _with_decimals(args: Sequence[Arg], _type: Type) -> Tree:
    """`json.loads(text, parse_float=Decimal)`: a number with a fraction or an exponent becomes one of an item, of the digits in the text."""
    number = joined(text('{"' + MARK + '":"'), call("py_decimal", _WRITTEN), text('"}'))
    kept = call("contains", _WRITTEN, Regex('^"|^-?[0-9]+$'))
    return call("parse", call("replace", args[0].tree, Regex(_TOKENS), fn("m", IfElse(kept, _WRITTEN, number))))


def _is_json(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    checks = prim_row("json.loads").checks
    assert checks is not None
    return checks(args, JSON)


def _no_place(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    found = call("contains", call("string", args[0].tree), text("\\u0000"))
    message = "texts with the character U+0000 have no form beside numbers of items in JSON"
    return (Check(negate(found), "ValueError", text(message)),)


def _filled(args: Sequence[Arg], _type: Type) -> Tree:
    """A JSON text with the text of each number in the place that holds it."""
    around, numbers, texts = (arg.tree for arg in args)
    _, position, so_far = refs("py_n py_i py_t")
    place = joined(text('"\\u0000'), Field(Index(numbers, position), MARK), text('"'))
    put = call("join", call("split", so_far, place), Index(texts, position))
    positions = clean(call("map", numbers, fn("py_n py_i", position)))
    return call("reduce", positions, fn("py_t py_i", put), around)


# Equality and order

_DIGITS: Final = call("replace", call("replace", _M, Regex("[-.]"), text("")), Regex("^0+"), text(""))
_FRACTION: Final = call(
    "length", IfElse(call("contains", _M, text(".")), call("substringAfter", _M, text(".")), text(""))
)
_EXPONENT: Final = Binary(
    "-",
    IfElse(
        call("contains", _S, text("E")),
        call("number", call("replace", call("substringAfter", _S, text("E")), text("+"), text(""))),
        ZERO,
    ),
    _FRACTION,
)
define(
    "py_told_parts",
    ("s",),
    Seq(
        (
            Bind("m", call("substringBefore", _S, text("E"))),
            Object(
                (
                    (text("n"), call("contains", _S, Regex("^-"))),
                    (text("c"), _DIGITS),
                    (text("e"), _EXPONENT),
                )
            ),
        )
    ),
)
"""Sign, digits without leading zeros, and exponent of the text of a number."""
define(
    "py_told_canonical",
    ("s",),
    Seq(
        (
            Bind("a", call("py_told_parts", _S)),
            Bind("c", call("replace", Field(_A, "c"), Regex("0+$"), text(""))),
            IfElse(
                eq(_C, text("")),
                text("0"),
                call(
                    "join",
                    Array(
                        (
                            IfElse(Field(_A, "n"), text("-"), text("")),
                            _C,
                            text("E"),
                            call(
                                "string",
                                Binary(
                                    "-",
                                    Binary("+", Field(_A, "e"), call("length", Field(_A, "c"))),
                                    call("length", _C),
                                ),
                            ),
                        )
                    ),
                ),
            ),
        )
    ),
)
"""One text for all numbers that are equal."""
_FLOAT_OF_INT: Final = IfElse(
    eq(call("floor", _V), _V),
    made(call("py_told_canonical", digits_of(_V))),
    call("error", text("a float beside a Decimal")),
)
_deep(
    "py_told_equal_form",
    made(call("py_told_canonical", Field(_V, MARK))),
    [
        (eq(type_of(_V), _NUMERIC), _FLOAT_OF_INT),
        (eq(type_of(_V), _BOOLEAN), made(IfElse(_V, text("1E0"), text("0")))),
    ],
)
_FITS: Final = le(call("length", Field(call("py_told_parts", _S), "c")), Lit(15))
define("py_told_value", ("s",), IfElse(_FITS, call("number", _S), call("error", text(NO_FORM))))
_deep("py_told_rank", call("py_told_value", Field(_V, MARK)))
define(
    "py_told_kind",
    ("v",),
    choose([(is_number(_V), text(MARK)), (is_stored(_V), call("py_stored_kind", _V))], call("py_kind", _V)),
)


def _refusing(error: str) -> PrimRow:
    """What a value is, unless it is such a number; the second argument is the text of the exception then."""
    return PrimRow(
        op=f"number.no_{error}",
        lower=lambda args, _: args[0].tree,
        checks=lambda args, _: (Check(negate(is_number(args[0].tree)), error, args[1].tree),),
    )


define(
    "py_told_unjson",
    ("v",),
    IfElse(
        is_number(_V),
        text("Decimal"),
        IfElse(
            is_stored(_V),
            call("py_stored_kind", _V),
            IfElse(
                eq(type_of(_V), _ARRAY),
                Index(call("map", _V, fn("v", call("py_told_unjson", _V))), ZERO),
                IfElse(
                    eq(type_of(_V), _OBJECT),
                    Index(call("map", call("keys", _V), fn("k", call("py_told_unjson", call("lookup", _V, _K)))), ZERO),
                    None,
                ),
            ),
        ),
    ),
)
"""The class of the first value that `json.dumps` meets and refuses; nothing where there is none."""


def _json_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    value = args[0].tree
    named = call("py_told_unjson", value)
    message = joined(text("Object of type "), named, text(" is not JSON serializable"))
    return (Check(negate(either(holds_mark(value), holds_mark(value, MARK))), "TypeError", message),)


def _texts_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """The items of a list that `str.join` is given, if it is a list: the first that is no text is named."""
    items, position = args[0].tree, Ref("py_k")
    others = clean(call("map", items, fn("py_v py_k", IfElse(ne(type_of(Ref("py_v")), _STRING), position, None))))
    first = Seq(
        (
            Bind("py_k", Index(others, ZERO)),
            joined(
                text("sequence item "),
                call("string", position),
                text(": expected str instance, "),
                call("py_told_kind", Index(items, position)),
                text(" found"),
            ),
        )
    )
    return (Check(either(ne(type_of(items), _ARRAY), eq(count(others), ZERO)), "TypeError", first),)


def _among(args: Sequence[Arg], _type: Type) -> Tree:
    one, items = (call("py_told_equal_form", arg.tree) for arg in args)
    return Binary("in", Lit(True), clean(call("map", items, fn("py_x", eq(Ref("py_x"), one)))))


register_prim(
    PrimRow(
        op="number.key",
        lower=lambda args, _: args[0].tree,
        checks=lambda args, _: (
            Check(
                eq(type_of(args[0].tree), _STRING),
                "TypeError",
                text("a key out of an item that is no str has no form here"),
            ),
        ),
    )
)
register_prim(PrimRow(op="number.is_list", lower=lambda args, _: eq(type_of(args[0].tree), _ARRAY)))
register_prim(PrimRow(op="number.is", lower=lambda args, _: is_number(args[0].tree)))
register_prim(PrimRow(op="number.text", lower=lambda args, _: Field(args[0].tree, MARK)))
register_prim(PrimRow(op="number.made", lower=lambda args, _: made(args[0].tree)))
register_prim(
    PrimRow(
        op="number.as_text",
        lower=lambda args, _: IfElse(is_number(args[0].tree), Field(args[0].tree, MARK), args[0].tree),
    )
)
register_prim(
    PrimRow(
        op="number.as_int",
        lower=lambda args, _: IfElse(is_number(args[0].tree), decimal_int(Field(args[0].tree, MARK)), args[0].tree),
    )
)
register_prim(PrimRow(op="number.plain", lower=lambda args, _: call("py_told_plain", args[0].tree)))
register_prim(PrimRow(op="number.all", lower=lambda args, _: call("py_told_all", args[0].tree)))
register_prim(PrimRow(op="number.held", lower=lambda args, _: call("py_told_held", args[0].tree), checks=_no_place))
register_prim(PrimRow(op="number.filled", lower=_filled))
register_prim(PrimRow(op="json.with_decimals", lower=_with_decimals, checks=_is_json))
register_prim(PrimRow(op="number.ranks", lower=lambda args, _: call("py_told_rank", args[0].tree)))
register_prim(PrimRow(op="number.same", lower=lambda args, _: eq(args[0].tree, args[1].tree)))
register_prim(
    PrimRow(
        op="number.equal",
        lower=lambda args, _: eq(*(call("py_told_equal_form", arg.tree) for arg in args[:2])),
    )
)
register_prim(PrimRow(op="number.among", lower=_among))
register_prim(
    PrimRow(
        op="attribute.of_told",
        lower=lambda args, _: call("py_attribute_of_told", args[0].tree),
        checks=lambda args, _: no_bytes(args[0].tree),
    )
)
register_prim(PrimRow(op="number.no_json", lower=lambda args, _: args[0].tree, checks=_json_checks))
register_prim(PrimRow(op="number.joined", lower=lambda args, _: args[0].tree, checks=_texts_checks))
for _error in ("TypeError", "AttributeError"):
    register_prim(_refusing(_error))
__all__ = ["MARK", "NO_FORM", "NUMBER", "is_number", "joined", "made"]

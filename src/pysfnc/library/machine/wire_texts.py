"""`Decimal` and `bytes` out of the input of a machine: which texts stand for one, and the text that Python writes of it.

The rules are those of `pysfnc.lang.shapes`; the texts are those of `str(Decimal(...))` and of base64.
"""

from typing import Final

from pysfnc.jsonata.tree import Binary, Bind, Field, IfElse, Index, Lit, Regex, Tree
from pysfnc.library.rows.make import ZERO, both, call, eq, join, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.shapes import ONE, add, amp, block, gt, le, length, lt, refs, sub

_T, _M, _D, _N, _P, _E, _A, _C, _I = refs("t m d n p e a c i")
_NUMBER: Final = r"([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]{1,14}))?"
_NAMED: Final = r"([+-]?)(Infinity|s?NaN)([0-9]*)"
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_CHAR: Final = r"[A-Za-z0-9+\x2f]"


def _or_nothing(value: Tree) -> Tree:
    """A group of a match, which is undefined on some engines where it took no part."""
    return IfElse(call("exists", value), value, text(""))


def _group(position: int) -> Tree:
    return _or_nothing(Index(Field(_M, "groups"), Lit(position)))


def _without_zeros(value: Tree) -> Tree:
    return call("replace", value, Regex("^0+"), text(""))


define(
    "py_is_decimal",
    ("t",),
    call("contains", _T, Regex(rf"^(?:{_NUMBER}|[+-]?Infinity|[+-]?s?NaN[0-9]*)$".replace("([+-]?)", "[+-]?"))),
)
define(
    "py_whole_text",
    ("t",),
    # The number that the text of an exponent writes: a sign and digits, or nothing.
    IfElse(
        eq(_T, text("")),
        ZERO,
        Binary(
            "*",
            IfElse(eq(call("substring", _T, ZERO, ONE), text("-")), Lit(-1), ONE),
            call("py_numeral", call("replace", _T, Regex("^[+-]"), text(""))),
        ),
    ),
)
define(
    "py_decimal_digits",
    ("d", "p"),
    # The digits with a point behind the first p of them, which may be less than none or more than there are.
    IfElse(
        le(_P, ZERO),
        join(text("0."), call("pad", text(""), sub(ZERO, _P), text("0")), _D),
        IfElse(
            Binary(">=", _P, length(_D)),
            amp(_D, call("pad", text(""), sub(_P, length(_D)), text("0"))),
            join(call("substring", _D, ZERO, _P), text("."), call("substring", _D, _P)),
        ),
    ),
)
define(
    "py_decimal_number",
    ("t",),
    # `str(Decimal(t))`, see `Decimal.__str__`: e the exponent of the digits d, n how many of them stand in front of the point.
    block(
        Bind("m", call("match", _T, Regex(f"^{_NUMBER}$"), ONE)),
        Bind("p", amp(_group(2), _group(3))),
        Bind("d", _without_zeros(join(_group(1), _P))),
        Bind("c", IfElse(eq(_D, text("")), text("0"), _D)),
        Bind("e", sub(call("py_whole_text", _group(4)), length(_P))),
        Bind("n", add(_E, length(_C))),
        Bind("i", IfElse(both(le(_E, ZERO), gt(_N, Lit(-6))), _N, ONE)),
        join(
            IfElse(eq(_group(0), text("-")), text("-"), text("")),
            call("py_decimal_digits", _C, _I),
            IfElse(
                eq(_N, _I),
                text(""),
                join(IfElse(lt(_N, _I), text("E"), text("E+")), call("string", sub(_N, _I))),
            ),
        ),
    ),
)
define(
    "py_decimal",
    ("t",),
    IfElse(
        call("contains", _T, Regex("N|I")),
        block(
            Bind("m", call("match", _T, Regex(f"^{_NAMED}$"), ONE)),
            join(
                IfElse(eq(_group(0), text("-")), text("-"), text("")),
                _group(1),
                _without_zeros(_group(2)),
            ),
        ),
        call("py_decimal_number", _T),
    ),
)
define(
    "py_is_base64",
    ("t",),
    call("contains", _T, Regex(f"^(?:{_CHAR}{{4}})*(?:{_CHAR}{{2}}==|{_CHAR}{{3}}=)?$")),
)


def _last_digit(padding: int) -> Tree:
    """The text with the bits cleared that its last digit has beyond the bytes."""
    kept = sub(length(_T), Lit(padding + 1))
    place = length(call("substringBefore", text(_ALPHABET), call("substring", _T, kept, ONE)))
    cleared = sub(place, Binary("%", place, Lit(4**padding)))
    return join(
        call("substring", _T, ZERO, kept), call("substring", text(_ALPHABET), cleared, ONE), text("=" * padding)
    )


define(
    "py_bytes",
    ("t",),
    IfElse(
        call("contains", _T, Regex("==$")),
        _last_digit(2),
        IfElse(call("contains", _T, Regex("=$")), _last_digit(1), _T),
    ),
)

# Beside a date in a union, which stays as it is.
define("py_wire_moment", ("t",), IfElse(eq(length(_T), Lit(10)), _T, call("py_from_iso", _T)))

CHECKED: Final = {"date": "py_is_date", "datetime": "py_is_moment", "Decimal": "py_is_decimal", "bytes": "py_is_base64"}
"""Whether a text stands for a value of a type."""
MADE: Final = {"datetime": "py_wire_moment", "Decimal": "py_decimal", "bytes": "py_bytes"}
"""The text that Python writes of the value that a text stands for, where it may be another."""

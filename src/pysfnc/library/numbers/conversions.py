"""Between numbers and their text: `int`, `float`, `bool`, `ord`, `chr`, `hex`, `oct`, `bin`, and `str` as a plain function.

`int` and `float` read what Python reads: blanks around, signs, underscores, exponents. Of the digits that Unicode has
besides 0 to 9 they know nothing (ValueError), nor do they make infinity or NaN, which no JSON can hold.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Binary, Field, Func, IfElse, Index, Lit, Ref, Regex, Tree
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.operators.infinity import infinity
from pysfnc.library.operators.truth import build_truth
from pysfnc.library.rows.make import FALSE, ZERO, Built, call, choose, const, join, prim, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import ABSENT, register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.signature import TEXT, WHOLE, WHOLE_ERROR, Spec, declare, whole
from pysfnc.library.rows.typenames import INTEGRAL, NUMERIC, as_number, has_kind, named, of_kinds
from pysfnc.library.text.characters import substring
from pysfnc.library.text.formats import build_format
from pysfnc.library.text.quoting import quoted
from pysfnc.library.text.strings_split import SPACE
from pysfnc.library.text.texts import build_repr, build_str
from pysfnc.values.relations import kinds
from pysfnc.values.types import FLOAT, INT, STR, Kind, Type

_FLOATS: Final = frozenset({Kind.FLOAT})
_S, _N, _A, _C, _M = (Ref(name) for name in "snacm")
_INT_PATTERN: Final = f"^[{SPACE}]*[+-]?[0-9]+(_[0-9]+)*[{SPACE}]*$"
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST_SHOWN: Final = 200
_RUN: Final = "[0-9]+(_[0-9]+)*"
_FLOAT_PATTERN: Final = f"^[{SPACE}]*[+-]?({_RUN}(\\.({_RUN})?)?|\\.{_RUN})([eE][+-]?{_RUN})?[{SPACE}]*$"

define("py_int", ("s",), call("number", call("replace", _S, Regex("[^0-9-]+"), text(""))))
# `$number` wants digits on both sides of the point and no sign but a minus.
define(
    "py_float_of",
    ("s",),
    call(
        "number",
        call(
            "replace",
            call(
                "replace",
                call("replace", _S, Regex(f"[{SPACE}_+]+"), text("")),
                Regex("^(-?)\\."),
                Func(("m",), join(Index(Field(_M, "groups"), ZERO), text("0."))),
            ),
            Regex("\\.([eE]|$)"),
            text("$1"),
        ),
    ),
)
# The int that the letters and digits of s are in base n.
define(
    "py_int_of",
    ("s", "n"),
    call(
        "reduce",
        call("split", call("lowercase", _S), text("")),
        Func(
            ("a", "c"),
            Binary("+", Binary("*", _A, _N), call("length", call("substringBefore", text(_DIGITS), _C))),
        ),
        ZERO,
    ),
)


# int


def _bad_literal(value: Tree, base: int) -> Tree:
    shown = substring(quoted(value), ZERO, Lit(_MOST_SHOWN))
    return join(text(f"invalid literal for int() with base {base}: "), shown)


def _int(args: Sequence[Arg], _type: Type) -> Tree:
    value = args[0]
    truncated = IfElse(Binary("<", value.tree, ZERO), call("ceil", value.tree), call("floor", value.tree))
    whole_number = as_number(Arg(value.tree, of_kinds(value.type, INTEGRAL)))
    cases: list[tuple[frozenset[Kind], Tree]] = [
        (TEXT, call("py_int", value.tree)),
        (INTEGRAL, whole_number),
        (_FLOATS, truncated),
    ]
    found = [(has_kind(value, wanted), made) for wanted, made in cases if kinds(value.type) & wanted]
    return choose(found[:-1], found[-1][1]) if found else ZERO


def _int_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    value = args[0]
    found: list[Check] = []
    fits = has_kind(value, TEXT | NUMERIC)
    if fits != Lit(True):
        message = "int() argument must be a string, a bytes-like object or a real number, not '{}'"
        found.append(Check(fits, "TypeError", named(message, value)))
    is_text = has_kind(value, TEXT)
    if is_text != FALSE:
        matches = call("contains", value.tree, Regex(_INT_PATTERN))
        ok = choose([(is_text, matches)], Lit(True))
        found.append(Check(ok, "ValueError", _bad_literal(value.tree, 10)))
    return found


register_prim(PrimRow(op="int", lower=_int, checks=_int_checks))


_PREFIXES: Final = {16: "xX", 8: "oO", 2: "bB"}
"""The letter behind a leading zero, which is no digit of the base."""


def _digit_class(base: int) -> str:
    letters = _DIGITS[10:base]
    return "0-" + _DIGITS[min(base, 10) - 1] + (f"a-{letters[-1]}A-{letters[-1].upper()}" if letters else "")


def _pattern_of_base(base: int) -> str:
    prefix = f"(0[{_PREFIXES[base]}]_?)?" if base in _PREFIXES else ""
    digit = f"[{_digit_class(base)}]"
    return f"^[{SPACE}]*[+-]?{prefix}{digit}+(_{digit}+)*[{SPACE}]*$"


def _base_of(arg: Arg) -> int:
    assert isinstance(arg.tree, Lit) and isinstance(arg.tree.value, int)
    return arg.tree.value


def _int_base(args: Sequence[Arg], _type: Type) -> Tree:
    value, base = args[0].tree, _base_of(args[1])
    digits: Tree = call("replace", value, Regex(f"[{SPACE}_+-]+"), text(""))
    if base in _PREFIXES:
        digits = call("replace", digits, Regex(f"^0[{_PREFIXES[base]}]"), text(""))
    number = call("py_int_of", digits, Lit(base))
    return IfElse(call("contains", value, text("-")), Binary("-", ZERO, number), number)


def _int_base_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    value, base = args[0], _base_of(args[1])
    found: list[Check] = []
    if kinds(value.type) != TEXT:
        ok = has_kind(value, TEXT)
        found.append(Check(ok, "TypeError", text("int() can't convert non-string with explicit base")))
    matches = call("contains", value.tree, Regex(_pattern_of_base(base)))
    return (*found, Check(matches, "ValueError", _bad_literal(value.tree, base)))


register_prim(PrimRow(op="int.base", lower=_int_base, checks=_int_base_checks))


def _build_int(args: Sequence[Expr], site: Site) -> Built:
    value, base = args
    if value is ABSENT:
        return const(0)
    found = kinds(value.type)
    if base is not ABSENT:
        if not isinstance(base, Const) or not isinstance(base.value, int) or not 2 <= base.value <= 36:
            return Refusal("unsupported-call", "`int()` takes only a constant base from 2 to 36")
        if found and Kind.STR not in found:
            return Refusal("type-mismatch", "`int()` with a base takes a str")
        return prim("int.base", INT, site, value, const(int(base.value)))
    if found == {Kind.INT}:
        return value
    if found and not found & (TEXT | NUMERIC):
        return Refusal("type-mismatch", f"`int()` of `{value.type}` always raises TypeError")
    return prim("int", INT, site, value)


register_surface(
    SurfaceRow(
        name="int",
        params=(Parameter("x", ABSENT), Parameter("base", ABSENT, positional_only=False)),
        build=_build_int,
        examples=(
            "int()",
            "int('12')",
            "int(' +1_000\\n')",
            "int('-007')",
            "int('')",
            "int('1.5')",
            "int('1__0')",
            "int('_1')",
            "int('+ 1')",
            "int('--1')",
            "int('a\\n\\'b')",
            "int('x' * 300)",
            "int(2.9)",
            "int(-2.9)",
            "int(True)",
            "int('ff', 16)",
            "int('0x_1F', base=16)",
            "int('0b1', 16)",
            "int('0B', 16)",
            "int('-0b101', 2)",
            "int('zz', 36)",
            "int('9', 8)",
            "int('1 ', 3)",
        ),
    )
)


# float


def _float(args: Sequence[Arg], _type: Type) -> Tree:
    value = args[0]
    number = as_number(Arg(value.tree, of_kinds(value.type, NUMERIC)))
    is_text = has_kind(value, TEXT)
    return choose([(is_text, call("py_float_of", value.tree))], number)


def _float_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    value = args[0]
    found: list[Check] = []
    fits = has_kind(value, TEXT | NUMERIC)
    if fits != Lit(True):
        message = named("float() argument must be a string or a real number, not '{}'", value)
        found.append(Check(fits, "TypeError", message))
    is_text = has_kind(value, TEXT)
    if is_text != FALSE:
        matches = call("contains", value.tree, Regex(_FLOAT_PATTERN))
        ok = choose([(is_text, matches)], Lit(True))
        message = join(text("could not convert string to float: "), quoted(value.tree))
        found.append(Check(ok, "ValueError", message))
    return found


register_prim(PrimRow(op="float", lower=_float, checks=_float_checks))


def _known_float(value: Expr) -> float | None:
    """`float()` of a constant, None if it raises or the value is no constant."""
    if not isinstance(value, Const) or value.value is None:
        return None
    try:
        return float(value.value)
    except ValueError:
        return None


def _build_float(args: Sequence[Expr], site: Site) -> Built:
    value = args[0]
    found = kinds(value.type)
    if value is ABSENT:
        return const(0.0)
    known = _known_float(value)
    if known is not None:
        if math.isnan(known):
            return Refusal("unsupported-expression", "NaN has no place in JSON")
        if math.isinf(known):
            return infinity(known)
        return const(known)
    if found == {Kind.FLOAT}:
        return value
    if found and not found & (TEXT | NUMERIC):
        return Refusal("type-mismatch", f"`float()` of `{value.type}` always raises TypeError")
    return prim("float", FLOAT, site, value)


register_surface(
    SurfaceRow(
        name="float",
        params=(Parameter("x", ABSENT),),
        build=_build_float,
        examples=(
            "float()",
            "float('1.5')",
            "float(' -1_0.2_5e+1_0\\t')",
            "float('.5')",
            "float('-.5')",
            "float('5.')",
            "float('5.e-3')",
            "float('1e5')",
            "float('')",
            "float('abc')",
            "float('1e')",
            "float('_1')",
            "float('1_')",
            "float('1.2.3')",
            "float('- 1')",
            "float('\\'')",
            "float(3)",
            "float(True)",
            "str(float('0.1'))",
        ),
    )
)


# bool and str as functions, format


def _build_bool(args: Sequence[Expr], site: Site) -> Built:
    return const(False) if args[0] is ABSENT else build_truth(args[0], site)


def _build_str_call(args: Sequence[Expr], site: Site) -> Built:
    return const("") if args[0] is ABSENT else build_str(args[0], site)


def _build_format_call(args: Sequence[Expr], site: Site) -> Built:
    return build_format(args[0], args[1], site)


def _build_repr_call(args: Sequence[Expr], site: Site) -> Built:
    return build_repr(args[0], site)


register_surface(
    SurfaceRow(
        name="bool",
        params=(Parameter("x", ABSENT),),
        build=_build_bool,
        examples=("bool()", "bool(0)", "bool('a')", "bool([0])", "bool({})", "bool(None)", "bool(0.0)", "bool((0,))"),
    )
)
register_surface(
    SurfaceRow(
        name="str",
        params=(Parameter("object", ABSENT),),
        build=_build_str_call,
        examples=(
            "str()",
            "str(12)",
            "str(0.1 + 0.2)",
            "str(1e16)",
            "str(None)",
            "str(True)",
            "str('a')",
            "str(['a', 1.0, None, {'k': (1, \"it's\")}])",
            "str(())",
            "str((1,))",
        ),
    )
)
register_surface(
    SurfaceRow(
        name="repr", params=(Parameter("object"),), build=_build_repr_call, examples=("repr('a\\n')", "repr(1.5)")
    )
)
register_surface(
    SurfaceRow(
        name="format",
        params=(Parameter("value"), Parameter("spec", const(""))),
        build=_build_format_call,
        examples=("format(3.14159, '.2f')", "format(42, '>6d')", "format('a')"),
    )
)


# Characters


def _ord_checks(args: Sequence[Arg]) -> Sequence[Check]:
    size = call("length", args[0].tree)
    message = join(text("ord() expected a character, but string of length "), digits_of(size), text(" found"))
    return (Check(Binary("=", size, Lit(1)), "TypeError", message),)


declare(
    "ord",
    [Spec("c", TEXT, "ord() expected string of length 1, but {} found")],
    INT,
    lambda args: call("py_code", args[0].tree),
    checks=_ord_checks,
    examples=("ord('a')", "ord('€')", "ord('😀')", "ord('\\n')", "ord('')", "ord('ab')", "ord(' ')", "ord('~')"),
)

# One byte in hexadecimal behind a percent sign, and the UTF-8 of a code point.
define(
    "py_byte",
    ("n",),
    join(text("%"), call("pad", call("formatBase", _N, Lit(16)), Lit(-2), text("0"))),
)


def _tail(shift: int) -> Tree:
    part = call("floor", Binary("/", _N, Lit(64**shift))) if shift else _N
    return call("py_byte", Binary("+", Lit(128), Binary("%", part, Lit(64))))


def _head(mark: int, shift: int) -> Tree:
    part = call("floor", Binary("/", _N, Lit(64**shift))) if shift else _N
    return call("py_byte", Binary("+", Lit(mark), part) if mark else part)


define(
    "py_char",
    ("n",),
    call(
        "decodeUrlComponent",
        choose(
            [
                (Binary("<", _N, Lit(0x80)), _head(0, 0)),
                (Binary("<", _N, Lit(0x800)), join(_head(0xC0, 1), _tail(0))),
                (Binary("<", _N, Lit(0x10000)), join(_head(0xE0, 2), _tail(1), _tail(0))),
            ],
            join(_head(0xF0, 3), _tail(2), _tail(1), _tail(0)),
        ),
    ),
)


def _chr_checks(args: Sequence[Arg]) -> Sequence[Check]:
    code = whole(args[0])
    fits_c = Binary("and", Binary(">=", code, Lit(-(2**31))), Binary("<", code, Lit(2**31)))
    ok = Binary("and", Binary(">=", code, ZERO), Binary("<", code, Lit(0x110000)))
    return (
        Check(fits_c, "OverflowError", text("Python int too large to convert to C int")),
        Check(ok, "ValueError", text("chr() arg not in range(0x110000)")),
    )


declare(
    "chr",
    [Spec("i", WHOLE, WHOLE_ERROR)],
    STR,
    lambda args: call("py_char", whole(args[0])),
    checks=_chr_checks,
    examples=(
        "chr(97)",
        "chr(43)",
        "chr(37)",
        "chr(8364)",
        "chr(128512)",
        "chr(0)",
        "chr(-1)",
        "chr(1114112)",
        "chr(2147483648)",
        "chr(127)",
        "chr(233)",
    ),
)


def _in_base(base: int, prefix: str) -> Callable[[Sequence[Arg]], Tree]:
    def lower(args: Sequence[Arg]) -> Tree:
        value = whole(args[0])
        sign = IfElse(Binary("<", value, ZERO), text("-" + prefix), text(prefix))
        return join(sign, call("formatBase", call("abs", value), Lit(base)))

    return lower


for _name, _base, _prefix in (("hex", 16, "0x"), ("oct", 8, "0o"), ("bin", 2, "0b")):
    declare(
        _name,
        [Spec("number", WHOLE, WHOLE_ERROR)],
        STR,
        _in_base(_base, _prefix),
        examples=(f"{_name}(255)", f"{_name}(-255)", f"{_name}(0)", f"{_name}(True)"),
    )

"""Format specs: what stands behind the colon of an f-string field, and `format(x, spec)`.

Fill, alignment, sign, width, grouping, precision and the presentation types `s d x X o b f F %` and none, for fields of known
and of untyped kind. `e`, `g`, `n`, `c` and the default presentation of a float with a precision are refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Array, Binary, Bind, Field, Func, IfElse, Lit, Neg, Object, Ref, Regex, Seq, Tree
from pysfnc.library.characters import substring
from pysfnc.library.floats import digits_of
from pysfnc.library.make import ZERO, Built, call, choose, const, join, negate, prim, text
from pysfnc.library.prelude import define
from pysfnc.library.registry import register_prim
from pysfnc.library.row import Arg, Check, PrimRow, Refusal, Site
from pysfnc.library.texts import build_str
from pysfnc.library.typenames import (
    INTEGRAL,
    NUMERIC,
    as_number,
    has_kind,
    number_is_ambiguous,
    of_kinds,
    refuse_ambiguity,
)
from pysfnc.values.types import STR, ErrorT, Kind, Type, kinds

_PATTERN: Final = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[+\- ])?(?P<alt>\#)?(?P<zero>0)?(?P<width>[0-9]+)?"
    r"(?P<group>[,_])?(?:\.(?P<precision>[0-9]+))?(?P<type>[a-zA-Z%])?",
    re.DOTALL,
)
_BASES: Final = {"x": (16, "0x"), "X": (16, "0X"), "o": (8, "0o"), "b": (2, "0b")}
_STR: Final = frozenset({Kind.STR})
_FLOAT: Final = frozenset({Kind.FLOAT})
_TYPES: Final[dict[frozenset[Kind], str]] = {INTEGRAL: "dxXobfF%", _FLOAT: "fF%"}
_MOST_DECIMALS: Final = 15


@dataclass(frozen=True, slots=True)
class Spec:
    """A format spec taken apart; absent parts are empty or None."""

    fill: str
    align: str
    sign: str
    alternate: bool
    width: int
    group: str
    precision: int | None
    presentation: str

    @property
    def is_fixed(self) -> bool:
        """Whether the value is shown as a float with a fixed number of decimals."""
        return self.presentation in ("f", "F", "%")


def parse(spec: str) -> Spec | None:
    """The parts of a spec, None if it is none that CPython or this module knows."""
    match = _PATTERN.fullmatch(spec)
    if match is None:
        return None
    zero = match["zero"] is not None
    return Spec(
        fill=match["fill"] or ("0" if zero and not match["align"] else " "),
        align=match["align"] or ("=" if zero else ""),
        sign=match["sign"] or "",
        alternate=match["alt"] is not None,
        width=int(match["width"] or 0),
        group=match["group"] or "",
        precision=None if match["precision"] is None else int(match["precision"]),
        presentation=match["type"] or "",
    )


# What cannot be formatted


def fault(spec: Spec, kind: Kind) -> tuple[str, str] | None:
    """The exception (class, text) of formatting a value of a kind with the spec, None if it works."""
    if kind is Kind.STR:
        return _fault_of_text(spec)
    if kind not in NUMERIC:
        return ("TypeError", f"unsupported format string passed to {kind.value}.__format__")
    if spec.group and spec.presentation == "s":
        return ("ValueError", f"Cannot specify '{spec.group}' with 's'.")
    known = _TYPES[_FLOAT] if kind is Kind.FLOAT else _TYPES[INTEGRAL]
    if spec.presentation not in known:
        return ("ValueError", f"Unknown format code '{spec.presentation}' for object of type '{kind.value}'")
    if kind is not Kind.FLOAT and spec.precision is not None and not spec.is_fixed:
        return ("ValueError", "Precision not allowed in integer format specifier")
    return None


def _fault_of_text(spec: Spec) -> tuple[str, str] | None:
    faults = (
        (spec.presentation not in "s", f"Unknown format code '{spec.presentation}' for object of type 'str'"),
        (spec.group != "", f"Cannot specify '{spec.group}' with 's'."),
        (spec.sign != "", "Sign not allowed in string format specifier"),
        (spec.alternate, "Alternate form (#) not allowed in string format specifier"),
        (spec.align == "=" and spec.fill != "0", "'=' alignment not allowed in string format specifier"),
    )
    return next((("ValueError", message) for wrong, message in faults if wrong), None)


def _unsupported(spec: Spec | None, type_: Type) -> bool:
    """Whether the spec may mean something that has no compiled form."""
    if spec is None or spec.presentation in ("e", "E", "g", "G", "n", "c"):
        return True
    if spec.group and (spec.align == "=" or spec.presentation in _BASES):
        return True
    if spec.alternate and spec.presentation not in _BASES and kinds(type_) & NUMERIC:
        return True
    default_float = not spec.presentation and Kind.FLOAT in kinds(type_)
    return (default_float and spec.precision is not None) or (spec.is_fixed and (spec.precision or 0) > _MOST_DECIMALS)


def build_format(value: Expr, spec: Expr, site: Site) -> Built:
    """`format(value, spec)`, which is what a field of an f-string with a spec is; the spec must be a constant."""
    if isinstance(value.type, ErrorT):
        return value
    if not isinstance(spec, Const) or not isinstance(spec.value, str):
        return Refusal("unsupported-expression", "a format spec has a compiled form only if it is a constant")
    if not spec.value:
        return build_str(value, site)
    parsed = parse(spec.value)
    if parsed is None or _unsupported(parsed, value.type):
        return Refusal("unsupported-expression", f"the format spec `{spec.value}` has no compiled form")
    possible = sorted(kinds(value.type), key=lambda kind: kind.value)
    if Kind.EXCEPTION in possible:
        return Refusal("unsupported-expression", "a format spec for an exception has no compiled form")
    if possible and all(fault(parsed, kind) for kind in possible):
        return Refusal("type-mismatch", f"the format spec `{spec.value}` never fits a value of type `{value.type}`")
    if number_is_ambiguous(value.type) and not parsed.is_fixed:
        return refuse_ambiguity("int or float", "a format spec")
    if isinstance(value, Const):
        return const(format(value.value, spec.value))
    return prim("format", STR, site, value, const(spec.value))


# The text

_X, _T, _W, _F, _N, _D, _S, _A, _E, _P = (Ref(name) for name in "xtwfndsaep")
_EXACT: Final = Lit(2**53)
_LIMB: Final = Lit(10**7)

# x * 2**e for an int x up to 2**53, as limbs of seven digits with the lowest first.
define(
    "py_limbs",
    ("x", "e"),
    IfElse(
        Binary("<", _X, _EXACT),
        call(
            "py_doubled",
            Array(
                (
                    Binary("%", _X, _LIMB),
                    Binary("%", call("floor", Binary("/", _X, _LIMB)), _LIMB),
                    call("floor", Binary("/", _X, Lit(10**14))),
                )
            ),
            _E,
        ),
        call("py_limbs", Binary("/", _X, Lit(2)), Binary("+", _E, Lit(1))),
    ),
)
define(
    "py_doubled",
    ("d", "e"),
    IfElse(
        Binary("=", _E, ZERO),
        _D,
        Seq(
            (
                Bind("n", IfElse(Binary("<", _E, Lit(20)), _E, Lit(20))),
                Bind("p", call("power", Lit(2), _N)),
                Bind(
                    "s",
                    call(
                        "reduce",
                        _D,
                        Func(("a", "x"), call("py_carry", _A, Binary("*", _X, _P))),
                        Object(((text("d"), Array(())), (text("c"), ZERO))),
                    ),
                ),
                Bind(
                    "d",
                    IfElse(
                        Binary(">", Field(_S, "c"), ZERO),
                        call("append", Field(_S, "d"), Field(_S, "c")),
                        Field(_S, "d"),
                    ),
                ),
                call("py_doubled", _D, Binary("-", _E, _N)),
            )
        ),
    ),
)
define(
    "py_carry",
    ("a", "x"),
    Seq(
        (
            Bind("t", Binary("+", _X, Field(_A, "c"))),
            Object(
                (
                    (text("d"), call("append", Field(_A, "d"), Binary("%", _T, _LIMB))),
                    (text("c"), call("floor", Binary("/", _T, _LIMB))),
                )
            ),
        )
    ),
)
# x >= 0 with n decimals.
define(
    "py_fixed",
    ("x", "n"),
    IfElse(
        Binary("<", _X, _EXACT),
        call("py_decimals", _X, _N),
        join(
            call(
                "replace",
                call(
                    "join",
                    call(
                        "map",
                        call("reverse", call("py_limbs", _X, ZERO)),
                        Func(("d",), call("pad", digits_of(_D), Lit(-7), text("0"))),
                    ),
                ),
                Regex("^0+"),
                text(""),
            ),
            IfElse(Binary("=", _N, ZERO), text(""), text(".")),
            call("pad", text(""), _N, text("0")),
        ),
    ),
)
# Digits with the separator s between groups of three; a fraction stays as it is, and so does a float with an exponent.
define(
    "py_group",
    ("t", "s"),
    choose(
        [
            (call("contains", _T, text("e")), _T),
            (
                call("contains", _T, text(".")),
                join(
                    call("py_group", call("substringBefore", _T, text(".")), _S),
                    text("."),
                    call("substringAfter", _T, text(".")),
                ),
            ),
        ],
        call("py_thousands", _T, _S, text("")),
    ),
)
define(
    "py_thousands",
    ("t", "s", "a"),
    # a: what has been taken off the end already.
    IfElse(
        Binary("<", call("length", _T), Lit(4)),
        Binary("&", _T, _A),
        call(
            "py_thousands",
            call("substring", _T, ZERO, Binary("-", call("length", _T), Lit(3))),
            _S,
            join(_S, call("substring", _T, Binary("-", call("length", _T), Lit(3))), _A),
        ),
    ),
)
define(
    "py_middle",
    ("t", "w", "f"),
    Seq(
        (
            Bind("n", call("length", _T)),
            Bind("a", Binary("+", _N, call("floor", Binary("/", Binary("-", _W, _N), Lit(2))))),
            IfElse(Binary("<", _N, _W), call("pad", call("pad", _T, Neg(_A), _F), _W, _F), _T),
        )
    ),
)


def _aligned(value: Tree, spec: Spec, default: str) -> Tree:
    """The text at its place in the width; `=` has been seen to."""
    if not spec.width:
        return value
    align = default if spec.align in ("", "=") else spec.align
    if align == "^":
        return call("py_middle", value, Lit(spec.width), text(spec.fill))
    return call("pad", value, Lit(spec.width if align == "<" else -spec.width), text(spec.fill))


def _format_text(arg: Arg, spec: Spec) -> Tree:
    value = arg.tree
    if spec.precision is not None:
        value = substring(value, ZERO, Lit(spec.precision))
    return _aligned(value, spec, "<")


def _magnitude(arg: Arg, spec: Spec) -> Tree:
    """The digits of the absolute value."""
    value = call("abs", as_number(arg))
    if spec.is_fixed:
        decimals = Lit(6 if spec.precision is None else spec.precision)
        scaled = Binary("*", value, Lit(100)) if spec.presentation == "%" else value
        return call("py_fixed", scaled, decimals)
    if spec.presentation in _BASES:
        digits = call("formatBase", value, Lit(_BASES[spec.presentation][0]))
        return call("uppercase", digits) if spec.presentation == "X" else digits
    return call("py_float", value) if kinds(arg.type) == _FLOAT else digits_of(value)


def _format_number(arg: Arg, spec: Spec) -> Tree:
    positive = text("" if spec.sign == "-" else spec.sign)
    sign: Tree = IfElse(Binary("<", as_number(arg), ZERO), text("-"), positive)
    prefix = text(_BASES[spec.presentation][1] if spec.alternate and spec.presentation in _BASES else "")
    body = _magnitude(arg, spec)
    if spec.group:
        body = call("py_group", body, text(spec.group))
    if spec.presentation == "%":
        body = join(body, text("%"))
    front = join(sign, prefix)
    if spec.align != "=" or not spec.width:
        return _aligned(join(front, body), spec, ">")
    bind = Bind("py_s", front)
    room = Binary("-", call("length", Ref("py_s")), Lit(spec.width))
    return Seq((bind, join(Ref("py_s"), call("pad", body, room, text(spec.fill)))))


def _spec_of(arg: Arg) -> Spec:
    assert isinstance(arg.tree, Lit) and isinstance(arg.tree.value, str)
    spec = parse(arg.tree.value)
    assert spec is not None
    return spec


def _lower(args: Sequence[Arg], _type: Type) -> Tree:
    arg, spec = args[0], _spec_of(args[1])
    groups = (NUMERIC,) if spec.is_fixed else (_STR, INTEGRAL, _FLOAT)
    cases: list[tuple[Tree, Tree]] = []
    for group in groups:
        fitting = frozenset(kind for kind in kinds(arg.type) & group if fault(spec, kind) is None)
        if fitting:
            narrowed = Arg(arg.tree, of_kinds(arg.type, fitting))
            made = _format_text(narrowed, spec) if group == _STR else _format_number(narrowed, spec)
            cases.append((has_kind(arg, fitting), made))
    return choose(cases[:-1], cases[-1][1]) if cases else text("")


def _checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    arg, spec = args[0], _spec_of(args[1])
    found: list[Check] = []
    for error in ("TypeError", "ValueError"):
        faults = {kind: why for kind in kinds(arg.type) if (why := fault(spec, kind)) and why[0] == error}
        if faults:
            messages: list[tuple[Tree, Tree]] = [
                (has_kind(arg, frozenset({kind})), text(message))
                for kind, (_, message) in sorted(faults.items(), key=lambda pair: pair[0].value)
            ]
            wrong = has_kind(arg, frozenset(faults))
            found.append(Check(negate(wrong), error, choose(messages[:-1], messages[-1][1])))
    return found


register_prim(PrimRow(op="format", lower=_lower, checks=_checks))

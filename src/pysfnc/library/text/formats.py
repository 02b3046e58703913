"""`format(x, spec)`, which is what a field of an f-string with a spec is.

Fill, alignment, sign, width, grouping, precision and the presentation types `s d x X o b c e E f F g G n %` and none, for fields of known
and of untyped kind; the locale of `n` is `C`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.jsonata.tree import Binary, Bind, Func, IfElse, Lit, Neg, Ref, Regex, Seq, Tree
from pysfnc.library.numbers import significant
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.rows.make import ZERO, Built, call, choose, const, either, join, let_all, negate, prim, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Refusal, Site
from pysfnc.library.rows.shapes import least
from pysfnc.library.rows.typenames import (
    INTEGRAL,
    NUMERIC,
    as_number,
    has_kind,
    number_is_ambiguous,
    of_kinds,
    refuse_ambiguity,
    type_name,
)
from pysfnc.library.text.characters import substring
from pysfnc.library.text.format_specs import BASES, FIELD, Spec, fault, parse
from pysfnc.library.text.texts import build_str
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, STR, ErrorT, Kind, Type

_STR: Final = frozenset({Kind.STR})
_FLOAT: Final = frozenset({Kind.FLOAT})
_MOST_DECIMALS: Final = 15


def _unsupported(spec: Spec | None, type_: Type) -> bool:
    """Whether the spec may mean something that has no compiled form."""
    if spec is None or (isinstance(spec.precision, Lit) and _shows_float(spec, type_) and _most(spec) > _MOST_DECIMALS):
        return True
    return spec.alternate and spec.presentation not in BASES and bool(kinds(type_) & NUMERIC)


def _most(spec: Spec) -> int:
    """How many digits a precision asks for; `e` shows one more."""
    assert isinstance(spec.precision, Lit) and isinstance(spec.precision.value, int)
    return spec.precision.value + (spec.presentation in ("e", "E"))


def _shows_float(spec: Spec, type_: Type) -> bool:
    return spec.shows_float or (spec.presentation in ("", "n") and Kind.FLOAT in kinds(type_))


def build_format(value: Expr, spec: Expr, site: Site) -> Built:
    """`format(value, spec)`, which is what a field of an f-string with a spec is. The width and precision of the spec need not be constant."""
    if isinstance(value.type, ErrorT):
        return value
    taken = _taken_apart(spec)
    if taken is None:
        return Refusal(
            "unsupported-expression",
            "a format spec has a compiled form only if it is a constant, but for ints as its width and precision",
        )
    written, fields = taken
    if not written:
        return build_str(value, site)
    parsed = parse(written, tuple(Ref("py_f") for _ in fields))
    if parsed is None or _unsupported(parsed, value.type):
        shown = written.replace(FIELD, "{}")
        return Refusal("unsupported-expression", f"the format spec `{shown}` has no compiled form")
    possible = sorted(kinds(value.type), key=lambda kind: kind.value)
    if Kind.EXCEPTION in possible:
        return Refusal("unsupported-expression", "a format spec for an exception has no compiled form")
    if possible and all(fault(parsed, kind) for kind in possible) and not fields:
        return Refusal("type-mismatch", f"the format spec `{written}` never fits a value of type `{value.type}`")
    if number_is_ambiguous(value.type) and not parsed.shows_float:
        return refuse_ambiguity("int or float", "a format spec")
    if isinstance(value, Const) and not fields:
        try:
            return const(format(value.value, written))
        except OverflowError:
            pass
    if not fields:
        return prim("format", STR, site, value, const(written))
    return let_all(
        [value, *fields], site, lambda atoms: prim("format", STR, site, atoms[0], const(written), *atoms[1:])
    )


def _taken_apart(spec: Expr) -> tuple[str, list[Expr]] | None:
    """The text of a spec with `FIELD` for what is an int at run time, and these ints; None if it has other parts."""
    parts = spec.args if isinstance(spec, Prim) and spec.op == "join" else (spec,)
    written, fields = "", list[Expr]()
    for part in parts:
        if isinstance(part, Const) and isinstance(part.value, str):
            written += part.value
        elif isinstance(part, Prim) and part.op == "str" and part.args[0].type == INT:
            written += FIELD
            fields.append(part.args[0])
        else:
            return None
    return written, fields


# The text

_X, _T, _W, _F, _N, _D, _S, _A, _E, _P, _G = (Ref(name) for name in "xtwfndsaepg")
_EXACT: Final = Lit(2**53)
_LIMB: Final = Lit(10**7)

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
# Digits with the separator s between groups of g; a fraction stays as it is, and so does a float with an exponent. Zeros in front make the
# digits fill w characters.
define(
    "py_group",
    ("t", "s", "g", "w"),
    choose(
        [
            (call("contains", _T, Regex("[eE][+-]")), _T),
            (
                call("contains", _T, text(".")),
                join(
                    call(
                        "py_group",
                        call("substringBefore", _T, text(".")),
                        _S,
                        _G,
                        Binary("-", Binary("-", _W, call("length", call("substringAfter", _T, text(".")))), Lit(1)),
                    ),
                    text("."),
                    call("substringAfter", _T, text(".")),
                ),
            ),
        ],
        call("py_groups", call("pad", _T, call("py_width", _W, _G), text("0")), _S, _G, text("")),
    ),
)
# How many digits fill w characters, as the width that pads them on the left.
define(
    "py_width",
    ("w", "g"),
    IfElse(
        Binary("<", _W, Lit(2)),
        Lit(-1),
        Neg(Binary("-", _W, call("floor", Binary("/", Binary("-", _W, Lit(1)), Binary("+", _G, Lit(1)))))),
    ),
)
define(
    "py_groups",
    ("t", "s", "g", "a"),
    # a: what has been taken off the end already.
    IfElse(
        Binary("<=", call("length", _T), _G),
        Binary("&", _T, _A),
        call(
            "py_groups",
            call("substring", _T, ZERO, Binary("-", call("length", _T), _G)),
            _S,
            _G,
            join(_S, call("substring", _T, Binary("-", call("length", _T), _G)), _A),
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


def aligned(value: Tree, spec: Spec, default: str) -> Tree:
    """The text at its place in the width; `=` has been seen to."""
    if spec.width is None:
        return value
    align = default if spec.align in ("", "=") else spec.align
    if align == "^":
        return call("py_middle", value, spec.width, text(spec.fill))
    return call("pad", value, spec.width if align == "<" else _negative(spec.width), text(spec.fill))


def _negative(width: Tree) -> Tree:
    return Lit(-width.value) if isinstance(width, Lit) and isinstance(width.value, int) else Neg(width)


def _format_text(arg: Arg, spec: Spec) -> Tree:
    value = arg.tree
    if spec.precision is not None:
        value = substring(value, ZERO, spec.precision)
    return aligned(value, spec, "<")


def _magnitude(arg: Arg, spec: Spec) -> Tree:
    """The digits of the absolute value."""
    value = call("abs", as_number(arg))
    is_float = kinds(arg.type) == _FLOAT
    if spec.is_fixed:
        scaled = Binary("*", value, Lit(100)) if spec.presentation == "%" else value
        return call("py_fixed", scaled, Lit(6) if spec.precision is None else spec.precision)
    if spec.presentation in ("e", "E"):
        return _in_case(significant.scientific(value, Lit(6) if spec.precision is None else spec.precision), spec)
    if spec.presentation in ("g", "G") or (spec.presentation == "n" and is_float):
        return _in_case(significant.general(value, Lit(6) if spec.precision is None else spec.precision), spec)
    if spec.presentation in BASES:
        return _in_case(call("formatBase", value, Lit(BASES[spec.presentation][0])), spec)
    if spec.presentation == "c":
        return call("py_char", value)
    if is_float and spec.precision is not None:
        return significant.default(value, spec.precision)
    return call("py_float", value) if is_float else digits_of(value)


def _in_case(digits: Tree, spec: Spec) -> Tree:
    return call("uppercase", digits) if spec.presentation.isupper() else digits


def _format_number(arg: Arg, spec: Spec) -> Tree:
    positive = text("" if spec.sign == "-" else spec.sign)
    sign: Tree = IfElse(Binary("<", as_number(arg), ZERO), text("-"), positive)
    prefix = text(BASES[spec.presentation][1] if spec.alternate and spec.presentation in BASES else "")
    front = join(sign, prefix)
    body = _magnitude(arg, spec)
    inside = spec.align == "=" and spec.width is not None
    bind = Bind("py_s", front)
    if spec.group:
        # Zeros between the sign and the digits are digits: they are grouped too.
        behind = 1 if spec.presentation == "%" else 0
        size = Lit(4 if spec.presentation in BASES else 3)
        filled = inside and spec.fill == "0" and spec.width is not None
        used = Binary("+", call("length", Ref("py_s")), Lit(behind))
        width: Tree = Binary("-", spec.width, used) if filled and spec.width is not None else ZERO
        body = call("py_group", body, text(spec.group), size, width)
    if spec.presentation == "%":
        body = join(body, text("%"))
    if not inside or spec.width is None:
        return aligned(join(front, body), spec, ">")
    # Never zero or more, which would pad on the right.
    room = least(Binary("-", call("length", Ref("py_s")), spec.width), Lit(-1))
    return Seq((bind, join(Ref("py_s"), call("pad", body, room, text(spec.fill)))))


def _spec_of(args: Sequence[Arg]) -> Spec:
    tree = args[1].tree
    assert isinstance(tree, Lit) and isinstance(tree.value, str)
    spec = parse(tree.value, tuple(arg.tree for arg in args[2:]))
    assert spec is not None
    return spec


def _with_width(spec: Spec) -> Spec:
    """The spec of a number, where a width below zero is one with a sign."""
    if spec.width is None or isinstance(spec.width, Lit) or not _minus_is_sign(spec):
        return spec
    return replace(spec, width=call("abs", spec.width))


def _lower(args: Sequence[Arg], _type: Type) -> Tree:
    arg, spec = args[0], _spec_of(args)
    groups = (NUMERIC,) if spec.shows_float else (_STR, INTEGRAL, _FLOAT)
    cases: list[tuple[Tree, Tree]] = []
    for group in groups:
        fitting = frozenset(kind for kind in kinds(arg.type) & group if fault(spec, kind) is None)
        if fitting:
            narrowed = Arg(arg.tree, of_kinds(arg.type, fitting))
            made = _format_text(narrowed, spec) if group == _STR else _format_number(narrowed, _with_width(spec))
            cases.append((has_kind(arg, fitting), made))
    return choose(cases[:-1], cases[-1][1]) if cases else text("")


def _checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    arg, spec = args[0], _spec_of(args)
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
    found.extend(_field_checks(args, spec))
    if spec.presentation == "c":
        code = as_number(Arg(arg.tree, of_kinds(arg.type, INTEGRAL)))
        fits = Binary("and", Binary(">=", code, ZERO), Binary("<", code, Lit(0x110000)))
        found.append(Check(fits, "OverflowError", text("%c arg not in range(0x110000)")))
    return found


def _field_checks(args: Sequence[Arg], spec: Spec) -> list[Check]:
    """What is wrong with a width or a precision of the run."""
    given = [arg.tree for arg in args[2:]]
    found: list[Check] = []
    if spec.width in given and spec.width is not None:
        fits: Tree = Binary(">=", spec.width, ZERO)
        found_kinds = kinds(args[0].type)
        if not _minus_is_sign(spec):
            found.append(Check(fits, "ValueError", _invalid(args)))
        elif not found_kinds <= NUMERIC:
            fits = either(fits, has_kind(args[0], NUMERIC)) if found_kinds & NUMERIC else fits
            found.append(Check(fits, "ValueError", text("Sign not allowed in string format specifier")))
    if spec.precision in given and spec.precision is not None:
        missing = text("Format specifier missing precision")
        found.append(Check(Binary(">=", spec.precision, ZERO), "ValueError", missing))
        if _shows_float(spec, args[0].type):
            most = Lit(_MOST_DECIMALS - (spec.presentation in ("e", "E")))
            message = text("a precision of more than 15 digits has no form in the machine")
            found.append(Check(Binary("<=", spec.precision, most), "ValueError", message))
    return found


def _invalid(args: Sequence[Arg]) -> Tree:
    """The text of the exception for a spec that is none."""
    written = args[1].tree
    assert isinstance(written, Lit) and isinstance(written.value, str)
    first, *others = written.value.split(FIELD)
    shown: list[Tree] = [text(first)]
    for arg, part in zip(args[2:], others, strict=True):
        shown += [call("string", arg.tree), text(part)]
    return join(
        text("Invalid format specifier '"), *shown, text("' for object of type '"), type_name(args[0]), text("'")
    )


def _minus_is_sign(spec: Spec) -> bool:
    """Whether the minus of a width below zero is a sign of the spec, and the rest its width."""
    return not spec.sign and not spec.alternate and (spec.align != "=" or spec.explicit)


register_prim(PrimRow(op="format", lower=_lower, checks=_checks))

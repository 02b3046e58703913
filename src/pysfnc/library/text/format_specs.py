"""Format specs taken apart, and what is wrong with one for a kind of value: `f"{x:>8.2f}"`, `format(x, spec)`.

A spec is a constant, or one whose width and precision are known when the program runs (`f"{x:{width}.{precision}f}"`).
"""

import re
from collections.abc import Iterator
from typing import Final

from pysfnc.jsonata.tree import Lit, Tree
from pysfnc.lean import dataclass
from pysfnc.library.rows.typenames import INTEGRAL, NUMERIC
from pysfnc.values.types import Kind

FIELD: Final = "\0"
"""What stands in the text of a spec for a width or precision that is known at run time."""

_PATTERN: Final = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[+\- ])?(?P<alt>\#)?(?P<zero>0)?(?P<width>[0-9]+|\0)?"
    r"(?P<group>[,_])?(?:\.(?P<precision>[0-9]+|\0))?(?P<type>[a-zA-Z%])?",
    re.DOTALL,
)
BASES: Final = {"x": (16, "0x"), "X": (16, "0X"), "o": (8, "0o"), "b": (2, "0b")}
_TYPES: Final[dict[frozenset[Kind], str]] = {INTEGRAL: "dxXobceEfFgGn%", frozenset({Kind.FLOAT}): "eEfFgGn%"}
_AS_FLOAT: Final = "eEfFgG%"


@dataclass(frozen=True, slots=True)
class Spec:
    """A format spec taken apart; absent parts are empty or None. A width or precision may be a tree, for one known at run time."""

    fill: str
    align: str
    sign: str
    alternate: bool
    explicit: bool
    """Whether the alignment is written out, and not that of a leading zero."""
    width: Tree | None
    group: str
    precision: Tree | None
    presentation: str

    @property
    def is_fixed(self) -> bool:
        """Whether the value is shown as a float with a fixed number of decimals."""
        return self.presentation in ("f", "F", "%")

    @property
    def shows_float(self) -> bool:
        """Whether the value is shown as a float, whatever kind of number it is."""
        return self.presentation != "" and self.presentation in _AS_FLOAT


def parse(spec: str, fields: "tuple[Tree, ...]" = ()) -> Spec | None:
    """The parts of a spec, None if it is none that CPython or this module knows. `fields` stand where it has `FIELD`."""
    match = _PATTERN.fullmatch(spec)
    if match is None or spec.count(FIELD) != [match["width"], match["precision"]].count(FIELD):
        return None
    rest = iter(fields)
    zero = match["zero"]
    width, precision = (_number(match[name], rest) for name in ("width", "precision"))
    return Spec(
        fill=match["fill"] or zero or " ",
        align=match["align"] or ("=" if zero else ""),
        sign=match["sign"] or "",
        alternate=match["alt"] is not None,
        explicit=match["align"] is not None,
        width=None if width == Lit(0) else width,
        group=match["group"] or "",
        precision=precision,
        presentation=match["type"] or "",
    )


def _number(text: str | None, fields: Iterator[Tree]) -> Tree | None:
    if text is None:
        return None
    return next(fields, Lit(0)) if text == FIELD else Lit(int(text))


# What cannot be formatted


def fault(spec: Spec, kind: Kind) -> tuple[str, str] | None:
    """The exception (class, text) of formatting a value of a kind with the spec, None if it works."""
    if kind is Kind.STR:
        return _fault_of_text(spec)
    if kind not in NUMERIC:
        return ("TypeError", f"unsupported format string passed to {kind.value}.__format__")
    shown = spec.presentation
    if spec.group and shown in ("s", "c", "n"):
        return ("ValueError", f"Cannot specify '{spec.group}' with '{shown}'.")
    if spec.group == "," and shown in BASES:
        return ("ValueError", f"Cannot specify ',' with '{shown}'.")
    known = _TYPES[INTEGRAL] if kind is not Kind.FLOAT else _TYPES[frozenset({Kind.FLOAT})]
    if shown not in known:
        return ("ValueError", f"Unknown format code '{shown}' for object of type '{kind.value}'")
    if kind is Kind.FLOAT or spec.shows_float:
        return None
    faults = (
        (spec.precision is not None, "Precision not allowed in integer format specifier"),
        (shown == "c" and spec.sign != "", "Sign not allowed with integer format specifier 'c'"),
        (shown == "c" and spec.alternate, "Alternate form (#) not allowed with integer format specifier 'c'"),
    )
    return next((("ValueError", message) for wrong, message in faults if wrong), None)


def _fault_of_text(spec: Spec) -> tuple[str, str] | None:
    faults = (
        (spec.presentation not in "s", f"Unknown format code '{spec.presentation}' for object of type 'str'"),
        (spec.group != "", f"Cannot specify '{spec.group}' with 's'."),
        (spec.sign != "", "Sign not allowed in string format specifier"),
        (spec.alternate, "Alternate form (#) not allowed in string format specifier"),
        (spec.align == "=" and spec.explicit, "'=' alignment not allowed in string format specifier"),
    )
    return next((("ValueError", message) for wrong, message in faults if wrong), None)

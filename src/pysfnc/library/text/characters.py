"""The characters of a string, exact on every engine.

Owns the prelude functions that take strings apart by code points. `$length` counts code points everywhere, but
positions do not: `$substring` of AWS counts UTF-16 units (measured), that of jsonata-js 2.0.6 and jlens code points;
`$split(s, "")` gives UTF-16 units on AWS (measured) and in jsonata-js, code points in jlens. So each function tests how
its built-in counts and, where that differs, puts the halves of a character outside the Basic Multilingual Plane
together again.

Halves are told apart by comparison, since no text can hold one: strings compare by UTF-16 units, so a half lies between
U+D7FF and U+E000, and a first half below U+10FFFD, whose own first half is the last one.
"""

from typing import Final

from pysfnc.jsonata.tree import IfElse, Lit, Tree
from pysfnc.library.rows.make import NULL, ZERO, both, call, choose, eq, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.shapes import (
    EMPTY,
    MINUS_ONE,
    ONE,
    add,
    amp,
    at,
    bind,
    block,
    clean_atoms,
    count,
    fn,
    ge,
    greatest,
    gt,
    least,
    length,
    lt,
    refs,
    sub,
)

BEFORE_HALVES: Final = Lit("\ud7ff")
AFTER_HALVES: Final = Lit("\ue000")
LAST_PAIR: Final = Lit("\U0010fffd")

_s, _t, _c, _n, _i, _p, _v, _a, _b, _lo, _hi, _u = refs("s t c n i p v a b lo hi u")


def _paired() -> Tree:
    """The characters of the list `$c` of UTF-16 units: a first half joined with the unit that follows, second halves left out."""
    followers = call("append", call("filter", _c, fn("v i", gt(_i, ZERO))), text(""))
    unit = at(_p, ZERO)
    is_half = both(gt(unit, BEFORE_HALVES), lt(unit, AFTER_HALVES))
    whole = IfElse(is_half, IfElse(lt(unit, LAST_PAIR), amp(unit, at(_p, ONE)), None), unit)
    return clean_atoms(call("map", call("zip", _c, followers), fn("p", whole)))


define(
    "py_chars",
    ("s",),
    IfElse(
        eq(_s, text("")),
        EMPTY,
        block(bind("c", call("split", _s, text(""))), IfElse(eq(count(_c), length(_s)), _c, _paired())),
    ),
)

define(
    "py_substr",
    ("s", "i", "n"),
    IfElse(
        eq(call("substring", _s, length(_s), ONE), text("")),
        call("substring", _s, _i, _n),
        call(
            "join",
            clean_atoms(
                call("filter", call("py_chars", _s), fn("v p", both(ge(_p, _i), lt(_p, add(_i, _n))))),
            ),
        ),
    ),
)

define("py_backwards", ("s",), call("join", call("reverse", call("py_chars", _s))))

define("py_find", ("s", "t"), IfElse(call("contains", _s, _t), length(call("substringBefore", _s, _t)), MINUS_ONE))

define(
    "py_rfind",
    ("s", "t"),
    block(
        bind("p", call("py_find", call("py_backwards", _s), call("py_backwards", _t))),
        IfElse(lt(_p, ZERO), MINUS_ONE, sub(sub(length(_s), length(_t)), _p)),
    ),
)

define(
    "py_low",
    ("n", "lo"),
    choose([(eq(_lo, NULL), ZERO), (lt(_lo, ZERO), greatest(add(_lo, _n), ZERO))], _lo),
)

define(
    "py_high",
    ("n", "hi"),
    choose([(eq(_hi, NULL), _n), (lt(_hi, ZERO), greatest(add(_hi, _n), ZERO))], least(_hi, _n)),
)

define(
    "py_part",
    ("s", "lo", "hi"),
    block(
        bind("n", length(_s)),
        bind("a", call("py_low", _n, _lo)),
        bind("b", call("py_high", _n, _hi)),
        IfElse(gt(_a, _b), NULL, call("py_substr", _s, _a, sub(_b, _a))),
    ),
)


def characters(string: Tree) -> Tree:
    """The list of the characters."""
    return call("py_chars", string)


def substring(string: Tree, start: Tree, size: Tree) -> Tree:
    """`size` characters (none if negative) from `start` on, which is not negative."""
    return call("py_substr", string, start, size)


def is_plain(string: Tree) -> bool:
    """Whether this is a literal whose characters all are of the Basic Multilingual Plane: all engines count them alike."""
    return isinstance(string, Lit) and isinstance(string.value, str) and max(string.value, default="") < "\U00010000"

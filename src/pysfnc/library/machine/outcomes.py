"""Outcomes of branches: what they returned or raised, and when. The compiler makes these operations; no program writes them.

An outcome is a list of two or three: the exception or None, the value, and the time at which the branch ended in milliseconds since 1970.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.ir.hir import FAMILY
from pysfnc.jsonata.tree import Array, Binary, Bind, Field, IfElse, Lit, Object, Range, Ref, Tree
from pysfnc.library.objects.raised import ARGS, MESSAGE, NAME
from pysfnc.library.rows.make import NULL, ZERO, call, eq, join, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import EMPTY, ONE, array_of, at, block, clean, fn, gt, le, length, lt, ne, refs, sub
from pysfnc.library.text.json_dumps import Options, json_tree
from pysfnc.values.types import JSON, Type

MAX_CARRIED_CHARS: Final = 16_384
"""What the cause of a failing expression, of 32,768 characters (API model: SensitiveCause), holds besides the expression; see `asl.causes`."""
TOO_LARGE: Final = "States.DataLimitExceeded"
_ERROR: Final = Lit(0)
_WHEN: Final = Lit(2)
_V, _L, _A, _B, _O, _S, _I = refs("v l a b o s i")


def _first_in_order() -> Tree:
    kept = IfElse(eq(_A, NULL), at(_O, _ERROR), _A)
    return call("reduce", _L, fn("a o", kept), NULL)


def _first_in_time() -> Tree:
    earlier = IfElse(eq(_A, NULL), _O, IfElse(lt(at(_O, _WHEN), at(_A, _WHEN)), _O, _A))
    found = call("reduce", _L, fn("a o", IfElse(eq(at(_O, _ERROR), NULL), _A, earlier)), NULL)
    return block(Bind("a", found), IfElse(eq(_A, NULL), NULL, at(_A, _ERROR)))


def _by_time() -> Tree:
    """Pairs of a number and an outcome. JSONata's `$sort` leaves what is equal in its order."""
    numbered = clean(call("map", _L, fn("o i", Object(((text("i"), _I), (text("o"), _O))))))
    later = gt(at(Field(_A, "o"), _WHEN), at(Field(_B, "o"), _WHEN))
    ordered = clean(call("sort", numbered, fn("a b", later)))
    return clean(call("map", ordered, fn("o", Array((Field(_O, "i"), Array((Field(_O, "o"),)))))))


def _text_of_group() -> Tree:
    number = call("count", _L)
    plural = IfElse(eq(number, ONE), text(" sub-exception)"), text(" sub-exceptions)"))
    return join(_V, text(" ("), call("string", number), plural)


define("py_group_text", ("v", "l"), _text_of_group())
define("py_failed_first", ("l",), _first_in_order())
define("py_failed_soonest", ("l",), _first_in_time())
define("py_by_time", ("l",), _by_time())
define(
    "py_race_text",
    ("v",),
    # `$string` stops at 15 digits; where that made a difference every number is written in full.
    block(
        Bind("s", call("string", _V)),
        IfElse(eq(call("parse", _S), _V), _S, json_tree(Arg(_V, JSON), Options(item=",", key=":", ascii=False))),
    ),
)


_E, _N, _W, _X = refs("e n w x")
_GROUP: Final = text("ExceptionGroup")


def _matching() -> Tree:
    """The exception reduced to the leaves whose names are among `n` if `w`, or are not; null for nothing."""
    inner = call("map", at(Field(_E, ARGS), ONE), fn("x", call("py_matching", _X, _N, _W)))
    kept = clean(call("filter", clean(inner), fn("x", ne(_X, NULL))))
    message = at(Field(_E, ARGS), ZERO)
    made = Object(
        (
            (text(NAME), _GROUP),
            (text(MESSAGE), call("py_group_text", message, _X)),
            (text(ARGS), Array((message, Array((_X,))))),
        )
    )
    group = block(Bind("x", kept), IfElse(eq(call("count", _X), ZERO), NULL, made))
    name = Field(_E, NAME)
    family = Binary("&", call("substringBefore", name, text(".")), text(FAMILY))
    leaf = IfElse(eq(Binary("or", Binary("in", name, _N), Binary("in", family, _N)), _W), _E, NULL)
    return IfElse(eq(_E, NULL), NULL, IfElse(eq(Field(_E, NAME), _GROUP), group, leaf))


define("py_matching", ("e", "n", "w"), _matching())


def _part(args: Sequence[Arg], _type: Type) -> Tree:
    value, wanted, *names = (arg.tree for arg in args)
    if not names:
        return value if wanted == Lit(True) else NULL
    return call("py_matching", value, Array(tuple(names)), wanted)


def _values(args: Sequence[Arg], _type: Type) -> Tree:
    return clean(call("map", args[0].tree, fn("o", at(_O, ONE))))


def _failures(args: Sequence[Arg], _type: Type) -> Tree:
    failed = clean(call("filter", args[0].tree, fn("o", ne(at(_O, _ERROR), NULL))))
    return clean(call("map", failed, fn("o", at(_O, _ERROR))))


def _group_text(args: Sequence[Arg], _type: Type) -> Tree:
    """`str()` of an exception group (CPython, Objects/exceptions.c, `BaseExceptionGroup_str`)."""
    return call("py_group_text", args[0].tree, args[1].tree)


def _others(args: Sequence[Arg], _type: Type) -> Tree:
    """The numbers below the second argument without the first."""
    numbers = Range(ZERO, sub(args[1].tree, ONE))
    return call("append", EMPTY, call("filter", numbers, fn("py_i", ne(Ref("py_i"), args[0].tree))))


def _race_text(args: Sequence[Arg], _type: Type) -> Tree:
    return call("py_race_text", array_of(args))


def _fits(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """The text becomes a text in JSON once more."""
    message = text(f"what a branch returns has more than {MAX_CARRIED_CHARS:,} characters as JSON")
    written = length(call("string", array_of(args)))
    return (Check(le(written, Lit(MAX_CARRIED_CHARS)), TOO_LARGE, message),)


register_prim(PrimRow(op="outcomes.first", lower=lambda args, _: call("py_failed_first", args[0].tree)))
register_prim(PrimRow(op="outcomes.soonest", lower=lambda args, _: call("py_failed_soonest", args[0].tree)))
register_prim(PrimRow(op="outcomes.by_time", lower=lambda args, _: call("py_by_time", args[0].tree)))
register_prim(PrimRow(op="outcomes.values", lower=_values))
register_prim(PrimRow(op="outcomes.failures", lower=_failures))
register_prim(PrimRow(op="group.matching", lower=_part))
register_prim(PrimRow(op="group.text", lower=_group_text))
register_prim(PrimRow(op="race.others", lower=_others))
register_prim(PrimRow(op="clock.ms", lower=lambda _args, _: call("millis")))
register_prim(PrimRow(op="race.text", lower=_race_text))
register_prim(PrimRow(op="race.fitting", lower=lambda args, _: args[0].tree, checks=_fits))
register_prim(PrimRow(op="race.read", lower=lambda args, _: call("parse", args[0].tree)))

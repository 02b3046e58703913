"""The `repr` of a `date` and of a `timedelta`, as which they show in containers and in the KeyError of a key."""

from pysfnc.jsonata.tree import Array, Bind, IfElse, Lit, Ref, Tree
from pysfnc.library.moments.durations import DAY
from pysfnc.library.moments.moments import MILLION, times
from pysfnc.library.rows.make import ZERO, call, eq, join, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.shapes import amp, block, clean_atoms, fn, ne, sub

_X, _D, _R, _N, _U, _P = (Ref(name) for name in "xdrnup")


def date_repr(value: Tree) -> Tree:
    """`datetime.date(2024, 1, 3)`."""
    parts = [call("string", call("number", call("substring", value, Lit(at), Lit(size)))) for at, size in _PLACES]
    return join(text("datetime.date("), parts[0], text(", "), parts[1], text(", "), parts[2], text(")"))


_PLACES = ((0, 4), (5, 2), (8, 2))
"""Where year, month and day stand in an ISO text."""


def duration_repr(value: Tree) -> Tree:
    """`datetime.timedelta(days=1, seconds=30)`, without what is zero."""
    return call("py_duration_repr", value)


def _part(name: str, number: Tree) -> Tree:
    return IfElse(ne(number, ZERO), amp(text(f"{name}="), call("string", number)), text(""))


define(
    "py_duration_repr",
    ("x",),
    block(
        Bind("d", call("py_whole", _X, DAY)),
        Bind("r", sub(_X, times(_D, DAY))),
        Bind("n", call("py_whole", _R, MILLION)),
        Bind("u", sub(_R, times(_N, MILLION))),
        Bind("p", Array((_part("days", _D), _part("seconds", _N), _part("microseconds", _U)))),
        Bind("p", clean_atoms(call("filter", _P, fn("x", ne(_X, text("")))))),
        join(
            text("datetime.timedelta("),
            IfElse(eq(_X, ZERO), text("0"), call("join", _P, text(", "))),
            text(")"),
        ),
    ),
)

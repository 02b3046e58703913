"""Methods of str that fill up to a width: ljust, rjust, center, zfill."""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Binary, IfElse, Lit, Tree
from pysfnc.library.rows.make import ZERO, call, const, eq, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.row import Arg, Check
from pysfnc.library.rows.shapes import add, amp, bind, block, gt, length, refs, sub
from pysfnc.library.rows.signature import TEXT, WHOLE, WHOLE_ERROR, Spec, declare, receiver, whole
from pysfnc.library.text.characters import is_plain
from pysfnc.values.types import STR

ONE_CHARACTER: Final = "The fill character must be exactly one character long"
_s, _c, _n, _d, _w, _l = refs("s c n d w l")


def _filling(fill: Tree, times: Tree) -> Tree:
    """The character so many times, none if negative. `$pad` takes characters apart that AWS counts as two."""
    return (
        call("pad", text(""), times, fill)
        if is_plain(fill)
        else call("replace", call("pad", text(""), times, text("x")), text("x"), fill)
    )


define("py_fill", ("c", "n"), IfElse(gt(_n, ZERO), _filling(_c, _n), text("")))
define("py_ljust", ("s", "w", "c"), amp(_s, call("py_fill", _c, sub(_w, length(_s)))))
define("py_rjust", ("s", "w", "c"), amp(call("py_fill", _c, sub(_w, length(_s))), _s))
define(
    "py_center",
    ("s", "w", "c"),
    block(
        bind("n", sub(_w, length(_s))),
        bind(
            "l",
            add(
                call("floor", Binary("/", _n, Lit(2))),
                IfElse(eq(Binary("%", _n, Lit(2)), Lit(1)), call("abs", Binary("%", _w, Lit(2))), ZERO),
            ),
        ),
        IfElse(
            gt(_n, ZERO),
            amp(amp(call("py_fill", _c, _l), _s), call("py_fill", _c, sub(_n, _l))),
            _s,
        ),
    ),
)
define(
    "py_zfill",
    ("s", "w"),
    block(
        bind("n", call("py_fill", text("0"), sub(_w, length(_s)))),
        bind("c", call("substring", _s, ZERO, Lit(1))),
        IfElse(
            Binary("in", _c, call("split", text("+-"), text(""))),
            amp(amp(_c, _n), call("substringAfter", _s, _c)),
            amp(_n, _s),
        ),
    ),
)


def _fill_checks(args: Sequence[Arg]) -> list[Check]:
    fill = args[2].tree
    if isinstance(fill, Lit) and isinstance(fill.value, str) and len(fill.value) == 1:
        return []
    return [Check(eq(length(fill), Lit(1)), "TypeError", text(ONE_CHARACTER))]


for _name in ("ljust", "rjust", "center"):
    declare(
        f"str.{_name}",
        [
            receiver(),
            Spec("width", WHOLE, WHOLE_ERROR),
            Spec("fillchar", TEXT, "The fill character must be a unicode character, not {}", const(" ")),
        ],
        STR,
        lambda a, function=f"py_{_name}": call(function, a[0].tree, whole(a[1]), a[2].tree),  # type: ignore[misc]
        checks=_fill_checks,
        examples=[
            f"'ab'.{_name}(5)",
            f"'ab'.{_name}(6)",
            f"'abc'.{_name}(6, '*')",
            f"'abc'.{_name}(8, '*')",
            f"'abc'.{_name}(2)",
            f"'abc'.{_name}(-7)",
            f"''.{_name}(3, '-')",
            f"'abc'.{_name}(5, '')",
            f"'abc'.{_name}(5, 'xy')",
            f"'😀'.{_name}(4, '😀')",
            f"'a'.{_name}(True)",
        ],
    )
declare(
    "str.zfill",
    [receiver(), Spec("width", WHOLE, WHOLE_ERROR)],
    STR,
    lambda a: call("py_zfill", a[0].tree, whole(a[1])),
    examples=[f"'{v}'.zfill(5)" for v in ("42", "-42", "+4", "", "123456", "--1", "😀", "-", "a-b")]
    + ["'7'.zfill(-3)", "'-7'.zfill(2)"],
)

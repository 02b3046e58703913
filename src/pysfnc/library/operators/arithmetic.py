"""The prelude functions behind the operators on ints, floats, strings and lists.

All of them are exact for ints up to 2**53. `%` of JSONata is exact on every engine and has the sign of the dividend.
"""

from collections.abc import Callable
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, IfElse, Lit, Neg, Ref, Seq, Tree
from pysfnc.library.rows.make import both, call, choose, either, text
from pysfnc.library.rows.prelude import define

_A, _B, _M, _N = Ref("a"), Ref("b"), Ref("m"), Ref("n")
_SIGNS_DIFFER: Final = both(Binary("!=", _M, Lit(0)), Binary("!=", Binary("<", _M, Lit(0)), Binary("<", _B, Lit(0))))
# JSONata's % has the sign of the dividend and is exact; Python's has the sign of the divisor.
define("py_mod", ("a", "b"), Seq((Bind("m", Binary("%", _A, _B)), IfElse(_SIGNS_DIFFER, Binary("+", _M, _B), _M))))
define(
    "py_floordiv",
    ("a", "b"),
    Seq(
        (
            Bind("m", Binary("%", _A, _B)),
            # Exact for ints. For floats the quotient may miss the integer it should be, by less than a half.
            Bind(
                "q",
                Binary("-", Binary("/", Binary("-", _A, _M), _B), IfElse(_SIGNS_DIFFER, Lit(1), Lit(0))),
            ),
            Bind("f", call("floor", Ref("q"))),
            IfElse(Binary(">", Binary("-", Ref("q"), Ref("f")), Lit(0.5)), Binary("+", Ref("f"), Lit(1)), Ref("f")),
        )
    ),
)
define(
    "py_pow",
    ("a", "n"),
    choose(
        [
            (Binary("=", _N, Lit(0)), Lit(1)),
            (
                Binary("=", Binary("%", _N, Lit(2)), Lit(1)),
                Binary("*", _A, call("py_pow", _A, Binary("-", _N, Lit(1)))),
            ),
        ],
        call("py_pow", Binary("*", _A, _A), Binary("/", _N, Lit(2))),
    ),
)
define("py_shift_left", ("a", "n"), Binary("*", _A, call("py_pow", Lit(2), _N)))
define(
    "py_shift_right",
    ("a", "n"),
    # Beyond 2**60 nothing is left of an int of the domain but its sign.
    call("py_floordiv", _A, call("py_pow", Lit(2), IfElse(Binary(">", _N, Lit(60)), Lit(60), _N))),
)
define(
    "py_and_natural",
    ("a", "b", "u", "s"),
    # Bit by bit from the lowest: u is the value of the bit, s what has been found so far.
    IfElse(
        either(Binary("=", _A, Lit(0)), Binary("=", _B, Lit(0))),
        Ref("s"),
        call(
            "py_and_natural",
            call("floor", Binary("/", _A, Lit(2))),
            call("floor", Binary("/", _B, Lit(2))),
            Binary("*", Ref("u"), Lit(2)),
            IfElse(
                both(Binary("=", Binary("%", _A, Lit(2)), Lit(1)), Binary("=", Binary("%", _B, Lit(2)), Lit(1))),
                Binary("+", Ref("s"), Ref("u")),
                Ref("s"),
            ),
        ),
    ),
)


def _natural(left: Tree, right: Tree) -> Tree:
    return call("py_and_natural", left, right, Lit(1), Lit(0))


def flip(value: Tree) -> Tree:
    return Binary("-", Neg(value), Lit(1))


define(
    "py_and",
    ("a", "b"),
    # ~x of a negative x is a natural number, and a & b is b - (b & ~a).
    choose(
        [
            (
                both(Binary(">=", _A, Lit(0)), Binary(">=", _B, Lit(0))),
                _natural(_A, _B),
            ),
            (Binary(">=", _B, Lit(0)), Binary("-", _B, _natural(_B, flip(_A)))),
            (Binary(">=", _A, Lit(0)), Binary("-", _A, _natural(_A, flip(_B)))),
        ],
        Binary("+", Binary("+", _A, Binary("-", _B, Lit(-1))), _natural(flip(_A), flip(_B))),
    ),
)
define("py_or", ("a", "b"), Binary("+", Binary("-", _A, call("py_and", _A, _B)), _B))
define(
    "py_xor",
    ("a", "b"),
    Seq((Bind("m", call("py_and", _A, _B)), Binary("+", Binary("-", _A, _M), Binary("-", _B, _M)))),
)


def _doubled(name: str, empty: Tree, put: Callable[[Tree, Tree], Tree]) -> Tree:
    """`$a` put together `$n` times, by doubling."""
    half = call(name, put(_A, _A), call("floor", Binary("/", _N, Lit(2))))
    odd = Binary("=", Binary("%", _N, Lit(2)), Lit(1))
    return IfElse(Binary("<", _N, Lit(1)), empty, Seq((Bind("h", half), IfElse(odd, put(Ref("h"), _A), Ref("h")))))


define("py_repeat_text", ("a", "n"), _doubled("py_repeat_text", text(""), lambda x, y: Binary("&", x, y)))
define("py_repeat", ("a", "n"), _doubled("py_repeat", Array(()), lambda x, y: call("append", x, y)))

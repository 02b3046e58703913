"""`repr` of a string, and the code points of characters.

A character becomes a number by its UTF-8 bytes, which `$encodeUrlComponent` shows on every engine. `repr` writes what does not
print as an escape: controls, formats, separators, private characters and noncharacters. Code points that Unicode has
not assigned yet are left as they are, since which those are differs between versions of CPython.
"""

from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, Func, IfElse, Lit, Ref, Regex, Seq, Tree
from pysfnc.library.rows.make import ZERO, both, call, choose, join, negate, text
from pysfnc.library.rows.prelude import define

_S, _T, _C, _E, _M, _N, _P, _Q, _A, _B = (Ref(name) for name in "stcemnpqab")
_ASCII: Final = "".join(map(chr, range(32, 127)))
_PLAIN: Final = r"^[ !#-&\x28-\x5b\x5d-~]*$"
"""What `repr` only puts quotes around."""

# UTF-8, as `$encodeUrlComponent` writes it, of the characters that do not print (newline, return and tab are replaced before).
_NOT_PRINTED: Final = "|".join(
    (
        "%[01].|%7F|%C2%[89].|%C2%A[0D]",  # controls, no-break space, soft hyphen
        "%D8%8[0-5]|%D8%9C|%DB%9D|%DC%8F|%E0%A2%9[01]|%E0%A3%A2|%E1%A0%8E",  # formats of Arabic, Syriac, Mongolian
        "%E1%9A%80|%E2%80%8.|%E2%80%A[89A-F]|%E2%81%9F|%E2%81%A.|%E3%80%80",  # separators and directions
        "%EE%..%..|%EF%[89].%..|%EF%A[0-3]%..|%EF%B7%9.|%EF%B7%A.|%EF%BB%BF|%EF%BF%B[9ABEF]",  # private characters, noncharacters
        "%F0%91%82%BD|%F0%91%83%8D|%F0%93%90%[BC].|%F0%9B%B2%A[0-3]|%F0%9D%85%B[3-9A]",  # formats beyond the BMP
        "%F3%A0%8[01]%..|%F3%B.%..%..|%F4%..%..%..",  # tags, private planes
    )
)

_DOUBLE, _SINGLE = text('"'), text("'")


def _escape(mark: str, width: int) -> Tree:
    return Binary("&", text(mark), call("pad", call("formatBase", _N, Lit(16)), Lit(-width), text("0")))


define(
    "py_code",
    ("c",),
    # The code point of one character.
    Seq(
        (
            Bind("p", call("split", call("encodeUrlComponent", _C), text("%"))),
            Bind("n", Binary("-", call("count", _P), Lit(1))),
            IfElse(
                Binary("=", _N, ZERO),
                Binary("+", call("length", call("substringBefore", text(_ASCII), _C)), Lit(32)),
                call("py_utf8", _P, _N),
            ),
        )
    ),
)
define(
    "py_utf8",
    ("p", "n"),
    # The code point of n bytes, written in hexadecimal in the items of p behind the first.
    Seq(
        (
            Bind(
                "m",
                call(
                    "map",
                    _P,
                    Func(("e", "i"), IfElse(Binary(">", Ref("i"), ZERO), call("number", join(text("0x"), _E)), None)),
                ),
            ),
            call(
                "reduce",
                call("append", Array(()), _M),
                Func(("a", "b"), Binary("+", Binary("*", _A, Lit(64)), Binary("-", _B, Lit(128)))),
                # What the marks of the bytes add up to, taken off in advance.
                choose(
                    [(Binary("=", _N, Lit(count)), Lit(start)) for count, start in ((1, 2), (2, -1), (3, -1.5))],
                    Lit(-1.75),
                ),
            ),
        )
    ),
)
define(
    "py_escape",
    ("c",),
    # A character as \\x, \\u or \\U and its code point.
    Seq(
        (
            Bind("n", call("py_code", _C)),
            choose(
                [
                    (Binary("<", _N, Lit(256)), _escape("\\x", 2)),
                    (Binary("<", _N, Lit(65536)), _escape("\\u", 4)),
                ],
                _escape("\\U", 8),
            ),
        )
    ),
)
define(
    "py_unit",
    ("n",),
    # A UTF-16 unit as \\u and four digits.
    _escape("\\u", 4),
)
define(
    "py_units",
    ("c",),
    # A character as one or two UTF-16 units.
    Seq(
        (
            Bind("n", call("py_code", _C)),
            IfElse(
                Binary("<", _N, Lit(65536)),
                call("py_unit", _N),
                join(
                    call("py_unit", Binary("+", call("floor", Binary("/", _N, Lit(1024))), Lit(0xD7C0))),
                    call("py_unit", Binary("+", Binary("%", _N, Lit(1024)), Lit(0xDC00))),
                ),
            ),
        )
    ),
)
define(
    "py_quote",
    ("s",),
    IfElse(
        call("contains", _S, Regex(_PLAIN)),
        join(text("'"), _S, text("'")),
        Seq(
            (
                Bind(
                    "q",
                    IfElse(
                        both(call("contains", _S, text("'")), negate(call("contains", _S, text('"')))), _DOUBLE, _SINGLE
                    ),
                ),
                Bind("t", call("replace", _S, text("\\"), text("\\\\"))),
                Bind("t", call("replace", _T, _Q, Binary("&", text("\\"), _Q))),
                *(
                    Bind("t", call("replace", _T, text(char), text(written)))
                    for char, written in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
                ),
                Bind("e", call("encodeUrlComponent", _T)),
                Bind(
                    "e", call("replace", _E, Regex(_NOT_PRINTED), Func(("m",), call("py_escaped", Field(_M, "match"))))
                ),
                join(_Q, call("decodeUrlComponent", _E), _Q),
            )
        ),
    ),
)
define(
    "py_escaped",
    ("e",),
    # As `py_escape`, from one encoded text to another.
    call("encodeUrlComponent", call("py_escape", call("decodeUrlComponent", _E))),
)


def quoted(value: Tree) -> Tree:
    """`repr` of a string."""
    if isinstance(value, Lit) and isinstance(value.value, str):
        return text(repr(value.value))
    return call("py_quote", value)

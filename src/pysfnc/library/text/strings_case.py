"""Methods of str about letters: upper and lower case, titles, and what kind of characters a string has.

`$uppercase` and `$lowercase` agree with CPython on every assigned character, the final sigma included (measured on both
engines). The classes behind `isalpha` and its kin come from `unicode_tables`; characters beyond the BMP, which patterns
see as halves on some engines, are recognised by their percent-encoded UTF-8.
"""

from typing import Final

from pysfnc.jsonata.tree import IfElse, Lit, Regex, Tree
from pysfnc.library.rows.make import ZERO, both, call, choose, either, eq, negate, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.shapes import ONE, amp, at, bind, block, fn, length, ne, refs
from pysfnc.library.rows.signature import on_text
from pysfnc.library.text import unicode_tables as tables
from pysfnc.library.text.characters import characters, substring
from pysfnc.library.text.strings_split import SPACE
from pysfnc.values.types import BOOL, STR

TWO: Final = Lit(2)
_s, _b, _c, _v, _i, _p, _r, _x = refs("s b c v i p r x")


def char_class(runs: str) -> str:
    """The inside of a character class of a pattern for the first and last characters of runs."""
    return "".join(
        _written(first) if first == last else f"{_written(first)}-{_written(last)}"
        for first, last in zip(runs[::2], runs[1::2], strict=True)
    )


def _written(char: str) -> str:
    """A character of a class; controls and what means something there as an escape."""
    if char.isalnum() and char.isprintable():
        return char
    return f"\\u{ord(char):04x}"


def _only(string: Tree, runs: str, above: str) -> Tree:
    """Whether the string is not empty and every character is of the class."""
    rest = call("replace", string, Regex(f"[{char_class(runs)}]+"), text(""))
    beyond = call("replace", call("encodeUrlComponent", _r), Regex(above), text(""))
    return both(ne(string, text("")), block(bind("r", rest), either(eq(_r, text("")), eq(beyond, text("")))))


def _some(string: Tree, runs: str, above: str) -> Tree:
    """Whether a character of the string is of the class."""
    beyond = call("contains", call("encodeUrlComponent", string), Regex(above))
    return either(call("contains", string, Regex(f"[{char_class(runs)}]")), beyond)


_CLASSES: Final = {
    "isalpha": (tables.ALPHA, tables.ALPHA_ABOVE),
    "isalnum": (tables.ALNUM, tables.ALNUM_ABOVE),
    "isdecimal": (tables.DECIMAL, tables.DECIMAL_ABOVE),
    "isdigit": (tables.DIGIT, tables.DIGIT_ABOVE),
    "isnumeric": (tables.NUMERIC, tables.NUMERIC_ABOVE),
}
_KIND_EXAMPLES: Final = (
    "abc",
    "aB3",
    "",
    "123",
    "12.5",
    "x y",
    "²½",
    "٣",
    "éÀß",
    "中文",
    "😀",
    "𝐀𝟘",
    "𝟘",
    "𠀀",
    "a\\n",
    "Ⅷ",
)
_CASE_EXAMPLES: Final = (
    "abc",
    "Abc",
    "ABC",
    "",
    "123",
    "a1",
    "A1",
    "ß",
    "ǅ",
    "ª",
    "𝐀",
    "𝐚",
    "ΑΣ",
    "中",
    "İ",
    "ŉ",
    "𐐀",
    "𐐨",
    "Ⓐ",
)
for _name, (_runs, _above) in _CLASSES.items():
    define(f"py_{_name}", ("s",), _only(_s, _runs, _above))
    on_text(_name, f"py_{_name}", BOOL, [f"'{value}'.{_name}()" for value in _KIND_EXAMPLES])

define("py_isspace", ("s",), both(ne(_s, text("")), negate(call("contains", _s, Regex(f"[^{SPACE}]")))))
define("py_isascii", ("s",), negate(call("contains", _s, Regex(r"[^\u0000-\u007f]"))))
define("py_isprintable", ("s",), either(eq(_s, text("")), _only(_s, tables.PRINTABLE, tables.PRINTABLE_ABOVE)))
for _name in ("isspace", "isascii", "isprintable"):
    on_text(
        _name,
        f"py_{_name}",
        BOOL,
        [f"'{v}'.{_name}()" for v in ("", " ", "a", " \\n", "\\x1f\\xa0", "\\u200b", "é", "😀", "\\U000e0001")],
    )

_lower_alone = _some(_s, tables.LOWER_WITHOUT_UPPER, tables.LOWER_WITHOUT_UPPER_ABOVE)
_upper_alone = _some(_s, tables.UPPER_WITHOUT_LOWER, tables.UPPER_WITHOUT_LOWER_ABOVE)
define("py_has_upper", ("s",), either(ne(call("lowercase", _s), _s), _upper_alone))
define("py_has_lower", ("s",), either(ne(call("uppercase", _s), _s), _lower_alone))
define("py_islower", ("s",), both(negate(call("py_has_upper", _s)), call("py_has_lower", _s)))
define("py_isupper", ("s",), both(negate(call("py_has_lower", _s)), call("py_has_upper", _s)))
for _name in ("islower", "isupper"):
    on_text(_name, f"py_{_name}", BOOL, [f"'{value}'.{_name}()" for value in _CASE_EXAMPLES])

_MAPPED_EXAMPLES: Final = (
    *_CASE_EXAMPLES,
    "hello wORLD",
    "it's 3rd",
    "ΑΣ ΣΑΣ",
    "ﬁn",
    "ǆ",
    "ა",
    "x😀y",
    "Σ",
    "ᾳ",
    "aΣ'b Σ.",
)
on_text("upper", "uppercase", STR, [f'"{value}".upper()' for value in _MAPPED_EXAMPLES])
on_text("lower", "lowercase", STR, [f'"{value}".lower()' for value in _MAPPED_EXAMPLES])

define(
    "py_title",
    ("c",),
    block(
        bind("p", text(f" {tables.TITLE_PAIRS} ")),
        choose(
            [
                (
                    call("contains", _p, amp(text(" "), _c)),
                    call("substringBefore", call("substringAfter", _p, amp(text(" "), _c)), text(" ")),
                ),
                (call("contains", _c, Regex(f"[{char_class(tables.TITLE_IS_SAME)}]")), _c),
            ],
            call("uppercase", _c),
        ),
    ),
)
define(
    "py_lower_at",
    ("s", "i", "c"),
    IfElse(
        eq(_c, text("Σ")),
        substring(call("lowercase", _s), length(call("lowercase", substring(_s, ZERO, _i))), ONE),
        call("lowercase", _c),
    ),
)
define(
    "py_capitalize",
    ("s",),
    IfElse(
        eq(_s, text("")),
        _s,
        block(
            bind("c", substring(_s, ZERO, ONE)),
            bind("r", call("lowercase", _s)),
            amp(call("py_title", _c), substring(_r, length(call("lowercase", _c)), length(_r))),
        ),
    ),
)
define(
    "py_title_words",
    ("s",),
    block(
        bind("c", characters(_s)),
        call(
            "join",
            call(
                "append",
                text(""),
                call(
                    "map",
                    call("zip", _c, call("append", text(" "), _c)),
                    fn(
                        "p i",
                        IfElse(
                            either(call("py_has_upper", at(_p, ONE)), call("py_has_lower", at(_p, ONE))),
                            call("py_lower_at", _s, _i, at(_p, ZERO)),
                            call("py_title", at(_p, ZERO)),
                        ),
                    ),
                ),
            ),
        ),
    ),
)
define(
    "py_swapcase",
    ("s",),
    call(
        "join",
        call(
            "append",
            text(""),
            call(
                "map",
                characters(_s),
                fn(
                    "v i",
                    choose(
                        [
                            (call("contains", _v, Regex(f"[{char_class(tables.TITLE)}]")), _v),
                            (ne(call("lowercase", _v), _v), call("py_lower_at", _s, _i, _v)),
                        ],
                        call("uppercase", _v),
                    ),
                ),
            ),
        ),
    ),
)
for _name, _function in (("capitalize", "py_capitalize"), ("title", "py_title_words"), ("swapcase", "py_swapcase")):
    on_text(_name, _function, STR, [f'"{value}".{_name}()' for value in _MAPPED_EXAMPLES])

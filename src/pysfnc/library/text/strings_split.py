"""Methods of str that take it apart or put one together: split, splitlines, partition, strip and their kin.

Whitespace is what `str.isspace` says: more than `\\s` of any engine. Patterns stay free of `$`, which matches before a
last line break on some engines, where that could make a difference.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, IfElse, Lit, Regex, Tree
from pysfnc.library.rows.make import NULL, ZERO, both, call, const, eq, negate, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.row import Arg, Check
from pysfnc.library.rows.shapes import (
    EMPTY,
    MINUS_ONE,
    ONE,
    add,
    at,
    bind,
    block,
    clean_atoms,
    count,
    fn,
    ge,
    le,
    length,
    lt,
    ne,
    refs,
    sub,
)
from pysfnc.library.rows.signature import TEXT, TEXT_OR_NONE, WHOLE, WHOLE_ERROR, Lower, Spec, declare, receiver, whole
from pysfnc.library.text.characters import substring
from pysfnc.values.relations import kinds
from pysfnc.values.types import STR, Kind, ListT, TupleT

BLANKS: Final = r"\t-\r\x1c- "
RARE_BLANKS: Final = r"\x0b\x0c\x1c-\x1f"
SPACE: Final = BLANKS + r"\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
BREAK: Final = r"\n-\r\x1c-\x1e\x85\u2028\u2029"
LEFT_SPACE: Final = Regex(f"^[{SPACE}]+")
RIGHT_SPACE: Final = Regex(f"[{SPACE}]+$")
RARE_SPACE: Final = Regex(f"[{SPACE.replace(BLANKS, RARE_BLANKS)}]")

_s, _t, _c, _k, _n, _v, _i, _p, _a, _d, _w = refs("s t c k n v i p a d w")
_nothing = text("")


# strip


def _strip_space(string: Tree, left: bool, right: bool) -> Tree:
    if left:
        string = call("replace", string, LEFT_SPACE, _nothing)
    if right:
        string = call("replace", string, RIGHT_SPACE, _nothing)
    return string


define(
    "py_strip",
    ("s", "t", "left", "right"),
    block(
        bind("c", call("py_chars", _s)),
        bind("k", clean_atoms(call("map", _c, fn("v i", IfElse(negate(call("contains", _t, _v)), _i, None))))),
        bind("a", IfElse(refs("left")[0], at(_k, ZERO), ZERO)),
        IfElse(
            eq(count(_k), ZERO),
            _nothing,
            substring(
                _s,
                _a,
                sub(IfElse(refs("right")[0], add(at(_k, MINUS_ONE), ONE), count(_c)), _a),
            ),
        ),
    ),
)


def _strip(left: bool, right: bool) -> Lower:
    def lower(args: Sequence[Arg]) -> Tree:
        string, chars = args
        by_set = call("py_strip", string.tree, chars.tree, Lit(left), Lit(right))
        if kinds(chars.type) <= {Kind.NONE}:
            return _strip_space(string.tree, left, right)
        if Kind.NONE not in kinds(chars.type):
            return by_set
        return IfElse(eq(chars.tree, NULL), _strip_space(string.tree, left, right), by_set)

    return lower


_BLANKS = "'\\t\\n a b\\u3000\\x1f \\xa0\\x85\\u200b \\n'"
for _name, _left, _right in (("strip", True, True), ("lstrip", True, False), ("rstrip", False, True)):
    declare(
        f"str.{_name}",
        [receiver(), Spec("chars", TEXT_OR_NONE, f"{_name} arg must be None or str", const(None))],
        STR,
        _strip(_left, _right),
        examples=[
            f"'  a b '.{_name}()",
            f"'a\\n'.{_name}()",
            f"''.{_name}()",
            f"' \\n '.{_name}()",
            f"{_BLANKS}.{_name}()",
            f"'xyaxbyx'.{_name}('xy')",
            f"'xxx'.{_name}('x')",
            f"'xa\\n'.{_name}('x')",
            f"'ax\\n'.{_name}('xa')",
            f"' a '.{_name}('')",
            f"' a '.{_name}(None)",
            f"'😀a😀b😀'.{_name}('😀')",
            f"'.a]^-'.{_name}('-.]^')",
        ],
    )


# split


define(
    "py_words",
    ("s",),
    # $trim puts one blank for each run of the whitespace it knows; the rest becomes blanks first.
    block(
        bind(
            "t", call("trim", IfElse(call("contains", _s, RARE_SPACE), call("replace", _s, RARE_SPACE, text(" ")), _s))
        ),
        IfElse(eq(_t, _nothing), EMPTY, call("split", _t, text(" "))),
    ),
)
define(
    "py_some_words",
    ("s", "n", "a"),
    block(
        bind("t", call("replace", _s, LEFT_SPACE, _nothing)),
        IfElse(
            eq(_t, _nothing),
            _a,
            IfElse(
                eq(_n, ZERO),
                call("append", _a, _t),
                block(
                    bind("w", call("replace", _t, Regex(f"[{SPACE}][\\s\\S]*"), _nothing)),
                    call("py_some_words", call("substringAfter", _t, _w), sub(_n, ONE), call("append", _a, _w)),
                ),
            ),
        ),
    ),
)
define(
    "py_some_parts",
    ("s", "t", "n"),
    block(
        bind("p", call("split", _s, _t)),
        IfElse(
            le(count(_p), add(_n, ONE)),
            _p,
            call(
                "append",
                clean_atoms(call("filter", _p, fn("v i", lt(_i, _n)))),
                call("join", call("filter", _p, fn("v i", ge(_i, _n))), _t),
            ),
        ),
    ),
)
define(
    "py_each_backwards",
    ("c",),
    call("reverse", clean_atoms(call("map", _c, fn("v", call("py_backwards", _v))))),
)
define(
    "py_split",
    ("s", "t", "n"),
    IfElse(
        eq(_t, NULL),
        IfElse(lt(_n, ZERO), call("py_words", _s), call("py_some_words", _s, _n, EMPTY)),
        IfElse(lt(_n, ZERO), call("split", _s, _t), call("py_some_parts", _s, _t, _n)),
    ),
)
define(
    "py_rsplit",
    ("s", "t", "n"),
    IfElse(
        both(eq(_t, NULL), lt(_n, ZERO)),
        call("py_words", _s),
        call(
            "py_each_backwards",
            call("py_split", call("py_backwards", _s), IfElse(eq(_t, NULL), NULL, call("py_backwards", _t)), _n),
        ),
    ),
)


def _always_all(limit: Arg) -> bool:
    return isinstance(limit.tree, Lit) and isinstance(limit.tree.value, int) and limit.tree.value < 0


def _split(args: Sequence[Arg]) -> Tree:
    string, separator, limit = args
    if _always_all(limit):
        if kinds(separator.type) <= {Kind.NONE}:
            return call("py_words", string.tree)
        if Kind.NONE not in kinds(separator.type):
            return call("split", string.tree, separator.tree)
    return call("py_split", string.tree, separator.tree, whole(limit))


def _rsplit(args: Sequence[Arg]) -> Tree:
    string, separator, limit = args
    if _always_all(limit):
        if kinds(separator.type) <= {Kind.NONE}:
            return call("py_words", string.tree)
        if isinstance(separator.tree, Lit) and isinstance(separator.tree.value, str) and len(separator.tree.value) == 1:
            return call("split", string.tree, separator.tree)
    return call("py_rsplit", string.tree, separator.tree, whole(limit))


def _separator_checks(args: Sequence[Arg]) -> list[Check]:
    separator = args[1]
    if isinstance(separator.tree, Lit) and separator.tree.value != "":
        return []
    return [Check(ne(separator.tree, _nothing), "ValueError", text("empty separator"))]


for _name, _lower in (("split", _split), ("rsplit", _rsplit)):
    declare(
        f"str.{_name}",
        [
            receiver(),
            Spec("sep", TEXT_OR_NONE, "must be str or None, not {}", const(None), keyword=True, late=True),
            Spec("maxsplit", WHOLE, WHOLE_ERROR, const(-1), keyword=True),
        ],
        ListT(STR),
        _lower,
        checks=_separator_checks,
        examples=[
            f"'a,b,,c'.{_name}(',')",
            f"'a'.{_name}(',')",
            f"''.{_name}(',')",
            f"''.{_name}()",
            f"'   '.{_name}()",
            f"' a  b\\tc\\n'.{_name}()",
            f"{_BLANKS}.{_name}()",
            f"'a b'.{_name}(None)",
            f"'abc'.{_name}('')",
            f"'a,b,c'.{_name}(',', 1)",
            f"'a,b,c'.{_name}(',', 0)",
            f"'a,b,c'.{_name}(',', 5)",
            f"'a,b,c'.{_name}(',', -1)",
            f"'a,b,c'.{_name}(',', maxsplit=1)",
            f"'a,b,c'.{_name}(sep=',')",
            f"'  a b  c  '.{_name}(None, 1)",
            f"'  a b  c  '.{_name}(None, 0)",
            f"'  a b  c  '.{_name}(None, 2)",
            f"'  a b  c  '.{_name}(None, 3)",
            f"'a\\nb\\nc'.{_name}(None, 1)",
            f"'  '.{_name}(None, 1)",
            f"'aaa'.{_name}('aa')",
            f"'aaaa'.{_name}('aa', 1)",
            f"'aaaaa'.{_name}('aa', 1)",
            f"'x😀y😀z'.{_name}('😀')",
            f"'x😀y😀z'.{_name}('😀', 1)",
            f"'x😀 y😀 z'.{_name}(None, 1)",
        ],
    )


define(
    "py_lines",
    ("s",),
    block(
        bind("c", call("split", call("replace", _s, Regex(f"\\r\\n|[{BREAK}]"), text("\n")), text("\n"))),
        IfElse(
            eq(at(_c, MINUS_ONE), _nothing),
            clean_atoms(call("filter", _c, fn("v i", lt(_i, sub(count(_c), ONE))))),
            _c,
        ),
    ),
)
define(
    "py_kept_lines",
    ("s",),
    clean_atoms(
        call(
            "map",
            call("match", _s, Regex(f"[^{BREAK}]*(?:\\r\\n|[{BREAK}])|[^{BREAK}]+")),
            fn("v", call("lookup", _v, text("match"))),
        )
    ),
)


def _lines(args: Sequence[Arg]) -> Tree:
    string, keep = args
    if isinstance(keep.tree, Lit):
        return call("py_kept_lines" if keep.tree.value else "py_lines", string.tree)
    test = keep.tree if kinds(keep.type) <= {Kind.BOOL} else ne(whole(keep), ZERO)
    return IfElse(test, call("py_kept_lines", string.tree), call("py_lines", string.tree))


declare(
    "str.splitlines",
    [receiver(), Spec("keepends", WHOLE, WHOLE_ERROR, const(False), keyword=True)],
    ListT(STR),
    _lines,
    examples=[
        "'a\\nb\\r\\nc\\rd'.splitlines()",
        "'a\\n'.splitlines()",
        "''.splitlines()",
        "'\\n'.splitlines()",
        "'\\n\\n'.splitlines()",
        "'a\\x0bb\\x0cc\\x1cd\\x1ee\\x85f\\u2028g'.splitlines()",
        "'a\\nb\\r\\n\\r\\nc'.splitlines(True)",
        "''.splitlines(True)",
        "'\\n'.splitlines(keepends=True)",
        "'a'.splitlines(keepends=True)",
        "'😀\\n😀'.splitlines(keepends=True)",
    ],
)


# partition

define(
    "py_partition",
    ("s", "t"),
    IfElse(
        call("contains", _s, _t),
        Array((call("substringBefore", _s, _t), _t, call("substringAfter", _s, _t))),
        Array((_s, _nothing, _nothing)),
    ),
)
define(
    "py_rpartition",
    ("s", "t"),
    block(
        bind("p", call("py_rfind", _s, _t)),
        IfElse(
            lt(_p, ZERO),
            Array((_nothing, _nothing, _s)),
            Array((substring(_s, ZERO, _p), _t, substring(_s, add(_p, length(_t)), length(_s)))),
        ),
    ),
)
for _name in ("partition", "rpartition"):
    declare(
        f"str.{_name}",
        [receiver(), Spec("sep", TEXT, "must be str, not {}")],
        TupleT((STR, STR, STR)),
        lambda a, function=f"py_{_name}": call(function, a[0].tree, a[1].tree),  # type: ignore[misc]
        checks=_separator_checks,
        examples=[
            f"'a=b=c'.{_name}('=')",
            f"'abc'.{_name}('=')",
            f"''.{_name}('=')",
            f"'abc'.{_name}('')",
            f"'aaa'.{_name}('aa')",
            f"'x😀y😀z'.{_name}('😀')",
            f"'x😀y😀z'.{_name}('y')",
        ],
    )

"""Methods of str that look for text: find, index, count, startswith, replace and what is built on them.

Positions are found by `$substringBefore`, whose result is measured in characters, never by the position that an engine reports.
"""

from collections.abc import Callable, Sequence

from pysfnc.ir.exprs import Expr, Prim
from pysfnc.jsonata.tree import IfElse, Lit, Tree
from pysfnc.library.rows.make import FALSE, NULL, ZERO, Built, both, call, const, either, eq, negate, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import (
    MINUS_ONE,
    ONE,
    add,
    amp,
    at,
    bind,
    block,
    count,
    fn,
    ge,
    length,
    lt,
    ne,
    refs,
    sub,
)
from pysfnc.library.rows.signature import (
    TEXT,
    WHOLE,
    WHOLE_ERROR,
    Spec,
    bounds,
    declare,
    filled,
    kind_checks,
    receiver,
    whole,
)
from pysfnc.library.rows.typenames import has_kind
from pysfnc.library.text.characters import is_plain, substring
from pysfnc.values.relations import kinds
from pysfnc.values.types import BOOL, INT, STR, Kind, TupleT

MUST_BE_STR = "must be str, not {}"

_s, _t, _u, _p, _a, _b, _n, _v = refs("s t u p a b n v")


def _starts(string: Tree, prefix: Tree) -> Tree:
    """Whether the string starts with the prefix."""
    if is_plain(prefix):
        assert isinstance(prefix, Lit) and isinstance(prefix.value, str)
        return eq(call("substring", string, ZERO, Lit(len(prefix.value))), prefix)
    return call("py_starts", string, prefix)


def _ends(string: Tree, suffix: Tree) -> Tree:
    """Whether the string ends with the suffix. Both ways to count positions agree from the end of a plain suffix on."""
    if is_plain(suffix):
        assert isinstance(suffix, Lit) and isinstance(suffix.value, str)
        size = len(suffix.value)
        return eq(call("substring", string, Lit(-size), Lit(size)), suffix) if size else Lit(True)
    return call("py_ends", string, suffix)


define(
    "py_starts",
    ("s", "t"),
    either(eq(_s, _t), both(ne(_s, text("")), eq(call("substringBefore", _s, _t), text("")))),
)
define(
    "py_ends",
    ("s", "t"),
    block(bind("n", sub(length(_s), length(_t))), both(ge(_n, ZERO), eq(substring(_s, _n, length(_t)), _t))),
)
define(
    "py_find_in",
    ("s", "t", "lo", "hi"),
    block(
        bind("u", call("py_part", _s, *refs("lo hi"))),
        bind("p", IfElse(eq(_u, NULL), MINUS_ONE, call("py_find", _u, _t))),
        IfElse(lt(_p, ZERO), MINUS_ONE, add(_p, call("py_low", length(_s), *refs("lo")))),
    ),
)
define(
    "py_rfind_in",
    ("s", "t", "lo", "hi"),
    block(
        bind("u", call("py_part", _s, *refs("lo hi"))),
        bind("p", IfElse(eq(_u, NULL), MINUS_ONE, call("py_rfind", _u, _t))),
        IfElse(lt(_p, ZERO), MINUS_ONE, add(_p, call("py_low", length(_s), *refs("lo")))),
    ),
)
define(
    "py_occurrences",
    ("s", "t"),
    IfElse(eq(_t, text("")), add(length(_s), ONE), sub(count(call("split", _s, _t)), ONE)),
)


def _is_whole(args: Sequence[Arg]) -> bool:
    """Whether neither start nor end is given."""
    return all(arg.tree == NULL for arg in args)


def _position(args: Sequence[Arg], function: str) -> Tree:
    string, wanted, *limits = args
    if _is_whole(limits):
        return call(function, string.tree, wanted.tree)
    return call(f"{function}_in", string.tree, wanted.tree, *map(whole, limits))


def _count(args: Sequence[Arg]) -> Tree:
    string, wanted, *limits = args
    if _is_whole(limits):
        return call("py_occurrences", string.tree, wanted.tree)
    py_u = refs("py_u")[0]
    part = bind("py_u", call("py_part", string.tree, *map(whole, limits)))
    return block(part, IfElse(eq(py_u, NULL), ZERO, call("py_occurrences", py_u, wanted.tree)))


def _wanted(name: str) -> Spec:
    return Spec(name, TEXT, MUST_BE_STR, late=True)


for _name, _function in (("find", "py_find"), ("rfind", "py_rfind")):
    declare(
        f"str.{_name}",
        [receiver(), _wanted("sub"), *bounds()],
        INT,
        lambda a, function=_function: _position(a, function),  # type: ignore[misc]
        examples=[
            f"'hello'.{_name}('l')",
            f"'hello'.{_name}('z')",
            f"'aaa'.{_name}('aa')",
            f"''.{_name}('')",
            f"'abc'.{_name}('', 4)",
            f"'abcabc'.{_name}('c', -3, None)",
            f"'abcabc'.{_name}('c', 0, -1)",
            f"'abc'.{_name}('', 2, 1)",
            f"'x😀y😀z'.{_name}('😀')",
            f"'x😀y😀z'.{_name}('y', 2)",
            f"'abc'.{_name}('b', True)",
        ],
    )

register_prim(
    PrimRow(
        op="str.found",
        lower=lambda args, _: args[0].tree,
        checks=lambda args, _: [Check(ge(args[0].tree, ZERO), "ValueError", text("substring not found"))],
    )
)


def _build_index(name: str) -> Callable[[Sequence[Expr], Site], Built]:
    """`index` is `find` with a ValueError for -1."""
    from pysfnc.library.rows.registry import find_kind_method

    def build(args: Sequence[Expr], site: Site) -> Built:
        row = find_kind_method(Kind.STR, name)
        assert row is not None
        position = row.build(args, site)
        if isinstance(position, Refusal):
            return position
        return Prim(op="str.found", args=(position,), type=INT, span=site.span)

    return build


for _name, _function in (("index", "find"), ("rindex", "rfind")):
    register_surface(
        SurfaceRow(
            name=f"str.{_name}",
            params=tuple(Parameter(s.name, s.default) for s in (receiver(), _wanted("sub"), *bounds())),
            build=_build_index(_function),
            examples=(
                f"'hello'.{_name}('l')",
                f"'hello'.{_name}('z')",
                f"'hello'.{_name}('h', 1)",
                f"'hello'.{_name}('l', -2)",
            ),
        )
    )

declare(
    "str.count",
    [receiver(), _wanted("sub"), *bounds()],
    INT,
    _count,
    examples=[
        "'banana'.count('an')",
        "'aaaa'.count('aa')",
        "'abc'.count('')",
        "''.count('')",
        "'abc'.count('', 3)",
        "'abc'.count('', 4)",
        "'banana'.count('a', 2)",
        "'banana'.count('a', -3, -1)",
        "'😀😀'.count('')",
    ],
)


def _affix_lower(test: Callable[[Tree, Tree], Tree]) -> Callable[[Sequence[Arg]], Tree]:
    def lower(args: Sequence[Arg]) -> Tree:
        string, affix, *limits = args
        base = string.tree
        before = []
        if not _is_whole(limits):
            before = [bind("py_u", call("py_part", base, *map(whole, limits)))]
            base = refs("py_u")[0]
        options = [affix.tree]
        if isinstance(affix.type, TupleT):
            options = [at(affix.tree, Lit(index)) for index in range(len(affix.type.items))]
        found = either(*[test(base, option) for option in options]) if options else FALSE
        return block(*before, both(negate(eq(base, NULL)), found)) if before else found

    return lower


def _affix_row(name: str, test: Callable[[Tree, Tree], Tree], examples: Sequence[str]) -> None:
    """startswith and endswith: one text or a tuple of them."""
    message = f"{name} first arg must be str or a tuple of str, not {{}}"
    specs = [receiver(), Spec("prefix", TEXT, message), *bounds()]
    lower = _affix_lower(test)

    def checks(args: Sequence[Arg], _: object) -> list[Check]:
        affix = args[1]
        found = kind_checks(specs[2:], args[2:])
        if not isinstance(affix.type, TupleT):
            return [*found, *kind_checks(specs[1:2], args[1:2])]
        in_tuple = f"tuple for {name} must only contain str, not {{}}"
        for index, type_ in enumerate(affix.type.items):
            option = Arg(at(affix.tree, Lit(index)), type_)
            if not kinds(type_) <= TEXT:
                found.append(Check(has_kind(option, TEXT), "TypeError", filled(in_tuple, option)))
        return found

    def build(args: Sequence[Expr], site: Site) -> Built:
        affix = args[1].type
        if isinstance(affix, TupleT):
            if not all(kinds(part) & TEXT for part in affix.items):
                return Refusal("type-mismatch", f"`{name}()` takes a str or a tuple of str, but it is given {affix}")
        elif not kinds(affix) & TEXT:
            return Refusal("type-mismatch", f"`{name}()` takes a str or a tuple of str, but it is given {affix}")
        return Prim(op=f"str.{name}", args=tuple(args), type=BOOL, span=site.span)

    register_prim(PrimRow(op=f"str.{name}", lower=lambda args, _: lower(args), checks=checks))
    params = tuple(Parameter(s.name, s.default) for s in specs)
    register_surface(SurfaceRow(name=f"str.{name}", params=params, build=build, examples=tuple(examples)))


for _name, _test in (("startswith", _starts), ("endswith", _ends)):
    _affix_row(
        _name,
        _test,
        [
            f"'hello'.{_name}('he')",
            f"'hello'.{_name}('lo')",
            f"'hello'.{_name}('')",
            f"''.{_name}('a')",
            f"'a'.{_name}('aa')",
            f"'😀a😀'.{_name}('😀')",
            f"'😀a😀'.{_name}('a😀')",
            f"'hello'.{_name}(('x', 'he', 'lo'))",
            f"'hello'.{_name}(())",
            f"'hello'.{_name}('l', 2)",
            f"'hello'.{_name}('', 6)",
            f"'hello'.{_name}('l', 0, -1)",
        ],
    )


define(
    "py_replace",
    ("s", "t", "u", "n"),
    IfElse(
        eq(_n, ZERO),
        _s,
        IfElse(
            ne(_t, text("")),
            IfElse(lt(_n, ZERO), call("replace", _s, _t, _u), call("replace", _s, _t, _u, _n)),
            block(
                bind("c", call("append", call("py_chars", _s), text(""))),
                call(
                    "join",
                    call(
                        "map",
                        refs("c")[0],
                        fn("v i", IfElse(either(lt(_n, ZERO), lt(refs("i")[0], _n)), amp(_u, _v), _v)),
                    ),
                ),
            ),
        ),
    ),
)


def _replace(args: Sequence[Arg]) -> Tree:
    string, old, new, limit = args
    literal = isinstance(old.tree, Lit) and old.tree.value != ""
    if literal and limit.tree == MINUS_ONE_LIT:
        return call("replace", string.tree, old.tree, new.tree)
    return call("py_replace", string.tree, old.tree, new.tree, whole(limit))


MINUS_ONE_LIT = Lit(-1)

declare(
    "str.replace",
    [
        receiver(),
        Spec("old", TEXT, "replace() argument 1 must be str, not {arg}"),
        Spec("new", TEXT, "replace() argument 2 must be str, not {arg}"),
        Spec("count", WHOLE, WHOLE_ERROR, const(-1)),
    ],
    STR,
    _replace,
    examples=[
        "'banana'.replace('a', 'o')",
        "'banana'.replace('a', 'o', 2)",
        "'banana'.replace('a', 'o', 0)",
        "'banana'.replace('a', 'o', -1)",
        "'banana'.replace('x', 'o')",
        "'a.b'.replace('.', '$0$1')",
        "'abc'.replace('', '-')",
        "'abc'.replace('', '-', 2)",
        "'abc'.replace('', '-', 9)",
        "''.replace('', '-')",
        "''.replace('a', '-')",
        "'😀x'.replace('', '-')",
        "'aaa'.replace('aa', 'b')",
        "'abc'.replace('b', '', True)",
    ],
)

declare(
    "str.removeprefix",
    [receiver(), Spec("prefix", TEXT, "removeprefix() argument must be str, not {arg}")],
    STR,
    lambda a: IfElse(
        both(_starts(a[0].tree, a[1].tree), ne(a[1].tree, text(""))),
        call("substringAfter", a[0].tree, a[1].tree),
        a[0].tree,
    ),
    examples=[
        "'abcabc'.removeprefix('ab')",
        "'abc'.removeprefix('b')",
        "'abc'.removeprefix('')",
        "'😀a'.removeprefix('😀')",
    ],
)
declare(
    "str.removesuffix",
    [receiver(), Spec("suffix", TEXT, "removesuffix() argument must be str, not {arg}")],
    STR,
    lambda a: IfElse(
        _ends(a[0].tree, a[1].tree),
        substring(a[0].tree, ZERO, sub(length(a[0].tree), length(a[1].tree))),
        a[0].tree,
    ),
    examples=[
        "'abcabc'.removesuffix('bc')",
        "'abc'.removesuffix('b')",
        "'abc'.removesuffix('')",
        "'a😀'.removesuffix('😀')",
        "'aaa'.removesuffix('aa')",
    ],
)

"""Operations of `re`, over patterns that `patterns` has translated.

A match is a text: the JSON of an object with the text matched (m), the groups (g) and the place (s). Where it is anchored it is found behind a
mark, so that it is never empty, which JSONata does not have.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Bind, Field, IfElse, Index, Lit, Object, Ref, Regex, Tree
from pysfnc.library.rows.make import NULL, ZERO, call, eq, join, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import ONE, add, block, clean, count, fn, length, refs
from pysfnc.library.rows.signature import TEXT, Spec, declare, kind_checks
from pysfnc.library.rows.typenames import type_name
from pysfnc.values.relations import without_kinds
from pysfnc.values.types import STR, Kind, Type

_M, _G, _V, _S = refs("m g v s")
_MARK: Final = "\x01"
_SUBJECT: Final = Spec("string", TEXT, "expected string or bytes-like object, got '{}'")
TOO_WIDE: Final = "the machine matches this pattern in ASCII texts only"
_WIDE: Final = "the machine matches patterns in texts of the Basic Multilingual Plane only"


def _lit(arg: Arg) -> str:
    assert isinstance(arg.tree, Lit) and isinstance(arg.tree.value, str)
    return arg.tree.value


def _regex(pattern: Arg, flags: Arg) -> Regex:
    return Regex(_lit(pattern), _lit(flags))


def subject_checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """The TypeError of a subject that is no str, and the failure of one in which the pattern may mean something else. The last argument says when."""
    found = list(kind_checks([_SUBJECT], args[:1]))
    subject = args[0].tree
    if _lit(args[-1]) == "ascii":
        ok: Tree = call("contains", join(text("x"), subject), Regex(r"^[\x00-\x7f]*$"))
        return [*found, Check(ok, "ValueError", text(TOO_WIDE))]
    ok = eq(count(call("split", join(text("x"), subject), text(""))), add(length(subject), ONE))
    return [*found, Check(ok, "ValueError", text(_WIDE))]


define(
    "py_rematch",
    ("v", "m"),
    # A match as a text; m: what is in front of it that is none of the subject.
    IfElse(
        call("exists", _V),
        call(
            "string",
            Object(
                (
                    (text("m"), call("substring", Field(_V, "match"), _M)),
                    (text("g"), Field(_V, "groups")),
                    (text("s"), Field(_V, "index")),
                )
            ),
        ),
        NULL,
    ),
)


def _found(args: Sequence[Arg], _type: Type) -> Tree:
    subject, pattern, flags, marked, _ = args
    if _lit(marked) == "marked":
        made = Regex(f"^\\x01(?:{_lit(pattern)})", _lit(flags))
        return call("py_rematch", call("match", join(text(_MARK), subject.tree), made), ONE)
    return call("py_rematch", call("match", subject.tree, _regex(pattern, flags), ONE), ZERO)


def _all(args: Sequence[Arg], _type: Type) -> Tree:
    subject, pattern, flags, _ = args
    found = call("match", subject.tree, _regex(pattern, flags))
    return clean(call("map", found, fn("py_m", call("py_rematch", Ref("py_m"), ZERO))))


define("py_regroup", ("v",), IfElse(eq(type_of(_V), text("string")), _V, text("")))


def _texts(args: Sequence[Arg], _type: Type) -> Tree:
    """`findall`: the texts, the groups, or tuples of groups."""
    subject, pattern, flags, groups, _ = args
    number = int(_lit(groups))
    one = Ref("py_m")
    parts = [call("py_regroup", Index(Field(one, "groups"), Lit(index))) for index in range(number)]
    made: Tree = Field(one, "match") if number == 0 else parts[0] if number == 1 else Array(tuple(parts))
    return clean(call("map", call("match", subject.tree, _regex(pattern, flags)), fn("py_m", made)))


def _split(args: Sequence[Arg], _type: Type) -> Tree:
    subject, pattern, flags, _ = args
    return call("split", subject.tree, _regex(pattern, flags))


def _replaced(args: Sequence[Arg], _type: Type) -> Tree:
    """`sub`: the replacement comes as texts and numbers of groups, one after the other."""
    subject, pattern, flags, times, *parts, _ = args
    one = Ref("py_m")
    made: list[Tree] = []
    for part in parts:
        value = part.tree.value if isinstance(part.tree, Lit) else None
        if isinstance(value, int) and not isinstance(value, bool):
            whole = Field(one, "match")
            made.append(whole if value == 0 else call("py_regroup", Index(Field(one, "groups"), Lit(value - 1))))
        else:
            made.append(part.tree)
    result = call("replace", subject.tree, _regex(pattern, flags), fn("py_m", join(*made)))
    if isinstance(times.tree, Lit) and not times.tree.value:
        return result
    return call("replace", subject.tree, _regex(pattern, flags), fn("py_m", join(*made)), times.tree)


for _name, _lower in (
    ("re.found", _found),
    ("re.all", _all),
    ("re.texts", _texts),
    ("re.split", _split),
    ("re.sub", _replaced),
):
    register_prim(PrimRow(op=_name, lower=_lower, checks=subject_checks))


# Matches


def _parsed(match: Tree) -> Tree:
    return call("parse", match)


def _of_match(name: str, lower: Callable[[Tree, int], Tree]) -> None:
    def one(args: Sequence[Arg], _type: Type) -> Tree:
        number = args[1].tree.value if len(args) > 1 and isinstance(args[1].tree, Lit) else 0
        assert isinstance(number, int)
        return lower(_parsed(args[0].tree), number)

    register_prim(PrimRow(op=f"re.match.{name}", lower=one))


_of_match(
    "group", lambda match, number: Field(match, "m") if number == 0 else Index(Field(match, "g"), Lit(number - 1))
)
_of_match("groups", lambda match, _: clean(Field(match, "g")))
_of_match("start", lambda match, _: Field(match, "s"))
_of_match(
    "end", lambda match, _: block(Bind("py_m", match), add(Field(Ref("py_m"), "s"), length(Field(Ref("py_m"), "m"))))
)


def _needed(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """What anything else raises where a match is needed for a method or, by `__getitem__`, for a subscript."""
    match, name = args[0], _lit(args[1])
    found = eq(type_of(match.tree), text("string"))
    other = type_name(Arg(match.tree, without_kinds(match.type, frozenset({Kind.OPAQUE}))))
    if name == "__getitem__":
        return (Check(found, "TypeError", join(text("'"), other, text("' object is not subscriptable"))),)
    return (Check(found, "AttributeError", join(text("'"), other, text(f"' object has no attribute '{name}'"))),)


register_prim(PrimRow(op="re.match.needed", lower=lambda args, _: args[0].tree, checks=_needed))
declare(
    "re.escape",
    [Spec("pattern", TEXT, "'{}' object is not subscriptable")],
    STR,
    lambda args: call(
        "replace",
        args[0].tree,
        Regex(r"[\x09-\x0d #$&\x28-+\x2d.?\x5b-\x5e\x7b-\x7e]"),
        fn("m", join(text("\\"), Field(_M, "match"))),
    ),
    examples=[
        f"re.escape({value!r})" for value in ("a.b*c", "(x)[y]{z}^$|\\", "a-b c#d&e~f\t\n", "é_/'\"!%,:;<=>@`", "")
    ],
)

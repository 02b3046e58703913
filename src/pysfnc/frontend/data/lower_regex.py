"""The functions of `re`, compiled patterns and their methods, and matches.

Owns what has to be known while compiling: the pattern, its flags, the numbers and names of groups. A match is an opaque value whose type names
the groups.
"""

import ast
import re
from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_in_order, lower_value, lowering
from pysfnc.frontend.core.lower_values import External, Lazy, Opaque, Static, Value
from pysfnc.frontend.data.lower_regex_pieces import count_problem, groups_or, split_pieces, sub_pieces
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.library.text.patterns import NotTheSame, Pattern, translate
from pysfnc.values.relations import join, kinds, members, without_kinds
from pysfnc.values.types import INT, NONE, STR, Kind, ListT, NeverT, OpaqueT, TupleT, Type

_MATCH: Final = "re.Match"
_FLAGS: Final = {
    name: int(getattr(re, name)) for name in dir(re) if name.isupper() and isinstance(getattr(re, name), re.RegexFlag)
}
_PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "search": ("string",),
    "match": ("string",),
    "fullmatch": ("string",),
    "findall": ("string",),
    "finditer": ("string",),
    "split": ("string", "maxsplit"),
    "sub": ("repl", "string", "count"),
    "subn": ("repl", "string", "count"),
}
"""Functions of `re` with their parameters behind the pattern; methods of a compiled pattern have the same."""


def is_match(type_: Type) -> bool:
    """Whether a value of this type is, or may be, a match."""
    return any(isinstance(member, OpaqueT) and member.name.startswith(_MATCH) for member in members(type_))


def regex_call(name: str) -> Callable[[Context, ast.Call], Value]:
    """`re.search(pattern, string)` and the like."""

    def call(cx: Context, node: ast.Call) -> Value:
        if not node.args:
            return _wrong(cx, name, node)
        pattern = lower_value(cx, node.args[0])
        if isinstance(pattern, Opaque) and pattern.kind == "pattern":
            return call_pattern(cx, pattern, name, node, node.args[1:])
        flags_at = len(_PARAMETERS[name]) + 1
        flags = node.args[flags_at] if len(node.args) > flags_at else _keyword(node, "flags")
        compiled = _compile(cx, pattern, flags, node)
        return (
            poison(cx.span(node)) if compiled is None else call_pattern(cx, compiled, name, node, node.args[1:flags_at])
        )

    return call


def call_compile(cx: Context, node: ast.Call) -> Value:
    """`re.compile(pattern, flags)`."""
    if not node.args:
        return _wrong(cx, "compile", node)
    flags = node.args[1] if len(node.args) > 1 else _keyword(node, "flags")
    made = _compile(cx, lower_value(cx, node.args[0]), flags, node)
    return poison(cx.span(node)) if made is None else made


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def _wrong(cx: Context, name: str, node: ast.AST) -> Expr:
    return cx.error(codes.TYPE_MISMATCH, node, f"`re.{name}()` is called with arguments that it does not take")


def _compile(cx: Context, pattern: Value, flags: ast.expr | None, node: ast.AST) -> Opaque | None:
    if not isinstance(pattern, Const) or not isinstance(pattern.value, str) or is_poison(pattern):
        if isinstance(pattern, Static) or not is_poison(pattern):
            cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                "a pattern has a compiled form only if it is constant",
                help="write instead: the pattern as a text, or a `@task`",
            )
        return None
    found = 0 if flags is None else _flags(cx, flags)
    if found is None:
        cx.error(codes.UNSUPPORTED_CALL, node, "flags have a compiled form only if they are constant")
        return None
    made = Opaque("pattern", pattern, str(found))
    return made if _translated(cx, made, node) is not None else None


def _flags(cx: Context, node: ast.expr) -> int | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _flags(cx, node.left), _flags(cx, node.right)
        return None if left is None or right is None else left | right
    value = lower_value(cx, node)
    if isinstance(value, External):
        return _FLAGS.get(value.name.removeprefix("re."))
    return int(value.value) if isinstance(value, Const) and isinstance(value.value, int) else None


def _translated(cx: Context, pattern: Opaque, node: ast.AST) -> Pattern | None:
    assert isinstance(pattern.value, Const) and isinstance(pattern.value.value, str)
    try:
        return translate(pattern.value.value, int(pattern.detail))
    except re.error as error:
        cx.error(codes.TYPE_MISMATCH, node, f"the pattern always raises re.error: {error}")
    except NotTheSame as error:
        cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"this pattern has no compiled form: {error} means something else in the machine, or nothing",
            help="write instead: a simpler pattern, methods of str, or a function marked `@task`",
        )
    return None


def call_pattern(cx: Context, pattern: Opaque, name: str, node: ast.Call, given: Sequence[ast.expr]) -> Value:
    """A method of a compiled pattern; `given` are the positional arguments behind the pattern."""
    parameters = _PARAMETERS.get(name)
    named = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg != "flags"}
    if parameters is None:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{name}` of a pattern has no compiled form",
            help="write instead: `search`, `match`, `fullmatch`, `findall`, `finditer`, `sub` or `split`",
        )
    nodes = dict(zip(parameters, given, strict=False)) | {str(key): value for key, value in named.items()}
    if (
        len(given) > len(parameters)
        or set(nodes) - set(parameters)
        or "string" not in nodes
        or ("repl" in parameters and "repl" not in nodes)
    ):
        return _wrong(cx, name, node)
    values = lower_in_order(cx, [lowering(cx, part) for part in nodes.values()])
    found = dict(zip(nodes, values, strict=True))
    subject = as_data(cx, found["string"], node)
    if is_poison(subject) or isinstance(subject.type, NeverT):
        return subject
    if Kind.STR not in kinds(subject.type):
        return cx.error(
            codes.TYPE_MISMATCH, node, f"`re.{name}()` of a value of type `{subject.type}` always raises TypeError"
        )
    translated = _translated(cx, pattern, node)
    if translated is None:
        return poison(cx.span(node))
    return _operation(cx, translated, name, subject, found, node)


def _text(cx: Context, value: str, node: ast.AST) -> Const:
    return Const(value=value, type=STR, span=cx.span(node))


def _operation(
    cx: Context, pattern: Pattern, name: str, subject: Expr, found: dict[str, Value], node: ast.Call
) -> Value:
    span = cx.span(node)
    level = _text(cx, "ascii" if pattern.ascii_only else "plain", node)
    flags = _text(cx, pattern.flags, node)
    if name in ("match", "fullmatch", "search"):
        return _one(cx, pattern, name, subject, flags, level, node)
    if pattern.empty:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`re.{name}()` of a pattern that matches nothing has no compiled form",
            help="write instead: `+` in place of `*`",
        )
    whole = _text(cx, pattern.whole, node)
    if name == "findall":
        item: Type = STR if pattern.groups < 2 else TupleT((STR,) * pattern.groups)
        groups = _text(cx, str(pattern.groups), node)
        return Prim(op="re.texts", args=(subject, whole, flags, groups, level), type=ListT(item), span=span)
    if name == "finditer":
        return Lazy("an iterator over matches", _matches(cx, pattern, subject, node))
    if name == "split":
        if "maxsplit" in found or pattern.groups:
            most = found.get("maxsplit")
            subject = cx.atom(subject, "text")
            wrong = count_problem(cx, most, node)
            return wrong or split_pieces(cx, subject, _matches(cx, pattern, subject, node), most, node)
        return Prim(op="re.split", args=(subject, whole, flags, level), type=ListT(STR), span=span)
    return _sub(cx, pattern, name, subject, found, node)


def _matches(cx: Context, pattern: Pattern, subject: Expr, node: ast.AST) -> Expr:
    """All matches, one after the other."""
    level = _text(cx, "ascii" if pattern.ascii_only else "plain", node)
    args = (subject, _text(cx, pattern.whole, node), _text(cx, pattern.flags, node), level)
    return Prim(op="re.all", args=args, type=ListT(_type(pattern)), span=cx.span(node))


def _one(cx: Context, pattern: Pattern, name: str, subject: Expr, flags: Expr, level: Expr, node: ast.Call) -> Value:
    marked = name != "search" or (pattern.anchored and pattern.empty)
    if (marked and pattern.inner_anchor) or (not marked and pattern.empty):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`re.{name}()` of this pattern has no compiled form",
            notes=["it may match nothing, or begins with `^` in one of several ways"],
            help="write instead: `+` in place of `*`, and `^` in front of the whole pattern",
        )
    body = pattern.body if marked else pattern.whole
    if name == "fullmatch":
        body = rf"(?:{body})(?![\s\S])"
    args = (subject, _text(cx, body, node), flags, _text(cx, "marked" if marked else "", node), level)
    return Prim(op="re.found", args=args, type=join(NONE, _type(pattern)), span=cx.span(node))


def _type(pattern: Pattern) -> Type:
    names = "".join(f";{name}={number}" for name, number in pattern.names)
    return OpaqueT(f"{_MATCH}[{pattern.groups}{names}]")


def _sub(cx: Context, pattern: Pattern, name: str, subject: Expr, found: dict[str, Value], node: ast.Call) -> Value:
    """`re.sub` of a constant text is an operation; with anything else it goes from match to match."""
    repl, times = found["repl"], found.get("count")
    parts: list[str | int] | None = None
    if isinstance(repl, Const) and isinstance(repl.value, str):
        parts = _template(repl.value, pattern)
        if parts is None:
            return cx.error(codes.UNSUPPORTED_CALL, node, "this replacement of `re.sub()` has no compiled form")
    plain = times is None or (isinstance(times, Const) and isinstance(times.value, int) and times.value >= 0)
    if name == "sub" and parts is not None and plain:
        most = times if isinstance(times, Const) else Const(value=0, type=INT, span=cx.span(node))
        return _sub_at_once(cx, pattern, subject, parts, most, node)
    subject = cx.atom(subject, "text")
    wrong = count_problem(cx, times, node)
    if wrong is not None:
        return wrong
    matches = _matches(cx, pattern, subject, node)
    return sub_pieces(cx, subject, matches, repl if parts is None else parts, times, name == "subn", node)


def _sub_at_once(
    cx: Context, pattern: Pattern, subject: Expr, parts: list[str | int], most: Const, node: ast.Call
) -> Expr:
    level = _text(cx, "ascii" if pattern.ascii_only else "plain", node)
    made = [_text(cx, part, node) if isinstance(part, str) else Const(value=part, type=INT) for part in parts]
    args = (subject, _text(cx, pattern.whole, node), _text(cx, pattern.flags, node), most, *made, level)
    return Prim(op="re.sub", args=args, type=STR, span=cx.span(node))


def _template(text: str, pattern: Pattern) -> list[str | int] | None:
    """The texts and numbers of groups of a replacement."""
    found: list[str | int] = []
    names = dict(pattern.names)
    for part in re.split(r"(\\g<\w+>|\\[1-9]\d?|\\.)", text):
        group = re.fullmatch(r"\\(?:g<(\w+)>|([1-9]\d?))", part)
        if group is None and part.startswith("\\"):
            escapes = {"\\\\": "\\", "\\n": "\n", "\\t": "\t", "\\r": "\r"}
            if part not in escapes:
                return None
            found.append(escapes[part])
        elif group is None:
            found.append(part)
        else:
            name = group[1] or group[2]
            number = int(name) if name.isdigit() else names.get(name, -1)
            if not 0 <= number <= pattern.groups:
                return None
            found.append(number)
    return [part for part in found if part != ""]


# Matches


def call_match(cx: Context, match: Expr, name: str, args: Sequence[Expr], node: ast.expr) -> Value:
    """A method of a match, after the AttributeError of None."""
    match = _needed(cx, match, name, node)
    if is_poison(match):
        return match
    count, names = _groups(match.type)
    span = cx.span(node)
    if name == "groups" and len(args) == 1:
        return groups_or(cx, match, count, args[0], node)
    numbers = [_number(arg, count, names) for arg in args]
    if None in numbers:
        return cx.error(
            codes.UNSUPPORTED_CALL, node, "a group has a compiled form only if it is a constant that the pattern has"
        )
    if name in ("group", "__getitem__"):
        parts = [_group(match, number or 0, node, cx) for number in (numbers or [0])]
        return parts[0] if len(parts) == 1 else lib.make_tuple(cx, parts, node)
    if name == "groups" and not args:
        return Prim(op="re.match.groups", args=(match,), type=TupleT((join(NONE, STR),) * count), span=span)
    if name == "groupdict" and not args:
        pairs = [(_text(cx, key, node), _group(match, number, node, cx)) for key, number in names.items()]
        return lib.make_dict(cx, pairs, node)
    if name in ("start", "end", "span") and numbers in ([], [0]):
        ends = [Prim(op=f"re.match.{end}", args=(match,), type=INT, span=span) for end in ("start", "end")]
        return lib.make_tuple(cx, ends, node) if name == "span" else ends[name == "end"]
    return cx.error(codes.UNSUPPORTED_CALL, node, f"`{name}` of a match has no compiled form with these arguments")


_TOLD: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT})
"""What is no match for sure, by how the machine holds it, and raises whatever is asked of a match."""


def _needed(cx: Context, match: Expr, name: str, node: ast.AST) -> Expr:
    others = kinds(match.type) - {Kind.OPAQUE}
    if not others:
        return cx.atom(match, "match")
    if not others <= _TOLD:
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            f"the value may be a match or a `{without_kinds(match.type, frozenset({Kind.OPAQUE}))}`, which the machine cannot tell apart",
            help="write instead: `re.match(...) if text else None` for `text and re.match(...)`",
        )
    type_ = without_kinds(match.type, others)
    return cx.temporary(Prim(op="re.match.needed", args=(match, _text(cx, name, node)), type=type_, span=cx.span(node)))


def _groups(type_: Type) -> tuple[int, dict[str, int]]:
    """How many groups a match has, and the numbers of those with names; of several kinds of matches what they share."""
    found = [m.name[len(_MATCH) + 1 : -1].split(";") for m in members(type_) if isinstance(m, OpaqueT)]
    counts = [int(parts[0]) for parts in found]
    names = [dict(part.split("=") for part in parts[1:]) for parts in found]
    same = {key: int(number) for key, number in names[0].items() if all(other.get(key) == number for other in names)}
    return min(counts), same


def _number(arg: Expr, count: int, names: dict[str, int]) -> int | None:
    value = arg.value if isinstance(arg, Const) else None
    if isinstance(value, str):
        return names.get(value)
    return value if isinstance(value, int) and 0 <= value <= count else None


def _group(match: Expr, number: int, node: ast.AST, cx: Context) -> Expr:
    type_ = STR if number == 0 else join(NONE, STR)
    place = Const(value=number, type=INT, span=cx.span(node))
    return Prim(op="re.match.group", args=(match, place), type=type_, span=cx.span(node))


REGEX_CALLS: Final[dict[str, Callable[[Context, ast.Call], Value]]] = {
    **{f"re.{name}": regex_call(name) for name in _PARAMETERS},
    "re.compile": call_compile,
}
"""Functions of `re` that need to know the pattern while compiling."""

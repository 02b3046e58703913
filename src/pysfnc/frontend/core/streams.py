"""Streams in answers of AWS, which give what they hold once: which of them may have been read, or have another name by now.

A stream is the text that it holds, wherever that is copied to. So it has one owner, the place that it was put last: reading it through
another one is an error, where Python gives nothing more, or what the machine would have to take away from the owner.
"""

import ast
from collections.abc import Iterable
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import STREAM
from pysfnc.frontend.core.lower_context import Context
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Prim, Var
from pysfnc.values.types import DictT, LazyDictT, ListT, Type

Keys = tuple[str, ...]


def take(cx: Context, value: Expr) -> bool:
    """Whether some way to this point has taken the stream at a place, or any of those in what stands there; from now on they are."""
    place = _place(cx, value)
    if place is None:
        return False
    name, keys = place
    fact = cx.state.facts[name]
    cx.state.facts[name] = replace(fact, streams_read=fact.streams_read | {keys})
    return any(_meet(keys, read) for read in fact.streams_read)


def take_items(cx: Context, value: Expr, node: ast.AST) -> bool:
    """Take the streams in what a loop goes through; False after a message, where a loop before may have read them."""
    if not has_streams(value.type) or not take(cx, value):
        return True
    cx.error(
        codes.AWS_DIFFERENCE,
        node,
        "the streams in it may have been read already, in a loop before this one",
        help="write instead: one loop, and a list of what the streams gave",
    )
    return False


def handed_over(cx: Context, value: Expr) -> frozenset[Keys]:
    """The streams in a value that were read, for the variable that holds it from now on; the places that it was made of lose theirs."""
    match value:
        case Cond(then=then, orelse=orelse):
            return handed_over(cx, then) | handed_over(cx, orelse)
        case Let(body=body):
            return handed_over(cx, body)
        case Prim(op="dict.make", args=args):
            parts = zip(args[::2], args[1::2], strict=True)
            return _of_parts(cx, ((_key(key), part) for key, part in parts))
        case Prim(op="list.make", args=args):
            return _of_parts(cx, ((str(index), part) for index, part in enumerate(args)))
    place = _place(cx, value)
    if place is None or not has_streams(value.type):
        return frozenset()
    name, keys = place
    read = cx.state.facts[name].streams_read
    take(cx, value)
    return frozenset(one[len(keys) :] for one in read if _meet(keys, one))


def has_streams(type_: Type) -> bool:
    """Whether a value of the type is a stream, an answer with one, or a list of such; streams stand at the top of an answer."""
    if isinstance(type_, ListT):
        return has_streams(type_.item)
    if isinstance(type_, DictT):
        loaded = type_.loaded if isinstance(type_, LazyDictT) else type_
        return any(field.type == STREAM for field in loaded.fields)
    return type_ == STREAM


def _of_parts(cx: Context, parts: Iterable[tuple[str, Expr]]) -> frozenset[Keys]:
    return frozenset((key, *read) for key, part in parts for read in handed_over(cx, part))


def _place(cx: Context, value: Expr) -> tuple[str, Keys] | None:
    """A variable of which something is known, and the keys that lead from it to the value; those that are not known lead anywhere."""
    keys: Keys = ()
    while not isinstance(value, Var):
        match value:
            case Let(body=body):
                value = body
            case Prim(op="item" | "dict.get", args=(base, key, *_)):
                value, keys = base, (_key(key), *keys)
            case _:
                return None
    return (value.name, keys) if value.name in cx.state.facts else None


_ANY = ""
"""In place of a key that is computed: no member of an answer has this name."""


def _key(key: Expr) -> str:
    return str(key.value) if isinstance(key, Const) else _ANY


def _meet(one: Keys, other: Keys) -> bool:
    """Whether one of two places may be in the other, or be the same."""
    return all(a == b or _ANY in (a, b) for a, b in zip(one, other, strict=False))

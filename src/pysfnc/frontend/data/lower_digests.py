"""Functions that take or make bytes, hashes and UUIDs, which exist only while compiling, and values drawn at random.

Bytes are the text whose UTF-8 they are (`lower_opaque`). A draw is an effect of its own, so that its value is kept.
"""

import ast
from collections.abc import Callable
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import ARE_BYTES, BYTES
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import Opaque, Static, Value
from pysfnc.frontend.data.lower_uuids import call_uuid, uuid_attribute
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Draw, If, Perform, Raise
from pysfnc.library.text.encodings import HASHES
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import FLOAT, INT, STR, Kind, OpaqueT, Type


def call_opaque(cx: Context, receiver: Opaque, name: str, given: Arguments, node: ast.expr) -> Value:
    """A method of a hash."""
    if receiver.kind == "hash" and name == "hexdigest" and not given.positional:
        return Prim(op=f"hash.{receiver.detail}", args=(receiver.value,), type=STR, span=cx.span(node))
    what = {"hash": "a hash", "uuid": "a UUID", "pattern": "a pattern, taken from it before the call,"}[receiver.kind]
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}()` of {what} has no compiled form",
        help="write instead: a function marked `@task` that calls it",
    )


def opaque_text(cx: Context, value: Opaque, node: ast.AST) -> Expr:
    """`str(value)`."""
    if value.kind == "uuid":
        return value.value
    return as_data(cx, value, node)


def opaque_attribute(cx: Context, value: Opaque, name: str, node: ast.AST) -> Value | None:
    """An attribute that is data; None for a method."""
    return uuid_attribute(cx, value, name, node) if value.kind == "uuid" and isinstance(node, ast.expr) else None


def length_of_bytes(cx: Context, value: Expr, node: ast.AST) -> Expr:
    """`len(value)` of bytes."""
    return Prim(op="bytes.len", args=(value,), type=INT, span=cx.span(node))


# Functions of modules

Special = Callable[[Context, ast.Call], Value]


def _hash(name: str) -> Special:
    def call(cx: Context, node: ast.Call) -> Value:
        given = lower_arguments(cx, node)
        if given is None:
            return poison(cx.span(node))
        found = given.positional[0] if given.positional else Const(value="", type=STR, span=cx.span(node))
        if given.positional and (isinstance(found, Static) or found.type not in ARE_BYTES):
            return _needs_bytes(cx, f"hashlib.{name}", found, node)
        return Opaque("hash", cx.temporary(as_data(cx, found, node), "data"), name)

    return call


def _needs_bytes(cx: Context, name: str, found: Value, node: ast.AST) -> Expr:
    if not isinstance(found, Static) and is_poison(found):
        return found
    return cx.error(
        codes.TYPE_MISMATCH,
        node,
        f"`{name}()` takes bytes",
        help="write instead: `.encode()` behind the text",
    )


def _may_be_text(type_: Type) -> bool:
    """Whether this is a text, or data that may be one: the row checks what it is."""
    return Kind.STR in kinds(type_) and not any(isinstance(member, OpaqueT) for member in members(type_))


def _base64(name: str, op: str, decodes: bool) -> Special:
    def call(cx: Context, node: ast.Call) -> Value:
        given = lower_arguments(cx, node)
        if given is None:
            return poison(cx.span(node))
        if len(given.positional) != 1 or given.keywords:
            return cx.error(codes.UNSUPPORTED_CALL, node, "base64 has a compiled form only with one argument")
        found = given.positional[0]
        if isinstance(found, Static) or not (found.type in ARE_BYTES or (decodes and _may_be_text(found.type))):
            return _needs_bytes(cx, name, found, node)
        return Prim(op=op, args=(found,), type=BYTES, span=cx.span(node))

    return call


def draw(
    cx: Context,
    op: str,
    type_: Type,
    node: ast.AST,
    what: str = "a value is drawn at random",
    args: tuple[Expr, ...] = (),
) -> Expr:
    """A value that the machine draws and keeps; `what` says so in a message. `args` cannot fail."""
    span = cx.span(node)
    if cx.frame.kind == "module":
        return cx.error(
            codes.NOT_CONSTANT,
            node,
            f"{what} when the module is imported",
            help="write instead: the call in the workflow",
        )
    name = cx.names.fresh("drawn")
    effect = Draw(value=Prim(op=op, args=args, type=type_, span=span))
    cx.emit(Perform(effect=effect, target=name, span=span))
    return Var(name=name, type=type_, span=span)


def _uuid4(cx: Context, node: ast.Call) -> Value:
    if node.args or node.keywords:
        return cx.error(codes.TYPE_MISMATCH, node, "`uuid4()` takes no arguments")
    made = draw(cx, "draw.uuid", STR, node)
    return made if is_poison(made) else Opaque("uuid", made, "")


def _numbers(count: int, function: Callable[[Context, list[Expr], ast.Call], Expr]) -> Special:
    """A function of `random` that takes so many arguments, all data."""

    def call(cx: Context, node: ast.Call) -> Value:
        given = lower_arguments(cx, node)
        if given is None:
            return poison(cx.span(node))
        if len(given.positional) != count or given.keywords:
            return cx.error(
                codes.UNSUPPORTED_CALL, node, f"this function has a compiled form only with {count} arguments"
            )
        args = [cx.atom(as_data(cx, value, node), "arg") for value in given.positional]
        return poison(cx.span(node)) if any(map(is_poison, args)) else function(cx, args, node)

    return call


def _random(cx: Context, _args: list[Expr], node: ast.Call) -> Expr:
    return draw(cx, "draw.random", FLOAT, node)


def _uniform(cx: Context, args: list[Expr], node: ast.Call) -> Expr:
    low, high = args
    drawn = draw(cx, "draw.random", FLOAT, node)
    return lib.binary(cx, "+", low, lib.binary(cx, "*", lib.binary(cx, "-", high, low, node), drawn, node), node)


def _below(cx: Context, size: Expr, node: ast.Call) -> Expr:
    """A whole number from 0 to below `size`."""
    drawn = draw(cx, "draw.random", FLOAT, node)
    return lib.call(cx, "math.floor", [lib.binary(cx, "*", drawn, size, node)], {}, node)


def _whole(cx: Context, args: list[Expr], name: str, node: ast.Call) -> bool:
    if all(kinds(arg.type) == {Kind.INT} for arg in args):
        return True
    cx.error(
        codes.TYPE_NEEDED,
        node,
        f"`random.{name}()` takes values that are known to be ints",
        help="write instead: `int(...)` around them",
    )
    return False


def _randint(cx: Context, args: list[Expr], node: ast.Call) -> Expr:
    if not _whole(cx, args, "randint", node):
        return poison(cx.span(node))
    low, high = args
    one = Const(value=1, type=INT, span=cx.span(node))
    size = cx.atom(lib.binary(cx, "+", lib.binary(cx, "-", high, low, node), one, node), "size")
    parts = [_text("empty range for randrange() (", cx, node), lib.to_str(cx, low, node), _text(", ", cx, node)]
    stop = lib.binary(cx, "+", high, one, node)
    parts += [lib.to_str(cx, stop, node), _text(", ", cx, node), lib.to_str(cx, size, node), _text(")", cx, node)]
    _unless_positive(cx, size, "ValueError", lib.join_text(cx, parts, node), node)
    return lib.binary(cx, "+", low, _below(cx, size, node), node)


def _choice(cx: Context, args: list[Expr], node: ast.Call) -> Expr:
    items = args[0]
    size = cx.atom(lib.length(cx, items, node), "size")
    if is_poison(size):
        return size
    _unless_positive(cx, size, "IndexError", _text("Cannot choose from an empty sequence", cx, node), node)
    index = cx.atom(_below(cx, size, node), "index")
    return index if is_poison(index) else lib.subscript(cx, items, index, node)


def _text(value: str, cx: Context, node: ast.AST) -> Const:
    return Const(value=value, type=STR, span=cx.span(node))


def _unless_positive(cx: Context, size: Expr, error: str, message: Expr, node: ast.Call) -> None:
    zero = Const(value=0, type=INT, span=cx.span(node))
    test = lib.compare(cx, ast.LtE(), size, zero, node)
    with cx.capture() as failing:
        cx.emit(Raise(exc=lib.new_exception(cx, error, [message], node), span=cx.span(node)))
    cx.emit(If(test=test, then=tuple(failing), orelse=(), span=cx.span(node)))


OPAQUE_CALLS: Final[dict[str, Special]] = {
    **{f"hashlib.{name}": _hash(name) for name in HASHES},
    "base64.b64encode": _base64("base64.b64encode", "base64.encode", decodes=False),
    "base64.urlsafe_b64encode": _base64("base64.urlsafe_b64encode", "base64.url_encode", decodes=False),
    "base64.b64decode": _base64("base64.b64decode", "base64.decode", decodes=True),
    "base64.urlsafe_b64decode": _base64("base64.urlsafe_b64decode", "base64.url_decode", decodes=True),
    "uuid.uuid4": _uuid4,
    "uuid.UUID": call_uuid,
    "random.random": _numbers(0, _random),
    "random.uniform": _numbers(2, _uniform),
    "random.randint": _numbers(2, _randint),
    "random.choice": _numbers(1, _choice),
}
"""Calls of other modules that make or take what exists only while compiling, or that draw."""

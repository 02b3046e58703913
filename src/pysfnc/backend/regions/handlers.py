"""Handlers and `finally`: where an exception of a guarded body goes."""

from dataclasses import replace
from functools import partial

from pysfnc.analysis.failures import suite_errors
from pysfnc.backend.expressions import Env, Out, block
from pysfnc.backend.regions.surroundings import Context, Frame, Jump, Throw, Writer, nowhere
from pysfnc.ir.exits import exits
from pysfnc.ir.hir import Break, Continue, ExceptionTable, Handler, Leave, Try
from pysfnc.ir.walk import reads, walk_suite
from pysfnc.jsonata.tree import Binary, Call, IfElse, Lit, Tree
from pysfnc.library.objects.raised import is_named


def write_try(writer: Writer, stmt: Try, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
    """A `try`: its body with the handlers in force, then its `else`; every way out leads through its `finally`."""
    if stmt.handlers and stmt.handlers[0].route is not None:
        return _routed(writer, stmt, env, out, context, fall)
    outer, fall = _finally(writer, stmt, context, fall)
    later = reads(stmt.orelse) | reads(stmt.final) | frozenset().union(*(reads(h.body) for h in stmt.handlers))

    def write(e: Env, o: Out, inner: Context, end: Jump) -> Tree:
        return writer.tail(stmt.body, e, o, inner, end)

    frames = tuple(
        Frame(
            None if handler.classes is None else frozenset(handler.classes),
            partial(_handle, writer, handler, outer, fall),
            partial(_dispatch, writer, stmt.handlers[index:], outer, fall),
        )
        for index, handler in reversed(list(enumerate(stmt.handlers)))
    )
    guarded = replace(outer, live=outer.live | later, frames=(*outer.frames, *frames))
    return writer.then(write, stmt.body, env, out, guarded, partial(writer.go_on, stmt.orelse, outer, fall))


def _routed(writer: Writer, stmt: Try, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
    """A body whose handlers are in other states."""

    def leave(number: int | None, _env: Env, _out: Out, exc: Tree) -> Tree:
        return writer.lowering.abort(exc, None, lambda _error: number or 0)

    frames = tuple(
        Frame(
            None if h.classes is None else frozenset(h.classes),
            partial(leave, h.route),
            partial(leave, h.route),
            h.route,
        )
        for h in reversed(stmt.handlers)
    )
    return writer.tail(stmt.body, env, out, replace(context, frames=(*context.frames, *frames)), fall)


def _handle(writer: Writer, handler: Handler, context: Context, fall: Jump, env: Env, out: Out, exc: Tree) -> Tree:
    inner = dict(env)
    if handler.name is not None:
        inner[handler.name] = exc
    return writer.tail(handler.body, inner, out, context, fall)


def _dispatch(
    writer: Writer, handlers: tuple[Handler, ...], context: Context, fall: Jump, env: Env, out: Out, exc: Tree
) -> Tree:
    """The first handler whose classes hold the exception's, else on to the outer ones."""
    if not handlers:
        return writer.throw(exc, None, env, out, context)
    first, *others = handlers
    test = _class_test(exc, first.classes, writer.exceptions)
    if test is None:
        return _handle(writer, first, context, fall, env, out, exc)
    taken: Out = []
    body = block(taken, _handle(writer, first, context, fall, env, taken, exc))
    arm: Out = []
    return IfElse(test, body, block(arm, _dispatch(writer, tuple(others), context, fall, dict(env), arm, exc)))


def _finally(writer: Writer, stmt: Try, context: Context, fall: Jump) -> tuple[Context, Jump]:
    """The surroundings of the parts of a try with every way out led through its `finally`."""
    if not stmt.final:
        return context, fall
    final, outside = stmt.final, context

    def through(then: Jump) -> Jump:
        return lambda e, o: writer.tail(final, e, o, outside, then)

    def throw_through(then: Throw) -> Throw:
        return lambda e, o, exc: writer.tail(final, e, o, outside, lambda e2, o2: then(e2, o2, exc))

    def abort(_env: Env, _out: Out, exc: Tree) -> Tree:
        return writer.lowering.abort(exc, None, partial(writer.route, outside))

    frames = tuple(
        Frame(frame.classes, throw_through(frame.throw), throw_through(frame.dynamic)) for frame in context.frames
    )
    ways = exits(final)
    if suite_errors(final) or ways.labels or ways.raises or not ways.falls:
        frames = (Frame(None, throw_through(abort), throw_through(abort)), *frames)
    # A jump that this `finally` never lets through has no target here, but runs the `finally`.
    jumps = {key: through(context.jumps.get(key, nowhere)) for key in (*context.jumps, *_jump_keys(stmt))}
    return replace(context, jumps=jumps, frames=frames, live=context.live | reads(final)), through(fall)


def _class_test(exc: Tree, classes: tuple[str, ...] | None, table: ExceptionTable) -> Tree | None:
    """Whether an exception object is one of the classes; None when it always is. `Fail` is every error that is no known class."""
    if classes is None:
        return None
    known: list[str] = sorted({name for cls in classes if cls != "Fail" for name in table.descendants(cls)})
    test = is_named(exc, known) if known else None
    if "Fail" in classes:
        fails = Call("not", (is_named(exc, [name for name, _ in table.bases if name != "Fail"]),))
        test = fails if test is None else Binary("or", test, fails)
    return Lit(False) if test is None else test


def _jump_keys(stmt: Try) -> set[tuple[str, str]]:
    """The jumps in a `try`, those to labels inside of it included."""
    kinds = {Break: "break", Continue: "continue", Leave: "leave"}
    parts = (stmt.body, stmt.orelse, *(handler.body for handler in stmt.handlers))
    return {
        (kinds[type(inner)], inner.label)
        for part in parts
        for inner in walk_suite(part)
        if isinstance(inner, Break | Continue | Leave)
    }

"""Loops: a local function that calls itself, or, when one always runs to its end, a `$reduce`."""

from dataclasses import replace

from pysfnc.analysis.failures import suite_errors
from pysfnc.analysis.liveness import liveness
from pysfnc.backend.expressions import Env, Out, block
from pysfnc.backend.regions.surroundings import Context, Jump, Writer, with_jumps
from pysfnc.ir.exits import exits
from pysfnc.ir.hir import Break, Continue, ForEach, If, Suite, While
from pysfnc.ir.walk import assigned, reads, walk_suite
from pysfnc.jsonata.tree import Binary, Bind, Call, Func, IfElse, Index, Lit, Ref, Tree


def write_while(writer: Writer, stmt: While, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
    """A `while`: a local function of the variables it changes, which calls itself for each further round."""
    names = _carried(stmt, context)
    loop = writer.lowering.local("loop")
    params = [writer.lowering.local(name) for name in names]
    inner = {**env, **{name: Ref(param) for name, param in zip(names, params, strict=True)}}

    def again(e: Env, _out: Out) -> Tree:
        return Call(loop, tuple(e.get(name, Lit(None)) for name in names))

    looping = with_jumps(context, {("break", stmt.label): fall, ("continue", stmt.label): again})
    looping = replace(looping, live=looping.live | reads((stmt,)))
    turn = If(
        test=stmt.test,
        then=(*stmt.body, Continue(label=stmt.label)),
        orelse=(*stmt.orelse, Break(label=stmt.label)),
    )
    body = writer.nested((turn,), inner, looping, fall)
    out.append(Bind(loop, Func(tuple(params), body)))
    return again(env, out)


def write_for(writer: Writer, stmt: ForEach, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
    """A `for` over the items of a list."""
    items = writer.lowering.bind(out, "items", writer.lower(stmt.seq, env, out, context))
    names = _carried(stmt, context)
    if _always_ends(writer, stmt, context):
        return _reduce(writer, stmt, names, items, env, out, context, fall)
    loop, index = writer.lowering.local("loop"), writer.lowering.local("i")
    params = [writer.lowering.local(name) for name in names]
    inner = {**env, **{name: Ref(param) for name, param in zip(names, params, strict=True)}}

    def again(e: Env, _out: Out) -> Tree:
        carried = tuple(e.get(name, Lit(None)) for name in names)
        return Call(loop, (Binary("+", Ref(index), Lit(1)), *carried))

    looping = with_jumps(context, {("break", stmt.label): fall, ("continue", stmt.label): again})
    looping = replace(looping, live=looping.live | reads((stmt,)))
    item = writer.lowering.local(stmt.name)
    turn: Out = [Bind(item, Index(items, Ref(index)))]
    turn_value = writer.tail(stmt.body, {**inner, stmt.name: Ref(item)}, turn, looping, again)
    end = writer.nested(stmt.orelse, inner, looping, fall)
    more = Binary("<", Ref(index), Call("count", (items,)))
    out.append(Bind(loop, Func((index, *params), IfElse(more, block(turn, turn_value), end))))
    return Call(loop, (Lit(0), *(env.get(name, Lit(None)) for name in names)))


def _carried(stmt: While | ForEach, context: Context) -> tuple[str, ...]:
    """The variables that a loop changes and that the loop itself or later code reads."""
    needed = liveness((stmt,), context.live).start | context.live
    return tuple(sorted(assigned((stmt,)) & needed))


def _always_ends(writer: Writer, stmt: ForEach, context: Context) -> bool:
    """Whether the loop runs over all items, or aborts."""
    body = exits(stmt.body)
    return (
        not stmt.orelse
        and not writer.suspends(stmt.body)
        and not (body.labels - {stmt.label})
        and not _breaks(stmt.body, stmt.label)
        and not writer.is_caught(suite_errors(stmt.body), context)
    )


def _reduce(
    writer: Writer, stmt: ForEach, names: tuple[str, ...], items: Tree, env: Env, out: Out, context: Context, fall: Jump
) -> Tree:
    packing = writer.packing(names)
    state, item = writer.lowering.local(packing.label("state")), writer.lowering.local(stmt.name)
    inner = {**env, **packing.variables(Ref(state)), stmt.name: Ref(item)}
    looping = replace(
        with_jumps(context, {("continue", stmt.label): packing.end}), live=context.live | reads((stmt,)) | set(names)
    )
    turn = packing.finish(writer.nested(stmt.body, inner, looping, packing.end))
    start = packing.finish(packing.end(env, out))
    folded = writer.lowering.bind(
        out, packing.label("state"), Call("reduce", (items, Func((state, item), turn), start))
    )
    return fall({**env, **packing.variables(folded)}, out)


def _breaks(suite: Suite, label: str) -> bool:
    return any(isinstance(stmt, Break) and stmt.label == label for stmt in walk_suite(suite))

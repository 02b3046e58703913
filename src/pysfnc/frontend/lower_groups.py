"""What was submitted and not waited for yet: thread pools, `asyncio` tasks, task groups.

Calls that are submitted one after another start together, and the code behind the first of them runs beside them, up to the statement that
needs one of their results: there the group is closed. Owns the groups, and the decision which statement closes them. What a promise is good for is
`lower_futures`.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.effects import can_raise
from pysfnc.frontend.lower_branches import keeps_time, outcome_of, parts_to, result_type
from pysfnc.frontend.lower_context import Context
from pysfnc.frontend.lower_frame import Frame, lookup_frame
from pysfnc.frontend.lower_values import (
    Closure,
    Completions,
    Coroutine,
    Future,
    FutureDict,
    FutureList,
    FutureSet,
    GroupKind,
    MappedResults,
    Pending,
    Pool,
    Static,
    StaticMethod,
    Submitted,
    TaskGroup,
    TupleOf,
)
from pysfnc.ir.exprs import Cond, Const, Expr, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    Beside,
    Block,
    Eval,
    FanOut,
    Fork,
    Handler,
    If,
    Perform,
    Raise,
    Rest,
    Return,
    Stmt,
    Suite,
    Try,
)
from pysfnc.ir.outcomes import leaving, returned, returning, task_group_error
from pysfnc.ir.walk import (
    assigned,
    effect_exprs,
    has_effect,
    map_exprs,
    map_suite_exprs,
    substitute,
    suite_exprs,
    walk_suite,
)
from pysfnc.source.span import Span
from pysfnc.values.types import BOOL, INT, JSON, NONE, ExcT, ListT, TupleT, Type, join

_JUMPS = (ast.Return, ast.Break, ast.Continue)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SOMETIMES = (ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_STARTS = {"submit", "create_task"}
_FAILED = join(ExcT(None), NONE)
_RESTS: dict[GroupKind, Rest] = {"pool": "finish", "tasks": "await", "group": "group"}


# Groups


def submit(cx: Context, number: int, kind: GroupKind, entry: Submitted, limit: Expr | None = None) -> None:
    """Add a call to a group, which is opened if nothing is pending in it."""
    cx.flow.pending[number] = _with_entry(cx, cx.flow.pending.get(number), kind, entry, limit)


def _with_entry(cx: Context, pending: Pending | None, kind: GroupKind, entry: Submitted, limit: Expr | None) -> Pending:
    if pending is None:
        pending = Pending(kind, _marked(cx, "begin"), limit=limit)
    pending = _failing_later(cx, pending)
    if pending.inner is not None or _has_begun(cx, pending):
        return replace(pending, inner=_with_entry(cx, pending.inner, kind, entry, limit))
    entry = replace(entry, unless=pending.failed)
    return replace(pending, entries=(*pending.entries, entry), end=_marked(cx, "end"))


def _failing_later(cx: Context, pending: Pending) -> Pending:
    """Keep the exception of code between two submissions to a pool: what was submitted before runs, what comes behind does not."""
    segment = segment_of(cx, pending)
    place = _place(cx.out, pending.end)
    if pending.kind != "pool" or pending.inner is not None or place is None or has_effect(segment):
        return pending
    if not _may_raise(segment) or not all("%" in name for name in assigned(segment)):
        return pending
    failed, error = pending.failed or cx.names.fresh("failed"), cx.names.fresh("error")
    del cx.out[place + 1 :]
    unset = [failed] if pending.failed is None else []
    cx.out += [Assign(name=name, value=Const(value=None, type=NONE)) for name in (*unset, *sorted(assigned(segment)))]
    keep = Assign(name=failed, value=Var(name=error, type=_FAILED))
    handler = Handler(classes=None, name=error, body=(keep,))
    guarded = segment if pending.failed is None else (_unless(failed), *segment)
    cx.out.append(Try(body=guarded, handlers=(handler,), orelse=(), final=()))
    return replace(pending, failed=failed, end=_marked(cx, "end"))


def _unless(failed: str) -> Eval:
    """Raise an exception that was kept, if there is one, where handlers of everything are around."""
    return Eval(value=Prim(op="exc.raise_kept", args=(Var(name=failed, type=_FAILED),), type=NONE))


def _raised_late(failed: str) -> If:
    """Raise an exception that was kept, if there is one."""
    kept = Var(name=failed, type=_FAILED)
    fine = Prim(op="exc.is_absent", args=(kept,), type=BOOL)
    return If(test=fine, then=(), orelse=(Raise(exc=replace(kept, type=ExcT(None))),))


def _has_begun(cx: Context, pending: Pending) -> bool:
    """Whether code behind the last call has an effect (or may fail), so that what is submitted now begins later."""
    segment = segment_of(cx, pending)
    return has_effect(segment) or (pending.kind == "pool" and _may_raise(segment))


def _marked(cx: Context, hint: str) -> str:
    marker = cx.names.fresh(hint)
    cx.out.append(Assign(name=marker, value=Const(value=None, type=NONE)))
    return marker


def task_group_here(cx: Context) -> int:
    """The number of the group of `asyncio` tasks that is open in the present suite, or of a new one."""
    for number, pending in cx.flow.pending.items():
        if pending.kind == "tasks" and _place(cx.out, pending.begin) is not None:
            return number
    return cx.names.number()


def _place(out: Sequence[Stmt], marker: str) -> int | None:
    for index in range(len(out) - 1, -1, -1):
        stmt = out[index]
        if isinstance(stmt, Assign) and stmt.name == marker:
            return index
    return None


def segment_of(cx: Context, pending: Pending) -> Suite:
    """What was emitted in this suite behind the last call that was submitted to the group when it was opened."""
    place = _place(cx.out, pending.end)
    return () if place is None else tuple(cx.out[place + 1 :])


def take(cx: Context, number: int) -> tuple[Pending, Suite] | None:
    """Close a group without starting anything: what was pending, and the code behind it, which is taken out; None if nothing is."""
    pending = cx.flow.pending.pop(number, None)
    return None if pending is None else _taken(cx, pending)


def _taken(cx: Context, pending: Pending) -> tuple[Pending, Suite]:
    place = _place(cx.out, pending.end)
    segment: Suite = ()
    if place is not None:
        segment = tuple(cx.out[place + 1 :])
        del cx.out[place:]
    begin = _place(cx.out, pending.begin)
    since = segment if begin is None else (*cx.out[begin + 1 :], *segment)
    entries = tuple(_restored(entry, since) for entry in pending.entries)
    return replace(pending, entries=entries), segment


def _restored(entry: Submitted, segment: Suite) -> Submitted:
    """The body reads the variables of the program themselves where nothing has changed them meanwhile."""
    changed = assigned(segment)
    values: dict[str, Expr] = {copy: source for copy, source in entry.copies if source.name not in changed}
    if not values:
        return entry
    return replace(entry, body=map_suite_exprs(entry.body, lambda expr: substitute(expr, values)))


def close(cx: Context, number: int, *, native: str | None = None, wins: bool = False) -> None:
    """Run what was submitted to a group, and beside it the code behind that.

    `native`: the outcome that is waited for right away, whose failure ends the others if nobody is left to see them. `wins`: the others
    are stopped when that code has ended.
    """
    pending = cx.flow.pending.pop(number, None)
    if pending is not None:
        _close(cx, pending, native, wins, inside=False)


def _close(cx: Context, pending: Pending, native: str | None, wins: bool, *, inside: bool) -> None:
    if pending.inner is not None:
        _close(cx, pending.inner, native, wins, inside=True)
    pending, segment = _taken(cx, pending)
    rest = "stop" if wins or (inside and pending.kind == "group") else _RESTS[pending.kind]
    span = pending.entries[0].span
    if pending.kind != "pool":
        # Tasks begin when the code behind them first waits.
        before, segment = _until_it_waits(cx, segment)
        cx.out.extend(before)
    check: Suite = () if pending.failed is None else (_unless(pending.failed),)
    if has_effect(segment) or (pending.kind == "pool" and _may_raise(segment)):
        _run_beside(cx, pending, (*check, *segment), native, rest, wins, span)
        return
    cx.out.extend(segment)
    _run(cx, pending, native, rest, span)
    if pending.failed is not None:
        cx.out.append(_raised_late(pending.failed))


def _until_it_waits(cx: Context, segment: Suite) -> tuple[Suite, Suite]:
    """The code before its first effect, with what the effect is given if that may fail; and the rest."""
    count = next((index for index, stmt in enumerate(segment) if has_effect((stmt,))), len(segment))
    before, rest = list(segment[:count]), segment[count:]
    first = rest[0] if rest else None
    if not isinstance(first, Perform) or not any(map(can_raise, effect_exprs(first.effect))):
        return tuple(before), rest

    def kept(value: Expr) -> Expr:
        if isinstance(value, Const | Var):
            return value
        name = cx.names.fresh("arg")
        before.append(Assign(name=name, value=value, span=value.span))
        return Var(name=name, type=value.type, span=value.span)

    first = map_exprs(first, kept)
    return tuple(before), (first, *rest[1:])


def close_here(cx: Context, *, at_end: bool = False) -> None:
    """Close the groups that were opened in the present suite, which ends; with `at_end` it is the body of a function."""
    for number, pending in list(cx.flow.pending.items()):
        if _place(cx.out, pending.begin) is not None:
            if at_end and pending.kind == "tasks":
                refuse_unawaited(cx, pending)
            close(cx, number)


def refuse_unawaited(cx: Context, pending: Pending) -> None:
    """Tasks that nobody waits for end somewhere on their way."""
    for entry in pending.all_entries:
        if entry.span is not None:
            cx.error(
                codes.UNSUPPORTED_ASYNC,
                entry.span,
                "the task may still be running when the function ends, as nothing waits for it",
                notes=["Python stops it wherever it is when the program ends"],
                help="write instead: `await` of the task, `asyncio.gather` or `asyncio.TaskGroup`, or its `.cancel()`",
            )


def _may_raise(segment: Suite) -> bool:
    return any(isinstance(stmt, Raise) for stmt in walk_suite(segment)) or any(map(can_raise, suite_exprs(segment)))


def grouped(cx: Context, body: Suite) -> Try:
    """Exceptions in the body of a task group are wrapped like those of its tasks."""
    error = Var(name=cx.names.fresh("error"), type=ExcT(None))
    one = Prim(op="list.make", args=(error,), type=ListT(ExcT(None)))
    handler = Handler(classes=None, name=error.name, body=(Raise(exc=task_group_error(one)),))
    return Try(body=body, handlers=(handler,), orelse=(), final=())


# Running


def _run_beside(
    cx: Context, pending: Pending, segment: Suite, native: str | None, rest: Rest, wins: bool, span: Span | None
) -> None:
    lanes = _lanes(cx, pending, native)
    target = cx.names.fresh("branches")
    branches = tuple(body for body, _ in lanes)
    cx.out.append(
        Beside(
            branches=branches,
            target=None if wins else target,
            body=segment,
            rest=rest,
            wins=wins,
            span=span,
        )
    )
    cx.flow.may_raise_here()
    if not wins:
        _hand_out(cx, target, lanes, span)


def _run(cx: Context, pending: Pending, native: str | None, rest: Rest, span: Span | None) -> None:
    lanes = _lanes(cx, pending, native)
    if len(lanes) == 1:
        _run_alone(cx, pending, lanes[0][0], lanes[0][1], rest, span)
        return
    if pending.kind == "pool" or (pending.kind == "tasks" and native is None):
        rest = "stop"  # no branch fails
    target = cx.names.fresh("branches")
    type_ = TupleT(tuple(type_ for _, names in lanes for type_ in [_lane_type(cx, pending, names)]))
    effect = Fork(branches=tuple(body for body, _ in lanes), retry=(), result=type_, rest=rest)
    cx.flow.may_raise_here()
    cx.out.append(Perform(effect=effect, target=target, hold=None, span=span))
    _hand_out(cx, target, lanes, span)


_Lane = tuple[Suite, tuple[Submitted, ...]]
"""The body of a branch that returns the outcome of its only entry, or the list of those of several."""


def _run_alone(
    cx: Context, pending: Pending, body: Suite, entries: tuple[Submitted, ...], rest: Rest, span: Span | None
) -> None:
    """A single branch is no branch: its body runs here."""
    label, result = cx.names.fresh("call"), cx.names.fresh("outcome")
    name = entries[0].outcome if len(entries) == 1 else result
    suite: Suite = (Block(label=label, body=leaving(body, name, label), span=span),)
    if len(entries) == 1 and entries[0].many:
        suite = _each_here(body, rest if pending.kind == "group" else "stop", entries[0])
    cx.out.extend(suite)
    cx.flow.may_raise_here()
    if len(entries) > 1:
        whole = Var(name=result, type=_lane_type(cx, pending, entries), span=span)
        cx.out.extend(parts_to(cx, whole, [(entry.outcome, entry.span) for entry in entries]))


def _each_here(body: Suite, rest: Rest, entry: Submitted) -> Suite:
    """The calls for many items, which stand alone: those of a task group wrap their failures themselves."""
    each = body[0]
    assert isinstance(each, Perform) and isinstance(each.effect, FanOut) and each.target is not None
    outcomes = Var(name=each.target, type=each.effect.result, span=entry.span)
    return (
        replace(each, effect=replace(each.effect, rest=rest)),
        Assign(name=entry.outcome, value=outcomes, span=entry.span),
    )


def _hand_out(cx: Context, target: str, lanes: Sequence[_Lane], span: Span | None) -> None:
    """Bind the outcomes to their variables."""
    types = tuple(
        entry_type(cx, entries[0]) if len(entries) == 1 else TupleT(tuple(entry_type(cx, e) for e in entries))
        for _, entries in lanes
    )
    whole = Var(name=target, type=TupleT(types), span=span)
    for index, (_, entries) in enumerate(lanes):
        if len(entries) == 1:
            value = lib.part_of(cx, whole, index)
            cx.out.append(Assign(name=entries[0].outcome, value=value, span=entries[0].span))
            continue
        lane = Var(name=cx.names.fresh("lane"), type=types[index], span=span)
        cx.out.append(Assign(name=lane.name, value=lib.part_of(cx, whole, index), span=span))
        cx.out.extend(parts_to(cx, lane, [(entry.outcome, entry.span) for entry in entries]))


def entry_type(cx: Context, entry: Submitted) -> Type:
    """The type of the outcome of a submitted call, or of the list of outcomes."""
    type_ = result_type(cx, entry.type)
    return ListT(type_) if entry.many else type_


def _lane_type(cx: Context, _pending: Pending, entries: tuple[Submitted, ...]) -> Type:
    if len(entries) == 1:
        return entry_type(cx, entries[0])
    return TupleT(tuple(entry_type(cx, entry) for entry in entries))


def _lanes(cx: Context, pending: Pending, native: str | None) -> list[_Lane]:
    """The branches of a group. With fewer workers than calls, calls wait for each other."""
    entries, limit = pending.entries, pending.limit
    bodies = [_body(cx, pending, entry, entry.outcome == native) for entry in entries]
    count = len(entries)
    enough = isinstance(limit, Const) and isinstance(limit.value, int) and limit.value >= count
    if limit is None or count == 1 or (enough and not any(entry.many for entry in entries)):
        return [(body, (entry,)) for body, entry in zip(bodies, entries, strict=True)]
    one = isinstance(limit, Const) and limit.value == 1
    if one or any(entry.many for entry in entries):
        return [(_in_sequence(cx, bodies, entries), entries)]
    return [(_in_turns(cx, bodies, entries, limit), entries)]


def _body(cx: Context, pending: Pending, entry: Submitted, is_native: bool) -> Suite:
    """The body of a branch that returns the outcome of a call, or the list of outcomes; it fails itself only where that ends the group."""
    native = pending.kind == "group" or is_native
    if not entry.many:
        check: Suite = () if entry.unless is None else (_unless(entry.unless),)
        return _with_outcome(cx, (*check, *entry.body), entry.type, native)
    each, *rest = entry.body
    assert isinstance(each, Perform) and isinstance(each.effect, FanOut) and each.target is not None
    type_ = entry_type(cx, entry)
    effect = replace(each.effect, body=_with_outcome(cx, each.effect.body, entry.type, native), result=type_)
    if entry.unless is not None:
        fine = Prim(op="exc.is_absent", args=(Var(name=entry.unless, type=_FAILED),), type=BOOL)
        nothing = Prim(op="list.make", args=(), type=effect.seq.type)
        effect = replace(effect, seq=Cond(test=fine, then=effect.seq, orelse=nothing, type=effect.seq.type))
    return (replace(each, effect=effect), Return(value=Var(name=each.target, type=type_), span=rest[0].span))


def _with_outcome(cx: Context, body: Suite, type_: Type, native: bool) -> Suite:
    if native:
        return returning(body, lambda value: returned(value, timed=keeps_time(cx)))
    return outcome_of(cx, body, type_)


def _in_sequence(cx: Context, bodies: Sequence[Suite], entries: Sequence[Submitted]) -> Suite:
    """One after the other, as a single worker takes them."""
    made: list[Stmt] = []
    results: list[Expr] = []
    for body, entry in zip(bodies, entries, strict=True):
        label, result = cx.names.fresh("call"), cx.names.fresh("outcome")
        made.append(Block(label=label, body=leaving(body, result, label), span=entry.span))
        results.append(Var(name=result, type=entry_type(cx, entry), span=entry.span))
    type_ = TupleT(tuple(result.type for result in results))
    made.append(Return(value=Prim(op="list.make", args=tuple(results), type=type_)))
    return tuple(made)


def _in_turns(cx: Context, bodies: Sequence[Suite], entries: Sequence[Submitted], limit: Expr) -> Suite:
    """Different calls as the iterations of one Map, which knows how many run at once."""
    turn = Var(name=cx.names.fresh("turn"), type=INT)
    body: Suite = bodies[-1]
    for number in range(len(bodies) - 2, -1, -1):
        test = Prim(op="loop.is_way", args=(turn, Const(value=number, type=INT)), type=BOOL)
        body = (If(test=test, then=bodies[number], orelse=body),)
    numbers = tuple(Const(value=number, type=INT) for number in range(len(bodies)))
    seq = Prim(op="list.make", args=numbers, type=ListT(INT))
    type_ = TupleT(tuple(entry_type(cx, entry) for entry in entries))
    target = Var(name=cx.names.fresh("results"), type=type_)
    effect = FanOut(name=turn.name, seq=seq, body=body, max_concurrency=limit, retry=(), result=ListT(JSON))
    return (
        Perform(effect=effect, target=target.name, hold=None, span=entries[0].span),
        Return(value=target),
    )


# Which statements close a group


def before_statement(cx: Context, stmt: ast.stmt) -> None:
    """Close the groups that a statement needs; called where it begins."""
    for number, pending in list(cx.flow.pending.items()):
        if number not in cx.flow.pending or _place(cx.out, pending.begin) is None:
            continue
        mentions = _mentions(cx, stmt, number)
        if not mentions and not _jumps_out(stmt):
            continue
        if not mentions and pending.kind == "tasks":
            refuse_unawaited(cx, pending)
        cancelled = _cancelled(cx, stmt, number)
        if cancelled is not None:
            _cancel(cx, number, pending, cancelled, stmt)
            continue
        if pending.kind != "pool" and _waits_itself(stmt) and not is_running(cx, pending):
            continue
        close(cx, number, native=_awaited_name(cx, stmt, number))


def _cancelled(cx: Context, stmt: ast.stmt, number: int) -> Future | None:
    """The task of the group that the statement `task.cancel()` stops."""
    match stmt:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="cancel"))):
            found = static_of(cx.frame, name, cx)
            return found if isinstance(found, Future) and found.is_task and found.group == number else None
        case _:
            return None


def _cancel(cx: Context, number: int, pending: Pending, future: Future, stmt: ast.stmt) -> None:
    """Stop a task: one that has not begun never does; one that runs is stopped at the end of the code beside it."""
    assert isinstance(future.outcome, Var)
    if not is_running(cx, pending):
        left = tuple(entry for entry in pending.entries if entry.outcome != future.outcome.name)
        cx.flow.pending[number] = replace(pending, entries=left)
        if not left:
            del cx.flow.pending[number]
    elif len(pending.all_entries) > 1:
        cx.error(
            codes.UNSUPPORTED_ASYNC,
            stmt,
            "one of several tasks is stopped while the others go on",
            help="write instead: `await` of the others before",
        )
        close(cx, number)
    else:
        close(cx, number, wins=True)
    for name, fact in list(cx.state.facts.items()):
        if fact.static is future:
            cx.state.facts[name] = replace(fact, static=replace(future, stopped=True))


def is_running(cx: Context, pending: Pending) -> bool:
    """Whether the code behind what was submitted has had effects beside it."""
    return pending.inner is not None or has_effect(segment_of(cx, pending))


def _jumps_out(stmt: ast.stmt) -> bool:
    """Whether the statement may leave the suite that it stands in, apart from exceptions."""
    return any(isinstance(part, _JUMPS) for part in _own_parts(stmt))


def _own_parts(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement, without the bodies of functions in it."""
    todo: list[ast.AST] = [node]
    while todo:
        current = todo.pop()
        yield current
        if not isinstance(current, _FUNCTIONS) or current is node:
            todo.extend(ast.iter_child_nodes(current))


def _waits_itself(stmt: ast.stmt) -> bool:
    """Whether the statement only waits for calls by name: what it calls then decides itself how they run."""
    if not isinstance(stmt, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return | ast.AugAssign | ast.For):
        return False
    if isinstance(stmt, ast.For):
        return False
    parts = list(_own_parts(stmt))
    awaits = [part for part in parts if isinstance(part, ast.Await)]
    calls = [part for part in parts if isinstance(part, ast.Call)]
    return len(awaits) <= 1 and len(calls) <= len(awaits) and not any(isinstance(part, _SOMETIMES) for part in parts)


def _awaited_name(cx: Context, stmt: ast.stmt, number: int) -> str | None:
    """The outcome of the task that the statement does nothing but wait for."""
    value = getattr(stmt, "value", None)
    if not isinstance(stmt, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return) or not isinstance(value, ast.Await):
        return None
    if not isinstance(value.value, ast.Name):
        return None
    found = static_of(cx.frame, value.value.id, cx)
    return found.outcome.name if isinstance(found, Future) and isinstance(found.outcome, Var) else None


def _mentions(cx: Context, node: ast.AST, number: int) -> bool:
    return _mentioned(cx, cx.frame, node, number, set())


def _mentioned(cx: Context, frame: Frame, node: ast.AST, number: int, seen: set[ast.AST]) -> bool:
    """Whether code names a promise of the group or the group itself, apart from submitting to it."""
    starts = {
        part.func.value
        for part in ast.walk(node)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _STARTS
    }
    for part in ast.walk(node):
        if not isinstance(part, ast.Name) or not isinstance(part.ctx, ast.Load):
            continue
        found = static_of(frame, part.id, cx)
        if isinstance(found, Pool | TaskGroup) and part in starts:
            continue
        if _belongs(cx, found, number, seen):
            return True
    return False


def static_of(frame: Frame, name: str, cx: Context) -> Static | None:
    """What a local name stands for, if that exists only while compiling."""
    owner = lookup_frame(frame, name)
    variable = None if owner is None else owner.names.get(name)
    fact = None if variable is None else cx.state.facts.get(variable)
    return None if fact is None else fact.static


def _belongs(cx: Context, value: object, number: int, seen: set[ast.AST]) -> bool:
    match value:
        case Pool() | TaskGroup():
            return value.number == number
        case Future() | FutureList() | MappedResults():
            return value.group == number
        case FutureDict(futures=futures) | FutureSet(futures=futures) | Completions(futures=futures):
            parts = futures if isinstance(futures, tuple) else (futures,)
            return any(part.group == number for part in parts)
        case TupleOf(items=items):
            return any(_belongs(cx, item, number, seen) for item in items)
        case StaticMethod(receiver=receiver):
            return _belongs(cx, receiver, number, seen)
        case Coroutine(function=function, given=given):
            return any(_belongs(cx, part, number, seen) for part in (function, *given.positional))
        case Closure(node=node, frame=frame):
            if node in seen:
                return False
            seen.add(node)
            return _mentioned(cx, frame, node, number, seen)
        case _:
            return False

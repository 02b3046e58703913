"""Branches that the machine could not run as Python does: found in HIR, and reported.

Owns what is asked of a body that may be stopped on its way (nothing of it runs then, and nothing that it assigned is left), and of a body that runs
beside branches (it must not assign what they read).
"""

from collections.abc import Iterator

from pysfnc.analysis.liveness import Liveness, liveness
from pysfnc.analysis.rests import check_rests
from pysfnc.diagnostics import Sink, codes
from pysfnc.ir.exits import exits
from pysfnc.ir.hir import Beside, Block, FanOut, Fork, Machine, Perform, Suite, Try
from pysfnc.ir.semaphores import semaphores_in
from pysfnc.ir.walk import assigned, effect_suites, has_effect, reads, walk_suite
from pysfnc.source.span import Span

_STOPPABLE = frozenset({"leave", "await", "group", "first"})
CANCELLED = "CancelledError"


def check_branches(machine: Machine, sink: Sink) -> None:
    """Report what runs at the same time and has no form in the machine (SFN408, SFN409, SFN410)."""
    besides = [stmt for stmt in walk_suite(machine.body) if isinstance(stmt, Beside)]
    forks = any(
        isinstance(stmt, Perform) and isinstance(stmt.effect, Fork | FanOut) for stmt in walk_suite(machine.body)
    )
    if not besides and not forks:
        return
    check_rests(machine, sink)
    _check_semaphores(machine.body, sink)
    reported: set[Span | None] = set()
    for stopped in _stoppable(machine.body):
        _check_cleanup(stopped, sink, reported)
    live = liveness(machine.body) if besides else Liveness()
    for beside in besides:
        _check_lost(beside, live, sink)
        _check_shared(beside, sink)


def _check_semaphores(suite: Suite, sink: Sink) -> None:
    """A semaphore of which the iterations of a Map know nothing limits nothing."""
    for stmt in walk_suite(suite):
        match stmt:
            case Perform(effect=FanOut(body=body)):
                found = [block for _, _, block in semaphores_in(body)]
            case Perform(effect=Fork(branches=branches)) | Beside(branches=branches):
                found = _crowded(branches)
            case _:
                continue
        for block in found:
            sink.error(
                codes.UNSUPPORTED_ASYNC,
                block.span,
                "a semaphore limits calls only if all of them are made from one list, and no effect of theirs stands outside of it",
                help="write instead: `asyncio.gather(*(f(x) for x in xs))`, where all of `f` stands in `async with`",
            )


def _crowded(branches: tuple[Suite, ...]) -> list[Block]:
    """The blocks of semaphores that stand in more branches than they let in."""
    inside = [list(semaphores_in(branch)) for branch in branches]
    counts: dict[int, int] = {}
    for found in inside:
        for number in {number for number, _, _ in found}:
            counts[number] = counts.get(number, 0) + 1
    return [block for found in inside for number, most, block in found if counts[number] > (most or 1)]


def _stoppable(suite: Suite) -> Iterator[Suite]:
    """Every body that Python may cancel."""
    for stmt in walk_suite(suite):
        match stmt:
            case Perform(effect=Fork() | FanOut() as effect) if effect.rest in _STOPPABLE:
                yield from effect_suites(effect)
            case Beside() if stmt.rest in _STOPPABLE or stmt.wins or stmt.limit is not None:
                yield from stmt.branches
                if stmt.rest == "group" or stmt.limit is not None:
                    yield stmt.body


def _check_cleanup(suite: Suite, sink: Sink, reported: set[Span | None]) -> None:
    """A stopped branch runs nothing any more, where Python lets `finally` and handlers of the cancellation run."""
    for stmt in walk_suite(suite):
        if not isinstance(stmt, Try) or not has_effect(stmt.body) or stmt.span in reported:
            continue
        catching = [handler for handler in stmt.handlers if handler.bare or CANCELLED in (handler.classes or ())]
        if not catching and not has_effect(stmt.final) and not _leaves(stmt.final):
            continue
        reported.add(stmt.span)
        sink.error(
            codes.STOPPED_CLEANUP,
            catching[0].span if catching else stmt.span,
            "this would run when the branch is stopped, because another one failed or time is up",
            notes=["the machine stops a branch where it is, and runs nothing of it any more"],
            help="write instead: `except Exception`, or the clean-up behind the join of the branches",
        )


def _leaves(final: Suite) -> bool:
    """Whether a `finally` may end otherwise than at its end: it takes back that the branch is stopped."""
    ways = exits(final)
    return ways.returns or ways.raises or bool(ways.labels) or not ways.falls


def lost_when_stopped(stmt: Beside, live: Liveness) -> frozenset[str]:
    """Variables that the body assigns and a handler around it reads, where what the body assigned is gone once it was stopped."""
    if stmt.limit is None and stmt.rest in ("finish", "in_order"):
        return frozenset()
    return assigned(stmt.body) & live.raised(stmt)


def _check_lost(stmt: Beside, live: Liveness, sink: Sink) -> None:
    for name in sorted(lost_when_stopped(stmt, live)):
        sink.error(
            codes.STOPPED_CLEANUP,
            stmt.span,
            f"`{_shown(name)}` is assigned in here and read after this was stopped",
            notes=["what a stopped body assigned is gone in the machine"],
            help="write instead: a variable that is only read where this has come to its end",
        )


def _check_shared(stmt: Beside, sink: Sink) -> None:
    for branch in stmt.branches:
        read = reads(branch) - assigned(branch, branches=True)
        for name in sorted(read & assigned(stmt.body)):
            sink.error(
                codes.SHARED_WITH_BRANCH,
                stmt.span,
                f"`{_shown(name)}` is assigned or changed while a call that reads it is running",
                notes=["which value the call sees depends on which is faster"],
                help="write instead: another variable, or wait for the call before",
            )


def _shown(name: str) -> str:
    return name.partition("%")[0]

"""Loops over what a generator gives whose code is written here, with each round in the place of a `yield`.

So the code of the generator and that of the loop run in turns, as in CPython, and a generator that never ends is left by `break`. A jump out of a
round is one out of the generator's code as well.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pysfnc.frontend.calls.lower_tail import leaves
from pysfnc.frontend.concurrency.lower_groups import close_here
from pysfnc.frontend.core.lower_assign import assign
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_control import function_frame
from pysfnc.frontend.core.lower_core import lower_body
from pysfnc.frontend.core.lower_state import join_states
from pysfnc.frontend.core.lower_values import Value
from pysfnc.frontend.loops.lower_iterate import Receive, Source
from pysfnc.ir.hir import Block, Break, Continue, Leave, Stmt, Suite
from pysfnc.ir.walk import map_suites
from pysfnc.source.span import Span


def lower_pushed_for(cx: Context, node: ast.For, source: Source) -> None:
    """`for target in generator: ... else: ...`."""

    def round_(value: Value) -> None:
        assign(cx, node.target, value, node.target)
        lower_body(cx, node.body)

    run_pushed(cx, source, round_, node, lambda: lower_body(cx, node.orelse))


def run_pushed(
    cx: Context, source: Source, round_: Receive, node: ast.AST, orelse: Callable[[], None] | None = None
) -> None:
    """The code that gives the items, with a round for each; `orelse` lowers what comes behind the last one."""
    assert source.push is not None
    label, end = cx.names.fresh("loop"), cx.names.fresh("end")
    span = cx.span(node)
    place = Place(cx)

    def receive(value: Value) -> None:
        if not cx.state.reachable:
            return
        behind = cx.names.fresh("round")
        with place.entered(label), cx.flow.landing(f"continue {label}") as again, cx.capture() as body:
            taken: Value | None = value if source.step is None else source.step(cx, value)
            if taken is not None:
                round_(taken)
            close_here(cx)
        cx.state = join_states([cx.state, *again.states])
        _put(cx, behind, _redirected(tuple(body), label, behind, end), span)

    with cx.flow.landing(f"break {label}") as breaks, cx.capture() as out:
        source.push(cx, receive, node)
        if orelse is not None:
            orelse()
    cx.state = join_states([cx.state, *breaks.states])
    _put(cx, end, tuple(out), span)


class Place:
    """Where a loop or `with` stands: its body is lowered there, although it is written inside of a generator's code."""

    def __init__(self, cx: Context) -> None:
        self._cx = cx
        self._frame, self._active, self._depth = cx.frame, cx.active, cx.depth

    @contextmanager
    def entered(self, label: str | None = None) -> Iterator[None]:
        """Lower code of that place: a round of the loop `label`, if it is one."""
        cx = self._cx
        outer = cx.active, cx.depth
        cx.active, cx.depth = self._active, self._depth
        with cx.in_frame(self._frame):
            loops = function_frame(cx).loops
            if label is not None:
                loops.append(label)
            try:
                yield
            finally:
                if label is not None:
                    loops.pop()
                cx.active, cx.depth = outer


def _put(cx: Context, label: str, suite: Suite, span: Span) -> None:
    """Emit a suite that may be left by its label."""
    if leaves(suite, label):
        cx.out.append(Block(label=label, body=suite, span=span))
    else:
        cx.out.extend(suite)


def _redirected(suite: Suite, loop: str, round_: str, end: str) -> Suite:
    """A round with `continue` as a jump behind it, and `break` as one behind all of them."""
    return tuple(_redirected_stmt(stmt, loop, round_, end) for stmt in suite)


def _redirected_stmt(stmt: Stmt, loop: str, round_: str, end: str) -> Stmt:
    if isinstance(stmt, Continue | Break) and stmt.label == loop:
        return Leave(label=round_ if isinstance(stmt, Continue) else end, span=stmt.span)
    return map_suites(stmt, lambda inner: _redirected(inner, loop, round_, end))

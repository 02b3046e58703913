"""Loops: `while` and `for`, with `break`, `continue` and `else`.

Owns the search for the types at the head of a loop: the body is lowered with what is known before the loop; when it comes back with more, it is
lowered again with the join, until nothing changes. Attempts that are given up leave no trace. `lower_each` holds the forms of `for`.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.held_displays import hold_mixed
from pysfnc.frontend.concurrency.lower_batches import lower_with_batches
from pysfnc.frontend.concurrency.lower_groups import close_here
from pysfnc.frontend.core.lower_context import Context, Trial
from pysfnc.frontend.core.lower_control import function_frame
from pysfnc.frontend.core.lower_core import lower_body, lower_suite, statement
from pysfnc.frontend.core.lower_state import Fact, State, join_states
from pysfnc.frontend.core.lower_test import lower_test
from pysfnc.frontend.core.lower_views import OWN_KEY
from pysfnc.ir.exprs import Const, Var
from pysfnc.ir.hir import Break, Continue, Eval, If, Stmt, Suite, While
from pysfnc.lean import dataclass
from pysfnc.values.fields import without_fields
from pysfnc.values.recursive import folded
from pysfnc.values.relations import is_json_faithful
from pysfnc.values.types import BOOL, ERROR, JSON, ErrorT, Type

MAX_ROUNDS = 8
"""Rounds after which a type that still grows is given up; each round adds a member or a level to some type."""
_PRECISE_ROUNDS = 3
"""Rounds after which a type that still grows no longer tells the keys of dicts apart."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """One attempt at a loop: its statements, and the states that go back to the head."""

    stmts: tuple[Stmt, ...]
    back: list[State]


def settle(cx: Context, node: ast.AST, attempt: Callable[[], Lowered]) -> None:
    """Run attempts, each beginning at the state of the loop's head, until the head no longer changes; emit the last one.

    `attempt` starts at `cx.state` and leaves there the state behind the loop. What was submitted before the loop starts before it.
    """
    head = cx.state.copy()
    for round_ in range(MAX_ROUNDS + 1):
        cx.state = head.copy()
        trial = Trial(cx)
        made = attempt()
        joined = join_states([head, *(_without_poison(head, state) for state in made.back)])
        _end_new_views(head, joined)
        grown = [name for name, fact in head.facts.items() if joined.facts.get(name) != fact]
        if not grown or round_ == MAX_ROUNDS:
            cx.out.extend(made.stmts)
            trial.accept()
            return
        trial.discard()
        if hold_mixed(cx, head, joined, node):
            continue
        # A variable first assigned in the loop stays unset at its head: reading it there is a mistake on the first round.
        kept = {name: joined.facts[name] for name in head.facts if name in joined.facts}
        facts = {name: _without_texts(head.facts[name], fact) for name, fact in kept.items()}
        found = State(facts, has_views=joined.has_views)
        if round_ >= _PRECISE_ROUNDS:
            found = _folded(_without_fields(head, found))
        head = found if round_ < MAX_ROUNDS - 2 else _widened(cx, head, found, node)


def _end_new_views(head: State, joined: State) -> None:
    """Forget places found in a round that only this round can name, as its variables are others in the next attempt."""
    for name, fact in head.facts.items():
        view = joined.facts[name].view if name in joined.facts else None
        if view is None or view == fact.view:
            continue
        named = {view.owner, *(key.name for key in view.keys if isinstance(key, Var))}
        own = {one for one in named if one.startswith(name + OWN_KEY)}
        if not named - own <= head.facts.keys():
            joined.facts[name] = replace(joined.facts[name], view=None)


def _without_texts(before: Fact, after: Fact) -> Fact:
    """A text that changes in the loop is not followed through all that it may become."""
    return after if before.texts == after.texts else replace(after, texts=())


def _without_fields(before: State, after: State) -> State:
    """Where a type still changes, what is known of single keys of dicts is given up first."""
    found = after.copy()
    for name, fact in after.facts.items():
        if before.facts[name].type != fact.type:
            found.facts[name] = replace(fact, type=without_fields(fact.type))
    return found


def _folded(state: State) -> State:
    """The state with one type for objects that hold objects of their own class."""
    for name, fact in list(state.facts.items()):
        found = folded(fact.type)
        if found != fact.type:
            state.facts[name] = replace(fact, type=found)
    return state


def _without_poison(head: State, back: State) -> State:
    """What comes back without the types of what was reported in this round: the next one has to report it again."""
    for name, fact in list(back.facts.items()):
        old = head.facts.get(name)
        if old is not None and isinstance(fact.type, ErrorT) and not fact.mixed:
            back.facts[name] = replace(fact, type=old.type)
    return back


def _widened(cx: Context, before: State, after: State, node: ast.AST) -> State:
    """Give up the types that still change: any JSON if that holds them, otherwise it is a mistake."""
    found = after.copy()
    for name, fact in after.facts.items():
        old = before.facts[name]
        if old.type == fact.type:
            continue
        wide: Type = JSON if is_json_faithful(fact.type) else ERROR
        if wide == ERROR and fact.type != ERROR:
            cx.error(
                codes.TYPE_NEEDED,
                cx.span(node).head(),
                f"the type of `{name.partition('%')[0]}` grows with every round of this loop",
                help="write instead: values of one type in every round",
            )
        found.facts[name] = replace(fact, type=wide)
    return found


@statement(ast.While)
def lower_while(cx: Context, node: ast.While) -> None:
    """`while test: ... else: ...`."""
    lower_with_batches(cx, node, lambda: settle(cx, node, lambda: _attempt_while(cx, node)))


def _attempt_while(cx: Context, node: ast.While) -> Lowered:
    label = cx.names.fresh("loop")
    span = cx.span(node)
    with cx.flow.landing(f"break {label}") as breaks, cx.capture() as out:
        with cx.capture() as own:
            test = lower_test(cx, node.test)
            cx.observe(test.expr)
        back, body = loop_body(cx, label, test.when_true, lambda: lower_body(cx, node.body))
        orelse, after = loop_else(cx, test.when_false, node.orelse)
        if not test.when_false.reachable and not isinstance(test.expr, Const):
            # What is known of the types decides, although the test is none that is the same for all values.
            asked = () if isinstance(test.expr, Var) else (Eval(value=test.expr, span=span),)
            forever = Const(value=True, type=BOOL, span=span)
            out.append(While(label=label, test=forever, body=(*own, *asked, *body), orelse=(), span=span))
        elif own:
            # The test has statements of its own: they run at the head of every round.
            leave = (*orelse, *((Break(label=label, span=span),) if after.reachable else ()))
            check = If(test=test.expr, then=(), orelse=leave, span=span)
            forever = Const(value=True, type=BOOL, span=span)
            out.append(While(label=label, test=forever, body=(*own, check, *body), orelse=(), span=span))
        else:
            out.append(While(label=label, test=test.expr, body=body, orelse=orelse, span=span))
    cx.state = join_states([after, *breaks.states])
    return Lowered(tuple(out), back)


def loop_body(cx: Context, label: str, start: State, lower: Callable[[], None]) -> tuple[list[State], Suite]:
    """Lower the body of a loop: the states that go back to its head, and its statements."""
    cx.state = start.copy()
    frame = function_frame(cx)
    frame.loops.append(label)
    try:
        with cx.flow.landing(f"continue {label}") as again, cx.capture() as body:
            lower()
            close_here(cx)
    finally:
        frame.loops.pop()
    return [cx.state, *again.states], tuple(body)


def loop_else(cx: Context, start: State, node: Sequence[ast.stmt]) -> tuple[Suite, State]:
    """Lower the `else` of a loop: its statements, and the state behind it."""
    cx.state = start.copy()
    suite = lower_suite(cx, node)
    return suite, cx.state


@statement(ast.Break)
def lower_break(cx: Context, node: ast.Break) -> None:
    """`break`."""
    label = function_frame(cx).loops[-1]
    cx.emit(Break(label=label, span=cx.span(node)))
    cx.flow.jump(f"break {label}")


@statement(ast.Continue)
def lower_continue(cx: Context, node: ast.Continue) -> None:
    """`continue`."""
    label = function_frame(cx).loops[-1]
    cx.emit(Continue(label=label, span=cx.span(node)))
    cx.flow.jump(f"continue {label}")

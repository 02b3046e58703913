"""The text of planned states, for `--emit blocks`."""

from pysfnc.ir.hir import Suite
from pysfnc.ir.mir import (
    Choice,
    Computed,
    Done,
    Edge,
    Failed,
    MachinePlan,
    Pass,
    Pause,
    ScopePlan,
    State,
    Work,
    resolve,
)
from pysfnc.ir.text import render_expr, render_suite


def render_plan(plan: MachinePlan) -> str:
    """All states of a machine, each with what it computes and where it leads."""
    return f"machine {plan.name}\n" + "\n".join(_scope(plan.scope, "")) + "\n"


def _scope(scope: ScopePlan, indent: str) -> list[str]:
    order: list[State] = []
    todo = [resolve(scope.start)]
    while todo:
        state = todo.pop()
        if state not in order:
            order.append(state)
            todo.extend(resolve(edge.target) for edge in reversed(_edges(state)))
    numbers = {state: index for index, state in enumerate(order)}
    return [indent + line for state in order for line in _state(state, numbers)]


def _edges(state: State) -> list[Edge]:
    match state:
        case Work(after=after, catchers=catchers):
            onward = [] if after is None else [Edge(after)]
            return [*onward, *(catcher.edge for catcher in catchers)]
        case Pass(after=after) | Pause(after=after):
            return [] if after is None else [Edge(after)]
        case Choice(rules=rules, default=default):
            return [*(edge for _, edge in rules), default]
        case _:
            return []


def _state(state: State, numbers: dict[State, int]) -> list[str]:
    lines = [f"s{numbers[state]}: {_head(state)}"]
    match state:
        case Work():
            lines += _suite("before", state.prefix)
            for body in state.bodies:
                lines += ["  body", *_scope(body, "    ")]
            lines += _outcome(state.assigns, state.output)
            lines += [] if state.after is None else [f"  goto s{numbers[resolve(state.after)]}"]
            for catcher in state.catchers:
                kept = "" if catcher.exc is None else f" as {catcher.exc}"
                lines += [f"  catch {' '.join(catcher.errors)}{kept}", *_edge(catcher.edge, numbers)]
        case Pass() | Pause():
            lines += _outcome(state.assigns, state.output)
            lines += [] if state.after is None else [f"  goto s{numbers[resolve(state.after)]}"]
        case Choice():
            for test, edge in state.rules:
                lines += [*_computed("when", test), *_edge(edge, numbers)]
            lines += ["  else", *_edge(state.default, numbers)]
        case _:
            pass
    return lines


def _head(state: State) -> str:
    match state:
        case Work(effect=None):
            return "compute"
        case Work():
            return f"work {state.hint}"
        case Pause(seconds=seconds):
            return f"wait {render_expr(seconds)}"
        case Done():
            return "done"
        case Failed(error=error, cause=cause):
            return "fail with the input" if error is None else f"fail {error}: {cause}"
        case _:
            return type(state).__name__.lower()


def _outcome(assigns: dict[str, Computed], output: Computed | None) -> list[str]:
    lines = [line for name, computed in assigns.items() for line in _computed(f"{name} :=", computed)]
    return lines if output is None else [*lines, *_computed("output", output)]


def _edge(edge: Edge, numbers: dict[State, int]) -> list[str]:
    lines = [f"  {line}" for line in _outcome(edge.assigns, edge.output)]
    return [*lines, f"    goto s{numbers[resolve(edge.target)]}"]


def _computed(head: str, computed: Computed) -> list[str]:
    code = [*_suite("given", computed.trusted), *_suite("after", computed.suite)]
    return [f"  {head} {render_expr(computed.value)}", *code]


def _suite(head: str, suite: Suite) -> list[str]:
    if not suite:
        return []
    return [f"    {head}", *(f"      {line}" for line in render_suite(suite).splitlines())]

"""Functions over an iterator that must be taken step by step: `enumerate(generator)`, `zip(xs, pool.map(f, xs))`.

What takes such an iterator is a generator of the compiler's own (`library.written.stepwise`), whose code is written where its items are used.
"""

import ast
from collections.abc import Sequence

from pysfnc.diagnostics import codes
from pysfnc.frontend.concurrency.future_values import MappedResults
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import BuiltinFunction, Lazy, LazyComprehension, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.loops.lower_comprehension import collect_quietly
from pysfnc.frontend.loops.lower_iterate import refuse_restless
from pysfnc.ir.exprs import Expr


def at_once(cx: Context, value: Value, node: ast.expr) -> Value:
    """The list of an iterable's items where nobody can tell that they are taken at once, else the iterable itself."""
    if takes_steps(value):
        return value
    if isinstance(value, LazyComprehension):
        made = collect_quietly(cx, value, node)
        return value if made is None else made
    return lib.items_of(cx, value, node)


def quiet_items(cx: Context, value: Value, node: ast.expr) -> Expr:
    """The items of an argument that Python would take one by one: all at once only where that makes no difference."""
    if isinstance(value, Lazy) and (value.restless or value.starts):
        return refuse_restless(cx, value, node)
    if isinstance(value, LazyComprehension):
        made = collect_quietly(cx, value, node)
        if made is None:
            return cx.error(
                codes.UNSUPPORTED_EXPRESSION,
                node,
                f"{value.what} whose parts may raise or call something is used step by step here",
                help="write instead: a list comprehension, or `list(...)`",
            )
        return made
    if isinstance(value, MappedResults):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "the results of a pool are used step by step here",
            help="write instead: `list(pool.map(...))`",
        )
    return lib.items_of(cx, value, node)


def takes_steps(value: Value) -> bool:
    """Whether an iterable that is no comprehension must be taken step by step."""
    return isinstance(value, MappedResults) or (isinstance(value, Lazy) and (value.restless or value.starts))


def can_be_stepped(value: Value) -> bool:
    """Whether the items of an iterator can be taken step by step."""
    return isinstance(value, LazyComprehension | MappedResults) or (isinstance(value, Lazy) and not value.restless)


def only_steps(values: Sequence[Value]) -> int | None:
    """Which of several iterables, of which the others are lists, must be taken step by step; None for none or more than one."""
    places = [place for place, value in enumerate(values) if isinstance(value, Static)]
    return places[0] if len(places) == 1 and can_be_stepped(values[places[0]]) else None


def are_kept(values: Sequence[Value]) -> bool:
    """Whether the iterators among these values are kept in variables, so that each can be asked for one item after the other."""
    iterators = [value for value in values if isinstance(value, Static)]
    return bool(iterators) and all(isinstance(value, LazyComprehension) and value.kept for value in iterators)


def zip_kept(cx: Context, rows: Sequence[Value], node: ast.expr) -> Value:
    """`zip` of iterators that are kept in variables, which may be the same one, and lists."""
    names = [f"x{index}" for index in range(len(rows))]
    iterators = {name: isinstance(row, Static) for name, row in zip(names, rows, strict=True)}
    body = [f"i{name} = iter({name})" for name in names if not iterators[name]]
    body.append("while True:")
    for name in names:
        body.append(f"    for v{name} in {name if iterators[name] else f'i{name}'}:")
        body.append("        break")
        body.append("    else:")
        body.append("        return")
    body.append(f"    yield ({', '.join(f'v{name}' for name in names)},)")
    values = {**dict(zip(names, rows, strict=True)), "iter": BuiltinFunction("iter")}
    return run_here(cx, "\n".join(body), values, node)


def zip_steps(cx: Context, rows: Sequence[Value], place: int, node: ast.expr) -> Value:
    """`zip` of lists and, at `place`, an iterator that is taken step by step.

    Each round takes from the lists before it, from it, and from the lists behind it, until one of them has no more.
    """
    names = [f"x{index}" for index in range(len(rows))]
    lists = [name for name in names if name != names[place]]
    before, behind = lists[:place], lists[place:]
    items = ", ".join("item" if name == names[place] else f"{name}[i]" for name in names)

    def ended(some: list[str]) -> str:
        return " or ".join(f"i >= len({name})" for name in some) or "False"

    body = f"""
        i = 0
        if {ended(before)}:
            return
        for item in {names[place]}:
            if {ended(behind)}:
                return
            yield ({items},)
            i += 1
            if {ended(before)}:
                return
    """
    values = {**dict(zip(names, rows, strict=True)), "len": BuiltinFunction("len")}
    return run_here(cx, body, values, node)

"""What the states of a scope cost besides its effects: transitions into states that do nothing but decide, compute or end.

Effects cost the same in every form of a program, so they count nothing here; but a state that is entered and left before its effect (`Work.turned`)
costs one.
"""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from math import inf
from typing import Final

from pysfnc.ir.mir import Choice, Done, Failed, Pass, Pause, State, Work, resolve

_MAX_STEPS: Final = 2_000
"""Steps of the search for the dearest way through a scope; one with so many ways counts as dear without end."""


def states_from(start: State) -> list[State]:
    """All states of a scope."""
    found: dict[State, None] = {}
    todo = [resolve(start)]
    while todo:
        state = todo.pop()
        if state not in found:
            found[state] = None
            todo += [after for after, _, _ in _next(state)]
    return list(found)


def count_states(start: State) -> int:
    """How many states there are, those of branches and iterations included."""
    states = states_from(start)
    bodies = (body for state in states if isinstance(state, Work) for body in state.bodies)
    return len(states) + sum(count_states(body.start) for body in bodies)


def cheapest_round(start: State) -> float:
    """The least that any way around costs; endless where there is none."""
    return min((_ways(state, _performs).get((state, True), inf) for state in states_from(start)), default=inf)


def cheapest_run(start: State, wanted: Callable[[State], bool], *, performed: bool = True) -> float:
    """The least that a run to the end costs which performs the effect of a wanted state, or that of none of them."""
    first = resolve(start)
    found = {(first, False): 0.0, **_ways(first, wanted)}
    ends = (cost for (state, done), cost in found.items() if _ends(state) and (done or wanted(state)) == performed)
    return min(ends, default=inf) + _cost(first)


def dearest_way(start: State) -> float:
    """The most that a way to an end costs on which no state comes twice."""
    steps = 0

    def from_(state: State, seen: frozenset[State]) -> float:
        nonlocal steps
        steps += 1
        if steps > _MAX_STEPS:
            return inf
        ways = [more + from_(after, seen | {after}) for after, more, _ in _next(state) if after not in seen]
        here = 0.0 if _ends(state) else -inf
        return _cost(state) + max([here, *ways])

    first = resolve(start)
    return from_(first, frozenset({first}))


def _ways(start: State, wanted: Callable[[State], bool]) -> dict[tuple[State, bool], float]:
    """The least that a way from behind a state to each other one costs, by whether the effect of a wanted state was performed on it."""
    best: dict[tuple[State, bool], float] = {}
    todo: list[tuple[float, int, State, bool]] = [(0, 0, start, False)]
    number = 0
    while todo:
        cost, _, current, so_far = heappop(todo)
        for after, more, performs in _next(current):
            key = (after, so_far or (performs and wanted(current)))
            total = cost + more + _cost(after)
            if total < best.get(key, inf):
                best[key] = total
                number += 1
                heappush(todo, (total, number, *key))
    return best


def _next(state: State) -> Iterator[tuple[State, int, bool]]:
    """The states that may come after one, what it costs more to go there, and whether the effect was performed then."""
    match state:
        case Work(after=after, catchers=catchers, turned=(early, late)):
            works = _performs(state)
            if after is not None:
                yield resolve(after), 0, works
            for catcher in catchers:
                if catcher.marked and early:
                    yield resolve(catcher.edge.target), 1, False
                if late or not (catcher.marked and early):
                    yield resolve(catcher.edge.target), 0, works
        case Pause(after=after) | Pass(after=after) if after is not None:
            yield resolve(after), 0, _performs(state)
        case Choice(rules=rules, default=default):
            for edge in (*(edge for _, edge in rules), default):
                yield resolve(edge.target), 0, False
        case _:
            pass


def _ends(state: State) -> bool:
    """Whether the scope may end with the state, and not because it fails."""
    return isinstance(state, Done) or (isinstance(state, Work | Pause | Pass) and state.after is None)


def _performs(state: State) -> bool:
    return isinstance(state, Pause) or (isinstance(state, Work) and state.effect is not None)


def _cost(state: State) -> int:
    """What entering a state costs if it performs its effect."""
    return 0 if _performs(state) or isinstance(state, Failed) else 1

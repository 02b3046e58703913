"""Where control goes: the states that arrive behind loops and blocks, in handlers, and through `finally`.

Owns the collection of states; the statements themselves are lowered by `lower_control`, `lower_loops` and `lower_try`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field

from pysfnc.frontend.concurrency.future_values import Pending
from pysfnc.frontend.core.lower_state import State, join_states, unreachable
from pysfnc.ir.hir import Stmt
from pysfnc.lean import dataclass

MACHINE_RETURN = "return"


@dataclass(slots=True, eq=False)
class Landing:
    """A place that jumps lead to, and the states that came with them."""

    key: str
    states: list[State] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Barrier:
    """A `finally` that jumps pass through; they go on once it was lowered."""

    pending: list[tuple[str, State]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Guard:
    """A `try`: the join of the states in which an exception may arise inside it."""

    state: State = field(default_factory=unreachable)


@dataclass(slots=True)
class Flow:
    """The present state and the places that are waiting for others."""

    state: State = field(default_factory=State)
    landings: list[Landing | Barrier] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    region: int = 0
    regions: int = 0
    pending: dict[int, Pending] = field(default_factory=dict)
    """What was submitted and has not been started yet, by the number of the pool or group."""
    running: dict[int, tuple[list[Stmt], dict[str, bool]]] = field(default_factory=dict)
    """Of groups that were waited for sooner than in Python: the suite, and whether the call of each outcome may still run (`still_running`)."""
    cut: set[int] = field(default_factory=set)
    """The task groups that were waited for before a statement which may leave them: what is created behind it would not run beside the others."""

    def jump(self, key: str) -> None:
        """Leave for the landing `key`: its state is the present one, which ends here."""
        self.send(key, self.state)
        self.state = unreachable()

    def send(self, key: str, state: State) -> None:
        """Deliver a state to a landing or to the first `finally` on the way."""
        if not state.reachable:
            return
        for place in reversed(self.landings):
            if isinstance(place, Barrier):
                place.pending.append((key, state.copy()))
                return
            if place.key == key:
                place.states.append(state.copy())
                return

    @contextmanager
    def landing(self, key: str) -> Iterator[Landing]:
        """A place for jumps from inside."""
        place = Landing(key)
        self.landings.append(place)
        try:
            yield place
        finally:
            self.landings.pop()

    @contextmanager
    def barrier(self) -> Iterator[Barrier]:
        """A `finally` around what is inside."""
        place = Barrier()
        self.landings.append(place)
        try:
            yield place
        finally:
            self.landings.pop()

    @contextmanager
    def guarded(self) -> Iterator[Guard]:
        """Collect the states in which something inside may raise."""
        guard = Guard()
        self.guards.append(guard)
        try:
            yield guard
        finally:
            self.guards.pop()

    def may_raise_here(self) -> None:
        """An exception may arise in the present state. All guards see it: an inner handler need not match."""
        if not self.state.reachable:
            return
        for guard in self.guards:
            guard.state = join_states([guard.state, self.state])

    @contextmanager
    def new_region(self) -> Iterator[int]:
        """A branch that runs at the same time as others: it has its own guards and landings."""
        self.regions += 1
        outer = self.region, self.guards, self.landings
        self.region, self.guards, self.landings = self.regions, [], []
        try:
            yield self.region
        finally:
            self.region, self.guards, self.landings = outer

    def mark(self) -> "FlowMark":
        """The present moment, for `reset`."""
        return FlowMark(
            state=self.state.copy(),
            arrivals=[len(p.states) if isinstance(p, Landing) else len(p.pending) for p in self.landings],
            guards=[guard.state for guard in self.guards],
            regions=self.regions,
            pending=dict(self.pending),
            running=dict(self.running),
            cut=set(self.cut),
        )

    def reset(self, mark: "FlowMark") -> None:
        """Forget what happened since; called with the same places waiting as at `mark`."""
        self.state = mark.state
        for place, count in zip(self.landings, mark.arrivals, strict=True):
            del (place.states if isinstance(place, Landing) else place.pending)[count:]
        for guard, state in zip(self.guards, mark.guards, strict=True):
            guard.state = state
        self.regions = mark.regions
        self.pending = dict(mark.pending)
        self.running = dict(mark.running)
        self.cut = set(mark.cut)


@dataclass(frozen=True, slots=True)
class FlowMark:
    """See `Flow.mark`."""

    state: State
    arrivals: list[int]
    guards: list[State]
    regions: int
    pending: dict[int, Pending]
    running: dict[int, tuple[list[Stmt], dict[str, bool]]]
    cut: set[int]

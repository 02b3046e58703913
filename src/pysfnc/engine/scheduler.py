"""Branches that run at the same time: who goes on, who waits, what time it is meanwhile.

Owns: the loop over strands, timers, task calls that block, joining and aborting strands.
Does not own: what a strand does (states), events (they are written by callbacks).

A strand is a generator that yields a request whenever it cannot go on: `Pause`, `Work` or `Fork`. One thread runs all
strands; only task calls that block get threads of their own. In virtual time the clock moves only while no call is under
way, and calls that were under way together are taken in the order in which they ended in the machine's time, then in
which they began. So a run is repeatable.
"""

import heapq
import itertools
import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pysfnc.engine.clock import Clock
from pysfnc.engine.errors import ExecutionStopped, StateFailure, TaskFailure, TaskTimedOut
from pysfnc.engine.values import Data

_NEVER: Final = float("inf")


class Request(Protocol):
    """What a strand yields: something to wait for."""

    def start(self, scheduler: "Scheduler", strand: "Strand") -> None:
        """Arrange that the strand goes on once the thing has happened."""


Steps = Generator[Request, Any, Data]


class Strand:
    """One line of execution: the machine itself, a branch, an iteration.

    last: id of its last event. entered: id of its state's StateEntered event. before: id of the event before that one.
    aborts: event type to record if the strand ends inside its present state, or None.
    """

    __slots__ = ("aborts", "before", "children", "entered", "generation", "index", "join", "last", "steps")

    def __init__(self, last: int) -> None:
        self.steps: Steps | None = None
        self.last = last
        self.entered = 0
        self.before = 0
        self.aborts: str | None = None
        self.join: Fork | None = None
        self.index = 0
        self.children: Fork | None = None
        # Rises whenever the strand is resumed or aborted; what was arranged for an older generation is void.
        self.generation = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait until `moment`, in seconds since 1970."""

    moment: float

    def start(self, scheduler: "Scheduler", strand: Strand) -> None:
        """See `Request.start`."""
        scheduler.at(self.moment, strand, None, None)


@dataclass(frozen=True, slots=True)
class Done:
    """The answer of a call: its value and how long it took in the machine's time, in seconds."""

    value: object
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """Call `function`, in a thread if `blocking` and others could go on meanwhile.

    Fails with `TaskTimedOut` after `timeout_s`.
    """

    function: Callable[[], Done]
    timeout_s: float | None
    blocking: bool

    def start(self, scheduler: "Scheduler", strand: Strand) -> None:
        """See `Request.start`."""
        begun = scheduler.clock.now()
        if self.blocking and scheduler.others_could_go_on():
            scheduler.call_in_thread(strand, self, begun)
        else:
            self.arrive(scheduler, strand, begun, _outcome(self.function))

    def arrive(self, scheduler: "Scheduler", strand: Strand, begun: float, outcome: "_Outcome") -> None:
        """Resume the strand at the time the call ended, or at its timeout if that came first."""
        duration = outcome.duration_s
        error = outcome.error
        value = outcome.value
        if self.timeout_s is not None and (duration >= self.timeout_s or isinstance(error, TaskTimedOut)):
            duration, value, error = self.timeout_s, None, TaskTimedOut()
        if duration <= 0 or scheduler.clock.real:
            scheduler.resume(strand, value, error)
        else:
            scheduler.at(begun + duration, strand, value, error)


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: object
    error: Exception | None
    duration_s: float


def _outcome(function: Callable[[], Done]) -> _Outcome:
    try:
        done = function()
    except TaskFailure as failure:
        return _Outcome(None, failure, failure.duration_s)
    except Exception as error:  # whatever the service raises is raised where the strand waits
        return _Outcome(None, error, 0.0)
    return _Outcome(done.value, None, done.duration_s)


@dataclass(slots=True)
class Fork:
    """Run `count` strands, at most `limit` at once, and go on with their results in order.

    make: makes strand number i; called in order, as late as `limit` allows. The second argument is the id of the
    event it follows.
    succeeded: called with i and the strand when one is done.
    failed: called once with the failing strand's number, the id of its last event, and all strands that were under
    way, itself included. The first failure aborts the others and is raised in the strand that yielded the fork.
    """

    count: int
    limit: int
    make: Callable[[int, int], Strand]
    succeeded: Callable[[int, Strand], None]
    failed: Callable[[int, int, Sequence[Strand]], None]
    results: list[object] = field(default_factory=list)
    parent: Strand | None = None
    running: dict[int, Strand] = field(default_factory=dict)
    started: int = 0
    finished: int = 0

    def start(self, scheduler: "Scheduler", strand: Strand) -> None:
        """See `Request.start`."""
        self.parent = strand
        strand.children = self
        self.results = [None] * self.count
        if self.count == 0:
            scheduler.resume(strand, self.results, None)
            return
        for _ in range(min(self.limit, self.count)):
            self._start_next(scheduler, strand.last)

    def _start_next(self, scheduler: "Scheduler", previous: int) -> None:
        index = self.started
        self.started += 1
        child = self.make(index, previous)
        child.join = self
        child.index = index
        self.running[index] = child
        scheduler.resume(child, None, None)

    def child_done(self, scheduler: "Scheduler", child: Strand, data: Data) -> None:
        """Take a strand's result; start the next strand, or resume the parent after the last."""
        assert self.parent is not None
        del self.running[child.index]
        self.results[child.index] = data.value
        self.finished += 1
        before = child.last
        self.succeeded(child.index, child)
        if self.started < self.count:
            self._start_next(scheduler, before)
        elif self.finished == self.count:
            self.parent.last = child.last
            self.parent.children = None
            scheduler.resume(self.parent, self.results, None)

    def child_failed(self, scheduler: "Scheduler", child: Strand, failure: Exception) -> None:
        """Abort the other strands and raise the failure in the parent."""
        assert self.parent is not None
        involved = [self.running[index] for index in sorted(self.running)]
        for other in involved:
            scheduler.abort(other)
        self.failed(child.index, child.last, involved)
        self.running.clear()
        self.parent.last = child.last
        self.parent.children = None
        scheduler.resume(self.parent, None, failure)


class Scheduler:
    """Runs strands to their end."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._ready: deque[tuple[Strand, int, object, Exception | None]] = deque()
        self._timers: list[tuple[float, int, Strand, int, object, Exception | None]] = []
        self._numbers = itertools.count()
        self._calls: dict[int, tuple[Strand, int, Work, float]] = {}
        self._answers: queue.SimpleQueue[tuple[int, _Outcome]] = queue.SimpleQueue()

    def run(self, root: Strand, deadline: tuple[float, ExecutionStopped] | None) -> Data:
        """Run `root` to its end.

        Raises `StateFailure`, or the `ExecutionStopped` of `deadline` when its time has come.
        """
        outcome: list[Data | Exception] = []
        self.resume(root, None, None)
        try:
            while True:
                while self._ready:
                    strand, generation, value, error = self._ready.popleft()
                    if generation == strand.generation:
                        self._step(strand, value, error, outcome)
                if outcome:
                    result = outcome[0]
                    if isinstance(result, Exception):
                        raise result
                    return result
                self._wait(deadline)
        finally:
            self.abort(root)

    def _step(self, strand: Strand, value: object, error: Exception | None, outcome: list[Data | Exception]) -> None:
        steps = strand.steps
        assert steps is not None
        try:
            request = steps.send(value) if error is None else steps.throw(error)
        except StopIteration as stop:
            if strand.join is None:
                outcome.append(stop.value)
            else:
                strand.join.child_done(self, strand, stop.value)
        except StateFailure as failure:
            if strand.join is None:
                outcome.append(failure)
            else:
                strand.join.child_failed(self, strand, failure)
        else:
            request.start(self, strand)

    def _wait(self, deadline: tuple[float, ExecutionStopped] | None) -> None:
        """Let something happen: an answer of a call, a timer, the deadline."""
        end = _NEVER if deadline is None else deadline[0]
        if self._calls:
            until = min(self._next_timer(), end)
            self._take_answers(until if self.clock.real and until < _NEVER else None)
            if self._ready or (self.clock.real and self.clock.now() < min(self._next_timer(), end)):
                return
        moment = self._next_timer()
        if deadline is not None and end <= moment:
            self.clock.advance(end)
            raise deadline[1]
        assert moment < _NEVER, "every strand waits for something that cannot happen"
        self.clock.advance(moment)
        self._fire(moment)

    def _next_timer(self) -> float:
        return self._timers[0][0] if self._timers else _NEVER

    def _fire(self, moment: float) -> None:
        while self._timers and self._timers[0][0] <= moment:
            _, _, strand, generation, value, error = heapq.heappop(self._timers)
            if generation == strand.generation:
                self._ready.append((strand, self._next_generation(strand), value, error))

    def _take_answers(self, until: float | None) -> None:
        """Virtual time: wait for all calls under way. Real time: wait for one, at most until the given moment."""
        answers: list[tuple[int, _Outcome]] = []
        while self._calls:
            timeout = None if until is None else max(0.0, until - self.clock.now())
            try:
                number, outcome = self._answers.get(timeout=timeout)
            except queue.Empty:
                break
            if number in self._calls:
                answers.append((number, outcome))
                if self.clock.real:
                    break
                if len(answers) == len(self._calls):
                    break
        for number, outcome in sorted(answers, key=lambda answer: answer[0]):
            strand, generation, work, begun = self._calls.pop(number)
            if generation == strand.generation:
                work.arrive(self, strand, begun, outcome)

    def _next_generation(self, strand: Strand) -> int:
        strand.generation += 1
        return strand.generation

    def resume(self, strand: Strand, value: object, error: Exception | None) -> None:
        """Let the strand go on as soon as its turn comes."""
        self._ready.append((strand, self._next_generation(strand), value, error))

    def at(self, moment: float, strand: Strand, value: object, error: Exception | None) -> None:
        """Let the strand go on at `moment`; at once if that has passed."""
        if moment <= self.clock.now():
            self.resume(strand, value, error)
        else:
            heapq.heappush(self._timers, (moment, next(self._numbers), strand, strand.generation, value, error))

    def others_could_go_on(self) -> bool:
        """Is there anything to do while a call blocks? If not, the call may as well block this thread."""
        return self.clock.real or bool(self._ready) or bool(self._calls)

    def call_in_thread(self, strand: Strand, work: Work, begun: float) -> None:
        """Start a call; its answer resumes the strand."""
        number = next(self._numbers)
        self._calls[number] = (strand, strand.generation, work, begun)
        if work.timeout_s is not None and self.clock.real:
            self.at(begun + work.timeout_s, strand, None, TaskTimedOut())

        def call() -> None:
            self._answers.put((number, _outcome(work.function)))

        # A daemon: a call that hangs must not keep the program from ending.
        threading.Thread(target=call, name=f"task-{number}", daemon=True).start()

    def abort(self, strand: Strand) -> None:
        """End a strand and all below it, at whatever it waits for."""
        pending = [strand]
        while pending:
            current = pending.pop()
            current.generation += 1
            if current.children is not None:
                pending.extend(current.children.running.values())
            for number in [number for number, call in self._calls.items() if call[0] is current]:
                del self._calls[number]
            if current.steps is not None:
                current.steps.close()

"""Branches that run at the same time: who goes on, who waits, what time it is meanwhile.

Owns: the loop over strands, timers, task calls that block, joining and aborting strands.
Does not own: what a strand does (states), events (they are written by callbacks).

A strand is a generator that yields a request whenever it cannot go on: `Pause`, `Work`, `Fork` or `Await`. One thread
runs all strands; only task calls that block get threads of their own. In virtual time the clock moves only while no call
is under way, and calls that were under way together are taken in the order in which they ended in the machine's time,
then in which they began. So a run is repeatable, as long as nothing outside has a say: what other threads `post` is done
when it comes.
"""

import contextlib
import heapq
import itertools
import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pysfnc.engine.clock import Clock
from pysfnc.engine.errors import EngineError, ExecutionStopped, StateFailure, TaskFailure, TaskTimedOut
from pysfnc.engine.values import Data

_NEVER: Final = float("inf")


class Request(Protocol):
    """What a strand yields: something to wait for."""

    def start(self, scheduler: "Scheduler", strand: "Strand") -> None:
        """Arrange that the strand goes on once the thing has happened."""


Steps = Generator[Request, Any, Data]


class Join(Protocol):
    """Who is told that a strand ended."""

    def child_done(self, scheduler: "Scheduler", child: "Strand", data: Data) -> None:
        """The strand has a result."""

    def child_failed(self, scheduler: "Scheduler", child: "Strand", failure: Exception) -> None:
        """The strand failed."""

    def child_stopped(self, scheduler: "Scheduler", child: "Strand", stopped: ExecutionStopped) -> None:
        """The strand came to what ends its whole execution."""


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
        self.join: Join | None = None
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


LATE: Final = object()
"""What `Await` gives when its moment came first."""


class Inbox:
    """Where something from outside arrives for one strand. Only the scheduler's thread may touch it."""

    __slots__ = ("events", "reader")

    def __init__(self) -> None:
        self.events: deque[object] = deque()
        self.reader: tuple[Strand, int] | None = None

    def deliver(self, scheduler: "Scheduler", event: object) -> None:
        """Give the strand an event, now or as soon as it asks."""
        reader, self.reader = self.reader, None
        if reader is not None and reader[1] == reader[0].generation:
            scheduler.resume(reader[0], event, None)
        else:
            self.events.append(event)


@dataclass(frozen=True, slots=True)
class Await:
    """Wait for an event in an inbox, until `moment` (seconds since 1970; infinite for ever). Gives it, or `LATE`."""

    inbox: Inbox
    moment: float

    def start(self, scheduler: "Scheduler", strand: Strand) -> None:
        """See `Request.start`."""
        if self.inbox.events:
            scheduler.resume(strand, self.inbox.events.popleft(), None)
            return
        self.inbox.reader = (strand, strand.generation)
        scheduler.reading.add(self.inbox)
        if self.moment < _NEVER:
            scheduler.at(self.moment, strand, LATE, None)


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
            return
        with scheduler.outside():
            outcome = _outcome(self.function)
        self.arrive(scheduler, strand, begun, outcome)

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

    def child_stopped(self, scheduler: "Scheduler", child: Strand, stopped: ExecutionStopped) -> None:
        """See `Join`."""
        assert self.parent is not None and self.parent.join is not None
        self.parent.join.child_stopped(scheduler, self.parent, stopped)


def _nothing() -> None:
    """What is posted to wake the scheduler."""


class Unjoined:
    """The end of a strand that nobody waits for."""

    def child_done(self, scheduler: "Scheduler", child: Strand, data: Data) -> None:
        """See `Join`."""

    def child_failed(self, scheduler: "Scheduler", child: Strand, failure: Exception) -> None:
        """See `Join`."""
        raise failure

    def child_stopped(self, scheduler: "Scheduler", child: Strand, stopped: ExecutionStopped) -> None:
        """See `Join`."""
        raise stopped


@dataclass(slots=True)
class _Root:
    """The end of the strand that `run` runs."""

    result: Data | Exception | None = None

    def child_done(self, scheduler: "Scheduler", child: Strand, data: Data) -> None:
        """See `Join`."""
        self.result = data

    def child_failed(self, scheduler: "Scheduler", child: Strand, failure: Exception) -> None:
        """See `Join`."""
        self.result = failure

    def child_stopped(self, scheduler: "Scheduler", child: Strand, stopped: ExecutionStopped) -> None:
        """See `Join`."""
        self.result = stopped


class Unanswered(EngineError):
    """Nothing can go on any more: strands wait for something from outside that nobody sends."""

    def __init__(self) -> None:
        super().__init__("the execution waits for an answer that nobody gives")


class Scheduler:
    """Runs strands to their end."""

    def __init__(self, clock: Clock, idle: Callable[[], bool] | None = None) -> None:
        """Run strands by a clock.

        idle: asked when nothing can go on before something from outside comes or time passes; true if it brought
        something.
        """
        self.clock = clock
        self.reading: set[Inbox] = set()
        self._idle = idle
        self._turn = threading.RLock()
        self._arrived: list[tuple[int, _Outcome]] = []
        self._ready: deque[tuple[Strand, int, object, Exception | None]] = deque()
        self._timers: list[tuple[float, int, Strand, int, object, Exception | None]] = []
        self._numbers = itertools.count()
        self._calls: dict[int, tuple[Strand, int, Work, float]] = {}
        self._answers: queue.SimpleQueue[tuple[int, _Outcome] | Callable[[], None]] = queue.SimpleQueue()

    def spawn(self, strand: Strand, join: Join) -> None:
        """Let another strand run beside the one of `run`."""
        strand.join = join
        self.resume(strand, None, None)

    def post(self, action: Callable[[], None]) -> None:
        """Have something done between two steps of strands, later."""
        self._answers.put(action)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Touch the run from any thread: waits until the scheduler is outside, and tells it that something happened."""
        with self._turn:
            yield
        self._answers.put(_nothing)

    @contextlib.contextmanager
    def outside(self) -> Iterator[None]:
        """Around whatever takes time, so that other threads may touch the run meanwhile."""
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()

    def run(self, root: Strand) -> Data:
        """Run `root` to its end. Raises its `StateFailure`."""
        end = _Root()
        self.spawn(root, end)
        try:
            self.run_until(lambda: end.result is not None)
        finally:
            self.abort(root)
        assert end.result is not None
        if isinstance(end.result, Exception):
            raise end.result
        return end.result

    def run_until(self, done: Callable[[], bool]) -> None:
        """Run everything until `done` says so. Raises `Unanswered`, and what a strand raises besides `StateFailure`."""
        with self._turn:
            while not done():
                if self._ready:
                    strand, generation, value, error = self._ready.popleft()
                    if generation == strand.generation:
                        self._step(strand, value, error)
                else:
                    self._wait()

    def drain(self) -> None:
        """Run what was spawned to its end. Raises `Unanswered` where it waits for ever."""
        self.run_until(lambda: not (self._ready or self._calls or self._next_timer() < _NEVER or self._has_reader()))

    def _step(self, strand: Strand, value: object, error: Exception | None) -> None:
        steps = strand.steps
        assert steps is not None
        try:
            request = steps.send(value) if error is None else steps.throw(error)
        except StopIteration as stop:
            assert strand.join is not None
            strand.join.child_done(self, strand, stop.value)
        except StateFailure as failure:
            assert strand.join is not None
            strand.join.child_failed(self, strand, failure)
        except ExecutionStopped as stopped:
            assert strand.join is not None
            strand.join.child_stopped(self, strand, stopped)
        else:
            request.start(self, strand)

    def _wait(self) -> None:
        """Let something happen: an answer of a call, something from outside, a timer."""
        has_reader = self._has_reader()
        if not self._calls and (self._posted() or (has_reader and self._is_helped())):
            return
        if self._calls or self.clock.real:
            until = self._next_timer()
            self._take(until if self.clock.real and until < _NEVER else None)
            if self._ready or (self.clock.real and self.clock.now() < self._next_timer()):
                return
        moment = self._next_timer()
        if moment >= _NEVER:
            assert has_reader, "every strand waits for something that cannot happen"
            raise Unanswered
        self.clock.advance(moment)
        self._fire(moment)

    def _has_reader(self) -> bool:
        """Does any strand wait for something from outside?"""
        self.reading = {
            inbox
            for inbox in self.reading
            if inbox.reader is not None and inbox.reader[1] == inbox.reader[0].generation
        }
        return bool(self.reading)

    def _is_helped(self) -> bool:
        """Does somebody outside bring something, now that nothing goes on?"""
        if self._idle is None:
            return False
        with self.outside():
            return self._idle()

    def _posted(self) -> bool:
        """Do what was asked for by now from outside; true if there was anything."""
        found = False
        while not self._answers.empty():
            found = self._take_one(None)
        return found

    def _next_timer(self) -> float:
        while self._timers and self._timers[0][3] != self._timers[0][2].generation:
            heapq.heappop(self._timers)  # what it was to wake has gone on, so that it must not hold the time up
        return self._timers[0][0] if self._timers else _NEVER

    def _fire(self, moment: float) -> None:
        while self._timers and self._timers[0][0] <= moment:
            _, _, strand, generation, value, error = heapq.heappop(self._timers)
            if generation == strand.generation:
                self._ready.append((strand, self._next_generation(strand), value, error))

    def _take(self, until: float | None) -> None:
        """Virtual time: wait for all calls under way. Real time: wait for one, at most until the given moment.

        Whatever else lets a strand go on ends the waiting too.
        """
        while self._waits_for_call():
            timeout = None if until is None else max(0.0, until - self.clock.now())
            if not self._take_one(timeout) or self.clock.real or self._ready:
                break
        if not self.clock.real and self._ready and self._waits_for_call():
            return
        arrived, self._arrived = sorted(self._arrived, key=lambda answer: answer[0]), []
        for number, outcome in arrived:
            call = self._calls.pop(number, None)
            if call is not None and call[1] == call[0].generation:
                call[2].arrive(self, call[0], call[3], outcome)

    def _waits_for_call(self) -> bool:
        here = {number for number, _ in self._arrived}
        return bool(self._calls.keys() - here) or (self.clock.real and not here)

    def _take_one(self, timeout_s: float | None) -> bool:
        try:
            with self.outside():
                item = self._answers.get(timeout=timeout_s)
        except queue.Empty:
            return False
        if callable(item):
            item()
        elif item[0] in self._calls:
            self._arrived.append(item)
        return True

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

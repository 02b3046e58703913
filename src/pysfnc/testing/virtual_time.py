"""Time that threads and event loops of this process share and that passes at once when all of them wait.

While a `VirtualTime` is in force, sleeping and waiting with a timeout cost no time: the clock jumps to the next moment
for which somebody waits as soon as nobody has anything to do before it. So sleeps, timeouts and races come out as they
would in real time between participants that compute in no time.

A participant is the thread that began and every thread that a participant starts. What makes a participant wait is
replaced: `time.sleep`, the clocks of `time` and `datetime`, `threading.Condition.wait` (and with it events, semaphores, queues and futures),
`Thread.join`, the selectors of event loops. Other waits (a plain lock, a process) are taken for work; if nobody moves
or computes for `STALL_S` of real time, the clock goes on all the same.
"""

import contextlib
import gc
import operator
import os
import queue
import selectors
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final

__all__ = ["VirtualTime"]

STALL_S: Final = 1.0
_NEVER: Final = float("inf")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_real_sleep = time.sleep
_real_monotonic = time.monotonic
_real_time = time.time
_real_start = threading.Thread.start
_real_join = threading.Thread.join
_real_wait = threading.Condition.wait
_real_selector = selectors.DefaultSelector


@dataclass(slots=True, eq=False)
class _Blocked:
    """A participant that waits. `ready`: somebody has let it go on already; `wake` lets it go on because its time has come."""

    deadline: float
    ready: Callable[[], bool]
    wake: Callable[[], None]
    woken: bool = False


@dataclass(slots=True, eq=False)
class VirtualTime:
    """The shared clock. `with clock.in_force():` replaces the functions that wait; not reentrant.

    `_epoch` is the time at which it begins, in seconds since 1970.
    """

    _lock: Any = field(default_factory=threading.Lock)
    _began: float = field(default_factory=_real_monotonic)
    _now: float = field(default_factory=_real_monotonic)
    _epoch: float = field(default_factory=_real_time)
    _participants: set[threading.Thread] = field(default_factory=set)
    _blocked: list[_Blocked] = field(default_factory=list)
    _moves: int = 0
    _closed: bool = False

    # Time

    def monotonic(self) -> float:
        """Stands for `time.monotonic` and `time.perf_counter`."""
        return self._now

    def time(self) -> float:
        """Stands for `time.time`. It has milliseconds, as the clock of a machine."""
        return self.milliseconds() / 1000

    def milliseconds(self) -> int:
        """Since 1970."""
        return round((self._epoch + self._now - self._began) * 1000)

    def sleep(self, seconds: Any, /) -> None:
        """Stands for `time.sleep`."""
        if not isinstance(seconds, int | float):
            operator.index(seconds)  # raises the TypeError of CPython
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        if not self._takes_part():
            _real_sleep(0)
            return
        gate = threading.Lock()
        gate.acquire()
        self._block(self._now + seconds, lambda: False, gate.release, lambda: gate.acquire(timeout=STALL_S))

    # Waiting

    def _takes_part(self) -> bool:
        return not self._closed and threading.current_thread() in self._participants

    def _block(
        self,
        deadline: float,
        ready: Callable[[], bool],
        wake: Callable[[], None],
        wait: Callable[[], bool],
    ) -> _Blocked:
        """Wait until `wait` says that it is over; it returns False after `STALL_S` of real time."""
        entry = _Blocked(deadline, ready, wake)
        with self._lock:
            self._moves += 1
            moves = self._moves
            self._blocked.append(entry)
            self._pass_time()
        try:
            while not wait():
                with self._lock:
                    if moves == self._moves and not self._somebody_is_free() and not self._somebody_computes():
                        self._jump()
                    moves = self._moves
        finally:
            with self._lock:
                self._moves += 1
                self._blocked.remove(entry)
        return entry

    def _somebody_is_free(self) -> bool:
        return any(entry.woken or entry.ready() for entry in self._blocked)

    def _somebody_computes(self) -> bool:
        """Whether the system counts another participant among those that run or would run: a busy machine is no stall."""
        me = threading.current_thread()
        return any(_is_running(thread) for thread in self._participants if thread is not me)

    def _pass_time(self) -> None:
        """Let the first deadline come if every participant waits for something that has not happened."""
        if len(self._blocked) >= len(self._participants) and not self._somebody_is_free():
            self._jump()

    def _jump(self) -> None:
        first = min(self._blocked, key=lambda entry: entry.deadline, default=None)
        if first is not None and first.deadline < _NEVER:
            self._now = max(self._now, first.deadline)
            first.woken = True
            first.wake()

    # Replacements

    def _wait(self, condition: Any, timeout: float | None = None) -> bool:
        """Stands for `Condition.wait`."""
        if not self._takes_part() or (timeout is not None and timeout <= 0):
            return _real_wait(condition, timeout)
        if not condition._is_owned():
            raise RuntimeError("cannot wait on un-acquired lock")
        waiter = threading.Lock()
        waiter.acquire()
        condition._waiters.append(waiter)
        saved = condition._release_save()
        deadline = _NEVER if timeout is None else self._now + timeout
        try:
            self._block(
                deadline,
                lambda: waiter not in condition._waiters,
                waiter.release,
                lambda: waiter.acquire(timeout=STALL_S),
            )
        finally:
            condition._acquire_restore(saved)
            notified = waiter not in condition._waiters
            if not notified:
                condition._waiters.remove(waiter)
        return notified

    def _start(self, thread: threading.Thread) -> None:
        """Stands for `Thread.start`: the new thread takes part until its `run` has ended."""
        if not self._takes_part():
            _real_start(thread)
            return
        run = thread.run

        def running() -> None:
            try:
                run()
            finally:
                with self._lock:
                    self._moves += 1
                    self._participants.discard(thread)
                    self._pass_time()

        thread.run = running  # type: ignore[method-assign]
        with self._lock:
            self._participants.add(thread)
        try:
            _real_start(thread)
        except BaseException:
            with self._lock:
                self._participants.discard(thread)
            raise

    def _join(self, thread: threading.Thread, timeout: float | None = None) -> None:
        """Stands for `Thread.join`."""
        if not self._takes_part() or not thread.is_alive() or (timeout is not None and timeout <= 0):
            _real_join(thread, timeout)
            return
        late = threading.Event()

        def ended() -> bool:
            return late.is_set() or thread not in self._participants

        def wait() -> bool:
            _join_in_steps(thread, late)
            return late.is_set() or not thread.is_alive()

        deadline = _NEVER if timeout is None else self._now + timeout
        self._block(deadline, ended, late.set, wait)

    def selector(self) -> selectors.BaseSelector:
        """Stands for `selectors.DefaultSelector`."""
        return _Selector(self)

    @contextlib.contextmanager
    def in_force(self) -> Iterator[None]:
        """Replace the functions that wait or tell the time inside the block."""
        replacements: list[tuple[Any, str, Any]] = [
            (time, "sleep", self.sleep),
            (time, "monotonic", self.monotonic),
            (time, "perf_counter", self.monotonic),
            (time, "time", self.time),
            (threading, "_time", self.monotonic),
            (threading.Condition, "wait", lambda condition, timeout=None: self._wait(condition, timeout)),
            (threading.Thread, "start", lambda thread: self._start(thread)),
            (threading.Thread, "join", lambda thread, timeout=None: self._join(thread, timeout)),
            (selectors, "DefaultSelector", self.selector),
            (queue, "SimpleQueue", queue._PySimpleQueue),  # type: ignore[attr-defined]
            (queue, "time", self.monotonic),
        ]
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in replacements]
        dates = [(class_, name, vars(class_)[name]) for class_, name, _ in self._dates()]
        self._participants.add(threading.current_thread())
        for owner, name, value in replacements:
            setattr(owner, name, value)
        for class_, name, method in self._dates():
            _set_method(class_, name, method)
        try:
            yield
        finally:
            for owner, name, value in before:
                setattr(owner, name, value)
            for class_, name, method in dates:
                _set_method(class_, name, method)
            self._close()

    def _dates(self) -> list[tuple[type, str, Any]]:
        """Methods of `datetime` that read the clock. The local zone is UTC, as that of Lambda and of a machine is."""

        def now(tz: tzinfo | None = None) -> datetime:
            moment = _EPOCH + timedelta(milliseconds=self.milliseconds())
            return moment.replace(tzinfo=None) if tz is None else moment.astimezone(tz)

        def today(class_: type) -> date:
            return now() if issubclass(class_, datetime) else now().date()

        if not _can_set_methods():
            return []
        return [
            (datetime, "now", classmethod(lambda _class, tz=None: now(tz))),
            (datetime, "utcnow", classmethod(lambda _class: now())),
            (date, "today", classmethod(today)),
        ]

    def _close(self) -> None:
        """Let go whoever still waits: threads that were left behind."""
        with self._lock:
            self._closed = True
            for entry in self._blocked:
                if not entry.woken:
                    entry.woken = True
                    entry.wake()


def _can_set_methods() -> bool:
    """Whether methods of classes written in C can be replaced here: the class itself has to stay the one that programs name."""
    return sys.implementation.name == "cpython"


def _set_method(class_: type, name: str, method: object) -> None:
    import ctypes

    (namespace,) = gc.get_referents(vars(class_))
    namespace[name] = method
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(class_))


def _is_running(thread: threading.Thread) -> bool:
    """The state of a thread as Linux shows it; False where that cannot be read."""
    try:
        with open(f"/proc/self/task/{thread.native_id}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "R"
    except (OSError, IndexError):
        return False


def _join_in_steps(thread: threading.Thread, late: threading.Event) -> None:
    """Wait for a thread for `STALL_S` at most, or until `late` is set."""
    until = _real_monotonic() + STALL_S
    pause = 0.0
    while thread.is_alive() and not late.is_set() and _real_monotonic() < until:
        _real_sleep(pause)
        pause = min(pause + 0.0002, 0.005)


class _Selector(selectors.BaseSelector):
    """A selector whose timeouts are in virtual time. A pipe of its own wakes it."""

    def __init__(self, clock: VirtualTime) -> None:
        self._clock = clock
        self._real = _real_selector()
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._real.register(self._reader, selectors.EVENT_READ)

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """See `selectors.BaseSelector`."""
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """See `selectors.BaseSelector`."""
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """See `selectors.BaseSelector`."""
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Any:
        """See `selectors.BaseSelector`."""
        return self._real.get_map()

    def close(self) -> None:
        """See `selectors.BaseSelector`."""
        self._real.close()
        os.close(self._reader)
        os.close(self._writer)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See `selectors.BaseSelector`."""
        if self._clock._takes_part() and (timeout is None or timeout > 0):
            deadline = _NEVER if timeout is None else self._clock._now + timeout
            self._clock._block(deadline, self._has_events, self._wake, lambda: bool(self._real.select(STALL_S)))
            timeout = 0
        found = self._real.select(timeout)
        with contextlib.suppress(BlockingIOError):
            os.read(self._reader, 64)
        return [(key, events) for key, events in found if key.fd != self._reader]

    def _has_events(self) -> bool:
        return bool(self._real.select(0))

    def _wake(self) -> None:
        os.write(self._writer, b"\0")

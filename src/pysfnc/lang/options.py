"""Options of workflows, tasks and calls: frozen values that are checked when they are made.

Owns the value types and their checks; what the options do to a call is in `pysfnc.lang.calls`. The classes are written
out since importing `dataclasses` would take a third of the time that `import pysfnc` may cost.

Ranges are those of Step Functions ("Retriers" and "Task state" in the AWS guide) and of Lambda (timeout 900 s, memory
128 to 10,240 MB, "Lambda quotas").
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from pysfnc.lang.errors import refuse

MAX_SECONDS: Final = 99_999_999
MAX_RETRY_DELAY_S: Final = 31_622_400
MAX_TASK_SECONDS: Final = 900
MEMORY_RANGE_MB: Final = (128, 10_240)
WORKFLOW_TYPES: Final = ("STANDARD", "EXPRESS")
MAX_NAME_CHARS: Final = 80
_REFUSED_NAME_CHARS: Final = frozenset('?*<>{}[]"#%\\^|~`$&,;:/ \t\r\n')

ErrorMatch: TypeAlias = type[BaseException] | str


class Unset:
    """The type of `UNSET`: an option that was not given, as opposed to None, which takes one away."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


class Frozen:
    """Base of the option values: fields in `__slots__`, equality and hash by value, no assignment."""

    __slots__: tuple[str, ...] = ()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: cannot assign to {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: cannot delete {name!r}")

    def _fill(self, **fields: object) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({fields})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), dict(zip(self.__slots__, self._values(), strict=True)))


def _rebuild(cls: type[Frozen], fields: dict[str, object]) -> Frozen:
    made = cls.__new__(cls)
    made._fill(**fields)
    return made


class Retry(Frozen):
    """How often and when a failed call is tried again. Give one, or several of which the first match counts.

    Args:
        on: exception classes (a class covers its subclasses) and error names, one or several.
        interval: seconds before the first retry, an integer of at least 1.
        max_attempts: retries after the first try; 0 never retries these errors.
        backoff: factor from one delay to the next, at least 1.
        max_delay: upper bound of one delay in seconds, or None.
        jitter: take a random delay between 0 and the computed one.

    Raises:
        ValueError: an option is out of its range; the message lists all faults.
    """

    __slots__ = ("backoff", "interval", "jitter", "max_attempts", "max_delay", "on")
    on: tuple[ErrorMatch, ...]
    interval: int
    max_attempts: int
    backoff: float
    max_delay: int | None
    jitter: bool

    def __init__(
        self,
        on: ErrorMatch | Sequence[ErrorMatch] = (Exception,),
        interval: int = 1,
        max_attempts: int = 3,
        backoff: float = 2.0,
        max_delay: int | None = None,
        jitter: bool = False,
    ) -> None:
        matches = _matches(on)
        faults = [
            *_match_faults(matches),
            *_integer_faults("interval", interval, 1, MAX_SECONDS),
            *_integer_faults("max_attempts", max_attempts, 0, MAX_SECONDS),
            *_backoff_faults(backoff),
            *([] if max_delay is None else _integer_faults("max_delay", max_delay, 1, MAX_RETRY_DELAY_S)),
            *_flag_faults("jitter", jitter),
        ]
        if faults:
            refuse("Retry", faults)
        self._fill(
            on=matches,
            interval=interval,
            max_attempts=max_attempts,
            backoff=float(backoff),
            max_delay=max_delay,
            jitter=jitter,
        )


RetryOption: TypeAlias = Retry | Sequence[Retry] | None


class CallOptions(Frozen):
    """What `@task` and `with_options` say about one call. Fields are None (or empty) where nothing was said."""

    __slots__ = ("heartbeat", "memory", "name", "retries", "role", "timeout")
    retries: tuple[Retry, ...]
    timeout: int | None
    heartbeat: int | None
    memory: int | None
    name: str | None
    role: str | None

    def __init__(
        self,
        retries: tuple[Retry, ...] = (),
        timeout: int | None = None,
        heartbeat: int | None = None,
        memory: int | None = None,
        name: str | None = None,
        role: str | None = None,
    ) -> None:
        self._fill(retries=retries, timeout=timeout, heartbeat=heartbeat, memory=memory, name=name, role=role)

    def changed(self, **fields: object) -> "CallOptions":
        """A copy in which the given fields are replaced, except those that are `UNSET`."""
        values = dict(zip(self.__slots__, self._values(), strict=True))
        values.update((name, value) for name, value in fields.items() if value is not UNSET)
        return CallOptions(**values)  # type: ignore[arg-type]


class WorkflowOptions(Frozen):
    """What `@workflow` says about a machine. `lambda_retry` is `UNSET` where the default retriers stay."""

    __slots__ = ("comment", "lambda_retry", "name", "timeout", "type")
    timeout: int | None
    type: str
    name: str | None
    comment: str | None
    lambda_retry: "tuple[Retry, ...] | Unset"

    def __init__(
        self,
        timeout: int | None = None,
        type: str = "STANDARD",
        name: str | None = None,
        comment: str | None = None,
        lambda_retry: "tuple[Retry, ...] | Unset" = UNSET,
    ) -> None:
        self._fill(timeout=timeout, type=type, name=name, comment=comment, lambda_retry=lambda_retry)


def retries_of(retry: object) -> tuple[Retry, ...]:
    """The retriers of a `retry=` option. What is no `Retry` is left for `retry_faults` to report."""
    if retry is None or retry is UNSET:
        return ()
    if isinstance(retry, (list, tuple)):
        return tuple(item for item in retry if isinstance(item, Retry))
    return (retry,) if isinstance(retry, Retry) else ()


def retry_faults(retry: object, option: str = "retry") -> list[str]:
    """What is wrong with a `retry=` option."""
    if retry is None or retry is UNSET or isinstance(retry, Retry):
        return []
    if isinstance(retry, (list, tuple)):
        return [
            f"{option}[{index}] must be a Retry, not {item!r}"
            for index, item in enumerate(retry)
            if not isinstance(item, Retry)
        ]
    return [f"{option} must be a Retry or a list of them, not {retry!r}"]


def call_faults(timeout: object, heartbeat: object, role: object, limit_s: int = MAX_SECONDS) -> list[str]:
    """What is wrong with the options that every call may have; None and `UNSET` are never wrong."""
    faults = [*_seconds_faults("timeout", timeout, limit_s), *_seconds_faults("heartbeat", heartbeat, MAX_SECONDS)]
    if not faults and isinstance(timeout, int) and isinstance(heartbeat, int) and heartbeat >= timeout:
        faults.append(f"heartbeat ({heartbeat}) must be smaller than timeout ({timeout})")
    return faults + text_faults("role", role)


def memory_faults(memory: object) -> list[str]:
    """What is wrong with the memory of a Lambda function in MB."""
    return [] if memory is None else _integer_faults("memory", memory, *MEMORY_RANGE_MB)


def text_faults(option: str, value: object) -> list[str]:
    """What is wrong with an option that is a text or not given."""
    if value is None or value is UNSET or (isinstance(value, str) and value):
        return []
    return [f"{option} must be a non-empty text, not {value!r}"]


def function_name_faults(name: object) -> list[str]:
    """What is wrong with the name of a Lambda function (letters, digits, ``-`` and ``_``, at most 64)."""
    if name is None:
        return []
    if isinstance(name, str) and 0 < len(name) <= 64 and name.isascii() and name.translate(_NAME_MARKS).isalnum():
        return []
    return [f"name must be 1 to 64 letters, digits, - and _, not {name!r}"]


_NAME_MARKS: Final = str.maketrans({"-": "a", "_": "a"})


def workflow_faults(timeout: object, type: object, name: object, comment: object, lambda_retry: object) -> list[str]:
    """What is wrong with the options of `@workflow`."""
    faults = _seconds_faults("timeout", timeout, MAX_SECONDS)
    if type not in WORKFLOW_TYPES:
        faults.append(f'type must be "STANDARD" or "EXPRESS", not {type!r}')
    if name is not None and not (
        isinstance(name, str) and 0 < len(name) <= MAX_NAME_CHARS and not _REFUSED_NAME_CHARS.intersection(name)
    ):
        faults.append(f"name must be 1 to {MAX_NAME_CHARS} characters without blanks and marks, not {name!r}")
    if comment is not None and not isinstance(comment, str):
        faults.append(f"comment must be a text, not {comment!r}")
    return faults + retry_faults(lambda_retry, "lambda_retry")


def _matches(on: object) -> tuple[Any, ...]:
    if isinstance(on, (list, tuple)):
        return tuple(on)
    return (on,)


def _match_faults(matches: Iterable[object]) -> list[str]:
    listed = list(matches)
    if not listed:
        return ["on must name at least one exception"]
    return [
        f"on must hold exception classes and error names, not {match!r}"
        for match in listed
        if not (isinstance(match, type) and issubclass(match, BaseException)) and not (isinstance(match, str) and match)
    ]


def _integer_faults(option: str, value: object, low: int, high: int) -> list[str]:
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return []
    return [f"{option} must be an integer from {low} to {high}, not {value!r}"]


def _flag_faults(option: str, value: object) -> list[str]:
    return [] if isinstance(value, bool) else [f"{option} must be True or False, not {value!r}"]


def _seconds_faults(option: str, value: object, high: int) -> list[str]:
    return [] if value is None or value is UNSET else _integer_faults(option, value, 1, high)


def _backoff_faults(backoff: object) -> list[str]:
    if isinstance(backoff, (int, float)) and not isinstance(backoff, bool) and 1 <= backoff < float("inf"):
        return []
    return [f"backoff must be a number of at least 1, not {backoff!r}"]

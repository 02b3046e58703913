"""How an exception is reported to the machine."""

import json
import traceback
from typing import Any

import pytest

from pysfnc import Fail
from pysfnc.lang.exceptions import EXTRA_PREFIX, MAX_EXTRA_CHARS, error_name, reported

HERE = __name__


class Declined(Exception):
    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.handle = object()


class Refused(Declined):
    pass


class Timeout(Exception):
    pass


def report(failure: BaseException, known: tuple[str, ...] = (), depth: int = 0) -> tuple[str, str, list[str]]:
    """(errorType, errorMessage, stackTrace) as the runtime client takes them from the exception."""

    def fall(n: int) -> None:
        if n:
            fall(n - 1) if n % 2 else fall_again(n - 1)
        raise failure

    def fall_again(n: int) -> None:
        fall(n)

    try:
        try:
            fall(depth)
        except BaseException as caught:
            raise reported(caught, known) from None
    except Exception as shown:
        entries = traceback.format_list(traceback.extract_tb(shown.__traceback__))
        return type(shown).__name__, str(shown), entries


def extra(failure: BaseException, known: tuple[str, ...] = ()) -> Any:
    entry = report(failure, known)[2][-1]
    assert entry.startswith(EXTRA_PREFIX) or EXTRA_PREFIX not in entry
    return json.loads(entry.removeprefix(EXTRA_PREFIX)) if entry.startswith(EXTRA_PREFIX) else None


@pytest.mark.parametrize(
    ("failure", "known", "name"),
    [
        (KeyError("x"), (), "KeyError"),
        (KeyError("x"), ("LookupError",), "LookupError"),
        (KeyError("x"), ("LookupError", "KeyError"), "KeyError"),
        (Refused(1, "x"), (f"{HERE}:Declined",), "Declined"),
        (Refused(1, "x"), (), "Refused"),
        (Fail("My.Error", "x"), ("Fail", "Exception"), "My.Error"),
        (Timeout(), ("other:Timeout",), f"{HERE}.Timeout"),
        (Timeout(), ("other:Timeout", "Exception"), "Exception"),
        (SystemExit(3), (), "SystemExit"),
    ],
)
def test_the_name_is_that_of_the_nearest_known_class(failure: BaseException, known: tuple[str, ...], name: str) -> None:
    assert error_name(failure, known) == name
    assert report(failure, known)[:2] == (name, str(failure))


@pytest.mark.parametrize(
    ("failure", "known", "expected"),
    [
        (ValueError("text"), (), None),
        (ValueError(), (), {"args": []}),
        (ValueError(1), (), {"args": [1]}),
        (ValueError("a", {"b": 2.0}), (), {"args": ["a", {"b": 2}]}),
        (KeyError("x"), (), {"args": ["x"]}),
        (KeyError("x"), ("LookupError",), {"args": ["x"], "type": "KeyError"}),
        (ValueError(object), (), {"args": None}),
        (Declined(5, "why"), (), None),
        (Declined(5, "why"), (f"{HERE}:Declined",), {"fields": {"code": 5}}),
        (Refused(5, "why"), (f"{HERE}:Declined",), {"type": "Refused", "fields": {"code": 5}}),
        (Fail("A.B", "c"), (), {"args": ["A.B", "c"], "type": "Fail"}),
        (ValueError("ä\n\x00\U0001f600", 1), (), {"args": ["ä\n\x00\U0001f600", 1]}),
        (ValueError("x" * (MAX_EXTRA_CHARS + 1), 2), (), {"args": None}),
    ],
)
def test_only_what_does_not_follow_travels_in_the_last_entry(
    failure: BaseException, known: tuple[str, ...], expected: Any
) -> None:
    assert extra(failure, known) == expected


def test_the_last_entry_has_one_exact_form() -> None:
    assert report(ValueError(1, "é"))[2][-1] == '  File "pysfnc:exception", line 1, in {"args":[1,"\\u00e9"]}\n'


def test_the_trace_is_kept_short() -> None:
    entries = report(ValueError("x"), depth=300)[2]
    assert len(entries) <= 22
    assert "in fall\n" in entries[-1]


def test_an_exception_that_cannot_be_shown_is_reported_all_the_same() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert report(Broken())[:2] == ("Broken", "<unprintable Broken object>")
    assert report(ValueError("a\ud800"))[1] == "a?"

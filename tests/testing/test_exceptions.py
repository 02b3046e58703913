"""Python exceptions for the errors of a machine."""

import json

import pytest

from pysfnc import Fail
from pysfnc.testing.exceptions import exception_of, name_and_text
from tests.testing import program

FILES = frozenset({program.__file__})


@pytest.mark.parametrize(
    ("error", "cls"),
    [
        ("Rejected", program.Rejected),
        ("Coded", program.Coded),
        ("KeyError", KeyError),
        ("UnicodeDecodeError", UnicodeDecodeError),
        ("OSError", OSError),
        ("States.Timeout", TimeoutError),
        ("States.HeartbeatTimeout", TimeoutError),
        (None, TimeoutError),
    ],
)
def test_known_names_are_their_classes(error: str | None, cls: type[Exception]) -> None:
    made = exception_of(error, "the text", FILES)
    assert isinstance(made, cls)
    assert type(made).__name__ == cls.__name__
    assert (str(made), made.args) == ("the text", ("the text",))


@pytest.mark.parametrize("error", ["Order.Unlucky", "Lambda.Unknown", "SystemExit", "len", "ExceptionGroup", "Unknown"])
def test_other_names_are_fails(error: str) -> None:
    made = exception_of(error, "the text", FILES)
    assert isinstance(made, Fail)
    assert (made.error, made.cause) == (error, "the text")


def test_classes_of_other_programs_are_not_known() -> None:
    assert isinstance(exception_of("Rejected", "", frozenset({"/elsewhere/program.py"})), Fail)


def test_the_text_of_an_exception_from_lambda_is_its_message() -> None:
    cause = json.dumps({"errorMessage": "'tea'", "errorType": "KeyError", "requestId": "1", "stackTrace": []})
    assert str(exception_of("KeyError", cause, FILES)) == "'tea'"


def test_names_and_texts_are_those_of_a_failed_execution() -> None:
    assert name_and_text(KeyError("tea")) == ("KeyError", "'tea'")
    assert name_and_text(Fail("Order.Unlucky", "thirteen")) == ("Order.Unlucky", "thirteen")

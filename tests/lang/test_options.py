"""Options are checked when they are made, all faults at once."""

import copy
import pickle
from typing import Any

import pytest

from pysfnc import Fail, Retry, inline, task, with_options, workflow


def good() -> None: ...


def generator() -> Any:
    yield 1


def refusal(make: Any) -> str:
    with pytest.raises(ValueError, match="is invalid") as caught:
        make()
    return str(caught.value)


def test_retry_reports_all_faults() -> None:
    text = refusal(lambda: Retry(on=(3, ""), interval=0, max_attempts=-1, backoff=0.5, max_delay=0, jitter=1))  # type: ignore[arg-type]
    assert text.startswith("Retry is invalid for 7 reasons: ")
    for part in ("not 3", "not ''", "interval", "max_attempts", "backoff", "max_delay", "jitter"):
        assert part in text


@pytest.mark.parametrize("options", [{"interval": True}, {"interval": 1.5}, {"backoff": float("nan")}, {"on": ()}])
def test_retry_refuses(options: dict[str, Any]) -> None:
    refusal(lambda: Retry(**options))


def test_retry_is_a_frozen_value() -> None:
    retry = Retry(on=[KeyError, "A.B"], interval=2)
    assert retry.on == (KeyError, "A.B")
    assert retry == Retry((KeyError, "A.B"), 2, 3, 2.0)
    assert retry != Retry()
    assert hash(retry) == hash(Retry((KeyError, "A.B"), 2))
    assert copy.deepcopy(retry) == pickle.loads(pickle.dumps(retry)) == retry
    with pytest.raises(AttributeError, match="frozen"):
        retry.interval = 3
    with pytest.raises(AttributeError, match="frozen"):
        del retry.interval


def test_task_reports_all_faults() -> None:
    text = refusal(
        lambda: task(timeout=901, heartbeat=0, memory=64, retry=3, name="a b", role="")(good)  # type: ignore[arg-type]
    )
    assert text.startswith("@task good is invalid for 6 reasons: timeout must be an integer from 1 to 900, not 901; ")


def test_heartbeat_is_smaller_than_timeout() -> None:
    assert "heartbeat (5) must be smaller than timeout (5)" in refusal(lambda: task(timeout=5, heartbeat=5)(good))


def test_retry_lists_name_the_wrong_item() -> None:
    assert "retry[1] must be a Retry, not 'x'" in refusal(lambda: task(retry=[Retry(), "x"])(good))  # type: ignore[list-item]


def test_workflow_reports_all_faults() -> None:
    def bad(event: Any, /, more: Any, *args: Any) -> None: ...

    text = refusal(lambda: workflow(timeout=-1, type="FAST", name="a/b", comment=5, lambda_retry=1)(bad))  # type: ignore[call-overload]
    assert "for 7 reasons" in text
    assert "*args cannot be filled" in text
    assert "must be the only parameter" in text


@pytest.mark.parametrize("decorate", [task, workflow, inline])
@pytest.mark.parametrize("target", [print, int, 3.5, generator, staticmethod(good)])
def test_only_plain_functions_are_decorated(decorate: Any, target: Any) -> None:
    refusal(lambda: decorate(target))


def test_options_go_by_keyword() -> None:
    for decorate in (task, workflow):
        with pytest.raises(TypeError, match="takes its options by keyword"):
            decorate("name")  # type: ignore[call-overload]


def test_a_task_is_no_workflow_and_the_reverse() -> None:
    assert "already a task" in refusal(lambda: workflow(task(good)))
    assert "already a workflow" in refusal(lambda: task(workflow(good)))


def test_with_options_reports_all_faults() -> None:
    text = refusal(lambda: with_options(3, retry=4, timeout=0))  # type: ignore[type-var, arg-type]
    assert text.startswith("with_options() is invalid for 3 reasons: 3 is not callable; ")
    assert "from 1 to 900" in refusal(lambda: with_options(task(good), timeout=1000))
    with_options(good, timeout=1000)


def test_workflow_options_are_kept() -> None:
    machine = workflow(timeout=5, type="EXPRESS", name="My-Machine", comment="c", lambda_retry=None)(good)
    assert (machine.options.timeout, machine.options.type, machine.name) == (5, "EXPRESS", "My-Machine")
    assert machine.options.lambda_retry == ()
    assert workflow(good).name == "good"
    assert repr(workflow(good).options.lambda_retry) == "UNSET"


def test_fail_is_an_exception_with_a_name() -> None:
    failure = Fail("Order.Rejected", "too late")
    assert (failure.error, failure.cause, str(failure)) == ("Order.Rejected", "too late", "too late")
    assert str(Fail("E")) == ""
    again = pickle.loads(pickle.dumps(failure))
    assert (again.error, again.cause) == ("Order.Rejected", "too late")

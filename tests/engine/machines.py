"""Short ways to write machines and the functions they call."""

import threading
import time
from collections.abc import Callable
from typing import Any

from pysfnc.engine import LambdaAnswer, LambdaService, RunResult, VirtualClock, run_machine

START = 1_700_000_000.0


def machine(**states: dict[str, Any]) -> dict[str, Any]:
    """A JSONata machine that starts at the first state."""
    return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}


def flow(**states: dict[str, Any]) -> dict[str, Any]:
    """A branch or a processor that starts at the first state."""
    return {"StartAt": next(iter(states)), "States": states}


def passing(output: object = None, **fields: Any) -> dict[str, Any]:
    """A Pass that ends, unless it has a Next."""
    state: dict[str, Any] = {"Type": "Pass", **fields}
    if output is not None:
        state["Output"] = output
    return state if "Next" in state else {**state, "End": True}


def task(function: str, payload: object = "{% $states.input %}", **fields: Any) -> dict[str, Any]:
    """A Lambda task whose output is the function's answer."""
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": payload},
        "Output": "{% $states.result.Payload %}",
        **fields,
    }
    return state if "Next" in state else {**state, "End": True}


def retrier(*errors: str, **fields: Any) -> dict[str, Any]:
    """A retrier."""
    return {"ErrorEquals": list(errors) or ["States.ALL"], **fields}


def catcher(next_state: str, *errors: str, **fields: Any) -> dict[str, Any]:
    """A catcher."""
    return {"ErrorEquals": list(errors) or ["States.ALL"], "Next": next_state, **fields}


class Functions:
    """Lambda functions by name, each a Python callable; counts and orders the calls.

    A callable returns a payload or a `LambdaAnswer`; an exception becomes an error of its class name.
    """

    def __init__(self, **functions: Callable[[Any], object]) -> None:
        self._functions = functions
        self._lock = threading.Lock()
        self.calls: list[tuple[str, Any]] = []
        self.most_at_once = 0
        self._running = 0

    def invoke(self, function_name: str, payload: object, timeout_s: float | None) -> LambdaAnswer:
        """See `LambdaInvoker.invoke`."""
        with self._lock:
            self.calls.append((function_name, payload))
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
        try:
            answer = self._functions[function_name](payload)
        except Exception as error:
            return LambdaAnswer(error=type(error).__name__, cause=f'{{"errorMessage":"{error}"}}')
        finally:
            with self._lock:
                self._running -= 1
        return answer if isinstance(answer, LambdaAnswer) else LambdaAnswer(payload=answer)


def takes(seconds: float, payload: object = None) -> Callable[[Any], object]:
    """A function that runs for so long in the machine's time."""
    return lambda _: LambdaAnswer(payload=payload, duration_s=seconds)


def sleeps(seconds: float) -> Callable[[Any], object]:
    """A function that really blocks."""

    def function(payload: Any) -> object:
        time.sleep(seconds)
        return payload

    return function


def fails(error: type[Exception] = ValueError, *, times: int = 10**9, then: object = "ok") -> Callable[[Any], object]:
    """A function that fails some times, then answers."""
    left = [times]

    def function(_: Any) -> object:
        if left[0] > 0:
            left[0] -= 1
            raise error("on purpose")
        return then

    return function


def run(
    definition: dict[str, Any], input: object = None, functions: Functions | None = None, **options: Any
) -> RunResult:
    """Run in virtual time from a fixed moment."""
    if not options.get("real_time"):
        options.setdefault("clock", VirtualClock(START))
    service = LambdaService(functions or Functions(), blocking=options.pop("blocking", True))
    return run_machine(definition, {} if input is None else input, tasks=service, seed=1, **options)


def event_types(result: RunResult) -> list[str]:
    """The types of the events, in order."""
    return [str(event["type"]) for event in result.history]

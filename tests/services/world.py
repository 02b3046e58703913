"""Machines that call a mock of AWS."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from pysfnc.engine import LambdaService, RunResult, VirtualClock, run_machine
from pysfnc.services import Mocks, MotoBackend, Recorder, World
from tests.engine.machines import Functions, machine

START = 1_700_000_000.0


def client(name: str) -> Any:
    """A client of the active mock."""
    make: Any = boto3.client
    return make(name, region_name="us-east-1")


def calling(resource: str, arguments: Any, **fields: Any) -> dict[str, Any]:
    """A state that calls a service."""
    arn = f"arn:aws:states:::{resource}"
    state = {"Type": "Task", "Resource": arn, "Arguments": arguments, **fields}
    return state if "Next" in state else {**state, "End": True}


@contextmanager
def world(setup: Callable[[], object] | None = None, **more: Any) -> Iterator[World]:
    """A world with a mock of AWS."""
    made = World(
        LambdaService(Functions(**more.pop("functions", {})), blocking=False), lambda: MotoBackend(setup), **more
    )
    try:
        yield made
    finally:
        made.close()


def run(
    states: dict[str, Any],
    setup: Callable[[], object] | None = None,
    input: Any = None,
    mocks: Mocks | None = None,
    recorder: Recorder | None = None,
    **more: Any,
) -> RunResult:
    """Run a machine with these states."""
    with world(setup, mocks=mocks, recorder=recorder, **more) as made:
        return run_machine(
            machine(**states), {} if input is None else input, tasks=made, listener=made, seed=1,
            clock=VirtualClock(START), validate=False,
        )  # fmt: skip

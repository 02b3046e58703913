"""Brings the functions of a program, the way to AWS and the engine together for one run."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pysfnc.engine import EngineError, Waiting
from pysfnc.services import AwsBackend, Backend, EndpointBackend, Mocks, MotoBackend, Recorder, World

if TYPE_CHECKING:
    from pysfnc.assembly.local import LocalLambda

__all__ = ["AwsChoice", "WorldOptions", "lambda_environment", "world_for"]


@dataclass(frozen=True, slots=True)
class AwsChoice:
    """Where calls of AWS go: "mock" is moto in this process, "endpoint" the URL, "aws" AWS itself.

    setup: makes what the mock holds at first.
    """

    kind: Literal["mock", "endpoint", "aws"] = "mock"
    url: str = ""
    setup: Callable[[], object] | None = None

    def backend(self) -> Backend:
        """Open the way. Raises `EngineError` if there is none."""
        if self.kind == "endpoint":
            return EndpointBackend(self.url)
        return AwsBackend() if self.kind == "aws" else MotoBackend(self.setup)


@dataclass(frozen=True, slots=True)
class WorldOptions:
    """How a run reaches what is outside; see `pysfnc.services.World`.

    is_open: the local endpoint answers for the run even if it has no functions.
    ask: like `on_idle`, with the world.
    """

    aws: AwsChoice = AwsChoice()
    mocks: Mocks | None = None
    recorder: Recorder | None = None
    on_waiting: Callable[[Waiting], None] | None = None
    ask: Callable[[World, list[Waiting]], bool] | None = None
    is_open: bool = False


def lambda_environment(aws: AwsChoice) -> Mapping[str, str]:
    """Variables that make boto3 in the program's functions go where the run's own calls go.

    Callbacks and executions always come to the run.
    """
    from pysfnc.services.endpoint import shared_endpoint

    environment = shared_endpoint().environment()
    if aws.kind != "aws":
        return environment
    own = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    return {**own, "AWS_ENDPOINT_URL_SFN": environment["AWS_ENDPOINT_URL_SFN"]}


@contextmanager
def world_for(functions: "LocalLambda | None", options: WorldOptions) -> Iterator[World]:
    """The world of one run, reachable by the functions through the local endpoint inside the block."""
    world = World(
        functions.service if functions is not None else None,
        options.aws.backend,
        mocks=options.mocks,
        recorder=options.recorder,
        on_waiting=options.on_waiting,
        ask=options.ask,
    )
    with ExitStack() as stack:
        stack.callback(world.close)
        if options.is_open or (functions is not None and functions.is_reachable):
            from pysfnc.services.endpoint import shared_endpoint

            stack.enter_context(shared_endpoint().attached(world))
        if functions is not None and functions.calls_aws:
            # Now, while the environment is that of the run and not that of Lambda code in this process. Without moto,
            # the first call that needs it says so.
            with suppress(EngineError):
                world.backend()
        yield world

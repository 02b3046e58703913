"""Runs the machine of a program of `programs/` in the engine, in the AWS of a scenario."""

import contextlib
from collections.abc import Iterator
from typing import Any

from pysfnc.engine import LambdaService, RunResult
from pysfnc.lang.context import context_object_of
from pysfnc.services import World
from pysfnc.testing.callbacks import answering
from tests.support.direct import DirectInvoker
from tests.support.oracle import Compiled, compile_program, evaluator
from tests.support.program import MAIN, loaded, written
from tests.workflows.aws import FakeAws, fake_aws
from tests.workflows.python import PROGRAMS, shown_context
from tests.workflows.replies import reply_late
from tests.workflows.scenario import Scenario


class FakeBackend:
    """Clients of the default session, behind which the scenario's AWS stands."""

    blocking = False
    is_mock = True

    def client(self, service: str, role_arn: str | None = None) -> Any:
        """See `Backend`."""
        import boto3

        return boto3.client(service)  # type: ignore[call-overload]

    def calls(self) -> contextlib.AbstractContextManager[None]:
        """See `Backend`."""
        return contextlib.nullcontext()

    def forward(self, *_: Any) -> Any:
        """See `Backend`."""
        raise AssertionError("nothing of these programs calls over HTTP")

    def close(self) -> None:
        """See `Backend`."""


def compiled(name: str, optimize: int) -> Compiled:
    """The compiled program."""
    return compile_program((PROGRAMS / f"{name}.py").read_text(), optimize)


def run_as_machine(
    name: str, scenario: Scenario, optimize: int = 1, engine: str = "jlens"
) -> tuple[RunResult, list[tuple[str, dict[str, Any]]]]:
    """The result and the calls of AWS, in their order."""
    program = compiled(name, optimize)
    machine = program.machine(scenario.workflow, scenario.environ)
    others = {other: program.machine(other, scenario.environ) for other in program.result.workflows}
    with _world(name, program, scenario) as (world, aws):
        result = machine.run(
            aws.input,
            tasks=world,
            listener=world,
            objects=world,
            evaluator=evaluator(engine),
            machines=others,
            context=context_object_of(shown_context(machine.name)),
            seed=0,
            history=False,
        )
    return result, aws.calls


@contextlib.contextmanager
def _world(name: str, program: Compiled, scenario: Scenario) -> Iterator[tuple[World, FakeAws]]:
    source = {f"{MAIN}.py": (PROGRAMS / f"{name}.py").read_text()}
    with fake_aws(scenario) as aws, loaded(path := written(source)):
        functions = LambdaService(DirectInvoker(path.parent, program.result.functions), blocking=False)
        world = World(functions, FakeBackend, on_waiting=lambda _: reply_late())
        try:
            with answering(world):
                yield world, aws
        finally:
            world.close()

"""A local Lambda for the functions of a program, in the shape that the engine calls."""

import math
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from pysfnc.assembly.plan import build_plan
from pysfnc.engine import LambdaAnswer, LambdaService
from pysfnc.functions import deployed
from pysfnc.lambdas import InProcessPool, LocalFunction, WorkerPool
from pysfnc.packaging import Target
from pysfnc.packaging.bundle import build_lambda_zip

if TYPE_CHECKING:
    from pysfnc.driver import CompileResult

__all__ = ["LocalLambda", "local_lambda"]

Mode = Literal["workers", "in-process"]


class LocalLambda:
    """Runs the functions of a program; a `LambdaInvoker` that also adds up the time they ran.

    Attributes:
        service: answers the Task states of the program's machines.
        names: placeholder in the definition -> name to fill in.
        is_reachable: whether there are functions, whose code may ask the run for something.
        calls_aws: whether that code may call AWS.
    """

    def __init__(
        self,
        pool: InProcessPool | WorkerPool | None,
        names: Mapping[str, str],
        memory_mb: Mapping[str, int],
        *,
        blocking: bool,
        calls_aws: bool = False,
    ) -> None:
        self._pool = pool
        self.calls_aws = calls_aws
        self._memory_mb = memory_mb
        self._lock = threading.Lock()
        self._gb_seconds = 0.0
        self.names = dict(names)
        self.is_reachable = pool is not None
        self.service = LambdaService(self, blocking=blocking)

    @property
    def gb_seconds(self) -> float:
        """What Lambda would bill for so far: each run in steps of 1 ms, times the memory of its function in GB."""
        return self._gb_seconds

    def invoke(self, function_name: str, payload: object, timeout_s: float | None) -> LambdaAnswer:
        """Run a function; see `pysfnc.engine.LambdaInvoker`."""
        if self._pool is None:
            raise LookupError(f"no function of the program runs in Lambda, and {function_name} is none of them")
        answer = self._pool.invoke(function_name, payload, timeout_s)
        with self._lock:
            billed_s = math.ceil(answer.duration_s * 1000) / 1000
            self._gb_seconds += billed_s * self._memory_mb.get(function_name, 0) / 1024
        is_late = timeout_s is not None and answer.error == "Sandbox.Timedout" and answer.duration_s >= timeout_s
        return LambdaAnswer(answer.payload, answer.error, answer.cause, answer.duration_s, is_late)


@contextmanager
def local_lambda(
    result: "CompileResult", mode: Mode, environment: Mapping[str, str | None], shared: Mapping[str, str] | None = None
) -> Iterator[LocalLambda]:
    """Build the zip of a program for this interpreter and run it until the end of the block.

    Args:
        mode: "workers" for processes with AWS's runtime client, "in-process" for speed.
        environment: values of the program's deployment parameters; None for one that has none.
        shared: further variables for all functions.

    Raises:
        PackagingFailed: the zip cannot be built.
    """
    functions = deployed(result.functions, result.source.path)
    names = {function.placeholder: function.name or function.placeholder for function in functions}
    if not functions:
        yield LocalLambda(None, names, {}, blocking=False)
        return
    local = [
        LocalFunction(
            names[function.placeholder],
            {name: value for name in function.environment if (value := environment.get(name)) is not None},
            function.timeout_s,
            function.memory_mb,
        )
        for function in functions
    ]
    with TemporaryDirectory(prefix="pysfnc-") as folder:
        zip_path = Path(folder, "functions.zip")
        plan = build_plan(result, Target.local())
        build_lambda_zip(plan, zip_path)
        pool = WorkerPool(zip_path, local, shared) if mode == "workers" else InProcessPool(zip_path, local, shared)
        with pool:
            memory_mb = {function.name: function.memory_mb for function in local}
            yield LocalLambda(
                pool, names, memory_mb, blocking=mode == "workers", calls_aws=_may_call_aws(plan.modules.values())
            )


def _may_call_aws(modules: Iterable[Path]) -> bool:
    """Does any module name the AWS SDK? Packages that use it themselves are beyond knowing, and rare."""
    return any("boto" in module.read_text(encoding="utf-8", errors="replace") for module in modules)

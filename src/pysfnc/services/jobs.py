"""`.sync`: starting a job, looking whether it has ended, stopping it.

Owns: following the rows of `pysfnc.aws.optimised`. Does not own: time (the engine looks when it is time to look).

Facts: "Run a job" of the AWS docs: Step Functions follows a job through events and by looking at growing intervals; a
job that failed fails the task with `States.TaskFailed` and the job's description as cause (recorded answers).
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from pysfnc.asl.names import TASK_FAILED
from pysfnc.aws import Job, answer_to_asl, service
from pysfnc.aws.job_paths import at, filled, has_bad_exit
from pysfnc.engine import Done, EngineError, Pending, TaskCall, TaskFailure
from pysfnc.engine.values import encode
from pysfnc.services.calls import AwsCall, call_of, finished
from pysfnc.services.invoking import Invoke

__all__ = ["start_job"]

_GONE: Final = frozenset({"ResourceNotFoundException", "NotFoundException", "ValidationException"})
LOOK_S: Final = 10.0
"""Seconds between two looks at a job. AWS says no more than that it polls."""

MAX_LOOKS: Final = 10_000
"""A mock whose jobs never end must not keep a machine in virtual time for ever."""


def start_job(invoke: Invoke, call: TaskCall) -> Pending:
    """Start the job of a `.sync` task. Raises `TaskFailure`, `EngineError`."""
    made = call_of(call)
    entry = made.entry
    assert entry is not None and entry.job is not None
    arguments = made.arguments()
    started = made.invoke(invoke, arguments)
    answer = started.value
    if entry.job.refusal is not None and at(answer, entry.job.refusal[1]):
        # AWS docs, "Run Amazon ECS/Fargate tasks": only the job pattern looks at failures.
        raise TaskFailure(entry.job.refusal[0], encode(answer_to_asl(made.operation.output, answer, "api")))
    followed = _Followed(invoke, made, entry.job, {"arguments": arguments, "answer": answer})
    return Pending(
        finished(entry, arguments, made.result(answer)),
        poll=followed.look,
        every_s=LOOK_S,
        cancel=followed.cancel,
        duration_s=started.duration_s,
    )


@dataclasses.dataclass
class _Followed:
    """A job that was started.

    known: the arguments it was started with and the answer, in boto3's form.
    """

    invoke: Invoke
    made: AwsCall
    job: Job
    known: Mapping[str, Any]
    looks: int = 0

    def look(self) -> Done | None:
        """The job's result; None if it goes on. Raises `TaskFailure` if it failed."""
        self.looks += 1
        if self.looks > MAX_LOOKS:
            raise EngineError(f"the job of state '{self.made.call.state_name}' does not end; give the task a timeout")
        try:
            arguments = filled(self.job.arguments, self.known)
            described = self.made.invoke_other(self.invoke, self.job.describe, arguments).value
        except TaskFailure as failure:
            if not self.job.succeeded and (failure.error or "").rpartition(".")[2] in _GONE:
                return Done({})
            raise
        found = at(described, self.job.job)
        status = at(found, self.job.status)
        if status in self.job.failed or (status in self.job.succeeded and has_bad_exit(found)):
            raise TaskFailure(TASK_FAILED, encode(self._result(described)))
        return Done(self._result(described)) if status in self.job.succeeded else None

    def _result(self, described: Mapping[str, Any]) -> object:
        output = service(self.made.operation.service.name).operation(self.job.describe).output
        result: Any = answer_to_asl(output, described, "api")
        for part in filter(None, self.job.job.split(".")):
            result = result[int(part)] if part.isdigit() else result[part[:1].upper() + part[1:]]
        member = self.job.member
        return {member[:1].upper() + member[1:]: result} if member else result

    def cancel(self) -> None:
        """Try to stop the job; nobody hears of it if that fails."""
        if self.job.cancel is None:
            return
        method, arguments = self.job.cancel
        try:
            self.made.invoke_other(self.invoke, method, filled(arguments, self.known))
        except (TaskFailure, EngineError):
            return

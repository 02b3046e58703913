"""Task: calls the world.

Owns: arguments, timeouts and events of a call. Does not own: the call itself (engine/tasks.py), retries and catchers
(handling.py).

Facts: "Task workflow state" of the AWS docs; histories, timeouts and oversized results are recorded answers.
"""

from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Final

from pysfnc.asl.names import RUNTIME, TIMEOUT
from pysfnc.engine.callbacks import Answered, Beat, Refused, Waiting
from pysfnc.engine.children import is_step_functions, local_answer
from pysfnc.engine.clock import Clock
from pysfnc.engine.errors import EngineError, StateFailure, TaskFailure, TaskTimedOut, UnsupportedError
from pysfnc.engine.execution import Branch, Execution, check_size
from pysfnc.engine.scheduler import LATE, Await, Done, Inbox, Request, Work
from pysfnc.engine.states.base import Source
from pysfnc.engine.states.handling import HandlingState
from pysfnc.engine.tasks import Pending, Resource, TaskCall, resource_of
from pysfnc.engine.templates import Template, wrong_type
from pysfnc.engine.values import Data

_NEVER: Final = float("inf")


class TaskState(HandlingState):
    """Calls a Lambda function or an AWS operation."""

    kind = "Task"
    abort_event = "TaskStateAborted"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        arn = source.text("Resource") or ""
        resource = resource_of(arn)
        if resource is None:
            raise EngineError(f"state '{source.name}': '{arn}' is not a resource that Step Functions knows")
        if resource.service == "activity":
            raise UnsupportedError("an activity", source.name)
        self.resource: Resource = resource
        self.arguments = source.template("Arguments")
        self.timeout = source.template("TimeoutSeconds")
        self.heartbeat = source.template("HeartbeatSeconds")
        self.credentials = source.template("Credentials")
        self.note_context(self.arguments, self.timeout, self.heartbeat, self.credentials)

    def attempt(self, run: Execution, branch: Branch, data: Data, retries: int) -> Generator[Request, Any, Data]:
        """See `HandlingState.attempt`."""
        inbox = self._inbox(run, branch, data, retries)
        begun = run.clock.now()
        call, sent = self._prepared(run, branch, data, retries)
        events = _Events(run, branch, self.resource)
        events.scheduled(call, sent)
        if self.resource.is_lambda:
            run.lambda_invocations += 1
        try:
            answer = yield from self._submitted(run, call, inbox)
            if isinstance(answer, Pending):
                if answer.submitted is not None:
                    events.submitted(answer)
                answer = yield from self._awaited(run, call, inbox, answer, begun)
        except TaskTimedOut:
            events.timed_out()
            raise StateFailure(TIMEOUT, None, self.name) from None
        except TaskFailure as failure:
            return self._failed(run, branch, events, failure)
        finally:
            if branch.token is not None and run.host is not None:
                run.host.tokens.close(branch.token)
        return self._succeeded(branch, events, answer)

    def _inbox(self, run: Execution, branch: Branch, data: Data, retries: int) -> Inbox:
        """The inbox of this attempt; with a token of its own where the pattern has one."""
        if run.host is None or not self.resource.pattern:
            return Inbox()
        branch.token, inbox = run.host.tokens.new(str(run.execution_name), self.name)
        run.show(branch, self, data, retries)
        return inbox

    def _submitted(self, run: Execution, call: TaskCall, inbox: Inbox) -> Generator[Request, Any, object]:
        """Make the call, here if it is one of Step Functions about this run."""
        if run.host is not None and is_step_functions(call.service):
            answer = local_answer(run.host, call, inbox)
            if answer is not None:
                return answer
        service = run.tasks
        blocks = getattr(service, "blocks", None)
        blocking = bool(blocks(call)) if blocks is not None else bool(getattr(service, "blocking", True))
        return (yield Work(lambda: _as_done(service.call(call)), call.timeout_s, blocking))

    def _awaited(
        self, run: Execution, call: TaskCall, inbox: Inbox, pending: Pending, begun: float
    ) -> Generator[Request, Any, object]:
        """Wait until the token is answered, the job has ended or the time is over."""
        if run.host is not None and call.pattern == "waitForTaskToken":
            run.host.tokens.wait(_waiting(run, call))
        deadline = _NEVER if call.timeout_s is None else begun + call.timeout_s
        try:
            return (yield from _outcome(run.clock, call, inbox, pending, deadline))
        except (TaskTimedOut, GeneratorExit):
            # AWS docs, "Run a Job": when the task ends without its job, Step Functions tries to stop the job.
            if pending.cancel is not None:
                pending.cancel()
            raise

    def _prepared(self, run: Execution, branch: Branch, data: Data, retries: int) -> tuple[TaskCall, Data]:
        variables = branch.scope.values
        sent = self.arguments_of(run, branch, data)
        credentials = None if self.credentials is None else self.credentials.evaluate(run, variables)
        call = TaskCall(
            resource=self.resource.arn,
            service=self.resource.service,
            action=self.resource.action,
            pattern=self.resource.pattern,
            arguments=sent.value,
            timeout_s=self._seconds(run, branch, self.timeout, "TimeoutSeconds"),
            heartbeat_s=self._seconds(run, branch, self.heartbeat, "HeartbeatSeconds"),
            state_name=self.name,
            context=run.context(self, retries, branch.token),
            attempt=retries,
            token=branch.token,
            credentials=credentials if isinstance(credentials, dict) else None,
        )
        if sent is not data:
            check_size(sent, self.name, self.name)
        return call, sent

    def arguments_of(self, run: Execution, branch: Branch, data: Data) -> Data:
        """What the call is given: Arguments, or the input. Raises `EvaluationFailure`."""
        return data if self.arguments is None else Data.of(self.arguments.evaluate(run, branch.scope.values))

    def _seconds(self, run: Execution, branch: Branch, template: Template | None, field: str) -> float | None:
        if template is None:
            return None
        value = template.evaluate(run, branch.scope.values)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 1:
            raise wrong_type(template, field, "integer", value)
        return int(value)

    def _failed(self, run: Execution, branch: Branch, events: "_Events", failure: TaskFailure) -> Data:
        if failure.error == RUNTIME:
            # What an integration refuses before the call has no TaskFailed event (recorded answer).
            raise StateFailure(RUNTIME, run.framed(branch, self, failure.cause or ""), self.name)
        events.failed(failure)
        raise StateFailure(failure.error, failure.cause, self.name)

    def _succeeded(self, branch: Branch, events: "_Events", value: object) -> Data:
        try:
            # A copy: what the service returned is its own and may change later.
            result = Data.copy_of(value)
        except (TypeError, ValueError) as error:
            raise EngineError(f"state '{self.name}': the result of {self.resource.arn} is not JSON: {error}") from error
        events.succeeded(result)
        check_size(result, self.resource.arn if self.resource.is_function else self.resource.service, self.name)
        return result


def _outcome(
    clock: Clock, call: TaskCall, inbox: Inbox, pending: Pending, deadline: float
) -> Generator[Request, Any, object]:
    """What a pending task comes to. Raises `TaskFailure`, and `TaskTimedOut` at the deadline or for a lost heartbeat."""
    beat = _NEVER if call.heartbeat_s is None else clock.now() + call.heartbeat_s
    look = _NEVER if pending.poll is None else clock.now()
    while True:
        event = yield Await(inbox, min(deadline, beat, look))
        now = clock.now()
        if isinstance(event, Answered):
            return event.value
        if isinstance(event, Refused):
            raise TaskFailure(event.error, event.cause)
        if isinstance(event, Beat):
            beat = _NEVER if call.heartbeat_s is None else now + call.heartbeat_s
        elif event is not LATE:
            assert pending.finish is not None
            return pending.finish(event)
        elif now >= min(deadline, beat):
            raise TaskTimedOut
        elif pending.poll is not None:
            done: Done | None = yield Work(partial(_looked, pending.poll), None, True)
            if done is not None:
                return done.value
            look = clock.now() + pending.every_s


def _looked(poll: Callable[[], Done | None]) -> Done:
    return Done(poll())


def _as_done(answer: object) -> Done:
    if isinstance(answer, Done):
        return answer
    return Done(answer, answer.duration_s if isinstance(answer, Pending) else 0.0)


def _waiting(run: Execution, call: TaskCall) -> Waiting:
    return Waiting(call.token or "", call.state_name, str(run.execution_name), call.resource, call.arguments)


class _Events:
    """The events of one attempt, in either of AWS's two vocabularies:

    LambdaFunction... for a function ARN, else Task...
    """

    __slots__ = ("_branch", "_common", "_prefix", "_run")

    def __init__(self, run: Execution, branch: Branch, resource: Resource) -> None:
        self._run = run
        self._branch = branch
        self._prefix = "LambdaFunction" if resource.is_function else "Task"
        self._common: dict[str, object] = (
            {} if resource.is_function else {"resourceType": resource.service, "resource": resource.event_resource}
        )

    def _add(self, suffix: str, **details: object) -> None:
        kept = {name: value for name, value in details.items() if value is not None}
        self._branch.last = self._run.history.add(self._prefix + suffix, self._branch.last, {**self._common, **kept})

    def scheduled(self, call: TaskCall, sent: Data) -> None:
        credentials = None
        if call.credentials is not None:
            credentials = {"roleArn": call.credentials.get("RoleArn")}
        if self._common:
            described: dict[str, object] = {"region": "us-east-1", "parameters": sent.text}
        else:
            described = {"resource": call.resource, "input": sent.text}
        self._add(
            "Scheduled",
            **described,
            timeoutInSeconds=call.timeout_s,
            heartbeatInSeconds=call.heartbeat_s,
            taskCredentials=credentials,
        )
        self._add("Started")

    def submitted(self, pending: Pending) -> None:
        self._add("Submitted", output=Data.of(pending.submitted).text)

    def succeeded(self, result: Data) -> None:
        self._add("Succeeded", output=result.text)

    def failed(self, failure: TaskFailure) -> None:
        self._add("Failed", error=failure.error, cause=failure.cause)

    def timed_out(self) -> None:
        self._add("TimedOut", error=TIMEOUT)

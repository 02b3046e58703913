"""Task: calls the world.

Owns: arguments, timeouts and events of a call. Does not own: the call itself (engine/tasks.py), retries and catchers
(handling.py).

Facts: "Task workflow state" of the AWS docs; histories, timeouts and oversized results are recorded answers.
"""

from collections.abc import Generator
from typing import Any

from pysfnc.asl.names import RUNTIME, TIMEOUT
from pysfnc.engine.errors import EngineError, StateFailure, TaskFailure, TaskTimedOut, UnsupportedError
from pysfnc.engine.execution import Branch, Execution, check_size
from pysfnc.engine.scheduler import Done, Request, Work
from pysfnc.engine.states.base import Source
from pysfnc.engine.states.handling import HandlingState
from pysfnc.engine.tasks import Job, Resource, TaskCall, resource_of
from pysfnc.engine.templates import Template, wrong_type
from pysfnc.engine.values import Data


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
        if resource.pattern == "waitForTaskToken":
            raise UnsupportedError("'.waitForTaskToken'", source.name)
        self.resource: Resource = resource
        self.arguments = source.template("Arguments")
        self.timeout = source.template("TimeoutSeconds")
        self.heartbeat = source.template("HeartbeatSeconds")
        self.credentials = source.template("Credentials")
        self.note_context(self.arguments, self.timeout, self.heartbeat, self.credentials)

    def attempt(self, run: Execution, branch: Branch, data: Data, retries: int) -> Generator[Request, Any, Data]:
        """See `HandlingState.attempt`."""
        call, sent = self._prepared(run, branch, data, retries)
        events = _Events(run, branch, self.resource)
        events.scheduled(call, sent)
        if self.resource.is_lambda:
            run.lambda_invocations += 1
        answers: list[object] = []
        service = run.tasks

        def work() -> Done:
            answer = service.call(call)
            answers.append(answer)
            if isinstance(answer, Done):
                return answer
            return Done(answer.value, answer.duration_s) if isinstance(answer, Job) else Done(answer)

        try:
            value = yield Work(work, call.timeout_s, getattr(service, "blocking", True))
        except TaskTimedOut:
            events.timed_out()
            raise StateFailure(TIMEOUT, None, self.name) from None
        except TaskFailure as failure:
            return self._failed(run, branch, events, failure)
        if answers and isinstance(answers[0], Job):
            events.submitted(answers[0])
        return self._succeeded(branch, events, value)

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
            context=run.context(self, retries),
            attempt=retries,
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

    def submitted(self, job: Job) -> None:
        self._add("Submitted", output=Data.of(job.submitted).text)

    def succeeded(self, result: Data) -> None:
        self._add("Succeeded", output=result.text)

    def failed(self, failure: TaskFailure) -> None:
        self._add("Failed", error=failure.error, cause=failure.cause)

    def timed_out(self) -> None:
        self._add("TimedOut", error=TIMEOUT)

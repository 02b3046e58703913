"""The Step Functions API, as far as a local run has it: for machines that call it, for Lambda functions and tests.

Owns: the operations in boto3's form. Does not own: executions (host.py), tokens (callbacks.py), how a call comes here
(states/task.py from a machine, the local endpoint from everything else).

Facts: the API reference; texts are recorded answers where there are any.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pysfnc.asl.limits import MAX_PAYLOAD_BYTES
from pysfnc.engine.callbacks import ApiError, Waiting
from pysfnc.engine.errors import ExecutionStopped
from pysfnc.engine.host import Host, Record, machine_arn
from pysfnc.engine.scheduler import Pause, Steps, Strand, Unjoined
from pysfnc.engine.values import Data, size_bytes

Json = dict[str, Any]


class StepFunctionsApi:
    """The API of one run. Operations are called by the names of boto3's methods and take and give what those do."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def operations(self) -> frozenset[str]:
        """The methods of a boto3 client that work here."""
        return frozenset(_OPERATIONS)

    def knows(self, arguments: Mapping[str, Any]) -> bool:
        """Are these arguments about something of this run: a machine, an execution or a token?"""
        machine = arguments.get("stateMachineArn")
        if machine is not None:
            return _machine_name(str(machine)) in self._host.machines
        execution = arguments.get("executionArn")
        if execution is not None:
            return execution in self._host.records
        token = arguments.get("taskToken")
        return token is not None and self._host.tokens.knows(str(token))

    def waiting(self) -> list[Waiting]:
        """Tasks that wait for their tokens."""
        return self._host.tokens.waiting()

    def call(self, method: str, arguments: Mapping[str, Any]) -> Json:
        """Call an operation, from any thread. Raises `ApiError`."""
        operation = _OPERATIONS.get(method)
        if operation is None:
            raise ApiError("UnknownOperationException", f"the local engine does not have {method}")
        with self._host.scheduler.inside():
            try:
                return operation(self, arguments)
            except KeyError as missing:
                name = missing.args[0]
                message = f"1 validation error detected: Value null at '{name}' failed to satisfy constraint: "
                raise ApiError("ValidationException", f"{message}Member must not be null") from None

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something when that much of the machine's time has passed."""

        def steps() -> Steps:
            yield Pause(self._host.clock.now() + seconds)
            action()
            return Data.of(None)

        strand = Strand(0)
        strand.steps = steps()
        with self._host.scheduler.inside():
            self._host.scheduler.spawn(strand, Unjoined())

    def _send_task_success(self, given: Mapping[str, Any]) -> Json:
        self._host.tokens.succeed(given["taskToken"], given["output"])
        return {}

    def _send_task_failure(self, given: Mapping[str, Any]) -> Json:
        self._host.tokens.fail(given["taskToken"], given.get("error"), given.get("cause"))
        return {}

    def _send_task_heartbeat(self, given: Mapping[str, Any]) -> Json:
        self._host.tokens.beat(given["taskToken"])
        return {}

    def _start_execution(self, given: Mapping[str, Any]) -> Json:
        record = self.started(given["stateMachineArn"], given.get("input", "{}"), given.get("name"))
        return {"executionArn": record.arn, "startDate": _moment(record.begun)}

    def started(self, machine: str, input: str, name: str | None) -> Record:
        """Start an execution. `input`: JSON text. Raises `ApiError`."""
        found = self._host.machines.get(_machine_name(machine))
        if found is None:
            raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{machine}'")
        try:
            data = Data.copy_of(json.loads(input))
        except ValueError:
            raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{input}'") from None
        if size_bytes(data.text) > MAX_PAYLOAD_BYTES:
            raise ApiError("InvalidExecutionInput", f"its size exceeds {MAX_PAYLOAD_BYTES} bytes")
        return self._host.start(found, data, name)

    def _describe_execution(self, given: Mapping[str, Any]) -> Json:
        return description(self._record(given["executionArn"]))

    def _stop_execution(self, given: Mapping[str, Any]) -> Json:
        record = self._record(given["executionArn"])
        stopped = ExecutionStopped("ABORTED", "ExecutionAborted", given.get("error"), given.get("cause"), 0)
        # Later, as the caller may be a state of that execution, which cannot end in the middle of its work.
        self._host.scheduler.post(lambda: self._host.stop(record, stopped))
        return {"stopDate": _moment(self._host.clock.now())}

    def _get_execution_history(self, given: Mapping[str, Any]) -> Json:
        events = [
            {**event, "timestamp": datetime.fromisoformat(str(event["timestamp"]))}
            for event in self._record(given["executionArn"]).run.history.events()
        ]
        if given.get("reverseOrder"):
            events.reverse()
        return _page("events", events, given)

    def _list_executions(self, given: Mapping[str, Any]) -> Json:
        name, wanted = _machine_name(given["stateMachineArn"]), given.get("statusFilter")
        if name not in self._host.machines:
            message = f"State Machine Does Not Exist: '{given['stateMachineArn']}'"
            raise ApiError("StateMachineDoesNotExist", message)
        found = [
            _summary(record)
            for record in reversed(self._host.records.values())
            if record.machine.name == name and wanted in (None, record.status)
        ]
        return _page("executions", found, given)

    def _list_state_machines(self, given: Mapping[str, Any]) -> Json:
        found = [
            {"name": name, "stateMachineArn": machine_arn(name), "type": machine.type}
            for name, machine in sorted(self._host.machines.items())
        ]
        return _page("stateMachines", found, given)

    def _record(self, arn: str) -> Record:
        record = self._host.records.get(arn)
        if record is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return record


def _page(member: str, items: list[Json], given: Mapping[str, Any]) -> Json:
    begin = int(given.get("nextToken") or 0)
    end = begin + int(given.get("maxResults") or 1000)
    page: Json = {member: items[begin:end]}
    if end < len(items):
        page["nextToken"] = str(end)
    return page


_OPERATIONS: Final[Mapping[str, Callable[[StepFunctionsApi, Mapping[str, Any]], Json]]] = {
    "describe_execution": StepFunctionsApi._describe_execution,
    "get_execution_history": StepFunctionsApi._get_execution_history,
    "list_executions": StepFunctionsApi._list_executions,
    "list_state_machines": StepFunctionsApi._list_state_machines,
    "send_task_failure": StepFunctionsApi._send_task_failure,
    "send_task_heartbeat": StepFunctionsApi._send_task_heartbeat,
    "send_task_success": StepFunctionsApi._send_task_success,
    "start_execution": StepFunctionsApi._start_execution,
    "stop_execution": StepFunctionsApi._stop_execution,
}


def _machine_name(arn: str) -> str:
    """The name in the ARN of a machine, with or without a version or alias, or the name itself."""
    parts = arn.split(":")
    return parts[6] if len(parts) > 6 else arn


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds, 3), UTC)


def _summary(record: Record) -> Json:
    summary: Json = {
        "executionArn": record.arn,
        "stateMachineArn": machine_arn(record.machine.name),
        "name": record.name,
        "status": record.status,
        "startDate": _moment(record.begun),
    }
    if record.ended is not None:
        summary["stopDate"] = _moment(record.ended)
    return summary


def description(record: Record) -> Json:
    """What DescribeExecution answers."""
    described = {
        **_summary(record),
        "input": record.input.text,
        "inputDetails": {"included": True},
    }
    if record.output is not None and record.status == "SUCCEEDED":
        described |= {"output": record.output.text, "outputDetails": {"included": True}}
    for name, value in (("error", record.error), ("cause", record.cause)):
        if value is not None:
            described[name] = value
    if record.status != "RUNNING":
        is_redrivable = record.status != "SUCCEEDED"
        described |= {"redriveCount": 0, "redriveStatus": "REDRIVABLE" if is_redrivable else "NOT_REDRIVABLE"}
        if not is_redrivable:
            described["redriveStatusReason"] = "Execution is SUCCEEDED and cannot be redriven"
    return described

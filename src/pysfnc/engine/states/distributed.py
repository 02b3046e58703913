"""Distributed Map: each item, or batch of items, is an execution of its own.

Owns: items, batches, children and tolerance. Does not own: datasets (engine/readers.py), the form of results
(engine/map_results.py), executions (engine/host.py).

Facts: "Using Map state in Distributed mode" of the AWS docs; histories, causes and batches are recorded answers, tolerance was measured.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pysfnc.asl.limits import MAX_EXPRESS_SECONDS, MAX_PAYLOAD_BYTES
from pysfnc.asl.names import RUNTIME, TOLERATED_FAILURE_EXCEEDED
from pysfnc.engine.errors import EngineError, ExecutionStopped, StateFailure, UnsupportedError
from pysfnc.engine.execution import Branch, Execution, Flow, check_size
from pysfnc.engine.host import Host, Record, map_run_arn
from pysfnc.engine.map_results import Writer, WriterFailed, result_of
from pysfnc.engine.readers import Item, Reader, ReaderFailed, state_items
from pysfnc.engine.scheduler import Await, Inbox, Request
from pysfnc.engine.states.base import Source
from pysfnc.engine.states.fanout import FlowMaker, MapState
from pysfnc.engine.templates import Template, prepare, wrong_type
from pysfnc.engine.values import Data, encode, size_bytes

MAX_CHILDREN: Final = 10_000
READER_FAILED: Final = "States.ItemReaderFailed"
WRITER_FAILED: Final = "States.ResultWriterFailed"
EXCEEDED: Final = "The specified tolerated failure threshold was exceeded"
_NEVER: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Processor:
    """What a child executes; in the shape that `Host.start` takes for a machine."""

    name: str
    type: str
    flow: Flow
    timeout_s: float | None


@dataclass(frozen=True, slots=True)
class _Given:
    """The input of a child, and of how many items it is."""

    data: Data
    items: int


class DistributedMapState(MapState):
    """Starts an execution for each item or batch; the result is the array of their outputs, or where it was written."""

    def __init__(self, source: Source, make_flow: FlowMaker) -> None:
        super().__init__(source, make_flow)
        definition = source.definition
        processor = definition["ItemProcessor"]
        assert isinstance(processor, dict)
        self.execution_type = str(processor["ProcessorConfig"].get("ExecutionType", "STANDARD"))
        self.label = source.text("Label")
        self.reader = _prepared(source, "ItemReader")
        self.batcher = _prepared(source, "ItemBatcher")
        self.writer = _prepared(source, "ResultWriter")
        self.note_context(self.reader, self.batcher, self.writer)

    def attempt(self, run: Execution, branch: Branch, data: Data, retries: int) -> Generator[Request, Any, Data]:
        """See `HandlingState.attempt`."""
        host = run.host
        if host is None:
            raise UnsupportedError("a distributed Map that is tried alone", self.name)
        reader = self._reader_of(run, branch)
        items = [] if reader is not None else state_items(self.items_of(run, branch, data))
        limit = self.concurrency_of(run, branch) or MAX_CHILDREN
        writer = Writer.of(self._evaluated(run, branch, self.writer))
        batcher = self._evaluated(run, branch, self.batcher)
        branch.last = run.history.add("MapStateStarted", branch.last, {"length": len(items)})
        tolerance = self._tolerance_of(run, branch)
        label = self.label or host.new_name()
        arn = map_run_arn(run, label, host.new_name())
        started = branch.last = run.history.add("MapRunStarted", branch.last, {"mapRunArn": arn})
        try:
            if reader is not None:
                items = reader.items(host.objects, self.name)
            given = self._given(run, branch, data, retries, items, reader, batcher)
            children = yield from self._children(run, host, label, given, limit, tolerance.of(len(items)))
            result = Data.of(result_of(writer, children, arn, host.objects))
        except (ReaderFailed, WriterFailed) as failure:
            error = READER_FAILED if isinstance(failure, ReaderFailed) else WRITER_FAILED
            raise self._failed(run, branch, error, str(failure)) from None
        except _Exceeded:
            raise self._failed(run, branch, TOLERATED_FAILURE_EXCEEDED, EXCEEDED) from None
        check_size(result, self.name, self.name)
        succeeded = run.history.add("MapRunSucceeded", started)
        run.history.add("MapStateSucceeded", succeeded)
        return result

    def items_of(self, run: Execution, branch: Branch, data: Data) -> list[object]:
        """What is iterated over: an array or, in this mode, an object."""
        value = data.value if self.items is None else self.items.evaluate(run, branch.scope.values)
        if isinstance(value, dict) and self.items is not None:
            return value  # type: ignore[return-value]  # `state_items` takes both
        return super().items_of(run, branch, data)

    # Fields

    def _evaluated(self, run: Execution, branch: Branch, template: Template | None) -> dict[str, Any] | None:
        if template is None:
            return None
        value = template.evaluate(run, branch.scope.values)
        assert isinstance(value, dict)
        return value

    def _reader_of(self, run: Execution, branch: Branch) -> Reader | None:
        given = self._evaluated(run, branch, self.reader)
        if given is None:
            return None
        config = given.get("ReaderConfig") or {}
        limit = config.get("MaxItems", 0)
        if isinstance(limit, bool) or not isinstance(limit, int | float) or limit != int(limit):
            assert self.reader is not None
            raise wrong_type(self.reader, "ItemReader/ReaderConfig/MaxItems", "integer", limit)
        return Reader(str(given.get("Resource")), given.get("Arguments") or {}, config, int(limit))

    def _tolerance_of(self, run: Execution, branch: Branch) -> "_Tolerance":
        found = self.thresholds_of(run, branch)
        count = found.get("toleratedFailureCount", 0)
        percentage = found.get("toleratedFailurePercentage", 0)
        fault = "ToleratedFailureCount cannot be negative." if count < 0 else None
        if not 0 <= percentage <= 100:
            fault = "ToleratedFailurePercentage must be between 0 and 100."
        if fault is not None:
            # Recorded answer: nothing catches it, and the state has no event of its failure.
            cause = run.framed(branch, self, fault)
            raise ExecutionStopped("FAILED", "ExecutionFailed", RUNTIME, cause, branch.last)
        return _Tolerance(count, percentage)

    # Children

    def _given(
        self,
        run: Execution,
        branch: Branch,
        data: Data,
        retries: int,
        items: list[Item],
        reader: Reader | None,
        batcher: Mapping[str, Any] | None,
    ) -> list[_Given]:
        source = "STATE_DATA" if reader is None else reader.source
        chosen = [
            self._selected_item(run, branch, data, retries, index, item, key, source)
            for index, (item, key) in enumerate(items)
        ]
        if batcher is None:
            return [_Given(item, 1) for item in chosen]
        return list(_batches(chosen, batcher))

    def _selected_item(
        self,
        run: Execution,
        branch: Branch,
        data: Data,
        retries: int,
        index: int,
        item: object,
        key: str | None,
        source: str,
    ) -> Data:
        if self.selector is None:
            return Data.of(item)
        if self.needs_context:
            states = run.show(branch, self, data, retries)
            context = states["context"]
            assert isinstance(context, dict)
            # Measured: of an object, the value and the key apart.
            value = item["Value"] if key is not None and isinstance(item, dict) else item
            described = {"Index": index, "Value": value, "Source": source}
            context["Map"] = {"Item": described if key is None else {**described, "Key": key}}
        selected = Data.of(self.selector.evaluate(run, branch.scope.values))
        check_size(selected, self.name, self.name)
        return selected

    def _children(
        self, run: Execution, host: Host, label: str, given: list[_Given], limit: int, tolerated: "_Budget"
    ) -> Generator[Request, Any, list[Record]]:
        """Run the children, in order of their items."""
        machine = run.execution_context["StateMachine"]
        assert isinstance(machine, dict)
        express = self.execution_type == "EXPRESS"
        processor = Processor(
            f"{machine['Name']}/{label}",
            self.execution_type,
            self.processor,
            float(MAX_EXPRESS_SECONDS) if express else None,
        )
        inbox = Inbox()
        children: list[Record] = []
        ended = 0
        try:
            while ended < len(given):
                while len(children) < len(given) and len(children) - ended < limit:
                    children.append(host.start(processor, given[len(children)].data, reader=inbox))
                record = yield Await(inbox, _NEVER)
                assert isinstance(record, Record)
                ended += 1
                if record.status != "SUCCEEDED":
                    tolerated.failed(given[children.index(record)].items)
        finally:
            for child in children:
                host.stop(child, ExecutionStopped("ABORTED", "ExecutionAborted", None, None, child.root.last))
        return children

    def _failed(self, run: Execution, branch: Branch, error: str, cause: str) -> StateFailure:
        branch.last = run.history.add("MapRunFailed", branch.last, {"error": error, "cause": cause})
        return StateFailure(error, cause, self.name)


class _Exceeded(Exception):
    """More children failed than are tolerated."""


@dataclass(frozen=True, slots=True)
class _Tolerance:
    """How many items may fail. Measured: a threshold of 0 is none when the other one is set."""

    count: float
    percentage: float

    def of(self, items: int) -> "_Budget":
        """What that comes to for a number of items."""
        limits = [self.count] if self.count or not self.percentage else []
        if self.percentage:
            limits.append(items * self.percentage / 100)
        return _Budget(min(limits))


@dataclass(slots=True)
class _Budget:
    """The items that may still fail."""

    left: float

    def failed(self, items: int) -> None:
        """Take items that failed off. Raises `_Exceeded`."""
        self.left -= items
        if self.left < 0:
            raise _Exceeded


def _prepared(source: Source, field: str) -> Template | None:
    return prepare(source.definition[field], field) if field in source.definition else None


def _batches(items: list[Data], batcher: Mapping[str, Any]) -> Iterator[_Given]:
    """Items in batches of a number, and of a size of their input, whichever is less."""
    count = int(batcher.get("MaxItemsPerBatch", len(items) or 1))
    most = min(int(batcher.get("MaxInputBytesPerBatch", MAX_PAYLOAD_BYTES)), MAX_PAYLOAD_BYTES)
    around = {"BatchInput": batcher["BatchInput"]} if "BatchInput" in batcher else {}
    empty = size_bytes(encode({**around, "Items": []}))
    batch: list[Data] = []
    size = empty
    for item in items:
        more = size_bytes(item.text) + bool(batch)
        if batch and (len(batch) >= count or size + more > most):
            yield _batch(around, batch)
            batch, size, more = [], empty, size_bytes(item.text)
        batch.append(item)
        size += more
    if batch:
        yield _batch(around, batch)


def _batch(around: Mapping[str, object], items: list[Data]) -> _Given:
    return _Given(Data.of({**around, "Items": [item.value for item in items]}), len(items))


def is_distributed(definition: Mapping[str, object]) -> bool:
    """Is a Map one that starts executions?"""
    processor = definition.get("ItemProcessor")
    if not isinstance(processor, dict):
        raise EngineError("a Map without ItemProcessor is not supported by the local engine")
    config = processor.get("ProcessorConfig")
    return isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"

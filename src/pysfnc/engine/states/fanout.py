"""Parallel and inline Map: strands of states at the same time.

Owns: their visits and events. Does not own: concurrency (engine/scheduler.py), retries and catchers (handling.py).

Facts: "Parallel workflow state" and "Map workflow state" of the AWS docs; event order and `previousEventId` are
recorded answers. A failing branch or iteration fails the state with its own error.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Final

from pysfnc.asl.limits import MAX_INLINE_CONCURRENCY
from pysfnc.engine.errors import EvaluationFailure
from pysfnc.engine.execution import Branch, Execution, Flow, check_size
from pysfnc.engine.scheduler import Fork, Request, Strand
from pysfnc.engine.states.base import Source
from pysfnc.engine.states.handling import HandlingState
from pysfnc.engine.templates import wrong_type
from pysfnc.engine.values import Data

FlowMaker = Callable[[Mapping[str, object]], Flow]


class _FanOut(HandlingState):
    """What Parallel and Map share: they give up in the same way."""

    def given_up(self, run: Execution, branch: Branch) -> None:
        """See `HandlingState.given_up`."""
        branch.last = run.history.add(f"{self.kind}StateFailed", branch.last)

    def _collected(self, run: Execution, branch: Branch, results: list[object]) -> Data:
        data = Data.of(results)
        check_size(data, self.name, self.name)
        run.history.add(f"{self.kind}StateSucceeded", branch.last)
        return data


def _abort_events(run: Execution, involved: Sequence[Strand], previous: int) -> None:
    """What was under way inside strands that end early (recorded answer: all events follow the failing one)."""
    for strand in involved:
        _abort_event(run, strand, previous)


def _abort_event(run: Execution, strand: Strand, previous: int) -> None:
    if strand.aborts is not None:
        run.history.add(strand.aborts, previous)


class ParallelState(_FanOut):
    """Runs its branches; the result is the array of their outputs."""

    kind = "Parallel"
    abort_event = "ParallelStateAborted"

    def __init__(self, source: Source, make_flow: FlowMaker) -> None:
        super().__init__(source)
        self.branches = tuple(make_flow(branch) for branch in source.objects("Branches"))
        self.arguments = source.template("Arguments")
        self.note_context(self.arguments)

    def retry_count(self, retries: int) -> int | None:
        """See `HandlingState.retry_count`; measured: a Parallel has none."""
        return None

    def attempt(self, run: Execution, branch: Branch, data: Data, retries: int) -> Generator[Request, Any, Data]:
        """See `HandlingState.attempt`."""
        given = data
        if self.arguments is not None:
            given = Data.of(self.arguments.evaluate(run, branch.scope.values))
            check_size(given, self.name, self.name)
        started = branch.last = run.history.add("ParallelStateStarted", branch.last)

        def make(index: int, previous: int) -> Branch:
            strand = Branch(started, branch.scope.child())
            strand.steps = self.branches[index].steps(run, strand, given)
            return strand

        def succeeded(index: int, strand: Strand) -> None:
            pass

        def failed(index: int, last: int, involved: Sequence[Strand]) -> None:
            _abort_events(run, involved, last)

        count = len(self.branches)
        results = yield Fork(count, count, make, succeeded, failed)
        return self._collected(run, branch, results)


_ITERATION: Final = "MapIteration"


class MapState(_FanOut):
    """Runs its processor for each item; the result is the array of outputs."""

    kind = "Map"
    abort_event = "MapStateAborted"

    def __init__(self, source: Source, make_flow: FlowMaker) -> None:
        super().__init__(source)
        processor = source.definition.get("ItemProcessor")
        assert isinstance(processor, dict)
        config = processor.get("ProcessorConfig")
        self.distributed = isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"
        self.processor = make_flow(processor)
        self.items = source.template("Items")
        self.selector = source.template("ItemSelector")
        self.concurrency = source.template("MaxConcurrency")
        self.tolerated_count = source.template("ToleratedFailureCount")
        self.tolerated_percentage = source.template("ToleratedFailurePercentage")
        self.note_context(self.items, self.selector, self.concurrency, self.tolerated_count, self.tolerated_percentage)

    def attempt(self, run: Execution, branch: Branch, data: Data, retries: int) -> Generator[Request, Any, Data]:
        """See `HandlingState.attempt`."""
        items = self.items_of(run, branch, data)
        limit = min(self.concurrency_of(run, branch) or MAX_INLINE_CONCURRENCY, MAX_INLINE_CONCURRENCY)
        given = [self._selected(run, branch, data, retries, index, item) for index, item in enumerate(items)]
        branch.last = run.history.add("MapStateStarted", branch.last, {"length": len(items)})

        def event(suffix: str, index: int, previous: int) -> int:
            return run.history.add(_ITERATION + suffix, previous, {"name": self.name, "index": index})

        def make(index: int, previous: int) -> Branch:
            strand = Branch(event("Started", index, previous), branch.scope.child())
            strand.steps = self.processor.steps(run, strand, given[index])
            return strand

        def succeeded(index: int, strand: Strand) -> None:
            strand.last = event("Succeeded", index, strand.last)

        def failed(index: int, last: int, involved: Sequence[Strand]) -> None:
            event("Failed", index, last)
            for strand in involved:
                if strand.index != index:
                    event("Aborted", strand.index, last)
                _abort_event(run, strand, last)

        results = yield Fork(len(items), limit, make, succeeded, failed)
        return self._collected(run, branch, results)

    def items_of(self, run: Execution, branch: Branch, data: Data) -> list[object]:
        """What is iterated over. Raises `EvaluationFailure`."""
        if self.items is None:
            if not isinstance(data.value, list):
                raise EvaluationFailure(f"Map state input must be an array but was: {data.text}", None)
            return data.value
        value = self.items.evaluate(run, branch.scope.values)
        if not isinstance(value, list):
            raise wrong_type(self.items, "Items", "array", value)
        return value

    def concurrency_of(self, run: Execution, branch: Branch) -> int:
        """MaxConcurrency; 0 where there is none. Raises `EvaluationFailure`."""
        if self.concurrency is None:
            return 0
        value = self.concurrency.evaluate(run, branch.scope.values)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
            raise wrong_type(self.concurrency, "MaxConcurrency", "integer", value)
        return int(value)

    def thresholds_of(self, run: Execution, branch: Branch) -> dict[str, float]:
        """The tolerated failures, by their names in inspection data; those that are not set are left out."""
        found: dict[str, float] = {}
        for name, field, template in (
            ("toleratedFailureCount", "ToleratedFailureCount", self.tolerated_count),
            ("toleratedFailurePercentage", "ToleratedFailurePercentage", self.tolerated_percentage),
        ):
            if template is not None:
                value = template.evaluate(run, branch.scope.values)
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise wrong_type(template, field, "number", value)
                found[name] = value
        return found

    def _selected(self, run: Execution, branch: Branch, data: Data, retries: int, index: int, item: object) -> Data:
        if self.selector is None:
            return Data.of(item)
        if self.needs_context:
            states = run.show(branch, self, data, retries)
            context = states["context"]
            assert isinstance(context, dict)
            context["Map"] = {"Item": {"Index": index, "Value": item}}
        selected = Data.of(self.selector.evaluate(run, branch.scope.values))
        check_size(selected, self.name, self.name)
        return selected

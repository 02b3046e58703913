"""A workflow in its structured form as the definition of a state machine: the passes, the choice among plans, the states.

Which plan is taken is measured on what it becomes: the first whose every expression AWS evaluates without losing exceptions.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from pysfnc.asl.causes import MAX_FAILING_CHARS, long_expressions
from pysfnc.asl.limits import MAX_DEFINITION_BYTES
from pysfnc.backend.emit import Emitted, emit_machine
from pysfnc.backend.share import share_states
from pysfnc.diagnostics import codes
from pysfnc.diagnostics.sink import Sink
from pysfnc.ir.hir import Machine, Program, Suite, machine_placeholder
from pysfnc.ir.mir import MachinePlan
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.passes.manager import run_passes
from pysfnc.plan.boundary import bind_parameters
from pysfnc.plan.divide import divisions
from pysfnc.plan.hold_exceptions import hold_exceptions
from pysfnc.plan.sequential import SequentialMaps, default_numbers
from pysfnc.plan.states.scope import plan_machine
from pysfnc.plan.states.surroundings import PlanOptions
from pysfnc.plan.watched import watched_children
from pysfnc.source import Span

LARGE_BYTES: Final = MAX_DEFINITION_BYTES // 4
"""Definitions above this do without what makes them larger and cheaper, if that helps."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and the states that it becomes."""

    plan: MachinePlan
    emitted: Emitted

    @property
    def loses_exceptions(self) -> bool:
        """Whether an expression that may raise is longer than AWS reports the exceptions of."""
        return any(long_expressions(self.emitted.definition))

    @property
    def is_evaluated(self) -> bool:
        """Whether AWS evaluates every expression, and keeps its exceptions."""
        return not self.emitted.too_deep and not self.loses_exceptions


@dataclass(frozen=True, slots=True)
class Generated:
    """A workflow's plan and states, and remarks for the build report."""

    plan: MachinePlan
    emitted: Emitted
    notes: tuple[tuple[Span, str], ...]

    @property
    def size(self) -> int:
        """The bytes of the definition."""
        return len(json.dumps(self.emitted.definition, ensure_ascii=False, separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class Generator:
    """Makes the states of the workflows of a program.

    Attributes:
        placeholder: id of a task -> what stands for its function in a definition.
        optimise: as few states as the effects need, in place of one for each thing that the program does.
        check: is given the program as it is after the passes; for tests.
    """

    program: Program
    placeholder: Callable[[str], str]
    optimise: bool
    check: Callable[[Program], None] | None = None

    def generate(self, machine: Machine) -> Generated:
        """The states of a workflow: of the first plan that AWS takes, else of the whole one."""
        made, ran_ahead = self._generated(machine, ahead=True)
        if not ran_ahead or made.size <= LARGE_BYTES:
            return made
        plain, _ = self._generated(machine, ahead=False)
        return min(made, plain, key=lambda one: one.size)

    def _generated(self, machine: Machine, *, ahead: bool) -> tuple[Generated, bool]:
        """The states, and whether rounds run ahead in them."""
        names = NameSupply("~")
        body = run_passes(machine.body, names, optimise=self.optimise)
        maps = SequentialMaps(self.program.exceptions, names, default_numbers(machine.params, body), ahead=ahead)
        if self.optimise:
            body = maps.made(body)
        if self.check is not None:
            self.check(replace(self.program, machines=(replace(machine, body=body),)))
        plans = self._plans(machine, (*bind_parameters(machine, names), *body), names)
        whole = next(plans)
        chosen = next((made for made in chain((whole,), plans) if made.is_evaluated), whole)
        emitted = _shared(chosen.emitted) if self.optimise else chosen.emitted
        return Generated(chosen.plan, emitted, tuple(maps.notes)), maps.ran_ahead

    def _plans(self, machine: Machine, body: Suite, names: NameSupply) -> Iterator[Planned]:
        """The plan of the whole body, then those that divide large code into states; each is made when it is asked for.

        Where long expressions would lose their exceptions, these are held.
        """
        for parts in divisions(body):
            made = self._planned(machine, parts, names)
            yield self._planned(machine, hold_exceptions(parts, names), names) if made.loses_exceptions else made

    def _planned(self, machine: Machine, body: Suite, names: NameSupply) -> Planned:
        tasks = {task.id: task for task in self.program.tasks}
        watched = machine_placeholder(machine.name) in watched_children(self.program.machines)
        options = PlanOptions(merge=self.optimise)
        plan = plan_machine(machine, body, self.program.exceptions, names, options, watched=watched)
        return Planned(plan, emit_machine(plan, tasks, self.placeholder, tight=self.optimise))


def _shared(emitted: Emitted) -> Emitted:
    """With states that say the same as one; the definition is changed in place."""
    gone = share_states(emitted.definition, emitted.source_map)
    return replace(emitted, source_map={name: span for name, span in emitted.source_map.items() if name not in gone})


def check_limits(emitted: Emitted, whole: Span, sink: Sink) -> bool:
    """Whether AWS takes every expression of a definition; an error for each that it does not.

    `whole` is named for a state that has no place in the source.
    """
    too_long = list(long_expressions(emitted.definition))
    for long in too_long:
        sink.error(
            codes.EXPRESSION_TOO_LARGE,
            emitted.source_map.get(long.state) or whole,
            f"this becomes an expression of {long.chars:,} characters that may raise an exception",
            notes=[f"AWS loses the exceptions of expressions of more than about {MAX_FAILING_CHARS:,} characters"],
            help="write instead: a part of it as a `@task`, or a call between its parts",
        )
    for span, depth in emitted.too_deep:
        sink.error(
            codes.NESTING_TOO_DEEP,
            span or whole,
            f"this becomes an expression of {depth} nested levels",
            notes=["AWS evaluates less than a hundred levels"],
            help="write instead: several assignments to names, or several smaller functions",
        )
    return not too_long and not emitted.too_deep

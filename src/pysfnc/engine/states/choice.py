"""Choice: the first rule whose Condition is true decides.

Owns: its visit. Facts: "Choice workflow state" of the AWS docs; recorded answers: the matched rule's Assign and
Output apply instead of those of the state, which belong to Default.
"""

from dataclasses import dataclass

from pysfnc.asl.names import NO_CHOICE_MATCHED
from pysfnc.engine.errors import EvaluationFailure, StateFailure
from pysfnc.engine.execution import Branch, Execution
from pysfnc.engine.states.base import Next, Source, State, prepare_value
from pysfnc.engine.templates import Template, wrong_type
from pysfnc.engine.values import Data


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of Choices."""

    condition: Template
    location: str
    next: str
    assign: Template | None
    output: Template | None


def _rules(source: Source) -> tuple[Rule, ...]:
    rules = []
    for index, entry in enumerate(source.objects("Choices")):
        place = f"Choices[{index}]"
        optional = {
            field: prepare_value(source, entry[field], f"{place}/{field}") if field in entry else None
            for field in ("Assign", "Output")
        }
        location = f"{place}/Condition"
        condition = prepare_value(source, entry["Condition"], location)
        rules.append(Rule(condition, location, str(entry["Next"]), optional["Assign"], optional["Output"]))
    return tuple(rules)


class ChoiceState(State):
    """Goes where the first true rule points, else to Default."""

    kind = "Choice"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.rules = _rules(source)
        self.default = source.text("Default")
        self.note_context(*(found for rule in self.rules for found in (rule.condition, rule.assign, rule.output)))

    def step(self, run: Execution, branch: Branch, data: Data) -> Next:
        """See `State.step`."""
        run.enter(branch, self, data)
        variables = branch.scope.values
        try:
            for rule in self.rules:
                value = rule.condition.evaluate(run, variables)
                if value is True:
                    return rule.next, run.leave(branch, self, data, rule.assign, rule.output)
                if value is not False:
                    raise wrong_type(rule.condition, rule.location, "boolean", value)
            if self.default is not None:
                return self.default, run.leave(branch, self, data, self.assign, self.output)
        except EvaluationFailure as failure:
            raise run.evaluation_failed(branch, self, failure) from None
        sentence = "Failed to transition out of the state. The state does not point to a next state."
        raise StateFailure(NO_CHOICE_MATCHED, run.framed(branch, self, sentence), self.name)

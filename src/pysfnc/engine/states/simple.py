"""Pass, Succeed and Fail.

Owns: their visits. Facts: "Workflow state types" of the AWS docs; histories are recorded answers.
"""

from pysfnc.asl.names import JSONATA
from pysfnc.engine.errors import EvaluationFailure, StateFailure
from pysfnc.engine.execution import Branch, Execution
from pysfnc.engine.states.base import Next, Source, State, prepare_value
from pysfnc.engine.templates import Template, wrong_type
from pysfnc.engine.values import Data


class PassState(State):
    """Passes its input on, or its Output (in JSONPath: its Result)."""

    kind = "Pass"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        if source.language != JSONATA and "Result" in source.definition:
            self.output = prepare_value(source, source.definition["Result"], "Result")
        self.note_context()

    def step(self, run: Execution, branch: Branch, data: Data) -> Next:
        """See `State.step`."""
        run.enter(branch, self, data)
        try:
            return self.next, run.leave(branch, self, data, self.assign, self.output)
        except EvaluationFailure as failure:
            raise run.evaluation_failed(branch, self, failure) from None


class SucceedState(PassState):
    """Ends the machine, the branch or the iteration with its input or its Output."""

    kind = "Succeed"


class FailState(State):
    """Ends the machine, the branch or the iteration with an error."""

    kind = "Fail"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.error = source.template("Error")
        self.cause = source.template("Cause")
        self.note_context(self.error, self.cause)

    def step(self, run: Execution, branch: Branch, data: Data) -> Next:
        """See `State.step`."""
        run.enter(branch, self, data)
        try:
            error = self._text(run, branch, self.error, "Error")
            cause = self._text(run, branch, self.cause, "Cause")
        except EvaluationFailure as failure:
            raise run.evaluation_failed(branch, self, failure) from None
        raise StateFailure(error, cause, self.name)

    def _text(self, run: Execution, branch: Branch, template: Template | None, field: str) -> str | None:
        if template is None:
            return None
        value = template.evaluate(run, branch.scope.values)
        if not isinstance(value, str):
            raise wrong_type(template, field, "string", value)
        return value

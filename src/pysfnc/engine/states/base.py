"""What all kinds of state have in common.

Owns: reading of common fields, the shape of a prepared state.
Does not own: the fields and the work of each kind, Retry and Catch (handling.py).
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pysfnc.asl.names import JSONATA
from pysfnc.engine.errors import UnsupportedError
from pysfnc.engine.execution import Branch, Execution
from pysfnc.engine.scheduler import Request
from pysfnc.engine.templates import Constant, Template, expressions, prepare, reads_context
from pysfnc.engine.values import Data

Next = tuple[str | None, Data]
"""Where to go (None: the end) and with what."""

StateSteps = Generator[Request, Any, Next]
"""A visit that may have to wait."""


@dataclass(frozen=True, slots=True)
class Source:
    """A state's definition on the way to its prepared form.

    language: the query language that holds for the state.
    """

    name: str
    definition: Mapping[str, object]
    language: str

    def template(self, field: str, location: str | None = None) -> Template | None:
        """The prepared field, or None if the state does not have it."""
        if field not in self.definition:
            return None
        return prepare_value(self, self.definition[field], location or field)

    def text(self, field: str) -> str | None:
        """A field that holds constant text."""
        value = self.definition.get(field)
        return value if isinstance(value, str) else None

    def objects(self, field: str) -> list[Mapping[str, object]]:
        """A field that holds a list of objects; empty if absent."""
        value = self.definition.get(field, [])
        assert isinstance(value, list)
        return value


# JSONPath fields that change data. A JSONPath state without any is the same in both languages.
_JSONPATH_ONLY: Final = (
    "InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector", "ItemsPath", "SecondsPath",
    "TimestampPath", "ErrorPath", "CausePath", "TimeoutSecondsPath", "HeartbeatSecondsPath", "MaxConcurrencyPath",
)  # fmt: skip


def refuse_jsonpath(source: Source) -> None:
    """Raise `UnsupportedError` if the state needs JSONPath."""
    if source.language == JSONATA:
        return
    kind = source.definition.get("Type")
    used = [field for field in _JSONPATH_ONLY if field in source.definition]
    if used:
        raise UnsupportedError(f"the JSONPath field '{used[0]}'", source.name)
    if kind not in ("Pass", "Succeed", "Fail", "Wait"):
        raise UnsupportedError(f"a JSONPath state of type {kind}", source.name)


def prepare_value(source: Source, value: object, location: str) -> Template:
    """Prepare a value of a state. In a JSONPath state `{% %}` is plain text and `x.$` is a path."""
    if source.language == JSONATA:
        return prepare(value, location)
    if _holds_path(value):
        raise UnsupportedError("a JSONPath expression", source.name)
    return Constant(value)


def _holds_path(value: object) -> bool:
    if isinstance(value, dict):
        return any(key.endswith(".$") or _holds_path(member) for key, member in value.items())
    return isinstance(value, list) and any(_holds_path(item) for item in value)


class State:
    """A prepared state. Subclasses do the work in `step`, or in `steps` if they may have to wait."""

    kind: ClassVar[str]
    waits: ClassVar[bool] = False
    abort_event: ClassVar[str | None] = None

    def __init__(self, source: Source) -> None:
        refuse_jsonpath(source)
        self.name = source.name
        self.entered_event = f"{self.kind}StateEntered"
        self.exited_event = f"{self.kind}StateExited"
        self.next = source.text("Next")
        self.assign = source.template("Assign")
        self.output = source.template("Output")
        self.needs_context = False

    def note_context(self, *templates: Template | None) -> None:
        """Work out whether any expression of the state reads the context object."""
        self.needs_context = self.needs_context or any(
            reads_context(found.text)
            for template in (self.assign, self.output, *templates)
            for found in expressions(template)
        )

    def step(self, run: Execution, branch: Branch, data: Data) -> Next:
        """Visit the state. For kinds that never wait."""
        raise NotImplementedError

    def steps(self, run: Execution, branch: Branch, data: Data) -> StateSteps:
        """Visit the state, yielding whatever has to be waited for. For kinds that may wait."""
        raise NotImplementedError

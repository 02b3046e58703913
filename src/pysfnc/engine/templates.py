"""Fields that hold JSON with expressions in it, prepared once and evaluated often.

Owns: which strings are expressions, the order and the location of evaluation, AWS's sentences for expressions that
fail.
Does not own: JSONata (jsonata/engine.py), the frame that names the state (execution.py).

Facts: "Transforming data with JSONata in Step Functions" of the AWS docs; the sentences are recorded answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pysfnc.engine.errors import EvaluationFailure
from pysfnc.engine.values import encode, type_name
from pysfnc.jsonata.engine import NOT_DATA, UNDEFINED, Evaluator, JsonataError
from pysfnc.jsonata.scan import TokenKind, scan


class Surroundings(Protocol):
    """What an evaluation needs of the run."""

    evaluator: Evaluator

    def now_ms(self) -> int:
        """The machine's time, in milliseconds since 1970."""


class Template(Protocol):
    """A prepared field."""

    @property
    def constant(self) -> bool:
        """Is the value the same in every evaluation?"""

    def evaluate(self, run: Surroundings, variables: Mapping[str, object]) -> object:
        """The field's value. Raises `EvaluationFailure`."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A field without expressions."""

    value: object
    constant: bool = True

    def evaluate(self, run: Surroundings, variables: Mapping[str, object]) -> object:
        """See `Template.evaluate`."""
        return self.value


@dataclass(frozen=True, slots=True)
class Expression:
    """`{% text %}` at `location`, such as "Output/result"."""

    text: str
    location: str
    constant: bool = False

    def evaluate(self, run: Surroundings, variables: Mapping[str, object]) -> object:
        """See `Template.evaluate`."""
        try:
            value = run.evaluator.evaluate(self.text, variables, now_ms=run.now_ms())
        except JsonataError as error:
            # A limit of AWS has no code; its text follows a colon (measured).
            reason = f". {error.code}: {error.message}" if error.code else f": {error.message}"
            raise self.failure(f"threw an error during evaluation{reason}") from None
        if value is UNDEFINED:
            raise self.failure("returned nothing (undefined).")
        if value is NOT_DATA:
            raise self.failure("returned an unsupported result type.")
        return value

    def failure(self, predicate: str) -> EvaluationFailure:
        """The failure whose sentence has this expression as its subject."""
        subject = f"The JSONata expression '{self.text}' specified for the field '{self.location}'"
        return EvaluationFailure(f"{subject} {predicate}", self.location)


@dataclass(frozen=True, slots=True)
class ObjectTemplate:
    """An object with expressions somewhere in it."""

    members: tuple[tuple[str, Template], ...]
    constant: bool = False

    def evaluate(self, run: Surroundings, variables: Mapping[str, object]) -> object:
        """See `Template.evaluate`."""
        return {key: member.evaluate(run, variables) for key, member in self.members}


@dataclass(frozen=True, slots=True)
class ArrayTemplate:
    """An array with expressions somewhere in it."""

    items: tuple[Template, ...]
    constant: bool = False

    def evaluate(self, run: Surroundings, variables: Mapping[str, object]) -> object:
        """See `Template.evaluate`."""
        return [item.evaluate(run, variables) for item in self.items]


def is_expression(value: object) -> bool:
    """Only a string that starts with `{%` and ends with `%}` is an expression;

    a blank outside makes it text (recorded answer).
    """
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}") and len(value) >= 4


def prepare(value: object, location: str) -> Template:
    """The template for a field's value.

    `location` names the field as AWS does: `/` before a key, `[i]` for an index.
    """
    if isinstance(value, str) and is_expression(value):
        return Expression(value[2:-2].strip(), location)
    if isinstance(value, dict):
        members = tuple((key, prepare(member, f"{location}/{key}")) for key, member in value.items())
        return Constant(value) if all(member.constant for _, member in members) else ObjectTemplate(members)
    if isinstance(value, list):
        items = tuple(prepare(item, f"{location}[{index}]") for index, item in enumerate(value))
        return Constant(value) if all(item.constant for item in items) else ArrayTemplate(items)
    return Constant(value)


def expressions(template: Template | None) -> list[Expression]:
    """All expressions of a template, in order."""
    if isinstance(template, Expression):
        return [template]
    if isinstance(template, ObjectTemplate):
        return [found for _, member in template.members for found in expressions(member)]
    if isinstance(template, ArrayTemplate):
        return [found for item in template.items for found in expressions(item)]
    return []


_NOT_CONTEXT = frozenset({"input", "result", "errorOutput"})


def reads_context(text: str) -> bool:
    """May this expression read `$states.context`? False only if each `$states` is followed by another member."""
    tokens = scan(text).tokens
    for index, token in enumerate(tokens):
        if token.kind is not TokenKind.VARIABLE or token.text != "states":
            continue
        member = tokens[index + 2] if index + 2 < len(tokens) and tokens[index + 1].text == "." else None
        if member is None or member.text not in _NOT_CONTEXT:
            return True
    return False


def wrong_type(template: Template, location: str, expected: str, value: object) -> EvaluationFailure:
    """The failure of a field whose value has the wrong type."""
    found = f"but was '{type_name(value)}' for value: {encode(value)}"
    predicate = f"returned an unexpected result type. Expected '{expected}', {found}"
    if isinstance(template, Expression):
        return template.failure(predicate)
    return EvaluationFailure(f"The value specified for the field '{location}' {predicate}", location)

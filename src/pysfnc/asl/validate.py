"""Validation of a definition before it runs or is deployed, with AWS's reasons.

Owns: the walk over a definition and the order of findings. Does not own: the single rules (fields.py, graph.py,
scopes.py, expressions.py).

Facts: recorded and measured answers of ValidateStateMachineDefinition and CreateStateMachine. A rule whose wording no
source records is worded in the same manner.
"""

import json
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import field
from typing import Final

from pysfnc.asl import fields
from pysfnc.asl.expressions import ALWAYS, EXPRESSION_FIELDS, WITH_ERROR, WITH_RESULT, check_expressions
from pysfnc.asl.finding import Code, Finding, InvalidDefinition
from pysfnc.asl.graph import States, check_graph
from pysfnc.asl.json_text import JsonFault, read_json
from pysfnc.asl.limits import MAX_DEFINITION_BYTES, MAX_STATE_NAME_CHARS
from pysfnc.asl.names import JSONATA, JSONPATH, STATE_TYPES
from pysfnc.asl.scopes import check_names, check_scope, names_outside
from pysfnc.lean import dataclass

_RFC3339: Final = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"
)
_WITH_WORK: Final = frozenset({"Task", "Parallel", "Map"})
_RESOURCE: Final = re.compile(
    r"arn:aws[a-z-]*:(states:[^:]*:[^:]*:(?P<service>[^:.]+)(:(?P<action>[^.]+)(\.(?P<pattern>.+))?)?|lambda:.+|\S+)"
)
# AWS docs, "Integrating optimized services": services whose optimised actions are few enough to be known.
_ACTIONS: Final[Mapping[str, frozenset[str]]] = {
    "dynamodb": frozenset({"getItem", "putItem", "updateItem", "deleteItem"}),
    "lambda": frozenset({"invoke"}),
    "sqs": frozenset({"sendMessage"}),
    "sns": frozenset({"publish"}),
    "events": frozenset({"putEvents"}),
    "states": frozenset({"startExecution"}),
    "http": frozenset({"invoke"}),
    "apigateway": frozenset({"invoke"}),
}


def validate(definition: object, *, type: str = "STANDARD") -> list[Finding]:
    """All findings about a definition, in AWS's order as far as that is known; empty if AWS would take it.

    definition: JSON text, or the value it stands for. Its size is that of compact text.
    type: "STANDARD" or "EXPRESS".
    """
    if isinstance(definition, str):
        if not definition.strip():
            return [_no_object()]
        try:
            definition = read_json(definition)
        except JsonFault as fault:
            return [_no_json(str(definition), fault)]
    if not isinstance(definition, dict):
        return [_no_object()]
    try:
        text = json.dumps(definition, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return [Finding(Code.SCHEMA, "The definition is nested too deeply", None)]
    if len(text.encode("utf-8", "surrogatepass")) > MAX_DEFINITION_BYTES:
        return [Finding(Code.SCHEMA, f"The definition is longer than {MAX_DEFINITION_BYTES} bytes", None)]
    return list(_Walk(type).machine(definition))


def validate_state(state: Mapping[str, object], name: str) -> list[Finding]:
    """Findings about one state on its own, whose targets need not exist."""
    walk = _Walk("STANDARD")
    return [*walk.state(state, f"/States/{name}"), *walk.inside({name: state}, "", frozenset())]


def check_definition(definition: object, *, type: str = "STANDARD") -> None:
    """Raise `InvalidDefinition` if AWS would refuse the definition."""
    findings = validate(definition, type=type)
    if findings:
        raise InvalidDefinition(findings)


def _no_object() -> Finding:
    return Finding(Code.SCHEMA, "Definition must be a valid JSON object", None)


def _no_json(text: str, fault: JsonFault) -> Finding:
    source = f'[Source: (String)"{text}"; line: {fault.line}, column: {fault.column}]'
    return Finding(Code.JSON, f"{fault.message}\n at {source}", source)


@dataclass(slots=True)
class _Walk:
    """One walk over a definition."""

    type: str
    language: str = JSONPATH
    names: dict[str, str] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)

    def machine(self, machine: Mapping[str, object]) -> Iterator[Finding]:
        language = machine.get("QueryLanguage", JSONPATH)
        if language not in (JSONATA, JSONPATH):
            yield _language_fault("/QueryLanguage")
        self.language = JSONPATH if language == JSONPATH else JSONATA
        if "TimeoutSeconds" in machine:
            yield from _number("TimeoutSeconds", machine["TimeoutSeconds"], "")
        yield from self.flow(machine, "", fields.MACHINE_FIELDS, frozenset())

    def flow(
        self, flow: Mapping[str, object], place: str, known: frozenset[str], outer: frozenset[str]
    ) -> Iterator[Finding]:
        """A chain of states: the machine, a branch, a processor. `outer`: variables it may not assign."""
        missing = [name for name in ("States", "StartAt") if name not in flow]
        if missing:
            yield Finding(Code.SCHEMA, f"These fields are required: [{', '.join(missing)}]", place or "/")
        yield from (
            Finding(Code.SCHEMA, f"Field '{name}' is not supported", place or "/") for name in flow if name not in known
        )
        described = flow.get("States")
        if "States" not in flow:
            return
        if not isinstance(described, dict) or not described:
            yield Finding(Code.SCHEMA, "Value cannot be empty", f"{place}/States")
            return
        states: dict[str, Mapping[str, object]] = {}
        for name, state in described.items():
            where = f"{place}/States/{name}"
            yield from self._name(name, where)
            if isinstance(state, dict):
                states[name] = state
                yield from self.state(state, where)
            else:
                yield Finding(Code.SCHEMA, "Expected value of type Object", where)
        yield from check_scope(states, outer, place)
        if len(states) == len(described) and not missing:
            yield from check_graph(flow.get("StartAt"), states, place)
        yield from self.inside(states, place, outer)

    def _name(self, name: str, where: str) -> Iterator[Finding]:
        if len(name) > MAX_STATE_NAME_CHARS:
            yield Finding(Code.SCHEMA, f"State name is longer than {MAX_STATE_NAME_CHARS} characters", where)
        if name in self.names:
            yield Finding(Code.STATE_NAME, f"Duplicate State name: {name}", where)
        self.names.setdefault(name, where)

    def inside(self, states: States, place: str, outer: frozenset[str]) -> Iterator[Finding]:
        """The flows inside Parallel and Map states."""
        for name, state in states.items():
            where = f"{place}/States/{name}"
            hidden = names_outside(states, name, outer)
            branches = state.get("Branches")
            if state.get("Type") == "Parallel" and isinstance(branches, list):
                for index, branch in enumerate(branches):
                    yield from self._nested(branch, f"{where}/Branches[{index}]", fields.BRANCH_FIELDS, hidden)
            for key in ("ItemProcessor", "Iterator") if state.get("Type") == "Map" else ():
                if key in state:
                    processor = state[key]
                    # States of a distributed Map are executions of their own: they see no outer variable (AWS docs).
                    visible = frozenset() if _distributed(processor) else hidden
                    yield from self._nested(processor, f"{where}/{key}", fields.PROCESSOR_FIELDS, visible)

    def _nested(self, flow: object, place: str, known: frozenset[str], outer: frozenset[str]) -> Iterator[Finding]:
        if isinstance(flow, dict):
            yield from self.flow(flow, place, known, outer)
        else:
            yield Finding(Code.SCHEMA, "Expected value of type Object", place)

    def state(self, state: Mapping[str, object], place: str) -> Iterator[Finding]:
        """One state, without the flows inside it."""
        kind = state.get("Type")
        if kind is None:
            yield Finding(Code.SCHEMA, "The field 'Type' is required but was missing", place)
            return
        if not isinstance(kind, str) or kind not in fields.FIELDS:
            known = ", ".join(STATE_TYPES)
            message = f"The field 'Type' should have one of these values: [{known}]"
            yield Finding(Code.SCHEMA, message, f"{place}/Type")
            return
        language = yield from self._language(state, place)
        yield from _supported(state, kind, language, place)
        yield from _required(state, kind, language, place)
        yield from _constants(state, kind, language, place)
        yield from _entries(state, kind, language, place)
        yield from check_names(state, place, language == JSONATA)
        if kind == "Task":
            yield from self._resource(state.get("Resource"), f"{place}/Resource")
        if kind == "Map":
            yield from self._label(state, place)
        if language == JSONATA:
            yield from _expressions(state, kind, place)

    def _language(self, state: Mapping[str, object], place: str) -> Generator[Finding, None, str]:
        language = state.get("QueryLanguage", self.language)
        if language not in (JSONATA, JSONPATH):
            yield _language_fault(f"{place}/QueryLanguage")
            return JSONATA
        if language == JSONPATH and self.language == JSONATA:
            message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
            yield Finding(Code.SCHEMA, message, place)
        return str(language)

    def _resource(self, resource: object, place: str) -> Iterator[Finding]:
        if not isinstance(resource, str):
            return
        match = _RESOURCE.fullmatch(resource)
        service = match["service"] if match is not None else None
        known = _ACTIONS.get(service) if service is not None else None
        if match is None or (known is not None and match["action"] not in known):
            message = (
                f"The resource provided {resource} is not recognized. The value is not a valid resource ARN, "
                "or the resource is not available in this region."
            )
            yield Finding(Code.SCHEMA, message, place)
        elif self.type == "EXPRESS":
            yield from _express(service, match["pattern"], place)

    def _label(self, state: Mapping[str, object], place: str) -> Iterator[Finding]:
        if "Label" not in state:
            return
        found: list[Finding] = []
        fields.check_label(state["Label"], lambda message, where: found.append(_schema(message, place + where)))
        yield from found
        label = str(state["Label"])
        if label in self.labels:
            yield Finding(Code.LABEL_NAME, f"Duplicate Label name: {label}", f"{place}/Label")
        self.labels.add(label)


def _schema(message: str, place: str) -> Finding:
    return Finding(Code.SCHEMA, message, place)


def _language_fault(place: str) -> Finding:
    message = f"The field 'QueryLanguage' should have one of these values: [{JSONPATH}, {JSONATA}]"
    return Finding(Code.SCHEMA, message, place)


def _distributed(processor: object) -> bool:
    config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
    return isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"


def _number(name: str, value: object, place: str) -> Iterator[Finding]:
    found: list[Finding] = []
    fields.check_number(name, value, lambda message, where: found.append(_schema(message, where)), f"{place}/{name}")
    return iter(found)


def _supported(state: Mapping[str, object], kind: str, language: str, place: str) -> Iterator[Finding]:
    """Every field belongs to the type of state and to its query language."""
    foreign, other = (fields.JSONPATH_ONLY, JSONPATH) if language == JSONATA else (fields.JSONATA_ONLY, JSONATA)
    for name in state:
        if name not in fields.FIELDS[kind]:
            yield _schema(f"Field '{name}' is not supported", place)
        elif name in foreign:
            message = (
                f"The QueryLanguage is set to '{language}', but field '{name}' is only supported for the "
                f"'{other}' QueryLanguage"
            )
            yield _schema(message, place)


def _required(state: Mapping[str, object], kind: str, language: str, place: str) -> Iterator[Finding]:
    for name in fields.REQUIRED.get(kind, ()):
        if name not in state:
            yield _schema(f"The field '{name}' is required but was missing", place)
    if kind not in fields.TERMINAL and kind != "Choice" and ("Next" in state) == (state.get("End") is True):
        yield _schema("Exactly one of the fields 'Next' and 'End' is required", place)
    if kind == "Wait":
        given = [name for name in ("Seconds", "SecondsPath", "Timestamp", "TimestampPath") if name in state]
        if len(given) != 1:
            yield _schema("Exactly one of the fields 'Seconds' and 'Timestamp' is required", place)
    if kind == "Map" and "ItemProcessor" not in state and "Iterator" not in state:
        yield _schema("The field 'ItemProcessor' is required but was missing", place)
    for name in ("Branches", "Choices"):
        if name in state and not state[name]:
            yield _schema("Value cannot be empty", f"{place}/{name}")
        elif name in state and not isinstance(state[name], list):
            yield _schema("Expected value of type Array", f"{place}/{name}")
    credentials = state.get("Credentials")
    if isinstance(credentials, dict) and not any(key in credentials for key in ("RoleArn", "RoleArn.$")):
        yield _schema("The field 'RoleArn' is required but was missing", f"{place}/Credentials")


def _constants(state: Mapping[str, object], kind: str, language: str, place: str) -> Iterator[Finding]:
    """Constant numbers and timestamps; expressions are left to the run."""
    for name in fields.NUMBERS:
        value = state.get(name)
        if name in state and not (language == JSONATA and _is_expression(value)):
            yield from _number(name, value, place)
    timestamp = state.get("Timestamp")
    if isinstance(timestamp, str) and not (language == JSONATA and _is_expression(timestamp)):
        yield from _timestamp(timestamp, f"{place}/Timestamp")
    for name in ("Next", "Default", "Resource", "Comment"):
        if name in state and not isinstance(state[name], str):
            yield _schema("Expected value of type String", f"{place}/{name}")
    if language == JSONATA and "Assign" in state and not isinstance(state["Assign"], dict):
        yield _schema("Expected value of type Object", f"{place}/Assign")


def _timestamp(text: str, place: str) -> Iterator[Finding]:
    if _RFC3339.fullmatch(text) is None:
        yield _schema("String does not match RFC3339 timestamp", place)


def _is_expression(value: object) -> bool:
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def _entries(state: Mapping[str, object], kind: str, language: str, place: str) -> Iterator[Finding]:
    """Retriers, catchers and Choice rules."""
    tables = {"Retry": fields.RETRIER_FIELDS, "Catch": fields.CATCHER_FIELDS}
    if language == JSONATA:
        tables["Choices"] = fields.RULE_FIELDS
    for name, known in tables.items():
        entries = state.get(name)
        if name not in state or name not in fields.FIELDS[kind]:
            continue
        if not isinstance(entries, list):
            yield _schema("Expected value of type Array", f"{place}/{name}")
            continue
        for index, entry in enumerate(entries):
            where = f"{place}/{name}[{index}]"
            if not isinstance(entry, dict):
                yield _schema("Expected value of type Object", where)
                continue
            yield from (_schema(f"Field '{key}' is not supported", where) for key in entry if key not in known)
            yield from _entry(name, entry, where, index == len(entries) - 1)


def _entry(name: str, entry: Mapping[str, object], where: str, last: bool) -> Iterator[Finding]:
    found: list[Finding] = []
    if name != "Choices":
        fields.check_errors(entry, last, lambda message, place: found.append(_schema(message, place)), where)
    for required in {"Retry": (), "Catch": ("Next",), "Choices": ("Condition", "Next")}[name]:
        if required not in entry:
            found.append(_schema(f"The field '{required}' is required but was missing", where))
    condition = entry.get("Condition")
    if name == "Choices" and "Condition" in entry and not isinstance(condition, bool) and not _is_expression(condition):
        found.append(_schema("Expected value of type Boolean or a JSONata expression", f"{where}/Condition"))
    yield from found
    for key in fields.NUMBERS:
        if name == "Retry" and key in entry:
            yield from _number(key, entry[key], where)
    if entry.get("JitterStrategy", "NONE") not in ("NONE", "FULL"):
        yield _schema(
            "The field 'JitterStrategy' should have one of these values: [NONE, FULL]", f"{where}/JitterStrategy"
        )


def _expressions(state: Mapping[str, object], kind: str, place: str) -> Iterator[Finding]:
    for name in EXPRESSION_FIELDS:
        if name in state:
            with_result = name in ("Output", "Assign") and kind in _WITH_WORK
            yield from check_expressions(state[name], f"{place}/{name}", WITH_RESULT if with_result else ALWAYS)
    for name, readable in (("Choices", ALWAYS), ("Catch", WITH_ERROR)):
        entries = state.get(name)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            for key in ("Condition", "Assign", "Output"):
                if isinstance(entry, dict) and key in entry:
                    yield from check_expressions(entry[key], f"{place}/{name}[{index}]/{key}", readable)


def _express(service: str | None, pattern: str | None, place: str) -> Iterator[Finding]:
    """What Express machines refuse (recorded answers, the blank before the end included)."""
    refusal = "Express state machine does not support"
    if service == "activity":
        yield _schema(f"{refusal} Activity ARN", place)
    elif pattern is not None and pattern.startswith("sync"):
        yield _schema(f"{refusal} '.sync' service integration", place)
    elif pattern == "waitForTaskToken":
        yield _schema(f"{refusal} '.waitForTaskToken' service integration ", place)

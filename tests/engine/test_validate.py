"""Definitions that AWS refuses, beyond the recorded ones: measured answers, and rules of the specification."""

from typing import Any

import pytest

from pysfnc.asl.finding import InvalidDefinition
from pysfnc.asl.validate import check_definition, validate
from pysfnc.engine import EngineError
from tests.engine.machines import catcher, flow, machine, passing, retrier, run, task

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"


def _found(definition: object) -> list[tuple[str, str, str | None]]:
    return [(str(finding.code), finding.message, finding.location) for finding in validate(definition)]


def _one(code: str, message: str, location: str | None) -> list[tuple[str, str, str | None]]:
    return [(code, message, location)]


def test_loop_without_end() -> None:
    definition = machine(A=passing(Next="B"), B=passing(Next="A"), C=passing(Next="A"))
    assert _found(definition) == _one("MISSING_END_STATE", "Workflow has no terminal state", None)


def test_state_that_nothing_leads_to() -> None:
    definition = machine(A=passing(), C=passing())
    assert _found(definition) == _one(TARGET, 'State "C" is not reachable.', "/States/C")


def test_missing_targets() -> None:
    definition = machine(
        C={"Type": "Choice", "Choices": [{"Condition": True, "Next": "N1"}], "Default": "N2"},
        T=task("f", Catch=[catcher("N3")], Next="N4"),
        E=passing(),
    )
    assert _found(definition)[:4] == [
        (TARGET, "Missing 'Next' target: N2", "/States/C/Default"),
        (TARGET, "Missing 'Next' target: N1", "/States/C/Choices[0]/Next"),
        (TARGET, "Missing 'Next' target: N4", "/States/T/Next"),
        (TARGET, "Missing 'Next' target: N3", "/States/T/Catch[0]/Next"),
    ]


def test_dangling_target_and_no_end() -> None:
    assert _found(machine(A=passing(Next="NOPE"))) == [
        (TARGET, "Missing 'Next' target: NOPE", "/States/A/Next"),
        ("MISSING_END_STATE", "Workflow has no terminal state", None),
    ]


@pytest.mark.parametrize("field", ["TimeoutSeconds", "Retry", "Catch"])
def test_field_of_another_type(field: str) -> None:
    value: Any = 5 if field == "TimeoutSeconds" else []
    found = _found(machine(A=passing(**{field: value})))
    assert found == _one(SCHEMA, f"Field '{field}' is not supported", "/States/A")


def test_field_of_the_other_language() -> None:
    text = "The QueryLanguage is set to '{}', but field '{}' is only supported for the '{}' QueryLanguage"
    found = _found(machine(A=passing(InputPath="$.x")))
    assert found == _one(SCHEMA, text.format("JSONata", "InputPath", "JSONPath"), "/States/A")
    found = _found({**machine(A=passing("x")), "QueryLanguage": "JSONPath"})
    assert found == _one(SCHEMA, text.format("JSONPath", "Output", "JSONata"), "/States/A")


def test_language_of_a_processor() -> None:
    processor = {**flow(A=passing()), "QueryLanguage": "JSONata"}
    found = _found(machine(M={"Type": "Map", "ItemProcessor": processor, "End": True}))
    assert found == _one(SCHEMA, "Field 'QueryLanguage' is not supported", "/States/M/ItemProcessor")


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("1 +", "INVALID_JSONATA_EXPRESSION", "Unexpected end of expression"),
        ("a[1,2)", "INVALID_JSONATA_EXPRESSION", 'Expected "]", got ","'),
        ('"unterminated', "INVALID_JSONATA_EXPRESSION", "String literal must be terminated by a matching quote"),
        ("null ?? 1", "INVALID_JSONATA_EXPRESSION", 'The symbol "?" cannot be used as a unary operator'),
        ("phone", "UNSUPPORTED_JSONATA_EXPRESSION", "Reference to 'phone' at the top level is not supported."),
        ("$map($x, function($v) { b })", "UNSUPPORTED_JSONATA_EXPRESSION",
         "Reference to 'b' at the top level is not supported."),
        ("$$", "UNSUPPORTED_JSONATA_EXPRESSION", "Reference to '$$' is not supported."),
        ("$", "UNSUPPORTED_JSONATA_EXPRESSION", "Reference to '$' is not supported."),
        ("$states.result", "UNSUPPORTED_JSONATA_EXPRESSION", "Field '$states.result' does not exist."),
        ("$states.errorOutput", "UNSUPPORTED_JSONATA_EXPRESSION", "Field '$states.errorOutput' does not exist."),
    ],
)  # fmt: skip
def test_expression(text: str, code: str, message: str) -> None:
    found = _found(machine(A=passing({"v": [f"{{% {text} %}}"]})))
    assert found == _one(code, message, "/States/A/Output/v[0]")


@pytest.mark.parametrize(
    "text",
    [
        "$states.input.items[status = 'OPEN'].amount",
        "$x[$ > 1]",
        "$x.($.a + b)",
        "$map($x, function($v, $i) { $v.a + $i })",
        "$filter($x, function($v) { $v.a })^(>a).b",
        "$undefined_variable",
        "$parse($states.input) ~> $merge",
        "$states.context.Execution.Id",
        "($f := function($n) { $n = 0 ? 0 : $f($n - 1) }; $f(3))",
        "$x{k: $sum(v)}",
        "$partition($x, 2) ~> $map(function($p) { $count($p) })",
        "$reduce($x, function($a, $b) { $a & $b.name }, '')",
    ],
)
def test_legal_expression(text: str) -> None:
    assert _found(machine(A=passing(f"{{% {text} %}}"))) == []


def test_where_result_and_error_exist() -> None:
    rule = catcher("K", Assign={"e": "{% $states.errorOutput %}"}, Output="{% $states.errorOutput.Error %}")
    good = task("f", Assign={"r": "{% $states.result %}"}, Output="{% $states.result.Payload %}", Catch=[rule])
    assert _found(machine(T=good, K=passing())) == []
    bad = task("f", "{% $states.result %}", Catch=[catcher("K", Output="{% $states.result %}")])
    assert [place for _, _, place in _found(machine(T=bad, K=passing()))] == [
        "/States/T/Arguments/Payload",
        "/States/T/Catch[0]/Output",
    ]


@pytest.mark.parametrize("text", ["{% 1", "1 %}", "{%}"])
def test_half_open_expression(text: str) -> None:
    assert [code for code, _, _ in _found(machine(A=passing({"v": text})))] == [SCHEMA]


def test_state_names_are_unique_everywhere() -> None:
    definition = machine(P={"Type": "Parallel", "Branches": [flow(A=passing())], "Next": "A"}, A=passing())
    found = _found(definition)
    assert found == _one("DUPLICATE_STATE_NAME", "Duplicate State name: A", "/States/P/Branches[0]/States/A")


def test_state_name_length() -> None:
    assert _found(machine(**{"x" * 80: passing()})) == []
    assert [code for code, _, _ in _found(machine(**{"x" * 81: passing()}))] == [SCHEMA]


def test_inner_scope_may_not_assign_an_outer_name() -> None:
    inner = flow(B=passing(Assign={"x": 2}))
    definition = machine(A=passing(Assign={"x": 1}, Next="P"), P={"Type": "Parallel", "Branches": [inner], "End": True})
    assert [(code, place) for code, _, place in _found(definition)] == [
        ("DUPLICATE_VARIABLE_NAME", "/States/P/Branches[0]/States/B/Assign/x")
    ]


def test_sibling_scopes_may_share_names() -> None:
    branches = [flow(A=passing(Assign={"x": 1})), flow(B=passing(Assign={"x": 1}))]
    assert _found(machine(P={"Type": "Parallel", "Branches": branches, "End": True})) == []


@pytest.mark.parametrize("name", ["x", "é", "x1", "x_y", "x" * 80])
def test_good_variable_name(name: str) -> None:
    assert _found(machine(A=passing(Assign={name: 1}))) == []


@pytest.mark.parametrize("name", ["_x", "1x", "x.y", "x y", "", "states", "x" * 81])
def test_bad_variable_name(name: str) -> None:
    assert [code for code, _, _ in _found(machine(A=passing(Assign={name: 1})))] == [SCHEMA]


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Pass"},
        {"Type": "Pass", "Next": "A", "End": True},
        {"Type": "Wait", "End": True},
        {"Type": "Wait", "Seconds": 1, "Timestamp": "2020-01-01T00:00:00Z", "End": True},
        {"Type": "Wait", "Seconds": -1, "End": True},
        {"Type": "Wait", "Seconds": 1.5, "End": True},
        {"Type": "Wait", "Timestamp": "soon", "End": True},
        {"Type": "Choice", "Choices": []},
        {"Type": "Parallel", "Branches": [], "End": True},
        {"Type": "Map", "End": True},
        {"Type": "Task", "End": True},
        {"Type": "Task", "Resource": "lambda", "End": True},
        {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:query", "End": True},
        {"Type": "Nothing"},
        {},
        task("f", Retry=[retrier(), retrier("A")]),
        task("f", Retry=[retrier("States.ALL", "A")]),
        task("f", Retry=[{"ErrorEquals": []}]),
        task("f", Retry=[retrier(IntervalSeconds=0)]),
        task("f", Retry=[retrier(BackoffRate=0.5)]),
        task("f", Retry=[retrier(JitterStrategy="SOME")]),
        task("f", Retry=[retrier(MaxDelaySeconds=31_622_401)]),
        task("f", Catch=[{"ErrorEquals": ["A"]}]),
        task("f", TimeoutSeconds=0),
        task("f", Credentials={}),
        task("f", Next=5),
    ],
)
def test_refused_state(state: dict[str, Any]) -> None:
    codes = {code for code, _, _ in _found(machine(A=state, E=passing()))}
    assert SCHEMA in codes


@pytest.mark.parametrize("depth", [400, 2_000])
def test_deep_nesting_is_refused_without_a_fault(depth: int) -> None:
    value: object = "{% 1 %}"
    for _ in range(depth):
        value = [value]
    try:
        output = run(machine(A=passing(value))).output
    except (InvalidDefinition, EngineError) as error:
        assert "nested too deeply" in str(error)
    else:
        assert isinstance(output, list)


def test_definition_size() -> None:
    definition = machine(A=passing("x" * 1_048_576))
    assert _found(definition) == _one(SCHEMA, "The definition is longer than 1048576 bytes", None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", SCHEMA),
        ("[]", SCHEMA),
        ("3", SCHEMA),
        ('{"a": ', "INVALID_JSON_DESCRIPTION"),
        ("[" * 100_000, "INVALID_JSON_DESCRIPTION"),
        ("\x00", "INVALID_JSON_DESCRIPTION"),
        ('{"StartAt": NaN}', "INVALID_JSON_DESCRIPTION"),
    ],
)
def test_text_that_is_no_definition(text: str, code: str) -> None:
    assert [found for found, _, _ in _found(text)] == [code]


@pytest.mark.parametrize(
    "definition",
    [
        {"StartAt": 5, "States": 7},
        {"StartAt": "A", "States": {"A": 5}},
        {"StartAt": "A", "States": {"A": {"Type": ["Pass"]}}},
        {"StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": 5, "End": True}}},
        {"StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": [5], "End": True}}},
        {"StartAt": "A", "States": {"A": {"Type": "Map", "ItemProcessor": 5, "End": True}}},
        {"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": {"a": 1}}}},
        {"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [5]}}, "QueryLanguage": "JSONata"},
        {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": 5, "Retry": 5, "Catch": [5], "End": True}}},
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": 5, "End": True}}, "QueryLanguage": "JSONata"},
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}, "QueryLanguage": "SQL"},
        {"StartAt": "A", "States": {"A": {"Type": "Map", "Label": 5, "ItemProcessor": {}, "End": True}}},
    ],
)
def test_nonsense_is_refused_without_a_fault(definition: dict[str, Any]) -> None:
    with pytest.raises(InvalidDefinition, match="Invalid State Machine Definition: '"):
        check_definition(definition)

"""Calls of services: the states they become, their arguments, and what their errors are in a program."""

from collections.abc import Callable
from typing import Any

import pytest

from pysfnc.engine import TaskCall, TaskFailure, run_machine
from pysfnc.ir.exprs import ExcField, Expr, Prim
from pysfnc.ir.hir import (
    Assign,
    ErrorReading,
    ExceptionTable,
    Handler,
    Perform,
    Raise,
    RetryRule,
    Return,
    ServiceCall,
    Stmt,
    Suite,
    Try,
)
from pysfnc.library import catalog
from pysfnc.library.objects.raised import NAME
from pysfnc.library.rows.row import NameSupply, Refusal, Site
from pysfnc.values.types import JSON, STR, DictT, ExcT
from tests.plan.build import TABLE, const, definition_of, fork, on, op, read_input, text_of, throw, var

PUT = "arn:aws:states:::dynamodb:putItem"
GET = "arn:aws:states:::aws-sdk:s3:getObject"
CONDITION = "DynamoDB.ConditionalCheckFailedException"
MISSING = "S3.NoSuchKeyException"
EXCEPTIONS = ExceptionTable(
    bases=(
        *TABLE.bases,
        ("ClientError", ("Exception",)),
        (CONDITION, ("ClientError",)),
        (MISSING, ("ClientError",)),
        ("DynamoDB.*", ("ClientError",)),
        ("S3.*", ("ClientError",)),
    )
)
READINGS = {
    PUT: ErrorReading(
        form="aws",
        detail="PutItem",
        names=(
            (CONDITION, (CONDITION,)),
            ("ClientError", ("States.TaskFailed",)),
            ("TimeoutError", ("States.Timeout",)),
        ),
    ),
    GET: ErrorReading(
        form="aws",
        detail="GetObject",
        codes=((MISSING, "NoSuchKey"),),
        names=((MISSING, (MISSING,)), ("ClientError", ("States.TaskFailed",))),
    ),
}
_SITE = Site(None, NameSupply())


def dict_(**items: Expr) -> Expr:
    made = catalog.build_dict([(const(key), value) for key, value in items.items()], _SITE)
    assert not isinstance(made, Refusal)
    return made


def service(target: str | None, resource: str = PUT, arguments: Expr | None = None, **options: Any) -> Perform:
    effect = ServiceCall(
        resource=resource,
        arguments=dict_(TableName=const("t"), Item=dict_(id=var("x"))) if arguments is None else arguments,
        errors=options.pop("errors", READINGS[resource]),
        result=DictT(JSON),
        **options,
    )
    return Perform(effect=effect, target=target)


class Service:
    """Answers from a list; remembers the calls."""

    blocking = False

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.calls: list[TaskCall] = []

    def call(self, call: TaskCall) -> object:
        self.calls.append(call)
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, TaskFailure):
            raise answer
        return answer


def task(*body: Stmt) -> dict[str, Any]:
    """The only task state of the machine with this body."""
    states = definition_of(*body, exceptions=EXCEPTIONS)["States"].values()
    (found,) = [state for state in states if state["Type"] == "Task"]
    return found


def both(body: Suite, *answers: object, input: object = 5) -> tuple[Any, Any, Any]:
    """The outcome at both levels of optimisation, which must agree."""
    found = []
    for merge in (True, False):
        service = Service(*answers)
        result = run_machine(definition_of(*body, exceptions=EXCEPTIONS, merge=merge), input, tasks=service)
        found.append((result.output, result.error, result.cause))
    assert found[0] == found[1]
    return found[0]


def failure(name: str, text: str = "no") -> TaskFailure:
    return TaskFailure(name, f"{text} (Service: X, Status Code: 400, Request ID: r)")


def test_arguments_are_json_with_expressions_where_the_program_has_displays() -> None:
    assert task(read_input(), service(None), Return(value=const(None)))["Arguments"] == {
        "TableName": "t",
        "Item": {"id": "{% $states.input %}"},
    }


def test_what_several_arguments_have_in_common_is_computed_once() -> None:
    long = Prim(op="list.make", args=tuple(op("+", var("x"), const(i)) for i in range(12)), type=JSON)
    body = (
        read_input(),
        Assign(name="xs", value=long),
        service("r", arguments=dict_(a=var("xs"), b=var("xs"), c=var("xs"))),
        Return(value=var("r", JSON)),
    )
    assert isinstance(task(*body)["Arguments"], str)
    sent = Service({})
    run_machine(definition_of(*body, exceptions=EXCEPTIONS), 1, tasks=sent)
    xs = list(range(1, 13))
    assert sent.calls[0].arguments == {"a": xs, "b": xs, "c": xs}


def test_checks_before_a_call_keep_it_from_being_made() -> None:
    sent = Service()
    body = (
        read_input(),
        service("r", arguments=dict_(a=const("text"), b=op("//", const(10), var("x")))),
        Return(value=var("r", JSON)),
    )
    result = run_machine(definition_of(*body, exceptions=EXCEPTIONS), 0, tasks=sent)
    assert (result.error, sent.calls) == ("ZeroDivisionError", [])


def test_text_that_looks_like_an_expression_stays_text() -> None:
    sent = Service()
    body = (service(None, arguments=dict_(a=const("{% 1 %}"), b=const("${x}"))), Return(value=const(None)))
    run_machine(definition_of(*body, exceptions=EXCEPTIONS), 0, tasks=sent)
    assert sent.calls[0].arguments == {"a": "{% 1 %}", "b": "${x}"}


def test_options_are_fields_of_the_state() -> None:
    rule = RetryRule(
        names=("ClientError", "ValueError", "X.Y"),
        interval_s=1,
        max_attempts=2,
        backoff=2.0,
        max_delay_s=None,
        jitter=False,
    )
    state = task(
        read_input(),
        service(None, timeout_s=var("x"), heartbeat_s=const(5), role=const("arn:role"), retry=(rule,)),
        Return(value=const(None)),
    )
    assert state["TimeoutSeconds"] == "{% $states.input %}"
    assert state["HeartbeatSeconds"] == 5
    assert state["Credentials"] == {"RoleArn": "arn:role"}
    assert [retry["ErrorEquals"] for retry in state["Retry"]] == [["States.TaskFailed", "X.Y"]]


def test_the_task_token_is_that_of_the_context() -> None:
    token = Prim(op="service.token", args=(), type=STR)
    state = task(service(None, arguments=dict_(Token=token)), Return(value=const(None)))
    assert state["Arguments"] == {"Token": "{% $states.context.Task.Token %}"}


def caught(*handlers: Handler, body: Stmt | None = None) -> Suite:
    return (
        read_input(),
        Try(body=(body or service(None), Return(value=const("done"))), handlers=handlers, orelse=(), final=()),
    )


def handler(*classes: str) -> Handler:
    return on(classes, Return(value=op("+", const(f"{classes}: "), text_of("e"))), name="e")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, "done"),
        (failure(CONDITION), f"('{CONDITION}',): An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: no"),
        (failure("DynamoDB.Other"), "('ClientError',): An error occurred (Other) when calling the PutItem operation: no"),
        (
            TaskFailure("DynamoDB.AmazonDynamoDBException", "no (Service: D; Status Code: 400; Error Code: Odd; Request ID: r)"),
            "('ClientError',): An error occurred (Odd) when calling the PutItem operation: no",
        ),
    ],
)  # fmt: skip
def test_errors_of_aws_are_exceptions_with_the_text_of_botocore(answer: object, expected: str) -> None:
    body = caught(handler("ValueError"), handler(CONDITION), handler("ClientError"), handler("TimeoutError"))
    assert both(body, answer) == (expected, None, None)


def test_a_call_with_a_limit_of_time_may_be_late() -> None:
    limited = service(None, timeout_s=const(5))
    body = caught(handler("ClientError"), handler("TimeoutError"), body=limited)
    assert both(body, TaskFailure("States.Timeout", None)) == ("('TimeoutError',): ", None, None)
    assert both(caught(handler("TimeoutError"), body=limited), failure(CONDITION))[1] == CONDITION


def test_a_catch_names_only_what_the_call_can_fail_with() -> None:
    state = task(*caught(handler("ValueError"), handler(CONDITION, MISSING), handler("ClientError")))
    assert [catch["ErrorEquals"] for catch in state["Catch"]] == [[CONDITION], ["States.TaskFailed"]]


def test_a_code_that_is_not_in_the_name_comes_from_the_table() -> None:
    body = caught(handler("ClientError"), body=service(None, GET))
    assert both(body, failure(MISSING))[0] == (
        "('ClientError',): An error occurred (NoSuchKey) when calling the GetObject operation: no"
    )


def test_an_error_that_nobody_catches_keeps_the_name_and_cause_of_aws() -> None:
    body = (service(None), Return(value=const(None)))
    found = both((read_input(), *body), failure(CONDITION))
    assert found == (None, CONDITION, "no (Service: X, Status Code: 400, Request ID: r)")


def test_a_handler_around_branches_sees_the_errors_inside() -> None:
    inner = (service("r", GET), Return(value=var("r", JSON)))
    forked = fork("rs", inner, (Return(value=const(1)),))
    body = caught(handler("ClientError"), body=forked)
    expected = "('ClientError',): An error occurred (NoSuchKey) when calling the GetObject operation: no"
    assert both(body, failure(MISSING)) == (expected, None, None)
    other = both(body, failure("S3.S3Exception"))[0]
    assert other.startswith("('ClientError',): An error occurred (S3)")  # no error that the model has
    known = caught(handler(MISSING), body=forked)
    assert both(known, failure(MISSING))[0].startswith(f"('{MISSING}',): An error occurred")


def test_a_decoded_error_is_known_by_what_its_cause_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from pysfnc.backend import errors
    from pysfnc.jsonata.tree import Call, Field, Lit, Object, Tree

    def child(_reading: ErrorReading, output: Tree, _arriving: errors.Arriving) -> Tree:
        inner = Call("parse", (Field(output, "Cause"),))
        return Object(((Lit(NAME), Field(inner, "Error")), (Lit("c"), Field(inner, "Cause"))))

    monkeypatch.setitem(errors.FORMS, "child", child)
    call = service(None, errors=ErrorReading(form="child", decoded=True))
    answer = TaskFailure("States.TaskFailed", '{"Error": "ZeroDivisionError", "Cause": "by zero"}')
    body = caught(handler("ValueError"), handler("ArithmeticError"), body=call)
    assert both(body, answer) == ("('ArithmeticError',): by zero", None, None)
    assert both(caught(handler("ValueError"), body=call), answer) == (None, "ZeroDivisionError", "by zero")
    assert both((read_input(), call, Return(value=const(None))), answer) == (None, "ZeroDivisionError", "by zero")


def test_raised_again_it_keeps_its_name_and_has_the_text_of_python() -> None:
    again: Callable[..., Stmt] = lambda: Raise(exc=var("e", ExcT(None)))  # noqa: E731
    body = caught(on(("ClientError",), again(), name="e"))
    expected = "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: no"
    assert both(body, failure(CONDITION)) == (None, CONDITION, expected)


def test_the_name_of_an_exception_is_an_expression_like_others() -> None:
    name = ExcField(exc=var("e", ExcT(None)), field_="name", type=STR)
    assert both(caught(on(("ClientError",), Return(value=name), name="e")), failure(CONDITION))[0] == CONDITION


def test_code_behind_a_call_raises_on_its_state() -> None:
    body = caught(on(("ValueError",), Return(value=const("caught")), name=None), body=service("r"))
    assert both(body, {})[0] == "done"
    late = (
        read_input(),
        Try(body=(service("r"), throw("ValueError", "v")), handlers=(handler("ValueError"),), orelse=(), final=()),
    )
    assert both(late, {})[0] == "('ValueError',): v"

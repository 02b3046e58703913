"""The verifier finds each kind of fault, and none in what is right."""

from dataclasses import replace

import pytest

from pysfnc.ir.exprs import Const, ExcField, Let
from pysfnc.ir.hir import Block, Break, Continue, Eval, ExceptionTable, Leave, Param, Program, Raise, RetryRule, Stmt
from pysfnc.ir.verify import verify_machine, verify_program
from pysfnc.values.types import BOOL, FLOAT, INT, STR, ExcT
from tests.ir.build import (
    INTS,
    assign,
    call,
    change,
    comp,
    cond,
    const,
    each,
    except_,
    for_,
    fork,
    if_,
    logic,
    machine,
    param,
    prim,
    ret,
    service,
    span,
    throw,
    try_,
    var,
    while_,
)

X, Y, FLAG, XS = var("x"), var("y"), var("flag", BOOL), var("xs", INTS)
PARAMS = (param("x", INT), param("flag", BOOL), param("xs", INTS))


def faults(*body: Stmt, params: tuple[Param, ...] = PARAMS) -> list[str]:
    return [fault.text for fault in verify_machine(machine(*body, params=params), tasks=("t",), ops=("add", "append"))]


RIGHT: list[tuple[Stmt, ...]] = [
    (ret(X),),
    (assign("y", X), change("y", prim("add", Y, X)), ret(Y)),
    (if_(FLAG, assign("y", X), orelse=(throw(),)), ret(Y)),
    (if_(logic("or", FLAG, const(True)), assign("y", X)), ret(Y)),
    (if_(logic("and", const(False), FLAG), assign("z", X), orelse=(assign("y", X),)), ret(Y)),
    (while_("l", const(True), assign("y", X), if_(FLAG, Break(label="l"))), ret(Y)),
    (for_("l", "i", XS, if_(FLAG, Break(label="l")), orelse=(assign("y", X), ret(Y))), ret(X)),
    (for_("l", "i", XS, if_(FLAG, Continue(label="l"))), ret(X)),
    (Block(label="b", body=(if_(FLAG, assign("y", X), Leave(label="b")), assign("y", X))), ret(Y)),
    (try_(assign("y", X), handlers=(except_(throw(), name="e"),)), ret(Y)),
    (try_(ret(X), final=(assign("y", X),)),),
    (try_(throw(), final=(assign("y", X),)), ret(Y)),
    (try_(assign("z", X), final=(assign("y", X),)), ret(var("y"))),
    (call("y", n=X), fork("p", (assign("q", Y), ret(var("q"))), (ret(X),)), ret(var("p", INTS))),
    (each("p", "i", XS, ret(prim("add", var("i"), X))), ret(var("p", INTS))),
    (ret(comp(var("i"), "i", XS, FLAG)),),
]


@pytest.mark.parametrize("body", RIGHT, ids=range(len(RIGHT)))
def test_no_fault_in_what_is_right(body: tuple[Stmt, ...]) -> None:
    assert faults(*body) == []


WRONG: list[tuple[tuple[Stmt, ...], str]] = [
    ((ret(Y),), "y is read but not assigned on every path"),
    ((if_(FLAG, assign("y", X)), ret(Y)), "y is read but not assigned on every path"),
    ((while_("l", FLAG, assign("y", X)), ret(Y)), "y is read but not assigned on every path"),
    ((for_("l", "y", XS), ret(Y)), "y is read but not assigned on every path"),
    (
        (while_("l", const(True), if_(FLAG, Break(label="l")), assign("y", X)), ret(Y)),
        "y is read but not assigned on every path",
    ),
    ((try_(assign("y", X), handlers=(except_(),)), ret(Y)), "y is read but not assigned on every path"),
    ((try_(assign("y", X), final=(Eval(value=Y),)), ret(X)), "y is read but not assigned on every path"),
    ((change("y", X), ret(X)), "y is changed but not assigned on every path"),
    ((if_(X), ret(X)), "the test of an If has type int, not bool: x"),
    ((while_("l", X), ret(X)), "the test of a While has type int, not bool: x"),
    ((ret(cond(X, X, X)),), "the test of a conditional expression has type int, not bool: x"),
    ((ret(logic("and", X, FLAG)),), "the left side of `and` has type int, not bool: x"),
    ((ret(logic("or", FLAG, X)),), "the right side of `or` has type int, not bool: x"),
    ((ret(logic("xor", FLAG, FLAG)),), "there is no logic operator xor"),
    ((ret(comp(X, "i", XS, X)),), "the condition of a comprehension has type int, not bool: x"),
    ((ret(comp(X, "i", X)),), "the source of a comprehension has type int, which is no list: x"),
    ((for_("l", "i", X), ret(X)), "the sequence of a ForEach has type int, which is no list: x"),
    ((each(None, "i", X, ret(X)), ret(X)), "the sequence of a FanOut has type int, which is no list: x"),
    ((ret(Const(value=1, type=FLOAT)),), "the constant 1 has type float"),
    ((ret(Const(value=True, type=INT)),), "the constant True has type int"),
    ((ret(prim("nothing")),), "no primitive is called nothing"),
    ((ret(Let(name="x", value=X, body=X, type=INT)),), "x is bound in an expression but names a variable too"),
    ((ret(ExcField(exc=X, field_="cause", type=STR)),), "an exception has no field cause"),
    ((Raise(exc=X),), "a Raise of type int"),
    ((Break(label="l"),), "no loop l is open here"),
    ((while_("l", FLAG), Continue(label="l")), "no loop l is open here"),
    ((Block(label="b", body=(Break(label="b"),)), ret(X)), "no loop b is open here"),
    ((while_("l", FLAG, Leave(label="l")), ret(X)), "no block l is open here"),
    ((while_("l", FLAG, fork(None, (Break(label="l"),))), ret(X)), "no loop l is open here"),
    ((while_("l", FLAG), while_("l", FLAG), ret(X)), "the label l is used twice"),
    ((), "the machine can end without a Return"),
    ((if_(FLAG, ret(X)),), "the machine can end without a Return"),
    ((fork(None, (ret(X),), (assign("y", X),)), ret(X)), "branch 2 can end without a Return"),
    ((each(None, "i", XS), ret(X)), "the body of a FanOut can end without a Return"),
    ((fork(None, (assign("x", const(1)), ret(X))), ret(X)), "branch 1 assigns x of its surroundings"),
    ((each("i", "i", XS, assign("i", X), ret(X)), ret(X)), ""),
    ((call("y", "other"), ret(X)), "the program has no task other"),
]


@pytest.mark.parametrize(("body", "text"), [w for w in WRONG if w[1]], ids=lambda w: w if isinstance(w, str) else "")
def test_each_fault_is_found(body: tuple[Stmt, ...], text: str) -> None:
    assert faults(*body) == [text]


def test_a_retry_belongs_to_one_branch() -> None:
    rule = RetryRule(names=None, interval_s=1, max_attempts=1, backoff=1.0, max_delay_s=None, jitter=False)
    forked = fork(None, (ret(X),), (ret(X),))
    stmt = replace(forked, effect=replace(forked.effect, retry=(rule,)))
    assert faults(stmt, ret(X)) == ["a Fork with a retry has more than one branch"]


def test_a_raised_exception_may_come_from_a_variable_and_a_fault_shows_its_place() -> None:
    caught = except_(Raise(exc=var("e", ExcT())), name="e")
    assert faults(try_(throw(), handlers=(caught,)), ret(X)) == []
    placed = replace(ret(replace(Y, span=span(3))), span=span(3))
    [fault] = verify_machine(machine(placed, params=PARAMS))
    assert str(fault) == "app.py:3:1: y is read but not assigned on every path"


TRIED: list[tuple[tuple[Stmt, ...], list[str]]] = [
    # Set on both ways before anything raises.
    ((try_(if_(FLAG, assign("y", X), orelse=(assign("y", X),)), throw(), handlers=(except_(),)), ret(Y)), []),
    # The body around another `try` raises where that one does.
    ((try_(try_(assign("y", X), throw(), final=(Eval(value=Y),)), handlers=(except_(),)), ret(Y)), []),
    ((try_(throw(), assign("y", X), handlers=(except_(),)), ret(Y)), ["y is read but not assigned on every path"]),
    # A `finally` is also on the way of a return and of a jump to a loop around it, but not of one inside of it.
    (
        (try_(if_(FLAG, ret(X)), assign("y", X), final=(Eval(value=Y),)), ret(X)),
        ["y is read but not assigned on every path"],
    ),
    (
        (while_("l", FLAG, try_(if_(FLAG, Continue(label="l")), assign("y", X), final=(Eval(value=Y),))), ret(X)),
        ["y is read but not assigned on every path"],
    ),
    ((try_(while_("l", FLAG, Continue(label="l")), assign("y", X), final=(Eval(value=Y),)), ret(X)), []),
]


@pytest.mark.parametrize(("body", "expected"), TRIED, ids=range(len(TRIED)))
def test_handlers_know_what_is_assigned_wherever_something_raises(body: tuple[Stmt, ...], expected: list[str]) -> None:
    checked = machine(*body, params=PARAMS)
    assert [fault.text for fault in verify_machine(checked, can_raise=lambda _: False)] == expected


def test_a_program_has_the_faults_of_its_machines() -> None:
    program = Program(
        machines=(machine(call("y"), ret(Y)), machine(ret(Y))),
        tasks=(),
        exceptions=ExceptionTable(bases=()),
        placements=(),
        modules=(),
    )
    assert [fault.text for fault in verify_program(program)] == [
        "the program has no task t",
        "y is read but not assigned on every path",
    ]


def test_a_service_call_needs_an_arn_and_a_dict() -> None:
    body = (service("r", X, "dynamodb:putItem"), ret(var("r")))
    options = tuple(param(name) for name in ("limit", "beat", "role"))
    assert faults(*body, params=(*PARAMS, *options)) == [
        "dynamodb:putItem is no Resource ARN",
        "the arguments of dynamodb:putItem have type int, not dict",
    ]

"""Planning: how many states a program needs, and that they do what it says."""

from typing import Any

import pytest

from pysfnc.ir.exprs import Prim
from pysfnc.ir.hir import Assign, Block, Break, ForEach, If, Leave, Raise, Return, Stmt, Try, While
from pysfnc.values.types import INT, ExcT, ListT
from tests.plan.build import call, const, fan_out, fork, on, op, planned, read_input, sleep, text_of, throw, var


def outcome(body: tuple[Stmt, ...], input: object, merge: bool = True) -> tuple[Any, Any, Any]:
    result = planned(*body, merge=merge).run(input)
    return result.output, result.error, result.cause


def both(body: tuple[Stmt, ...], input: object) -> tuple[Any, Any, Any]:
    """The outcome at both levels of optimisation, which must agree."""
    found = outcome(body, input)
    assert outcome(body, input, merge=False) == found
    return found


def test_a_pure_body_is_one_pass() -> None:
    body = (
        read_input(),
        Assign(name="y", value=op("+", var("x"), const(1))),
        Return(value=op("*", var("y"), var("y"))),
    )
    assert planned(*body).types == ["Pass"]
    assert both(body, 4) == (25, None, None)


def test_a_pure_body_that_may_fail_takes_one_transition() -> None:
    body = (read_input(), Return(value=op("//", const(10), var("x"))))
    result = planned(*body).run(5)
    assert (result.output, result.transitions) == (2, 1)
    assert both(body, 0) == (None, "ZeroDivisionError", "integer division or modulo by zero")


def test_a_pure_loop_is_an_expression() -> None:
    loop = While(
        label="l",
        test=op(">", var("x"), const(0)),
        body=(
            If(test=op("==", var("x"), const(3)), then=(Break(label="l"),), orelse=()),
            Assign(name="s", value=op("+", var("s"), var("x"))),
            Assign(name="x", value=op("-", var("x"), const(1))),
        ),
        orelse=(Assign(name="s", value=const(-1)),),
    )
    body = (read_input(), Assign(name="s", value=const(0)), loop, Return(value=var("s")))
    assert planned(*body).types == ["Pass"]
    assert both(body, 6) == (15, None, None)
    assert both(body, 2) == (-1, None, None)


def test_code_around_a_task_goes_into_its_state() -> None:
    body = (
        read_input(),
        Assign(name="y", value=op("+", var("x"), const(1))),
        call("r", var("y")),
        Return(value=op("+", var("r"), var("y"))),
    )
    assert planned(*body).types == ["Task"]
    assert both(body, 4) == (15, None, None)


def test_a_decision_after_a_task_is_one_choice() -> None:
    test = If(
        test=op(">", var("r"), const(10)), then=(call("r", var("r")),), orelse=(call("r", op("+", var("r"), const(1))),)
    )
    body = (read_input(), call("r", var("x")), test, Return(value=var("r")))
    machine = planned(*body)
    assert sorted(machine.types) == ["Choice", "Task", "Task", "Task"]
    assert machine.run(6).transitions == 3
    assert both(body, 6) == (24, None, None)
    assert both(body, 1) == (6, None, None)


def test_a_way_that_needs_nothing_of_the_task_leads_through_its_catch() -> None:
    test = If(test=op(">", var("r"), const(10)), then=(call("r", var("r")),), orelse=(call("r", const(0)),))
    body = (read_input(), call("r", var("x")), test, Return(value=var("r")))
    machine = planned(*body)
    assert sorted(machine.types) == ["Fail", "Task", "Task", "Task"]
    assert (machine.run(6).transitions, machine.run(1).transitions) == (2, 2)
    assert both(body, 6) == (24, None, None)
    assert both(body, 1) == (0, None, None)


def test_what_fails_beside_a_way_through_the_catch_is_raised_by_the_next_state() -> None:
    test = If(test=op(">", op("//", const(10), var("r")), const(1)), then=(Return(value=const(7)),), orelse=())
    guarded = Try(body=(call("r", const(1)),), handlers=(on(None, Return(value=const(8))),), orelse=(), final=())
    body = (read_input(), call("r", var("x")), test, guarded, Return(value=var("x")))
    assert planned(*body).run(1).transitions == 1
    assert both(body, 1) == (7, None, None)
    assert both(body, 20) == (20, None, None)
    assert both(body, 0) == (None, "ZeroDivisionError", "integer division or modulo by zero")


def test_a_loop_pays_no_choice_for_each_turn() -> None:
    turn = (call("r", var("x")), Assign(name="x", value=op("-", var("x"), const(1))))
    loop = While(label="l", test=op(">", var("x"), const(0)), body=turn, orelse=())
    body = (read_input(), loop, call("r", var("x")), Return(value=var("r")))
    assert planned(*body).run(4).transitions == 5
    assert both(body, 4) == (0, None, None)
    assert both(body, -2) == (-4, None, None)


def test_a_decision_that_only_ends_needs_no_choice() -> None:
    test = If(test=op(">", var("r"), const(10)), then=(Return(value=const(1)),), orelse=())
    body = (read_input(), call("r", var("x")), test, Return(value=var("r")))
    assert planned(*body).types == ["Task"]
    assert both(body, 6) == (1, None, None)
    assert both(body, 1) == (2, None, None)


def test_an_exception_of_a_task_is_caught_by_name() -> None:
    guarded = Try(
        body=(call("r", var("x")),),
        handlers=(on(("ValueError",), Return(value=text_of("e")), name="e"),),
        orelse=(),
        final=(),
    )
    body = (read_input(), guarded, Return(value=var("r")))
    assert both(body, 13) == ("bad", None, None)
    assert both(body, 1) == (2, None, None)


def test_an_exception_of_an_expression_goes_to_its_handler_without_a_state() -> None:
    guarded = Try(
        body=(call("r", var("x")), Assign(name="y", value=op("//", const(10), var("r")))),
        handlers=(on(("ArithmeticError",), call("z", const(1)), Return(value=op("+", var("z"), const(100)))),),
        orelse=(),
        final=(),
    )
    body = (read_input(), guarded, call("z", var("y")), Return(value=var("z")))
    assert planned(*body).run(1).transitions == 2
    assert both(body, 1) == (10, None, None)
    assert both(body, 0) == (102, None, None)


def test_a_handler_that_reads_what_the_body_assigned_sees_it() -> None:
    guarded = Try(
        body=(call("r", var("x")), Assign(name="y", value=op("//", const(10), var("r")))),
        handlers=(on(("ZeroDivisionError",), call("z", op("+", var("r"), const(7))), Return(value=var("z"))),),
        orelse=(),
        final=(),
    )
    body = (read_input(), Assign(name="r", value=const(5)), guarded, call("z", var("y")), Return(value=var("z")))
    assert both(body, 0) == (14, None, None)


def test_a_bare_raise_fails_with_the_exception() -> None:
    again = Raise(exc=var("e", ExcT(None)))
    guarded = Try(body=(call("r", var("x")),), handlers=(on(None, again, name="e"),), orelse=(), final=())
    body = (read_input(), guarded, Return(value=var("r")))
    assert both(body, 13) == (None, "ValueError", "bad")


@pytest.mark.parametrize("input", [1, 13])
def test_finally_runs_on_every_way(input: int) -> None:
    inner = Try(
        body=(call("r", var("x")), Return(value=var("r"))),
        handlers=(),
        orelse=(),
        final=(call("seen", const(21)),),
    )
    outer = Try(body=(inner,), handlers=(on(("ValueError",), Return(value=var("seen"))),), orelse=(), final=())
    body = (read_input(), Assign(name="seen", value=const(0)), outer)
    assert both(body, input) == ((42 if input == 13 else 2), None, None)


def test_a_loop_of_tasks_costs_a_task_and_a_choice_for_each_turn() -> None:
    loop = While(
        label="l",
        test=op("<", var("x"), const(100)),
        body=(call("x", var("x")),),
        orelse=(),
    )
    body = (read_input(), loop, Return(value=var("x")))
    result = planned(*body).run(1)
    assert (result.output, result.transitions) == (128, 7 * 2 + 1)
    assert both(body, 500) == (500, None, None)


def test_a_loop_over_a_list_counts_instead_of_copying() -> None:
    items = Prim(op="list.make", args=(const(1), const(2), const(3)), type=ListT(INT))
    loop = ForEach(
        label="l",
        name="i",
        seq=items,
        body=(call("r", var("i")), Assign(name="s", value=op("+", var("s"), var("r")))),
        orelse=(),
    )
    body = (Assign(name="s", value=const(0)), loop, Return(value=var("s")))
    assert both(body, None) == (12, None, None)


def test_a_return_inside_a_pure_loop_leaves_the_function() -> None:
    items = Prim(op="list.make", args=(const(1), const(2), const(3)), type=ListT(INT))
    loop = ForEach(
        label="l",
        name="i",
        seq=items,
        body=(If(test=op("==", var("i"), var("x")), then=(Return(value=op("*", var("i"), const(10))),), orelse=()),),
        orelse=(),
    )
    body = (read_input(), loop, call("r", var("x")), Return(value=var("r")))
    assert both(body, 2) == (20, None, None)
    assert both(body, 9) == (18, None, None)


def test_branches_and_iterations_hand_out_values() -> None:
    items = Prim(op="list.make", args=(const(1), const(2)), type=ListT(INT))
    body = (
        read_input(),
        fork("pair", (call("a", var("x")), Return(value=var("a"))), (Return(value=op("+", var("x"), const(1))),)),
        fan_out("many", "i", items, call("b", op("+", var("i"), var("x"))), Return(value=var("b"))),
        Return(
            value=Prim(op="list.make", args=(var("pair", ListT(INT)), var("many", ListT(INT))), type=ListT(ListT(INT)))
        ),
    )
    assert sorted(planned(*body).types) == ["Map", "Parallel"]
    assert both(body, 5) == ([[10, 6], [12, 14]], None, None)


def test_an_exception_leaves_a_branch_under_its_own_name() -> None:
    guarded = Try(
        body=(fork("pair", (throw("OSError", "gone"),), (Return(value=const(1)),)),),
        handlers=(on(("OSError",), Return(value=text_of("e")), name="e"),),
        orelse=(),
        final=(),
    )
    assert both((guarded, Return(value=const(None))), None) == ("gone", None, None)


def test_a_wait_and_a_loop_without_end_are_legal() -> None:
    leave = If(test=op(">", var("x"), const(20)), then=(Leave(label="b"),), orelse=())
    endless = While(label="l", test=const(True), body=(call("x", var("x")), leave, sleep(5)), orelse=())
    body = (read_input(), Block(label="b", body=(endless,)), Return(value=var("x")))
    assert both(body, 3) == (24, None, None)
    never = While(label="m", test=const(True), body=(call("x", const(13)), sleep(1)), orelse=())
    assert both((read_input(), never), 1) == (None, "ValueError", planned(read_input(), never).run(1).cause)


def test_a_long_row_of_decisions_stays_flat() -> None:
    guards = tuple(
        If(test=op("==", var("x"), const(i)), then=(Return(value=const(i * 10)),), orelse=()) for i in range(150)
    )
    body = (read_input(), *guards, Return(value=const(-1)))
    assert planned(*body).types == ["Pass"]
    for input, output in ((0, 0), (149, 1490), (500, -1)):
        assert outcome(body, input) == (output, None, None)


def test_an_error_without_a_class_is_caught_as_fail() -> None:
    guarded = Try(
        body=(call("r", var("x")),),
        handlers=(
            on(("Fail",), Return(value=const("fail"))),
            on(("ValueError",), Return(value=const("value"))),
        ),
        orelse=(),
        final=(),
    )
    assert both((read_input(), guarded, Return(value=var("r"))), 13) == ("value", None, None)

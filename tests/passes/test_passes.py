"""Passes: what they take away or rewrite, and what they leave."""

from dataclasses import replace

from pysfnc.ir.exprs import Logic, Prim
from pysfnc.ir.hir import Assign, Block, Eval, ForEach, If, Return, Stmt, Suite, Try, While
from pysfnc.ir.text import render_suite
from pysfnc.library.rows.row import NameSupply
from pysfnc.passes.drop_dead_assigns import drop_dead_assigns
from pysfnc.passes.drop_idle_handlers import drop_idle_handlers
from pysfnc.passes.drop_unreached import drop_unreached
from pysfnc.passes.manager import run_passes
from pysfnc.passes.run_pure_branches_in_line import run_pure_branches_in_line
from pysfnc.passes.take_decided_ways import take_decided_ways
from pysfnc.values.types import BOOL, INT, ListT
from tests.plan.build import call, const, fan_out, fork, on, op, planned, read_input, throw, var


def after(pass_: object, *body: Stmt) -> str:
    assert callable(pass_)
    made: Suite = pass_(body, NameSupply("~"))
    return render_suite(made)


def test_a_value_that_nobody_reads_is_dropped_with_what_only_it_read() -> None:
    body = (
        Assign(name="a", value=const(1)),
        Assign(name="b", value=op("+", var("a"), const(1))),
        Return(value=const(0)),
    )
    assert after(drop_dead_assigns, *body) == render_suite((body[-1],))


def test_a_value_that_may_fail_is_kept() -> None:
    body = (read_input(), Assign(name="b", value=op("//", const(1), var("x"))), Return(value=const(0)))
    assert after(drop_dead_assigns, *body) == render_suite(body)


def test_a_value_read_in_the_next_turn_is_kept() -> None:
    loop = While(
        label="l",
        test=op(">", var("x"), const(0)),
        body=(
            Assign(name="x", value=op("-", var("x"), var("step"))),
            Assign(name="step", value=op("+", var("step"), const(1))),
        ),
        orelse=(),
    )
    body = (read_input(), Assign(name="step", value=const(1)), loop, Return(value=const(0)))
    assert after(drop_dead_assigns, *body) == render_suite(body)


def test_branches_without_effects_become_blocks() -> None:
    guard = If(test=op(">", var("x"), const(1)), then=(Return(value=const(10)),), orelse=())
    body = (
        read_input(),
        fork("pair", (guard, Return(value=const(20))), (Return(value=var("x")),)),
        Return(value=var("pair", ListT(INT))),
    )
    assert "fork" not in after(run_pure_branches_in_line, *body)
    made = run_passes(body, NameSupply("~"), optimise=True)
    assert planned(*made).types == ["Pass"]
    assert planned(*made).run(5).output == planned(*body).run(5).output == [10, 5]
    assert planned(*made).run(0).output == planned(*body).run(0).output == [20, 0]


def test_iterations_without_effects_become_a_loop() -> None:
    items = Prim(op="list.make", args=(const(1), const(2)), type=ListT(INT))
    body = (
        read_input(),
        fan_out("all", "i", items, Return(value=op("*", var("i"), var("x")))),
        Return(value=var("all", ListT(INT))),
    )
    made = run_pure_branches_in_line(body, NameSupply("~"))
    assert planned(*made).types == ["Pass"]
    assert planned(*made).run(3).output == planned(*body).run(3).output == [3, 6]


def test_a_branch_with_an_effect_stays() -> None:
    body = (
        read_input(),
        fork("pair", (call("r", var("x")), Return(value=var("r"))), (Return(value=var("x")),)),
        Return(value=var("pair", ListT(INT))),
    )
    assert after(run_pure_branches_in_line, *body) == render_suite(body)


def test_a_handler_of_a_body_that_cannot_raise_is_dropped() -> None:
    idle = Try(
        body=(Assign(name="y", value=const(1)),),
        handlers=(on(("ValueError",), call("y", const(2))),),
        orelse=(Assign(name="y", value=op("+", var("y"), const(1))),),
        final=(),
    )
    made = drop_idle_handlers((idle, Return(value=var("y"))), NameSupply("~"))
    assert made == (*idle.body, *idle.orelse, Return(value=var("y")))


def test_a_handler_of_a_body_that_may_raise_stays() -> None:
    busy = Try(
        body=(Assign(name="y", value=op("//", const(1), var("x"))),),
        handlers=(on(("ValueError",), Assign(name="y", value=const(2))),),
        orelse=(),
        final=(),
    )
    body = (read_input(), busy, Return(value=var("y")))
    assert drop_idle_handlers(body, NameSupply("~")) == body


def test_a_decided_test_is_evaluated_and_only_its_way_is_left() -> None:
    fails = op(">", op("//", const(1), var("x")), const(0))
    test = Logic(op="or", left=fails, right=const(True), type=BOOL)
    decision = If(test=test, then=(Assign(name="y", value=const(1)),), orelse=(Assign(name="z", value=const(2)),))
    body = (read_input(), decision, Return(value=var("y")))
    made = take_decided_ways(body, NameSupply("~"))
    assert made == (body[0], Eval(value=test), *decision.then, body[2])
    assert planned(*run_passes(body, NameSupply("~"), optimise=False)).run(0).error == "ZeroDivisionError"


def test_a_loop_that_is_never_entered_leaves_its_else_and_an_endless_one_says_so() -> None:
    never = Logic(op="and", left=op(">", var("x"), const(0)), right=const(False), type=BOOL)
    always = Logic(op="or", left=op(">", op("//", const(1), var("x")), const(0)), right=const(True), type=BOOL)
    skipped = While(label="l", test=never, body=(Return(value=const(1)),), orelse=(Return(value=const(2)),))
    assert take_decided_ways((skipped,), NameSupply("~")) == skipped.orelse
    endless = While(label="l", test=always, body=(Return(value=const(1)),), orelse=())
    [made] = take_decided_ways((endless,), NameSupply("~"))
    assert isinstance(made, While)
    assert made.test == const(True)
    assert made.body == (Eval(value=always), *endless.body)


def test_what_stands_behind_a_raise_is_dropped() -> None:
    error = throw("ValueError", "no")
    block = Block(label="b", body=(error, Assign(name="z", value=const(1))))
    loop = ForEach(
        label="l",
        name="i",
        seq=var("xs", ListT(INT)),
        body=(block, Assign(name="y", value=op("+", var("nowhere"), const(1)))),
        orelse=(),
    )
    made = drop_unreached((loop, Return(value=const(0))), NameSupply("~"))
    assert made == (replace(loop, body=(replace(block, body=(error,)),)), Return(value=const(0)))

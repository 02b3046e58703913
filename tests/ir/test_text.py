"""The text of HIR."""

from dataclasses import replace

from pysfnc.ir.exprs import ExcField, Input, Let, Reduce
from pysfnc.ir.hir import Block, Break, Continue, Eval, ExceptionTable, Leave, Perform, Program, RetryRule, Sleep, Task
from pysfnc.ir.text import render_expr, render_machine, render_program, render_suite
from pysfnc.values.types import BOOL, INT, JSON, STR, DictT, ExcT
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
    new_exc,
    param,
    prim,
    ret,
    service,
    throw,
    try_,
    var,
    while_,
)

X, FLAG, XS = var("x"), var("flag", BOOL), var("xs", INTS)


def test_expressions() -> None:
    folded = Reduce(name="i", seq=XS, acc="a", init=const(0), body=prim("add", var("a"), var("i")), type=INT)
    shown = {
        render_expr(expr)
        for expr in (
            const("a'b"),
            Input(type=JSON),
            cond(FLAG, X, const(None)),
            logic("or", FLAG, FLAG),
            Let(name="t%1", value=X, body=prim("neg", var("t%1")), type=INT),
            comp(X, "i", XS, FLAG),
            folded,
            new_exc("E", X),
            ExcField(exc=var("e", ExcT()), field_="message", type=STR),
        )
    }
    assert shown == {
        '"a\'b"',
        "<input>",
        "(x if flag else None)",
        "(flag or flag)",
        "(let t%1 = x in neg(t%1))",
        "[x for i in xs if flag]",
        "(fold a = 0 for i in xs: add(a, i))",
        "exception('E', '', x)",
        "e.message",
    }


def test_statements() -> None:
    suite = (
        assign("y", X),
        change("xs", prim("append", XS, X, type=INTS)),
        Block(label="b", body=(if_(FLAG, Leave(label="b"), orelse=(Eval(value=X),)),)),
        while_("w", FLAG, Continue(label="w"), orelse=(throw(),)),
        for_("f", "i", XS, Break(label="f"), orelse=(ret(X),)),
        try_(handlers=(except_(classes=("A", "B"), name="e"), except_()), orelse=(ret(),), final=(ret(),)),
    )
    assert (
        render_suite(suite)
        == """\
y: int = x
xs: list[int] <- append(xs, x)
block b:
  if flag:
    leave b
  else:
    eval x
while flag:  # w
  continue w
else:
  raise exception('ValueError', '')
for i in xs:  # f
  break f
else:
  return x
try:
  pass
except A, B as e:
  pass
except:
  pass
else:
  return None
finally:
  return None"""
    )


def test_effects() -> None:
    rule = RetryRule(names=("A", "B"), interval_s=1, max_attempts=3, backoff=2.0, max_delay_s=9, jitter=True)
    forked = fork(None, (ret(X),), (ret(),))
    fanned = each("rs", "i", XS, ret(var("i")))
    called = call("r", "charge", n=X)
    suite = (
        replace(called, effect=replace(called.effect, retry=(rule,), timeout_s=const(5), heartbeat_s=X)),
        Perform(effect=Sleep(seconds=const(1.5)), target=None),
        replace(forked, effect=replace(forked.effect, retry=(replace(rule, names=None, max_delay_s=None),))),
        replace(fanned, effect=replace(fanned.effect, max_concurrency=const(4))),
    )
    assert (
        render_suite(suite)
        == """\
r = call charge(n=x) timeout=5 heartbeat=x retry(A|B: 3 times after 1s x2.0 up to 9s jitter)
sleep 1.5
fork retry(*: 3 times after 1s x2.0 jitter):
  branch:
    return x
  branch:
    return None
rs = each i in xs at_most=4:
  return i"""
    )


def test_service_call() -> None:
    suite = (service("r", prim("dict.make", const("a"), X, type=DictT(INT))),)
    expected = "r = service arn:aws:states:::sns:publish dict.make('a', x) timeout=limit heartbeat=beat role=role"
    assert render_suite(suite) == expected


def test_machine_and_program() -> None:
    params = (param("a", INT), replace(param("b"), default=const(1)), replace(param("c"), kind="rest"))
    built = machine(ret(X), params=params)
    text = "workflow m(a: int, b = 1, **c) STANDARD:\n  return x\n"
    assert render_machine(built) == text
    task = Task(
        id="app.charge",
        module="app",
        qualname="charge",
        params=(param("n", INT),),
        timeout_s=None,
        memory_mb=None,
        name=None,
        role=None,
        reason="@task",
    )
    program = Program(
        machines=(built, built),
        tasks=(task,),
        exceptions=ExceptionTable(bases=()),
        placements=(),
        modules=(),
    )
    assert render_program(program) == f"task app.charge(n: int)  # @task\n\n{text}\n{text}"

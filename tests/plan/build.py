"""Short spellings of HIR for tests of planning, and a run of what is planned."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pysfnc.backend.emit import emit_machine
from pysfnc.engine import LambdaAnswer, LambdaService, RunResult, run_machine
from pysfnc.ir.exprs import Const, ExcField, Expr, Input, NewExc, Var
from pysfnc.ir.hir import (
    Assign,
    ExceptionTable,
    FanOut,
    Fork,
    Handler,
    Machine,
    Param,
    Perform,
    Raise,
    Sleep,
    Stmt,
    Suite,
    Task,
    TaskCall,
)
from pysfnc.library import catalog
from pysfnc.library.rows.row import NameSupply, Refusal, Site
from pysfnc.plan.states.scope import plan_machine
from pysfnc.plan.states.surroundings import PlanOptions
from pysfnc.values.types import BOOL, FLOAT, INT, JSON, NONE, STR, ExcT, ListT, Type

TABLE = ExceptionTable(
    bases=(
        ("BaseException", ()),
        ("Exception", ("BaseException",)),
        ("ArithmeticError", ("Exception",)),
        ("ZeroDivisionError", ("ArithmeticError",)),
        ("ValueError", ("Exception",)),
        ("OSError", ("Exception",)),
        ("TimeoutError", ("OSError",)),
        ("Fail", ("Exception",)),
    )
)
_SITE = Site(None, NameSupply())


def var(name: str, type_: Type = INT) -> Var:
    return Var(name=name, type=type_)


def const(value: bool | int | float | str | None) -> Const:
    types: dict[type, Type] = {type(None): NONE, bool: BOOL, int: INT, float: FLOAT, str: STR}
    return Const(value=value, type=types[type(value)])


def op(symbol: str, left: Expr, right: Expr) -> Expr:
    comparison = symbol in ("==", "!=", "<", "<=", ">", ">=")
    built = (catalog.build_compare if comparison else catalog.build_binary)(symbol, left, right, _SITE)
    assert not isinstance(built, Refusal)
    return built


def read_input(name: str = "x", type_: Type = INT) -> Assign:
    return Assign(name=name, value=Input(type=type_))


def call(target: str | None, argument: Expr) -> Perform:
    effect = TaskCall(task="double", args=(("x", argument),), retry=(), timeout_s=None, heartbeat_s=None, result=INT)
    return Perform(effect=effect, target=target)


def sleep(seconds: int) -> Perform:
    return Perform(effect=Sleep(seconds=const(seconds)), target=None)


def fork(target: str, *branches: Suite) -> Perform:
    return Perform(effect=Fork(branches=branches, retry=(), result=ListT(JSON)), target=target)


def fan_out(target: str, name: str, seq: Expr, *body: Stmt) -> Perform:
    effect = FanOut(name=name, seq=seq, body=body, max_concurrency=None, retry=(), result=ListT(JSON))
    return Perform(effect=effect, target=target)


def on(classes: tuple[str, ...] | None, *body: Stmt, name: str | None = None) -> Handler:
    return Handler(classes=classes, name=name, body=body)


def throw(cls: str, text: str) -> Raise:
    message = const(text)
    return Raise(exc=NewExc(name=const(cls), message=message, args=(message,), type=ExcT(frozenset({cls}))))


def text_of(name: str) -> ExcField:
    return ExcField(exc=var(name, ExcT(None)), field_="message", type=STR)


@dataclass(frozen=True, slots=True)
class Planned:
    """A definition, and a way to run it. The task `double` doubles a number; 13 makes it raise ValueError("bad")."""

    definition: dict[str, Any]

    def run(self, input: object, evaluator: Any = None) -> RunResult:
        return run_machine(self.definition, input, tasks=LambdaService(_Double(), blocking=False), evaluator=evaluator)

    @property
    def types(self) -> list[str]:
        return [state["Type"] for state in self.definition["States"].values()]


class _Double:
    def invoke(self, function_name: str, payload: Any, timeout_s: float | None = None) -> LambdaAnswer:
        number = payload["a"][0]
        if number == 13:
            report = {"errorMessage": "bad", "errorType": "ValueError", "requestId": "r", "stackTrace": []}
            return LambdaAnswer(error="ValueError", cause=json.dumps(report, separators=(",", ":")))
        return LambdaAnswer(payload=number * 2)


def planned(*body: Stmt, merge: bool = True) -> Planned:
    """The definition of a machine with this body, and how to run it."""
    return Planned(definition_of(*body, merge=merge))


def definition_of(*body: Stmt, merge: bool = True, exceptions: ExceptionTable = TABLE) -> dict[str, Any]:
    """The definition of a machine with this body."""
    machine = Machine(
        name="w",
        function="w",
        params=(),
        body=body,
        timeout_s=None,
        type="STANDARD",
        comment=None,
        lambda_retry=False,
    )
    parameter = Param(name="x", kind="positional", type=None, default=None, annotation=None)
    task = Task(
        id="double",
        module="app",
        qualname="double",
        params=(parameter,),
        timeout_s=None,
        memory_mb=None,
        name=None,
        role=None,
        reason="",
    )
    plan = plan_machine(machine, body, exceptions, NameSupply("~"), PlanOptions(merge=merge))
    return emit_machine(plan, {"double": task}, lambda _: "DoubleArn").definition


Check = Callable[[RunResult], None]

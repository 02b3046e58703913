"""Short spellings for HIR in tests: expressions and statements made by hand, without the frontend."""

from pysfnc.ir.exprs import Cond, Const, Expr, ListComp, Logic, NewExc, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    FanOut,
    ForEach,
    Fork,
    Handler,
    If,
    Machine,
    Param,
    Perform,
    Raise,
    Return,
    ServiceCall,
    Stmt,
    Suite,
    TaskCall,
    Try,
    While,
)
from pysfnc.source import SourceFile, Span
from pysfnc.values.types import BOOL, FLOAT, INT, NONE, STR, ExcT, ListT, Type

TYPES: dict[type, Type] = {type(None): NONE, bool: BOOL, int: INT, float: FLOAT, str: STR}
INTS = ListT(INT)


def const(value: bool | int | float | str | None) -> Const:
    return Const(value=value, type=TYPES[type(value)])


def var(name: str, type_: Type = INT) -> Var:
    return Var(name=name, type=type_)


def prim(op: str, *args: Expr, type: Type = INT) -> Prim:
    return Prim(op=op, args=args, type=type)


def cond(test: Expr, then: Expr, orelse: Expr) -> Cond:
    return Cond(test=test, then=then, orelse=orelse, type=then.type)


def logic(op: str, left: Expr, right: Expr) -> Logic:
    return Logic(op=op, left=left, right=right, type=BOOL)


def comp(body: Expr, name: str, seq: Expr, cond: Expr | None = None) -> ListComp:
    return ListComp(name=name, seq=seq, cond=cond, body=body, type=ListT(body.type))


def new_exc(name: str, *args: Expr) -> NewExc:
    return NewExc(name=const(name), message=const(""), args=args, type=ExcT(frozenset({name})))


def assign(name: str, value: Expr) -> Assign:
    return Assign(name=name, value=value)


def change(name: str, value: Expr) -> Assign:
    return Assign(name=name, value=value, changes=True)


def ret(value: Expr | None = None) -> Return:
    return Return(value=const(None) if value is None else value)


def throw(name: str = "ValueError", *args: Expr) -> Raise:
    return Raise(exc=new_exc(name, *args))


def if_(test: Expr, *then: Stmt, orelse: Suite = ()) -> If:
    return If(test=test, then=then, orelse=orelse)


def while_(label: str, test: Expr, *body: Stmt, orelse: Suite = ()) -> While:
    return While(label=label, test=test, body=body, orelse=orelse)


def for_(label: str, name: str, seq: Expr, *body: Stmt, orelse: Suite = ()) -> ForEach:
    return ForEach(label=label, name=name, seq=seq, body=body, orelse=orelse)


def except_(*body: Stmt, classes: tuple[str, ...] | None = None, name: str | None = None) -> Handler:
    return Handler(classes=classes, name=name, body=body)


def try_(*body: Stmt, handlers: tuple[Handler, ...] = (), orelse: Suite = (), final: Suite = ()) -> Try:
    return Try(body=body, handlers=handlers, orelse=orelse, final=final)


def call(target: str | None, task: str = "t", result: Type = INT, **args: Expr) -> Perform:
    effect = TaskCall(task=task, args=tuple(args.items()), retry=(), timeout_s=None, heartbeat_s=None, result=result)
    return Perform(effect=effect, target=target)


def service(target: str | None, arguments: Expr, resource: str = "arn:aws:states:::sns:publish") -> Perform:
    effect = ServiceCall(
        resource=resource,
        arguments=arguments,
        timeout_s=var("limit"),
        heartbeat_s=var("beat"),
        role=var("role", STR),
        result=INT,
    )
    return Perform(effect=effect, target=target)


def fork(target: str | None, *branches: Suite, result: Type = INTS) -> Perform:
    return Perform(effect=Fork(branches=branches, retry=(), result=result), target=target)


def each(target: str | None, name: str, seq: Expr, *body: Stmt, result: Type = INTS) -> Perform:
    effect = FanOut(name=name, seq=seq, body=body, max_concurrency=None, retry=(), result=result)
    return Perform(effect=effect, target=target)


def param(name: str, type_: Type | None = None) -> Param:
    return Param(name=name, kind="positional", type=type_, default=None, annotation=None)


def machine(*body: Stmt, params: tuple[Param, ...] = ()) -> Machine:
    return Machine(
        name="m",
        function="m",
        params=params,
        body=body,
        timeout_s=None,
        type="STANDARD",
        comment=None,
        lambda_retry=True,
    )


def span(line: int, text: str = "") -> Span:
    source = SourceFile("app.py", "\n" * (line - 1) + (text or "x") + "\n")
    return Span(source, line, 0, line, max(len(text), 1))

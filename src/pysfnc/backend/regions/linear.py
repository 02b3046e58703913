"""Expressions taken apart into statements where a handler of the same suite may catch what a part of them raises."""

from collections.abc import Callable
from dataclasses import replace

from pysfnc.analysis.failures import expr_errors, own_errors
from pysfnc.backend.regions.surroundings import Context, Writer
from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, Let, ListComp, Logic, NewExc, Prim, Reduce, Var
from pysfnc.ir.hir import Assign, ForEach, If, Stmt, Suite
from pysfnc.lean import dataclass
from pysfnc.values.types import BOOL


def linear(writer: Writer, expr: Expr, context: Context, *, at_root: bool = False) -> tuple[tuple[Stmt, ...], Expr]:
    """Statements that evaluate the parts whose failures are caught here, and the expression over their results.

    With `at_root` the operation of the expression itself stays, its arguments being free of such failures.
    """
    if not writer.is_caught(expr_errors(expr), context):
        return (), expr
    before: list[Stmt] = []
    result = _Linear(writer, context, before).split(expr, at_root=at_root)
    return tuple(before), result


@dataclass(slots=True)
class _Linear:
    """One expression being taken apart into statements, in evaluation order."""

    writer: Writer
    context: Context
    before: list[Stmt]

    def _catches(self, expr: Expr) -> bool:
        return self.writer.is_caught(expr_errors(expr), self.context)

    def split(self, expr: Expr, *, at_root: bool = False) -> Expr:
        if not self._catches(expr):
            return expr
        match expr:
            case Prim(args=args):
                made = replace(expr, args=self._in_order(args))
                if at_root or not self.writer.is_caught(own_errors(expr), self.context):
                    return made
                return self._named(made)
            case Cond(test=test, then=then, orelse=orelse):
                return self._choice(expr, self.split(test), then, orelse)
            case Logic(op="and", left=left, right=right):
                return self._choice(expr, self.split(left), right, Const(value=False, type=BOOL))
            case Logic(left=left, right=right):
                return self._choice(expr, self.split(left), Const(value=True, type=BOOL), right)
            case Let(name=name, value=value, body=body):
                self.before.append(Assign(name=name, value=self.split(value)))
                return self.split(body)
            case ListComp():
                return self._comprehension(expr)
            case Reduce(name=name, seq=seq, acc=acc, init=init, body=body):
                items, start = self._in_order((seq, init))
                self.before.append(Assign(name=acc, value=start))
                turn = self._inner(body, lambda value: (Assign(name=acc, value=value),))
                self._loop(name, items, turn)
                return Var(name=acc, type=expr.type, span=expr.span)
            case NewExc():
                return expr.with_parts(self._in_order(expr.parts))
            case ExcField(exc=exc):
                return replace(expr, exc=self.split(exc))
            case _:
                return expr

    def _in_order(self, args: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """The arguments split; one that may fail before a later one is split gets a name, so that it still fails first."""
        last = max((i for i, a in enumerate(args) if self._catches(a)), default=-1)
        made: list[Expr] = []
        for index, arg in enumerate(args):
            part = self.split(arg)
            made.append(self._named(part) if index < last and expr_errors(part) else part)
        return tuple(made)

    def _named(self, expr: Expr) -> Var:
        name = self.writer.fresh("t")
        self.before.append(Assign(name=name, value=expr, span=expr.span))
        return Var(name=name, type=expr.type, span=expr.span)

    def _inner(self, expr: Expr, use: Callable[[Expr], tuple[Stmt, ...]]) -> Suite:
        before: list[Stmt] = []
        value = _Linear(self.writer, self.context, before).split(expr)
        return (*before, *use(value))

    def _choice(self, expr: Expr, test: Expr, then: Expr, orelse: Expr) -> Expr:
        name = self.writer.fresh("t")

        def keep(value: Expr) -> tuple[Stmt, ...]:
            return (Assign(name=name, value=value),)

        self.before.append(If(test=test, then=self._inner(then, keep), orelse=self._inner(orelse, keep)))
        return Var(name=name, type=expr.type, span=expr.span)

    def _comprehension(self, expr: ListComp) -> Expr:
        name = self.writer.fresh("items")
        seq = self.split(expr.seq)
        made = Var(name=name, type=expr.type)
        self.before.append(Assign(name=name, value=Prim(op="list.make", args=(), type=expr.type)))

        def add(value: Expr) -> tuple[Stmt, ...]:
            one = Prim(op="list.make", args=(value,), type=expr.type)
            return (Assign(name=name, value=Prim(op="list.concat", args=(made, one), type=expr.type)),)

        turn = self._inner(expr.body, add)
        if expr.cond is not None:
            wanted = turn
            turn = self._inner(expr.cond, lambda test: (If(test=test, then=wanted, orelse=()),))
        self._loop(expr.name, seq, turn)
        return made

    def _loop(self, name: str, seq: Expr, body: Suite) -> None:
        label = self.writer.fresh("loop")
        self.before.append(ForEach(label=label, name=name, seq=seq, body=body, orelse=()))

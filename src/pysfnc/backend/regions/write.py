"""Pure statements to JSONata: loops, branches and handlers become one expression.

A pure suite is written as a block of bindings. A compound statement is bound as a whole to a *pack*: the object of the variables it assigned
that are read later, tagged with the way it was left where there is more than one. Inside a compound statement every path ends in such a
pack, so all jumps are tail calls: a loop is a local function that calls itself (JSONata does not grow the stack for that) or, when it always runs to
its end, a `$reduce`.

An exception that a handler of the same suite may catch is such a way out too; any other aborts the expression (see `expressions`).

This module writes statements in their order; loops, handlers and functions that call themselves are modules beside it.
"""

from collections.abc import Callable
from dataclasses import field, replace
from functools import partial
from typing import Final

from pysfnc.analysis.failures import expr_errors, raised_classes, suite_errors
from pysfnc.analysis.liveness import liveness
from pysfnc.backend.expressions import IMPOSSIBLE, Env, Lowering, Out, block
from pysfnc.backend.regions.handlers import write_try
from pysfnc.backend.regions.linear import linear
from pysfnc.backend.regions.loops import write_for, write_while
from pysfnc.backend.regions.packs import EXCEPTION, TAG, Exit, Packing
from pysfnc.backend.regions.recursions import write_activation, write_recursion
from pysfnc.backend.regions.surroundings import Context, Frame, Jump, Write, Written, with_jumps
from pysfnc.ir.exits import exits
from pysfnc.ir.exprs import Expr, Prim
from pysfnc.ir.hir import (
    Assign,
    Block,
    Break,
    Continue,
    Eval,
    ExceptionTable,
    ForEach,
    If,
    Leave,
    Raise,
    Recur,
    Recursion,
    Return,
    Stmt,
    Suite,
    Try,
    While,
)
from pysfnc.ir.walk import assigned, walk_suite
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.jsonata.tree import Binary, Bind, Field, Func, IfElse, Lit, Ref, Tree
from pysfnc.lean import dataclass
from pysfnc.library.rows.registry import prim
from pysfnc.library.rows.row import Arg, Check

MAX_ROW: Final = 12
"""Statements in a row that may leave, each of which costs up to five levels of nesting; AWS's JSONata ends near a hundred (measured)."""


@dataclass(slots=True)
class Regions:
    """Writes pure suites into one expression text."""

    lowering: Lowering
    exceptions: ExceptionTable
    marks: int = 0
    functions: dict[str, Written] = field(default_factory=dict)
    """The functions whose bodies are being written, by label."""

    def value(self, suite: Suite, result: Expr, env: Env, trusted: Suite = ()) -> Tree:
        """The value of `result` after the suite, which comes after code that is known not to fail."""
        out: Out = []
        context = Context({}, (), free_vars(result))
        before = Context({}, (), liveness(suite, context.live).start, trusted=True)

        def rest(e: Env, o: Out) -> Tree:
            return self.tail(suite, e, o, context, lambda e, o: self.lower(result, e, o, context))

        return block(out, self.tail(trusted, dict(env), out, before, rest))

    def lower(self, expr: Expr, env: Env, out: Out, context: Context) -> Tree:
        """The value of an expression."""
        return self.lowering.lower(expr, env, out, partial(self.route, context))

    def route(self, context: Context, error: str | None) -> int:
        """The number by which the Catch of the state takes an exception on; 0 for none."""
        frame = self._frame(error, context)
        if context.trusted and (frame is None or frame.route is not None):
            return IMPOSSIBLE
        return 0 if frame is None or frame.route is None else frame.route

    # Statements in a row

    def tail(self, suite: Suite, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        """The value of running the suite and then `fall`; bindings go to `out`."""
        suite = self._chunked(suite, context)
        live = liveness(suite, context.live)
        for index, stmt in enumerate(suite):
            here = replace(context, live=context.live | live.after(stmt))
            if isinstance(stmt, Return):  # of a value that is never there (`ir.exits`), which is to raise
                stmt = Eval(value=stmt.value, span=stmt.span)
            if self._is_plain(stmt, context):
                self._plain(stmt, env, out, here)
            else:
                return self._jumping(stmt, suite[index + 1 :], env, out, context, here, fall)
        return fall(env, out)

    def _chunked(self, suite: Suite, context: Context) -> Suite:
        """A long row of statements that may leave nests deeper with each: its first half becomes one statement."""
        if len(suite) <= MAX_ROW:
            return suite
        jumping = [index for index, stmt in enumerate(suite) if not self._is_plain(stmt, context)]
        if len(jumping) <= MAX_ROW:
            return suite
        cut = jumping[len(jumping) // 2]
        return (Block(label=self.fresh("row"), body=suite[:cut]), *suite[cut:])

    def _is_plain(self, stmt: Stmt, context: Context) -> bool:
        """Whether the statement always runs to its end or aborts."""
        if isinstance(stmt, Raise | Break | Continue | Leave) or self.suspends((stmt,)):
            return False
        return not exits((stmt,)).labels and not self.is_caught(suite_errors((stmt,)), context)

    def suspends(self, suite: Suite) -> bool:
        """Whether something in the suite calls a function whose body this is a part of, and goes on when that hands over its results."""
        return bool(self.functions) and any(
            isinstance(stmt, Recur) and stmt.label in self.functions for stmt in walk_suite(suite)
        )

    def is_caught(self, errors: frozenset[str | None] | frozenset[str], context: Context) -> bool:
        """Whether a handler inside the expression may catch one of the classes."""
        frames = (self._frame(error, context) for error in errors)
        return any(frame is not None and frame.route is None for frame in frames)

    def _frame(self, error: str | None, context: Context) -> Frame | None:
        """The innermost handlers that may catch a class (None: a class not known before run time)."""
        for frame in reversed(context.frames):
            if frame.classes is None or error is None or self.exceptions.ancestors(error) & frame.classes:
                return frame
        return None

    def _plain(self, stmt: Stmt, env: Env, out: Out, context: Context) -> None:
        match stmt:
            case Assign(name=name, value=value):
                if name in context.live or (expr_errors(value) and not context.trusted):
                    env[name] = self.lowering.bind(out, name, self.lower(value, env, out, context))
            case Eval(value=value):
                if expr_errors(value) and not context.trusted:
                    self.lowering.bind(out, "unused", self.lower(value, env, out, context))
            case _:
                fails = not context.trusted and (bool(suite_errors((stmt,))) or isinstance(stmt, While | Recursion))
                if not fails and not assigned((stmt,)) & context.live:
                    return
                self._packed(partial(self._compound, stmt), (stmt,), env, out, context)

    def _jumping(
        self, stmt: Stmt, rest: Suite, env: Env, out: Out, context: Context, after: Context, fall: Jump
    ) -> Tree:
        """As `tail` for a statement that may leave the suite, and what follows it. `after` knows what is read behind it."""
        match stmt:
            case Break(label=label):
                return context.jumps["break", label](env, out)
            case Continue(label=label):
                return context.jumps["continue", label](env, out)
            case Leave(label=label):
                return context.jumps["leave", label](env, out)
            case Raise(exc=exc, route=int() as route):
                number = IMPOSSIBLE if context.trusted else route
                return self.lowering.abort(self.lower(exc, env, out, context), None, lambda _: number)
            case Raise(exc=exc):
                return self._raise(exc, env, out, context)
            case Assign() | Eval():
                return self._caught_value(stmt, rest, env, out, context, fall)
            case Recur(label=label, args=args, targets=targets):
                go_on = partial(self.go_on, rest, context, fall)
                return write_activation(self, self.functions[label], args, targets, env, out, context, go_on)
            case Recursion() if self.suspends((stmt,)):
                return write_recursion(self, stmt, env, out, after, partial(self.go_on, rest, context, fall))
            case If(test=test, then=then, orelse=orelse):
                before, test = linear(self, test, context)
                if before:
                    return self.tail((*before, replace(stmt, test=test), *rest), env, out, context, fall)
                if not exits(then).falls:
                    orelse, rest = (*orelse, *rest), ()
                elif not exits(orelse).falls:
                    then, rest = (*then, *rest), ()
                if not rest or not (exits(then).falls and exits(orelse).falls):
                    condition = self.lower(test, env, out, context)
                    return IfElse(
                        condition,
                        self.nested(then, env, context, fall),
                        self.nested(orelse, env, context, fall),
                    )
            case ForEach(seq=seq):
                before, seq = linear(self, seq, context)
                if before:
                    return self.tail((*before, replace(stmt, seq=seq), *rest), env, out, context, fall)
            case _:
                pass
        write = partial(self._compound, stmt)
        return self.then(write, (stmt,), env, out, after, partial(self.go_on, rest, context, fall))

    def go_on(self, rest: Suite, context: Context, fall: Jump, env: Env, out: Out) -> Tree:
        """As `tail`, with what is known later last."""
        return self.tail(rest, env, out, context, fall)

    def then(self, write: Write, suite: Suite, env: Env, out: Out, context: Context, go_on: Jump) -> Tree:
        """A compound statement (`suite`, written by `write`), then what comes behind its end or one of its other ways out."""
        if self.suspends(suite):
            return self._joined(write, suite, env, out, context, go_on)
        pack, ways = self._packed(write, suite, env, out, context)
        return self._ways_on(pack, ways, env, out, go_on)

    def _ways_on(self, pack: Tree, ways: list[Exit], env: Env, out: Out, go_on: Jump) -> Tree:
        if not ways:
            return go_on(env, out)
        inner: Out = []
        result = block(inner, go_on(dict(env), inner))
        for way in ways:
            arm: Out = []
            taken = block(arm, way.resume(dict(env), arm, Field(pack, EXCEPTION)))
            result = IfElse(Binary("=", Field(pack, TAG), Lit(way.tag)), taken, result)
        return result

    def nested(self, suite: Suite, env: Env, context: Context, fall: Jump) -> Tree:
        """As `tail`, with bindings of its own."""
        out: Out = []
        return block(out, self.tail(suite, dict(env), out, context, fall))

    # Exceptions

    def _raise(self, exc: Expr, env: Env, out: Out, context: Context) -> Tree:
        before, exc = linear(self, exc, context)
        if before:
            return self.tail((*before, Raise(exc=exc)), env, out, context, lambda e, o: Lit(None))
        classes = raised_classes(exc)
        error = next(iter(classes)) if len(classes) == 1 else None
        tree = self.lower(exc, env, out, context)
        if not self.is_caught(classes, context):
            # As `_is_plain` has it: nobody looks for a way out to a handler here.
            return self.lowering.abort(tree, error, partial(self.route, context))
        return self.throw(tree, error, env, out, context)

    def throw(self, exc: Tree, error: str | None, env: Env, out: Out, context: Context) -> Tree:
        """An exception object of a class (None: not known) on its way to the handler in force."""
        frame = self._frame(error, context)
        if frame is not None and frame.route is None:
            return (frame.dynamic if error is None else frame.throw)(env, out, exc)
        return self.lowering.abort(exc, error, partial(self.route, context))

    def _caught_value(self, stmt: Assign | Eval, rest: Suite, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        """A value some of whose failures are caught here."""
        before, value = linear(self, stmt.value, context, at_root=True)
        if before:
            return self.tail((*before, replace(stmt, value=value), *rest), env, out, context, fall)
        if not isinstance(value, Prim):
            return self.tail((replace(stmt, value=value), *rest), env, out, context, fall)
        args = [Arg(self.lowering.bind(out, "t", self.lower(a, env, out, context)), a.type) for a in value.args]
        row = prim(value.op)
        checks = list(row.checks(args, value.type)) if row.checks is not None else []

        def succeed(inner: Out) -> Tree:
            result = self.lowering.bind(inner, "t", row.lower(args, value.type))
            after = {**env, stmt.name: result} if isinstance(stmt, Assign) else dict(env)
            return self.tail(rest, after, inner, context, fall)

        return self._checked(checks, succeed, env, out, context)

    def _checked(
        self, checks: list[Check], succeed: Callable[[Out], Tree], env: Env, out: Out, context: Context
    ) -> Tree:
        if not checks:
            return succeed(out)
        first, *others = checks
        inner: Out = []
        passed = block(inner, self._checked(others, succeed, env, inner, context))
        arm: Out = []
        failed = block(arm, self.throw(self.lowering.exception_of(first), first.error, dict(env), arm, context))
        return IfElse(first.ok, passed, failed)

    # Compound statements as one value

    def _packed(self, write: Write, suite: Suite, env: Env, out: Out, context: Context) -> tuple[Tree, list[Exit]]:
        """Bind the pack of a compound statement, and the variables in it; the ways out other than its end."""
        packing, tree = self._written(write, suite, env, context)
        name = self.lowering.local(packing.label("after"))
        out.append(Bind(name, packing.finish(tree)))
        env.update(packing.variables(Ref(name)))
        return Ref(name), packing.ways()

    def _joined(self, write: Write, suite: Suite, env: Env, out: Out, context: Context, go_on: Jump) -> Tree:
        """As `then` where the statement has no value at once: what comes behind it is a function of its pack, which all its ways end in calling."""
        packing, tree = self._written(write, suite, env, context)
        name, pack = self.lowering.local("go_on"), self.lowering.local(packing.label("after"))
        arm: Out = []
        after = {**env, **packing.variables(Ref(pack))}
        value = block(arm, self._ways_on(Ref(pack), packing.ways(), after, arm, go_on))
        out.append(Bind(name, Func((pack,), value)))
        return packing.finish(tree, name)

    def _written(self, write: Write, suite: Suite, env: Env, context: Context) -> tuple[Packing, Tree]:
        """A compound statement all of whose ways end in packs that are not in their final form yet."""
        packing = self.packing(tuple(sorted(assigned(suite) & context.live)))
        inner: Out = []
        return packing, block(inner, write(dict(env), inner, packing.around(context), packing.end))

    def packing(self, names: tuple[str, ...]) -> Packing:
        """A pack for the variables of these names."""
        self.marks += 1
        return Packing(f"%{self.marks}", names)

    def _compound(self, stmt: Stmt, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        match stmt:
            case If(test=test, then=then, orelse=orelse):
                before, test = linear(self, test, context)
                if before:
                    return self.tail((*before, replace(stmt, test=test)), env, out, context, fall)
                condition = self.lower(test, env, out, context)
                return IfElse(condition, self.nested(then, env, context, fall), self.nested(orelse, env, context, fall))
            case Block(label=label, body=body):
                return self.tail(body, env, out, with_jumps(context, {("leave", label): fall}), fall)
            case While():
                return write_while(self, stmt, env, out, context, fall)
            case ForEach():
                before, seq = linear(self, stmt.seq, context)
                if before:
                    return self.tail((*before, replace(stmt, seq=seq)), env, out, context, fall)
                return write_for(self, stmt, env, out, context, fall)
            case Try():
                return write_try(self, stmt, env, out, context, fall)
            case Recursion():
                return write_recursion(self, stmt, env, out, context, fall)
            case _:
                return self.tail((stmt,), env, out, context, fall)

    def fresh(self, hint: str) -> str:
        """A name no variable has."""
        self.marks += 1
        return f"{hint}%%{self.marks}"

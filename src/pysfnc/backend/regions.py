"""Pure statements to JSONata: loops, branches and handlers become one expression.

A pure suite is written as a block of bindings. A compound statement is bound as a whole to a *pack*: the object of the variables it assigned
that are read later, tagged with the way it was left where there is more than one. Inside a compound statement every path ends in such a
pack, so all jumps are tail calls: a loop is a local function that calls itself (JSONata does not grow the stack for that) or, when it always runs to
its end, a `$reduce`.

An exception that a handler of the same suite may catch is such a way out too; any other aborts the expression (see `expressions`).

A function that calls itself is written in continuation-passing style: it gets a function that goes on with its results, so that all its calls are
tail calls as well, and the depth of the recursion costs no depth of evaluation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from pysfnc.analysis.failures import expr_errors, own_errors, raised_classes, suite_errors
from pysfnc.analysis.liveness import liveness
from pysfnc.backend.expressions import (
    IMPOSSIBLE,
    Env,
    Lowering,
    Out,
    block,
)
from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, Let, ListComp, Logic, NewExc, Prim, Reduce, Var
from pysfnc.ir.hir import (
    Assign,
    Block,
    Break,
    Continue,
    Eval,
    ExceptionTable,
    ForEach,
    Handler,
    If,
    Leave,
    Raise,
    Recur,
    Recursion,
    Stmt,
    Suite,
    Try,
    While,
)
from pysfnc.ir.walk import assigned, exits, free_vars, reads, walk_suite
from pysfnc.jsonata.tree import Array, Binary, Bind, Call, Field, Func, IfElse, Index, Lit, Object, Ref, Tree
from pysfnc.jsonata.walk import map_tree
from pysfnc.library.raised import NAME
from pysfnc.library.registry import prim
from pysfnc.library.row import Arg, Check
from pysfnc.values.types import BOOL

Jump = Callable[[Env, Out], Tree]
Throw = Callable[[Env, Out, Tree], Tree]

MAX_ROW = 12
"""Statements in a row that may leave, each of which costs up to five levels of nesting; AWS's JSONata ends near a hundred (measured)."""

TAG = "k"
EXCEPTION = "x"


@dataclass(frozen=True, slots=True)
class Frame:
    """A handler in force: the classes it catches (None: all), and where an exception object goes.

    `dynamic` is for an exception whose class is not known before run time: it asks this handler and those after it.
    """

    classes: frozenset[str] | None
    throw: Throw
    dynamic: Throw
    route: int | None = None
    """The handlers are in another state: the exception aborts the expression, and its Catch takes it on by this number."""


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a statement: where jumps lead, which handlers are in force (innermost last), what is read later outside the suite.

    `trusted`: no exception leaves the expression, as the code has run before with the same values.
    """

    jumps: Mapping[tuple[str, str], Jump]
    frames: tuple[Frame, ...]
    live: frozenset[str]
    trusted: bool = False


@dataclass(slots=True)
class Exit:
    """A way out of a packed statement other than its end: its tag, and what to do there (with the exception object where it has one)."""

    tag: int
    resume: Callable[[Env, Out, Tree | None], Tree]


@dataclass(slots=True)
class Packing:
    """The packs of one compound statement while it is being written."""

    mark: str
    names: tuple[str, ...]
    exits: dict[object, Exit] = field(default_factory=dict)

    def form(self) -> tuple[bool, bool]:
        """Whether the packs have tags, and whether they are just the one variable."""
        tagged = bool(self.exits)
        return tagged, not tagged and len(self.names) == 1

    def ways(self) -> list[Exit]:
        """The ways out other than the end."""
        return sorted(self.exits.values(), key=lambda way: way.tag)


@dataclass(frozen=True, slots=True)
class Written:
    """A function that calls itself: its name, and whether it takes a second continuation, for exceptions."""

    name: str
    throws: bool


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
            return self.tail(suite, e, o, context, lambda e, o: self._lower(result, e, o, context))

        return block(out, self.tail(trusted, dict(env), out, before, rest))

    def _lower(self, expr: Expr, env: Env, out: Out, context: Context) -> Tree:
        return self.lowering.lower(expr, env, out, partial(self._route, context))

    def _route(self, context: Context, error: str | None) -> int:
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
        if isinstance(stmt, Raise | Break | Continue | Leave) or self._suspends((stmt,)):
            return False
        return not exits((stmt,)).labels and not self._is_caught(suite_errors((stmt,)), context)

    def _suspends(self, suite: Suite) -> bool:
        """Whether something in the suite calls a function whose body this is a part of, and goes on when that hands over its results."""
        return bool(self.functions) and any(
            isinstance(stmt, Recur) and stmt.label in self.functions for stmt in walk_suite(suite)
        )

    def _is_caught(self, errors: frozenset[str | None] | frozenset[str], context: Context) -> bool:
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
                    env[name] = self.lowering.bind(out, name, self._lower(value, env, out, context))
            case Eval(value=value):
                if expr_errors(value) and not context.trusted:
                    self.lowering.bind(out, "unused", self._lower(value, env, out, context))
            case _:
                fails = not context.trusted and (bool(suite_errors((stmt,))) or isinstance(stmt, While | Recursion))
                if not fails and not assigned((stmt,)) & context.live:
                    return
                self._packed(stmt, env, out, context)

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
                return self.lowering.abort(self._lower(exc, env, out, context), None, lambda _: number)
            case Raise(exc=exc):
                return self._raise(exc, env, out, context)
            case Assign() | Eval():
                return self._caught_value(stmt, rest, env, out, context, fall)
            case Recur(label=label, args=args, targets=targets):
                go_on = partial(self._go_on, rest, context, fall)
                return self._activation(self.functions[label], args, targets, env, out, context, go_on)
            case Recursion() if self._suspends((stmt,)):
                return self._recursion(stmt, env, out, after, partial(self._go_on, rest, context, fall))
            case If(test=test, then=then, orelse=orelse):
                before, test = self._linear(test, context)
                if before:
                    return self.tail((*before, replace(stmt, test=test), *rest), env, out, context, fall)
                if not exits(then).falls:
                    orelse, rest = (*orelse, *rest), ()
                elif not exits(orelse).falls:
                    then, rest = (*then, *rest), ()
                if not rest or not (exits(then).falls and exits(orelse).falls):
                    condition = self._lower(test, env, out, context)
                    return IfElse(
                        condition,
                        self._nested(then, env, context, fall),
                        self._nested(orelse, env, context, fall),
                    )
            case ForEach(seq=seq):
                before, seq = self._linear(seq, context)
                if before:
                    return self.tail((*before, replace(stmt, seq=seq), *rest), env, out, context, fall)
            case _:
                pass
        write = partial(self._compound, stmt)
        return self._then(write, (stmt,), env, out, after, partial(self._go_on, rest, context, fall))

    def _go_on(self, rest: Suite, context: Context, fall: Jump, env: Env, out: Out) -> Tree:
        return self.tail(rest, env, out, context, fall)

    def _then(
        self,
        write: Callable[[Env, Out, Context, Jump], Tree],
        suite: Suite,
        env: Env,
        out: Out,
        context: Context,
        go_on: Jump,
    ) -> Tree:
        """A compound statement (`suite`, written by `write`), then what comes behind its end or one of its other ways out."""
        if self._suspends(suite):
            return self._joined(write, suite, env, out, context, go_on)
        pack, ways = self._pack(write, assigned(suite), env, out, context)
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

    def _nested(self, suite: Suite, env: Env, context: Context, fall: Jump) -> Tree:
        out: Out = []
        return block(out, self.tail(suite, dict(env), out, context, fall))

    # Exceptions

    def _raise(self, exc: Expr, env: Env, out: Out, context: Context) -> Tree:
        before, exc = self._linear(exc, context)
        if before:
            return self.tail((*before, Raise(exc=exc)), env, out, context, lambda e, o: Lit(None))
        classes = raised_classes(exc)
        error = next(iter(classes)) if len(classes) == 1 else None
        return self._throw(self._lower(exc, env, out, context), error, env, out, context)

    def _throw(self, exc: Tree, error: str | None, env: Env, out: Out, context: Context) -> Tree:
        frame = self._frame(error, context)
        if frame is not None and frame.route is None:
            return (frame.dynamic if error is None else frame.throw)(env, out, exc)
        return self.lowering.abort(exc, error, partial(self._route, context))

    def _caught_value(self, stmt: Assign | Eval, rest: Suite, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        """A value some of whose failures are caught here."""
        before, value = self._linear(stmt.value, context, at_root=True)
        if before:
            return self.tail((*before, replace(stmt, value=value), *rest), env, out, context, fall)
        if not isinstance(value, Prim):
            return self.tail((replace(stmt, value=value), *rest), env, out, context, fall)
        args = [Arg(self.lowering.bind(out, "t", self._lower(a, env, out, context)), a.type) for a in value.args]
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
        failed = block(arm, self._throw(self.lowering.exception_of(first), first.error, dict(env), arm, context))
        return IfElse(first.ok, passed, failed)

    # Compound statements as one value

    def _packed(self, stmt: Stmt, env: Env, out: Out, context: Context) -> tuple[Tree, list[Exit]]:
        """Bind the pack of a compound statement, and the variables in it; the ways out other than its end."""
        return self._pack(partial(self._compound, stmt), assigned((stmt,)), env, out, context)

    def _pack(
        self,
        write: Callable[[Env, Out, Context, Jump], Tree],
        changed: frozenset[str],
        env: Env,
        out: Out,
        context: Context,
    ) -> tuple[Tree, list[Exit]]:
        packing, tree = self._written(write, changed, env, context)
        tagged, bare = packing.form()
        tree = _finish(tree, packing, tagged, bare)
        name = self.lowering.local(packing.names[0] if bare else "after")
        out.append(Bind(name, tree))
        self._unpack(packing, Ref(name), env)
        return Ref(name), packing.ways()

    def _joined(
        self,
        write: Callable[[Env, Out, Context, Jump], Tree],
        suite: Suite,
        env: Env,
        out: Out,
        context: Context,
        go_on: Jump,
    ) -> Tree:
        """As `_then` where the statement has no value at once: what comes behind it is a function of its pack, which all its ways end in calling."""
        packing, tree = self._written(write, assigned(suite), env, context)
        tagged, bare = packing.form()
        name = self.lowering.local("go_on")
        pack = self.lowering.local(packing.names[0] if bare else "after")
        arm: Out = []
        after = dict(env)
        self._unpack(packing, Ref(pack), after)
        value = block(arm, self._ways_on(Ref(pack), packing.ways(), after, arm, go_on))
        out.append(Bind(name, Func((pack,), value)))
        return _finish(tree, packing, tagged, bare, name)

    def _written(
        self, write: Callable[[Env, Out, Context, Jump], Tree], changed: frozenset[str], env: Env, context: Context
    ) -> tuple[Packing, Tree]:
        """A compound statement all of whose ways end in packs that are not in their final form yet."""
        self.marks += 1
        packing = Packing(f"%{self.marks}", tuple(sorted(changed & context.live)))
        inner_context = Context(
            {key: partial(self._exit_jump, packing, key, jump) for key, jump in context.jumps.items()},
            tuple(
                replace(
                    frame,
                    throw=partial(self._exit_throw, packing, ("throw", index), frame.throw),
                    dynamic=partial(self._exit_throw, packing, ("dynamic", index), frame.dynamic),
                )
                for index, frame in enumerate(context.frames)
            ),
            context.live,
            context.trusted,
        )
        inner: Out = []
        tree = block(inner, write(dict(env), inner, inner_context, partial(self._pack_of, packing, 0, None)))
        return packing, tree

    def _unpack(self, packing: Packing, pack: Tree, env: Env) -> None:
        _, bare = packing.form()
        for variable in packing.names:
            env[variable] = pack if bare else Field(pack, _slot(packing, variable))

    def _pack_of(self, packing: Packing, tag: int, exception: Tree | None, env: Env, out: Out) -> Tree:
        pairs: list[tuple[Tree, Tree]] = [(Lit(packing.mark), Lit(tag))]
        pairs.extend((Lit(_slot(packing, name)), env.get(name, Lit(None))) for name in packing.names)
        if exception is not None:
            pairs.append((Lit(EXCEPTION), exception))
        return Object(tuple(pairs))

    def _exit_jump(self, packing: Packing, key: object, jump: Jump, env: Env, out: Out) -> Tree:
        if key not in packing.exits:
            packing.exits[key] = Exit(len(packing.exits) + 1, lambda e, o, _exc: jump(e, o))
        return self._pack_of(packing, packing.exits[key].tag, None, env, out)

    def _exit_throw(self, packing: Packing, key: object, throw: Throw, env: Env, out: Out, exc: Tree) -> Tree:
        if key not in packing.exits:
            packing.exits[key] = Exit(
                len(packing.exits) + 1, lambda e, o, x: throw(e, o, x if x is not None else Lit(None))
            )
        return self._pack_of(packing, packing.exits[key].tag, exc, env, out)

    def _compound(self, stmt: Stmt, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        match stmt:
            case If(test=test, then=then, orelse=orelse):
                before, test = self._linear(test, context)
                if before:
                    return self.tail((*before, replace(stmt, test=test)), env, out, context, fall)
                condition = self._lower(test, env, out, context)
                return IfElse(
                    condition, self._nested(then, env, context, fall), self._nested(orelse, env, context, fall)
                )
            case Block(label=label, body=body):
                return self.tail(body, env, out, _with_jumps(context, {("leave", label): fall}), fall)
            case While():
                return self._while(stmt, env, out, context, fall)
            case ForEach():
                before, seq = self._linear(stmt.seq, context)
                if before:
                    return self.tail((*before, replace(stmt, seq=seq)), env, out, context, fall)
                return self._for(stmt, env, out, context, fall)
            case Try():
                return self._try(stmt, env, out, context, fall)
            case Recursion():
                return self._recursion(stmt, env, out, context, fall)
            case _:
                return self.tail((stmt,), env, out, context, fall)

    # Functions that call themselves

    def _recursion(self, stmt: Recursion, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        """The definition of the function, and its first call, which goes on with `fall`."""
        throws = bool(suite_errors((stmt,))) and (
            any(frame.route is None for frame in context.frames)
            or any(isinstance(part, Try) and _calls_again(part.body, stmt.label) for part in walk_suite(stmt.body))
        )
        written = Written(self.lowering.local("f"), throws)
        params = [self.lowering.local(name) for name in stmt.params]
        go_on, fail = self.lowering.local("go_on"), self.lowering.local("fail")

        def done(e: Env, _out: Out) -> Tree:
            return Call(go_on, tuple(e.get(name, Lit(None)) for name in stmt.results))

        def throw(e: Env, _out: Out, exc: Tree) -> Tree:
            return Call(fail, (exc, *(e.get(name, Lit(None)) for name in stmt.results[1:])))

        frames = (Frame(None, throw, throw),) if throws else context.frames
        live = context.live | frozenset(stmt.results)
        inner = Context({("leave", stmt.label): done}, frames, live, context.trusted)
        own = {**env, **{name: Ref(param) for name, param in zip(stmt.params, params, strict=True)}}
        self.functions[stmt.label] = written
        body = self._nested(stmt.body, own, inner, done)
        del self.functions[stmt.label]
        taken = (*params, go_on, fail) if throws else (*params, go_on)
        out.append(Bind(written.name, Func(taken, body)))
        return self._activation(written, stmt.args, stmt.targets, env, out, context, fall)

    def _activation(
        self,
        function: Written,
        args: tuple[Expr, ...],
        targets: tuple[str | None, ...],
        env: Env,
        out: Out,
        context: Context,
        fall: Jump,
    ) -> Tree:
        """A call of the function, with what comes behind it as a function of the results."""
        values = [self._lower(arg, env, out, context) for arg in args]
        received = [self.lowering.local(name or "unused") for name in targets]
        after = {**env, **{name: Ref(local) for name, local in zip(targets, received, strict=True) if name}}
        inner: Out = []
        given: list[Tree] = [Func(tuple(received), block(inner, fall(after, inner)))]
        if function.throws:
            raised = self.lowering.local("raised")
            changed = [self.lowering.local(name or "unused") for name in targets[1:]]
            pairs = zip(targets[1:], changed, strict=True)
            failing = {**env, **{name: Ref(local) for name, local in pairs if name}}
            arm: Out = []
            given.append(Func((raised, *changed), block(arm, self._throw(Ref(raised), None, failing, arm, context))))
        return Call(function.name, (*values, *given))

    # Loops

    def _carried(self, stmt: While | ForEach, context: Context) -> tuple[str, ...]:
        """The variables that a loop changes and that the loop itself or later code reads."""
        needed = liveness((stmt,), context.live).start | context.live
        return tuple(sorted(assigned((stmt,)) & needed))

    def _while(self, stmt: While, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        names = self._carried(stmt, context)
        loop = self.lowering.local("loop")
        params = [self.lowering.local(name) for name in names]
        inner = {**env, **{name: Ref(param) for name, param in zip(names, params, strict=True)}}

        def again(e: Env, _out: Out) -> Tree:
            return Call(loop, tuple(e.get(name, Lit(None)) for name in names))

        looping = _with_jumps(context, {("break", stmt.label): fall, ("continue", stmt.label): again})
        looping = replace(looping, live=looping.live | reads((stmt,)))
        turn = If(
            test=stmt.test,
            then=(*stmt.body, Continue(label=stmt.label)),
            orelse=(*stmt.orelse, Break(label=stmt.label)),
        )
        body = self._nested((turn,), inner, looping, fall)
        out.append(Bind(loop, Func(tuple(params), body)))
        return again(env, out)

    def _for(self, stmt: ForEach, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        items = self.lowering.bind(out, "items", self._lower(stmt.seq, env, out, context))
        names = self._carried(stmt, context)
        if self._always_ends(stmt, context):
            return self._reduce(stmt, names, items, env, out, context, fall)
        loop, index = self.lowering.local("loop"), self.lowering.local("i")
        params = [self.lowering.local(name) for name in names]
        inner = {**env, **{name: Ref(param) for name, param in zip(names, params, strict=True)}}

        def again(e: Env, _out: Out) -> Tree:
            carried = tuple(e.get(name, Lit(None)) for name in names)
            return Call(loop, (Binary("+", Ref(index), Lit(1)), *carried))

        looping = _with_jumps(context, {("break", stmt.label): fall, ("continue", stmt.label): again})
        looping = replace(looping, live=looping.live | reads((stmt,)))
        item = self.lowering.local(stmt.name)
        turn: Out = [Bind(item, Index(items, Ref(index)))]
        turn_value = self.tail(stmt.body, {**inner, stmt.name: Ref(item)}, turn, looping, again)
        end = self._nested(stmt.orelse, inner, looping, fall)
        more = Binary("<", Ref(index), Call("count", (items,)))
        out.append(Bind(loop, Func((index, *params), IfElse(more, block(turn, turn_value), end))))
        return Call(loop, (Lit(0), *(env.get(name, Lit(None)) for name in names)))

    def _always_ends(self, stmt: ForEach, context: Context) -> bool:
        """Whether the loop runs over all items, or aborts."""
        body = exits(stmt.body)
        return (
            not stmt.orelse
            and not self._suspends(stmt.body)
            and not (body.labels - {stmt.label})
            and not _breaks(stmt.body, stmt.label)
            and not self._is_caught(suite_errors(stmt.body), context)
        )

    def _reduce(
        self, stmt: ForEach, names: tuple[str, ...], items: Tree, env: Env, out: Out, context: Context, fall: Jump
    ) -> Tree:
        self.marks += 1
        packing = Packing(f"%{self.marks}", names)
        bare = len(names) == 1
        state, item = self.lowering.local(names[0] if bare else "state"), self.lowering.local(stmt.name)
        inner = dict(env)
        for name in names:
            inner[name] = Ref(state) if bare else Field(Ref(state), _slot(packing, name))
        inner[stmt.name] = Ref(item)
        done = partial(self._pack_of, packing, 0, None)
        looping = replace(
            _with_jumps(context, {("continue", stmt.label): done}), live=context.live | reads((stmt,)) | set(names)
        )
        turn = _finish(self._nested(stmt.body, inner, looping, done), packing, False, bare)
        start = _finish(self._pack_of(packing, 0, None, env, out), packing, False, bare)
        folded = self.lowering.bind(
            out, names[0] if bare else "state", Call("reduce", (items, Func((state, item), turn), start))
        )
        after = dict(env)
        for name in names:
            after[name] = folded if bare else Field(folded, _slot(packing, name))
        return fall(after, out)

    # Handlers

    def _try(self, stmt: Try, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        if stmt.handlers and stmt.handlers[0].route is not None:
            return self._routed(stmt, env, out, context, fall)
        outer, fall = self._finally(stmt, context, fall)
        later = reads(stmt.orelse) | reads(stmt.final) | frozenset().union(*(reads(h.body) for h in stmt.handlers))

        def write(e: Env, o: Out, inner: Context, end: Jump) -> Tree:
            return self.tail(stmt.body, e, o, inner, end)

        frames = tuple(
            Frame(
                None if handler.classes is None else frozenset(handler.classes),
                partial(self._handle, handler, outer, fall),
                partial(self._dispatch, stmt.handlers[index:], outer, fall),
            )
            for index, handler in reversed(list(enumerate(stmt.handlers)))
        )
        guarded = replace(outer, live=outer.live | later, frames=(*outer.frames, *frames))
        return self._then(write, stmt.body, env, out, guarded, partial(self._go_on, stmt.orelse, outer, fall))

    def _routed(self, stmt: Try, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
        """A body whose handlers are in other states."""

        def leave(number: int | None, _env: Env, _out: Out, exc: Tree) -> Tree:
            return self.lowering.abort(exc, None, lambda _error: number or 0)

        frames = tuple(
            Frame(
                None if h.classes is None else frozenset(h.classes),
                partial(leave, h.route),
                partial(leave, h.route),
                h.route,
            )
            for h in reversed(stmt.handlers)
        )
        return self.tail(stmt.body, env, out, replace(context, frames=(*context.frames, *frames)), fall)

    def _handle(self, handler: Handler, context: Context, fall: Jump, env: Env, out: Out, exc: Tree) -> Tree:
        inner = dict(env)
        if handler.name is not None:
            inner[handler.name] = exc
        return self.tail(handler.body, inner, out, context, fall)

    def _dispatch(
        self, handlers: tuple[Handler, ...], context: Context, fall: Jump, env: Env, out: Out, exc: Tree
    ) -> Tree:
        """The first handler whose classes hold the exception's, else on to the outer ones."""
        if not handlers:
            return self._throw(exc, None, env, out, context)
        first, *others = handlers
        test = class_test(exc, first.classes, self.exceptions)
        if test is None:
            return self._handle(first, context, fall, env, out, exc)
        taken: Out = []
        body = block(taken, self._handle(first, context, fall, env, taken, exc))
        arm: Out = []
        return IfElse(test, body, block(arm, self._dispatch(tuple(others), context, fall, dict(env), arm, exc)))

    def _finally(self, stmt: Try, context: Context, fall: Jump) -> tuple[Context, Jump]:
        """The surroundings of the parts of a try with every way out led through its `finally`."""
        if not stmt.final:
            return context, fall
        final, outside = stmt.final, context

        def through(then: Jump) -> Jump:
            return lambda e, o: self.tail(final, e, o, outside, then)

        def throw_through(then: Throw) -> Throw:
            return lambda e, o, exc: self.tail(final, e, o, outside, lambda e2, o2: then(e2, o2, exc))

        def abort(_env: Env, _out: Out, exc: Tree) -> Tree:
            return self.lowering.abort(exc, None, partial(self._route, outside))

        frames = tuple(
            Frame(frame.classes, throw_through(frame.throw), throw_through(frame.dynamic)) for frame in context.frames
        )
        ways = exits(final)
        if suite_errors(final) or ways.labels or ways.raises or not ways.falls:
            frames = (Frame(None, throw_through(abort), throw_through(abort)), *frames)
        # A jump that this `finally` never lets through has no target here, but runs the `finally`.
        jumps = {key: through(context.jumps.get(key, _nowhere)) for key in (*context.jumps, *_jump_keys(stmt))}
        return replace(context, jumps=jumps, frames=frames, live=context.live | reads(final)), through(fall)

    # Failures taken apart

    def _linear(self, expr: Expr, context: Context, *, at_root: bool = False) -> tuple[tuple[Stmt, ...], Expr]:
        """Statements that evaluate the parts whose failures are caught here, and the expression over their results.

        With `at_root` the operation of the expression itself stays, its arguments being free of such failures.
        """
        if not self._is_caught(expr_errors(expr), context):
            return (), expr
        before: list[Stmt] = []
        result = _Linear(self, context, before).split(expr, at_root=at_root)
        return tuple(before), result

    def fresh(self, hint: str) -> str:
        """A name no variable has."""
        self.marks += 1
        return f"{hint}%%{self.marks}"


@dataclass(slots=True)
class _Linear:
    """One expression being taken apart into statements, in evaluation order."""

    regions: Regions
    context: Context
    before: list[Stmt]

    def _catches(self, expr: Expr) -> bool:
        return self.regions._is_caught(expr_errors(expr), self.context)

    def split(self, expr: Expr, *, at_root: bool = False) -> Expr:
        if not self._catches(expr):
            return expr
        match expr:
            case Prim(args=args):
                made = replace(expr, args=self._in_order(args))
                if at_root or not self.regions._is_caught(own_errors(expr), self.context):
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
        name = self.regions.fresh("t")
        self.before.append(Assign(name=name, value=expr, span=expr.span))
        return Var(name=name, type=expr.type, span=expr.span)

    def _inner(self, expr: Expr, use: Callable[[Expr], tuple[Stmt, ...]]) -> Suite:
        before: list[Stmt] = []
        value = _Linear(self.regions, self.context, before).split(expr)
        return (*before, *use(value))

    def _choice(self, expr: Expr, test: Expr, then: Expr, orelse: Expr) -> Expr:
        name = self.regions.fresh("t")

        def keep(value: Expr) -> tuple[Stmt, ...]:
            return (Assign(name=name, value=value),)

        self.before.append(If(test=test, then=self._inner(then, keep), orelse=self._inner(orelse, keep)))
        return Var(name=name, type=expr.type, span=expr.span)

    def _comprehension(self, expr: ListComp) -> Expr:
        name = self.regions.fresh("items")
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
        label = self.regions.fresh("loop")
        self.before.append(ForEach(label=label, name=name, seq=seq, body=body, orelse=()))


def class_test(exc: Tree, classes: tuple[str, ...] | None, table: ExceptionTable) -> Tree | None:
    """Whether an exception object is one of the classes; None when it always is. `Fail` is every error that is no known class."""
    if classes is None:
        return None
    known: list[str] = sorted({name for cls in classes if cls != "Fail" for name in table.descendants(cls)})
    test: Tree | None = None
    if known:
        name = Field(exc, NAME)
        test = (
            Binary("=", name, Lit(known[0])) if len(known) == 1 else Binary("in", name, Array(tuple(map(Lit, known))))
        )
    if "Fail" in classes:
        classed = Array(tuple(Lit(name) for name, _ in table.bases if name != "Fail"))
        fails = Call("not", (Binary("in", Field(exc, NAME), classed),))
        test = fails if test is None else Binary("or", test, fails)
    return Lit(False) if test is None else test


def _with_jumps(context: Context, jumps: Mapping[tuple[str, str], Jump]) -> Context:
    return replace(context, jumps={**context.jumps, **jumps})


def _nowhere(_env: Env, _out: Out) -> Tree:
    return Lit(None)


def _calls_again(suite: Suite, label: str) -> bool:
    return any(isinstance(stmt, Recur) and stmt.label == label for stmt in walk_suite(suite))


def _jump_keys(stmt: Try) -> set[tuple[str, str]]:
    """The jumps in a `try`, those to labels inside of it included."""
    kinds = {Break: "break", Continue: "continue", Leave: "leave"}
    parts = (stmt.body, stmt.orelse, *(handler.body for handler in stmt.handlers))
    return {
        (kinds[type(inner)], inner.label)
        for part in parts
        for inner in walk_suite(part)
        if isinstance(inner, Break | Continue | Leave)
    }


def _breaks(suite: Suite, label: str) -> bool:
    return any(isinstance(stmt, Break) and stmt.label == label for stmt in walk_suite(suite))


def _slot(packing: Packing, name: str) -> str:
    return f"v{packing.names.index(name)}"


def _finish(tree: Tree, packing: Packing, tagged: bool, bare: bool, into: str | None = None) -> Tree:
    """The packs of one statement in their final form: with a tag, without, or just the one variable; arguments of a call of `into`."""

    def one(node: Tree) -> Tree:
        if not isinstance(node, Object) or not node.pairs or node.pairs[0][0] != Lit(packing.mark):
            return node
        made = form(node)
        return made if into is None else Call(into, (made,))

    def form(node: Object) -> Tree:
        (_, tag), *rest = node.pairs
        if bare:
            return rest[0][1]
        if not tagged and not rest:
            return Lit(None)
        return Object(((Lit(TAG), tag), *rest)) if tagged else Object(tuple(rest))

    return map_tree(tree, one)

"""Functions that call themselves, in continuation-passing style.

Each gets a function that goes on with its results, so that all its calls are tail calls, and the depth of the recursion costs no depth of
evaluation.
"""

from pysfnc.analysis.failures import suite_errors
from pysfnc.backend.expressions import Env, Out, block
from pysfnc.backend.regions.surroundings import Context, Frame, Jump, Writer, Written
from pysfnc.ir.exprs import Expr
from pysfnc.ir.hir import Recur, Recursion, Suite, Try
from pysfnc.ir.walk import walk_suite
from pysfnc.jsonata.tree import Bind, Call, Func, Lit, Ref, Tree


def write_recursion(writer: Writer, stmt: Recursion, env: Env, out: Out, context: Context, fall: Jump) -> Tree:
    """The definition of the function, and its first call, which goes on with `fall`."""
    throws = bool(suite_errors((stmt,))) and (
        any(frame.route is None for frame in context.frames)
        or any(isinstance(part, Try) and _calls_again(part.body, stmt.label) for part in walk_suite(stmt.body))
    )
    written = Written(writer.lowering.local("f"), throws)
    params = [writer.lowering.local(name) for name in stmt.params]
    go_on, fail = writer.lowering.local("go_on"), writer.lowering.local("fail")

    def done(e: Env, _out: Out) -> Tree:
        return Call(go_on, tuple(e.get(name, Lit(None)) for name in stmt.results))

    def throw(e: Env, _out: Out, exc: Tree) -> Tree:
        return Call(fail, (exc, *(e.get(name, Lit(None)) for name in stmt.results[1:])))

    frames = (Frame(None, throw, throw),) if throws else context.frames
    live = context.live | frozenset(stmt.results)
    inner = Context({("leave", stmt.label): done}, frames, live, context.trusted)
    own = {**env, **{name: Ref(param) for name, param in zip(stmt.params, params, strict=True)}}
    writer.functions[stmt.label] = written
    body = writer.nested(stmt.body, own, inner, done)
    del writer.functions[stmt.label]
    taken = (*params, go_on, fail) if throws else (*params, go_on)
    out.append(Bind(written.name, Func(taken, body)))
    return write_activation(writer, written, stmt.args, stmt.targets, env, out, context, fall)


def write_activation(
    writer: Writer,
    function: Written,
    args: tuple[Expr, ...],
    targets: tuple[str | None, ...],
    env: Env,
    out: Out,
    context: Context,
    fall: Jump,
) -> Tree:
    """A call of the function, with what comes behind it as a function of the results."""
    values = [writer.lower(arg, env, out, context) for arg in args]
    received = [writer.lowering.local(name or "unused") for name in targets]
    after = {**env, **{name: Ref(local) for name, local in zip(targets, received, strict=True) if name}}
    inner: Out = []
    given: list[Tree] = [Func(tuple(received), block(inner, fall(after, inner)))]
    if function.throws:
        raised = writer.lowering.local("raised")
        changed = [writer.lowering.local(name or "unused") for name in targets[1:]]
        pairs = zip(targets[1:], changed, strict=True)
        failing = {**env, **{name: Ref(local) for name, local in pairs if name}}
        arm: Out = []
        given.append(Func((raised, *changed), block(arm, writer.throw(Ref(raised), None, failing, arm, context))))
    return Call(function.name, (*values, *given))


def _calls_again(suite: Suite, label: str) -> bool:
    return any(isinstance(stmt, Recur) and stmt.label == label for stmt in walk_suite(suite))

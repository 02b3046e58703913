"""The data of boto3's resources that is loaded when an attribute is read, and their waiters.

Owns the caching rule of boto3: what is loaded stays, `load()` and `reload()` load anew, and any other method forgets it. The data of a resource is a
variable of the machine, which holds None while there is none.
"""

import ast
from typing import Final

from pysfnc.aws.boto3_loads import Load
from pysfnc.aws.boto3_resources import Kind, kinds
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import ClientMethod, WaiterOf
from pysfnc.frontend.aws.lower_operations import call_operation
from pysfnc.frontend.aws.lower_walkers import call_walker
from pysfnc.frontend.aws.resource_parameters import with_filled
from pysfnc.frontend.aws.resource_values import ResourceOf
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_values import Intrinsic, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.data.moment_operations import DATETIME
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.source.span import Span
from pysfnc.values.relations import members
from pysfnc.values.types import NONE, STR

__all__ = ["LOADS", "begin_unloaded", "call_load", "call_waiter", "data_member", "forget_data", "with_data"]

LOADS: Final = ("load", "reload")
"""The methods that load."""
_AT_MODULE_LEVEL: Final = "loaded%"
"""What the names of the variables of resources at module level begin with."""


def with_data(cx: Context, made: ResourceOf, data: Expr | None, node: ast.AST) -> ResourceOf:
    """A new resource with the data that it came with, if any."""
    kind = kinds(made.service)[made.kind]
    if not kind.forgets or cx.project.attributes.isdisjoint({*kind.members, *LOADS}):
        return made.having(data)
    span = cx.span(node)
    if any(isinstance(part, ast.expr) for part in cx.active):
        # A name at module level is lowered wherever it is read, and means the same resource everywhere.
        direct = isinstance(cx.active[-1], ast.expr) and data is None
        name = f"{_AT_MODULE_LEVEL}{cx.frame.module.name.replace('.', '_')}_{span.line}_{span.column}"
        return made.holding(name, 0) if direct else made
    held = cx.names.fresh("data")
    bind_variable(cx, held, Const(value=None, type=NONE, span=span) if data is None else data, span)
    return made.holding(held, cx.flow.region)


def begin_unloaded(cx: Context, span: Span) -> None:
    """What resources at module level have loaded when a machine begins."""
    for held in sorted(cx.project.loaded):
        bind_variable(cx, held, Const(value=None, type=NONE, span=span), span)


def _found(cx: Context, receiver: ResourceOf) -> bool:
    """Whether the variable of the data is there; if not, it is in the next attempt to lower the program."""
    if receiver.held.startswith(_AT_MODULE_LEVEL) and receiver.held not in cx.project.loaded:
        cx.project.met_loaded.add(receiver.held)
    return receiver.held in cx.state.facts


def data_member(cx: Context, receiver: ResourceOf, name: str, node: ast.AST) -> Value | None:
    """An attribute that is in the data, loaded where it is needed; None for any other."""
    kind = kinds(receiver.service)[receiver.kind]
    if name not in kind.members:
        return None
    data = receiver.data
    if data is None and kind.forgets:
        data = _loaded(cx, receiver, kind, name, node)
    if data is None or is_poison(data):
        return data
    member = Const(value=kind.members[name], type=STR)
    read = lib.method(cx, "get", data, [member], {}, node)
    # A moment that may be None has no form. AWS always gives those that there are.
    return lib.subscript(cx, data, member, node) if DATETIME in members(read.type) else read


def _loaded(cx: Context, receiver: ResourceOf, kind: Kind, name: str, node: ast.AST) -> Expr:
    if not receiver.held:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{name}` is loaded when it is read, which has no compiled form for a resource that something else keeps",
            help="write instead: the resource made in the function that reads it",
        )
    if not _found(cx, receiver):
        return poison(cx.span(node))
    if NONE in members(cx.state.facts[receiver.held].type):
        if kind.load is None:
            return cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                f"`{name}` of a resource of `{receiver.service}` is loaded by code of boto3, which has no compiled form",
                help=f'write instead: a call of `boto3.client("{receiver.service}")` that answers with it',
            )
        at = node if isinstance(node, ast.expr) else ast.Name(id=name, ctx=ast.Load())
        if not _can_change(cx, receiver, at):
            return poison(cx.span(node))
        _run(cx, receiver, kind.load, "if data() is None:\n    load()", Arguments((), (), ()), at)
    return Var(name=receiver.held, type=cx.state.facts[receiver.held].type, span=cx.span(node))


def call_load(cx: Context, receiver: ResourceOf, load: Load, given: Arguments, node: ast.expr) -> Value:
    """`resource.load()`, `resource.reload()`."""
    if not _found(cx, receiver) or not _can_change(cx, receiver, node):
        return poison(cx.span(node))
    return _run(cx, receiver, load, "load()", given, node)


def _can_change(cx: Context, receiver: ResourceOf, node: ast.expr) -> bool:
    """Whether the data of a resource may be loaded or forgotten here; a message otherwise."""
    if receiver.region is cx.flow.region or receiver.region == cx.flow.region:
        return True
    cx.error(
        codes.BRANCH_REBINDS_OUTER,
        node,
        "the data of a resource changes in a branch that runs at the same time as others",
        help="write instead: a resource that is made in the branch",
    )
    return False


def _run(cx: Context, receiver: ResourceOf, load: Load, text: str, given: Arguments, node: ast.expr) -> Value:
    """Code that loads the data."""
    made = with_filled(cx, load.params, receiver, given, node)

    def call(inner: Context, _args: tuple[Value, ...], at: ast.expr) -> Value:
        return call_operation(inner, ClientMethod(receiver.service, load.method), made, at)

    def keep(inner: Context, args: tuple[Value, ...], at: ast.expr) -> Value:
        bind_variable(inner, receiver.held, as_data(inner, args[0], at), inner.span(at))
        return Const(value=None, type=NONE, span=inner.span(at))

    def read(inner: Context, _args: tuple[Value, ...], at: ast.expr) -> Value:
        fact = inner.state.facts[receiver.held]
        return Var(name=receiver.held, type=fact.type, span=inner.span(at))

    def run_load(inner: Context, _args: tuple[Value, ...], at: ast.expr) -> Value:
        return run_here(inner, _loading(load.path), {"call": Intrinsic(call), "keep": Intrinsic(keep)}, at)

    return run_here(cx, text, {"data": Intrinsic(read), "load": Intrinsic(run_load)}, node)


def _loading(path: tuple[str | int, ...]) -> str:
    """A JMESPath of members and first items finds nothing where one of them is missing."""
    lines = ["found = call()"]
    for step in path:
        what = f'found.get("{step}")' if isinstance(step, str) else "(found[0] if found else None)"
        lines.append(f"found = {what if step == path[0] else f'None if found is None else {what}'}")
    return "\n".join((*lines, "keep(found)"))


def forget_data(cx: Context, receiver: ResourceOf, node: ast.expr) -> bool:
    """What boto3 does behind a method of a resource that it can load; False after a message."""
    fact = cx.state.facts.get(receiver.held) if receiver.held else None
    if fact is None or fact.type == NONE:
        return True
    if not _can_change(cx, receiver, node):
        return False
    bind_variable(cx, receiver.held, Const(value=None, type=NONE, span=cx.span(node)), cx.span(node))
    return True


def call_waiter(cx: Context, receiver: ResourceOf, name: str, given: Arguments, node: ast.expr) -> Value:
    """`instance.wait_until_running()`."""
    waiting = kinds(receiver.service)[receiver.kind].waiters[name]
    made = with_filled(cx, waiting.params, receiver, given, node)
    return call_walker(cx, WaiterOf(receiver.service, waiting.waiter), "wait", made, node)

"""The data of boto3's resources that is loaded when an attribute is read, and their waiters.

Owns the caching rule of boto3: what is loaded stays, `load()` and `reload()` load anew, and any other method forgets it. The data of a resource is a
variable of the machine, which holds None while there is none.
"""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.aws.boto3_loads import SOMETIMES, Load
from pysfnc.aws.boto3_resources import Kind, kinds
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import ClientMethod, WaiterOf
from pysfnc.frontend.aws.held_resources import is_held, want_held
from pysfnc.frontend.aws.integrations import CLIENT_ERROR
from pysfnc.frontend.aws.lower_operations import call_operation
from pysfnc.frontend.aws.lower_walkers import call_walker
from pysfnc.frontend.aws.resource_objects import data_held, put_data, resource_object
from pysfnc.frontend.aws.resource_parameters import known_identifiers, with_filled
from pysfnc.frontend.aws.resource_values import ResourceOf
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, present
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_state import Fact
from pysfnc.frontend.core.lower_values import ExceptionClass, Intrinsic, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.data.moment_operations import DATETIME
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.source.span import Span
from pysfnc.values.relations import members
from pysfnc.values.types import NEVER, NONE, STR

__all__ = [
    "LOADS",
    "begin_unloaded",
    "call_load",
    "call_waiter",
    "data_member",
    "forget_data",
    "has_state",
    "loaded_data",
    "with_data",
]

LOADS: Final = ("load", "reload")
"""The methods that load."""
_AT_MODULE_LEVEL: Final = "loaded%"
"""What the names of the variables of resources at module level begin with."""


def has_state(cx: Context, kind: Kind) -> bool:
    """Whether it matters what resources of a kind have loaded at some point."""
    return kind.forgets and not cx.project.attributes.isdisjoint({*kind.described, *LOADS})


def with_data(cx: Context, made: ResourceOf, data: Expr | None, node: ast.AST) -> Value:
    """A new resource with the data that it came with, if any."""
    kind = kinds(made.service)[made.kind]
    outside = [part for part in cx.active if isinstance(part, ast.expr) and not isinstance(part, ast.Lambda)]
    if not outside and is_held(cx, made.service, made.kind):
        return resource_object(cx, made, data, node)
    if not has_state(cx, kind):
        return made.having(data)
    span = cx.span(node)
    if outside:
        # A name at module level is lowered wherever it is read, and means the same resource everywhere.
        direct = cx.active[-1] is outside[-1] and data is None
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
    """Whether the data has a place; if not, its variable is there in the next attempt to lower the program."""
    if receiver.this is not None:
        return True
    if receiver.held.startswith(_AT_MODULE_LEVEL) and receiver.held not in cx.project.loaded:
        cx.project.met_loaded.add(receiver.held)
    return receiver.held in cx.state.facts


def data_member(cx: Context, receiver: ResourceOf, name: str, node: ast.AST) -> Value | None:
    """An attribute that is in the data, loaded where it is needed; None for any other."""
    kind = kinds(receiver.service)[receiver.kind]
    data = loaded_data(cx, receiver, name, node) if name in kind.members else None
    if data is None or is_poison(data):
        return data
    member = Const(value=kind.members[name], type=STR)
    read = lib.method(cx, "get", data, [member], {}, node)
    is_partial = kind.load is not None and kind.load.is_partial
    if DATETIME not in members(read.type) or is_partial or member.value in SOMETIMES.get(receiver.service, ()):
        return read
    # AWS always gives the others; so programs do not ask whether they are None.
    return lib.subscript(cx, data, member, node)


def loaded_data(cx: Context, receiver: ResourceOf, name: str, node: ast.AST) -> Expr | None:
    """The data of a resource, loaded where it is needed for an attribute; None where there is none."""
    kind = kinds(receiver.service)[receiver.kind]
    if receiver.data is not None:
        return receiver.data
    if kind.forgets:
        return _loaded(cx, receiver, kind, name, node)
    return None if receiver.this is None else _data(cx, receiver, node)


def _loaded(cx: Context, receiver: ResourceOf, kind: Kind, name: str, node: ast.AST) -> Expr:
    if not receiver.held and receiver.this is None:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{name}` is loaded when it is read, which has no compiled form for a resource that a call at module level gives",
            help="write instead: the resource made in the function that reads it, or directly in the assignment at module level",
        )
    if not _found(cx, receiver):
        return poison(cx.span(node))
    if _is_in_list(receiver) and _forgotten(receiver) in cx.state.facts and want_held(cx, receiver):
        return poison(cx.span(node))
    if NONE in members(_data(cx, receiver, node).type):
        if kind.load is None:
            return cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                f"`{name}` of a resource of `{receiver.service}` is not in what it came with, and how boto3 loads it is not known",
                help=f'write instead: a call of `boto3.client("{receiver.service}")` that answers with it',
            )
        at = node if isinstance(node, ast.expr) else ast.Name(id=name, ctx=ast.Load())
        if (_is_in_list(receiver) and want_held(cx, receiver)) or not _can_change(cx, receiver, at):
            return poison(cx.span(node))
        _run(cx, receiver, kind.load, "if data() is None:\n    load()", Arguments((), (), ()), at)
    return _data(cx, receiver, node)


def _data(cx: Context, receiver: ResourceOf, node: ast.AST) -> Expr:
    """What is loaded now, None where nothing is."""
    if receiver.this is None:
        return Var(name=receiver.held, type=cx.state.facts[receiver.held].type, span=cx.span(node))
    this = present(cx, receiver.this)
    assert isinstance(this, Var)
    found = data_held(cx, this, node)
    return Const(value=None, type=NONE, span=cx.span(node)) if found is None else found


def _set_data(cx: Context, receiver: ResourceOf, data: Expr, node: ast.expr) -> None:
    if receiver.this is None:
        bind_variable(cx, receiver.held, data, cx.span(node))
    elif data_held(cx, receiver.this, node) is not None:
        put_data(cx, receiver.this, data, node)


def call_load(cx: Context, receiver: ResourceOf, load: Load, given: Arguments, node: ast.expr) -> Value:
    """`resource.load()`, `resource.reload()`."""
    if not _found(cx, receiver) or (_is_in_list(receiver) and want_held(cx, receiver)):
        return poison(cx.span(node))
    if not _can_change(cx, receiver, node):
        return poison(cx.span(node))
    return _run(cx, receiver, load, "load()", given, node)


def _is_in_list(receiver: ResourceOf) -> bool:
    """Whether a list has the data of the resource too, which does not see what is loaded or forgotten."""
    return receiver.is_listed and receiver.this is None


def _forgotten(receiver: ResourceOf) -> str:
    """What is known once the data of some resource of the kind that stands in a list was forgotten."""
    return f"forgotten%{receiver.service}.{receiver.kind}"


def _can_change(cx: Context, receiver: ResourceOf, node: ast.expr) -> bool:
    """Whether the data of a resource may be loaded or forgotten here; a message otherwise."""
    if receiver.this is not None:
        return _is_of_branch(cx, receiver.this, node)
    if receiver.region is cx.flow.region or receiver.region == cx.flow.region:
        return True
    outside = receiver.held.startswith(_AT_MODULE_LEVEL)
    return (not outside and want_held(cx, receiver)) or _refuse_branch(cx, node)


def _is_of_branch(cx: Context, this: Var, node: ast.expr) -> bool:
    """Whether a variable with a resource belongs to the branch at hand."""
    fact = cx.state.facts.get(this.name)
    owner = this.name if fact is None or fact.view is None else fact.view.owner
    return cx.regions.get(owner, cx.flow.region) == cx.flow.region or _refuse_branch(cx, node)


def _refuse_branch(cx: Context, node: ast.expr) -> bool:
    cx.error(
        codes.BRANCH_REBINDS_OUTER,
        node,
        "what a resource has loaded changes in a branch that runs at the same time as others",
        help="write instead: the resource as an argument of the function that runs in the branch, or made in there",
    )
    return False


def _run(cx: Context, receiver: ResourceOf, load: Load, text: str, given: Arguments, node: ast.expr) -> Value:
    """Code that loads the data."""
    made = with_filled(cx, load.params, receiver, given, node)

    def call(inner: Context, _args: tuple[Value, ...], at: ast.expr) -> Value:
        return call_operation(inner, ClientMethod(receiver.service, load.method), made, at)

    def keep(inner: Context, args: tuple[Value, ...], at: ast.expr) -> Value:
        _set_data(inner, receiver, as_data(inner, args[0], at), at)
        return Const(value=None, type=NONE, span=inner.span(at))

    def read(inner: Context, _args: tuple[Value, ...], at: ast.expr) -> Value:
        return _data(inner, receiver, at)

    def run_load(inner: Context, _args: tuple[Value, ...], at: ast.expr) -> Value:
        values = {
            "call": Intrinsic(call),
            "keep": Intrinsic(keep),
            "raised": ExceptionClass(CLIENT_ERROR, None, "plain"),
            **known_identifiers(receiver),
        }
        return run_here(inner, load.code or _loading(load.path), values, at)

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
    if receiver.this is None and receiver.held not in cx.state.facts:
        return True
    if not kinds(receiver.service)[receiver.kind].forgets or _data(cx, receiver, node).type == NONE:
        return True
    if not _can_change(cx, receiver, node):
        return False
    if _is_in_list(receiver):
        # The list still has the data.
        cx.state.put(
            _forgotten(receiver), Fact(NEVER, static=replace(receiver, identifiers=(), data=None, held="", region=None))
        )
    _set_data(cx, receiver, Const(value=None, type=NONE, span=cx.span(node)), node)
    return True


def call_waiter(cx: Context, receiver: ResourceOf, name: str, given: Arguments, node: ast.expr) -> Value:
    """`instance.wait_until_running()`."""
    waiting = kinds(receiver.service)[receiver.kind].waiters[name]
    made = with_filled(cx, waiting.params, receiver, given, node)
    return call_walker(cx, WaiterOf(receiver.service, waiting.waiter), "wait", made, node)

"""Resources of boto3 other than tables: `boto3.resource("sqs").Queue(url).send_message(...)` is the call of a client.

Owns making them, their attributes, and which methods are a single call (`aws.boto3_resources`). The call itself is `lower_operations`.
"""

import ast
from typing import Final

from pysfnc.aws.boto3_resources import Action, Kind, kinds, resource_services
from pysfnc.diagnostics import codes, nearest
from pysfnc.frontend.aws.aws_values import ClientMethod
from pysfnc.frontend.aws.loaded_resources import LOADS, call_load, call_waiter, data_member, forget_data, with_data
from pysfnc.frontend.aws.lower_clients import find_service
from pysfnc.frontend.aws.lower_operations import call_operation
from pysfnc.frontend.aws.resource_parameters import known_identifiers, with_filled
from pysfnc.frontend.aws.resource_values import Collected, ResourceOf
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core.kept_values import kept
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import ExceptionClass, StaticMethod, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Expr
from pysfnc.values.relations import join
from pysfnc.values.types import NONE, STR, JsonT
from pysfnc.values.types import Kind as ValueKind


def resource_of(cx: Context, name: str, node: ast.AST) -> Value:
    """`boto3.resource(name)` of a service that has resources."""
    if name in resource_services():
        return poison(cx.span(node)) if find_service(cx, name, node) is None else ResourceOf(name, "", ())
    return cx.error(
        codes.UNKNOWN_OPERATION,
        node,
        f"boto3 has no resources of `{name}`",
        help=f'write instead: `boto3.client("{name}")` and its methods',
    )


def _kind(receiver: ResourceOf) -> Kind:
    return kinds(receiver.service)[receiver.kind]


def resource_attribute(cx: Context, receiver: ResourceOf, name: str, node: ast.AST) -> Value:
    """An attribute of a resource: its identifiers, its methods, its collections, its data, and `meta.client`."""
    found = _kind(receiver)
    if name in found.identifiers:
        return receiver.identifiers[found.identifiers.index(name)]
    action = found.actions.get(name)
    is_loading = found.load is not None and name in LOADS
    if name in ("meta", *found.makes, *found.waiters) or is_loading or (action is not None and action.is_known):
        return StaticMethod(receiver, name)
    if name in found.collections:
        items = found.collections[name]
        at = node if isinstance(node, ast.expr) else ast.Name(id=name, ctx=ast.Load())
        return Collected(receiver, name, items, at, is_manager=True)
    if name in found.references:
        from pysfnc.frontend.aws.lower_collections import referenced

        return referenced(cx, receiver, name, found.references[name], node)
    member = data_member(cx, receiver, name, node)
    if member is not None:
        return member
    known = (key for key, each in found.actions.items() if each.is_known)
    close = nearest(name, (*found.makes, *found.collections, *known))
    other = f"`{action.method}` of " if action is not None else "methods and paginators of "
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}` of a resource of `{receiver.service}` has no compiled form",
        notes=[f"`{close}` has one"] if close and action is None else (),
        help=f'write instead: {other}`boto3.client("{receiver.service}")`, or a `@task` that does this',
    )


def call_resource(cx: Context, receiver: ResourceOf, name: str, given: Arguments, node: ast.expr) -> Value:
    """`resource.Queue(url)`, `queue.send_message(...)`."""
    found = _kind(receiver)
    if name in found.makes:
        return _make(cx, receiver, name, given, node)
    if name in found.waiters:
        return call_waiter(cx, receiver, name, given, node)
    if found.load is not None and name in LOADS:
        return call_load(cx, receiver, found.load, given, node)
    action = found.actions[name]
    if action.items is not None:
        from pysfnc.frontend.aws.lower_collections import made_of_answer

        return made_of_answer(cx, receiver, name, action, given, node)
    return call_action(cx, receiver, action, given, node)


def call_action(cx: Context, receiver: ResourceOf, action: Action, given: Arguments, node: ast.expr) -> Value:
    """The call of the client that a method is; its answer."""
    assert action.params is not None
    arguments = with_filled(cx, action.params, receiver, given, node)
    answer = call_operation(cx, ClientMethod(receiver.service, action.method), arguments, node)
    return answer if forget_data(cx, receiver, node) else poison(cx.span(node))


_SET: Final = """
if value is None:
    raise error("Required parameter {name} not set")
return value
"""
_NOT_SET: Final = ExceptionClass("ValueError", None, "plain")


def identifier(cx: Context, value: Expr, own: str, node: ast.expr) -> Expr:
    """A text that names a resource, after the ValueError of None. `own`: the name of the parameter.

    What is only known to be JSON is taken as it is, like a parameter of an operation.
    """
    if value.type == join(STR, NONE) or (isinstance(value.type, JsonT) and ValueKind.NONE in value.type.kinds):
        value = as_data(cx, run_here(cx, _SET.format(name=own), {"value": value, "error": _NOT_SET}, node), node)
    may_be_text = isinstance(value.type, JsonT) and ValueKind.STR in value.type.kinds
    if is_poison(value) or value.type == STR or may_be_text:
        return value
    return cx.error(
        codes.TYPE_NEEDED,
        node,
        f"`{own}` of a resource is a str, and the value is of type `{value.type}`",
        help="write instead: a parameter or variable that is annotated as `str`",
    )


def _make(cx: Context, receiver: ResourceOf, name: str, given: Arguments, node: ast.expr) -> Value:
    made = _kind(receiver).makes[name]
    target = kinds(receiver.service)[made.kind]
    known = known_identifiers(receiver)
    wanted = [own for own, source in zip(target.identifiers, made.identifiers, strict=True) if source is None]
    named = {**dict(zip(wanted, given.positional, strict=False)), **given.keyword_map()}
    if sorted(named) != sorted(wanted) or len(given.positional) > len(wanted) or given.rest is not None:
        listed = ", ".join(f"`{each}`" for each in wanted)
        return cx.error(codes.TYPE_MISMATCH, node, f"`{name}` of a resource takes {listed}")
    identifiers: list[Expr] = []
    for own, source in zip(target.identifiers, made.identifiers, strict=True):
        value = identifier(cx, as_data(cx, named[own], node) if source is None else known[source], own, node)
        if is_poison(value):
            return value
        identifiers.append(kept(cx, value, own))
    return with_data(cx, ResourceOf(receiver.service, made.kind, tuple(identifiers)), None, node)

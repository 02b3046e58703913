"""Clients and tables of boto3 as values: kept in attributes of objects, `self.rds = boto3.client("rds")`, in dicts and lists.

The machine holds a text, and the type of the value says which client it is; so a value that may be one of several is none that can be called.
"""

import ast

from pysfnc.frontend.aws.aws_values import Client, Resource, Table
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.source.span import Span
from pysfnc.values.types import STR, OpaqueT

__all__ = ["HELD", "client_of", "held_client"]

HELD = (Client, Resource, Table)
"""What can be kept."""


def held_client(cx: Context, value: Client | Resource | Table, node: ast.AST) -> Expr:
    """A client, table or resource as a value."""
    span = cx.span(node)
    match value:
        case Client(service):
            name, text = f"the client of `{service}`", Const(value=service, type=STR)
        case Table(table, made):
            if made is not None and made.held:
                from pysfnc.frontend.aws.held_resources import want_held
                from pysfnc.frontend.aws.resource_objects import refuse_shared

                return poison(span) if want_held(cx, made) else refuse_shared(cx, made, node)
            return _registered(cx, "a table of boto3", value, table, span)
        case Resource():
            name, text = "the resource of `dynamodb`", Const(value="dynamodb", type=STR)
    return _registered(cx, name, value, text, span)


def _registered(cx: Context, name: str, value: Client | Resource | Table, text: Expr, span: Span) -> Expr:
    cx.project.held_clients[name] = value
    return Prim(op="client.held", args=(text,), type=OpaqueT(name), span=span)


def client_of(cx: Context, value: Value) -> Value:
    """A value that is a client or table as that; any other value as it is."""
    if isinstance(value, Static) or not isinstance(value.type, OpaqueT):
        return value
    found = cx.project.held_clients.get(value.type.name)
    if not isinstance(found, Table):
        return value if found is None else found
    name = cx.atom(value, "table")
    assert isinstance(name, Var | Const)
    return Table(Prim(op="client.text", args=(name,), type=STR, span=value.span))

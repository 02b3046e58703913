"""`boto3.resource("dynamodb")`, its tables, and what their attributes are. Calls of the methods are `lower_table_calls`."""

import ast
from typing import Final

from pysfnc.aws.boto3_resources import kinds
from pysfnc.diagnostics import codes, nearest
from pysfnc.frontend.aws.aws_values import ClientExceptions, Resource, ResourceMeta, Table, TableMethod
from pysfnc.frontend.aws.loaded_resources import LOADS, with_data
from pysfnc.frontend.aws.lower_boto3_resources import identifier, resource_attribute
from pysfnc.frontend.aws.resource_values import ResourceOf
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import StaticMethod, Value
from pysfnc.ir.walk_exprs import free_vars

SERVICE: Final = "dynamodb"
METHODS: Final = frozenset({"get_item", "put_item", "update_item", "delete_item", "query", "scan"})


def make_table(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`resource.Table(name)`."""
    named = {**dict(zip(("name",), given.positional, strict=False)), **given.keyword_map()}
    if list(named) != ["name"] or len(given.positional) > 1 or given.spread is not None or given.rest is not None:
        return cx.error(codes.TYPE_MISMATCH, node, "`Table` takes the name of the table")
    name = identifier(cx, as_data(cx, named["name"], node), "name", node)
    if is_poison(name):
        return poison(cx.span(node))
    known = name if not free_vars(name) else cx.temporary(name, "table")
    made = with_data(cx, ResourceOf(SERVICE, "Table", (known,)), None, node)
    return Table(known, made) if isinstance(made, ResourceOf) else made


def table_attribute(cx: Context, base: Resource | ResourceMeta | Table, name: str, node: ast.AST) -> Value:
    """An attribute of a resource, a table, or their `meta`."""
    match base:
        case ResourceMeta(is_client=False) if name == "client":
            return ResourceMeta(is_client=True)
        case ResourceMeta(is_client=True) if name == "exceptions":
            return ClientExceptions(SERVICE)
        case ResourceMeta():
            return cx.error(
                codes.UNSUPPORTED_EXPRESSION,
                node,
                f"`{name}` of the client of a resource has no compiled form",
                help='write instead: `boto3.client("dynamodb")`',
            )
        case _ if name == "meta":
            return ResourceMeta()
        case Resource() if name == "Table":
            return StaticMethod(base, name)
        case Table(table_name) if name in ("name", "table_name"):
            return table_name
        case Table() if name in METHODS:
            return TableMethod(base, name)
        case Table() if name == "batch_writer":
            return StaticMethod(base, name)
        case Table(table_name, made) if name in _loaded():
            return resource_attribute(cx, made or ResourceOf(SERVICE, "Table", (table_name,)), name, node)
    return _unknown(cx, base, name, node)


def _loaded() -> frozenset[str]:
    """The names of what has to do with the description of a table."""
    kind = kinds(SERVICE)["Table"]
    return frozenset({*kind.members, *kind.waiters, *LOADS, "delete"})


def _unknown(cx: Context, base: Resource | Table, name: str, node: ast.AST) -> Value:
    what = "a table" if isinstance(base, Table) else "the resource of `dynamodb`"
    close = nearest(name, METHODS if isinstance(base, Table) else ("Table",))
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}` of {what} has no compiled form",
        notes=[f"`{close}` has one"] if close else (),
        help='write instead: the operation of `boto3.client("dynamodb")`, or a `@task` that does this',
    )

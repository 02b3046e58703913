"""`boto3.resource("dynamodb")`, its tables, and what their attributes are. Calls of the methods are `lower_table_calls`."""

import ast
from typing import Final

from pysfnc.diagnostics import codes, nearest
from pysfnc.frontend.aws.aws_values import ClientExceptions, Resource, ResourceMeta, Table, TableMethod
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import StaticMethod, Value
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.values.types import STR

SERVICE: Final = "dynamodb"
METHODS: Final = frozenset({"get_item", "put_item", "update_item", "delete_item", "query", "scan"})
_OTHERS: Final = {"load": "`describe_table`", "wait_until_exists": "a waiter"}
"""What is code of boto3 and not one call, with what a client has for it."""


def make_table(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`resource.Table(name)`."""
    named = {**dict(zip(("name",), given.positional, strict=False)), **given.keyword_map()}
    if list(named) != ["name"] or len(given.positional) > 1 or given.spread is not None or given.rest is not None:
        return cx.error(codes.TYPE_MISMATCH, node, "`Table` takes the name of the table")
    name = as_data(cx, named["name"], node)
    if is_poison(name):
        return poison(cx.span(node))
    if name.type != STR:
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            f"the name of a table is a str, and the value is of type `{name.type}`",
            help="write instead: a parameter or variable that is annotated as `str`",
        )
    return Table(name if not free_vars(name) else cx.temporary(name, "table"))


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
    return _unknown(cx, base, name, node)


def _unknown(cx: Context, base: Resource | Table, name: str, node: ast.AST) -> Value:
    what = "a table" if isinstance(base, Table) else "the resource of `dynamodb`"
    close = nearest(name, METHODS if isinstance(base, Table) else ("Table",))
    other = _OTHERS.get(name, "the operation")
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}` of {what} has no compiled form",
        notes=[f"`{close}` has one"] if close else (),
        help=f'write instead: {other} of `boto3.client("dynamodb")`, or a `@task` that does this',
    )

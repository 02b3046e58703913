"""Calls of a table's methods: the operations of DynamoDB, with values of Python in place of attribute values.

Owns which parameters hold such values and conditions. Choosing the integration and checking the rest is what it is for a client.
"""

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pysfnc.aws.services import Operation, service
from pysfnc.diagnostics import codes
from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.integrations import Integration, integration
from pysfnc.frontend.item_values import NEXT, ItemWriter, table_answer_type
from pysfnc.frontend.lower_arguments import Arguments
from pysfnc.frontend.lower_conditions import ConditionWriter
from pysfnc.frontend.lower_context import Context, poison
from pysfnc.frontend.lower_core import as_data
from pysfnc.frontend.lower_operations import can_be_called, performed
from pysfnc.frontend.lower_tables import SERVICE
from pysfnc.frontend.lower_values import Condition, TableMethod, Value
from pysfnc.frontend.model import TaskOptions
from pysfnc.frontend.service_arguments import ArgumentWriter
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.library.aws_forms import Form
from pysfnc.values.types import JSON, STR, DictT, ErrorT

_NO_OPTIONS: Final = TaskOptions()
_NAMES: Final = "ExpressionAttributeNames"
_VALUES: Final = "ExpressionAttributeValues"
_START: Final = "ExclusiveStartKey"
_ITEMS: Final = frozenset({"Item", "Key", _VALUES, _START})
_CONDITIONS: Final = ("ConditionExpression", "FilterExpression", "KeyConditionExpression")
_LEGACY: Final = {
    "AttributeUpdates": "UpdateExpression",
    "Expected": "ConditionExpression",
    "KeyConditions": "KeyConditionExpression",
    "QueryFilter": "FilterExpression",
    "ScanFilter": "FilterExpression",
}
"""Parameters of former times, and those in their place."""


def call_table(
    cx: Context, method: TableMethod, given: Arguments, node: ast.expr, options: TaskOptions = _NO_OPTIONS
) -> Value:
    """`table.method(Name=value, ...)`; the answer with values of Python."""
    operation = service(SERVICE).operation(method.name)
    if not can_be_called(cx, operation, given, node) or not _can_be_given(cx, operation, given, node):
        return poison(cx.span(node))
    values = _written(cx, given, node)
    if values is None:
        return poison(cx.span(node))
    start = values.pop(_START, None)
    values["TableName"] = method.table.name
    chosen = integration(operation, [*values, *([] if start is None else [_START])], cx.pattern)
    arguments = ArgumentWriter(cx, chosen, node).arguments(values, None)
    if isinstance(arguments.type, ErrorT):
        return poison(cx.span(node))
    if start is not None:
        assert isinstance(arguments, Prim)
        arguments = replace(arguments, args=(*arguments.args, Const(value=_START, type=STR), start))
    target = performed(cx, chosen, arguments, node, options)
    return _answer(cx, chosen, target, node, reads=_reads(operation, values))


def _reads(operation: Operation, values: Mapping[str, Expr]) -> bool:
    """Whether the answer may hold attribute values, which an operation that writes gives only where it is asked for them."""
    if operation.method in ("get_item", "query", "scan"):
        return True
    returned = values.get("ReturnValues")
    is_none = returned is None or (isinstance(returned, Const) and returned.value == "NONE")
    return not is_none or "ReturnItemCollectionMetrics" in values


def _can_be_given(cx: Context, operation: Operation, given: Arguments, node: ast.expr) -> bool:
    for name, _ in given.keywords:
        if name in _LEGACY:
            cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                f"`{name}` of `{operation.method}` has no compiled form",
                help=f"write instead: `{_LEGACY[name]}`",
            )
            return False
        if name == "TableName":
            cx.error(codes.TYPE_MISMATCH, node, f"`{operation.method}` of a table has the name of the table already")
            return False
    return True


def _written(cx: Context, given: Arguments, node: ast.expr) -> dict[str, Expr] | None:
    """The parameters in the form of a client, None after a message."""
    conditions = ConditionWriter(cx, node)
    texts: dict[str, Expr] = {}
    named = given.keyword_map()
    # boto3 numbers what stands in conditions before what stands in conditions on keys, each in the order of the call.
    for name in sorted((name for name in named if name in _CONDITIONS), key=lambda name: name == _CONDITIONS[2]):
        value = named[name]
        if isinstance(value, Condition):
            text = conditions.text(value, of_key=name == _CONDITIONS[2])
            if text is None:
                return None
            texts[name] = Const(value=text, type=STR, span=cx.span(node))
    data = {name: texts.get(name) or as_data(cx, value, node) for name, value in given.keywords}
    _add(cx, data, _NAMES, {name: _text(text) for name, text in conditions.names.items()}, node)
    _add(cx, data, _VALUES, conditions.values, node)
    writer = ItemWriter(cx, node)
    made = {
        name: writer.attributes(value, f"`{name}`") if name in _ITEMS and value.type != NEXT else value
        for name, value in data.items()
    }
    return None if any(isinstance(value.type, ErrorT) for value in made.values()) else made


def _add(cx: Context, data: dict[str, Expr], name: str, more: Mapping[str, Expr], node: ast.expr) -> None:
    """Add entries to a parameter that is a dict."""
    if not more:
        return
    made = lib.make_dict(cx, [(_text(key), value) for key, value in more.items()], node)
    given = data.get(name)
    if isinstance(given, Prim) and given.op == "dict.make" and isinstance(made, Prim):
        made = lib.make_dict(cx, [*_pairs(given), *_pairs(made)], node)
    elif given is not None:
        made = lib.merge_dicts(cx, given, made, node)
    data[name] = made


def _pairs(made: Prim) -> list[tuple[Expr, Expr]]:
    return list(zip(made.args[::2], made.args[1::2], strict=True))


def _text(value: str) -> Const:
    return Const(value=value, type=STR)


def _answer(cx: Context, chosen: Integration, target: str, node: ast.expr, *, reads: bool) -> Expr:
    shape = chosen.operation.output
    assert shape is not None
    span = cx.span(node)
    form = Const(value=Form(shape, chosen.naming, values=reads).text(), type=STR)
    raw = Var(name=target, type=DictT(JSON), span=span)
    type_ = table_answer_type(shape, chosen.operation.method)
    return Prim(op="service.answer", args=(raw, form), type=type_, span=span)

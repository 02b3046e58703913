"""Calls of a table's methods: the operations of DynamoDB, with values of Python in place of attribute values.

Owns which parameters hold such values and conditions. Choosing the integration and checking the rest is what it is for a client.
"""

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pysfnc.aws.services import Operation, service
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Condition, TableMethod
from pysfnc.frontend.aws.condition_values import condition_of, told_apart
from pysfnc.frontend.aws.integrations import Integration, integration
from pysfnc.frontend.aws.item_values import NEXT, ItemWriter, table_answer_type
from pysfnc.frontend.aws.loaded_resources import forget_data
from pysfnc.frontend.aws.lower_conditions import ConditionWriter
from pysfnc.frontend.aws.lower_operations import can_be_called, performed
from pysfnc.frontend.aws.lower_tables import SERVICE
from pysfnc.frontend.aws.service_arguments import ArgumentWriter
from pysfnc.frontend.aws.table_arguments import Optional, TableArguments, spread_arguments
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.frontend.program.model import TaskOptions
from pysfnc.ir.exprs import Cond, Const, Expr, Prim, Var
from pysfnc.lean import dataclass
from pysfnc.library.services.aws_forms import Form
from pysfnc.values.types import JSON, NEVER, STR, DictT, ErrorT

_NO_OPTIONS: Final = TaskOptions()
_NAMES: Final = "ExpressionAttributeNames"
_VALUES: Final = "ExpressionAttributeValues"
_START: Final = "ExclusiveStartKey"
_ITEMS: Final = frozenset({"Item", "Key", _VALUES, _START})
_CONDITIONS: Final = ("ConditionExpression", "FilterExpression", "KeyConditionExpression")
_DECIDING: Final = (*_CONDITIONS, _NAMES, _VALUES)
"""Parameters that decide about the text of conditions."""
_SHOWING: Final = frozenset({"ReturnValues", "ReturnItemCollectionMetrics"})
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
    parts = spread_arguments(cx, given, node) if can_be_called(cx, operation, given, node) else None
    if parts is None or not _can_be_given(cx, operation, parts, node):
        return poison(cx.span(node))
    chosen = integration(operation, sorted({*parts.given, *parts.optional, "TableName"}), cx.pattern)
    arguments = _Writer(cx, chosen, method, node).arguments(parts)
    if isinstance(arguments.type, ErrorT):
        return poison(cx.span(node))
    target = performed(cx, chosen, arguments, node, options)
    if method.table.made is not None and not forget_data(cx, method.table.made, node):
        return poison(cx.span(node))
    return _answer(cx, chosen, target, node, reads=_reads(operation, parts))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the arguments of one call."""

    cx: Context
    chosen: Integration
    method: TableMethod
    node: ast.expr

    def arguments(self, parts: TableArguments) -> Expr:
        """All arguments; of type `ErrorT` after a message.

        The placeholders of conditions are numbered through the call, so that there is one text for each set of conditions.
        """
        for name in _DECIDING:
            if name in parts.optional:
                return self._either(parts.optional[name].present, parts.having(name), parts.without(name))
            value = parts.given.get(name)
            several = None if value is None or isinstance(value, Static) else told_apart(self.cx, value)
            if several is not None:
                return self._either(several[0], *(parts.giving(name, one) for one in several[1:]))
        return self._complete(parts)

    def _either(self, test: Expr, some: TableArguments, others: TableArguments) -> Expr:
        then, orelse = self.arguments(some), self.arguments(others)
        if isinstance(then.type, ErrorT) or isinstance(orelse.type, ErrorT):
            return poison(self.cx.span(self.node))
        return Cond(test=test, then=then, orelse=orelse, type=DictT(JSON))

    def _complete(self, parts: TableArguments) -> Expr:
        values = _written(self.cx, parts.given, self.node)
        if values is None:
            return poison(self.cx.span(self.node))
        start = values.pop(_START, None)
        values["TableName"] = self.method.table.name
        made = ArgumentWriter(self.cx, self.chosen, self.node).arguments(values, None)
        if isinstance(made, Prim) and start is not None and not isinstance(made.type, ErrorT):
            made = replace(made, args=(*made.args, *self._raw(_START, start)))
        for name, entry in parts.optional.items():
            made = self._added(made, name, entry)
        return made

    def _added(self, made: Expr, name: str, entry: Optional) -> Expr:
        """An argument that is there on some ways."""
        values = _written(self.cx, {name: entry.value}, self.node)
        if isinstance(made.type, ErrorT) or values is None:
            return poison(self.cx.span(self.node))
        pair = Prim(op="dict.make", args=self._raw(name, values[name]), type=DictT(values[name].type))
        shape = self.chosen.operation.input
        assert shape is not None
        more = (
            pair
            if name == _START
            else ArgumentWriter(self.cx, self.chosen, self.node).value(shape, pair, f"{self.method.name}()")
        )
        if isinstance(more.type, ErrorT):
            return more
        none = Prim(op="dict.make", args=(), type=DictT(NEVER))
        some = Cond(test=entry.present, then=more, orelse=none, type=DictT(JSON))
        return Prim(op="|", args=(made, some), type=DictT(JSON), span=made.span)

    def _raw(self, name: str, value: Expr) -> tuple[Expr, Expr]:
        return Const(value=name, type=STR), value


def _reads(operation: Operation, parts: TableArguments) -> bool:
    """Whether the answer may hold attribute values, which an operation that writes gives only where it is asked for them."""
    if operation.method in ("get_item", "query", "scan"):
        return True
    returned = parts.given.get("ReturnValues")
    is_none = returned is None or (isinstance(returned, Const) and returned.value == "NONE")
    return not is_none or "ReturnItemCollectionMetrics" in parts.given or not _SHOWING.isdisjoint(parts.optional)


def _can_be_given(cx: Context, operation: Operation, parts: TableArguments, node: ast.expr) -> bool:
    for name in parts.names:
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


def _written(cx: Context, named: Mapping[str, Value], node: ast.expr) -> dict[str, Expr] | None:
    """The parameters in the form of a client, None after a message."""
    conditions = ConditionWriter(cx, node)
    texts: dict[str, Expr] = {}
    # boto3 numbers what stands in conditions before what stands in conditions on keys, each in the order of the call.
    for name in sorted((name for name in named if name in _CONDITIONS), key=lambda name: name == _CONDITIONS[2]):
        value = named[name]
        made = value if isinstance(value, Condition) else None if isinstance(value, Static) else condition_of(cx, value)
        if made is not None:
            text = conditions.text(made, of_key=name == _CONDITIONS[2])
            if text is None:
                return None
            texts[name] = Const(value=text, type=STR, span=cx.span(node))
    data = {name: texts.get(name) or as_data(cx, value, node) for name, value in named.items()}
    _add(cx, data, _NAMES, {name: _text(text) for name, text in conditions.names.items()}, node)
    _add(cx, data, _VALUES, conditions.values, node)
    writer = ItemWriter(cx, node)
    written = {
        name: writer.attributes(value, f"`{name}`") if name in _ITEMS and value.type != NEXT else value
        for name, value in data.items()
    }
    return None if any(isinstance(value.type, ErrorT) for value in written.values()) else written


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
    form = Const(value=Form(shape, chosen.naming, values=reads, told=reads and cx.project.items_told).text(), type=STR)
    raw = Var(name=target, type=DictT(JSON), span=span)
    type_ = table_answer_type(shape, chosen.operation.method, told=cx.project.items_told)
    return Prim(op="service.answer", args=(raw, form), type=type_, span=span)

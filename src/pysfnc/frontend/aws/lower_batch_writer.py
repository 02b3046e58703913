"""`with table.batch_writer() as batch`: what is put and deleted is collected, and sent 25 at a time.

Owns what `boto3.dynamodb.table.BatchWriter` does: a batch goes out when it is full, what comes back as unprocessed waits for the next one, and
leaving the `with`, on whichever way, sends the rest. The requests that wait are a variable of the machine.
"""

import ast
from collections.abc import Sequence
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import BatchWriter, ClientMethod, Table
from pysfnc.frontend.aws.item_values import ItemWriter
from pysfnc.frontend.aws.lower_tables import SERVICE
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_body, lower_stmt
from pysfnc.frontend.core.lower_frame import hidden_variable
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_state import Fact
from pysfnc.frontend.core.lower_values import BuiltinFunction, Intrinsic, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.values.types import BOOL, NONE, STR, ListT

_FULL: Final = 25
"""How many requests a batch has at most: the default of boto3, and the limit of `BatchWriteItem`."""
_METHODS: Final = {"put_item": ("PutRequest", "Item"), "delete_item": ("DeleteRequest", "Key")}
_FLUSH: Final = f"""
sent = held()[:{_FULL}]
keep(held()[{_FULL}:])
more = write(RequestItems={{table: sent}})["UnprocessedItems"].get(table)
if more:
    keep(held() + more)
"""
_PUT: Final = f"""
keep(held() + [request])
if len(held()) >= {_FULL}:
    flush()
"""
_REPLACE: Final = """
new = [values[key] for key in keys]
return [old for old in held() if not same([
    (old["PutRequest"]["Item"] if "PutRequest" in old else old["DeleteRequest"]["Key"])[key] for key in keys], new)]
"""


def lower_batch_writer(
    cx: Context, table: Table, item: ast.withitem, made: ast.Call, body: list[ast.stmt], node: ast.With
) -> None:
    """A `with` of `table.batch_writer()`."""
    given = lower_arguments(cx, made)
    keys = None if given is None else _keys(cx, given, made)
    if keys is None:
        return
    span = cx.span(made)
    held = cx.names.fresh("requests")
    bind_variable(cx, held, lib.make_list(cx, [], made), span)
    writer = BatchWriter(table, held, keys, cx.flow.region)
    if item.optional_vars is not None:
        from pysfnc.frontend.core.lower_assign import assign

        assign(cx, item.optional_vars, writer, item.optional_vars)
    leave = hidden_variable(cx.frame, "leave", cx.names)
    rest = Intrinsic(lambda inner, _args, at: _run(inner, writer, "while held():\n    flush()", {}, at))
    cx.state.put(cx.frame.names[leave], Fact(NONE, static=rest))
    left = ast.Expr(ast.Call(func=ast.Name(id=leave, ctx=ast.Load()), args=[], keywords=[]))
    tried = ast.Try(body=body, handlers=[], orelse=[], finalbody=[left])
    for part in (left, left.value, left.value.func, tried):  # type: ignore[attr-defined]
        ast.copy_location(part, made if part is not tried else node)
    if cx.state.reachable:
        lower_stmt(cx, tried)
    else:
        lower_body(cx, body)


def _keys(cx: Context, given: Arguments, node: ast.expr) -> tuple[str, ...] | None:
    """The names given as `overwrite_by_pkeys`, none without it; None after a message."""
    named = {**dict(zip(("overwrite_by_pkeys",), given.positional, strict=False)), **given.keyword_map()}
    if set(named) - {"overwrite_by_pkeys"} or len(given.positional) > 1 or given.rest is not None:
        cx.error(
            codes.TYPE_MISMATCH, node, "`batch_writer` takes `overwrite_by_pkeys`, and nothing else in compiled code"
        )
        return None
    value = named.get("overwrite_by_pkeys")
    if value is None or (isinstance(value, Const) and value.value is None):
        return ()
    parts: Sequence[Expr] = value.args if isinstance(value, Prim) and value.op == "list.make" else ()
    names = tuple(part.value for part in parts if isinstance(part, Const) and isinstance(part.value, str))
    if len(names) == len(parts) > 0:
        return names
    cx.error(
        codes.NOT_CONSTANT,
        node,
        "`overwrite_by_pkeys` must be known when compiling",
        help="write instead: a list of texts",
    )
    return None


def call_batch_writer(cx: Context, writer: BatchWriter, name: str, given: Arguments, node: ast.expr) -> Value:
    """`batch.put_item(Item=...)`, `batch.delete_item(Key=...)`."""
    if name not in _METHODS:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{name}` of a batch writer has no compiled form",
            notes=["it has `put_item` and `delete_item`"],
        )
    request, parameter = _METHODS[name]
    named = {**dict(zip((parameter,), given.positional, strict=False)), **given.keyword_map()}
    if list(named) != [parameter] or len(given.positional) > 1 or given.rest is not None:
        return cx.error(codes.TYPE_MISMATCH, node, f"`{name}` of a batch writer takes `{parameter}`")
    if writer.region != cx.flow.region:
        return cx.error(
            codes.BRANCH_REBINDS_OUTER,
            node,
            "a batch writer is used in a branch that runs at the same time as others",
            help="write instead: a list that the branch returns, and a loop over it after the join",
        )
    values = ItemWriter(cx, node).attributes(as_data(cx, named[parameter], node), f"`{parameter}`")
    if is_poison(values):
        return poison(cx.span(node))
    values = cx.atom(values, "item")
    inner = lib.make_dict(cx, [(Const(value=parameter, type=STR), values)], node)
    made = lib.make_dict(cx, [(Const(value=request, type=STR), inner)], node)
    if writer.keys:
        keys = lib.make_list(cx, [Const(value=key, type=STR) for key in writer.keys], node)
        others = _run(cx, writer, _REPLACE, {"values": values, "keys": keys}, node)
        # What has no effect of its own is an expression, so that the variable is set here.
        _keep(cx, writer, (others,), node)
    return _run(cx, writer, _PUT, {"request": cx.atom(made, "request")}, node)


def _run(cx: Context, writer: BatchWriter, text: str, values: dict[str, Value], node: ast.expr) -> Value:
    """Code over the requests that wait."""
    own: dict[str, Value] = {
        "held": Intrinsic(lambda inner, _args, _at: _held(inner, writer)),
        "keep": Intrinsic(lambda inner, args, at: _keep(inner, writer, args, at)),
        "flush": Intrinsic(lambda inner, _args, at: _run(inner, writer, _FLUSH, {}, at)),
        "same": Intrinsic(_same),
        "write": ClientMethod(SERVICE, "batch_write_item"),
        "table": writer.table.name,
        "len": BuiltinFunction("len"),
    }
    return run_here(cx, text, {**own, **values}, node)


def _same(cx: Context, args: Sequence[Value], node: ast.expr) -> Expr:
    """Whether two lists hold the same attribute values. The model has bytes among these, which no request that is made here has."""
    one, other = (as_data(cx, arg, node) for arg in args)
    return Prim(op="service.same", args=(one, other), type=BOOL, span=cx.span(node))


def _held(cx: Context, writer: BatchWriter) -> Expr:
    fact = cx.state.facts.get(writer.held)
    return Var(name=writer.held, type=ListT(NONE) if fact is None else fact.type)


def _keep(cx: Context, writer: BatchWriter, args: Sequence[Value], node: ast.expr) -> Value:
    (value,) = args
    if not isinstance(value, Static):
        bind_variable(cx, writer.held, value, cx.span(node))
    return Const(value=None, type=NONE, span=cx.span(node))

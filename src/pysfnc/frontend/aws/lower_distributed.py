"""`distributed_map` and its datasets: distributed Maps.

Owns the options, the readers and the tolerance. What it means under CPython is `lang.distributed`.

Facts: "Using Map state in Distributed mode" of the AWS docs: datasets, batches, tolerance, result writers.
"""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Dataset, ResultsPlace
from pysfnc.frontend.calls.lower_arguments import Arguments, Signature, bind, lower_arguments
from pysfnc.frontend.concurrency.lower_branches import lower_branch
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import Closure, Configured, ProjectFunction, Static, Value
from pysfnc.frontend.core.whole import refuse_text, text_held
from pysfnc.ir.exprs import Const, ExcField, Expr, NewExc, Prim, Var
from pysfnc.ir.hir import Distributed, FanOut, Handler, Perform, Raise, ServiceCall, Suite, Try
from pysfnc.ir.walk import suite_exprs, walk_suite
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.lang.datasets import DELIMITERS
from pysfnc.library.services.context import ROOT
from pysfnc.library.services.environment import TEXT
from pysfnc.values.relations import dict_of, join, kinds
from pysfnc.values.types import FLOAT, INT, JSON, NEVER, STR, DictField, DictT, ErrorT, ExcT, Kind, ListT, Type

GET_OBJECT: Final = "arn:aws:states:::s3:getObject"
LIST_OBJECTS: Final = "arn:aws:states:::s3:listObjectsV2"
_OPTIONS: Final = (
    "max_concurrency",
    "batch",
    "tolerated_failure_percentage",
    "tolerated_failure_count",
    "type",
    "label",
    "results",
)
_SIGNATURE: Final = Signature(
    "distributed_map", ("fn", "items"), frozenset(), _OPTIONS, None, None, frozenset(_OPTIONS)
)
_LABEL: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_OBJECT: Final = dict_of(
    [
        DictField("Etag", STR),
        DictField("Key", STR),
        DictField("LastModified", join(INT, FLOAT)),
        DictField("Size", INT),
        DictField("StorageClass", STR),
    ],
    NEVER,
)
_FAILED: Final = dict_of([DictField("Cause", STR), DictField("Error", STR), DictField("Status", STR)], NEVER)
_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})

Options = dict[str, Expr]


# Datasets


def call_dataset(cx: Context, name: str, node: ast.Call) -> Value:
    """`s3_csv(...)` and the others."""
    kind = name.rpartition(".")[2]
    required, optional = _PARAMETERS[kind]
    given = lower_arguments(cx, node)
    signature = Signature(kind, required, frozenset(), optional, None, None, frozenset((*optional, "prefix")))
    values = None if given is None else bind(cx, signature, given, node)
    if values is None:
        return poison(cx.span(node))
    data = {key: as_data(cx, value, node) for key, value in values.items()}
    data = {key: value for key, value in data.items() if kinds(value.type) != {Kind.NONE}}
    if any(map(is_poison, data.values())) or not all(_has(cx, data, key, Kind.STR, node) for key in required):
        return poison(cx.span(node))
    names = {"bucket": "Bucket", "key": "Key", "prefix": "Prefix"}
    data = {key: value if key == "headers" else _now(cx, value, key) for key, value in data.items()}
    arguments = _dict(cx, {field: data[key] for key, field in names.items() if key in data}, node)
    if kind == "s3_results":
        return ResultsPlace(arguments)
    reading = _READINGS[kind](cx, data, node)
    if reading is None or not _has(cx, data, "max_items", Kind.INT, node):
        return poison(cx.span(node))
    if "max_items" in data:
        reading["MaxItems"] = data["max_items"]
    config = _dict(cx, reading, node) if reading else None
    resource = LIST_OBJECTS if kind == "s3_objects" else GET_OBJECT
    return Dataset(kind, resource, arguments, config, _ITEMS[kind])


_PARAMETERS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "s3_objects": (("bucket", "prefix"), ("max_items",)),
    "s3_csv": (("bucket", "key"), ("headers", "delimiter", "max_items")),
    "s3_json": (("bucket", "key"), ("pointer", "max_items")),
    "s3_jsonl": (("bucket", "key"), ("max_items",)),
    "s3_inventory": (("bucket", "key"), ("max_items",)),
    "s3_results": (("bucket", "prefix"), ()),
}
"""Parameters by position, and those by name only. `prefix` may be left out."""
DATASETS: Final = frozenset(_PARAMETERS)
_ITEMS: Final[Mapping[str, Type]] = {
    "s3_objects": _OBJECT,
    "s3_csv": DictT(STR),
    "s3_json": JSON,
    "s3_jsonl": JSON,
    "s3_inventory": DictT(STR),
}


def _csv(cx: Context, data: Options, node: ast.expr) -> Options | None:
    made: Options = {"InputType": _text(cx, "CSV", node)}
    headers = data.get("headers")
    made["CSVHeaderLocation"] = _text(cx, "FIRST_ROW" if headers is None else "GIVEN", node)
    if headers is not None:
        if not (isinstance(headers, Prim) and headers.op == "list.make" and all(map(_is_text, headers.args))):
            cx.error(codes.NOT_CONSTANT, node, "`headers` must be a list of texts that is known when compiling")
            return None
        made["CSVHeaders"] = headers
    delimiter = data.get("delimiter")
    if delimiter is not None:
        name = DELIMITERS.get(str(delimiter.value)) if isinstance(delimiter, Const) else None
        if name is None:
            cx.error(codes.NOT_CONSTANT, node, "`delimiter` must be one of , | ; space and tab, written out")
            return None
        made["CSVDelimiter"] = _text(cx, name, node)
    return made


def _json(cx: Context, data: Options, node: ast.expr) -> Options | None:
    if not _has(cx, data, "pointer", Kind.STR, node):
        return None
    made: Options = {"InputType": _text(cx, "JSON", node)}
    return {**made, "ItemsPointer": data["pointer"]} if "pointer" in data else made


def _of_type(name: str) -> Callable[[Context, Options, ast.expr], Options | None]:
    return lambda cx, _data, node: {"InputType": _text(cx, name, node)}


_READINGS: Final[Mapping[str, Callable[[Context, Options, ast.expr], Options | None]]] = {
    "s3_objects": lambda _cx, _data, _node: {},
    "s3_csv": _csv,
    "s3_json": _json,
    "s3_jsonl": _of_type("JSONL"),
    "s3_inventory": _of_type("MANIFEST"),
}


# The map


def call_distributed_map(cx: Context, node: ast.Call) -> Value:
    """`distributed_map(fn, items, ...)`."""
    span = cx.span(node)
    given = lower_arguments(cx, node)
    values = None if given is None else bind(cx, _SIGNATURE, given, node)
    if values is None:
        return poison(span)
    results = values.pop("results", None)
    function, items = values.pop("fn"), values.pop("items")
    options = {name: as_data(cx, value, node) for name, value in values.items()}
    options = {name: value for name, value in options.items() if kinds(value.type) != {Kind.NONE}}
    settings = _settings(cx, options, node)
    place = _place(cx, results, node)
    source = _source(cx, items, node)
    if settings is None or place is None or source is None or not _is_callable(cx, function, node):
        return poison(span)
    assert isinstance(function, Static)
    seq, settings, item_type = source[0], _with_source(settings, source[1]), source[2]
    settings = replace(settings, results=None if isinstance(place, Const) else place)
    tolerant = settings.percentage is not None or settings.count is not None
    item = Var(name=cx.names.fresh("item"), type=item_type if settings.batch is None else ListT(item_type), span=span)
    body, made = _child(cx, function, item, node, tolerant)
    if not _body_fits(cx, body, settings, node):
        return poison(span)
    result: Type = ListT(join(made, _FAILED) if tolerant else made)
    if settings.results is not None:
        # Python writes inputs and outputs with `json.dumps`, which knows none of these.
        text = text_held(item.type) or text_held(made)
        if text is not None:
            return refuse_text(cx, text, node)
        result = DictT(JSON)
    target = cx.names.fresh("results")
    limit = options.get("max_concurrency")
    effect = FanOut(
        name=item.name, seq=seq, body=body, max_concurrency=limit, retry=(), result=result, distributed=settings
    )
    cx.emit(Perform(effect=effect, target=target, span=span))
    return Var(name=target, type=result, span=span)


def _settings(cx: Context, options: Options, node: ast.expr) -> Distributed | None:
    """The options that are no functions; None after a message."""
    wanted = {"max_concurrency": {Kind.INT}, "batch": {Kind.INT}, "tolerated_failure_count": {Kind.INT}}
    wanted |= {"tolerated_failure_percentage": set(_NUMBERS)}
    for name, found in options.items():
        if is_poison(found):
            return None
        if name in wanted and not kinds(found.type) <= wanted[name]:
            cx.error(codes.TYPE_NEEDED, node, f"`{name}` must be known to be a number, and is of type `{found.type}`")
            return None
    for name, low, high in (
        ("batch", 1, None),
        ("max_concurrency", 0, None),
        ("tolerated_failure_count", 0, None),
        ("tolerated_failure_percentage", 0, 100),
    ):
        value = options.get(name)
        number = value.value if isinstance(value, Const) and isinstance(value.value, int | float) else None
        if number is not None and (number < low or (high is not None and number > high)):
            cx.error(codes.TYPE_MISMATCH, node, f"`{name}` has no value {number}, which raises ValueError")
            return None
    kind, label = options.get("type"), options.get("label")
    if kind is not None and not (isinstance(kind, Const) and kind.value in ("STANDARD", "EXPRESS")):
        cx.error(codes.NOT_CONSTANT, node, '`type` must be "STANDARD" or "EXPRESS", written out')
        return None
    if label is not None and not (isinstance(label, Const) and _LABEL.fullmatch(str(label.value))):
        cx.error(
            codes.NOT_CONSTANT, node, "`label` must be a text of 1 to 40 letters, digits, `-` and `_`, written out"
        )
        return None
    if cx.workflow is not None and cx.workflow.workflow_options.type == "EXPRESS":
        cx.error(codes.UNSUPPORTED_CALL, node, "an Express workflow cannot run a distributed Map")
        return None
    return Distributed(
        express=isinstance(kind, Const) and kind.value == "EXPRESS",
        label=str(label.value) if isinstance(label, Const) else None,
        batch=options.get("batch"),
        percentage=options.get("tolerated_failure_percentage"),
        count=options.get("tolerated_failure_count"),
    )


def _place(cx: Context, results: Value | None, node: ast.expr) -> Expr | None:
    """The arguments of the writer; a constant for none, None after a message."""
    if isinstance(results, ResultsPlace):
        return results.arguments
    if results is None or (isinstance(results, Const) and results.value is None):
        return Const(value=None, type=JSON)
    if isinstance(results, Static) or not is_poison(results):
        cx.error(codes.TYPE_MISMATCH, node, "`results` must be `s3_results(bucket, prefix)`")
    return None


def _source(cx: Context, items: Value, node: ast.expr) -> tuple[Expr, Dataset | None, Type] | None:
    """The list of items, which is empty for a dataset, and their type; None after a message."""
    if isinstance(items, Dataset):
        return lib.make_list(cx, [], node), items, items.item
    listed = lib.items_of(cx, items, node)
    return None if is_poison(listed) else (listed, None, lib.item_type(listed.type))


def _with_source(settings: Distributed, dataset: Dataset | None) -> Distributed:
    if dataset is None:
        return settings
    return replace(settings, resource=dataset.resource, reader=dataset.arguments, reading=dataset.reading)


def _is_callable(cx: Context, function: Value, node: ast.expr) -> bool:
    target = function.target if isinstance(function, Configured) else function
    is_async = (isinstance(target, ProjectFunction) and target.info.is_async) or (
        isinstance(target, Closure) and isinstance(target.node, ast.AsyncFunctionDef)
    )
    if isinstance(target, Static) and not isinstance(target, Dataset | ResultsPlace) and not is_async:
        return True
    if isinstance(target, Static) or not is_poison(target):
        what = "an async function" if is_async else "no function"
        cx.error(codes.UNSUPPORTED_CALL, node, f"`distributed_map` calls a function, and is given {what}")
    return False


def _child(cx: Context, function: Static, item: Var, node: ast.expr, tolerant: bool) -> tuple[Suite, Type]:
    """The body of one execution. The error of one that is tolerated is looked at, and must not be the report of Lambda."""
    from pysfnc.frontend.calls.lower_call import call_value

    body, type_ = lower_branch(cx, lambda: call_value(cx, function, Arguments((item,), (), ()), node), node)
    if not tolerant:
        return body, type_
    span = cx.span(node)
    caught = Var(name=cx.names.fresh("error"), type=ExcT(None), span=span)
    message = ExcField(exc=caught, field_="message", type=STR, span=span)
    again = NewExc(
        name=ExcField(exc=caught, field_="name", type=STR, span=span),
        message=message,
        args=(message,),
        type=ExcT(None),
        span=span,
    )
    handler = Handler(classes=None, name=caught.name, body=(Raise(exc=again, span=span),), span=span)
    return (Try(body=body, handlers=(handler,), orelse=(), final=(), span=span),), type_


def _body_fits(cx: Context, body: Suite, settings: Distributed, node: ast.expr) -> bool:
    if any(
        isinstance(part, Prim) and part.op == f"{ROOT}.execution.input"
        for expr in suite_exprs(body)
        for part in walk_expr(expr)
    ):
        cx.error(
            codes.AWS_DIFFERENCE,
            node,
            "`context.execution.input` of a child of a distributed Map is not what Python has",
            help="write instead: the item, or what is wanted of the workflow's input as a variable outside",
        )
        return False
    waiting = [
        stmt.effect.resource
        for stmt in walk_suite(body)
        if isinstance(stmt, Perform)
        and isinstance(stmt.effect, ServiceCall)
        and re.search(r"\.(sync|wait)", stmt.effect.resource)
    ]
    if settings.express and waiting:
        cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"the children are Express executions, which cannot wait: `{waiting[0]}`",
            help='write instead: `type="STANDARD"`',
        )
        return False
    return True


# Parts


def _now(cx: Context, value: Expr, hint: str) -> Expr:
    """The value as it is now, also where a variable that it reads gets another before the map begins."""
    fixed = isinstance(value, Const) or (isinstance(value, Prim) and value.op == TEXT)
    return value if fixed else cx.temporary(value, hint)


def _has(cx: Context, data: Options, name: str, kind: Kind, node: ast.expr) -> bool:
    value = data.get(name)
    if value is None or kinds(value.type) == {kind} or isinstance(value.type, ErrorT):
        return True
    wanted = "a str" if kind is Kind.STR else "an int"
    cx.error(codes.TYPE_NEEDED, node, f"`{name}` must be known to be {wanted}, and is of type `{value.type}`")
    return False


def _is_text(value: Expr) -> bool:
    return isinstance(value, Const) and isinstance(value.value, str)


def _text(cx: Context, value: str, node: ast.expr) -> Const:
    return Const(value=value, type=STR, span=cx.span(node))


def _dict(cx: Context, items: Mapping[str, Expr], node: ast.expr) -> Expr:
    return lib.make_dict(cx, [(_text(cx, name, node), value) for name, value in items.items()], node)

"""Expressions that compute data: literals, operators, subscripts, displays, attributes, f-strings, `:=`.

Owns their order of evaluation. What an operation means is `library`, asked through `lower_library`. Conditions are `lower_test`, calls
`lower_call`, comprehensions `lower_comprehension`.
"""

import ast
import math
from collections.abc import Callable
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.aws_types import BYTES
from pysfnc.frontend.condition_values import as_condition
from pysfnc.frontend.exceptions import HTTP_ERROR, exception_class
from pysfnc.frontend.future_tables import FutureRows, KeyedFutures
from pysfnc.frontend.held_clients import client_of
from pysfnc.frontend.kept_values import kept
from pysfnc.frontend.lower_aws_errors import client_error_attribute
from pysfnc.frontend.lower_classes import class_attribute, enum_of, member_by_name
from pysfnc.frontend.lower_clients import client_attribute
from pysfnc.frontend.lower_conditions import joined_conditions
from pysfnc.frontend.lower_context import Context, poison
from pysfnc.frontend.lower_core import (
    as_data,
    expression,
    is_poison,
    lower_in_order,
    lower_value,
    lowering,
)
from pysfnc.frontend.lower_environment import environment_item, is_environ
from pysfnc.frontend.lower_key_views import joined_views
from pysfnc.frontend.lower_moments import time_attribute
from pysfnc.frontend.lower_names import bind_name, external_value, is_local, value_of_binding
from pysfnc.frontend.lower_objects import has_own, kept_method, object_attribute, super_attribute
from pysfnc.frontend.lower_place import check_new_key, key_taker, read_place, refuse_key, retype_place
from pysfnc.frontend.lower_response import RESPONSE, response_attribute
from pysfnc.frontend.lower_tables import table_attribute
from pysfnc.frontend.lower_values import (
    ATTRIBUTED,
    BoundMethod,
    BuiltinFunction,
    Choice,
    Client,
    ClientExceptions,
    Closure,
    Condition,
    DictOf,
    ExceptionClass,
    External,
    FutureDict,
    FutureList,
    FutureSet,
    Lazy,
    ModuleValue,
    Opaque,
    ProjectClass,
    Resource,
    ResourceMeta,
    Root,
    Session,
    Static,
    StaticMethod,
    SuperOf,
    Table,
    TupleOf,
    TypeOf,
    Value,
    describe,
)
from pysfnc.frontend.lower_views import in_place, viewed
from pysfnc.frontend.model import ModuleBinding
from pysfnc.frontend.moment_operations import is_time
from pysfnc.frontend.names import member
from pysfnc.frontend.narrowed_exceptions import as_exception, attribute_of_some
from pysfnc.frontend.operations.types_asked import type_of
from pysfnc.frontend.own_operators import item_of_own
from pysfnc.frontend.resource_values import Collected, ResourceOf
from pysfnc.frontend.whole import refuse_text
from pysfnc.ir.exprs import Const, ExcField, Expr, Let, Prim
from pysfnc.ir.outcomes import GROUP
from pysfnc.library.context import FIELDS, ROOT
from pysfnc.library.roots import has_whole_root
from pysfnc.source.span import Span
from pysfnc.values.types import (
    BOOL,
    FLOAT,
    INT,
    JSON,
    NONE,
    STR,
    ErrorT,
    ExcT,
    ListT,
    MapT,
    NeverT,
    OpaqueT,
    TuplesT,
    Type,
    is_mutable,
    join,
)

_FAILURES = frozenset({"CallbackFailed", "JobFailed"})
"""Exceptions with an error name and a cause."""
MAX_INTEGER = 2**53
OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.MatMult: "@",
}


@expression(ast.Constant)
def lower_constant(cx: Context, node: ast.Constant) -> Value:
    """A literal."""
    span = cx.span(node)
    match node.value:
        case None:
            return Const(value=None, type=NONE, span=span)
        case bool() as value:
            return Const(value=value, type=BOOL, span=span)
        case int() as value if abs(value) <= MAX_INTEGER:
            return Const(value=value, type=INT, span=span)
        case int():
            return cx.error(codes.UNSUPPORTED_EXPRESSION, node, "an integer beyond 2**53 cannot be kept exactly")
        case float() as value if math.isfinite(value):
            return Const(value=value, type=FLOAT, span=span)
        case float():
            return cx.error(codes.UNSUPPORTED_EXPRESSION, node, "an infinite float has no place in JSON")
        case str() as value if not any("\ud800" <= c <= "\udfff" for c in value):
            return Const(value=value, type=STR, span=span)
        case str():
            return cx.error(codes.UNSUPPORTED_EXPRESSION, node, "a lone surrogate has no place in JSON")
        case bytes() as value if _is_utf8(value):
            text = Const(value=value.decode(), type=STR, span=span)
            return Prim(op="bytes.make", args=(text,), type=BYTES, span=span)
        case other:
            kind = "`...`" if other is ... else f"a {type(other).__name__} literal"
            return cx.error(
                codes.UNSUPPORTED_EXPRESSION,
                node,
                f"{kind} has no compiled form",
                help="write instead: a function marked `@task` that needs it",
            )


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


@expression(ast.BinOp)
def lower_binary(cx: Context, node: ast.BinOp) -> Value:
    """Arithmetic. A long chain such as `a + b + c + ...` leans to the left and is taken apart without recursion."""
    chain: list[ast.BinOp] = []
    first: ast.expr = node
    while isinstance(first, ast.BinOp):
        chain.append(first)
        first = first.left
    made = as_condition(cx, lower_value(cx, first))
    while isinstance(made, Condition) and chain:
        step = chain.pop()
        made = joined_conditions(cx, made, lower_value(cx, step.right), step)
    if not chain:
        return made
    for step in reversed(chain[1:]):
        made = as_data(cx, _binary_step(cx, made, step), step)
    return _binary_step(cx, made, node)


def _binary_step(cx: Context, left: Value, node: ast.BinOp) -> Value:
    one, other = lower_in_order(cx, [lambda: left, lambda: lower_value(cx, node.right)])
    one, other = joined_views(cx, one, other, node)
    right = as_data(cx, other, node.right)
    value = as_data(cx, one, node.left)
    if isinstance(node.op, ast.Pow) and isinstance(right, Const) and right.value == 0.5 and has_whole_root(value.type):
        return Root(value)
    return lib.binary(cx, OPERATORS[type(node.op)], value, right, node)


@expression(ast.NamedExpr)
def lower_walrus(cx: Context, node: ast.NamedExpr) -> Value:
    """`name := value`."""
    value = lower_value(cx, node.value)
    target = node.target.id
    held, view = (value, None) if isinstance(value, Static) else viewed(cx, value)
    bind_name(cx, target, held, node, view=view)
    return lower_value(cx, ast.copy_location(ast.Name(id=target, ctx=ast.Load()), node.target))


@expression(ast.Lambda)
def lower_lambda(cx: Context, node: ast.Lambda) -> Value:
    """A lambda; its body is lowered where it is called."""
    return make_closure(cx, node, "<lambda>")


def make_closure(cx: Context, node: ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Closure:
    """A function made here: its defaults are evaluated now."""
    args = node.args
    positional = [*args.posonlyargs, *args.args]
    with_default = [*zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True)]
    with_default += [(arg, default) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default]
    values = lower_in_order(cx, [lowering(cx, default) for _, default in with_default])
    fixed = [value if isinstance(value, Static) else kept(cx, value, "default") for value in values]
    return Closure(node, cx.frame, name, tuple((arg.arg, v) for (arg, _), v in zip(with_default, fixed, strict=True)))


# Displays


@expression(ast.List, ast.Tuple)
def lower_sequence(cx: Context, node: ast.List | ast.Tuple) -> Value:
    """`[a, *b]` or `(a, b)`."""
    is_list = isinstance(node, ast.List)
    plain = [part.value if isinstance(part, ast.Starred) else part for part in node.elts]
    values = lower_in_order(cx, [lowering(cx, part) for part in plain])
    starred = [isinstance(part, ast.Starred) for part in node.elts]
    if not any(starred):
        if any(isinstance(value, Static) and not isinstance(value, Lazy) for value in values):
            return TupleOf(tuple(values), is_list)
        return _display(cx, [as_data(cx, v, n) for v, n in zip(values, plain, strict=True)], is_list, node)
    return _spread(cx, values, starred, plain, is_list, node)


def _display(cx: Context, items: list[Expr], is_list: bool, node: ast.AST) -> Expr:
    return lib.make_list(cx, items, node) if is_list else lib.make_tuple(cx, items, node)


def _spread(
    cx: Context, values: list[Value], starred: list[bool], nodes: list[ast.expr], is_list: bool, node: ast.AST
) -> Value:
    """A display with `*parts`: the parts are put together as lists."""
    flat: list[Value] = []
    for value, star in zip(values, starred, strict=True):
        known = lib.known_items(cx, value) if star else None
        if star and known is None:
            break
        flat.extend(known if known is not None else [value])
    else:
        if any(isinstance(value, Static) and not isinstance(value, Lazy) for value in flat):
            return TupleOf(tuple(flat), is_list)
        return _display(cx, [as_data(cx, value, node) for value in flat], is_list, node)
    made: Expr | None = None
    for value, star, part in zip(values, starred, nodes, strict=True):
        items = lib.items_of(cx, value, part) if star else lib.make_list(cx, [as_data(cx, value, part)], part)
        made = items if made is None else lib.binary(cx, "+", made, items, node)
    assert made is not None
    if not is_list:
        return lib.call(cx, "tuple", [made], {}, node)
    return lib.copy_of_list(cx, made, node) if len(values) == 1 else made


@expression(ast.Dict)
def lower_dict(cx: Context, node: ast.Dict) -> Value:
    """`{key: value, **other}`; a key is evaluated before its value."""
    parts: list[ast.expr] = []
    steps: list[Callable[[], Value]] = []
    for key, value in zip(node.keys, node.values, strict=True):
        parts.extend([value] if key is None else [key, value])
        steps += [_spreading(cx, value)] if key is None else [lowering(cx, key), lowering(cx, value)]
    lowered = lower_in_order(cx, steps)
    if None not in node.keys and any(isinstance(value, Static) for value in lowered[1::2]):
        from pysfnc.frontend.lower_choices import dict_of_functions
        from pysfnc.frontend.lower_future_tables import display_of_futures

        table = dict_of_functions(cx, node, lowered[1::2]) or display_of_futures(cx, node, lowered)
        if table is not None:
            return table
    values = iter([as_data(cx, value, part) for value, part in zip(lowered, parts, strict=True)])
    segments: list[Expr] = []
    pairs: list[tuple[Expr, Expr]] = []
    for key, value_node in zip(node.keys, node.values, strict=True):
        if key is not None:
            pairs.append((next(values), next(values)))
            continue
        if pairs or not segments:
            segments.append(lib.make_dict(cx, pairs, node))
            pairs = []
        other = next(values)
        segments[-1] = lib.merge_dicts(cx, segments[-1], other, value_node)
    if pairs or not segments:
        segments.append(lib.make_dict(cx, pairs, node))
    made = segments[0]
    for segment in segments[1:]:
        made = lib.merge_dicts(cx, made, segment, node)
    return made


def _spreading(cx: Context, node: ast.expr) -> Callable[[], Value]:
    return lambda: lib.spread_mapping(cx, as_data(cx, lower_value(cx, node), node), node)


def lower_exprs_or_poison(cx: Context, nodes: list[ast.expr]) -> list[Expr]:
    """Data for each node, in order."""
    values = lower_in_order(cx, [lowering(cx, node) for node in nodes])
    return [as_data(cx, value, node) for value, node in zip(values, nodes, strict=True)]


# Subscripts and attributes


@expression(ast.Subscript)
def lower_subscript(cx: Context, node: ast.Subscript) -> Value:
    """`value[index]` or `value[low:high:step]`."""
    if isinstance(node.slice, ast.Slice):
        bounds = (node.slice.lower, node.slice.upper, node.slice.step)
        steps = [lambda: lower_value(cx, node.value)]
        steps += [lowering(cx, part) for part in bounds if part is not None]
        value, *given = lower_in_order(cx, steps)
        found = iter(given)
        parts = [None if part is None else as_data(cx, next(found), part) for part in bounds]
        if isinstance(value, Collected):
            from pysfnc.frontend.lower_resource_lists import resource_slice

            return resource_slice(cx, value, parts, node)
        return lib.slice_of(cx, _sequence_data(cx, value, node.value), parts, node)
    value, index = lower_in_order(cx, [lambda: lower_value(cx, node.value), lambda: lower_value(cx, node.slice)])
    if isinstance(value, TupleOf):
        return _static_item(cx, value, index, node)
    if isinstance(value, DictOf):
        from pysfnc.frontend.lower_choices import item_of_table

        return item_of_table(cx, value, index, node)
    enum = enum_of(cx, value)
    if enum is not None:
        return member_by_name(cx, enum, as_data(cx, index, node.slice), node)
    if isinstance(value, FutureList | FutureDict | FutureSet):
        from pysfnc.frontend.lower_futures import future_item

        return future_item(cx, value, index, node)
    if isinstance(value, Collected):
        from pysfnc.frontend.lower_resource_lists import resource_at

        return resource_at(cx, value, index, node)
    if isinstance(value, KeyedFutures | FutureRows):
        from pysfnc.frontend.lower_future_tables import table_item

        return table_item(cx, value, index, node)
    if isinstance(value, External | ProjectClass | BuiltinFunction):
        return _subscripted_static(cx, value, index, node)
    own = item_of_own(cx, value, "__getitem__", [(index, node.slice)], node)
    return item_of_data(cx, value, index, node) if own is None else own


def item_of_data(cx: Context, value: Value, index: Value, node: ast.Subscript) -> Value:
    """An item of a list, tuple, text or dict."""
    container = _sequence_data(cx, value, node.value)
    key = as_data(cx, index, node.slice)
    is_made = isinstance(container.type, MapT) and container.type.factory is not None
    keyed = key_taker(cx, container.type, key, node.value, sets=is_made)
    if keyed is not None:
        asked = key if keyed.key == key.type == INT else cx.atom(key, "key")
        container = replace(container if keyed.key == INT else in_place(cx, container), type=keyed)
        key = lib.key_text(cx, container, asked, node)
        if is_made:
            check_new_key(cx, asked, node)
    elif lib.has_own_keys(container.type) and not is_poison(key):
        return refuse_key(cx, container, key, node)
    if isinstance(container.type, MapT) and container.type.factory is not None:
        return _made_item(cx, container, key, node)
    if keyed is not None and keyed.name != "Counter":
        return _present_item(cx, container, key, asked, node)
    from pysfnc.frontend.lower_regex import call_match, is_match

    if is_match(container.type):
        return call_match(cx, container, "__getitem__", [as_data(cx, index, node.slice)], node)
    return lib.subscript(cx, container, key, node)


def _made_item(cx: Context, container: Expr, index: Expr, node: ast.Subscript) -> Value:
    """An item of a `defaultdict`, which is put in where there is none."""
    from pysfnc.frontend.lower_mappings import ensure_item
    from pysfnc.frontend.lower_methods import place_of_receiver

    key = cx.atom(index, "key")
    place = place_of_receiver(cx, container, node.value)
    if place is None or is_poison(key):
        return poison(cx.span(node))
    if read_place(cx, place).type != container.type:
        retype_place(cx, place, container.type, node)
    if not ensure_item(cx, place, key, node):
        return poison(cx.span(node))
    return lib.subscript(cx, read_place(cx, place), key, node)


def _present_item(cx: Context, container: Expr, key: Expr, given: Expr, node: ast.Subscript) -> Value:
    """An item of a dict at the text of a given key, after the KeyError of one that is not there."""
    container, key = in_place(cx, container), cx.atom(key, "key")
    present = lib.key_present(cx, container, key, node, given)
    item = lib.subscript(cx, container, key, node)
    if is_poison(item) or is_poison(present):
        return poison(cx.span(node))
    return Let(name=cx.names.fresh("unused"), value=present, body=item, type=item.type, span=cx.span(node))


def _sequence_data(cx: Context, value: Value, node: ast.expr) -> Expr:
    """What is subscripted: a range or `e.args` counts as the list of its items."""
    if isinstance(value, Lazy) and value.sequence:
        return value.items
    return as_data(cx, value, node)


def _static_item(cx: Context, value: TupleOf, index: Value, node: ast.Subscript) -> Value:
    if (
        isinstance(index, Const)
        and isinstance(index.value, int)
        and -len(value.items) <= index.value < len(value.items)
    ):
        return value.items[index.value]
    from pysfnc.frontend.lower_choices import is_option, item_of_list

    if all(map(is_option, value.items)):
        return item_of_list(cx, value.items, index, node)
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        "which of several functions or other things that are no data is meant must be known when compiling",
        help="write instead: `if` and `else` with a call in each",
    )


def _subscripted_static(cx: Context, value: Static, index: Value, node: ast.Subscript) -> Expr:
    if is_environ(value):
        return environment_item(cx, as_data(cx, index, node.slice), node)
    return cx.error(codes.UNSUPPORTED_EXPRESSION, node, f"{describe(value)} cannot be subscripted here")


@expression(ast.Attribute)
def lower_attribute(cx: Context, node: ast.Attribute) -> Value:
    """`module.name`, `e.args`, or a method that is not called yet."""
    known = dotted_exception(cx, node)
    if known is not None:
        return known
    if isinstance(node.value, ast.Name | ast.Attribute | ast.Call):
        base = client_of(cx, lower_value(cx, node.value))
        if isinstance(base, Static):
            return static_attribute(cx, base, node)
        return data_attribute(cx, base, node)
    value = lower_value(cx, node.value)
    if isinstance(value, ResourceOf):
        return static_attribute(cx, value, node)
    return data_attribute(cx, as_data(cx, value, node.value), node)


def dotted_exception(cx: Context, node: ast.Attribute) -> ExceptionClass | None:
    """The exception class that a dotted name such as `asyncio.TimeoutError` means."""
    root = root_name(node)
    if root is None or is_local(cx, root):
        return None
    known = exception_class(cx.project.model, cx.frame.module, node)
    return None if known is None else ExceptionClass(known.name, known.info, known.style)


def root_name(node: ast.expr) -> str | None:
    """The name that a dotted name begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def data_attribute(cx: Context, base: Expr, node: ast.Attribute) -> Value:
    """An attribute of data: only exceptions have some."""
    if isinstance(base.type, ErrorT | NeverT):
        return base
    if node.attr == "__class__":
        return type_of(cx, base)
    base = as_exception(cx, base, node.attr, node)
    if isinstance(base.type, ExcT):
        return exception_attribute(cx, base, node)
    if has_own(cx, base.type, node.attr):
        return kept_method(cx, object_attribute(cx, base, node), node)
    base = lib.plain(lib.decayed(cx, base))
    if is_time(base.type):
        return time_attribute(cx, base, node.attr, node)
    if lib.has_own_keys(base.type) and node.attr == "get":
        from pysfnc.frontend.lower_mappings import kept_get

        return kept_get(cx, base)
    if base.type == RESPONSE:
        return response_attribute(cx, base, node)
    if lib.has_method(base.type, node.attr) and not lib.is_change(base.type, node.attr):
        return BoundMethod(kept(cx, base, "object"), node.attr)
    if isinstance(base.type, OpaqueT) and base.type.on_wire:
        return refuse_text(cx, base.type.name, node)
    if lib.is_change(base.type, node.attr):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"`{node.attr}` changes its object, and cannot be kept as a value",
            help=f"write instead: a call of it, or a function that calls it, `def change(x): value.{node.attr}(x)`",
        )
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"a value of type `{base.type}` has no attribute `{node.attr}` that could be read in the machine",
        help=f'write instead: `value["{node.attr}"]` for a key of a dict',
    )


def exception_attribute(cx: Context, base: Expr, node: ast.Attribute) -> Value:
    """`e.args`, and `error` and `cause` of a `Fail`."""
    span = cx.span(node)
    names = base.type.names if isinstance(base.type, ExcT) else None
    args = ExcField(exc=base, field_="args", type=TuplesT(JSON), span=span)
    if node.attr == "args":
        cx.journal.args_read.append(span)
        return args
    if names == frozenset({GROUP}) and node.attr in ("exceptions", "message"):
        return _group_attribute(args, node.attr, span)
    if names == frozenset({"Fail"}) and node.attr in ("error", "cause"):
        return ExcField(exc=base, field_="name" if node.attr == "error" else "message", type=STR, span=span)
    if names and names <= _FAILURES and node.attr in ("error", "cause"):
        cx.journal.args_read.append(span)
        position = 0 if node.attr == "error" else 1
        return lib.item_at(cx, replace(args, type=ListT(join(STR, NONE))), position, node)
    if node.attr == "status_code" and names and names <= frozenset(cx.project.exceptions.descendants(HTTP_ERROR)):
        return lib.item_at(cx, replace(args, type=ListT(INT)), 0, node)
    from pysfnc.frontend.lower_exceptions import exception_member

    found = exception_member(cx, base, node) or client_error_attribute(cx, base, node.attr, node)
    found = found or attribute_of_some(cx, base, node)
    if found is not None:
        return found
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"the attribute `{node.attr}` of an exception cannot be read in the machine",
        help="write instead: `str(e)`, `e.args` or `type(e).__name__`",
    )


def _group_attribute(args: ExcField, name: str, span: Span) -> Value:
    """`message` and `exceptions` of an exception group, which are its arguments."""
    type_: Type = STR if name == "message" else ListT(ExcT(None))
    place = Const(value=0 if name == "message" else 1, type=INT, span=span)
    found = Prim(op="loop.item", args=(args, place), type=type_, span=span)
    if name == "message":
        return found
    return Lazy("`exceptions` of an exception group", found, sequence=True, sized=True)


def static_attribute(cx: Context, base: Static, node: ast.Attribute) -> Value:
    """An attribute of a module, class, pool, future and so on."""
    match base:
        case ModuleValue(name, info):
            binding = member(cx.project.model, ModuleBinding(name, info), node.attr)
            if binding is None:
                return cx.error(codes.UNDEFINED_NAME, node, f"module `{name}` has no name `{node.attr}`")
            return value_of_binding(cx, binding, node.attr, node)
        case Session() | Client() | ClientExceptions():
            return client_attribute(cx, base, node.attr, node)
        case Resource() | ResourceMeta() | Table():
            return table_attribute(cx, base, node.attr, node)
        case ResourceOf():
            from pysfnc.frontend.lower_boto3_resources import resource_attribute

            return resource_attribute(cx, base, node.attr, node)
        case StaticMethod(ResourceOf(service), "meta") if node.attr == "client":
            return Client(service)
        case External(name):
            return _external_attribute(cx, f"{name}.{node.attr}", node)
        case ProjectClass(info):
            return class_attribute(cx, info, node)
        case SuperOf():
            return super_attribute(cx, base, node)
        case TypeOf(value) if node.attr in ("__name__", "__qualname__"):
            return lib.type_name(cx, value, node)
        case ExceptionClass(name) | BuiltinFunction(name) if node.attr in ("__name__", "__qualname__"):
            return Const(value=name, type=STR, span=cx.span(node))
        case Closure(name=name) if node.attr == "__name__":
            return Const(value=name, type=STR, span=cx.span(node))
        case Choice(index, options) if all(isinstance(option, ATTRIBUTED) for option in options):
            known = [option for option in options if isinstance(option, Static)]
            return Choice(index, tuple(static_attribute(cx, option, node) for option in known))
        case Opaque():
            from pysfnc.frontend.lower_digests import opaque_attribute

            found = opaque_attribute(cx, base, node.attr, node)
            return StaticMethod(base, node.attr) if found is None else found
        case _:
            return StaticMethod(base, node.attr)


def _external_attribute(cx: Context, full: str, node: ast.Attribute) -> Value:
    """A name of another module; the Context object of the execution is data."""
    field = FIELDS.get(full)
    if field is not None:
        span = cx.span(node)
        if is_mutable(field.type):
            # Python has one object of it for the whole run.
            cx.constants[span] = full.removeprefix("pysfnc.")
        return Prim(op=full, args=(), type=field.type, span=span)
    if full.startswith(f"{ROOT}.") and not any(known.startswith(f"{full}.") for known in FIELDS):
        return cx.error(
            codes.UNDEFINED_NAME,
            node,
            f"`{full.removeprefix('pysfnc.')}` does not exist",
            notes=["there is " + ", ".join(f"`{known.removeprefix('pysfnc.')}`" for known in FIELDS)],
        )
    return external_value(full)


# f-strings


@expression(ast.JoinedStr)
def lower_fstring(cx: Context, node: ast.JoinedStr) -> Value:
    """An f-string: each field is evaluated and formatted before the next."""
    parts = lower_in_order(cx, [_part(cx, part) for part in node.values])
    return lib.join_text(cx, [as_data(cx, part, node) for part in parts], node)


def _part(cx: Context, part: ast.expr) -> Callable[[], Value]:
    return lambda: _field(cx, part) if isinstance(part, ast.FormattedValue) else lower_value(cx, part)


def _field(cx: Context, part: ast.FormattedValue) -> Expr:
    spec_node = part.format_spec
    steps = [lambda: lower_value(cx, part.value)]
    if spec_node is not None:
        steps.append(lambda: lower_value(cx, spec_node))
    value, *spec = lower_in_order(cx, steps)
    conversion = chr(part.conversion) if part.conversion >= 0 else None
    # Before 3.12 a field has the position of the whole text, and only its expression one of its own.
    return lib.format_value(cx, value, conversion, as_data(cx, spec[0], part) if spec else None, part.value)


@expression(ast.FormattedValue)
def lower_lone_field(cx: Context, node: ast.FormattedValue) -> Value:
    """A field of an f-string on its own, as a nested format specification has it."""
    return _field(cx, node)

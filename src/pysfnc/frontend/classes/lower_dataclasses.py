"""Functions of `dataclasses`, and the methods that NamedTuples have besides those of a tuple."""

import ast
from collections.abc import Callable

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.classes.lower_objects import record_of_type
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_travels import bare
from pysfnc.frontend.core.lower_values import ProjectClass, Value
from pysfnc.frontend.declarations.records import Record, record_of
from pysfnc.frontend.program.written_modules import written_class
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.library.objects.bare_objects import bare_type
from pysfnc.values.relations import dict_of, is_json_faithful, join_all, members, others_of
from pysfnc.values.types import JSON, STR, DictField, DictT, ListT, RecordT, TiedDictT, TupleT, Type, UnionT


def call_replace(cx: Context, node: ast.Call) -> Value:
    """`dataclasses.replace(x, field=value)`: a new object, made as the class makes one."""
    found = _object(cx, node)
    if found is None:
        return poison(cx.span(node))
    value, given = found
    record = record_of_type(cx, value.type)
    assert record is not None
    named = dict(given.keywords)
    held = cx.atom(value)
    for field in record.fields:
        if field.init and not field.init_only and field.name not in named:
            named[field.name] = lib.part(cx, held, _text(cx, field.name, node), node)
    from pysfnc.frontend.classes.lower_classes import call_class

    return call_class(cx, record.info, Arguments((), tuple(named.items()), ()), node)


def call_asdict(cx: Context, node: ast.Call) -> Value:
    """`dataclasses.asdict(x)`: an object of JSON is its dict already, so only the type changes."""
    found = _object(cx, node, several=True)
    if found is None:
        return poison(cx.span(node))
    value, given = found
    if given.keywords:
        return cx.error(codes.UNSUPPORTED_CALL, node, "`asdict()` has a compiled form only without `dict_factory`")
    value = bare(cx, value, node)
    type_ = _as_dict(value.type)
    if type_ is None:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`asdict()` of objects that hold objects of their own class has a compiled form only for fields that JSON keeps as they are",
            help="write instead: a function that makes the dict",
        )
    return Prim(op="copy.deep", args=(value,), type=type_, span=cx.span(node))


def call_astuple(cx: Context, node: ast.Call) -> Value:
    """`dataclasses.astuple(x)`."""
    found = _object(cx, node)
    if found is None:
        return poison(cx.span(node))
    value, given = found
    record = record_of_type(cx, value.type)
    assert record is not None and isinstance(value.type, RecordT)
    bare_of = bare_type(value.type)
    assert isinstance(bare_of, RecordT)
    if given.keywords or _as_dict(bare_of.attributes) != bare_of.attributes:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`astuple()` has a compiled form only for fields that hold no other objects",
            help="write instead: the tuple itself",
        )
    held = cx.atom(value)
    parts = [lib.part(cx, held, _text(cx, field.name, node), node) for field in record.cls.fields if field.declared]
    copies = [Prim(op="copy.deep", args=(part,), type=part.type, span=part.span) for part in parts]
    return lib.make_tuple(cx, copies, node)


def call_fields(cx: Context, node: ast.Call) -> Value:
    """`dataclasses.fields(C)` of a class or an object: its fields, of which the name can be asked for."""
    from pysfnc.frontend.classes.lower_classes import call_class

    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    value = given.positional[0] if len(given.positional) == 1 else None
    if isinstance(value, ProjectClass):
        record: Record | None = record_of(cx.project.model, value.info)
    else:
        record = None if value is None else record_of_type(cx, as_data(cx, value, node).type)
    if record is None or record.kind != "dataclass" or record.obstacle is not None:
        return cx.error(
            codes.TYPE_MISMATCH, node, "`fields()` takes one dataclass, or an object that is known to be of one"
        )
    field_class = written_class("fields", "Field")
    names = [_text(cx, field.name, node) for field in record.fields if not field.init_only]
    made = [call_class(cx, field_class, Arguments((name,), (), ()), node) for name in names]
    return lib.make_tuple(cx, [as_data(cx, one, node) for one in made], node)


def _as_dict(type_: Type) -> Type | None:
    """The type with dicts in place of objects; None where some of it cannot be named, as it goes on without an end."""
    try:
        return _with_dicts(type_)
    except _Endless:
        return None


class _Endless(Exception):
    pass


def _with_dicts(type_: Type) -> Type:
    match type_:
        case RecordT(_, TiedDictT() as attributes):
            if not is_json_faithful(_with_dicts(attributes.value)):
                raise _Endless
            return DictT(JSON)
        case RecordT(_, attributes):
            return _with_dicts(attributes)
        case DictT():
            fields = [DictField(f.name, _with_dicts(f.type), f.always) for f in type_.fields]
            return dict_of(fields, _with_dicts(others_of(type_)))
        case ListT(item):
            return ListT(_with_dicts(item))
        case TupleT(items, named):
            return TupleT(tuple(map(_with_dicts, items)), named)
        case UnionT(found):
            return join_all([_with_dicts(member) for member in found])
        case _:
            return type_


def _object(cx: Context, node: ast.Call, several: bool = False) -> tuple[Expr, Arguments] | None:
    """The dataclass object that a function is called with, and the arguments by name; None after a message.

    `several`: it may be of one of several classes.
    """
    given = lower_arguments(cx, node)
    if given is None:
        return None
    value = as_data(cx, given.positional[0], node) if len(given.positional) == 1 else None
    if value is not None and is_poison(value):
        return None
    found = () if value is None else members(value.type)
    alone = len(found) == 1 or several
    if value is None or not alone or not all(isinstance(one, RecordT) and one.cls.travels for one in found):
        cx.error(
            codes.TYPE_MISMATCH,
            node,
            "this function takes one object that is known to be of a dataclass",
        )
        return None
    return value, given


def _text(cx: Context, value: str, node: ast.AST) -> Const:
    return Const(value=value, type=STR, span=cx.span(node))


FUNCTIONS: dict[str, Callable[[Context, ast.Call], Value]] = {
    "dataclasses.replace": call_replace,
    "dataclasses.asdict": call_asdict,
    "dataclasses.astuple": call_astuple,
    "dataclasses.fields": call_fields,
}


def tuple_method(cx: Context, receiver: Expr, name: str, node: ast.Call) -> Value | None:
    """`p._replace(x=1)` and `p._asdict()` of a NamedTuple."""
    record = record_of_type(cx, receiver.type)
    if record is None or not isinstance(receiver.type, TupleT) or name not in ("_replace", "_asdict"):
        return None
    held = cx.atom(receiver)
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    named = {key: as_data(cx, value, node) for key, value in given.keywords}
    fields = [field.name for field in record.fields]
    if given.positional or set(named) - set(fields) or (name == "_asdict" and named):
        return cx.error(codes.TYPE_MISMATCH, node, f"`{name}()` is called with arguments that it does not take")
    items = [
        named[field] if field in named else lib.tuple_item(cx, held, index, node) for index, field in enumerate(fields)
    ]
    if name == "_asdict":
        return lib.make_dict(cx, [(_text(cx, key, node), item) for key, item in zip(fields, items, strict=True)], node)
    from pysfnc.frontend.classes.lower_classes import named_tuple

    return named_tuple(cx, record, items, node)

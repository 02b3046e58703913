"""`getattr`, `hasattr` and `setattr` with a name that is known when compiling: the attribute itself."""

import ast
from collections.abc import Callable
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.some_errors import is_error_of_aws
from pysfnc.frontend.blocks.lower_exceptions import exception_has, exception_member_or
from pysfnc.frontend.classes.lower_objects import has_own, is_object, is_shadowed, record_of_type
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Const, Expr
from pysfnc.library.objects import objects
from pysfnc.values.relations import field_of, kinds, members
from pysfnc.values.types import BOOL, NONE, ExcT, Kind, NeverT, RecordT, Type

_CLASSES: Final[dict[Kind, type]] = {
    Kind.STR: str,
    Kind.BOOL: bool,
    Kind.INT: int,
    Kind.FLOAT: float,
    Kind.LIST: list,
    Kind.DICT: dict,
    Kind.TUPLE: tuple,
    Kind.SET: set,
    Kind.NONE: type(None),
}
"""The class of values of a kind that have no class of the program."""


def call_getattr(cx: Context, node: ast.Call) -> Value:
    """`getattr(x, "name")`, `getattr(x, "name", default)`."""
    name = _name(cx, node, 2, 3)
    if name is None:
        return poison(cx.span(node))
    attribute = ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node)
    if len(node.args) == 2:
        return lower_value(cx, attribute)
    base = lower_value(cx, node.args[0])
    if isinstance(base, Static):
        return _refused(cx, node)
    base = cx.atom(base, "object")
    if _is_property(cx, base.type, name):
        return run_here(cx, _GOT.format(name=name), {"it": base, "default": lower_value(cx, node.args[2])}, node)
    there = _there(cx, base, name, node)
    if there is None:
        return _refused(cx, node, base)
    default = lower_value(cx, node.args[2])
    if isinstance(base.type, ExcT):
        made = None if isinstance(default, Static) else exception_member_or(cx, base, attribute, default)
        return _refused(cx, node, base) if made is None else made
    if isinstance(there, Const):
        return _read(cx, base, attribute) if there.value else default
    return _refused(cx, node)


def _read(cx: Context, base: Expr, attribute: ast.Attribute) -> Value:
    from pysfnc.frontend.core.lower_attributes import data_attribute

    return data_attribute(cx, base, attribute)


def call_hasattr(cx: Context, node: ast.Call) -> Value:
    """`hasattr(x, "name")`."""
    name = _name(cx, node, 2, 2)
    if name is None:
        return poison(cx.span(node))
    base = lower_value(cx, node.args[0])
    if isinstance(base, Static):
        return _refused(cx, node)
    base = cx.atom(base, "object")
    if _is_property(cx, base.type, name):
        return run_here(cx, _HAD.format(name=name), {"it": base}, node)
    there = _there(cx, base, name, node)
    return _refused(cx, node, base) if there is None else there


_HAD: Final = """
    try:
        it.{name}
    except AttributeError:
        return False
    return True
"""
_GOT: Final = """
    try:
        return it.{name}
    except AttributeError:
        return default
"""
"""What reading an attribute that code of the program makes comes to: that code runs, and may raise."""


def _is_property(cx: Context, type_: Type, name: str) -> bool:
    """Whether code of the class runs where the attribute of an object is read."""
    record = record_of_type(cx, type_) if is_object(type_) else None
    return record is not None and name in record.members and record.members[name].kind == "property"


def call_setattr(cx: Context, node: ast.Call) -> Value:
    """`setattr(x, "name", value)`."""
    name = _name(cx, node, 3, 3)
    if name is None:
        return poison(cx.span(node))
    from pysfnc.frontend.core.lower_assign import assign

    if any(isinstance(part, ast.NamedExpr) for part in ast.walk(node.args[2])):
        message = "an assignment stands among the arguments of `setattr()`"
        return cx.error(codes.UNSUPPORTED_EXPRESSION, node, message, help="write instead: the assignment before it")
    value = lower_value(cx, node.args[2])
    target = ast.copy_location(ast.Attribute(node.args[0], name, ast.Store()), node)
    assign(cx, target, value, node)
    return Const(value=None, type=NONE, span=cx.span(node))


def _name(cx: Context, node: ast.Call, least: int, most: int) -> str | None:
    """The name that the second argument gives; None after a message."""
    plain = not node.keywords and not any(isinstance(arg, ast.Starred) for arg in node.args)
    if not plain or not least <= len(node.args) <= most:
        cx.error(codes.TYPE_MISMATCH, node, "this is called with arguments that it does not take")
        return None
    name = as_data(cx, lower_value(cx, node.args[1]), node.args[1])
    if isinstance(name, Const) and isinstance(name.value, str):
        return name.value
    if not is_poison(name):
        cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "which attribute is meant must be known when compiling",
            help="write instead: a name that is written out, or a key of a dict, `value[name]`",
        )
    return None


def _there(cx: Context, base: Expr, name: str, node: ast.AST) -> Expr | None:
    """Whether a value has an attribute; None where that is not known."""
    if isinstance(base.type, ExcT):
        told = exception_has(cx, base, name, node)
        return told if told is not None else is_error_of_aws(cx, base, name, node)
    if isinstance(base.type, RecordT) and _may_hold(cx, base.type, name):
        return objects.build_has_attribute(base, name, cx.site(node))
    having, lacking = set[Kind](), set[Kind]()
    for member in members(base.type):
        for kind in kinds(member):
            has = _has(cx, member, kind, name)
            if has is None:
                return None
            (having if has else lacking).add(kind)
    if is_poison(base) or having & lacking:
        return None
    if not having or not lacking:
        return Const(value=bool(having), type=BOOL, span=cx.span(node))
    return lib.has_kind(cx, base, frozenset(having), node)


def _may_hold(cx: Context, type_: RecordT, name: str) -> bool:
    """Whether objects of a class hold an attribute only after it was set, and have none of that name else."""
    record, held = record_of_type(cx, type_), field_of(type_.attributes, name)
    if record is None or held.always or isinstance(held.type, NeverT) or name in record.members:
        return False
    # A field that is set late keeps its place in the object from the beginning.
    return all(field.name != name for field in record.fields)


def _has(cx: Context, type_: Type, kind: Kind, name: str) -> bool | None:
    if name.startswith("__"):
        return None
    if isinstance(type_, RecordT):
        record = record_of_type(cx, type_)
        field = field_of(type_.attributes, name)
        if record is None or (name in record.members and is_shadowed(type_, record.members[name])):
            return None
        if not isinstance(field.type, NeverT):
            return True if field.always else None
        return None if _is_property(cx, type_, name) else name in record.members
    if has_own(cx, type_, name):
        return True
    return any(name in vars(one) for one in _CLASSES[kind].__mro__) if kind in _CLASSES else None


def _refused(cx: Context, node: ast.Call, base: Value | None = None) -> Expr:
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        "whether the value has the attribute is not known when compiling",
        help="write instead: `except` of classes that all are the program's, and say in `__init__` what they have"
        if isinstance(base, Expr) and isinstance(base.type, ExcT)
        else "write instead: `isinstance(value, Class)`, or `name in value` of a dict",
    )


NAMED: Final[dict[str, Callable[[Context, ast.Call], Value]]] = {
    "getattr": call_getattr,
    "hasattr": call_hasattr,
    "setattr": call_setattr,
}
"""The builtins by their names."""

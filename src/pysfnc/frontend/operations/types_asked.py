"""`type(x)`: the class that an object is of, compared with classes and with that of others.

Owns the answer to `type(x) is C`, which unlike `isinstance` holds for no other class than `C`, and what it tells of the variable.
"""

import ast
from collections.abc import Sequence
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.core.kept_values import kept
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import BuiltinFunction, ExceptionClass, ProjectClass, Static, TypeOf, Value
from pysfnc.frontend.operations.ask import built
from pysfnc.frontend.operations.kinds import has_kind, is_instance, negate
from pysfnc.frontend.program.model import ClassBinding, ClassInfo
from pysfnc.frontend.program.written_modules import module_named
from pysfnc.ir.exprs import Const, ExcField, Expr, Logic
from pysfnc.library import catalog
from pysfnc.library.objects.objects import build_is_record
from pysfnc.library.rows.typenames import is_of_class, number_is_ambiguous
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import BOOL, NONE, STR, ExcT, Kind, Type

_KINDS: Final = {
    "bool": Kind.BOOL,
    "int": Kind.INT,
    "float": Kind.FLOAT,
    "str": Kind.STR,
    "list": Kind.LIST,
    "tuple": Kind.TUPLE,
    "dict": Kind.DICT,
}
_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})


def type_of(cx: Context, value: Expr) -> Static:
    """`type(value)`: the class itself where only one is possible."""
    from pysfnc.frontend.classes.lower_objects import record_of_type

    record = record_of_type(cx, value.type) if len(members(value.type)) == 1 else None
    return TypeOf(kept(cx, value, "typed")) if record is None else ProjectClass(record.info)


def is_subclass(cx: Context, kind: Value, names: Sequence[str] | None, node: ast.AST) -> Expr:
    """`issubclass(type(x), C)`, as an `__exit__` asks for it, which is `isinstance(x, C)`."""
    if names is not None and isinstance(kind, TypeOf):
        return is_instance(cx, kind.value, names, node)
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        "`issubclass()` has a compiled form only for the type of a value and classes that it can tell apart",
        help="write instead: `isinstance(value, ...)`",
    )


def ask_for_types(left: Value, right: Value) -> bool:
    """Whether two values that are compared are classes, of which one may have to be asked of an object."""
    return isinstance(left, TypeOf) or isinstance(right, TypeOf) or isinstance(left, ProjectClass)


def compare_types(cx: Context, symbol: str, left: Value, right: Value, node: ast.AST) -> Expr | None:
    """`type(x) is C`, `type(x) is type(y)` and the same with `==`; None for what is no such comparison."""
    if symbol not in ("is", "==", "is not", "!="):
        return None
    if any(isinstance(one, Const) and one.type == NONE for one in (left, right)):
        return _known(symbol in ("is not", "!="), node, cx)
    asked, class_ = (left, right) if isinstance(left, TypeOf) else (right, left)
    test = _same_class(cx, asked, class_, node)
    return test if test is None or symbol in ("is", "==") else negate(cx, test, node)


def _known(value: bool, node: ast.AST, cx: Context) -> Const:
    return Const(value=value, type=BOOL, span=cx.span(node))


def _same_class(cx: Context, one: Value, other: Value, node: ast.AST) -> Expr | None:
    if isinstance(one, ProjectClass):
        if isinstance(other, ProjectClass):
            return _known(one.info is other.info, node, cx)
        return _known(False, node, cx) if isinstance(other, BuiltinFunction | ExceptionClass) else None
    if not isinstance(one, TypeOf):
        return None
    match other:
        case ProjectClass(info):
            return _is_of(cx, one.value, info, node)
        case ExceptionClass(name) if isinstance(one.value.type, ExcT):
            return _is_exception(cx, one.value, name, node)
        case BuiltinFunction(name) if name in _KINDS:
            return _is_builtin(cx, one.value, _KINDS[name], node)
        case TypeOf(value):
            return _are_same(cx, one.value, value, node)
        case _:
            return None


def _class_of(cx: Context, type_: Type) -> ClassInfo | None:
    from pysfnc.frontend.classes.lower_objects import class_key

    key = class_key(type_)
    binding = module_named(cx.project.model, key[0]).names.get(key[1]) if key is not None else None
    return binding.info if isinstance(binding, ClassBinding) else None


def _is_of(cx: Context, value: Expr, wanted: ClassInfo | None, node: ast.AST) -> Expr:
    """Whether a value is of exactly one class of the project."""
    found = [member for member in members(value.type) if _class_of(cx, member) is wanted]
    return built(cx, node, [value], lambda site: build_is_record(value, found, site), held=[value])


def _is_exception(cx: Context, value: Expr, name: str, node: ast.AST) -> Expr:
    held = ExcField(exc=value, field_="name", type=STR, span=cx.span(node))
    wanted = Const(value=name, type=STR, span=cx.span(node))
    return built(cx, node, [held, wanted], lambda site: catalog.build_compare("==", held, wanted, site))


def _is_builtin(cx: Context, value: Expr, kind: Kind, node: ast.AST) -> Expr | None:
    """Whether a value is of a builtin class, and of none that is derived from it."""
    if any(
        is_of_class(member) or not kinds(member) <= frozenset(_KINDS.values()) | {Kind.NONE}
        for member in members(value.type)
    ):
        return None
    if kind in _NUMBERS and number_is_ambiguous(value.type):
        return None
    return has_kind(cx, value, frozenset({kind}), node)


def _are_same(cx: Context, one: Expr, other: Expr, node: ast.AST) -> Expr | None:
    """`type(x) is type(y)` of objects of classes of the project."""
    classes = [[_class_of(cx, member) for member in members(value.type)] for value in (one, other)]
    if None in classes[0] or None in classes[1]:
        return None
    found: Expr = _known(False, node, cx)
    for info in (info for info in dict.fromkeys(classes[0]) if info in classes[1]):
        left, right = (_is_of(cx, value, info, node) for value in (one, other))
        same = Logic(op="and", left=left, right=right, type=BOOL, span=cx.span(node))
        found = Logic(op="or", left=found, right=same, type=BOOL, span=same.span) if isinstance(found, Logic) else same
    return found


def refuse_types(cx: Context, node: ast.AST) -> Const:
    """The message for a comparison of types without a compiled form."""
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        "a comparison of types has no compiled form",
        help="write instead: `isinstance(value, ...)`",
    )

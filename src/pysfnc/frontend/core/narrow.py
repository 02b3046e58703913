"""Flow narrowing: what a condition tells about the variables it names.

Owns the rules for single tests (`x`, `x is None`, `isinstance(x, C)`, `x == 1`, `x in (1, 2)`, `"k" in x`, and `:=`, `d["k"]`, `d.get("k")`
or `x.a` in place of the name). `and`, `or` and `not` are combined by `lower_test`, which knows what is evaluated where.
"""

import ast
from collections.abc import Callable
from dataclasses import replace

from pysfnc.frontend.classes.lower_objects import class_key, record_of_type
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_library import CLASS_KINDS
from pysfnc.frontend.core.lower_names import fact_of, is_local
from pysfnc.frontend.core.lower_state import State
from pysfnc.frontend.core.lower_values import ExceptionClass, ProjectClass
from pysfnc.frontend.declarations.exceptions import exception_class
from pysfnc.frontend.program.model import ClassBinding, ExternalBinding
from pysfnc.frontend.program.names import resolve, resolve_through
from pysfnc.library.rows.typenames import is_code, without_code
from pysfnc.library.services.told_numbers import NUMBER
from pysfnc.values.fields import with_field
from pysfnc.values.relations import field_of, join, join_all, kinds, members, only_kinds, without_kinds
from pysfnc.values.types import NONE, DictT, EnumT, ErrorT, ExcT, Kind, LazyDictT, NeverT, RecordT, TupleT, Type

_CLASS_KINDS = {**CLASS_KINDS, "Exception": frozenset({Kind.EXCEPTION}), "BaseException": frozenset({Kind.EXCEPTION})}
_NUMBERS = frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT})

Rule = Callable[[Type], Type]


def narrowed(cx: Context, test: ast.expr, state: State, truth: bool) -> State:
    """A copy of `state` with what is known where `test` came out as `truth`; unreachable when it cannot come out so."""
    found = state.copy()
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return narrowed(cx, operand, state, not truth)
        case ast.Name() | ast.NamedExpr() | ast.Subscript() | ast.Attribute():
            _apply(cx, test, found, truthy if truth else falsy)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            _compare(cx, found, left, op, right, truth)
        case ast.Call(func=ast.Attribute(attr="get")):
            _apply(cx, test, found, truthy if truth else falsy)
        case ast.Call(func=ast.Name(id="isinstance"), args=[subject, classes], keywords=[]) if not is_local(
            cx, "isinstance"
        ):
            rule = instance_rule(cx, classes, truth)
            if rule is not None:
                _apply(cx, subject, found, rule)
        case ast.Call(func=ast.Name(id="callable"), args=[subject], keywords=[]) if not is_local(cx, "callable"):
            _apply(cx, subject, found, _code_of if truth else without_code)
        case _:
            pass
    return found


def _code_of(type_: Type) -> Type:
    """The part of a type whose values can be called: functions, and objects, of which some can."""
    found = [member for member in members(type_) if is_code(member) or isinstance(member, RecordT)]
    return join_all(found) if any(map(is_code, found)) else type_


def _apply(cx: Context, subject: ast.expr, state: State, rule: Rule) -> None:
    """Narrow the variable that an expression names, or the value of a constant key in it, if it names one."""
    if isinstance(subject, ast.NamedExpr):
        subject = subject.target
    root, inner = _path(subject, rule)
    found = fact_of(cx, root)
    if found is None or found[0] not in state.facts:
        return
    variable, _ = found
    fact = state.facts[variable]
    if fact.static is not None or isinstance(fact.type, ErrorT | NeverT):
        return
    type_ = inner(fact.type)
    state.retype(variable, type_)
    if isinstance(type_, NeverT):
        state.reachable = False


def _path(subject: ast.expr, rule: Rule) -> tuple[ast.expr, Rule]:
    """The name that `d["a"]["b"]` or `x.a["b"]` begins with, and the rule for its type that follows from the one for the value."""
    match subject:
        case ast.Subscript(value=base, slice=ast.Constant(value=str() as key)):
            return _path(base, lambda type_: _at_key(type_, key, rule))
        case ast.Call(func=ast.Attribute(value=base, attr="get"), args=[ast.Constant(value=str() as key)], keywords=[]):
            return _path(base, lambda type_: _got(type_, key, rule))
        case ast.Attribute(value=base, attr=name):
            return _path(base, lambda type_: _at_attribute(type_, name, rule))
        case _:
            return subject, rule


def _at_key(type_: Type, key: str, rule: Rule) -> Type:
    """A dict whose value of a key was read and is narrowed."""
    if not isinstance(type_, DictT):
        return type_
    value = rule(field_of(type_, key).type)
    return value if isinstance(value, NeverT) else with_field(type_, key, value)


def _at_attribute(type_: Type, name: str, rule: Rule) -> Type:
    """An object of which an attribute was read that it holds itself, and is narrowed."""
    if not isinstance(type_, RecordT) or isinstance(type_.attributes, LazyDictT):
        return type_
    field = field_of(type_.attributes, name)
    if not field.always:
        return type_
    value = rule(field.type)
    return value if isinstance(value, NeverT) else replace(type_, attributes=with_field(type_.attributes, name, value))


def _got(type_: Type, key: str, rule: Rule) -> Type:
    """A dict of which `.get(key)` is narrowed: where that leaves no None, the key is there."""
    if not isinstance(type_, DictT):
        return type_
    field = field_of(type_, key)
    value = rule(field.type if field.always else join(field.type, NONE))
    if isinstance(value, NeverT):
        return value
    return type_ if Kind.NONE in kinds(value) else with_field(type_, key, value)


def _has(key: str) -> Rule:
    """What `key in x` tells of a dict."""

    def rule(type_: Type) -> Type:
        if not isinstance(type_, DictT) or isinstance(field_of(type_, key).type, NeverT):
            return type_
        return with_field(type_, key, field_of(type_, key).type)

    return rule


def truthy(type_: Type) -> Type:
    """The part of a type whose values may be true."""
    return without_kinds(type_, frozenset({Kind.NONE}))


def falsy(type_: Type) -> Type:
    """The part of a type whose values may be false: exceptions and functions never are."""
    return without_code(without_kinds(type_, frozenset({Kind.EXCEPTION})))


def _compare(cx: Context, state: State, left: ast.expr, op: ast.cmpop, right: ast.expr, truth: bool) -> None:
    holds = truth == isinstance(op, ast.Is | ast.Eq | ast.In)
    match op:
        case ast.Is() | ast.IsNot() | ast.Eq() | ast.NotEq():
            for subject, other in ((left, right), (right, left)):
                rule = _equality_rule(other, holds)
                if rule is not None:
                    by_code = isinstance(op, ast.Eq | ast.NotEq)
                    _apply(cx, subject, state, _beside_own(rule) if by_code else rule)
        case ast.In() | ast.NotIn() if holds and isinstance(right, ast.List | ast.Tuple | ast.Set):
            found = [_constant_kinds(item) for item in right.elts]
            if found and all(kinds_ is not None for kinds_ in found):
                wanted = frozenset().union(*(kinds_ for kinds_ in found if kinds_ is not None))
                _apply(cx, left, state, lambda type_: only_kinds(type_, wanted))
        case ast.In() | ast.NotIn() if holds and isinstance(left, ast.Constant) and isinstance(left.value, str):
            _apply(cx, right, state, _has(left.value))
        case _:
            pass


def _equality_rule(other: ast.expr, holds: bool) -> Rule | None:
    """What `x == constant` tells: a kind when it holds, and only for None something when it does not."""
    wanted = _constant_kinds(other)
    if wanted is None:
        return None
    if holds:
        return lambda type_: only_kinds(type_, wanted)
    if wanted == {Kind.NONE}:
        return lambda type_: without_kinds(type_, wanted)
    return None


def _beside_own(rule: Rule) -> Rule:
    """A rule for `==` that leaves alone the objects of classes that say themselves what they are equal to."""

    def keep(type_: Type) -> Type:
        own = [m for m in members(type_) if isinstance(m, RecordT) and m.cls.compared == "own"]
        return join_all([rule(type_), *own])

    return keep


def _constant_kinds(node: ast.expr) -> frozenset[Kind] | None:
    """The kinds of values that equal a constant written in the program; numbers of all kinds equal each other."""
    match node:
        case ast.Constant(value=None):
            return frozenset({Kind.NONE})
        case ast.Constant(value=bool() | int() | float()):
            return _NUMBERS
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return _NUMBERS
        case ast.Constant(value=str()):
            return frozenset({Kind.STR})
        case _:
            return None


def instance_rule(cx: Context, classes: ast.expr, truth: bool) -> Rule | None:
    """What `isinstance(x, classes)` tells; None when a class is not known."""
    names = class_names(cx, classes)
    if names is None:
        return _number_rule(truth) if _is_decimal(cx, classes) else None
    wanted = frozenset[Kind]().union(*(_CLASS_KINDS.get(name, frozenset()) for name in names))
    exceptions = [name for name in names if name not in _CLASS_KINDS and ":" not in name]
    everything = bool({"Exception", "BaseException"} & set(names))

    def keep(type_: Type) -> Type:
        parts: list[Type] = []
        for member in members(type_):
            if class_key(member) is not None:
                if is_of_classes(cx, member, names) == truth:
                    parts.append(member)
            elif isinstance(member, ExcT) and not everything:
                parts.append(_exceptions_of(cx, member, exceptions, truth))
            elif truth:
                parts.append(only_kinds(member, wanted))
            else:
                parts.append(without_kinds(member, wanted))
        return join_all(parts)

    return keep


def _is_decimal(cx: Context, node: ast.expr) -> bool:
    root = node.value if isinstance(node, ast.Attribute) else node
    if not isinstance(root, ast.Name) or is_local(cx, root.id):
        return False
    return resolve(cx.project.model, cx.frame.module, node) == ExternalBinding("decimal.Decimal")


def _number_rule(truth: bool) -> Rule:
    """What is known of a value that may be a number of an item, where it is one and where it is none."""

    def keep(type_: Type) -> Type:
        found = members(type_)
        return join_all([one for one in found if (one == NUMBER) == truth]) if NUMBER in found else type_

    return keep


def _project_class(cx: Context, node: ast.Name | ast.Attribute) -> list[str] | None:
    """A class of the project that is no exception, as `module:name`; classes that a variable holds are known too."""
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    if isinstance(node, ast.Name) and is_local(cx, node.id):
        found = fact_of(cx, node)
        static = found[1].static if found is not None else None
        return [f"{static.info.module.name}:{static.info.name}"] if isinstance(static, ProjectClass) else None
    if isinstance(root, ast.Name) and is_local(cx, root.id):
        return None
    binding = resolve_through(cx.project.model, cx.frame.module, node)
    if isinstance(binding, ClassBinding) and not binding.info.is_exception:
        return [f"{binding.info.module.name}:{binding.info.name}"]
    return None


def is_of_classes(cx: Context, type_: Type, names: list[str]) -> bool:
    """Whether objects of a class of the project are instances of one of the named classes."""
    record = record_of_type(cx, type_)
    mine = {f"{one.module.name}:{one.name}" for one in record.order} if record is not None else set()
    if isinstance(type_, EnumT) and type_.cls.base is not None:
        mine.add(type_.cls.base)
    if isinstance(type_, TupleT):
        mine.add("tuple")
    return bool(mine & set(names)) or "object" in names


def _exceptions_of(cx: Context, type_: ExcT, classes: list[str], truth: bool) -> Type:
    covered = frozenset(name for class_ in classes for name in cx.project.exceptions.descendants(class_))
    if type_.names is None:
        return (ExcT(covered) if covered else NeverT()) if truth else type_
    left = type_.names & covered if truth else type_.names - covered
    return ExcT(left) if left else NeverT()


def class_names(cx: Context, node: ast.expr) -> list[str] | None:
    """The names of the classes in the second argument of `isinstance`; `NoneType` for `type(None)`."""
    match node:
        case ast.Tuple(elts=elements):
            parts = [class_names(cx, element) for element in elements]
            return None if any(part is None for part in parts) else [n for part in parts if part for n in part]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return class_names(cx, ast.Tuple(elts=[left, right]))
        case ast.Constant(value=None):
            return ["NoneType"]
        case ast.Name(id=name) if not is_local(cx, name):
            if name in _CLASS_KINDS:
                return [name]
            return [name] if name in dict(cx.project.exceptions.bases) else _project_class(cx, node)
        case ast.Attribute(value=ast.Attribute(attr="exceptions")) if not _is_module(cx, node):
            from pysfnc.frontend.core.lower_core import lower_value

            found = lower_value(cx, node)  # of a client, which only the values of its names tell
            return [found.name] if isinstance(found, ExceptionClass) else None
        case ast.Attribute():
            known = exception_class(cx.project.model, cx.frame.module, node)
            return _project_class(cx, node) if known is None else [known.name]
        case ast.Name():
            return _project_class(cx, node)
        case _:
            return None


def _is_module(cx: Context, node: ast.Attribute) -> bool:
    """Whether the class stands in a module, `botocore.exceptions.ClientError`."""
    return exception_class(cx.project.model, cx.frame.module, node) is not None

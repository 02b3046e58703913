"""Annotations read from source text: what they accept on the wire, and the type of the values that fit.

Owns the static counterpart of `pysfnc.lang.shapes.shape_of`, which decides when the program runs; both must agree. Fits, their texts
and types are in `values.fits`.
"""

import ast
import json
from dataclasses import field, replace
from typing import Final

from pysfnc.frontend.declarations.records import Field, record_of
from pysfnc.frontend.declarations.told_apart import can_tell_apart
from pysfnc.frontend.declarations.typed_dicts import (
    RECORD_BASES,
    FieldNode,
    called_typed_dict,
    spelled,
    typed_dict_fields,
)
from pysfnc.frontend.program.constants import NotConstant, constant_value
from pysfnc.frontend.program.model import (
    ClassBinding,
    ClassInfo,
    ConstantBinding,
    ExternalBinding,
    ModuleInfo,
    ProjectModel,
    UnsupportedBinding,
)
from pysfnc.frontend.program.names import lookup, resolve, resolve_through
from pysfnc.frontend.program.parse import first_too_deep, parse_expression
from pysfnc.lean import dataclass
from pysfnc.library.machine.decoding import is_decidable
from pysfnc.values.fits import (
    ANY_FIT,
    BOOL_FIT,
    FLOAT_FIT,
    INT_FIT,
    NONE_FIT,
    STR_FIT,
    AnyFit,
    ChoiceFit,
    DictFit,
    FieldFit,
    Fit,
    ListFit,
    NamedFit,
    RecordFit,
    TextFit,
    TupleFit,
    UnionFit,
    flattened,
    text_of,
    type_of,
)
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind, Type

_PARTS_AT_MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of an annotation that a machine cannot follow: where, what it is, and what to write instead."""

    module: ModuleInfo
    node: ast.AST
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """What an annotation says. `fit` accepts everything where it says nothing; `problem` is the first part without a form."""

    fit: Fit = ANY_FIT
    problem: Problem | None = None

    @property
    def text(self) -> str:
        """The annotation as messages name it when a whole value does not fit."""
        fit = self.fit
        while isinstance(fit, NamedFit):
            fit = fit.target
        return text_of(fit)

    @property
    def type(self) -> Type | None:
        """The type of a decoded value; None when nothing is known of it."""
        return None if self.problem is not None or isinstance(self.fit, AnyFit) else type_of(self.fit)


def annotation_type(node: ast.expr, module: ModuleInfo, model: ProjectModel) -> Type | None:
    """The type that an annotation names; None when it says nothing, or nothing that a machine can hold."""
    return read_annotation(node, module, model).type


def read_annotation(node: ast.expr, module: ModuleInfo, model: ProjectModel) -> Annotation:
    """Read an annotation written in `module`; names are those of its top level."""
    reader = _Reader(model)
    try:
        fit = reader.read(module, node)
    except _Unresolved:
        # Python gives up on the whole annotation of a parameter when one name in it cannot be resolved.
        return Annotation()
    except _NoForm as found:
        return Annotation(problem=found.problem)
    except RecursionError:
        return Annotation(problem=Problem(module, node, "the annotation is nested too deep", ""))
    return Annotation(fit)


class _Unresolved(Exception):
    """A name that does not exist when the program runs."""


class _NoForm(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class _Reader:
    """Reads one annotation with everything it refers to."""

    model: ProjectModel
    parts: int = 0
    open_names: list[object] = field(default_factory=list)

    def read(self, module: ModuleInfo, node: ast.expr) -> Fit:
        """The fit of an expression that stands as an annotation; raises `_Unresolved` and `_NoForm`."""
        if first_too_deep(node):
            raise _NoForm(Problem(module, node, "the annotation is nested too deep", ""))
        return self._fit(module, node)

    def _fit(self, module: ModuleInfo, node: ast.expr) -> Fit:
        self.parts += 1
        if self.parts > _PARTS_AT_MOST:
            raise _NoForm(Problem(module, node, "the annotation has too many parts", "write instead: a shorter one"))
        match node:
            case ast.Constant(value=None):
                return NONE_FIT
            case ast.Constant(value=str(text)):
                return self._text(module, node, text)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self._union(module, node, [self._fit(module, left), self._fit(module, right)])
            case ast.Name() | ast.Attribute():
                return self._named(module, node)
            case ast.Subscript(value=value, slice=inner):
                return self._generic(module, node, value, inner)
            case _:
                return self._without_form(module, node, f"`{_short(node)}` is no type that can be read")

    def _text(self, module: ModuleInfo, node: ast.Constant, text: str) -> Fit:
        parsed = parse_expression(text)
        if parsed is None:
            raise _Unresolved
        for inner in ast.walk(parsed):
            ast.copy_location(inner, node)
        return self._fit(module, parsed)

    def _named(self, module: ModuleInfo, node: ast.Name | ast.Attribute) -> Fit:
        match resolve(self.model, module, node):
            case ExternalBinding(name):
                return self._external(module, node, name)
            case ClassBinding(info):
                return self._class(module, node, info)
            case ConstantBinding() as constant:
                return self._alias(constant)
            case UnsupportedBinding(reason):
                return self._without_form(module, node, reason)
            case None:
                root = _root(node)
                if root in module.typing_names or lookup(self.model, module, root) is None:
                    raise _Unresolved
                return self._without_form(module, node, f"`{_short(node)}` is not known")
            case _:
                return self._without_form(module, node, f"`{_short(node)}` is no type")

    def _alias(self, constant: ConstantBinding) -> Fit:
        if constant.value in self.open_names:
            return self._without_form(constant.module, constant.value, f"`{constant.name}` is defined by itself")
        if isinstance(constant.value, ast.Call):
            return self._made_type(constant, constant.value)
        self.open_names.append(constant.value)
        try:
            fit = self.read(constant.module, constant.value)
        finally:
            self.open_names.pop()
        return NamedFit(constant.name, fit) if self._is_type_statement(constant) else fit

    def _is_type_statement(self, constant: ConstantBinding) -> bool:
        return any(
            type(statement).__name__ == "TypeAlias" and getattr(statement, "value", None) is constant.value
            for statement in constant.module.tree.body
        )

    def _made_type(self, constant: ConstantBinding, call: ast.Call) -> Fit:
        """`NewType("UserId", str)` is its base; a TypeVar says nothing; `TypedDict("Event", {...})` is a class."""
        binding = resolve_through(self.model, constant.module, call.func)
        name = binding.name.rpartition(".")[2] if isinstance(binding, ExternalBinding) else ""
        if name == "NewType" and len(call.args) == 2:
            return self.read(constant.module, call.args[1])
        if name in ("TypeVar", "ParamSpec", "TypeVarTuple"):
            return AnyFit(constant.name)
        written = called_typed_dict(self.model, constant.module, call)
        if written is not None:
            self.open_names.append(call)
            fields = [FieldFit(key.name, self._of_field(key), key.required) for key in written[1]]
            self.open_names.pop()
            return RecordFit(written[0], tuple(fields))
        return self._without_form(constant.module, call, f"`{constant.name}` is made when the program runs")

    def _external(self, module: ModuleInfo, node: ast.expr, name: str) -> Fit:
        found = _PLAIN.get(spelled(name))
        if found is not None:
            return found
        if spelled(name) in ("tuple",):
            return ListFit(None, is_tuple=True)
        if name in _NAMED_TYPES:
            return TextFit(_NAMED_TYPES[name])
        if name.startswith(("builtins.", "typing.", "collections.", "typing_extensions.")):
            # No meaning on the wire: every JSON value fits.
            return AnyFit(name.rpartition(".")[2])
        return self._without_form(module, node, f"`{_short(node)}` is not a class of the project")

    def _class(self, module: ModuleInfo, node: ast.expr, info: ClassInfo) -> Fit:
        kind = record_kind(self.model, info)
        if kind is None:
            return AnyFit(info.name)
        if info in self.open_names:
            return self._without_form(module, node, f"`{info.name}` holds values of its own type")
        if kind == "TypedDict":
            return self._typed_dict(info)
        if kind in ("dataclass", "named tuple", "enum"):
            return self._of_class(module, node, info)
        return self._without_form(module, node, f"the {kind} `{info.name}` has no form in a machine yet")

    def _of_class(self, module: ModuleInfo, node: ast.expr, info: ClassInfo) -> Fit:
        """A dataclass, NamedTuple or Enum."""
        record = record_of(self.model, info)
        if record.obstacle is not None:
            message = f"the {record.kind} `{info.name}` has no form in a machine: {record.obstacle.message}"
            return self._without_form(module, node, message)
        if record.enum is not None and record.enum.reprs:
            message = (
                f"members of the Enum `{info.name}` are told by their names in a machine, and have no form in JSON"
            )
            return self._without_form(module, node, message, f"write instead: `str`, and `{info.name}[name]`")
        if record.enum is not None:
            return ChoiceFit(tuple(value for _, value in record.enum.members), record.enum)
        code = next((name for name in ("__init__", "__post_init__") if name in record.members), None)
        if code is not None:
            message = f"`{info.name}` runs code of its own, `{code}`, when it is decoded"
            return self._without_form(
                module, node, message, f"write instead: a dict, and `{info.name}(...)` of its keys"
            )
        loose = next((field for field in record.fields if not field.init or field.init_only), None)
        if loose is not None:
            return self._without_form(module, node, f"the field `{loose.name}` of `{info.name}` is no plain field")
        self.open_names.append(info)
        fits = [self._of_field(FieldNode(f.name, f.module, f.annotation, True)) for f in record.fields]
        self.open_names.pop()
        if record.kind == "named tuple":
            return TupleFit(tuple(fits), record.cls)
        fields = [
            FieldFit(field.name, fit, not field.has_default, self._default(field))
            for field, fit in zip(record.fields, fits, strict=True)
        ]
        return RecordFit(info.name, tuple(fields), record.cls)

    def _default(self, field: Field) -> str | None:
        """The default of a field as JSON text."""
        if field.factory is not None:
            binding = resolve_through(self.model, field.module, field.factory)
            made = {"builtins.list": "[]", "builtins.dict": "{}"}
            if isinstance(binding, ExternalBinding) and binding.name in made:
                return made[binding.name]
            made_by = field.factory
            if not isinstance(made_by, ast.Lambda) or ast.unparse(made_by.args):
                return self._no_default(field, field.factory)
            try:
                return json.dumps(constant_value(self.model, field.module, made_by.body))
            except NotConstant:
                return self._no_default(field, field.factory)
        if field.default is None:
            return None
        if isinstance(field.default, ast.Attribute):
            binding = resolve_through(self.model, field.module, field.default.value)
            enum = record_of(self.model, binding.info).enum if isinstance(binding, ClassBinding) else None
            if enum is not None and field.default.attr in dict(enum.members):
                return json.dumps(dict(enum.members)[field.default.attr])
        try:
            value = constant_value(self.model, field.module, field.default)
        except NotConstant:
            return self._no_default(field, field.default)
        return json.dumps(value) if not isinstance(value, tuple) else self._no_default(field, field.default)

    def _no_default(self, field: Field, node: ast.expr) -> str:
        message = f"the default of `{field.name}` is made when the program runs"
        raise _NoForm(Problem(field.module, node, message, "write instead: a constant, `list` or `dict` as factory"))

    def _typed_dict(self, info: ClassInfo) -> Fit:
        """Keys of the class and, as the wire lets them pass, others with any JSON value."""
        self.open_names.append(info)
        fields = [FieldFit(k.name, self._of_field(k), k.required) for k in typed_dict_fields(self.model, info)]
        self.open_names.pop()
        return RecordFit(info.name, tuple(fields))

    def _of_field(self, field: "FieldNode") -> Fit:
        """The fit of a field's annotation; a name in it that cannot be resolved concerns this field only."""
        try:
            return self.read(field.module, field.annotation)
        except _Unresolved:
            return ANY_FIT

    def _generic(self, module: ModuleInfo, node: ast.expr, value: ast.expr, inner: ast.expr) -> Fit:
        binding = resolve_through(self.model, module, value)
        if binding is None and (isinstance(value, ast.Name | ast.Attribute) and _root(value) in module.typing_names):
            raise _Unresolved
        if not isinstance(binding, ExternalBinding):
            return self._named(module, value) if isinstance(value, ast.Name | ast.Attribute) else ANY_FIT
        args = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
        origin = spelled(binding.name)
        if origin in _STRIPPED:
            return self._fit(module, args[0])
        if origin == "Literal":
            return self._literal(module, node, args)
        if origin in ("Optional", "Union"):
            members = [self._fit(module, arg) for arg in args]
            return self._union(module, node, [*members, NONE_FIT] if origin == "Optional" else members)
        if origin == "tuple":
            return self._tuple(module, node, args)
        if origin in _LISTS:
            return ListFit(self._fit(module, args[0]))
        if origin in _DICTS and len(args) == 2:
            return self._dict(module, args)
        return self._external(module, node, binding.name)

    def _dict(self, module: ModuleInfo, args: list[ast.expr]) -> Fit:
        key, value = self._fit(module, args[0]), self._fit(module, args[1])
        if any(kinds(type_of(member)) != {Kind.STR} for member in flattened(key) if not isinstance(member, AnyFit)):
            return self._without_form(
                module, args[0], "keys of a dict that travels as JSON are str", "write instead: `dict[str, ...]`"
            )
        return DictFit(key, value)

    def _tuple(self, module: ModuleInfo, node: ast.expr, args: list[ast.expr]) -> Fit:
        repeated = [isinstance(arg, ast.Constant) and arg.value is Ellipsis for arg in args]
        if repeated == [False, True]:
            return ListFit(self._fit(module, args[0]), is_tuple=True)
        if any(repeated) or any(isinstance(arg, ast.Starred) for arg in args):
            return self._without_form(
                module, node, "a tuple with a part of unknown length has no form in a machine", _USE_LIST
            )
        return TupleFit(tuple(self._fit(module, arg) for arg in args))

    def _literal(self, module: ModuleInfo, node: ast.expr, args: list[ast.expr]) -> Fit:
        values: list[bool | int | str | None] = []
        for arg in args:
            try:
                value = constant_value(self.model, module, arg)
            except NotConstant:
                return self._without_form(module, arg, f"`{_short(arg)}` is no literal")
            if not isinstance(value, None | bool | int | str):
                return self._without_form(module, arg, f"`{_short(arg)}` is no literal")
            if not any(type(value) is type(old) and value == old for old in values):
                values.append(value)
        return ChoiceFit(tuple(values))

    def _union(self, module: ModuleInfo, node: ast.expr, members: list[Fit]) -> Fit:
        """A Union as `typing` makes it: flat, each member once."""
        flat: list[Fit] = []
        for member in members:
            for inner in member.members if isinstance(member, UnionFit) else (member,):
                if not any(_is_same(inner, old) for old in flat):
                    flat.append(inner)
        if len(flat) == 1:
            return flat[0]
        fit = UnionFit(tuple(flat))
        if not is_decidable(fit):
            message = f"which class an object of `{text_of(fit)}` is of depends on how it decodes"
            return self._without_form(module, node, message)
        leaves = flattened(fit)
        for index, first in enumerate(leaves):
            for second in leaves[index + 1 :]:
                if not can_tell_apart(first, second):
                    message = f"JSON does not tell `{text_of(first)}` from `{text_of(second)}`"
                    return self._without_form(module, node, message)
        return fit

    def _without_form(self, module: ModuleInfo, node: ast.AST, message: str, help: str = "") -> Fit:
        raise _NoForm(Problem(module, node, message, help or _USE_JSON))


def record_kind(model: ProjectModel, info: ClassInfo) -> str | None:
    """What gives a class of the project a form of its own on the wire: "dataclass", "TypedDict", "enum", "named tuple"; None if nothing."""
    for decorator in info.node.decorator_list:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        binding = resolve_through(model, info.module, function)
        if not isinstance(binding, ExternalBinding) or binding.name == "dataclasses.dataclass":
            return "dataclass"
        if not binding.name.startswith(("builtins.", "typing.", "functools.")):
            return "decorated class"
    todo, seen, other = [info], {info}, None
    while todo:
        current = todo.pop()
        for base in current.node.bases:
            name = base.value if isinstance(base, ast.Subscript) else base
            match resolve_through(model, current.module, name):
                case ExternalBinding(dotted) if dotted in RECORD_BASES:
                    return RECORD_BASES[dotted]
                case ExternalBinding(dotted) if dotted not in _PLAIN_BASES and not current.is_exception:
                    # Behind it may stand what decides: `class Color(str, Enum)`.
                    other = other or f"`{dotted.rpartition('.')[2]}` class"
                case ConstantBinding(value=ast.Call() as call, module=home) if called_typed_dict(model, home, call):
                    return "TypedDict"
                case ClassBinding(parent) if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
                    if parent.node.decorator_list:
                        return record_kind(model, parent)
    return other


_USE_LIST: Final = "write instead: `list[T]`, or a tuple of known length such as `tuple[int, str]`"
_USE_JSON: Final = "write instead: a type that JSON has, such as `dict[str, int]`, `list[str]` or `dict`"
_PLAIN: Final[dict[str, Fit]] = {
    "None": NONE_FIT,
    "NoneType": NONE_FIT,
    "bool": BOOL_FIT,
    "int": INT_FIT,
    "float": FLOAT_FIT,
    "str": STR_FIT,
    "object": AnyFit("object"),
    "Any": ANY_FIT,
    **dict.fromkeys(("list", "Sequence", "MutableSequence", "Iterable", "Collection", "Reversible"), ListFit(None)),
    **dict.fromkeys(("dict", "Mapping", "MutableMapping"), DictFit(None, None)),
}
_LISTS: Final = frozenset(name for name, fit in _PLAIN.items() if isinstance(fit, ListFit))
_DICTS: Final = frozenset(name for name, fit in _PLAIN.items() if isinstance(fit, DictFit))
_STRIPPED: Final = frozenset({"Annotated", "Required", "NotRequired", "Final", "ClassVar", "ReadOnly"})
_NAMED_TYPES: Final = {
    "builtins.bytes": "bytes",
    "datetime.date": "date",
    "datetime.datetime": "datetime",
    "decimal.Decimal": "Decimal",
}
_PLAIN_BASES: Final = frozenset({"abc.ABC", "builtins.object", "typing.Generic", "typing.Protocol"})


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_same(one: Fit, other: Fit) -> bool:
    """Whether two annotations are equal in Python, where the order of literals and of members of a Union does not count."""
    first, second = _in_order(one), _in_order(other)
    # The texts too: `Literal[1]` equals `Literal[True]`.
    return first == second and text_of(first) == text_of(second)


def _in_order(fit: Fit) -> Fit:
    match fit:
        case ChoiceFit(values, None):
            return replace(fit, values=tuple(sorted(values, key=lambda value: (type(value).__name__, str(value)))))
        case UnionFit(members):
            return UnionFit(tuple(sorted(map(_in_order, members), key=text_of)))
        case ListFit(item) if item is not None:
            return replace(fit, item=_in_order(item))
        case DictFit(key, value) if key is not None and value is not None:
            return DictFit(_in_order(key), _in_order(value))
        case TupleFit(items):
            return replace(fit, items=tuple(map(_in_order, items)))
        case _:
            return fit


def _short(node: ast.expr) -> str:
    try:
        text = ast.unparse(node)
    except RecursionError:
        return "..."
    return text if len(text) <= 40 else f"{text[:37]}..."

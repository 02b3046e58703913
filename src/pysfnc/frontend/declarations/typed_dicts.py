"""TypedDict classes and calls as their source says: fields, and which of them must be there."""

import ast
from collections.abc import Iterable
from typing import Final

from pysfnc.frontend.program.model import (
    ClassBinding,
    ClassInfo,
    ConstantBinding,
    ExternalBinding,
    ModuleInfo,
    ProjectModel,
)
from pysfnc.frontend.program.names import resolve_through
from pysfnc.frontend.program.parse import parse_expression
from pysfnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class FieldNode:
    """A key of a record class as it is written, in the module it is written in."""

    name: str
    module: ModuleInfo
    annotation: ast.expr
    required: bool


def typed_dict_fields(model: ProjectModel, info: ClassInfo) -> list[FieldNode]:
    """The keys of a TypedDict, those of its bases first; a key that is declared again keeps its place."""
    found: dict[str, FieldNode] = {}
    for base in info.node.bases:
        match resolve_through(model, info.module, base.value if isinstance(base, ast.Subscript) else base):
            case ClassBinding(parent) if parent is not info:
                found |= {field.name: field for field in typed_dict_fields(model, parent)}
            case ConstantBinding(value=ast.Call() as call, module=home):
                written = called_typed_dict(model, home, call)
                found |= {field.name: field for field in (written[1] if written else ())}
    total = _is_total(info)
    for item in info.node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            required = _says_required(model, info.module, item.annotation)
            name = item.target.id
            found[name] = FieldNode(name, info.module, item.annotation, total if required is None else required)
    return list(found.values())


def called_typed_dict(model: ProjectModel, module: ModuleInfo, call: ast.Call) -> tuple[str, list[FieldNode]] | None:
    """The name and the keys of `TypedDict("Event", {"detail-type": str}, total=False)`, where keys need not be identifiers.

    None for any other call, and for one whose keys are not written out.
    """
    binding = resolve_through(model, module, call.func)
    if not (isinstance(binding, ExternalBinding) and RECORD_BASES.get(binding.name) == "TypedDict"):
        return None
    match call.args:
        case [ast.Constant(value=str(name)), ast.Dict(keys=keys, values=values)]:
            if any(keyword.arg != "total" for keyword in call.keywords):
                return None
        case _:
            return None
    total = _says_total(call.keywords)
    fields: list[FieldNode] = []
    for key, annotation in zip(keys, values, strict=True):
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            return None
        required = _says_required(model, module, annotation)
        fields.append(FieldNode(key.value, module, annotation, total if required is None else required))
    return name, fields


def _is_total(info: ClassInfo) -> bool:
    """Whether the keys that a TypedDict declares are required where they do not say otherwise."""
    return _says_total(info.node.keywords)


def _says_total(keywords: Iterable[ast.keyword]) -> bool:
    return not any(
        keyword.arg == "total" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in keywords
    )


def _says_required(model: ProjectModel, module: ModuleInfo, annotation: ast.expr) -> bool | None:
    """What `Required[...]` or `NotRequired[...]` in an annotation says."""
    match annotation:
        case ast.Constant(value=str(text)):
            parsed = parse_expression(text)
            return None if parsed is None else _says_required(model, module, parsed)
        case ast.Subscript(value=value, slice=inner):
            binding = resolve_through(model, module, value)
            name = spelled(binding.name) if isinstance(binding, ExternalBinding) else ""
            if name in ("Required", "NotRequired"):
                return name == "Required"
            if name == "Annotated" and isinstance(inner, ast.Tuple):
                return _says_required(model, module, inner.elts[0])
            return _says_required(model, module, inner) if name == "ReadOnly" else None
        case _:
            return None


RECORD_BASES: Final = {
    "collections.namedtuple": "named tuple",
    "enum.Enum": "enum",
    "enum.Flag": "enum",
    "enum.IntEnum": "enum",
    "enum.IntFlag": "enum",
    "enum.StrEnum": "enum",
    "typing.NamedTuple": "named tuple",
    "typing.TypedDict": "TypedDict",
    "typing_extensions.TypedDict": "TypedDict",
}
_SPELLINGS: Final = {"List": "list", "Dict": "dict", "Tuple": "tuple"}
_TYPE_MODULES: Final = ("builtins.", "typing.", "typing_extensions.", "collections.abc.", "types.")


def spelled(name: str) -> str:
    """The short name of a builtin or `typing` type, one for all its spellings; other names stay."""
    for prefix in _TYPE_MODULES:
        if name.startswith(prefix):
            short = name.removeprefix(prefix)
            return _SPELLINGS.get(short, short)
    return name

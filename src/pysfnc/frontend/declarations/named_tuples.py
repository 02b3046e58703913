"""`collections.namedtuple("P", "x y")` as the class that it makes: one with `typing.NamedTuple` as its base.

Syntax only. The names that such a class needs of its module are none that a program can write.
"""

import ast
import keyword
from collections.abc import Callable, Mapping
from typing import Final

from pysfnc.frontend.program.model import Binding, ExternalBinding

NAMES: Final[Mapping[str, Binding]] = {
    "<NamedTuple>": ExternalBinding("typing.NamedTuple"),
    "<Any>": ExternalBinding("typing.Any"),
}
"""What the classes made here refer to, to be added to the names of their module."""

Resolve = Callable[[ast.expr], Binding | None]


def class_of_call(value: ast.expr, resolve: Resolve) -> ast.ClassDef | None:
    """The class that a call of `namedtuple` makes; None for anything else, and for fields that are not written out."""
    if not isinstance(value, ast.Call) or resolve(value.func) != ExternalBinding("collections.namedtuple"):
        return None
    given = dict(zip(("typename", "field_names"), value.args, strict=False))
    given |= {word.arg or "": word.value for word in value.keywords}
    name, fields = given.pop("typename", None), _names(given.pop("field_names", None))
    defaults = _items(given.pop("defaults", ast.Tuple([], ast.Load())))
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str) or fields is None or defaults is None:
        return None
    if given or len(value.args) > 2 or len(defaults) > len(fields) or not all(map(_is_field, fields)):
        return None
    values = [None] * (len(fields) - len(defaults)) + list(defaults)
    body: list[ast.stmt] = [
        ast.AnnAssign(ast.Name(field, ast.Store()), ast.Name("<Any>", ast.Load()), default, 1)
        for field, default in zip(fields, values, strict=True)
    ]
    made = ast.ClassDef(
        name=name.value,
        bases=[ast.Name("<NamedTuple>", ast.Load())],
        keywords=[],
        body=body or [ast.Pass()],
        decorator_list=[],
    )
    return ast.fix_missing_locations(ast.copy_location(made, value))


def with_named_base(node: ast.ClassDef, resolve: Resolve) -> ast.ClassDef | None:
    """`class P(namedtuple("P", "x y")): ...` with the fields in its own body; None for other classes."""
    if len(node.bases) != 1 or (base := class_of_call(node.bases[0], resolve)) is None:
        return None
    made = ast.ClassDef(
        name=node.name,
        bases=base.bases,
        keywords=node.keywords,
        body=[*base.body, *node.body],
        decorator_list=node.decorator_list,
    )
    return ast.copy_location(made, node)


def _items(node: ast.expr | None) -> list[ast.expr] | None:
    match node:
        case ast.Tuple(elts=items) | ast.List(elts=items) if not any(isinstance(one, ast.Starred) for one in items):
            return items
        case _:
            return None


def _names(node: ast.expr | None) -> list[str] | None:
    """The fields as a text with blanks or commas, or as a list of texts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace(",", " ").split()
    found = [item.value for item in _items(node) or [] if isinstance(item, ast.Constant)]
    names = [name for name in found if isinstance(name, str)]
    return names if (items := _items(node)) is not None and len(items) == len(names) else None


def _is_field(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")

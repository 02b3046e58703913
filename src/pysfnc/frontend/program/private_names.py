"""Names that are private to a class: in its body `__total` stands for `_Order__total`, so that a base may have another one.

Python's compiler does the same to names, attributes and parameters, and not to keywords of calls and of patterns.
"""

import ast
from collections.abc import Mapping
from typing import Final

_NAMED: Final[Mapping[type[ast.AST], str]] = {
    ast.Name: "id",
    ast.Attribute: "attr",
    ast.arg: "arg",
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
    ast.ExceptHandler: "name",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
    ast.MatchMapping: "rest",
}
"""Where a node holds the name that it reads or binds."""


def spell_private_names(tree: ast.Module) -> None:
    """Write out the private names in the classes of a module, in place."""
    # With each node the class that it stands in, without the underscores in front: nothing outside of a class.
    todo: list[tuple[ast.AST, str]] = [(tree, "")]
    while todo:
        node, owner = todo.pop()
        if isinstance(node, ast.ClassDef):
            todo.extend((part, owner) for part in (*node.decorator_list, *node.bases, *node.keywords))
            todo.extend((part, node.name.lstrip("_")) for part in node.body)
        else:
            todo.extend((part, owner) for part in ast.iter_child_nodes(node))
        if owner:
            _spell(node, owner)


def _spell(node: ast.AST, owner: str) -> None:
    field = _NAMED.get(type(node))
    if field is not None:
        setattr(node, field, _spelled(getattr(node, field), owner))
    elif isinstance(node, ast.Global | ast.Nonlocal):
        node.names = [str(_spelled(name, owner)) for name in node.names]
    elif isinstance(node, ast.alias) and "." not in node.name:
        bound = node.asname or node.name
        if _spelled(bound, owner) != bound:
            node.asname = _spelled(bound, owner)


def _spelled(name: str | None, owner: str) -> str | None:
    is_private = name is not None and name.startswith("__") and not name.endswith("__")
    return f"_{owner}{name}" if is_private else name

"""Dicts that a function keeps for itself: nobody else sees how the machine holds their keys.

Only such a dict may have keys of any type (`ANY_KEY`): it never leaves the machine, is never joined with another dict, and each of its uses is one
that reads keys as what they stand for. Any other dict has the keys of a JSON object.
"""

import ast
from collections.abc import Iterator
from functools import cache
from typing import Final

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_frame import lookup_frame

_READERS: Final = frozenset({"len", "sorted", "list", "max", "min", "set", "sum", "any", "all", "bool", "tuple"})
_BY_KEY: Final = frozenset({"get", "pop", "setdefault"})
_VIEWS: Final = frozenset({"items", "keys", "values"})


def is_inner(cx: Context, node: ast.expr) -> bool:
    """Whether an expression is the name of a variable that holds dicts which only its function uses, and only as dicts of any keys."""
    if not isinstance(node, ast.Name):
        return False
    frame = lookup_frame(cx.frame, node.id)
    if frame is None or frame.kind != "function" or frame.node is None:
        return False
    return node.id in _inner_names(frame.node)


@cache
def _inner_names(function: ast.AST) -> frozenset[str]:
    parents = {child: parent for parent in ast.walk(function) for child in ast.iter_child_nodes(parent)}
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    declared = set(_declared(function))
    others = {node.id for node in names if not _is_use(node, parents)}
    return frozenset(made - declared - others - set(_shared(function)))


def _declared(function: ast.AST) -> Iterator[str]:
    """The names that are something else than variables assigned by name: parameters, names of other scopes, functions, imports."""
    for node in ast.walk(function):
        match node:
            case (
                ast.arg(arg=name)
                | ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]
            case _:
                pass


def _shared(function: ast.AST) -> Iterator[str]:
    """The names of which an item is changed by another name, or that change in a loop over them: there the machine has to know the keys."""
    changed = set(_changed(function))
    for node in ast.walk(function):
        match node:
            case ast.For(target=target, iter=items, body=body):
                inside = {name for stmt in body for name in _changed(stmt)}
                found = _names(items)
                yield from found if _names(target) & changed else found & inside
            case ast.Assign(targets=targets, value=ast.Subscript(value=ast.Name(id=name))):
                if any(_names(target) & changed for target in targets):
                    yield name
            case ast.Assign(targets=targets, value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
                if any(_names(target) & changed for target in targets):
                    yield name
            case _:
                pass


def _changed(tree: ast.AST) -> Iterator[str]:
    """The names of objects that may be changed: by a method, an item, an attribute or an operator."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=value, attr=name) if name not in _VIEWS and name != "get":
                yield from _root(value)
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
                yield from _root(value)
            case ast.AugAssign(target=ast.Name(id=name)):
                yield name
            case _:
                pass


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _is_use(node: ast.Name, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether this is how a dict may be used that has keys of any type."""
    parent = parents.get(node)
    match parent:
        case ast.Assign(targets=[target], value=value) if target is node:
            return _is_empty_dict(value)
        case ast.Subscript(value=value, slice=key) if value is node:
            return _may_be_key(key)
        case ast.Attribute(value=value, attr=name) if value is node:
            return _is_method(parent, name, parents)
        case _:
            return _is_read(node, parents)


def _is_method(node: ast.Attribute, name: str, parents: dict[ast.AST, ast.AST]) -> bool:
    parent = parents.get(node)
    match parent:
        case ast.Call(func=func, args=[key, *_]) if func is node:
            return name in _BY_KEY and _may_be_key(key)
        case ast.Call(func=func, args=[], keywords=[]) if func is node:
            return name in _VIEWS and _is_read(parent, parents)
        case ast.keyword(arg="key"):
            call = parents.get(parent)
            return name == "get" and isinstance(call, ast.Call) and _is_reader(call.func)
        case _:
            return False


def _is_read(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether somebody reads the keys, or whether there are some."""
    parent = parents.get(node)
    match parent:
        case ast.For(iter=items) | ast.comprehension(iter=items):
            return items is node
        case ast.Compare(ops=[ast.In() | ast.NotIn()], left=key):
            return key is not node and _may_be_key(key)
        case ast.Call(func=func, args=args):
            return any(arg is node for arg in args) and _is_reader(func)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return test is node
        case ast.UnaryOp(op=ast.Not()):
            return True
        case _:
            return False


def _is_reader(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in _READERS


def _is_empty_dict(node: ast.expr) -> bool:
    match node:
        case ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=[]):
            return True
        case ast.Call(func=ast.Name(id="defaultdict") | ast.Attribute(attr="defaultdict")):
            return True
        case _:
            return False


def _may_be_key(node: ast.expr) -> bool:
    """Whether a dict with such a key may have others of any type: not where its keys are known to be texts, or have no form."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int)
    return not isinstance(node, ast.Slice | ast.JoinedStr | ast.Starred)

"""What `functools.total_ordering` adds to a class: the comparisons that it lacks, made of the one that it has and of `==`."""

import ast
from collections.abc import Iterator, Mapping, Set
from copy import deepcopy
from typing import Final

_DERIVED: Final = {
    "__lt__": {
        "__gt__": "not self.__lt__(other) and self != other",
        "__le__": "self.__lt__(other) or self == other",
        "__ge__": "not self.__lt__(other)",
    },
    "__le__": {
        "__ge__": "not self.__le__(other) or self == other",
        "__lt__": "self.__le__(other) and self != other",
        "__gt__": "not self.__le__(other)",
    },
    "__gt__": {
        "__lt__": "not self.__gt__(other) and self != other",
        "__ge__": "self.__gt__(other) or self == other",
        "__le__": "not self.__gt__(other)",
    },
    "__ge__": {
        "__le__": "not self.__ge__(other) or self == other",
        "__gt__": "self.__ge__(other) and self != other",
        "__lt__": "not self.__ge__(other)",
    },
}
"""By the comparison that Python starts from, the first of these that the class has."""


def derived_comparisons(
    cls: ast.ClassDef, defined: Set[str], own: Mapping[str, ast.AST]
) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The comparisons that are added to a class that has, or inherits, functions of these names; each stands where the class does.

    `own`: the methods that objects of the class at hand have, which is one that is derived from it.
    """
    start = next((name for name in _DERIVED if name in defined), None)
    for name, text in _DERIVED[start].items() if start is not None else ():
        if name in defined:
            continue
        (function,) = ast.parse(f"def {name}(self, other):\n    return {text}").body
        assert isinstance(function, ast.FunctionDef)
        for part in ast.walk(function):
            if hasattr(part, "lineno"):
                ast.copy_location(part, cls)
        began = own.get(start or "")
        if isinstance(began, ast.FunctionDef) and _may_give_up(began):
            assert start is not None
            yield name, _in_place_of_returns(began, start, function)
        else:
            yield name, function


def _may_give_up(function: ast.FunctionDef) -> bool:
    """Whether a comparison may return NotImplemented, which the ones made of it then return too."""
    names = [part for part in ast.walk(function) if isinstance(part, ast.Name)]
    given_up = any(part.id == "NotImplemented" for part in names)
    parameters = {arg.arg for arg in function.args.args}
    bound = any(part.id in parameters and not isinstance(part.ctx, ast.Load) for part in names)
    return given_up and not bound and len(parameters) == 2


def _in_place_of_returns(began: ast.FunctionDef, start: str, derived: ast.FunctionDef) -> ast.FunctionDef:
    """The comparison at the start with the derived expression, over what it returns, for each value but NotImplemented."""
    this, other = (arg.arg for arg in began.args.args)
    (returned,) = derived.body
    assert isinstance(returned, ast.Return) and returned.value is not None
    made = deepcopy(began)
    made.name = derived.name
    if not isinstance(made.body[-1], ast.Return | ast.Raise):
        made.body.append(ast.copy_location(ast.Return(ast.copy_location(ast.Constant(None), derived)), derived))
    made = _Derived(start, this, other, returned.value).visit(made)
    assert isinstance(made, ast.FunctionDef)
    return made


class _Derived(ast.NodeTransformer):
    """Puts the derived expression into the statements that return, and what these return for the call of the comparison in it."""

    def __init__(self, start: str, this: str, other: str, value: ast.expr) -> None:
        self.start = start
        self.names = {"self": this, "other": other}
        self.value = value

    def visit_Return(self, node: ast.Return) -> ast.Return:
        if isinstance(node.value, ast.Name) and node.value.id == "NotImplemented":
            return node
        given = node.value or ast.copy_location(ast.Constant(None), node)
        return ast.copy_location(ast.Return(_Filled(self.start, self.names, given).visit(deepcopy(self.value))), node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        return node


class _Filled(ast.NodeTransformer):
    """The derived expression over a value, with the names that the parameters have."""

    def __init__(self, start: str, names: Mapping[str, str], given: ast.expr) -> None:
        self.start = start
        self.names = names
        self.given = given

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Attribute) and node.func.attr == self.start
        return deepcopy(self.given)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self.names[node.id], node.ctx), node)

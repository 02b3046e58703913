"""The `__init__` of a class that has no code for one, as `super().__init__(...)` calls it: what a dataclass gets, and that of `object`."""

import ast
from functools import cache

from pysfnc.frontend.declarations.records import Member, Record


def init_of_dataclass(record: Record) -> Member | None:
    """The method that `@dataclass` gives a class, as code.

    It has none for a frozen dataclass, and for fields with a factory or from another module.
    """
    fields = record.fields
    if record.cls.frozen or any(one.factory is not None or one.module is not record.info.module for one in fields):
        return None
    return _init_of_dataclass(record)


@cache
def init_of_object(record: Record) -> Member:
    """The method of `object`, which takes nothing, at the place of a class."""
    return _member(record, ast.arguments([], [ast.arg("self")], None, [], [], None, []), [ast.Pass()])


@cache
def _init_of_dataclass(record: Record) -> Member:
    given = [field for field in record.fields if field.init]
    by_position = [field for field in given if not field.by_name]
    by_name = [field for field in given if field.by_name]
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg("self"), *(ast.arg(field.name) for field in by_position)],
        vararg=None,
        kwonlyargs=[ast.arg(field.name) for field in by_name],
        kw_defaults=[field.default for field in by_name],
        kwarg=None,
        defaults=[field.default for field in by_position if field.default is not None],
    )
    body: list[ast.stmt] = []
    for field in record.fields:
        value: ast.expr | None = ast.Name(field.name, ast.Load()) if field.init else field.default
        if not field.init_only and value is not None:
            body.append(ast.Assign([_attribute(field.name, ast.Store())], value))
    if record.method("__post_init__") is not None:
        extra: list[ast.expr] = [ast.Name(field.name, ast.Load()) for field in record.fields if field.init_only]
        body.append(ast.Expr(ast.Call(_attribute("__post_init__", ast.Load()), extra, [])))
    return _member(record, arguments, body or [ast.Pass()])


def _attribute(name: str, context: ast.expr_context) -> ast.Attribute:
    return ast.Attribute(ast.Name("self", ast.Load()), name, context)


def _member(record: Record, arguments: ast.arguments, body: list[ast.stmt]) -> Member:
    """The method, at the place of its class; defaults keep theirs."""
    function = ast.FunctionDef("__init__", arguments, body, [], None, None)
    place = record.info.node
    for node in ast.walk(function):
        if isinstance(node, ast.stmt | ast.expr | ast.arg) and not hasattr(node, "lineno"):
            ast.copy_location(node, place)
            node.end_lineno, node.end_col_offset = place.lineno, place.col_offset + len("class")
    return Member("__init__", "method", record.info, function)

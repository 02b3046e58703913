"""Who binds the names of a module: every binding at its top level, in order, with what makes it uncertain.

Syntax only: no name is resolved here. Conditions that are known (`if TYPE_CHECKING:`, `if __name__ == "__main__":`, `if True:`) are followed;
bindings under others are kept with the reason why they are no constants.
"""

import ast
from collections.abc import Iterator
from dataclasses import field
from typing import Final

from pysfnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """One binding of a name. `uncertain` says what it stands in or is made by, None for a plain one at the top level."""

    name: str
    node: ast.AST
    uncertain: str | None
    alias: ast.alias | None = None
    value: ast.expr | None = None
    annotation: ast.expr | None = None


@dataclass(slots=True)
class Definitions:
    """What the top level of a module binds."""

    by_name: dict[str, list[Definition]] = field(default_factory=dict)
    stars: list[tuple[ast.ImportFrom, str | None]] = field(default_factory=list)
    """`from x import *`, with what makes it uncertain."""
    typing_only: set[str] = field(default_factory=set)
    skipped: set[ast.AST] = field(default_factory=set)
    """Statements that never run when the module is imported: under `if __name__ == "__main__":` and for type checkers only."""


def definitions_of(tree: ast.Module) -> Definitions:
    """Every binding at the top level of a module."""
    found = Definitions()
    todo: list[tuple[ast.stmt, str | None]] = [(statement, None) for statement in reversed(tree.body)]
    while todo:
        statement, uncertain = todo.pop()
        for definition in _bindings_of(statement, uncertain):
            found.by_name.setdefault(definition.name, []).append(definition)
        if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
            found.stars.append((statement, uncertain))
        for inner, why in reversed(list(_nested(statement, uncertain, found))):
            todo.append((inner, why))
    found.typing_only -= found.by_name.keys()
    return found


def stored_names(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Names that a target, pattern or expression binds (walrus included), without looking into nested scopes."""
    todo = [node]
    while todo:
        current = todo.pop()
        match current:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name, current
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name, current
        if not isinstance(current, ast.Lambda):
            todo.extend(ast.iter_child_nodes(current))


def is_type_checking(test: ast.expr) -> bool:
    """Whether a condition is `TYPE_CHECKING` or `typing.TYPE_CHECKING`, by its spelling as type checkers do it."""
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case _:
            return False


def _bindings_of(statement: ast.stmt, uncertain: str | None) -> Iterator[Definition]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield Definition(name, statement, uncertain)
        case ast.Import(names=aliases):
            for alias in aliases:
                yield Definition(alias.asname or alias.name.partition(".")[0], statement, uncertain, alias)
        case ast.ImportFrom(names=aliases):
            for alias in aliases:
                if alias.name != "*":
                    yield Definition(alias.asname or alias.name, statement, uncertain, alias)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _assigned(target, value, statement, uncertain)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value, annotation=annotation):
            yield Definition(name, statement, uncertain, value=value, annotation=annotation)
        case ast.AugAssign(target=ast.Name(id=name)):
            yield Definition(name, statement, uncertain or "changed by an augmented assignment")
        case ast.Delete(targets=targets):
            for target in targets:
                yield from _loose(target, uncertain or "deleted")
        case ast.For() | ast.AsyncFor():
            yield from _loose(statement.target, uncertain or "bound by a `for`")
        case ast.With() | ast.AsyncWith():
            for item in statement.items:
                if item.optional_vars is not None:
                    yield from _loose(item.optional_vars, uncertain or "bound by a `with`")
        case ast.Match(cases=cases):
            for case in cases:
                yield from _loose(case.pattern, uncertain or "bound by a `match`")
        case ast.Try() | ast.TryStar():
            for handler in statement.handlers:
                if handler.name:
                    yield Definition(handler.name, handler, uncertain or "bound by an `except`")
        case _ if type(statement).__name__ == "TypeAlias":  # Python 3.12
            alias_name: ast.Name = getattr(statement, "name")  # noqa: B009
            yield Definition(alias_name.id, statement, uncertain, value=getattr(statement, "value"))  # noqa: B009
    for expression in _own_expressions(statement):
        for walrus in ast.walk(expression):
            if isinstance(walrus, ast.NamedExpr):
                yield Definition(walrus.target.id, walrus, uncertain or "bound by `:=`")


def _assigned(target: ast.expr, value: ast.expr, statement: ast.stmt, uncertain: str | None) -> Iterator[Definition]:
    """`X = value`, and `A, B = 1, 2` pairwise where the parts are written out."""
    match target, value:
        case ast.Name(id=name), _:
            yield Definition(name, statement, uncertain, value=value)
        case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), (ast.Tuple(elts=values) | ast.List(elts=values))) if (
            len(targets) == len(values) and not any(isinstance(part, ast.Starred) for part in (*targets, *values))
        ):
            for part, part_value in zip(targets, values, strict=True):
                yield from _assigned(part, part_value, statement, uncertain)
        case _:
            yield from _loose(target, uncertain or "bound by unpacking")


def _loose(target: ast.AST, uncertain: str) -> Iterator[Definition]:
    for name, node in stored_names(target):
        yield Definition(name, node, uncertain)


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions that run with the statement itself, not with statements or scopes inside it."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.withitem):
            yield child.context_expr


_INSIDE: Final[dict[type[ast.stmt], str]] = {
    ast.For: "bound inside a `for`",
    ast.AsyncFor: "bound inside a `for`",
    ast.While: "bound inside a `while`",
    ast.With: "bound inside a `with`",
    ast.AsyncWith: "bound inside a `with`",
    ast.Try: "bound inside a `try`",
    ast.TryStar: "bound inside a `try`",
    ast.If: "bound inside an `if`",
    ast.Match: "bound inside a `match`",
}


def _nested(statement: ast.stmt, uncertain: str | None, found: Definitions) -> Iterator[tuple[ast.stmt, str | None]]:
    """The statements inside a compound one that belong to the module's scope."""
    if isinstance(statement, ast.If):
        yield from _branches(statement, uncertain, found)
        return
    why = uncertain or _INSIDE.get(type(statement))
    match statement:
        case ast.For() | ast.AsyncFor() | ast.While():
            suites = [statement.body, statement.orelse]
        case ast.With() | ast.AsyncWith():
            suites = [statement.body]
        case ast.Try() | ast.TryStar():
            suites = [statement.body, *(h.body for h in statement.handlers), statement.orelse, statement.finalbody]
        case ast.Match():
            suites = [case.body for case in statement.cases]
        case _:
            return
    for suite in suites:
        for inner in suite:
            yield inner, why


def _branches(statement: ast.If, uncertain: str | None, found: Definitions) -> Iterator[tuple[ast.stmt, str | None]]:
    known = _known(statement.test)
    taken, skipped = (statement.body, statement.orelse) if known else (statement.orelse, statement.body)
    if known is None:
        for inner in (*statement.body, *statement.orelse):
            yield inner, uncertain or _INSIDE[ast.If]
        return
    found.skipped.update(skipped)
    if is_type_checking(statement.test) or isinstance(statement.test, ast.UnaryOp):
        found.typing_only.update(d.name for inner in skipped for d in _bindings_of(inner, None))
    for inner in taken:
        yield inner, uncertain


def _known(test: ast.expr) -> bool | None:
    """The value of a condition at the top level when the module is imported, None when it depends."""
    match test:
        case ast.Constant(value=bool() | int() as value):
            return bool(value)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            opposite = _known(inner)
            return None if opposite is None else not opposite
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return False
        case ast.Compare(left=ast.Constant(value="__main__"), ops=[ast.Eq()], comparators=[ast.Name(id="__name__")]):
            return False
        case _:
            return False if is_type_checking(test) else None

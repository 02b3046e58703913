"""Which names a function, lambda or comprehension binds: Python's static scoping.

Owns the question "is this name a local here"; what a name holds at a point of the program is flow, see `lower_state`.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from pysfnc.lean import dataclass

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ComprehensionNode = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DEFINITIONS: Final = (*_FUNCTIONS, ast.ClassDef)
"""Functions and classes: what has a body of its own."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class KeptArgument(ast.arg):
    """A parameter with a default that no caller can give: what a function keeps of the functions around it (`captures`)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one function: its own (`bound`, parameters included) and those it declares to belong elsewhere."""

    bound: frozenset[str]
    params: tuple[str, ...] = ()
    rebound_params: frozenset[str] = frozenset()
    """Parameters that the body, or a function inside it by `nonlocal`, assigns, deletes or takes as a loop variable."""
    extended_params: frozenset[str] = frozenset()
    """Those of them that only `+=` and `*=` assign: a parameter that is a list is the same list behind that."""
    merged_params: frozenset[str] = frozenset()
    """Those of them that only `|=` assigns: a parameter that is a dict is the same dict behind that."""
    rebound_inside: frozenset[str] = frozenset()
    """Names that functions inside declare nonlocal, so that a call of theirs may rebind them."""
    globals: frozenset[str] = frozenset()
    nonlocals: frozenset[str] = frozenset()
    is_generator: bool = False


def function_scope(node: FunctionNode) -> Scope:
    """The scope of a function or lambda."""
    params = tuple(arg.arg for arg in all_arguments(node.args))
    stored: set[str] = set()
    declared_global: set[str] = set()
    declared_nonlocal: set[str] = set()
    inner_nonlocal: set[str] = set()
    generates = False
    for part in own_nodes(node):
        stored.update(stored_names(part))
        if isinstance(part, ast.Global):
            declared_global.update(part.names)
        elif isinstance(part, ast.Nonlocal):
            declared_nonlocal.update(part.names)
        elif isinstance(part, ast.Yield | ast.YieldFrom):
            generates = True
        elif isinstance(part, _FUNCTIONS):
            inner_nonlocal.update(_nonlocals_inside(part))
    elsewhere = declared_global | declared_nonlocal
    again = set(params) & stored - inner_nonlocal
    return Scope(
        bound=frozenset((stored | set(params)) - elsewhere),
        params=params,
        rebound_params=frozenset(set(params) & (stored | inner_nonlocal)),
        extended_params=frozenset(again and again & _only_augmented(node, (ast.Add, ast.Mult))),
        merged_params=frozenset(again and again & _only_augmented(node, (ast.BitOr,))),
        rebound_inside=frozenset(inner_nonlocal),
        globals=frozenset(declared_global),
        nonlocals=frozenset(declared_nonlocal),
        is_generator=generates,
    )


def _only_augmented(node: FunctionNode, operators: tuple[type[ast.operator], ...]) -> set[str]:
    """The names that a function assigns by augmented assignments with these operators, and in no other way."""
    found, others, seen = set[str](), set[str](), set[int]()
    for part in own_nodes(node):
        if id(part) in seen:
            continue
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name) and isinstance(part.op, operators):
            found.add(part.target.id)
            seen.add(id(part.target))
        else:
            others |= stored_names(part)
    return found - others


def comprehension_scope(node: ComprehensionNode) -> Scope:
    """The scope of a comprehension: the names of its `for` targets."""
    stored: set[str] = set()
    for generator in node.generators:
        stored.update(target_names(generator.target))
    return Scope(bound=frozenset(stored))


def all_arguments(args: ast.arguments) -> list[ast.arg]:
    """Every parameter of a signature in the order of the text."""
    found = [*args.posonlyargs, *args.args]
    if args.vararg is not None:
        found.append(args.vararg)
    found.extend(args.kwonlyargs)
    if args.kwarg is not None:
        found.append(args.kwarg)
    return found


def target_names(target: ast.expr) -> frozenset[str]:
    """The names that an assignment target binds."""
    return frozenset(
        n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store | ast.Del)
    )


def bound_names(body: Sequence[ast.stmt]) -> frozenset[str]:
    """Every name that statements bind, those of functions inside included."""
    return frozenset(name for stmt in body for part in ast.walk(stmt) for name in stored_names(part))


def own_nodes(node: FunctionNode) -> Iterator[ast.AST]:
    """The nodes that belong to the scope of a function itself, in no useful order.

    Nested functions and classes are given, but not what is inside them, except their decorators and defaults; of a comprehension
    the targets are left out, since they are its own.
    """
    todo: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
    while todo:
        current = todo.pop()
        yield current
        if isinstance(current, _FUNCTIONS):
            todo.extend(_outer_parts(current))
        elif isinstance(current, ast.ClassDef):
            todo.extend([*current.decorator_list, *current.bases])
        elif isinstance(current, ast.comprehension):
            todo.extend([current.iter, *current.ifs])
        else:
            todo.extend(ast.iter_child_nodes(current))


def free_names(node: FunctionNode) -> frozenset[str]:
    """The names that a function reads or declares and does not bind itself; those of functions inside it too."""
    scope = function_scope(node)
    found: set[str] = set(scope.nonlocals)
    for part in own_nodes(node):
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, _FUNCTIONS):
            found |= free_names(part)
    return frozenset(found - scope.bound - scope.globals)


def _outer_parts(node: FunctionNode) -> list[ast.AST]:
    args = node.args
    parts: list[ast.AST] = [*args.defaults, *(d for d in args.kw_defaults if d is not None)]
    if not isinstance(node, ast.Lambda):
        parts.extend(node.decorator_list)
    return parts


def _nonlocals_inside(node: FunctionNode) -> set[str]:
    """The names that a function inside, at any depth, declares nonlocal."""
    if isinstance(node, ast.Lambda):
        return set()
    return {name for part in ast.walk(node) if isinstance(part, ast.Nonlocal) for name in part.names}


def stored_names(part: ast.AST) -> set[str]:
    """The names that a node itself binds or deletes, without those of the nodes inside of it."""
    match part:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return {name}
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.ExceptHandler(name=str() as name):
            return {name}
        case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
            return {name}
        case ast.MatchMapping(rest=str() as name):
            return {name}
        case ast.Import(names=names):
            return {alias.asname or alias.name.partition(".")[0] for alias in names}
        case ast.ImportFrom(names=names):
            return {alias.asname or alias.name for alias in names}
        case _:
            return set()

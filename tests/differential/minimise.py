"""Makes a failing program smaller: statements are deleted, replaced by what is inside them, expressions by parts of themselves.

Every candidate is judged anew, and kept when it fails in the same way.
"""

import ast
import copy
import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

Inputs = tuple[dict[str, Any], ...]
Fails = Callable[[str, Inputs], bool]

_BODIES: Final = ("body", "orelse", "finalbody", "handlers")
_KEPT: Final = ("annotation", "returns", "func", "decorator_list")
"""Parts of a program that say what it is about."""
_LIMIT_S: Final = 60
"""The time for one program, in seconds."""


def minimise(source: str, inputs: Inputs, fails: Fails) -> tuple[str, Inputs]:
    """The smallest program found, and the inputs it fails for. `fails` says whether a candidate still does."""
    end = time.monotonic() + _LIMIT_S

    def still_fails(text: str, given: Inputs) -> bool:
        return time.monotonic() < end and fails(text, given)

    for given in inputs:
        if len(inputs) > 1 and still_fails(source, (given,)):
            inputs = (given,)
            break
    changed = True
    while changed and time.monotonic() < end:
        changed = False
        for candidates in (_smaller_suites, _smaller_expressions):
            smaller = _swept(source, inputs, candidates, still_fails)
            changed |= smaller != source
            source = smaller
    return source, inputs


def _swept(source: str, inputs: Inputs, candidates: Callable[[ast.Module], Iterator[ast.Module]], fails: Fails) -> str:
    """Try the candidates in their order; after one that fails too go on from there, with those of the smaller program."""
    seen, position = {source}, 0
    while True:
        text = _text_of(next(itertools.islice(candidates(ast.parse(source)), position, None), None))
        if text is None:
            return source
        position += 1
        if text and text not in seen and len(text) <= len(source):
            seen.add(text)
            if fails(text, inputs):
                source, position = text, position - 1


def _text_of(tree: ast.Module | None) -> str | None:
    """The text of a candidate: empty when it has none, None when there is no candidate."""
    if tree is None:
        return None
    try:
        return ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    except ValueError:
        # An expression in a place where it has no text, such as the parts of an f-string.
        return ""


def _smaller_suites(tree: ast.Module) -> Iterator[ast.Module]:
    """The program without one statement, biggest first, or with a statement's body in its place."""
    places = [
        (index, name, number)
        for index, node in enumerate(ast.walk(tree))
        for name in _BODIES
        for number in range(len(getattr(node, name, ()) if isinstance(getattr(node, name, ()), list) else ()))
    ]
    for index, name, number in places:
        yield _edited(tree, index, name, number, [])
    for index, name, number in places:
        inner = getattr(list(ast.walk(tree))[index], name)[number]
        if isinstance(inner, ast.If | ast.For | ast.While | ast.Try | ast.With):
            yield _edited(tree, index, name, number, inner.body)


def _edited(tree: ast.Module, index: int, name: str, number: int, new: list[ast.stmt]) -> ast.Module:
    made = copy.deepcopy(tree)
    suite = getattr(list(ast.walk(made))[index], name)
    suite[number : number + 1] = copy.deepcopy(new)
    if not suite and name == "body":
        suite.append(ast.Pass())
    return made


def _smaller_expressions(tree: ast.Module) -> Iterator[ast.Module]:
    """The program with one expression replaced by one of its parts."""
    nodes = list(ast.walk(tree))
    for index, node in enumerate(nodes):
        for field, value in ast.iter_fields(node):
            if field in _KEPT:
                continue
            values = value if isinstance(value, list) else [value]
            for number, part in enumerate(values):
                if not isinstance(part, ast.expr) or isinstance(part, ast.Constant | ast.Name):
                    continue
                for inner in part.args if isinstance(part, ast.Call) else ast.iter_child_nodes(part):
                    if isinstance(inner, ast.expr) and not isinstance(getattr(inner, "ctx", None), ast.Store):
                        yield _replaced(tree, index, field, number if isinstance(value, list) else None, inner)


def _replaced(tree: ast.Module, index: int, field: str, number: int | None, new: ast.expr) -> ast.Module:
    made = copy.deepcopy(tree)
    node = list(ast.walk(made))[index]
    if number is None:
        setattr(node, field, copy.deepcopy(new))
    else:
        getattr(node, field)[number] = copy.deepcopy(new)
    return made

"""`itertools.groupby`: a loop over it gets each key with an iterator over its items.

The machine makes all groups before the loop. A group can be read once, in the round it belongs to, as the iterator that it is in Python.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.calls.lower_own import call_written
from pysfnc.frontend.calls.lower_written import may_fail
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, Trial, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_values import BuiltinFunction, Groups, Lazy, Static, TupleOf, Under, Value
from pysfnc.frontend.loops.lower_iterate import under
from pysfnc.frontend.loops.lower_stepwise import quiet_items
from pysfnc.ir.exprs import Const, Expr
from pysfnc.ir.walk import has_effect, suite_exprs
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.values.types import NONE


def call_groupby(cx: Context, node: ast.Call) -> Value:
    """`groupby(iterable)`, `groupby(iterable, key)`."""
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    named = given.keyword_map()
    keys = [*given.positional[1:], *([named["key"]] if "key" in named else [])]
    if len(given.positional) < 1 or len(keys) > 1 or set(named) - {"key"}:
        return cx.error(codes.TYPE_MISMATCH, node, "`groupby()` takes an iterable and a key")
    items = quiet_items(cx, given.positional[0], node)
    if is_poison(items):
        return items
    items = cx.atom(items, "items")
    trial = Trial(cx)
    marks = items if not keys or _is_none(keys[0]) else _called(cx, "marks", [items, keys[0]], node)
    failed = trial.failed
    out = tuple(trial.out)
    raises = may_fail(trial, marks) and (has_effect(out) or not _is_sorted_by(cx, node))
    read = frozenset[str]().union(free_vars(marks), *map(free_vars, suite_exprs(out)))
    trial.accept()
    if failed or is_poison(marks):
        return poison(cx.span(node))
    made = _called(cx, "groups", [items, marks], node)
    if is_poison(made):
        return made
    return Groups(cx.atom(made, "groups"), under(given.positional[0]) | Under(late=read), restless=raises)


def _called(cx: Context, name: str, args: Sequence[Value], node: ast.expr) -> Expr:
    return as_data(cx, call_written(cx, "sequences", name, Arguments(tuple(args), (), ()), node), node)


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None and value.type == NONE


def _is_sorted_by(cx: Context, node: ast.Call) -> bool:
    """Whether the iterable was sorted by the same key just before: the key was called with each item already, so it does not raise any more."""
    keys = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg == "key")]
    match node.args[0], keys:
        case ast.Call() as made, [key]:
            return _sorts(cx, made, key)
        case ast.Name(id=name), [key] if cx.frame.node is not None:
            return any(_sorts_name(cx, stmt, name, key) for stmt in _just_before(cx.frame.node, node))
        case _:
            return False


def _sorts(cx: Context, made: ast.Call, key: ast.expr) -> bool:
    """Whether a call is `sorted(..., key=key)`."""
    same = [k for k in made.keywords if k.arg == "key" and ast.dump(k.value) == ast.dump(key)]
    return bool(same) and isinstance(made.func, ast.Name) and lower_value(cx, made.func) == BuiltinFunction("sorted")


def _sorts_name(cx: Context, stmt: ast.stmt, name: str, key: ast.expr) -> bool:
    """Whether a statement is `name = sorted(..., key=key)` or `name.sort(key=key)`."""
    match stmt:
        case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call() as made):
            return target == name and _sorts(cx, made, key)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr="sort"), keywords=keywords)):
            return target == name and any(k.arg == "key" and ast.dump(k.value) == ast.dump(key) for k in keywords)
        case _:
            return False


def _just_before(function: ast.AST, node: ast.Call) -> list[ast.stmt]:
    """The statement before the one that begins with a call, where those in between do nothing but give other names an empty or constant value."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    for block in _blocks(function):
        place = next((index for index, stmt in enumerate(block) if _begins_with(stmt, node)), None)
        if place is not None:
            before = block[:place]
            while before and _is_bare(before[-1], names):
                before.pop()
            return before[-1:]
    return []


def _blocks(function: ast.AST) -> Iterator[list[ast.stmt]]:
    for part in ast.walk(function):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(part, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def _begins_with(stmt: ast.stmt, node: ast.Call) -> bool:
    """Whether a statement evaluates a call first, but for calls that take what comes of it."""
    match stmt:
        case ast.For(iter=head) | ast.Return(value=ast.expr() as head) | ast.Expr(value=head):
            pass
        case ast.Assign(value=head) | ast.AnnAssign(value=ast.expr() as head):
            pass
        case _:
            return False
    inner = list(_calls_before(head, node))
    place = (node.lineno, node.col_offset)
    return node in inner and all(
        (part.lineno, part.col_offset) >= place or any(one is node for one in ast.walk(part)) for part in inner
    )


def _calls_before(head: ast.AST, node: ast.Call) -> Iterator[ast.Call]:
    """The calls of an expression, without those of a comprehension that runs over what comes of `node`."""
    todo = [head]
    while todo:
        part = todo.pop()
        if isinstance(part, ast.Call):
            yield part
        first = part.generators[0].iter if isinstance(part, _COMPREHENSIONS) else None
        runs_over = first is not None and any(one is node for one in ast.walk(first))
        todo.extend([first] if first is not None and runs_over else ast.iter_child_nodes(part))


_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MAKERS: Final = frozenset({"dict", "list", "set", "defaultdict", "OrderedDict", "Counter"})


def _is_bare(stmt: ast.stmt, names: set[str]) -> bool:
    """Whether a statement gives a name that is not among some an empty or constant value."""
    match stmt:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            used = [
                part for part in ast.walk(value) if isinstance(part, ast.Call | ast.Name | ast.Await | ast.NamedExpr)
            ]
            made = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _MAKERS
            simple = made and all(isinstance(part, ast.Name) for part in used[1:])
            return name not in names and (not used or simple)
        case _:
            return False


def group_of(cx: Context, item: Value, node: ast.expr) -> Value:
    """What a round gets for a pair: the key, and an iterator over the items."""
    parts = lib.known_items(cx, item)
    assert parts is not None
    key, group = (as_data(cx, part, node) for part in parts)
    return TupleOf((key, Lazy("a group of `groupby()`", group, storable=True, once=True)), is_list=False)


def take_group(cx: Context, variable: str, group: Lazy, *, own: bool, node: ast.AST) -> Value:
    """The group that a variable holds, which is used up then. `own`: whether it is read where its variable belongs, and not in a function or the
    rounds of a comprehension inside."""
    fact = cx.state.facts[variable]
    if not own:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "a group of `groupby()` is read where it may be read again",
            notes=("it is an iterator: whoever reads it a second time finds nothing",),
            help="write instead: `items = list(group)` before",
        )
    cx.state.facts[variable] = replace(fact, static=replace(group, used=True))
    if group.used:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "a group of `groupby()` was read before, and may be empty now",
            help="write instead: `items = list(group)`, once",
        )
    return group


def holds_group(value: Static) -> bool:
    """Whether a value that is kept under a name holds a group, which could be read twice then."""
    return isinstance(value, TupleOf) and any(isinstance(part, Lazy) and part.once for part in value.items)

"""Prelude functions that one call uses stand in place of that call, which takes less room than a definition.

before                                                            after
($py_raise:=function($e){$error('!'&$string($e))};$x>0?$py_raise($y))     $x>0?$error('!'&$string($y))
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Final

from pysfnc.jsonata.printer import print_binding
from pysfnc.jsonata.tree import Apply, Array, Bind, Call, Field, Func, Lit, Ref, Seq, Tree
from pysfnc.jsonata.walk import calls, count_ref, map_tree, may_raise, replace_ref, tree_depth, walk_tree
from pysfnc.lean import dataclass
from pysfnc.library.rows.prelude import PRELUDE

SHALLOW: Final = 4
"""Levels of an argument that may stand inside the body; a deeper one has a name, so that nesting does not add up."""

SHORT: Final = 8
"""Characters of a text that is repeated rather than named."""


@dataclass(frozen=True, slots=True)
class Uses:
    """An expression whose calls of functions that nothing else calls are replaced, and the functions that are left."""

    tree: Tree
    definitions: tuple[str, ...]
    """Their texts, in the order of their names."""


def uses_of(tree: Tree) -> Uses:
    """The expression and the definitions that it needs, directly or not."""
    times = _times(tree)
    needed = _needed(times)
    if not needed:
        return Uses(tree, ())
    for name in needed:
        times.update(_times_in(name))
    once = frozenset(name for name in needed if times[name] == 1)
    made = _replaced(tree, once)
    return Uses(made, tuple(_definition(name, once & _reached(name)) for name in sorted(_left(made, once))))


def prelude_of(tree: Tree) -> set[str]:
    """The prelude functions that an expression needs, directly or not."""
    return _needed(calls(tree))


def _needed(called: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in called:
        if name in PRELUDE:
            found |= _reached(name)
    return found


@cache
def _reached(name: str) -> frozenset[str]:
    """A function and those that it calls, directly or not."""
    found: set[str] = set()
    todo = [name]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(called for called in calls(PRELUDE[name].body) if called in PRELUDE)
    return frozenset(found)


def _times(tree: Tree) -> Counter[str]:
    """How often each function is called; one that is handed on counts twice, as the name must stay."""
    found: Counter[str] = Counter()
    for node in walk_tree(tree):
        if isinstance(node, Call):
            found[node.name] += 1
        elif isinstance(node, Ref):
            found[node.name] += 2
    return found


@cache
def _times_in(name: str) -> Counter[str]:
    return _times(PRELUDE[name].body)


@cache
def _body(name: str, once: frozenset[str]) -> Tree:
    return _replaced(PRELUDE[name].body, once)


@cache
def _definition(name: str, once: frozenset[str]) -> str:
    function = PRELUDE[name]
    return print_binding(Bind(name, Func(function.params, _body(name, once))), tight=True)


def _left(tree: Tree, once: frozenset[str]) -> set[str]:
    """The functions that are called still."""
    found: set[str] = set()
    todo = [name for name in calls(tree) if name in PRELUDE]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(_called_in(name, once & _reached(name)))
    return found


@cache
def _called_in(name: str, once: frozenset[str]) -> frozenset[str]:
    """The prelude functions that the body of one calls still."""
    return calls(_body(name, once)) & PRELUDE.keys()


def _replaced(tree: Tree, once: frozenset[str]) -> Tree:
    if once.isdisjoint(calls(tree)):
        return tree

    def go(node: Tree) -> Tree:
        if isinstance(node, Call) and node.name in once:
            return _in_place(node, once) or node
        return node

    return map_tree(tree, go)


def _in_place(call: Call, once: frozenset[str]) -> Tree | None:
    """The body of a function with the arguments of a call; None where a name would mean something else there."""
    params = PRELUDE[call.name].params
    if len(params) != len(call.args):
        return None
    body = _body(call.name, once & _reached(call.name) - {call.name})
    inside = _bound(body)
    bound = {*params, *inside}
    binds: list[Bind] = []
    for param, arg in zip(params, call.args, strict=True):
        if "" in calls(arg) or not bound.isdisjoint(calls(arg)):
            return None
        uses, _ = count_ref(body, param)
        plain = uses == 1 and tree_depth(arg) <= SHALLOW and not may_raise(arg) and _is_plain(arg)
        if (_is_name(arg) or plain) and param not in inside and not _calls(body, param):
            body = replace_ref(body, param, arg)
        else:
            binds.append(Bind(param, arg))
    if not binds:
        return body
    return Seq((*binds, *(body.items if isinstance(body, Seq) else (body,))))


def _calls(body: Tree, param: str) -> bool:
    return any(isinstance(node, Call) and node.name == param for node in walk_tree(body))


def _is_name(tree: Tree) -> bool:
    """Whether the tree costs no more than a name where it is repeated, and is as good in any place."""
    match tree:
        case Ref():
            return True
        case Field(base=base):
            return _is_name(base)
        case Lit(value):
            return not isinstance(value, str) or len(value) <= SHORT
        case _:
            return False


def _is_plain(tree: Tree) -> bool:
    """Whether the tree may stand in any place: calls of functions of the program and displays of lists may not."""
    return not any(isinstance(node, Apply | Array | Func | Seq) for node in walk_tree(tree))


def _bound(tree: Tree) -> set[str]:
    found: set[str] = set()
    for node in walk_tree(tree):
        match node:
            case Func(params):
                found.update(params)
            case Seq(items):
                found.update(item.name for item in items if isinstance(item, Bind))
            case _:
                pass
    return found

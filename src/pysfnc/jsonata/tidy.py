"""Makes trees shorter without changing what they compute: bindings that are used once go where they are used.

Nothing in a tree has effects but `$error` (through the prelude's `py_raise`), so a binding that cannot reach one may be evaluated later, or
not at all. Bindings that may raise keep their place.
"""

from typing import Final

from pysfnc.jsonata.tree import Bind, Call, Func, IfElse, Lit, Ref, Seq, Tree
from pysfnc.jsonata.walk import count_ref, map_tree, replace_ref, tree_depth, walk_tree

RAISES: Final = frozenset({"py_raise", "error", "assert"})
MAX_INLINED_DEPTH: Final = 12
"""Deeper values keep a name, so that nesting stays far from the limit of the engines."""


def tidy(tree: Tree) -> Tree:
    """The tree with needless bindings gone."""
    return map_tree(tree, _tidy_node)


def _tidy_node(tree: Tree) -> Tree:
    match tree:
        case Seq():
            return _tidy_seq(tree)
        case IfElse(test, Lit(True), Lit(False)):
            return test
        case IfElse(test, Lit(False), Lit(True)):
            return Call("not", (test,))
        case IfElse(test, then, orelse) if then == orelse and not _keeps_place(test):
            return then
        case _:
            return tree


def _tidy_seq(tree: Seq) -> Tree:
    items = list(tree.items)
    index = 0
    while index < len(items):
        item = items[index]
        if isinstance(item, Bind) and not _keeps_place(item.value):
            rest = Seq(tuple(items[index + 1 :]))
            if not _rebinds(rest, item.name):
                count, inside = _uses(rest, item.name)
                if count == 0:
                    del items[index]
                    continue
                if count == 1 and not inside and tree_depth(item.value) <= MAX_INLINED_DEPTH:
                    replaced = replace_ref(rest, item.name, item.value)
                    assert isinstance(replaced, Seq)
                    items[index:] = list(replaced.items)
                    continue
        index += 1
    return _flat(items)


def _keeps_place(value: Tree) -> bool:
    """Whether a value may raise, or is a function (which others call by its name)."""
    if isinstance(value, Func):
        return True
    return any(isinstance(node, Call) and node.name in RAISES for node in walk_tree(value))


def _uses(tree: Tree, name: str) -> tuple[int, bool]:
    """How often `$name` is read or called, and whether inside a function, where it may be evaluated many times."""
    called = sum(1 for node in walk_tree(tree) if isinstance(node, Call) and node.name == name)
    inside = any(count_ref(node.body, name)[0] > 0 for node in walk_tree(tree) if isinstance(node, Func))
    return count_ref(tree, name)[0] + 2 * called, inside


def _rebinds(tree: Tree, name: str) -> bool:
    for node in walk_tree(tree):
        if isinstance(node, Func) and name in node.params:
            return True
        if isinstance(node, Seq) and any(isinstance(i, Bind) and i.name == name for i in node.items):
            return True
    return False


def _flat(items: "list[Tree | Bind]") -> Tree:
    if len(items) == 1 and not isinstance(items[0], Bind):
        return items[0]
    last = items[-1]
    if isinstance(last, Seq):
        return Seq((*items[:-1], *last.items))
    if isinstance(last, Ref) and len(items) > 1:
        before = items[-2]
        if isinstance(before, Bind) and before.name == last.name and not isinstance(before.value, Func):
            return _flat([*items[:-2], before.value])
    return Seq(tuple(items))

"""Walks over JSONata trees."""

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, Final

from pysfnc.jsonata.tree import (
    Apply,
    Array,
    Binary,
    Bind,
    Call,
    Field,
    Func,
    IfElse,
    Index,
    Keep,
    Lit,
    Neg,
    Object,
    Placeholder,
    Range,
    Ref,
    Regex,
    Seq,
    Tree,
)

RAISES: Final = frozenset({"py_raise", "py_fail", "py_at", "py_any_at", "error", "assert"})
"""The functions that end the evaluation."""


_CHILDREN: Final[dict[type, Callable[[Any], tuple[Tree, ...]]]] = {
    Lit: lambda _: (),
    Ref: lambda _: (),
    Regex: lambda _: (),
    Placeholder: lambda _: (),
    Field: lambda node: (node.base,),
    Keep: lambda node: (node.base,),
    Index: lambda node: (node.base, node.index),
    Call: attrgetter("args"),
    Apply: lambda node: (node.function, *node.args),
    Binary: lambda node: (node.left, node.right),
    Neg: lambda node: (node.operand,),
    IfElse: lambda node: (node.test, node.then) if node.orelse is None else (node.test, node.then, node.orelse),
    Seq: lambda node: tuple(item.value if isinstance(item, Bind) else item for item in node.items),
    Func: lambda node: (node.body,),
    Array: attrgetter("items"),
    Range: lambda node: (node.low, node.high),
    Object: lambda node: tuple(part for pair in node.pairs for part in pair),
}
"""By the class of a node: a compilation walks over millions of nodes, and a chain of patterns would take most of its time."""


def tree_children(tree: Tree) -> tuple[Tree, ...]:
    """The direct parts of a tree in evaluation order."""
    return _CHILDREN[type(tree)](tree)


def walk_tree(tree: Tree) -> Iterator[Tree]:
    """Every node, wholes before parts."""
    todo = [tree]
    while todo:
        current = todo.pop()
        yield current
        todo.extend(reversed(tree_children(current)))


def may_raise(tree: Tree) -> bool:
    """Whether evaluating the tree may end in `$error`, by a call that stands in it; what its functions call is not followed."""
    return any(isinstance(node, Call) and node.name in RAISES for node in walk_tree(tree))


def calls(tree: Tree) -> frozenset[str]:
    """The names of all functions called by name or passed by reference."""
    return frozenset(node.name for node in walk_tree(tree) if isinstance(node, Call | Ref))


def count_ref(tree: Tree, name: str) -> tuple[int, bool]:
    """How often `$name` is read, and whether any of the reads may be evaluated more than once or not at all."""
    count, irregular = 0, False
    todo = [(tree, False)]
    while todo:
        current, inside = todo.pop()
        if isinstance(current, Ref) and current.name == name:
            count += 1
            irregular |= inside
            continue
        for index, part in enumerate(tree_children(current)):
            todo.append((part, inside or isinstance(current, Func) or (isinstance(current, IfElse) and index > 0)))
    return count, irregular


def tree_size(tree: Tree) -> int:
    """The number of nodes."""
    return sum(1 for _ in walk_tree(tree))


def tree_depth(tree: Tree) -> int:
    """The number of nested levels, computed without recursion."""
    deepest = 0
    todo = [(tree, 1)]
    while todo:
        current, depth = todo.pop()
        deepest = max(deepest, depth)
        todo.extend((part, depth + 1) for part in tree_children(current))
    return deepest


def is_deeper(tree: Tree, limit: int) -> bool:
    """Whether there are more nested levels than `limit`; the search ends at the first of them."""
    todo = [(tree, 1)]
    while todo:
        current, depth = todo.pop()
        if depth > limit:
            return True
        todo.extend((part, depth + 1) for part in tree_children(current))
    return False


def map_tree(tree: Tree, fn: Callable[[Tree], Tree]) -> Tree:
    """The tree with `fn` applied to every node, parts before wholes."""

    def go(part: Tree) -> Tree:
        return fn(map_children(part, go))

    return go(tree)


_Go = Callable[[Tree], Tree]

_MAPPED: Final[dict[type, Callable[[Any, _Go], Tree]]] = {
    Lit: lambda node, _: node,
    Ref: lambda node, _: node,
    Regex: lambda node, _: node,
    Placeholder: lambda node, _: node,
    Field: lambda node, go: Field(go(node.base), node.name),
    Keep: lambda node, go: Keep(go(node.base)),
    Index: lambda node, go: Index(go(node.base), go(node.index)),
    Call: lambda node, go: Call(node.name, tuple(map(go, node.args))),
    Apply: lambda node, go: Apply(go(node.function), tuple(map(go, node.args))),
    Binary: lambda node, go: Binary(node.op, go(node.left), go(node.right)),
    Neg: lambda node, go: Neg(go(node.operand)),
    IfElse: lambda node, go: IfElse(go(node.test), go(node.then), None if node.orelse is None else go(node.orelse)),
    Seq: lambda node, go: Seq(
        tuple(Bind(item.name, go(item.value)) if isinstance(item, Bind) else go(item) for item in node.items)
    ),
    Func: lambda node, go: Func(node.params, go(node.body)),
    Array: lambda node, go: _array(node, go),
    Range: lambda node, go: Range(go(node.low), go(node.high)),
    Object: lambda node, go: Object(tuple((go(key), go(value)) for key, value in node.pairs)),
}


def _array(tree: Array, go: _Go) -> Tree:
    """An array constructor splices an array that an item evaluates to, but keeps one that is written out there.

    So where an item becomes one that is written out, its items are put in.
    """
    made = tuple(map(go, tree.items))
    if all(
        isinstance(before, Array | Range) or not isinstance(item, Array | Range)
        for before, item in zip(tree.items, made, strict=True)
    ):
        return Array(made)
    if len(made) == 1 and isinstance(made[0], Range):
        return made[0]
    items: list[Tree] = []
    for before, item in zip(tree.items, made, strict=True):
        if isinstance(before, Array | Range):
            items.append(item)
        elif isinstance(item, Array):
            items += item.items
        else:
            # The result of a function is spliced.
            items.append(Call("append", (Array(()), item)) if isinstance(item, Range) else item)
    return Array(tuple(items))


def map_children(tree: Tree, go: _Go) -> Tree:
    """The node with `go` applied to its direct parts, in the order of evaluation; `go` gives trees of the same value."""
    return _MAPPED[type(tree)](tree, go)


def replace_ref(tree: Tree, name: str, value: Tree) -> Tree:
    """The tree with `$name` replaced by what it stands for."""
    return map_tree(tree, lambda node: value if isinstance(node, Ref) and node.name == name else node)

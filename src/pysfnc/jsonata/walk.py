"""Walks over JSONata trees."""

from collections.abc import Callable, Iterator
from typing import Final

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


def tree_children(tree: Tree) -> tuple[Tree, ...]:
    """The direct parts of a tree in evaluation order."""
    match tree:
        case Lit() | Ref() | Regex() | Placeholder():
            return ()
        case Field(base=base) | Keep(base=base):
            return (base,)
        case Index(base=base, index=index):
            return (base, index)
        case Call(args=args):
            return args
        case Apply(function=function, args=args):
            return (function, *args)
        case Binary(left=left, right=right):
            return (left, right)
        case Neg(operand=operand):
            return (operand,)
        case IfElse(test=test, then=then, orelse=orelse):
            return (test, then) if orelse is None else (test, then, orelse)
        case Seq(items=items):
            return tuple(item.value if isinstance(item, Bind) else item for item in items)
        case Func(body=body):
            return (body,)
        case Array(items=items):
            return items
        case Range(low=low, high=high):
            return (low, high)
        case Object(pairs=pairs):
            return tuple(part for pair in pairs for part in pair)


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


def map_children(tree: Tree, go: Callable[[Tree], Tree]) -> Tree:
    """The node with `go` applied to its direct parts, in the order of evaluation."""
    match tree:
        case Lit() | Ref() | Regex() | Placeholder():
            return tree
        case Field(base, name):
            return Field(go(base), name)
        case Keep(base):
            return Keep(go(base))
        case Index(base, index):
            return Index(go(base), go(index))
        case Call(name, args):
            return Call(name, tuple(map(go, args)))
        case Apply(function, args):
            return Apply(go(function), tuple(map(go, args)))
        case Binary(op, left, right):
            return Binary(op, go(left), go(right))
        case Neg(operand):
            return Neg(go(operand))
        case IfElse(test, then, orelse):
            return IfElse(go(test), go(then), None if orelse is None else go(orelse))
        case Seq(items):
            return Seq(tuple(Bind(i.name, go(i.value)) if isinstance(i, Bind) else go(i) for i in items))
        case Func(params, body):
            return Func(params, go(body))
        case Array(items):
            return Array(tuple(map(go, items)))
        case Range(low, high):
            return Range(go(low), go(high))
        case Object(pairs):
            return Object(tuple((go(key), go(value)) for key, value in pairs))


def replace_ref(tree: Tree, name: str, value: Tree) -> Tree:
    """The tree with `$name` replaced.

    An array constructor splices an array that a name stands for, but keeps one that is written out: there the items are put in.
    """

    def put_in(node: Tree) -> Tree:
        if isinstance(node, Ref) and node.name == name:
            return value
        if isinstance(node, Array) and isinstance(value, Array) and any(item is value for item in node.items):
            return Array(tuple(part for item in node.items for part in (value.items if item is value else (item,))))
        if isinstance(node, Array) and isinstance(value, Range) and any(item is value for item in node.items):
            # A range is an array that is written out as well; the result of a function is spliced.
            if len(node.items) == 1:
                # Another object, so that the array around does not take it for the name.
                return Range(value.low, value.high)
            spliced = Call("append", (Array(()), value))
            return Array(tuple(spliced if item is value else item for item in node.items))
        return node

    return map_tree(tree, put_in)

"""What is evaluated only because it may raise has no name, and makes no value.

    before                                                          after
    $a := $x != null ? ($b := $x < 0 ? $py_raise(1) : null; null)   $x != null ? $x < 0 ? $py_raise(1) : null : 'none';
        : 'none';                                                   $x
    $x

A part is only left out where nothing is evaluated in it: a constant, or a name.
"""

from pysfnc.jsonata.tree import Bind, Call, Func, IfElse, Lit, Ref, Seq, Tree
from pysfnc.jsonata.walk import map_tree, walk_tree


def without_unread(tree: Tree) -> Tree:
    """The tree without the names and values that nobody reads."""
    read = {node.name for node in walk_tree(tree) if isinstance(node, Ref | Call)}

    def go(node: Tree) -> Tree:
        return _sequence(node.items, read) if isinstance(node, Seq) else node

    return map_tree(tree, go)


def _sequence(items: tuple[Tree | Bind, ...], read: set[str]) -> Tree:
    *before, last = items
    kept = [part for item in before if (part := _step(item, read)) is not None]
    if kept or isinstance(last, Bind):
        return Seq((*kept, last))
    return last


def _step(item: Tree | Bind, read: set[str]) -> Tree | Bind | None:
    """An item before the last."""
    if not isinstance(item, Bind):
        return _evaluated(item, read)
    if item.name in read or isinstance(item.value, Func):
        return item
    return _evaluated(item.value, read)


def _evaluated(tree: Tree, read: set[str]) -> Tree | None:
    """What is evaluated in a tree whose value nobody reads; None for nothing."""
    match tree:
        case Lit() | Ref():
            return None
        case Seq(items):
            steps = [part for item in items if (part := _step(item, read)) is not None]
            if not steps:
                return None
            alone = len(steps) == 1 and not isinstance(steps[0], Bind)
            return steps[0] if alone and not isinstance(steps[0], Bind) else Seq(tuple(steps))
        case IfElse(test, then, orelse):
            return _decided(test, _evaluated(then, read), None if orelse is None else _evaluated(orelse, read))
        case _:
            return tree


def _decided(test: Tree, then: Tree | None, orelse: Tree | None) -> Tree:
    if then is None and orelse is None:
        return test
    if then is None:
        return IfElse(test, Lit(None), orelse)
    return IfElse(test, then, orelse)

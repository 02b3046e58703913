"""Makes trees shorter without changing what they compute: bindings that are used once go where they are used.

Nothing in a tree has effects but `$error` (through the prelude's `py_raise`), so a binding that cannot reach one may be evaluated later, or
not at all. Bindings that may raise keep their place.
"""

from collections import Counter
from typing import Final

from pysfnc.jsonata.tree import Bind, Call, Func, IfElse, Index, Lit, Ref, Seq, Tree
from pysfnc.jsonata.walk import is_deeper, map_tree, may_raise, replace_ref, tree_children

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
    return _flat(_Sequence(tree).tidied())


class _Facts:
    """What one item of a sequence holds.

    Attributes:
        reads: name -> how often it is read; a call by name counts twice, since the name must stay.
        inside: the names that are read inside a function or an index. These may be evaluated many times, and an index once for each
            item, which is its context: a path that begins with a call would be walked for each part of the item.
        binds: the names that are bound anywhere in it.
    """

    __slots__ = ("binds", "inside", "reads")

    def __init__(self, tree: Tree) -> None:
        self.reads: Counter[str] = Counter()
        self.inside: set[str] = set()
        self.binds: set[str] = set()
        todo = [(tree, False)]
        while todo:
            node, inside = todo.pop()
            match node:
                case Ref(name=name):
                    self.reads[name] += 1
                    if inside:
                        self.inside.add(name)
                case Call(name=name):
                    self.reads[name] += 2
                case Func(params=params):
                    self.binds.update(params)
                    inside = True
                case Seq(items=items):
                    self.binds.update(item.name for item in items if isinstance(item, Bind))
                case Index(base=base, index=position):
                    todo += [(base, inside), (position, True)]
                    continue
                case _:
                    pass
            todo.extend((part, inside) for part in tree_children(node))


class _Sequence:
    """A sequence while its bindings are put where they are used. Who reads and binds what is kept up to date, as long
    sequences would take too long to search again for each binding."""

    def __init__(self, tree: Seq) -> None:
        self._items: list[Tree | Bind | None] = list(tree.items)
        self._facts = [_Facts(item.value if isinstance(item, Bind) else item) for item in tree.items]
        self._readers: dict[str, set[int]] = {}
        self._binders: dict[str, set[int]] = {}
        for index, item in enumerate(tree.items):
            self._enter(index, self._facts[index])
            if isinstance(item, Bind):
                self._binders.setdefault(item.name, set()).add(index)

    def tidied(self) -> list[Tree | Bind]:
        """The items that are left."""
        for index, item in enumerate(self._items):
            if isinstance(item, Bind) and not _keeps_place(item.value):
                self._place(index, item)
        return [item for item in self._items if item is not None]

    def _place(self, index: int, item: Bind) -> None:
        """Drop a binding that nobody reads; put one that is read once where it is read."""
        if any(binder > index for binder in self._binders[item.name]):
            return
        readers = [reader for reader in self._readers.get(item.name, ()) if reader > index]
        if not readers:
            self._leave(index)
            return
        reader = readers[0]
        facts = self._facts[reader]
        if len(readers) > 1 or facts.reads[item.name] != 1 or item.name in facts.inside:
            return
        if is_deeper(item.value, MAX_INLINED_DEPTH):
            return
        target = self._items[reader]
        assert target is not None
        if isinstance(target, Bind):
            self._items[reader] = Bind(target.name, replace_ref(target.value, item.name, item.value))
        else:
            self._items[reader] = replace_ref(target, item.name, item.value)
        del facts.reads[item.name]
        self._readers[item.name].discard(reader)
        moved = self._leave(index)
        facts.reads.update(moved.reads)
        facts.inside |= moved.inside
        facts.binds |= moved.binds
        self._enter(reader, moved)

    def _enter(self, index: int, facts: _Facts) -> None:
        for name in facts.reads:
            self._readers.setdefault(name, set()).add(index)
        for name in facts.binds:
            self._binders.setdefault(name, set()).add(index)

    def _leave(self, index: int) -> _Facts:
        """Take an item out and return its facts."""
        facts = self._facts[index]
        self._items[index] = None
        for name in facts.reads:
            self._readers[name].discard(index)
        for name in facts.binds:
            self._binders[name].discard(index)
        return facts


def _keeps_place(value: Tree) -> bool:
    """Whether a value may raise, or is a function (which others call by its name)."""
    if isinstance(value, Func):
        return True
    return may_raise(value)


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

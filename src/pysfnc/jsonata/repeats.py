"""What was checked before is not checked again.

    before                                                  after
    $a := $exists($x.n) ? $x.n : $py_raise(...);            $a := $exists($x.n) ? $x.n : $py_raise(...);
    $b := $exists($x.n) ? $x.n : $py_raise(...); $a + $b    $a + $a

Where the second stands the first has been evaluated, in the same block or one around it, and has raised nothing; names are bound once, so both
have the same value.
"""

from collections import Counter
from dataclasses import field
from typing import Final

from pysfnc.jsonata.tree import Bind, Call, Func, IfElse, Ref, Seq, Tree
from pysfnc.jsonata.walk import map_children, walk_tree
from pysfnc.lean import dataclass

_CHANGING: Final = frozenset({"random", "shuffle", "now", "millis", "uuid", "eval"})
"""Functions that have another value each time."""


def without_repeats(tree: Tree) -> Tree:
    """The tree in which a checked value that has a name is not computed again."""
    checked = [node for node in walk_tree(tree) if _is_checked(node)]
    if len(checked) < 2 or len(set(checked)) == len(checked):
        return tree
    bound: Counter[str] = Counter()
    for node in walk_tree(tree):
        match node:
            case Seq(items):
                bound.update(item.name for item in items if isinstance(item, Bind))
            case Func(params):
                bound.update(params)
            case _:
                pass
    return _Repeats(frozenset(name for name, times in bound.items() if times > 1)).walk(tree, {})


def _is_checked(node: Tree) -> bool:
    return isinstance(node, IfElse) and isinstance(node.orelse, Call) and node.orelse.name == "py_raise"


@dataclass(slots=True)
class _Repeats:
    ambiguous: frozenset[str]
    """The names that are bound in several places."""
    same: dict[str, str] = field(default_factory=dict)
    """Names that are dropped, each with the one that has the same value."""

    def walk(self, node: Tree, known: dict[Tree, str]) -> Tree:
        match node:
            case Ref(name):
                return Ref(self.same.get(name, name))
            case Seq(items):
                return self._sequence(items, dict(known))
            case _:
                made = map_children(node, lambda part: self.walk(part, known))
                return Ref(known[made]) if _is_checked(made) and made in known else made

    def _sequence(self, items: "tuple[Tree | Bind, ...]", known: dict[Tree, str]) -> Tree:
        made: list[Tree | Bind] = []
        for index, item in enumerate(items):
            if not isinstance(item, Bind):
                made.append(self.walk(item, known))
                continue
            value = self.walk(item.value, known)
            unique = item.name not in self.ambiguous
            if isinstance(value, Ref) and _is_checked(item.value) and unique and index < len(items) - 1:
                self.same[item.name] = value.name
                continue
            made.append(Bind(item.name, value))
            if unique and _is_checked(value) and self._is_fixed(value):
                known[value] = item.name
        return made[0] if len(made) == 1 and not isinstance(made[0], Bind) else Seq(tuple(made))

    def _is_fixed(self, value: Tree) -> bool:
        """Whether the value is the same wherever its names are the same ones."""
        for part in walk_tree(value):
            match part:
                case Ref("") | Func() | Seq():
                    return False
                case Ref(name) | Call(name=name) if name in self.ambiguous or name in _CHANGING:
                    return False
                case _:
                    pass
        return True

"""The messages of the alias check: who else may hold what is changed, since where, and what to write instead."""

import ast
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from pysfnc.analysis.heap import ANY, Held, Node, State
from pysfnc.diagnostics import Label, Sink, codes
from pysfnc.ir.hir import Assign
from pysfnc.lean import dataclass
from pysfnc.source import Span
from pysfnc.values.resources import is_resource
from pysfnc.values.types import DictT, ListT, MapT, RecordT, Type

ITEMS: Final = "%items of "
"""How the variable begins that holds the list a loop runs over, which has no name in the program."""

READ: Final = "%read by "
"""How the variable begins that holds what a loop goes on reading."""

RETURNED: Final = "%returned"
RAISED: Final = "%raised"
_WAITING: Final = {RETURNED: "the value that is returned", RAISED: "the exception that is raised"}
"""How the variables begin that hold what waits for a `finally`, and what it is called."""

_SHOWN_CHARS = 40
_QUOTE: Final = "'"
_BY_LOOP: Final = "write instead: a loop, `d = {}` and `for x in xs: d[key(x)] = x`, of which it is known that each key has an item of its own"


@dataclass(frozen=True, slots=True)
class AliasReport:
    """One change: the statement, the type of what is changed, the state behind it, and the objects changed.

    `taken`: for the list that a loop runs over, the site of the items that it has given out, which nobody takes from there again.
    """

    stmt: Assign
    type: Type
    state: State
    changed: set[Node]
    taken: Mapping[str, int]

    def held_by_others(self, names: Iterable[str], sink: Sink) -> bool:
        """Report the first of these variables that may hold a changed object; whether there was one."""
        for name in sorted(names, key=lambda name: ("%" in name, name)):
            held = self.state.names.get(name)
            if held is not None and not self.changed.isdisjoint(self._read_through(name, held)):
                self._other(name, held, sink)
                return True
        return False

    def _read_through(self, name: str, held: Held) -> AbstractSet[Node]:
        """The objects that somebody may still read through a variable."""
        return held.nodes if name.startswith(READ) else self.state.reach(held.nodes, self.taken.get(name))

    def _other(self, name: str, held: Held, sink: Sink) -> None:
        owner, other = _shown(self.stmt.name), self._title(name, held)
        kind, direct = self._kind(), not self.changed.isdisjoint(held.nodes)
        since = self.state.way(held, self.changed)
        taker, taken = other, since
        if taken is None and self.stmt.name in self.state.names:
            taker, taken = owner, self.state.names[self.stmt.name].span
        if is_resource(self.stmt.value.type):
            self._of_resource(other, taken, sink)
            return
        if name == self.stmt.name:
            message = f"{owner} is changed here, and read outside of this branch too"
        else:
            message = f"{other} may hold the {kind} that is changed here through {owner}"
        sink.error(
            codes.ALIAS_MUTATION,
            self.stmt.span,
            message,
            label=f"changed here, and {other} is still used",
            labels=[Label(taken, f"{taker} got it here")] if taken is not None and taken != self.stmt.span else (),
            notes=(f"in the machine every variable holds a copy of its own, so {other} would not see the change",),
            help=self._through_owner(name, held)
            or self._at_place(name, held)
            or f"write instead: copy first, e.g. {self._copy(name, direct)}",
        )

    def _of_resource(self, other: str, taken: Span | None, sink: Sink) -> None:
        """The same of a resource of boto3, which nobody changes in the program itself."""
        sink.error(
            codes.ALIAS_MUTATION,
            self.stmt.span,
            f"what a resource has loaded changes here, and {other} may hold that resource",
            label=f"loads or forgets it, and {other} is still used",
            labels=[Label(taken, f"{other} got it here")] if taken is not None and taken != self.stmt.span else (),
            notes=(f"in the machine every variable holds a copy of its own, so {other} would load it once more",),
            help="write instead: a resource of its own here, made from the names in it, or attributes read before and kept",
        )

    def _at_place(self, name: str, held: Held) -> str | None:
        """What keeps the meaning where the other variable holds what the owner is: a change at its place."""
        owner = self.state.names.get(self.stmt.name)
        if owner is None or any("%" in one for one in (name, self.stmt.name)) or not owner.nodes.isdisjoint(held.nodes):
            return None
        if owner.nodes.isdisjoint(self.state.parts(held.nodes, ANY)):
            return None
        whole, part = _base(name), _base(self.stmt.name)
        return (
            f"write instead: the change at its place, `{whole}[i]` in place of `{part}`; "
            f"or a copy, `copy.deepcopy({part})`, where `{whole}` shall not change"
        )

    def _through_owner(self, name: str, held: Held) -> str | None:
        """What keeps the meaning where the owner holds what the other variable is: to read it there."""
        owner = self.state.names.get(self.stmt.name)
        if owner is None or "%" in name or name == self.stmt.name or not held.nodes <= self.changed:
            return None
        found = {label for root in owner.nodes for label, node, _ in self.state.edges(root) if node in held.nodes}
        key = next(iter(found)) if len(found) == 1 else ""
        if not key.startswith("'"):
            return None
        inside = f".{key.strip(_QUOTE)}" if isinstance(self.stmt.value.type, RecordT) else f"[{key}]"
        place = f"{_base(self.stmt.name)}{inside}"
        return f"write instead: `{place}` in place of {_shown(name)} from here on, or a copy where it shall not change"

    def given_twice(self, name: str, sink: Sink) -> None:
        """Report that a call gets what it changes by another name too."""
        owner, other = _shown(self.stmt.name), _shown(name)
        sink.error(
            codes.ALIAS_MUTATION,
            self.stmt.span,
            f"the call changes what it gets as {owner}, which {other} may hold too",
            notes=(f"in the machine every variable holds a copy of its own, so {other} would not see the change",),
            help=f"write instead: `copy.deepcopy(...)` around the argument for {other} or {owner}",
        )

    def held_twice(self, names: Iterable[str], sink: Sink) -> bool:
        """Report the first of the changed variables that may hold a changed object at two places; whether there was one."""
        for name in sorted(names):
            held = self.state.names.get(name)
            if held is not None and self.inside_twice(name, held, sink):
                return True
        return False

    def inside_twice(self, name: str, held: Held, sink: Sink) -> bool:
        """Report that what is held under a name may hold a changed object at two places; whether it does."""
        for root in sorted(held.nodes):
            double = self._double(root)
            if double is not None:
                self._twice(name, held, double, sink)
                return True
        return False

    def _double(self, root: Node) -> Node | None:
        """A container between `root` and a changed object, or that object, which `root` may hold twice."""
        for node in sorted(self.state.reach((root,))):
            if not self.changed.isdisjoint(self.state.reach((node,))) and self.state.held_twice(root, node):
                return node
        return None

    def _twice(self, name: str, held: Held, double: Node, sink: Sink) -> None:
        owner, kind = _shown(name), self._kind()
        since = self.state.way(held, {double})
        sink.error(
            codes.ALIAS_MUTATION,
            self.stmt.span,
            f"the {kind} that is changed here may stand at more than one place of {owner}",
            label="changed here, at one of the places",
            labels=[Label(since, f"{owner} may hold the same object twice from here on")] if since is not None else (),
            notes=("in the machine every place holds a copy of its own, so the others would not see the change",),
            help=_BY_LOOP
            if since is not None and _is_dict_comprehension(since.text)
            else "write instead: make a new object for each place, e.g. `[[0] * 3 for _ in range(2)]`",
        )

    def _kind(self) -> str:
        match self.type:
            case ListT():
                return "list"
            case DictT() | MapT():
                return "dict"
            case _:
                return "value"

    def _copy(self, name: str, direct: bool) -> str:
        """The copy to write. One that copies no more than the top is enough only when that is what is changed."""
        owner, other = _base(self.stmt.name), _base(name)
        named = "%" not in name and other != owner
        match self.stmt.value.type if direct else None:
            case ListT():
                copy = f"list({owner})"
            case DictT():
                copy = f"dict({owner})"
            case _:
                copy = f"copy.deepcopy({owner})"
        return f"`{other} = {copy}`" if named and direct else f"`{copy}`"

    def _title(self, name: str, held: Held) -> str:
        if name.startswith(READ):
            return "what the loop runs over"
        if name.startswith(ITEMS):
            return "the list that the loop runs over"
        text = held.span.text if "%" in name and held.span is not None else ""
        if text and "\n" not in text and len(text) <= _SHOWN_CHARS:
            return f"`{text}`"
        return _WAITING.get(name.split(" ")[0]) or _shown(name)


def _is_dict_comprehension(text: str) -> bool:
    try:
        return isinstance(ast.parse(text.strip(), mode="eval").body, ast.DictComp)
    except (SyntaxError, ValueError):
        return False


def _base(name: str) -> str:
    return name.split("%")[0]


def _shown(name: str) -> str:
    return f"`{_base(name)}`"

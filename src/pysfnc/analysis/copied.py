"""Helpers that run in Lambda: whether something they get or give is changed afterwards, so that it shows that both were copied.

What they do themselves is not known. Objects are told apart only by where they were made, which says "changed" too often.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field

from pysfnc.analysis.heap import Node, Nodes, State
from pysfnc.diagnostics import Sink, codes
from pysfnc.ir.hir import Perform, Task, TaskCall
from pysfnc.lean import dataclass


@dataclass(slots=True)
class Copied:
    """The calls of helpers in one machine.

    Attributes:
        helpers: the tasks that run them.
        changed: those whose arguments or results may be changed after the call.
        read: those whose arguments may be read after the call.
    """

    helpers: Mapping[str, Task]
    changed: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    _sites: dict[int, set[str]] = field(default_factory=dict)
    """Where objects were made -> the tasks that get or give some of them."""

    def note_call(self, task: str, nodes: Iterable[Node], state: State) -> None:
        """Note what a task gets and gives, with everything in it."""
        if task in self.helpers:
            for node in state.reach(nodes):
                for site in _sites(node.site, state):
                    self._sites.setdefault(site, set()).add(task)

    def check_consumed(
        self, stmt: Perform, call: TaskCall, given: Nodes, others: Iterable[str], state: State, sink: Sink
    ) -> None:
        """Note that one of the variables may hold something that the helper gets a copy of; a message if the helper changes that."""
        helper = self.helpers.get(call.task)
        if helper is None:
            return
        changed = state.reach(given)
        for name in sorted(others, key=lambda name: ("%" in name, name)):
            held = state.names.get(name)
            if held is not None and not changed.isdisjoint(state.reach(held.nodes)):
                self.read.add(call.task)
                if not helper.consumes:
                    return
                shown = name.split("%")[0]
                sink.error(
                    codes.ALIAS_MUTATION,
                    stmt.span,
                    f"`{helper.qualname}` changes what it gets, which is a copy as it runs in Lambda"
                    + (f", and `{shown}` is still used" if shown else ""),
                    notes=[f"it runs there since {helper.reason}"],
                    help="write instead: `copy.deepcopy(...)` around the argument, or the changed value as the result",
                )
                return

    def note_change(self, changed: Collection[Node], state: State) -> None:
        """Note that objects are changed."""
        if self._sites:
            found = (self._sites.get(site, ()) for node in changed for site in _sites(node.site, state))
            self.changed.update(*found)


def _sites(site: int, state: State) -> set[int]:
    """A site, and those of what an object that was taken out of containers may be."""
    seen: set[int] = set()
    todo = [site]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += [node.site for node in state.taken_from.get(current, ())]
    return seen

"""Frames: one activation of a function, branch or comprehension, and the fresh names of a machine.

Owns which variable of the machine a Python name stands for. What the variable holds is `lower_state`.
"""

import ast
from collections.abc import Callable
from dataclasses import field, replace
from typing import Literal

from pysfnc.frontend.core.lower_values import Value
from pysfnc.frontend.declarations.records import Record
from pysfnc.frontend.program.model import ClassInfo, ModuleInfo
from pysfnc.frontend.program.scope import Scope
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.values.types import Type


class Names(NameSupply):
    """Fresh names that can be taken back when an attempt at lowering is given up."""

    def __init__(self) -> None:
        super().__init__()
        self._taken: dict[str, None] = {}

    def mark(self) -> tuple[int, int]:
        """The present moment, for `reset`."""
        return self._next, len(self._taken)

    def reset(self, mark: tuple[int, int]) -> None:
        """Take back the names handed out since."""
        self._next = mark[0]
        while len(self._taken) > mark[1]:
            self._taken.popitem()

    def is_newer(self, name: str, mark: tuple[int, int]) -> bool:
        """Whether a name was handed out since a moment."""
        _, numbered, number = name.rpartition(self._mark)
        return int(number) > mark[0] if numbered else name in list(self._taken)[mark[1] :]

    def number(self) -> int:
        """A number that was not handed out before."""
        self._next += 1
        return self._next

    def variable(self, name: str) -> str:
        """The name of a variable: the one in the program, made unique when it is taken."""
        made = self.fresh(name) if name in self._taken else name
        self._taken[made] = None
        return made

    def is_variable(self, name: str) -> bool:
        """Whether a name is that of a variable of the program, and not of a temporary, which nobody but its maker reads."""
        return name in self._taken


@dataclass(slots=True)
class LateReturn:
    """A `return` that reads its variables behind a `finally`.

    `parts` are the assignments that take its place, `rest` is what is returned at `label`, behind the `finally`.
    """

    node: ast.Return
    rest: ast.Return
    label: str
    parts: list[ast.stmt] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Frame:
    """One activation of a function, or the scope of one comprehension.

    `region` is the branch that owns its variables: 0 is the machine itself. In `names` a parameter may stand for a variable of
    the caller (they are never rebound, so both names always hold the same object).
    """

    scope: Scope
    module: ModuleInfo
    region: int
    kind: Literal["function", "branch", "comprehension", "module"]
    parent: "Frame | None" = None
    title: str = ""
    """The function's name for messages."""
    node: ast.AST | None = None
    is_async: bool = False
    owner: "tuple[Record, ClassInfo] | None" = None
    """Of a method: the class of its object, and the class that defines it."""
    names: dict[str, str] = field(default_factory=dict)
    borrowed: dict[str, bool] = field(default_factory=dict)
    """Those of `names` that are variables of others, which parameters stand for, and whether these may be bound again."""
    exit_label: str | None = None
    """Where `return` goes: None ends the machine or the branch."""
    result: str | None = None
    """The variable that `return` assigns when there is an exit label."""
    result_types: list[Type] = field(default_factory=list)
    returned: list[Value] = field(default_factory=list)
    loops: list[str] = field(default_factory=list)
    """Labels of the loops around the present point, inside this frame."""
    late: dict[ast.Return, LateReturn] = field(default_factory=dict)
    """Returns that wait for a `finally` around the present point."""
    receive: "Callable[[Value], None] | None" = None
    """Of a generator that is written where its items are used: what lowers the use of one, at a `yield`."""
    consumer: "Frame | None" = None
    """The frame of that use."""

    def mark(self) -> tuple[dict[str, str], int, int]:
        """The present moment, for `reset`."""
        return dict(self.names), len(self.result_types), len(self.returned)

    def reset(self, mark: tuple[dict[str, str], int, int]) -> None:
        """Forget what happened since."""
        self.names = dict(mark[0])
        del self.result_types[mark[1] :]
        del self.returned[mark[2] :]


def lookup_frame(frame: Frame, name: str) -> Frame | None:
    """The frame whose variable a name is, None when it is no local variable here."""
    current: Frame | None = frame
    while current is not None:
        if name in current.scope.globals:
            return None
        if name in current.scope.bound:
            return current
        current = current.parent
    return None


def variable_of(frame: Frame, name: str, names: Names) -> str:
    """The variable of the machine that a name of this very frame stands for."""
    found = frame.names.get(name)
    if found is None:
        found = frame.names[name] = names.variable(name)
    return found


def hidden_variable(frame: Frame, title: str, names: Names) -> str:
    """A new variable of a frame; its name for syntax trees, which no program can have."""
    name = f"<{names.fresh(title)}>"
    frame.scope = replace(frame.scope, bound=frame.scope.bound | {name})
    frame.names[name] = names.variable(names.fresh(title))
    return name

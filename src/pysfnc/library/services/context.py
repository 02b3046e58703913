"""`pysfnc.context`: the parts of the Context object of Step Functions that a program can read.

Owns the table. Their names in Python are those of `pysfnc.lang.context`.
"""

from collections.abc import Callable
from typing import Final

from pysfnc.jsonata.tree import Field, Ref, Tree
from pysfnc.lean import dataclass
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import PrimRow
from pysfnc.values.types import JSON, STR, Type

ROOT: Final = "pysfnc.context"
CONTEXT: Final = Field(Ref("states"), "context")


@dataclass(frozen=True, slots=True)
class ContextField:
    """One part: its path in the Context object, and its type."""

    path: tuple[str, str]
    type: Type = STR

    @property
    def tree(self) -> Tree:
        """Where a machine finds it."""
        return Field(Field(CONTEXT, self.path[0]), self.path[1])


FIELDS: Final[dict[str, ContextField]] = {
    f"{ROOT}.execution.id": ContextField(("Execution", "Id")),
    f"{ROOT}.execution.name": ContextField(("Execution", "Name")),
    f"{ROOT}.execution.start_time": ContextField(("Execution", "StartTime")),
    f"{ROOT}.execution.role_arn": ContextField(("Execution", "RoleArn")),
    f"{ROOT}.execution.input": ContextField(("Execution", "Input"), JSON),
    f"{ROOT}.state_machine.id": ContextField(("StateMachine", "Id")),
    f"{ROOT}.state_machine.name": ContextField(("StateMachine", "Name")),
}
"""By the dotted name that a program writes."""


def _lowering(field: ContextField) -> Callable[..., Tree]:
    return lambda _args, _type: field.tree


for _name, _field in FIELDS.items():
    register_prim(PrimRow(op=_name, lower=_lowering(_field)))

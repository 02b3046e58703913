"""Child executions: the ARN of their machine, their input, and what comes back. Made by the compiler, never written by a program."""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Binary, Call, Field, IfElse, Lit, Placeholder, Regex, Tree
from pysfnc.library.rows.make import call, text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow
from pysfnc.library.rows.shapes import array_of
from pysfnc.values.types import Type

ARN: Final = "child.arn"
"""The ARN of a machine of the same program, by the name of its placeholder."""
JSON_TEXT: Final = "child.input"
"""The JSON text of an input that may be no object."""
OUTPUT: Final = "child.output"
"""The output of a child that Step Functions waited for (`.sync:2`)."""
SUCCEEDED: Final = "child.succeeded"
PARSED: Final = "child.parsed"
ERROR: Final = "child.error"
CAUSE: Final = "child.cause"
"""What `StartSyncExecution` answers about an Express child."""


def _placeholder(args: Sequence[Arg], _type: Type) -> Tree:
    tree = args[0].tree
    assert isinstance(tree, Lit) and isinstance(tree.value, str), "the frontend gives names as constants"
    return Placeholder(tree.value)


def _member(name: str, other: str = "") -> "PrimRow":
    def lower(args: Sequence[Arg], _type: Type) -> Tree:
        value = Field(args[0].tree, name)
        return IfElse(call("exists", value), value, text(other))

    return PrimRow(op={"Error": ERROR, "Cause": CAUSE}[name], lower=lower)


def _json_text(args: Sequence[Arg], _type: Type) -> Tree:
    """The text of an array of the value, without the brackets: `$string` leaves texts as they are."""
    return call("replace", call("string", array_of([args[0]])), Regex(r"^\[|\]$"), text(""))


register_prim(PrimRow(op=ARN, lower=_placeholder))
register_prim(PrimRow(op=JSON_TEXT, lower=_json_text))
register_prim(PrimRow(op=OUTPUT, lower=lambda args, _: Field(args[0].tree, "Output")))
register_prim(
    PrimRow(op=SUCCEEDED, lower=lambda args, _: Binary("=", Field(args[0].tree, "Status"), text("SUCCEEDED")))
)
register_prim(PrimRow(op=PARSED, lower=lambda args, _: Call("parse", (Field(args[0].tree, "Output"),))))
register_prim(_member("Error", "States.TaskFailed"))
register_prim(_member("Cause"))

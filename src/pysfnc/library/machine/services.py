"""What the compiler writes around calls of services; no program writes it."""

from typing import Final

from pysfnc.jsonata.tree import Call, Field, Ref, Tree
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import PrimRow

TOKEN: Final[Tree] = Field(Field(Field(Ref("states"), "context"), "Task"), "Token")
"""The token of a `.waitForTaskToken` task; the Context object has it only while the state's own Arguments are evaluated."""

register_prim(PrimRow(op="service.uuid", lower=lambda _args, _type: Call("uuid", ())))
register_prim(PrimRow(op="client.held", lower=lambda args, _: args[0].tree))
register_prim(PrimRow(op="client.text", lower=lambda args, _: args[0].tree))
register_prim(PrimRow(op="service.token", lower=lambda _args, _type: TOKEN))

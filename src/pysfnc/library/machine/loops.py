"""Operations of loops that run over several states, and of what is handed into branches.

`plan` makes them; no program writes them. None of them can fail.
"""

from collections.abc import Sequence

from pysfnc.jsonata.tree import Binary, Call, Field, IfElse, Index, Lit, Neg, Object, Tree
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow
from pysfnc.values.types import Type

register_prim(PrimRow(op="loop.more", lower=lambda args, _: Binary("<", args[1].tree, Call("count", (args[0].tree,)))))
register_prim(PrimRow(op="loop.item", lower=lambda args, _: Index(args[0].tree, args[1].tree)))
register_prim(PrimRow(op="loop.next", lower=lambda args, _: Binary("+", args[0].tree, Lit(1))))
register_prim(PrimRow(op="loop.step", lower=lambda args, _: Binary("+", args[0].tree, args[1].tree)))
register_prim(PrimRow(op="loop.is_way", lower=lambda args, _: Binary("=", args[0].tree, args[1].tree)))


def _part(args: Sequence[Arg], _type: Type) -> Tree:
    name = args[1].tree
    assert isinstance(name, Lit) and isinstance(name.value, str)
    return Field(args[0].tree, name.value)


def _pack(args: Sequence[Arg], _type: Type) -> Tree:
    return Object(tuple((key.tree, value.tree) for key, value in zip(args[::2], args[1::2], strict=True)))


register_prim(PrimRow(op="scope.part", lower=_part))
register_prim(PrimRow(op="scope.pack", lower=_pack))


def _within(args: Sequence[Arg], _type: Type) -> Tree:
    index, stop, step = (arg.tree for arg in args)
    up, down = Binary("<", index, stop), Binary(">", index, stop)
    if isinstance(step, Lit) and isinstance(step.value, int):
        return up if step.value > 0 else down
    if isinstance(step, Neg):
        return down
    return IfElse(Binary(">", step, Lit(0)), up, down)


register_prim(PrimRow(op="loop.within", lower=_within))

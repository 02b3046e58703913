"""Deques, which the machine holds as the list of their items."""

from dataclasses import replace

from pysfnc.ir.exprs import Expr, Prim
from pysfnc.values.types import DequeT, ListT


def listed(value: Expr) -> Expr:
    """A deque as the list of its items, for whoever makes no difference between them; any other value as it is."""
    if not isinstance(value.type, DequeT):
        return value
    return Prim(op="deque.items", args=(value,), type=ListT(value.type.item), span=value.span)


def list_held(value: Expr) -> Expr:
    """The list that stands for a deque in a variable, to be changed there."""
    return replace(value, type=ListT(value.type.item)) if isinstance(value.type, DequeT) else value


def as_deque(value: Expr) -> Expr:
    """A list that nobody else has, as the deque of its items."""
    return replace(value, type=DequeT(value.type.item)) if isinstance(value.type, ListT) else value

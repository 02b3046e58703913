"""Deques, which the machine holds as the list of their items."""

from dataclasses import replace

from pysfnc.ir.exprs import Expr
from pysfnc.values.types import DequeT, ListT


def listed(value: Expr) -> Expr:
    """A deque as the list of its items, for whoever makes no difference between them; any other value as it is."""
    return replace(value, type=ListT(value.type.item)) if isinstance(value.type, DequeT) else value


def as_deque(value: Expr) -> Expr:
    """A list that nobody else has, as the deque of its items."""
    return replace(value, type=DequeT(value.type.item)) if isinstance(value.type, ListT) else value

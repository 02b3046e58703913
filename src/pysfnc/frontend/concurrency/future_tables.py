"""Containers with futures or coroutines in them: dicts by key, lists of tuples. See `lower_future_tables`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pysfnc.ir.exprs import Expr
from pysfnc.lean import dataclass

if TYPE_CHECKING:
    from pysfnc.frontend.concurrency.future_values import Future, FutureList
    from pysfnc.frontend.core.lower_context import Context
    from pysfnc.frontend.core.lower_values import Value


@dataclass(frozen=True, slots=True, eq=False)
class KeyedFutures:
    """`{k: pool.submit(f, k) for k in ks}`: `positions` is a dict with the number of the future at each key.

    `distinct`: each of the futures has a key.
    """

    futures: "tuple[Future, ...] | FutureList"
    positions: Expr
    distinct: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class KeyedCoroutines:
    """`{k: f(k) for k in ks}` of an async function: `table` is a dict with the arguments of the call at each key."""

    table: Expr
    element: "Callable[[Context, Expr], Value]"


@dataclass(frozen=True, slots=True, eq=False)
class FutureRows:
    """A list of things that hold futures: `step` makes one of an item of `items`, once `futures` have ended."""

    futures: "tuple[Future, ...] | FutureList"
    items: Expr
    step: "Callable[[Context, Expr], Value]"
    what: str = "a list of tuples with futures"


def keys_of_table(value: KeyedFutures | KeyedCoroutines) -> Expr:
    """The dict of data with the same keys."""
    return value.positions if isinstance(value, KeyedFutures) else value.table

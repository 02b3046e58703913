"""Resources of boto3 as values of the lowering: the resource itself, and what gives several of them."""

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from pysfnc.ir.exprs import Expr, Var
from pysfnc.lean import dataclass

if TYPE_CHECKING:
    from pysfnc.aws.boto3_collections import Items
    from pysfnc.frontend.core.lower_values import Value

__all__ = ["Collected", "ResourceOf"]


@dataclass(frozen=True, slots=True)
class ResourceOf:
    """A resource of another service, `boto3.resource("sqs")`, or (`kind`) one that it made: `resource.Queue(url)`.

    data: what boto3 knows of it out of the answer that it came with, where it never changes. held: the variable of the data that boto3 loads and
    forgets; region: where that was made. this: the variable that holds the object which it is (`held_resources`).
    is_listed: it was taken out of a list of data.
    """

    service: str
    kind: str
    identifiers: tuple[Expr, ...]
    data: Expr | None = None
    held: str = ""
    region: object = None
    this: Var | None = None
    is_listed: bool = False

    def having(self, data: Expr | None) -> "ResourceOf":
        """The same with data that never changes."""
        return replace(self, data=data)

    def holding(self, variable: str, region: object) -> "ResourceOf":
        """The same with a variable of its data."""
        return replace(self, held=variable, region=region)


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """A collection, `bucket.objects`, or the resources of one `answer`. The arguments are evaluated.

    listed: the list of what the answers hold, where Python has a list of the resources.
    params: those of `filter`, `limit` and `page_size`. is_manager: no `all()` or the like was called yet, and Python cannot go through it.
    """

    parent: ResourceOf
    name: str
    items: "Items"
    node: ast.expr
    params: "tuple[tuple[str, Value], ...]" = ()
    answer: Expr | None = None
    listed: Expr | None = None
    is_manager: bool = False

    def __eq__(self, other: object) -> bool:
        """Lists that one variable holds, whichever call they are of, are the same; the data says which of them it is."""
        if not isinstance(other, Collected) or self.listed is None or other.listed is None:
            return self is other
        own, its = ((one.parent, one.name, one.items, one.params, one.listed) for one in (self, other))
        return own == its

    __hash__ = object.__hash__

"""Resources of boto3 as values of the lowering: the resource itself, and what gives several of them."""

import ast
from typing import TYPE_CHECKING

from pysfnc.ir.exprs import Expr
from pysfnc.lean import dataclass

if TYPE_CHECKING:
    from pysfnc.aws.boto3_collections import Items
    from pysfnc.frontend.lower_values import Value

__all__ = ["Collected", "ResourceOf"]


@dataclass(frozen=True, slots=True)
class ResourceOf:
    """A resource of another service, `boto3.resource("sqs")`, or (`kind`) one that it made: `resource.Queue(url)`.

    data: what boto3 knows of it out of the answer that it came with.
    """

    service: str
    kind: str
    identifiers: tuple[Expr, ...]
    data: Expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """A collection, `bucket.objects`, or the resources of one `answer`. The arguments are evaluated.

    params: those of `filter`, `limit` and `page_size`. is_manager: no `all()` or the like was called yet, and Python cannot go through it.
    """

    parent: ResourceOf
    name: str
    items: "Items"
    node: ast.expr
    params: "tuple[tuple[str, Value], ...]" = ()
    answer: Expr | None = None
    is_manager: bool = False

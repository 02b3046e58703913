"""Values of boto3 that exist only while compiling: clients, resources, tables, waiters, paginators, datasets."""

import ast
from typing import TYPE_CHECKING

from pysfnc.frontend.aws.resource_values import ResourceOf
from pysfnc.frontend.program.model import TaskOptions
from pysfnc.ir.exprs import Expr
from pysfnc.lean import dataclass
from pysfnc.values.types import Type

if TYPE_CHECKING:
    from pysfnc.frontend.calls.lower_arguments import Arguments


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """`s3_csv(...)`: what a distributed Map reads, as the arguments of a call of S3; `item` is the type of its items."""

    kind: str
    resource: str
    arguments: Expr
    reading: Expr | None
    item: Type


@dataclass(frozen=True, slots=True, eq=False)
class ResultsPlace:
    """`s3_results(...)`: where a distributed Map writes, as the arguments of a call of S3."""

    arguments: Expr


@dataclass(frozen=True, slots=True)
class Session:
    """A session of boto3."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client of boto3 for a service."""

    service: str


@dataclass(frozen=True, slots=True)
class ClientExceptions:
    """`client.exceptions`."""

    service: str


@dataclass(frozen=True, slots=True)
class ClientMethod:
    """A method of a client that calls an operation."""

    service: str
    name: str


@dataclass(frozen=True, slots=True)
class Resource:
    """`boto3.resource("dynamodb")`."""


@dataclass(frozen=True, slots=True)
class ResourceMeta:
    """`.meta` of a resource or table, and (`is_client`) the client in it, of which only the exceptions are known."""

    is_client: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """`resource.Table(name)`. made: the same as a resource that can be loaded; None for one that was kept as a value."""

    name: Expr
    made: ResourceOf | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BatchWriter:
    """`table.batch_writer()`. `held`: the variable of the requests that wait; `keys`: those of `overwrite_by_pkeys`; `region`: where it was made."""

    table: Table
    held: str
    keys: tuple[str, ...]
    region: object


@dataclass(frozen=True, slots=True, eq=False)
class TableMethod:
    """A method of a table that calls an operation."""

    table: Table
    name: str


@dataclass(frozen=True, slots=True)
class AttributeName:
    """`Key(name)` or `Attr(name)` of `boto3.dynamodb.conditions`, or the size of one."""

    name: str
    is_key: bool
    is_size: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A condition on attributes: its text, with `{0}` and so on in place of `parts`. `is_in`: the last part is a list of values."""

    template: str
    parts: "tuple[Condition | AttributeName | Expr, ...]"
    is_in: bool = False


@dataclass(frozen=True, slots=True)
class WaiterOf:
    """`client.get_waiter(name)`."""

    service: str
    name: str


@dataclass(frozen=True, slots=True)
class PaginatorOf:
    """`client.get_paginator(name)`."""

    service: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Pages:
    """What `paginate(...)` gives: an iterator over answers. The arguments are evaluated; `options` are those of `PaginationConfig`.

    starts: the markers of the first page, one for each input token of the paginator, or none of them.
    """

    paginator: PaginatorOf
    options: tuple[tuple[str, Expr], ...]
    given: "Arguments"
    node: ast.expr
    starts: tuple[Expr, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether pages are left out, or cut."""
        return not {"MaxItems", "StartingToken"}.isdisjoint(dict(self.options))


@dataclass(frozen=True, slots=True)
class JobOf:
    """`run_job(client.method, ...)`: a function that runs the job."""

    method: ClientMethod
    options: TaskOptions

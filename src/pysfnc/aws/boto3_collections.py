"""Collections of boto3's resources, and methods that make resources of an answer, as `resources-1.json` describes them.

Facts: `boto3.resources.collection` and `boto3.resources.response`. A collection is the answers of a call, which is paged where the client has a
paginator; every item of a list in them becomes a resource, whose identifiers and data are of that item. The data of a resource is looked up by the
names of its shape's members, in Python's form.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pysfnc.aws.names import method_name
from pysfnc.aws.services import service
from pysfnc.lean import dataclass

__all__ = [
    "Batch",
    "Items",
    "Param",
    "batch_of",
    "collection_of",
    "items_of",
    "members_of",
    "method_of",
    "params_of",
    "reference_of",
]

_LIST: Final = re.compile(r"(?P<path>\w+\[\](?:\.\w+\[\])*)(?:\.(?P<rest>\w+))?")
_LISTS: Final = re.compile(r"\[(?P<path>\w+(?:,\w+)*)\]\|\[\](?:\.(?P<rest>\w+))?")
_PLAIN: Final = re.compile(r"\w+(\.\w+)*")


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter that boto3 fills in. `target`: where, `Filters[0].Name`; `value`: the name of an identifier or member, or a constant."""

    target: str
    source: str
    value: Any


@dataclass(frozen=True, slots=True)
class Items:
    """How an answer becomes resources of a kind.

    method: of a client. paths: the lists whose items they are, each through its outer lists; none for a single resource of the whole answer.
    identifiers: where each comes from, in the order of the kind: ("identifier", name), ("request", parameter), or ("item", member of the item, or
    path in the answer; "" for the item itself). has_data: the item is the data of the resource. of_request: the lists are those of the request.
    """

    method: str
    params: tuple[Param, ...]
    kind: str
    paths: tuple[tuple[str, ...], ...]
    identifiers: tuple[tuple[str, str], ...]
    has_data: bool
    of_request: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """A method of a collection: one call for each page."""

    method: str
    params: tuple[Param, ...]


def collection_of(owner: str, given: Mapping[str, Any], names: Iterable[str]) -> Items | None:
    """A collection; None for one whose description goes beyond what is known here. names: the identifiers of its kind."""
    found = items_of(owner, given, names)
    return found if found is not None and found.paths else None


def items_of(owner: str, given: Mapping[str, Any], names: Iterable[str]) -> Items | None:
    """What a call makes; None for what goes beyond what is known here."""
    params = params_of(given["request"])
    return None if params is None else _items(method_of(owner, given["request"]), params, given["resource"], names)


def _items(method: str, params: tuple[Param, ...], made: Mapping[str, Any], names: Iterable[str]) -> Items | None:
    read = {method_name(each["target"]): _identifier(each) for each in made.get("identifiers", ())}
    order = tuple(names)
    if set(read) != set(order) or None in read.values():
        return None
    known = [each for each in (read[name] for name in order) if each is not None]
    paths = {path for _, path, _ in known if path is not None}
    wanted = made.get("path")
    if wanted is not None and paths and {_lists(wanted)} != {(path, "") for path in paths}:
        return None
    sources = {source for source, path, _ in known if path is not None}
    if len(paths) > 1 or len(sources) > 1:
        return None
    return Items(
        method,
        params,
        made["type"],
        next(iter(paths), ()),
        tuple(("item" if path is not None else source, value) for source, path, value in known),
        wanted is not None and bool(paths),
        sources == {"request"},
    )


def reference_of(given: Mapping[str, Any], names: Iterable[str]) -> Items | None:
    """A resource, or several, that the data of another one names: the data stands in the place of an answer."""
    return _items("", (), given["resource"], names)


def batch_of(owner: str, given: Mapping[str, Any]) -> Batch | None:
    """A method of a collection; None for one that makes resources of its answers."""
    params = params_of(given["request"])
    return None if params is None or "resource" in given else Batch(method_of(owner, given["request"]), params)


def members_of(owner: str, shape: str | None, taken: Iterable[str]) -> Mapping[str, str]:
    """The attributes of a resource that are members of its shape: Python's name -> the member. taken: names that mean something else."""
    if shape is None:
        return {}
    found = {method_name(name): name for name in service(owner).shape(shape).members}
    return {name: member for name, member in found.items() if name not in set(taken)}


def method_of(owner: str, request: Mapping[str, Any]) -> str:
    """The method of a client for the operation of a request."""
    return next(method for method, operation in service(owner).methods.items() if operation == request["operation"])


def params_of(request: Mapping[str, Any]) -> tuple[Param, ...] | None:
    """What boto3 fills in of a request; None for what goes beyond what is known here."""
    found: list[Param] = []
    for each in request.get("params", ()):
        match each["source"]:
            case "identifier":
                found.append(Param(each["target"], "identifier", method_name(each["name"])))
            case "data":
                found.append(Param(each["target"], "data", each["path"]))
            case "string" | "integer" | "boolean":
                found.append(Param(each["target"], "constant", each["value"]))
            case _:
                return None
    return tuple(found)


def _identifier(given: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, ...], ...] | None, str] | None:
    """Source, lists, and name of one identifier."""
    match given["source"]:
        case "identifier":
            return "identifier", None, method_name(given["name"])
        case "requestParameter" if given["path"].isidentifier():
            return "request", None, given["path"]
        case "requestParameter" if (lists := _lists(given["path"])) is not None:
            return "request", lists[0], lists[1]
        case "response" | "data":
            lists = _lists(given["path"])
            if lists is not None:
                return "item", lists[0], lists[1]
            return ("item", None, given["path"]) if _PLAIN.fullmatch(given["path"]) else None
    return None


def _lists(path: str) -> tuple[tuple[tuple[str, ...], ...], str] | None:
    """The lists that a path goes through, and what it takes of their items."""
    one, several = _LIST.fullmatch(path), _LISTS.fullmatch(path)
    if one is not None:
        return (tuple(one["path"].replace("[]", "").split(".")),), one["rest"] or ""
    if several is not None:
        return tuple((name,) for name in several["path"].split(",")), several["rest"] or ""
    return None

"""boto3's resources, read from its files without importing it: which objects there are, and which call of a client each of their methods is.

Owns: the parts of `boto3/data/<service>/<API version>/resources-1.json` that a single call stands for.

Facts: the layout is that of `boto3.resources.model`. A method of a resource passes its identifiers and its own constants, and what it is given; it
gives the answer of the client as it is, unless the file says that it makes other resources of it.
"""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pysfnc.aws.boto3_collections import (
    Batch,
    Items,
    Param,
    batch_of,
    collection_of,
    items_of,
    members_of,
    method_of,
    params_of,
    reference_of,
)
from pysfnc.aws.boto3_loads import LOADED_BY_CODE, Load, Waiting, load_of, waiters_of
from pysfnc.aws.names import method_name
from pysfnc.lean import dataclass

__all__ = ["Action", "Kind", "Made", "kinds", "resource_services"]


@dataclass(frozen=True, slots=True)
class Made:
    """How a resource is made by another: its kind, and where each identifier comes from: one of the other (its name), or the caller (None)."""

    kind: str
    identifiers: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """A method that is a call. `method`: of a client. `params`: what boto3 fills in, None where that is more than identifiers and constants.

    `is_plain`: it gives the answer as it is. items: the resources that it gives instead.
    """

    method: str
    params: tuple[Param, ...] | None
    is_plain: bool
    items: Items | None = None

    @property
    def is_known(self) -> bool:
        """Whether it has a compiled form."""
        return self.params is not None and (self.is_plain or self.items is not None)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource; the service itself is the one without a name. Names are those of Python.

    batches: methods of collections of this kind. members: attributes that are in its data, with their names there. load: the call for that data.
    references: attributes that are resources which its data names. forgets: boto3 can load it, so that a method of it forgets the data.
    """

    name: str
    identifiers: tuple[str, ...]
    actions: Mapping[str, Action]
    makes: Mapping[str, Made]
    collections: Mapping[str, Items]
    batches: Mapping[str, Batch]
    members: Mapping[str, str]
    load: Load | None
    forgets: bool
    waiters: Mapping[str, Waiting]
    references: Mapping[str, Items]

    @property
    def described(self) -> frozenset[str]:
        """The attributes that take its data."""
        return frozenset((*self.members, *self.references))


@cache
def _folder() -> Path | None:
    spec = importlib.util.find_spec("boto3")
    places = None if spec is None else spec.submodule_search_locations
    return Path(places[0]) / "data" if places else None


@cache
def resource_services() -> tuple[str, ...]:
    """The names that `boto3.resource` takes."""
    folder = _folder()
    return () if folder is None else tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))


@cache
def kinds(name: str) -> Mapping[str, Kind]:
    """The kinds of resources of a service, the service itself under an empty name."""
    folder = _folder()
    assert folder is not None and name in resource_services()
    path = max((folder / name).glob("*/resources-1.json"))
    read = json.loads(path.read_bytes())
    given = read.get("resources", {})
    names = {kind: _identifiers(each) for kind, each in given.items()}
    found = {kind: _kind(name, kind, each, names) for kind, each in given.items()}
    own = _kind(name, "", read["service"], names)
    # The service makes every kind of its identifiers; the file says so only of some.
    said = {made.kind for made in own.makes.values()}
    every = {kind: Made(kind, (None,) * len(each.identifiers)) for kind, each in found.items() if kind not in said}
    return {"": replace(own, makes=every | dict(own.makes)), **found}


def _identifiers(given: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(method_name(each["name"]) for each in given.get("identifiers", ()))


def _kind(owner: str, name: str, found: Mapping[str, Any], names: Mapping[str, tuple[str, ...]]) -> Kind:
    actions = {
        method_name(action): _action(owner, given, names.get(given.get("resource", {}).get("type", ""), ()))
        for action, given in found.get("actions", {}).items()
    }
    makes = {key: _made(given["resource"]) for key, given in found.get("has", {}).items()}
    collections = {
        method_name(key): collection_of(owner, given, names[given["resource"]["type"]])
        for key, given in found.get("hasMany", {}).items()
    }
    # What takes data is an attribute, with a name like one; other resources are made by a call.
    references = {
        method_name(key): reference_of(given, names[given["resource"]["type"]])
        for key, given in found.get("has", {}).items()
        if any(each["source"] == "data" for each in given["resource"].get("identifiers", ()))
    }
    batches = {method_name(key): batch_of(owner, given) for key, given in found.get("batchActions", {}).items()}
    taken = ("meta", "load", "reload", *_identifiers(found), *actions, *map(method_name, makes), *collections)
    return Kind(
        name,
        _identifiers(found),
        actions,
        {key: made for key, made in makes.items() if made is not None},
        {key: items for key, items in collections.items() if items is not None},
        {key: batch for key, batch in batches.items() if batch is not None},
        members_of(owner, found.get("shape"), taken),
        LOADED_BY_CODE.get((owner, name)) or load_of(owner, found.get("load")),
        "load" in found or (owner, name) in LOADED_BY_CODE,
        waiters_of(found.get("waiters", {})),
        {key: items for key, items in references.items() if items is not None},
    )


def _action(owner: str, given: Mapping[str, Any], names: tuple[str, ...]) -> Action:
    params = params_of(given["request"])
    if params is not None and any(each.source == "data" for each in params):
        params = None
    makes = "resource" in given
    return Action(
        method_of(owner, given["request"]),
        params,
        not makes and "path" not in given,
        items_of(owner, given, names) if makes else None,
    )


def _made(given: Mapping[str, Any]) -> Made | None:
    sources: list[str | None] = []
    for each in given.get("identifiers", ()):
        if each["source"] not in ("input", "identifier"):
            return None
        sources.append(method_name(each["name"]) if each["source"] == "identifier" else None)
    return Made(given["type"], tuple(sources))

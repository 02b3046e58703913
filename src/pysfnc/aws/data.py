"""botocore's description of AWS, read from its files without importing it.

Owns: where the files are, which version counts, reading them once.
Does not own: what they say (services.py, shapes.py). Importing botocore costs a tenth of a second and more, and the
compiler needs none of its code; its data are plain JSON.

Facts: the layout is that of `botocore.loaders`: `data/<service>/<API version>/<kind>.json[.gz]`, the newest version
counts, and what stands under `merge` in `<kind>.sdk-extras.json` is merged into it.
"""

import ast
import gzip
import importlib.util
import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Final

from pysfnc.diagnostics.nearest import nearest

__all__ = ["BotocoreMissing", "UnknownService", "method_names", "model", "service_names", "table"]

Json = dict[str, Any]

_MODEL: Final = "service-2"


class BotocoreMissing(Exception):
    """botocore is not installed, so nothing is known about AWS."""

    def __init__(self) -> None:
        super().__init__("botocore is not installed, which describes the services of AWS: pip install boto3")


class UnknownService(LookupError):
    """boto3 has no client of that name.

    name: as given. nearest: the name that it may have been meant to be, or None.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.nearest = nearest(name, service_names())
        near = f", a service `{self.nearest}` exists" if self.nearest else ""
        super().__init__(f"boto3 has no service `{name}`{near}")


@cache
def _folder() -> Path:
    spec = importlib.util.find_spec("botocore")
    places = None if spec is None else spec.submodule_search_locations
    if not places:
        raise BotocoreMissing
    return Path(places[0])


@cache
def service_names() -> tuple[str, ...]:
    """The names that `boto3.client` takes, sorted."""
    return tuple(sorted(entry.name for entry in os.scandir(_folder() / "data") if entry.is_dir()))


@cache
def _version_folder(service: str) -> Path:
    # A name with a separator would lead out of the folder.
    if service not in service_names():
        raise UnknownService(service)
    versions = [entry for entry in (_folder() / "data" / service).iterdir() if (entry / f"{_MODEL}.json.gz").is_file()]
    if not versions:
        raise UnknownService(service)
    return max(versions, key=lambda entry: entry.name)


@cache
def model(service: str) -> Json:
    """The model of a service: `metadata`, `operations`, `shapes`. Shared: not to be changed.

    Raises `UnknownService`, `BotocoreMissing`.
    """
    folder = _version_folder(service)
    read = json.loads(gzip.decompress((folder / f"{_MODEL}.json.gz").read_bytes()))
    _add_extras(read, folder, _MODEL)
    assert isinstance(read, dict)
    return read


@cache
def table(service: str, kind: str) -> Json:
    """Another file of a service, "waiters-2" or "paginators-1"; empty if the service has none."""
    folder = _version_folder(service)
    path = folder / f"{kind}.json"
    read: Json = json.loads(path.read_bytes()) if path.is_file() else {}
    _add_extras(read, folder, kind)
    return read


def _add_extras(read: Json, folder: Path, kind: str) -> None:
    path = folder / f"{kind}.sdk-extras.json"
    if path.is_file():
        _merge(read, json.loads(path.read_bytes()).get("merge", {}))


def _merge(base: Json, extra: Json) -> None:
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = value


@cache
def method_names() -> dict[str, str]:
    """Operations whose method name follows no rule, such as "ExecutePartiQLBatch", with that name.

    botocore keeps them in a table in its code, which is read here as text.
    """
    tree = ast.parse((_folder() / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "_xform_cache" for target in node.targets
        ):
            names: dict[tuple[str, str], str] = ast.literal_eval(node.value)
            return {operation: name for (operation, separator), name in names.items() if separator == "_"}
    return {}

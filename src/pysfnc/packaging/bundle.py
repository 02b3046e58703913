"""The Lambda zip: the program's modules, its requirements, the handler, the registration and the runtime.

Owns what goes in and the bytes: entries sorted, date 1980-01-01, files 0644 and folders 0755 made by "Unix", one
compression level. So the same input gives the same bytes on one version of zlib, and Lambda's `CodeSha256` tells
whether an update is needed. Compiled files (``.pyc``) never go in.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

import pysfnc
from pysfnc.lang.bootstrap import REGISTRATION_FILE, REGISTRATION_VERSION
from pysfnc.packaging.errors import PackagingFailed
from pysfnc.packaging.files import checked_entry_name, read_inside, system_errors_as, write_atomically
from pysfnc.packaging.model import BuildPlan, BuiltZip, FunctionSpec
from pysfnc.packaging.requirements import installed, installed_files, read_requirements

HANDLER_FILE: Final = "pysfnc_handler.py"
MAX_UNPACKED_BYTES: Final = 262_144_000  # AWS guide, "Lambda quotas": deployment package, unzipped

_HANDLER_SOURCE: Final = '''"""The handler: it calls what pysfnc_functions.json registers, and nothing else."""

from pysfnc.lang.bootstrap import make_handler

handler = make_handler(__file__)
'''
_RESERVED_NAMES: Final = frozenset({"pysfnc", "pysfnc_handler", REGISTRATION_FILE.partition(".")[0]})
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_FILE_ATTRIBUTES: Final = 0o100644 << 16
_FOLDER_ATTRIBUTES: Final = 0o040755 << 16 | 0x10


def build_lambda_zip(plan: BuildPlan, out_path: Path) -> BuiltZip:
    """Write the zip of `plan` to `out_path`, whole or not at all.

    Raises:
        PackagingFailed: a module, a requirement or the disk does not allow it.
    """
    entries = zip_entries(plan)
    unpacked = sum(map(len, entries.values()))
    if unpacked > MAX_UNPACKED_BYTES:
        raise PackagingFailed(f"the zip would hold {unpacked:,} bytes unpacked; Lambda takes {MAX_UNPACKED_BYTES:,}")
    write_atomically(out_path, lambda file: write_zip(file, entries))
    with system_errors_as(f"cannot read {out_path}"):
        content = out_path.read_bytes()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return BuiltZip(out_path, len(content), unpacked, digest)


def zip_entries(plan: BuildPlan) -> dict[str, bytes]:
    """Every file of the zip: path -> content.

    Raises:
        PackagingFailed: a path or a name cannot be used, a file cannot be read, a requirement cannot be installed.
    """
    _check_functions(plan.functions)
    entries = {checked_entry_name(name): read_inside(path, plan.project_root) for name, path in plan.modules.items()}
    _check_names(entries)
    site = installed(read_requirements(plan.requirements), plan.target) if plan.requirements else None
    if site is not None:
        _add_requirements(entries, site)
    entries.update(_runtime_files())
    entries[HANDLER_FILE] = _HANDLER_SOURCE.encode()
    entries[REGISTRATION_FILE] = _registration(plan.functions)
    return entries


def write_zip(file: BinaryIO, entries: dict[str, bytes]) -> None:
    """Write `entries` as a zip whose bytes depend on nothing else."""
    folders = {f"{parent}/" for name in entries for parent in _parents(name)}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(folders | entries.keys()):
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = _UNIX
            info.external_attr = _FOLDER_ATTRIBUTES if name in folders else _FILE_ATTRIBUTES
            info.compress_type = zipfile.ZIP_STORED if name in folders else zipfile.ZIP_DEFLATED
            archive.writestr(info, entries.get(name, b""))


def _parents(name: str) -> Iterable[str]:
    parts = name.split("/")[:-1]
    return ("/".join(parts[: index + 1]) for index in range(len(parts)))


def _check_functions(functions: tuple[FunctionSpec, ...]) -> None:
    names = [spec.name for spec in functions]
    for name in names:
        if names.count(name) > 1:
            raise PackagingFailed(f"two functions are registered as {name!r}")


def _top_name(entry: str) -> str:
    return entry.partition("/")[0].partition(".")[0]


def _check_names(entries: dict[str, bytes]) -> None:
    for name in entries:
        if _top_name(name) in _RESERVED_NAMES:
            raise PackagingFailed(f"{name}: the name {_top_name(name)} is taken by the runtime; rename the module")


def _add_requirements(entries: dict[str, bytes], site: Path) -> None:
    own_names = {_top_name(name): name for name in entries}
    for name, path in installed_files(site):
        top = _top_name(name)
        if top in own_names and "-info" not in name.partition("/")[0]:
            raise PackagingFailed(f"{own_names[top]} has the name of a required package; rename the module")
        if top not in _RESERVED_NAMES:
            entries[checked_entry_name(name)] = read_inside(path, site)


def _runtime_files() -> dict[str, bytes]:
    package = Path(pysfnc.__file__).parent
    sources = [package / "__init__.py", *sorted((package / "lang").glob("*.py"))]
    return {path.relative_to(package.parent).as_posix(): read_inside(path, package) for path in sources}


def _registration(functions: tuple[FunctionSpec, ...]) -> bytes:
    registered = {
        spec.name: {
            "module": spec.module,
            "qualname": spec.qualname,
            "exceptions": sorted(set(spec.known_exceptions)),
            **({"as_sent": sorted(spec.as_sent)} if spec.as_sent else {}),
            **({"copies": spec.copies} if spec.copies else {}),
            **({"consumes": True} if spec.consumes else {}),
        }
        for spec in sorted(functions, key=lambda spec: spec.name)
    }
    document = {"version": REGISTRATION_VERSION, "functions": registered}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()

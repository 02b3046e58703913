"""Third-party requirements: what a project asks for, and pip's installation of it for the Lambda platform.

Owns the reading of ``requirements.txt`` and of ``dependencies`` in ``pyproject.toml``, and the cache of installations.
Nothing is run when nothing is asked for.

- `pysfnc` itself is left out, as the zip has its runtime. `boto3` and `botocore` are left out when no version is asked
  for, since Lambda's runtimes have them (AWS guide, "Lambda runtimes: runtime-included SDK versions"); with a version
  they are packed.
- Only wheels are used: code of a package must not run on the machine that builds. Markers such as
  ``; python_version < "3.12"`` are evaluated by pip for the interpreter that builds.
- Editable and local requirements are refused; modules of the project get into the zip as modules.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pysfnc.packaging.errors import PackagingFailed
from pysfnc.packaging.files import system_errors_as
from pysfnc.packaging.model import Target

_CACHE_FORMAT: Final = "1"
_NAME: Final = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)", re.DOTALL)
_PATH_OPTION: Final = re.compile(r"(-r|--requirement|-c|--constraint|-f|--find-links)(?:\s*=\s*|\s+)(.+)")
_LEFT_OUT: Final = frozenset({"pysfnc"})
_IN_LAMBDA: Final = frozenset({"boto3", "botocore"})
_NEVER_PACKED: Final = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
_PIP_SECONDS: Final = 600
# Amazon Linux 2023 under python3.12 and later has glibc 2.34, Amazon Linux 2 under python3.11 has 2.26.
_GLIBC_MINOR: Final = {"3.11": 26}
_DEFAULT_GLIBC_MINOR: Final = 34


def find_requirements(folder: Path) -> Path | None:
    """The file beside the source that lists requirements: ``requirements.txt``, else ``pyproject.toml``, else None."""
    for name in ("requirements.txt", "pyproject.toml"):
        if (folder / name).is_file():
            return folder / name
    return None


def read_requirements(source: Path) -> tuple[str, ...]:
    """The requirement lines to install, without those that need not be packed.

    Raises:
        PackagingFailed: the file cannot be read, or asks for something that cannot be packed.
    """
    lines = _from_pyproject(source) if source.name == "pyproject.toml" else _from_text(source, frozenset())
    kept = tuple(line for line in lines if not _is_left_out(line))
    # Options alone (an index, a constraint) ask for nothing.
    return kept if any(not line.startswith("-") for line in kept) else ()


def installed(requirements: Sequence[str], target: Target) -> Path | None:
    """The folder with `requirements` installed for `target`, from the cache or by pip; None when there are none.

    Raises:
        PackagingFailed: pip cannot be run, or cannot install them.
    """
    if not requirements:
        return None
    folder = _cache_folder() / _cache_key(requirements, target)
    if folder.is_dir():
        return folder
    with system_errors_as(f"cannot use the cache {folder.parent}"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="install-", dir=folder.parent))
        try:
            _install(requirements, target, work)
            _put_in_place(work / "site", folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return folder


def installed_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """(path inside the zip, file) of what an installation brings, without what differs from machine to machine."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        is_metadata = relative.parts[0].endswith(".dist-info") and relative.name in _NEVER_PACKED
        if (
            path.is_file()
            and relative.parts[0] != "bin"
            and "__pycache__" not in relative.parts
            and path.suffix != ".pyc"
            and not is_metadata
        ):
            yield relative.as_posix(), path


def _from_pyproject(source: Path) -> list[str]:
    with system_errors_as(f"cannot read {source}"):
        text = source.read_bytes()
    try:
        document = tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackagingFailed(f"{source} is no TOML: {error}") from None
    listed = document.get("project", {}).get("dependencies", [])
    if not isinstance(listed, list) or not all(isinstance(line, str) for line in listed):
        raise PackagingFailed(f"{source}: project.dependencies must be a list of texts")
    return [_checked(line, source) for line in listed]


def _from_text(source: Path, seen: frozenset[Path]) -> list[str]:
    if source.resolve() in seen:
        raise PackagingFailed(f"{source} includes itself")
    with system_errors_as(f"cannot read {source}"):
        content = source.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PackagingFailed(f"{source} is no UTF-8 text") from None
    lines: list[str] = []
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        bare = re.sub(r"(^|\s)#.*$", "", line).strip()
        option = _PATH_OPTION.match(bare)
        if option is None:
            lines += [_checked(bare, source)] if bare else []
        elif option[1] in ("-r", "--requirement"):
            lines += _from_text(source.parent / option[2], seen | {source.resolve()})
        else:
            lines.append(f"{option[1]} {_absolute(option[2], source.parent)}")
    return lines


def _absolute(place: str, folder: Path) -> str:
    # The lines are installed from another folder; a place may also be an address.
    return place if "://" in place else str((folder / place).resolve())


def _checked(line: str, source: Path) -> str:
    is_local = line.startswith(("-e", "--editable", ".", "/", "file:")) or "@ file:" in line or "@file:" in line
    if is_local:
        raise PackagingFailed(f"{source}: {line!r} is a local requirement; only packages of an index can be packed")
    return line


def _is_left_out(line: str) -> bool:
    match = _NAME.match(line)
    if line.startswith("-") or match is None:
        return False
    name = re.sub(r"[-_.]+", "-", match[1]).lower()
    has_version = bool(match[2].partition(";")[0].strip())
    return name in _LEFT_OUT or (name in _IN_LAMBDA and not has_version)


def _cache_folder() -> Path:
    base = os.environ.get("PYSFNC_CACHE_DIR")
    if base:
        return Path(base) / "requirements"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pysfnc" / "requirements"


def _cache_key(requirements: Sequence[str], target: Target) -> str:
    digest = hashlib.sha256()
    platform = sys.platform if target.is_local else "lambda"
    for part in (_CACHE_FORMAT, target.python, target.arch, platform, *requirements):
        digest.update(part.encode() + b"\0")
    for line in requirements:
        if line.startswith(("-c ", "--constraint ")):
            constraints = Path(line.partition(" ")[2])
            with system_errors_as(f"cannot read {constraints}"):
                digest.update(constraints.read_bytes())
    return digest.hexdigest()[:32]


def _install(requirements: Sequence[str], target: Target, work: Path) -> None:
    listing = work / "requirements.txt"
    listing.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-compile", "--only-binary=:all:", "--target", str(work / "site"), "-r", str(listing)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, no shell
            command + _platform_options(target), capture_output=True, text=True, timeout=_PIP_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise PackagingFailed(f"pip took more than {_PIP_SECONDS} seconds to install the requirements") from None
    if done.returncode:
        raise PackagingFailed(f"pip cannot install the requirements for {_target_text(target)}: {_reason(done.stderr)}")
    (work / "site").mkdir(exist_ok=True)


def _platform_options(target: Target) -> list[str]:
    if target.is_local:
        return []
    machine = "aarch64" if target.arch == "arm64" else "x86_64"
    newest = _GLIBC_MINOR.get(target.python, _DEFAULT_GLIBC_MINOR)
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, 16, -1)] + [f"manylinux2014_{machine}"]
    options = ["--implementation", "cp", "--python-version", target.python]
    for tag in tags:
        options += ["--platform", tag]
    return options


def _target_text(target: Target) -> str:
    return "this interpreter" if target.is_local else f"Lambda's Python {target.python} on {target.arch}"


def _reason(stderr: str) -> str:
    """pip's own last word: it ends in a summary that says less than the line before."""
    errors = [line.removeprefix("ERROR: ") for line in stderr.splitlines() if line.startswith("ERROR: ")]
    if errors:
        return errors[-1]
    lines = stderr.strip().splitlines()
    return lines[-1] if lines else "pip gave no reason"


def _put_in_place(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        # Another build may have been faster; its installation is as good.
        if not folder.is_dir():
            raise

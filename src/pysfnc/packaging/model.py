"""The values packaging works on: which functions there are, what goes into the zip, and what is deployed.

Owns the data types and the limits of Lambda that they check. It knows nothing of the compiler: the driver fills them.
"""

import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from pysfnc.packaging.errors import PackagingFailed

ARCHITECTURES: Final = ("arm64", "x86_64")
DEFAULT_PYTHON: Final = "3.13"
DEFAULT_MEMORY_MB: Final = 256
MAX_TIMEOUT_S: Final = 900  # AWS guide, "Lambda quotas"
HANDLER: Final = "pysfnc_handler.handler"


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A function of the program that runs in Lambda.

    Attributes:
        name: the id under which it is registered, the ``f`` of the payload (`pysfnc.lang.bootstrap`).
        module: the module that holds it as Lambda imports it: ``app`` or ``pkg.mod``.
        qualname: where in the module: ``charge``.
        timeout_s: seconds one call may take, or None for no limit but Lambda's.
        memory_mb: memory it asks for, or None.
        environment: names of the environment variables it reads.
        known_exceptions: the exception classes its callers know, ``module:qualname`` or bare names.
        as_sent: parameters that take what is sent as it is, whatever their annotations say.
        copies: what the machine does with what a helper, which is no task, gets and gives: ``kept`` or ``changed``; None for a task.
        consumes: whether such a helper may change its arguments, as nobody reads those afterwards.
        role: role it asks for, or None.
        deployed_name: name of the Lambda function it asks for, or None.
    """

    name: str
    module: str
    qualname: str
    timeout_s: int | None = None
    memory_mb: int | None = None
    environment: tuple[str, ...] = ()
    known_exceptions: tuple[str, ...] = ()
    as_sent: tuple[str, ...] = ()
    copies: Literal["kept", "changed"] | None = None
    consumes: bool = False
    role: str | None = None
    deployed_name: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where the zip runs: Lambda with a Python version and an architecture, or the interpreter that is running now.

    Raises:
        PackagingFailed: Lambda has no such version or architecture.
    """

    python: str = DEFAULT_PYTHON
    arch: str = "arm64"
    is_local: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"3\.(1[1-9]|[2-9]\d)", self.python):
            raise PackagingFailed(f"--python {self.python}: a version like 3.13 is wanted, 3.11 or later")
        if self.arch not in ARCHITECTURES:
            raise PackagingFailed(f"--arch {self.arch}: arm64 or x86_64 is wanted")

    @property
    def runtime(self) -> str:
        """Lambda's name of the runtime, ``python3.13``."""
        return f"python{self.python}"

    @staticmethod
    def local() -> "Target":
        """The running interpreter, for a zip that only a local run uses."""
        arch = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"
        return Target(f"{sys.version_info.major}.{sys.version_info.minor}", arch, is_local=True)


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """Everything that decides the bytes of a zip.

    Attributes:
        project_root: the folder that holds the program; no file outside it gets into the zip.
        modules: path inside the zip (``pkg/mod.py``) -> file on disk.
        functions: what the handler may call.
        requirements: ``requirements.txt`` or ``pyproject.toml``, or None for no third-party requirements.
        target: where the zip will run.
    """

    project_root: Path
    modules: Mapping[str, Path]
    functions: tuple[FunctionSpec, ...]
    requirements: Path | None = None
    target: Target = field(default_factory=Target)


@dataclass(frozen=True, slots=True)
class BuiltZip:
    """A zip that was written: where, how large in bytes (packed and unpacked) and its SHA-256 as Lambda shows it."""

    path: Path
    packed_bytes: int
    unpacked_bytes: int
    code_sha256: str


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """One Lambda function to create from the zip.

    Attributes:
        placeholder: the name in the definition's ``${...}`` that stands for its ARN.
        registered: ids of the functions that states call through it.
        memory_mb: its memory.
        timeout_s: its own time limit.
        environment: names of its environment variables.
        name: the name asked for, or None to let the deployment choose.
        role: the role asked for, or None.
    """

    placeholder: str
    registered: tuple[str, ...]
    memory_mb: int
    timeout_s: int
    environment: tuple[str, ...]
    name: str | None = None
    role: str | None = None

"""Compiled programs and their local Lambdas, kept for as long as the source stays the same.

A test suite runs the same few programs many times; compiling, zipping and starting workers costs more than a run.
"""

import atexit
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from pysfnc.assembly.local import LocalLambda
    from pysfnc.diagnostics import Diagnostic
    from pysfnc.driver import CompileResult

__all__ = ["Compiled", "LambdaMode", "NotCompiled", "compiled", "functions_of"]

LambdaMode = Literal["in-process", "workers"]

_MAX_PROGRAMS: Final = 64
_MAX_LAMBDAS: Final = 8  # each may have worker processes


class NotCompiled(Exception):
    """The program does not compile; `str()` shows what `pysfnc compile` shows.

    Attributes:
        diagnostics: what is wrong, in the order of the source.
    """

    def __init__(self, diagnostics: "list[Diagnostic]") -> None:
        from pysfnc.diagnostics.render import render_all

        super().__init__("the program does not compile:\n" + render_all(diagnostics, "full"))
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A compiled program and what its files held then."""

    result: "CompileResult"
    digests: dict[str, str | None] = field(default_factory=dict)

    @property
    def files(self) -> frozenset[str]:
        """The files of the program's modules."""
        return frozenset(self.digests)

    def is_current(self) -> bool:
        """Whether no file has changed since."""
        return all(_digest(path) == digest for path, digest in self.digests.items())


_programs: OrderedDict[tuple[str, int], Compiled] = OrderedDict()
_lambdas: "OrderedDict[object, tuple[ExitStack, LocalLambda]]" = OrderedDict()


def compiled(path: str, optimize: int) -> Compiled:
    """Compile a file, or return what an earlier call made of the same text.

    Raises:
        NotCompiled: it has errors.
        SourceError: the file cannot be read.
    """
    from pysfnc.driver import Options, compile_file

    key = str(Path(path).resolve()), optimize
    known = _programs.get(key)
    if known is not None and known.is_current():
        _programs.move_to_end(key)
        return known
    result = compile_file(path, Options(optimize=optimize))
    if not result.ok:
        raise NotCompiled(result.diagnostics)
    files = [path, *(file for _, file in result.program.modules)]
    made = Compiled(result, {str(Path(file).resolve()): _digest(file) for file in files})
    _programs[key] = made
    while len(_programs) > _MAX_PROGRAMS:
        _programs.popitem(last=False)
    return made


def functions_of(
    program: Compiled, mode: LambdaMode, parameters: Mapping[str, str | None], *, real_time: bool
) -> "LocalLambda":
    """Return a local Lambda with the program's functions. It stays warm: a later call gets the same one.

    Args:
        real_time: whether its code sleeps for real; modules keep the `sleep` that they found when they were imported.

    Raises:
        PackagingFailed: the zip cannot be built.
    """
    from pysfnc.assembly.local import local_lambda
    from pysfnc.assembly.world import AwsChoice, lambda_environment

    key = program, mode, frozenset(parameters.items()), real_time
    known = _lambdas.get(key)
    if known is not None:
        _lambdas.move_to_end(key)
        return known[1]
    stack = ExitStack()
    functions = stack.enter_context(local_lambda(program.result, mode, parameters, lambda_environment(AwsChoice())))
    _lambdas[key] = stack, functions
    while len(_lambdas) > _MAX_LAMBDAS:
        _lambdas.popitem(last=False)[1][0].close()
    return functions


def _digest(path: str) -> str | None:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return None


@atexit.register
def _close_all() -> None:
    while _lambdas:
        _lambdas.popitem()[1][0].close()

"""From a path and options to a compiled workflow: what `compile`, `build` and `run` begin with."""

import sys
from typing import TYPE_CHECKING

from pysfnc.cli.arguments import Arguments
from pysfnc.cli.exits import CommandError, Exit
from pysfnc.cli.words import listed
from pysfnc.diagnostics import nearest
from pysfnc.diagnostics.render import render_all, wants_color
from pysfnc.source import SourceError, SourceFile

if TYPE_CHECKING:
    from pysfnc.driver import CompiledWorkflow, CompileResult

__all__ = ["SourceRejected", "chosen_workflow", "compile_program"]


class SourceRejected(Exception):
    """The program does not compile; the diagnostics have been shown."""

    exit = Exit.REJECTED


def compile_program(arguments: Arguments) -> "CompileResult":
    """Compile the file of a command line and show its diagnostics on standard error.

    Raises CommandError for a file that cannot be read, SourceRejected for one that does not compile.
    """
    from pysfnc.driver import Options, compile_file

    try:
        SourceFile.read(arguments.path)  # a wrong path is a wrong call, not a rejected program
    except SourceError as error:
        raise CommandError(str(error)) from error
    result = compile_file(arguments.path, Options(optimize=arguments.optimize))
    if result.diagnostics:
        sys.stderr.write(render_all(result.diagnostics, arguments.format, color=wants_color(sys.stderr)))
    if not result.ok:
        raise SourceRejected
    return result


def chosen_workflow(result: "CompileResult", name: str | None) -> "CompiledWorkflow":
    """Return the workflow that `--workflow` names, or the only one; raises CommandError."""
    known = list(result.workflows)
    if name is not None:
        if name in result.workflows:
            return result.workflows[name]
        close = nearest(name, known)
        hint = f"a workflow `{close}` is defined" if close else f"the file defines {listed(known)}"
        raise CommandError(f"no workflow `{name}`; {hint}")
    if len(known) == 1:
        return result.workflows[known[0]]
    raise CommandError(f"the file defines {listed(known)}; choose one with --workflow NAME")

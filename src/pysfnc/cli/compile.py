"""`pysfnc compile`: prints the definition of a workflow, or one of the forms on the way to it."""

import json
import sys
from typing import TYPE_CHECKING

from pysfnc.asl.placeholders import fill, parameters_in
from pysfnc.cli.arguments import Arguments
from pysfnc.cli.compiled import SourceRejected, chosen_workflow, compile_program
from pysfnc.cli.exits import CommandError, Exit
from pysfnc.cli.files import write_file
from pysfnc.cli.values import check_known, read_values

if TYPE_CHECKING:
    from pysfnc.driver import CompiledWorkflow, CompileResult

__all__ = ["run_compile"]


def run_compile(arguments: Arguments) -> Exit:
    """Compile and print; with several workflows and no `--workflow`, an object of definitions by name."""
    values = read_values(arguments.settings, arguments.values)
    try:
        result = compile_program(arguments)
    except SourceRejected as rejected:
        return rejected.exit
    text = _emitted(result, arguments, values)
    if arguments.why_not:
        sys.stderr.write(result.report.text().rstrip() + "\n")
    if arguments.output is None:
        sys.stdout.write(text)
        return Exit.DONE
    try:
        write_file(arguments.output, text.encode("utf-8"))
    except OSError as error:
        raise CommandError(f"{arguments.output}: cannot be written: {error.strerror}") from error
    return Exit.DONE


def _emitted(result: "CompileResult", arguments: Arguments, values: dict[str, str]) -> str:
    if arguments.workflow is not None or len(result.workflows) == 1:
        workflows = [chosen_workflow(result, arguments.workflow)]
    else:
        workflows = list(result.workflows.values())
    if arguments.emit == "hir":
        return "\n".join(workflow.hir_text().rstrip() + "\n" for workflow in workflows)
    if arguments.emit == "blocks":
        return "\n".join(workflow.blocks_text().rstrip() + "\n" for workflow in workflows)
    return _definitions(workflows, values)


def _definitions(workflows: "list[CompiledWorkflow]", values: dict[str, str]) -> str:
    check_known(values, set().union(*(parameters_in(workflow.definition) for workflow in workflows)))
    filled = {workflow.name: fill(workflow.definition, values) for workflow in workflows}
    if len(workflows) > 1:
        names = ", ".join(filled)
        print(f"pysfnc: note: an object of the definitions of {names}; --workflow NAME prints one", file=sys.stderr)
    return json.dumps(filled if len(workflows) > 1 else filled[workflows[0].name], indent=2, ensure_ascii=False) + "\n"

"""`pysfnc build`: writes what a deployment needs into a folder."""

import sys
from typing import TYPE_CHECKING, Any

from pysfnc.asl.placeholders import fill, parameters_in
from pysfnc.cli.arguments import Arguments
from pysfnc.cli.compiled import SourceRejected, compile_program
from pysfnc.cli.exits import CommandError, Exit
from pysfnc.cli.files import staged_folder
from pysfnc.cli.values import check_known, read_values
from pysfnc.cli.words import counted

if TYPE_CHECKING:
    from pysfnc.packaging.manifest import Manifest

__all__ = ["run_build"]


def run_build(arguments: Arguments) -> Exit:
    """Compile, build into a staging folder, and put all files in place at once."""
    from pysfnc.assembly.build import write_build
    from pysfnc.packaging import PackagingFailed, Target

    assert arguments.output is not None
    values = read_values(arguments.settings, arguments.values)
    try:
        target = Target(arguments.python, arguments.arch)
        result = compile_program(arguments)
        check_known(values, set().union(*(parameters_in(item.definition) for item in result.workflows.values())))

        def filled(definition: Any) -> Any:
            return fill(definition, values)

        with staged_folder(arguments.output) as stage:
            manifest = write_build(result, stage, target, filled)
    except SourceRejected as rejected:
        return rejected.exit
    except PackagingFailed as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{arguments.output}: cannot be written: {error.strerror}") from error
    sys.stdout.write(result.report.text().rstrip() + "\n")
    print(_summary(arguments.output, manifest))
    return Exit.DONE


def _summary(folder: str, manifest: "Manifest") -> str:
    machines = ", ".join(
        f"{item.name} ({counted(item.states, 'state')}, {counted(item.definition_bytes, 'byte')})"
        for item in manifest.workflows
    )
    package = f"{counted(manifest.zip.packed_bytes, 'byte')} for Lambda" if manifest.zip else "nothing for Lambda"
    return f"{folder}: {machines}; {package}"

"""The entry point: parses arguments, calls one command, turns what happened into an exit code.

Only the module of the called command is imported, so that `compile` loads neither boto3 nor rich nor a JSONata engine.
"""

import gc
import os
import sys
from collections.abc import Sequence
from typing import Final

from pysfnc.cli.arguments import Arguments, parse_arguments
from pysfnc.cli.exits import CommandError, Exit

__all__ = ["main"]

COLLECT_AFTER: Final = 100_000
"""Objects between two collections of garbage: those of a compilation live to its end, and to look at them costs 12 % of a small one."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `argv` is without the program's name."""
    command = ""
    gc.set_threshold(COLLECT_AFTER)
    try:
        arguments = parse_arguments(sys.argv[1:] if argv is None else argv)
        command = arguments.command
        code = _call(arguments)
        sys.stdout.flush()
    except CommandError as error:
        _complain(str(error))
        code = error.exit
    except KeyboardInterrupt:
        _complain("interrupted")
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()  # the reader went away, as `| head` does: no fault of anybody
        code = Exit.DONE
    except SystemExit as error:  # argparse ends --help and --version so
        return int(error.code or 0)
    except Exception as error:
        code = _report_bug(command, error)
    return int(code)


def _call(arguments: Arguments) -> Exit:
    """Import the command's module and run it. Each branch imports only what that command needs."""
    try:
        match arguments.command:
            case "compile":
                from pysfnc.cli.compile import run_compile

                return run_compile(arguments)
            case "build":
                from pysfnc.cli.build import run_build

                return run_build(arguments)
            case "run":
                from pysfnc.cli.run import run_run

                return run_run(arguments)
            case _:
                from pysfnc.cli.explain import run_explain

                return run_explain(arguments)
    except BrokenPipeError:
        raise
    except OSError as error:
        # Whatever a command could foresee it has reported in better words; this is a disk that is full or a file that
        # went away between two looks.
        if os.environ.get("PYSFNC_DEBUG") or error.errno is None:
            raise
        place = f"{error.filename}: " if error.filename else "input or output failed: "
        raise CommandError(f"{place}{error.strerror}") from error


def _report_bug(command: str, error: Exception) -> Exit:
    if os.environ.get("PYSFNC_DEBUG"):
        import traceback

        traceback.print_exception(error)
    _complain(
        f"internal error in `{command}`: {type(error).__name__}: {' '.join(str(error).split())[:300]}\n"
        "This is a bug of pysfnc (SFN900), not of your program. Please report it with the smallest file that shows\n"
        "it; with PYSFNC_DEBUG=1 in the environment the traceback is printed, which helps."
    )
    return Exit.BUG


def _complain(text: str) -> None:
    try:
        sys.stdout.flush()
    except OSError:
        _silence_stdout()
    print(f"pysfnc: error: {text}", file=sys.stderr)


def _silence_stdout() -> None:
    """Point standard output at nothing, so that the interpreter does not fail again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

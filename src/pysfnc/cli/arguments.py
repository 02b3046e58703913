"""What the commands accept, and the typed result of parsing it."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from pysfnc.cli.exits import Exit

__all__ = ["Arguments", "parse_arguments"]


@dataclass(slots=True)
class Arguments(argparse.Namespace):
    """All options of all commands; each command reads its own."""

    command: str = ""
    path: str = ""
    workflow: str | None = None
    emit: str = "asl"
    optimize: int = 1
    why_not: bool = False
    format: str = "full"
    settings: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    output: str | None = None
    python: str = "3.13"
    arch: str = "arm64"
    input: str = "{}"
    lambda_mode: str = "workers"
    real_time: bool = False
    setup: str | None = None
    endpoint_url: str | None = None
    aws: bool = False
    yes: bool = False
    mock: str | None = None
    test_case: str | None = None
    record: str | None = None
    history: str | None = None
    json: bool = False
    code: str | None = None


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Print one line and exit as for a wrong call."""
        print(f"{self.prog}: error: {message} (see `{self.prog} --help`)", file=sys.stderr)
        raise SystemExit(int(Exit.WRONG_CALL))


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """Parse a command line without the program's name; exits with code 2 and one line when it is wrong."""
    return build_parser().parse_args(argv, namespace=Arguments())


def build_parser() -> Parser:
    """Build the parser with all commands."""
    parser = Parser(
        prog="pysfnc",
        description="Compile ordinary Python to AWS Step Functions, and run the result here.",
        epilog="Exit codes: 0 done, 1 the source does not compile, 2 wrong call or environment, 3 a bug of pysfnc, "
        "5 the execution failed.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=PrintVersion, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    _add_compile(commands)
    _add_build(commands)
    _add_run(commands)
    _add_explain(commands)
    return parser


class PrintVersion(argparse.Action):
    """Looks the version up only when asked, since reading package metadata is slow."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        """Print the version and exit."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"pysfnc {version('pysfnc')}")
        except PackageNotFoundError:
            print("pysfnc (run from its source folder)")
        raise SystemExit(0)


def _add_compile(commands: "argparse._SubParsersAction[Parser]") -> None:
    parser = commands.add_parser(
        "compile",
        help="print the state machine of a Python file",
        description="Print the Amazon States Language of a workflow, or a diagnostic for each line that cannot be "
        "compiled. Diagnostics go to standard error.",
        allow_abbrev=False,
    )
    parser.add_argument("path", metavar="FILE.py", help="the program")
    _add_workflow(parser)
    parser.add_argument(
        "--emit",
        choices=("hir", "blocks", "asl"),
        default="asl",
        help="what to print: the structured form, the state-shaped blocks, or the definition (default)",
    )
    _add_compiler_options(parser)
    parser.add_argument(
        "--why-not", action="store_true", help="say where each function was placed and what was not done"
    )
    _add_values(parser)
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE in place of standard output")


def _add_build(commands: "argparse._SubParsersAction[Parser]") -> None:
    parser = commands.add_parser(
        "build",
        help="write what a deployment needs into a folder",
        description="Write the definitions, the Lambda package, the manifest and the report into a folder.",
        allow_abbrev=False,
    )
    parser.add_argument("path", metavar="FILE.py", help="the program")
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="the folder; it is made when missing")
    parser.add_argument("--python", metavar="VERSION", default="3.13", help="Python of the Lambda functions (3.13)")
    parser.add_argument(
        "--arch", choices=("arm64", "x86_64"), default="arm64", help="processor of the Lambda functions (arm64)"
    )
    _add_compiler_options(parser)
    _add_values(parser)


def _add_run(commands: "argparse._SubParsersAction[Parser]") -> None:
    parser = commands.add_parser(
        "run",
        help="run a program's state machine, or a definition, on this machine",
        description="Compile a program and run its state machine here, with its tasks as local Lambda functions; "
        "or run a definition in JSONata mode.",
        allow_abbrev=False,
    )
    parser.add_argument("path", metavar="FILE", help="a Python program, or a definition (.json)")
    _add_workflow(parser)
    parser.add_argument(
        "--input", metavar="JSON", default="{}", help="the input: JSON, @FILE, or - for standard input (default {})"
    )
    parser.add_argument(
        "--lambda",
        dest="lambda_mode",
        choices=("workers", "in-process"),
        default="workers",
        help="run tasks out of the built package in worker processes (default), or faster in this process",
    )
    parser.add_argument("--real-time", action="store_true", help="wait for real in place of moving a virtual clock")
    _add_world(parser)
    parser.add_argument("--history", metavar="FILE", help="write the execution history as JSON to FILE")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    _add_compiler_options(parser)
    _add_values(parser)


def _add_world(parser: Parser) -> None:
    """Add where calls of AWS go."""
    world = parser.add_argument_group("calls of AWS", "They go to a mock in this process (moto) unless told otherwise.")
    world.add_argument("--setup", metavar="MODULE:FUNCTION", help="call a function that fills the mock before the run")
    world.add_argument(
        "--endpoint-url", metavar="URL", help="call an endpoint that stands in for AWS, such as LocalStack"
    )
    world.add_argument("--aws", action="store_true", help="call AWS itself; asks first")
    world.add_argument("--yes", action="store_true", help="do not ask before AWS itself is called")
    world.add_argument(
        "--mock",
        metavar="FILE",
        help="answer calls from a mock file: MockConfigFile.json of AWS, or one of pysfnc's own",
    )
    world.add_argument("--test-case", metavar="NAME", help="which test case of a MockConfigFile.json")
    world.add_argument("--record", metavar="FILE", help="write what was answered as a mock file")


def _add_explain(commands: "argparse._SubParsersAction[Parser]") -> None:
    parser = commands.add_parser(
        "explain",
        help="explain a diagnostic",
        description="Print what a diagnostic means, why it is one, and what to write instead; without CODE, list all.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "code", metavar="CODE", nargs="?", help="a number such as SFN202, or a name such as maybe-unset"
    )


def _add_workflow(parser: Parser) -> None:
    parser.add_argument("--workflow", metavar="NAME", help="which workflow, when the file has several")


def _add_compiler_options(parser: Parser) -> None:
    parser.add_argument(
        "-O",
        dest="optimize",
        type=int,
        choices=(0, 1),
        default=1,
        help="0: one step after the other, easy to read; 1: few states (default)",
    )
    parser.add_argument(
        "--format", choices=("full", "concise", "json"), default="full", help="the form of diagnostics (full)"
    )


def _add_values(parser: Parser) -> None:
    parser.add_argument(
        "--set", dest="settings", metavar="NAME=VALUE", action="append", default=[], help="fill in a placeholder"
    )
    parser.add_argument(
        "--values", metavar="FILE", action="append", default=[], help="fill in placeholders from a JSON object"
    )

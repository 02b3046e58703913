"""The options of `pysfnc run` about the world outside: where AWS calls go, what is mocked, who answers tokens."""

import importlib
import json
import select
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pysfnc.cli.arguments import Arguments
from pysfnc.cli.exits import CommandError
from pysfnc.cli.files import write_file
from pysfnc.cli.live import paused
from pysfnc.diagnostics.nearest import nearest

if TYPE_CHECKING:
    from pysfnc.assembly.world import AwsChoice, WorldOptions
    from pysfnc.engine import StepFunctionsApi, Waiting
    from pysfnc.services import Recorder, World

__all__ = ["aws_choice", "tell_unasked", "world_options", "write_recording"]

_SHOWN_CHARS: Final = 300
_LOOK_S: Final = 0.2
"""Seconds between two looks at whether somebody else has answered."""


def aws_choice(arguments: Arguments) -> "AwsChoice":
    """Where calls go. Asks before AWS itself is called. Raises `CommandError`."""
    from pysfnc.assembly.world import AwsChoice

    given = [name for name, value in (("--aws", arguments.aws), ("--endpoint-url", arguments.endpoint_url)) if value]
    if len(given) == 2 or (given and arguments.setup):
        raise CommandError(f"{given[0]} and {given[1] if len(given) == 2 else '--setup'} cannot go together")
    if arguments.endpoint_url is not None:
        if not arguments.endpoint_url.startswith(("http://", "https://")):
            raise CommandError(
                f"--endpoint-url {arguments.endpoint_url}: a URL is wanted, such as http://localhost:4566"
            )
        return AwsChoice("endpoint", arguments.endpoint_url)
    if arguments.aws:
        _ask(arguments)
        return AwsChoice("aws")
    return AwsChoice(setup=None if arguments.setup is None else _setup(arguments.setup, arguments.path))


def _ask(arguments: Arguments) -> None:
    if arguments.yes:
        return
    question = "This run calls AWS for real, with the credentials of this shell. It may change and delete things and cost money."
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CommandError(f"{question} Add --yes if that is meant")
    print(f"{question}\nGo on? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandError("not run")


def _setup(name: str, program: str) -> Callable[[], object]:
    """The function `MODULE:FUNCTION`, from the folder of the program or wherever Python finds it."""
    module_name, colon, function_name = name.partition(":")
    if not (module_name and colon and function_name):
        raise CommandError(f"--setup {name}: it is to be MODULE:FUNCTION")

    def setup() -> object:
        # The module may make clients when it is imported, which then belong to the mock.
        for folder in (str(Path(program).resolve().parent), str(Path.cwd())):
            if folder not in sys.path:
                sys.path.insert(0, folder)
        try:
            module = importlib.import_module(module_name)
        except ImportError as error:
            raise CommandError(f"--setup {name}: {error}") from None
        function = getattr(module, function_name, None)
        if function is None:
            near = nearest(function_name, vars(module))
            raise CommandError(
                f"--setup {name}: {module_name} has no {function_name}" + (f", but {near}" if near else "")
            )
        try:
            return function()
        except Exception as error:
            raise CommandError(f"--setup {name} failed: {type(error).__name__}: {error}") from error

    return setup


def world_options(arguments: Arguments, machine: str, aws: "AwsChoice") -> "WorldOptions":
    """The options of the run. Raises `CommandError`."""
    from pysfnc.assembly.world import WorldOptions
    from pysfnc.services import BadMocks, Recorder, read_mocks

    mocks = None
    try:
        if arguments.mock is not None:
            mocks = read_mocks(Path(arguments.mock), machine, arguments.test_case)
        elif arguments.test_case is not None:
            raise CommandError("--test-case is for a mock file: --mock FILE")
    except BadMocks as error:
        raise CommandError(str(error)) from None
    asks = sys.stdin.isatty() and sys.stderr.isatty() and not arguments.json and arguments.input != "-"
    return WorldOptions(
        aws=aws,
        mocks=mocks,
        recorder=None if arguments.record is None else Recorder(),
        on_waiting=None if arguments.json else _tell,
        is_open=True,
        ask=_answer if asks else None,
    )


def _tell(waiting: "Waiting") -> None:
    """Say who waits, and how a program or another terminal answers."""
    from pysfnc.services.endpoint import shared_endpoint

    with paused():
        print(
            f"{waiting.state} waits for an answer. From elsewhere: aws stepfunctions send-task-success --endpoint-url "
            f"{shared_endpoint().url} --task-token {waiting.token} --task-output JSON",
            file=sys.stderr,
        )


def _answer(world: "World", waiting: list["Waiting"]) -> bool:
    """Ask the person at the terminal for an answer to the task that has waited longest."""
    if not waiting or world.api is None:
        return False
    with paused():
        return _asked(world.api, waiting[0])


def _asked(api: "StepFunctionsApi", task: "Waiting") -> bool:
    from pysfnc.engine import ApiError

    prompt = f"Answer for {task.state} (JSON; `!Error cause` refuses; nothing lets time pass): "
    print(f"{task.state} was called with {_shown(task)}", file=sys.stderr)
    while True:
        print(prompt, end="", file=sys.stderr, flush=True)
        if not _typed(lambda: task in api.waiting()):
            print("answered from elsewhere", file=sys.stderr)
            return True
        line = sys.stdin.readline().strip()
        if not line:
            return False
        method, given = _reading(line)
        try:
            api.call(method, {"taskToken": task.token, **given})
        except ApiError as error:
            print(error.message, file=sys.stderr)
            if error.code != "InvalidOutput":
                return True
        else:
            return True


def _shown(task: "Waiting") -> str:
    """The arguments of the task on one line, by which several of one state are told apart."""
    text = json.dumps(task.arguments, ensure_ascii=False).replace(task.token, "TOKEN")
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}..."


def _typed(is_waited_for: Callable[[], bool]) -> bool:
    """Wait until a line was typed; False if it is no longer waited for before that."""
    while is_waited_for():
        try:
            if select.select([sys.stdin], [], [], _LOOK_S)[0]:
                return True
        except (OSError, ValueError):  # no file, or none that can be looked at: reading it waits
            return True
    return False


def _reading(line: str) -> tuple[str, dict[str, Any]]:
    if line.startswith("!"):
        error, _, cause = line[1:].strip().partition(" ")
        return "send_task_failure", {"error": error or None, "cause": cause or None}
    return "send_task_success", {"output": line}


def tell_unasked(path: str | None, options: "WorldOptions") -> None:
    """Say which answers of a mock file nobody asked for: most likely a name is spelt wrong, or a way was not taken."""
    for name in () if options.mocks is None else options.mocks.never_asked():
        print(f"{path}: nothing called `{name}`", file=sys.stderr)


def write_recording(path: str | None, recorder: "Recorder | None") -> None:
    """Write what was recorded, if anything was to be."""
    if path is None or recorder is None:
        return
    try:
        write_file(path, recorder.text().encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}") from error

"""Every block of code in README and docs does what the page says; see `blocks` for the rules."""

import contextlib
import io
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from pysfnc.cli.exits import Exit
from pysfnc.cli.main import main
from pysfnc.driver import Options, compile_file
from tests.docs.blocks import Block, Command, blocks_of, commands_of, is_match
from tests.support.program import loaded

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NOT_HERE: Final = ("&&", "|", ";", ">", "<")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for one page, with the examples of the project in it and the commands on the path."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment of commands: `pysfnc`, `python` and `pytest` are those that run this test."""
    commands = tmp_path_factory.mktemp("bin")
    for name, module in (("pysfnc", "-m pysfnc"), ("python", ""), ("pytest", "-m pytest -p pysfnc.testing.plugin")):
        path = commands / name
        path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {module} "$@"\n')
        path.chmod(0o755)
    return {**os.environ, "PATH": f"{commands}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page(page: Path, folder: Path, environment: dict[str, str], request: pytest.FixtureRequest) -> None:
    """Run the blocks of a page in their order, in one folder. `--bless` rewrites outputs that differ."""
    blessing = bool(request.config.getoption("bless"))
    for block in list(blocks_of(page)):
        try:
            if blessing and block.language == "console":
                bless(page, block, folder, environment)
            else:
                run_block(block, folder, environment)
        except Exception as error:
            raise AssertionError(f"{page.name}:{block.line}: {type(error).__name__}: {error}") from error


def bless(page: Path, block: Block, folder: Path, environment: dict[str, str]) -> None:
    """Write what the commands of a block print now, where it is not what the page shows."""
    shown = []
    for command in commands_of(block.text):
        code, output = call(command, folder, environment)
        differs = command.output is not None and not is_match(command.output, output)
        exits = f"  # exit code {code}" if code else ""
        shown.append(f"$ {command.text}{exits}")
        if command.output is not None:
            shown.append(lasting(output) if differs else command.output)
    text = page.read_text(encoding="utf-8")
    new = "".join(f"{line}\n" for line in shown)
    page.write_text(text.replace(f"```console\n{block.text}```", f"```console\n{new}```"), encoding="utf-8")


def lasting(output: str) -> str:
    """An output with `...` for what differs from run to run: times, sizes, and prices where Lambda functions ran."""
    output = re.sub(r"([1-9]\d* Lambda invocations?), \$0\.000\d+", r"\1, $0.000...", output)
    return re.sub(r"\bin \d+\.\d+s$", "in ...s", re.sub(r"[\d,]+ bytes", "... bytes", output.rstrip("\n")))


def run_block(block: Block, folder: Path, environment: dict[str, str]) -> None:
    """Do what the rules say about one block."""
    if block.language == "python" and block.name.startswith(("examples/", "src/")):
        assert block.text in (ROOT / block.name).read_text(encoding="utf-8"), f"{block.name} does not hold this"
    elif block.language == "python" and block.name:
        write_program(folder / block.name, block.text)
    elif block.language == "python":
        run([sys.executable, "-c", block.text], folder, environment)
    elif block.language == "console":
        for command in commands_of(block.text):
            run_command(command, folder, environment)
    elif block.language == "json":
        written = json.loads((folder / block.name).read_text(encoding="utf-8")) if block.name else None
        shown = json.loads(block.text)
        assert not block.name or shown == written, f"the file holds\n{json.dumps(written, indent=2)}"
    elif block.language == "sh":
        for line in block.text.splitlines():
            check_make(line)
    else:
        assert block.language == "text", f"a block of the language {block.language!r} cannot be checked"


def write_program(path: Path, text: str) -> None:
    """Write a file; a program with a workflow has to compile at both levels unless its name says that it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if "@workflow" in text and not path.stem.endswith("_wrong"):
        for level in (0, 1):
            result = compile_file(str(path), Options(optimize=level))
            assert result.ok, [str(diagnostic.message) for diagnostic in result.diagnostics]


def run_command(command: Command, folder: Path, environment: dict[str, str]) -> None:
    """Run a command, compare what it prints, and for `pysfnc run` compare with CPython."""
    code, output = call(command, folder, environment)
    assert code == command.exit_code, f"`{command.text}` ends with {code}:\n{output}"
    if command.output is not None:
        assert is_match(command.output, output), f"`{command.text}` prints\n{output}"
    words = words_of(command)
    if words[:2] == ["pysfnc", "run"] and words[2].endswith(".py") and code != Exit.WRONG_CALL:
        compare_with_python(words[2:], folder)


def words_of(command: Command) -> list[str]:
    return shlex.split(command.text.replace("\\\n", " "), comments=True)


def call(command: Command, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a command and return its exit code and what it printed on both streams."""
    words = words_of(command)
    if words[0] == "pysfnc" and not set(words) & set(NOT_HERE):
        return run_here(words[1:])
    done = subprocess.run(
        command.text,
        shell=True,
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout


def run_here(arguments: list[str]) -> tuple[int, str]:
    """Call a command of `pysfnc` in this process, as starting one for each would take long."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        return main(arguments), stream.getvalue()


def compare_with_python(words: list[str], folder: Path) -> None:
    """Run the same workflow on the same input as Python and as the machine; both come to the same end."""
    options = dict(zip(words[1::2], words[2::2], strict=False))
    input = read_input(options.get("--input", "{}"), folder)
    settings = [value.partition("=") for option, value in itertools.pairwise(words) if option == "--set"]
    with pytest.MonkeyPatch.context() as patch:
        for name, _, value in settings:
            patch.setenv(name, value)
        _compare(words[0], options, input, folder)


def _compare(name: str, options: dict[str, str], input: Any, folder: Path) -> None:
    from pysfnc.lang.decorators import Workflow
    from pysfnc.testing import run, run_python

    with renamed(folder / name) as path, loaded(path) as program:
        found = {value.name: value for value in vars(program.module).values() if isinstance(value, Workflow)}
        workflow = found[options["--workflow"]] if "--workflow" in options else next(iter(found.values()))
        python = run_python(workflow, input)
    machine = run(folder / name, input, workflow=options.get("--workflow"))
    assert (python.output, python.error, python.message) == (machine.output, machine.error, machine.message)


def read_input(argument: str, folder: Path) -> Any:
    return json.loads((folder / argument[1:]).read_text() if argument.startswith("@") else argument)


@contextlib.contextmanager
def renamed(path: Path) -> Iterator[Path]:
    """Yield a copy under the name that the loader of programs wants."""
    copy = path.resolve().parent / "app.py" if path.name != "app.py" else path
    if copy != path:
        assert not copy.exists()
        copy.write_bytes(path.read_bytes())
    try:
        yield copy
    finally:
        if copy != path:
            copy.unlink()


def run(arguments: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run a process that has to succeed."""
    done = subprocess.run(
        arguments, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert done.returncode == 0, done.stdout


def check_make(line: str) -> None:
    """A line is `make TARGET` with a target of the Makefile, or a comment."""
    command = line.partition("#")[0].split()
    if command:
        assert command[0] == "make", line
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
        assert command[1] in targets, line


def test_links_lead_somewhere() -> None:
    """Links between the pages and into the project point at files, and at headings that are there."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if "://" in target:
                continue
            file, _, anchor = target.partition("#")
            path = (page.parent / file) if file else page
            assert path.exists(), f"{page.name} links to {target}"
            if anchor:
                headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
                assert anchor in {slug(heading) for heading in headings}, f"{page.name} links to {target}"


def slug(heading: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_a_shown_output_is_compared() -> None:
    """The comparison itself can fail."""
    assert is_match("a\n...\nc", "a\nb\nb\nc\n")
    assert is_match("time ... s", "time 3 s  ")
    assert not is_match("a\nc", "a\nb\nc")
    assert not is_match("a", "a\nb")


def test_commands_are_read_with_their_outputs_and_exit_codes() -> None:
    """Continued lines belong to the command, what follows is its output."""
    assert commands_of("$ a\n$ b \\\n  c\nd\ne\n$ f  # exit code 2\n") == [
        Command("a", 0, None),
        Command("b \\\n  c", 0, "d\ne"),
        Command("f", 2, None),
    ]

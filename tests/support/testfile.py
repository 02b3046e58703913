"""The `.test` format: Python programs with what is expected of them, many cases in a file.

    [case fee_is_assigned_on_both_ways]
    from pysfnc import task, workflow

    @task
    def charge(amount: int) -> str:
        return f"charged {amount}"

    @workflow
    def pay(amount: int) -> str:
        return charge(100 if amount > 1000 else 10)
    [run {"amount": 5}] "charged 10"
    [run {}] ! TypeError: pay() missing 1 required positional argument: 'amount'
    [tasks {"amount": 5}]
    charge(amount=10)
    [transitions {"amount": 5}] 1
    [case fee_may_be_unset]
    ...
        return fee  # E[SFN202]: may be unset

- The source is real lines, up to the first section. `[file prices.py]` after it begins another module of the program.
- Text above the first `[case]` is a comment about the file.
- `# E[SFN202]: part of the message` stands on the line where the error is reported; the part may be left out, a line
  may carry several. A case with such a comment must be rejected with exactly these errors, one without must compile.
- `[errors]` lists, one per line, `SFN108: part of the message`: errors that belong to no line.
- `[env]` lists environment variables of all runs of the case, one `NAME=value` a line; a value that begins with `"` is JSON.
- `[http]` lists what an endpoint of this machine answers, whose URL is the environment variable `API_URL`: one
  `METHOD /path STATUS BODY` a line, the body as JSON, or behind `text:` as it is. Requests with several lines get them
  one after the other, the last one ever again; any other request gets a 404. Requests count as task calls.
- `[run INPUT] OUTPUT` executes in CPython and as the machine, at -O1 on each JSONata engine and at -O0 on the first; outcome and
  task calls must agree everywhere, and with OUTPUT. `[run INPUT] ! Error: cause` expects a failure; the cause may be
  left out. With several workflows the name stands first: `[run pay {"amount": 5}] ...`.
- `[transitions INPUT] N` is the number of transitions at -O1, and `[tasks INPUT]` the ordered task calls.
- `[asl]`, `[hir]` and `[blocks]` are goldens of the first workflow at -O1; `[asl -O0]` and so on at -O0.

`pytest --bless` rewrites goldens, transitions and tasks that differ, and fills in a `[run INPUT] ?` from CPython. It
never changes an expectation that is already written behind `[run]`: that is for a person to decide.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

__all__ = ["Case", "Expectation", "FormatError", "Section", "parse", "unparse"]

SECTION_NAMES: Final = ("case", "file", "env", "http", "errors", "run", "transitions", "tasks", "asl", "hir", "blocks")
_HEADING: Final = re.compile(rf"^\[({'|'.join(SECTION_NAMES)})\b")
_ERROR_COMMENT: Final = re.compile(r"# E\[(SFN\d{3})\](?:: ((?:(?!# E\[).)*))?")
_JSON_WORDS: Final = frozenset({"true", "false", "null", "NaN", "Infinity"})


class FormatError(Exception):
    """A `.test` file is malformed; the text names file and line."""


@dataclass(slots=True)
class Section:
    """One `[kind argument] rest` heading and the lines below it.

    `input` is the parsed JSON of a `[run]`, `[transitions]` or `[tasks]`; `workflow` the name before it.
    """

    kind: str
    line: int
    argument: str = ""
    rest: str = ""
    body: list[str] = field(default_factory=list)
    input: Any = None
    workflow: str | None = None

    @property
    def text(self) -> str:
        """What follows the heading: the rest of its line and the lines below."""
        return "\n".join([self.rest, *self.body]).strip()

    def heading(self) -> str:
        """The heading as it stands in the file."""
        inside = f"{self.kind} {self.argument}".rstrip()
        return f"[{inside}] {self.rest}".rstrip()


@dataclass(frozen=True, slots=True)
class Expectation:
    """An error that a program must be rejected with. `line` is None for one without a place."""

    file: str
    line: int | None
    code: str
    part: str


@dataclass(slots=True)
class Case:
    """A program and what is expected of it. `files` maps names to texts; the program itself is `app.py`."""

    path: Path
    line: int
    name: str
    source: Section
    sections: list[Section]

    @property
    def files(self) -> dict[str, str]:
        """The modules of the program."""
        modules = {"app.py": "\n".join(self.source.body) + "\n"}
        for section in self.sections:
            if section.kind == "file":
                modules[section.argument] = "\n".join(section.body) + "\n"
        return modules

    @property
    def http(self) -> "tuple[str, ...] | None":
        """What an endpoint of this machine answers, None without one."""
        found = [line for section in self.of_kind("http") for line in section.text.split("\n")]
        return tuple(found) if self.of_kind("http") else None

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of the runs."""
        lines = [line for section in self.of_kind("env") for line in section.text.split("\n")]
        pairs = (line.partition("=") for line in lines)
        return {name: json.loads(text) if text.startswith('"') else text for name, _, text in pairs}

    @property
    def errors(self) -> list[Expectation]:
        """The errors that must be reported, in no particular order."""
        return [*self._errors_on_lines(), *self._errors_without_place()]

    def _errors_on_lines(self) -> Iterator[Expectation]:
        for name, text in self.files.items():
            for number, line in enumerate(text.split("\n"), 1):
                for found in _ERROR_COMMENT.finditer(line):
                    yield Expectation(name, number, found[1], (found[2] or "").strip())

    def _errors_without_place(self) -> Iterator[Expectation]:
        for section in self.of_kind("errors"):
            for line in section.text.split("\n"):
                code, _, part = line.partition(":")
                yield Expectation("app.py", None, code.strip(), part.strip())

    def of_kind(self, kind: str) -> list[Section]:
        """The sections of one kind."""
        return [section for section in self.sections if section.kind == kind]


def parse(path: Path, text: str) -> tuple[list[str], list[Case]]:
    """Parse a `.test` file into the lines before the first case and its cases; raises FormatError."""
    preamble: list[str] = []
    cases: list[Case] = []
    body = preamble
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        if not _HEADING.match(line):
            body.append(line)
            continue
        section = _parse_heading(path, number, line)
        body = section.body
        if section.kind == "case":
            cases.append(Case(path, number, section.argument, section, []))
        elif not cases:
            raise FormatError(f"{path}:{number}: [{section.kind}] before the first [case]")
        else:
            cases[-1].sections.append(section)
    _check(path, cases)
    return preamble, cases


def unparse(preamble: list[str], cases: list[Case]) -> str:
    """Return the text of a file; `parse` and `unparse` are inverse."""
    lines = list(preamble)
    for case in cases:
        for section in (case.source, *case.sections):
            lines += [section.heading(), *section.body]
    return "\n".join(lines) + "\n"


def _parse_heading(path: Path, number: int, line: str) -> Section:
    kind = _HEADING.match(line)[1]  # type: ignore[index]
    section = Section(kind, number)
    start = len(kind) + 1
    if kind in ("run", "transitions", "tasks"):
        named = re.compile(r"\s+([A-Za-z_]\w*)").match(line, start)
        if named and named[1] not in _JSON_WORDS:
            section.workflow, at = named[1], named.end()
        else:
            at = start
        blank = len(line[at:]) - len(line[at:].lstrip())
        try:
            section.input, end = (
                ({}, at + blank) if line[at + blank] == "]" else json.JSONDecoder().raw_decode(line, at + blank)
            )
        except (ValueError, IndexError) as error:
            raise FormatError(f"{path}:{number}: the input is no JSON: {error}") from None
    else:
        end = line.find("]")
    if not line[end:].startswith("]"):
        raise FormatError(f"{path}:{number}: the heading has no end")
    section.argument = line[start:end].strip()
    section.rest = line[end + 1 :].strip()
    return section


def _check(path: Path, cases: list[Case]) -> None:
    seen: set[str] = set()
    for case in cases:
        place = f"{path}:{case.line}"
        if not re.fullmatch(r"\w+", case.name):
            raise FormatError(f"{place}: the name of a case is a word, not {case.name!r}")
        if case.name in seen:
            raise FormatError(f"{place}: a second case `{case.name}`")
        seen.add(case.name)
        if case.errors and (case.of_kind("run") or case.of_kind("asl")):
            raise FormatError(f"{place}: a case with errors cannot run or have a golden")
        if case.source.rest:
            raise FormatError(f"{place}: text after the heading")

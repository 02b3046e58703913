"""Collects `.test` files: one pytest item per case for compiling, and one per `[run]` and JSONata engine."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.outcome import Outcome, disagreement, same_json
from tests.support.testfile import Case, Expectation, FormatError, Section, parse, unparse

# The oracle loads the compiler and the engine, which most test runs do not need; so it is imported by the items.
JSONATA_ENGINES = ("jlens", "node")

# Where branches run at the same time, the order of their calls is free.
_CONCURRENT = ("parallel(", "gather(", "ThreadPoolExecutor", "TaskGroup", "create_task(")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--bless`."""
    parser.addoption("--bless", action="store_true", help="rewrite goldens of .test files that differ")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "TestFile | None":
    """Take every `.test` file."""
    if file_path.suffix != ".test":
        return None
    file: TestFile = TestFile.from_parent(parent, path=file_path)
    return file


class Mismatch(Exception):
    """A case did not hold; the text is the whole report."""


class TestFile(pytest.File):
    """One `.test` file."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the items of every case."""
        try:
            self.outcomes: dict[tuple[str, int], Outcome] = {}
            self.preamble, self.cases = parse(self.path, self.path.read_text(encoding="utf-8"))
        except FormatError as error:
            raise self.CollectError(str(error)) from None
        for case in self.cases:
            yield CompileItem.from_parent(self, name=case.name, case=case)
            for number, section in enumerate(case.of_kind("run"), 1):
                for engine in JSONATA_ENGINES:
                    name = f"{case.name}[{number}-{engine}]"
                    yield RunItem.from_parent(self, name=name, case=case, section=section, engine=engine)

    def bless(self) -> None:
        """Write the file with what the items changed."""
        self.path.write_text(unparse(self.preamble, self.cases), encoding="utf-8")


class CaseItem(pytest.Item):
    """What all items share: a case, short reports, blessing."""

    parent: TestFile
    case: Case

    def __init__(self, *, case: Case, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show a mismatch as its text, everything else as pytest does."""
        from tests.support import oracle

        if isinstance(excinfo.value, Mismatch | oracle.Rejected):
            return f"{self.path}:{self.case.line}: [case {self.case.name}]\n{excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Point at the case."""
        return self.path, self.case.line - 1, self.name

    def accept(self, section: Section, actual: str, is_equal: bool, *, inline: bool = False) -> None:
        """Compare a golden section with what was found; with `--bless` write it in place of failing."""
        if is_equal:
            return
        if not self.config.getoption("bless"):
            raise Mismatch(f"{section.heading()} expects\n{section.text}\nbut is\n{actual}")
        section.rest, section.body = (actual, []) if inline else ("", actual.split("\n") if actual else [])
        if self.config.getoption("numprocesses", None):
            raise pytest.UsageError("--bless rewrites files and cannot run in several processes; leave -n out")
        self.parent.bless()


class CompileItem(CaseItem):
    """Compiles a case: its errors are exactly those expected, or its goldens hold."""

    def runtest(self) -> None:
        """Compile at both levels."""
        from tests.support import oracle

        if self.case.errors:
            self.check_errors()
            return
        for optimize in (0, 1):
            oracle.compile_program(self.case.files, optimize)
        for kind, found_in in _GOLDENS.items():
            for section in self.case.of_kind(kind):
                compiled = oracle.compile_program(self.case.files, 0 if section.argument == "-O0" else 1)
                actual = found_in(compiled.workflow(section.workflow))
                self.accept(section, actual, _same_golden(kind, section.text, actual))

    def check_errors(self) -> None:
        """Every expected error is reported on its line, and nothing else is."""
        from tests.support import oracle

        try:
            oracle.compile_program(self.case.files, 1)
        except oracle.Rejected as rejected:
            unexpected = [diagnostic for diagnostic in rejected.diagnostics if diagnostic.is_error]
            report = str(rejected)
        else:
            raise Mismatch("the program compiles, but is expected to be rejected")
        missing = []
        for wanted in self.case.errors:
            found = next((diagnostic for diagnostic in unexpected if _is(wanted, diagnostic)), None)
            if found is None:
                missing.append(f"missing: {wanted.file}:{wanted.line}: {wanted.code} {wanted.part}")
            else:
                unexpected.remove(found)
        if missing or unexpected:
            extra = [
                f"unexpected: {diagnostic.span}: {diagnostic.code} {diagnostic.message}" for diagnostic in unexpected
            ]
            raise Mismatch("\n".join([*missing, *extra, "", report]))


class RunItem(CaseItem):
    """Runs a case on one input: in CPython, and compiled on one JSONata engine, on the first at both levels; all must agree."""

    def __init__(self, *, section: Section, engine: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.section = section
        self.engine = engine

    def runtest(self) -> None:
        """Run everywhere and compare."""
        from tests.support import oracle
        from tests.support.node_jsonata import find_library

        if self.engine == "node" and find_library() is None:
            pytest.skip(
                "node, or npm's jsonata in node_modules, is missing; `make setup` installs it when there is npm"
            )
        evaluator = oracle.evaluator(self.engine)
        expected = self.run_in_python()
        ordered = not any(word in self.case.source.text for word in _CONCURRENT)
        # What -O0 tells of the second engine, -O1 on it and -O0 on the first have told.
        for optimize in (0, 1) if self.engine == JSONATA_ENGINES[0] else (1,):
            actual = oracle.run_compiled(
                self.case.files,
                self.section.input,
                optimize,
                evaluator,
                self.section.workflow,
                environment=self.case.environment,
                http=self.case.http,
            )
            difference = disagreement(expected, actual, ordered=ordered)
            if difference:
                raise Mismatch(
                    f"{self.section.heading()}\nthe machine at -O{optimize} differs from CPython:\n{difference}"
                )
            if optimize == 1:
                self.check_transitions(actual)

    def run_in_python(self) -> Outcome:
        """Run in CPython, once for all engines, and compare with what the file says."""
        from tests.support import oracle

        key = self.case.name, self.section.line
        if key not in self.parent.outcomes:
            self.parent.outcomes[key] = oracle.run_python(
                self.case.files,
                self.section.input,
                self.section.workflow,
                environment=self.case.environment,
                http=self.case.http,
            )
        expected = self.parent.outcomes[key]
        if self.section.text == "?":
            self.accept(self.section, expected.result(), False, inline=True)
        elif not _is_as_written(self.section.text, expected):
            raise Mismatch(f"{self.section.heading()}\nCPython gives {expected.result()}")
        for section in self.sections_of_input("tasks"):
            actual = "\n".join(map(str, expected.calls))
            self.accept(section, actual, section.text == actual)
        return expected

    def check_transitions(self, outcome: Outcome) -> None:
        """Compare the number of transitions with what the file says."""
        for section in self.sections_of_input("transitions"):
            actual = str(outcome.transitions)
            self.accept(section, actual, section.text == actual, inline=True)

    def sections_of_input(self, kind: str) -> list[Section]:
        """The sections of one kind that are about this item's workflow and input."""
        return [
            section
            for section in self.case.of_kind(kind)
            if section.workflow == self.section.workflow and same_json(section.input, self.section.input)
        ]


_GOLDENS: dict[str, Callable[[Any], str]] = {
    "asl": lambda compiled: json.dumps(compiled.definition, indent=2, ensure_ascii=False),
    "hir": lambda compiled: str(compiled.hir_text()).rstrip(),
    "blocks": lambda compiled: str(compiled.blocks_text()).rstrip(),
}


def _same_golden(kind: str, text: str, actual: str) -> bool:
    if kind != "asl":
        return text.rstrip() == actual
    try:
        return same_json(json.loads(text), json.loads(actual))
    except ValueError:
        return False


def _is(wanted: Expectation, diagnostic: Any) -> bool:
    if diagnostic.code.number != wanted.code or wanted.part not in diagnostic.message:
        return False
    if wanted.line is None or diagnostic.span is None:
        return wanted.line is None and diagnostic.span is None
    return diagnostic.span.line == wanted.line and Path(diagnostic.span.file.path).name == Path(wanted.file).name


def _is_as_written(text: str, outcome: Outcome) -> bool:
    if text.startswith("!"):
        error, _, cause = text[1:].partition(":")
        return outcome.error == error.strip() and (not cause or (outcome.cause or "") == cause.strip())
    try:
        return outcome.succeeded and same_json(json.loads(text), outcome.output)
    except ValueError:
        raise Mismatch(f"the expected output is no JSON: {text}") from None

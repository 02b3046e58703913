"""The pytest side of `.test` files: what passes, what fails with which words, what `--bless` writes.

The compiler is replaced by one that takes the machine out of a comment, so that a wrong machine can be written down.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

CONFTEST = """
import json, sys, types
from pathlib import Path
from types import SimpleNamespace

from pysfnc.diagnostics import codes, find_code, Sink
from pysfnc.source import SourceFile, Span

pytest_plugins = ["tests.support.plugin"]


def compile_file(path, options):
    file, sink = SourceFile.read(path), Sink()
    for number, line in enumerate(file.lines, 1):
        if line.startswith("# report "):
            code, _, rest = line[9:].partition(" ")
            place, _, message = rest.partition(" ")
            sink.error(find_code(code), Span.of_line(file, int(place)) if place != "-" else None, message)
    definitions = [json.loads(line[10:]) for line in file.lines if line.startswith("# machine ")]
    definition = (definitions or [None])[0]
    workflow = SimpleNamespace(name="f", definition=definition, type="STANDARD", blocks_text=lambda: "block\\n")
    workflow.parameters, workflow.functions, workflow.children = {}, (), {}
    result = SimpleNamespace(ok=not sink.has_errors, diagnostics=sink.diagnostics, workflows={"f": workflow})
    result.parameters, result.functions = {}, ()
    return result


sys.modules["pysfnc.driver"] = types.SimpleNamespace(Options=SimpleNamespace, compile_file=compile_file)
"""

PASS_STATE = '{"Type": "Pass", "Output": "{% $states.input.x + 1 %}", "End": true}'
PLUS_ONE = '{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": ' + PASS_STATE + "}}"
PROGRAM = f"""# machine {PLUS_ONE}
from pysfnc import workflow


@workflow
def f(x: int) -> int:
    return x + 1
"""
REJECTED = "# report SFN201 2 `y` is not defined\nx = y  # E[SFN201]: `y` is\n"


@dataclass
class Report:
    """What a run of pytest on one file gave."""

    outcomes: dict[str, int]
    text: str

    def of_case(self, name: str) -> str:
        """The report of one failure."""
        _, _, rest = self.text.partition(f"[case {name}]")
        return rest.partition("\n____")[0]


class Run:
    """Runs pytest on one `.test` file in a process of its own."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.path = pytester.path / "demo.test"

    def __call__(self, text: str, *options: str) -> Report:
        self.path.write_text(text, encoding="utf-8")
        done = self._pytester.runpytest_subprocess("-p", "no:cacheprovider", "-k", "not node", *options)
        outcomes = done.parseoutcomes()
        outcomes.pop("deselected", None)
        return Report(outcomes, done.stdout.str())


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{root}:{root / 'src'}")
    pytester.makeconftest(CONFTEST)
    return Run(pytester)


def test_cases_that_hold_pass(run: Run) -> None:
    report = run(
        f'[case adds]\n{PROGRAM}[run {{"x": 1}}] 2\n[transitions {{"x": 1}}] 1\n[asl]\n{PLUS_ONE}\n[blocks]\nblock\n'
        f"[case bad]\n{REJECTED}"
        "[case bad_everywhere]\n# report SFN108 - no workflow here\n[errors]\nSFN108: no workflow\n"
    )
    assert report.outcomes == {"passed": 4}


WRONG = {
    "output": ('[run {"x": 1}] 3\n', "CPython gives 2"),
    "failure": ('[run {"x": 1}] ! ValueError: no\n', "CPython gives 2"),
    "no_json": ('[run {"x": 1}] {\n', "the expected output is no JSON"),
    "transitions": ('[run {"x": 1}] 2\n[transitions {"x": 1}] 4\n', "but is\n1"),
    "tasks": ('[run {"x": 1}] 2\n[tasks {"x": 1}]\ncharge(x=1)\n', "[tasks"),
    "asl": ("[asl]\n{}\n", "[asl] expects\n{}"),
    "blocks": ("[blocks]\nother\n", "[blocks] expects\nother"),
    "unknown": ('[run {"x": 1}] ?\n', "but is\n2"),
}


def test_expectations_that_do_not_hold_fail(run: Run) -> None:
    report = run("".join(f"[case {name}]\n{PROGRAM}{sections}" for name, (sections, _) in WRONG.items()))
    assert report.outcomes["failed"] == len(WRONG)
    for name, (_, words) in WRONG.items():
        assert words in report.of_case(name)


def test_a_machine_that_differs_from_cpython_fails(run: Run) -> None:
    report = run("[case wrong]\n" + PROGRAM.replace("+ 1 %}", "+ 2 %}") + '[run {"x": 1}] 2\n')
    assert report.outcomes == {"passed": 1, "failed": 1}
    assert "the machine at -O0 differs from CPython" in report.text
    assert "expected 2\n     got 3" in report.text


MISPLACED = {
    "line": (REJECTED.replace("2 `y`", "1 `y`"), "missing: app.py:2: SFN201"),
    "part": (REJECTED.replace("`y` is\n", "`z`\n"), "missing: app.py:2: SFN201 `z`"),
    "code": (REJECTED.replace("E[SFN201]", "E[SFN202]"), "unexpected: "),
    "compiles": (REJECTED.replace("# report", f"# machine {PLUS_ONE}\n# nothing"), "expected to be rejected"),
    "rejected": (REJECTED.replace("  # E[SFN201]: `y` is", ""), "the program does not compile"),
}


def test_errors_elsewhere_fail(run: Run) -> None:
    report = run("".join(f"[case {name}]\n{text}" for name, (text, _) in MISPLACED.items()))
    assert report.outcomes == {"failed": len(MISPLACED)}
    for name, (_, words) in MISPLACED.items():
        assert words in report.of_case(name)


def test_blessing_writes_goldens_and_unknown_outputs_only(run: Run) -> None:
    head = f"[case adds]\n{PROGRAM}"
    text = (
        head + '[run {"x": 1}] ?\n[transitions {"x": 1}] 9\n[tasks {"x": 1}]\nold()\n[blocks]\nold\n[run {"x": 2}] 9\n'
    )
    report = run(text, "--bless")
    assert report.outcomes == {"passed": 2, "failed": 1}
    assert run.path.read_text() == head + (
        '[run {"x": 1}] 2\n[transitions {"x": 1}] 1\n[tasks {"x": 1}]\n[blocks]\nblock\n[run {"x": 2}] 9\n'
    )


def test_a_malformed_file_is_a_collection_error(run: Run) -> None:
    report = run("[run {}] 1\n")
    assert report.outcomes == {"errors": 1}
    assert "[run] before the first [case]" in report.text

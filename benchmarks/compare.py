"""The same programs compiled by pysfnc and by sfnx, and written by hand, side by side.

Run: python -m benchmarks.compare [--write]. For every program of `programs/`: whether the other tool takes it (its version in
`sfnx/` is written from that tool's documentation), the states and bytes of the definitions, the transitions of every
scenario, and the time of a compilation from a cold process. All machines run in the local engine with the same answers of
their Lambda functions, and every outcome is compared with the one that is expected.

sfnx is installed from the package registry when this runs, into a virtual environment of its own under `.bench/`; where
that is not possible its columns stay empty. `--write` puts the table into `docs/cost.md`.
"""

import json
import math
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.mocked import OURS, Answers, load
from benchmarks.scenarios import SCENARIOS, Error, Scenario
from pysfnc.asl.placeholders import fill, placeholders
from pysfnc.asl.validate import check_definition
from pysfnc.engine import LambdaService, Machine, RunResult

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent
OTHER_ENVIRONMENT: Final = ROOT / ".bench" / "sfnx"
OTHER_COMMAND: Final = OTHER_ENVIRONMENT / "bin" / "sfnx"
REQUIREMENT: Final = "sfnx>=3.1,<4"
ROUNDS: Final = 3
BEGIN: Final = "<!-- begin: make bench -->"
END: Final = "<!-- end: make bench -->"


@dataclass(slots=True)
class Measured:
    """One machine: None where there is none. A transition count is None where the outcome was a wrong one."""

    states: int
    bytes: int
    transitions: list[int | None]
    wrong: list[str] = field(default_factory=list)
    seconds: float | None = None


@dataclass(slots=True)
class Row:
    """One program."""

    name: str
    ours: Measured | None
    other: Measured | None
    expert: Measured | None


# Running


def measure(definition: dict[str, Any], program: Path, scenarios: Sequence[Scenario]) -> Measured:
    """Count what a definition has, and run it."""
    findings = check_definition(definition)
    if findings:
        raise SystemExit(f"compare: {program.stem}: AWS would refuse the definition: {findings[0]}")
    filled = fill(definition, dict.fromkeys(placeholders(definition), OURS))
    machine, module = Machine(filled, name=program.stem), load(program)
    made = Measured(count_states(definition), len(compact(definition).encode()), [])
    for scenario in scenarios:
        service = LambdaService(Answers(module, scenario.answers), blocking=False)
        result = machine.run(scenario.input, tasks=service, history=False)
        fault = difference(result, scenario.expected)
        made.transitions.append(None if fault else result.transitions)
        if fault:
            made.wrong.append(f"{scenario.label}: {fault}")
    return made


def difference(result: RunResult, expected: Any) -> str | None:
    """What is wrong with an outcome. Of the cause of a failure only the text counts, not what Lambda writes around it."""
    if isinstance(expected, Error):
        if result.error != expected.name or expected.text not in (result.cause or ""):
            return f"{result.status} {result.error}: {result.cause or result.output}"
        return None
    if result.status != "SUCCEEDED":
        return f"{result.error}: {result.cause}"
    return None if result.output == expected else f"gave {compact(result.output)}"


def count_states(scope: dict[str, Any]) -> int:
    """The states of a definition, branches included."""
    inner = (
        part
        for state in scope["States"].values()
        for part in (*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor") or state.get("Iterator")]))
    )
    return len(scope["States"]) + sum(map(count_states, inner))


def compact(value: Any) -> str:
    """A value as JSON without needless characters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# Compiling


def compiled(command: Sequence[str | Path], source: Path) -> tuple[dict[str, Any] | None, float]:
    """The definition that a command prints, None if it refuses the program, and the time of the fastest of some runs."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        done = subprocess.run([*command, source], capture_output=True, text=True, cwd=ROOT)
        times.append(time.perf_counter() - begun)
        if done.returncode != 0:
            print(f"{source.relative_to(ROOT)} is refused: {done.stderr.strip()}", file=sys.stderr)
            return None, min(times)
    return json.loads(done.stdout), min(times)


def install_other() -> bool:
    """Whether the other tool is there, after an attempt to install it."""
    if OTHER_COMMAND.exists():
        return True
    print(f"compare: installing {REQUIREMENT} into {OTHER_ENVIRONMENT.relative_to(ROOT)}", file=sys.stderr)
    venv.create(OTHER_ENVIRONMENT, with_pip=True, clear=True)
    pip = [OTHER_ENVIRONMENT / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--retries", "1", "--timeout", "15", REQUIREMENT], capture_output=True, text=True)
    if done.returncode != 0:
        print("compare: sfnx cannot be installed, so its columns stay empty; is there a registry?", file=sys.stderr)
    return done.returncode == 0


def row_of(name: str, *, with_other: bool) -> Row:
    """Measure all machines of one program."""
    program, scenarios = HERE / "programs" / f"{name}.py", SCENARIOS[name]
    ours = compile_and_measure([sys.executable, "-m", "pysfnc", "compile"], program, program, scenarios)
    other = None
    if with_other:
        other = compile_and_measure([OTHER_COMMAND, "compile"], HERE / "sfnx" / program.name, program, scenarios)
    written = json.loads((HERE / "expert" / f"{name}.asl.json").read_text())
    return Row(name, ours, other, measure(written, program, scenarios))


def compile_and_measure(
    command: Sequence[str | Path], source: Path, program: Path, scenarios: Sequence[Scenario]
) -> Measured | None:
    """The machine that a command makes of a source."""
    definition, seconds = compiled(command, source)
    if definition is None:
        return None
    made = measure(definition, program, scenarios)
    made.seconds = seconds
    return made


# Showing


def table(rows: Sequence[Row]) -> str:
    """The table in Markdown, each cell `pysfnc / sfnx / by hand`."""
    lines = [
        "| program | accepted | states | bytes | transitions | compile time |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        machines = (row.ours, row.other, row.expert)
        accepted = " / ".join("-" if machine is None else "yes" for machine in machines[:2])
        states = " / ".join("-" if machine is None else str(machine.states) for machine in machines)
        size = " / ".join("-" if machine is None else f"{machine.bytes:,}" for machine in machines)
        runs = "; ".join(
            f"{scenario.label} " + " / ".join(transitions_of(machine, index) for machine in machines)
            for index, scenario in enumerate(SCENARIOS[row.name])
        )
        seconds = " / ".join("-" if m is None or m.seconds is None else f"{m.seconds:.2f} s" for m in machines[:2])
        lines.append(f"| {row.name} | {accepted} | {states} | {size} | {runs} | {seconds} |")
    return "\n".join(lines)


def transitions_of(machine: Measured | None, index: int) -> str:
    """The transitions of a run; `wrong` where it did not come to what is expected."""
    if machine is None:
        return "-"
    count = machine.transitions[index]
    return "wrong" if count is None else str(count)


def summary(rows: Sequence[Row]) -> str:
    """The geometric means of the ratios, over what both sides have."""
    lines = ["| pysfnc in proportion to | states | bytes | transitions | compile time |", "|---|---|---|---|---|"]
    for label, pick in (("sfnx", lambda row: row.other), ("the machine by hand", lambda row: row.expert)):
        pairs = [(row.ours, pick(row)) for row in rows if row.ours is not None and pick(row) is not None]
        states = mean(ours.states / theirs.states for ours, theirs in pairs)
        size = mean(ours.bytes / theirs.bytes for ours, theirs in pairs)
        runs = mean(
            mine / other
            for ours, theirs in pairs
            for mine, other in zip(ours.transitions, theirs.transitions, strict=True)
            if mine is not None and other is not None
        )
        seconds = mean(ours.seconds / theirs.seconds for ours, theirs in pairs if ours.seconds and theirs.seconds)
        lines.append(f"| {label} | {states} | {size} | {runs} | {seconds} |")
    return "\n".join(lines)


def mean(ratios: Iterable[float]) -> str:
    """The geometric mean."""
    logs = [math.log(ratio) for ratio in ratios]
    return f"{math.exp(sum(logs) / len(logs)):.2f}" if logs else "-"


def report(rows: Sequence[Row]) -> str:
    """All of what is measured."""
    return f"{table(rows)}\n\nGeometric means of the ratios:\n\n{summary(rows)}"


def write_into(page: Path, text: str) -> None:
    """Replace the block between the two marks of a page."""
    before, found, rest = page.read_text().partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise SystemExit(f"compare: {page} has no block {BEGIN} ... {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def main(arguments: list[str]) -> int:
    """Measure everything, print it, and say what came out wrong."""
    with_other = install_other()
    rows = [row_of(name, with_other=with_other) for name in SCENARIOS]
    text = report(rows)
    print("Each cell: pysfnc / sfnx / written by hand.\n")
    print(text)
    for row in rows:
        for label, machine in (("pysfnc", row.ours), ("sfnx", row.other), ("by hand", row.expert)):
            for fault in machine.wrong if machine is not None else ():
                print(f"\n{row.name}, {label}: {fault}")
    if "--write" in arguments:
        write_into(ROOT / "docs" / "cost.md", text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

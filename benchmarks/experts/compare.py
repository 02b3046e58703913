"""Machines of pysfnc beside hand-written ones for the same subjects: transitions of every scenario, states, bytes, Lambda invocations.

Run: python -m benchmarks.experts.compare CHECKOUT. CHECKOUT is a checkout of `aws-samples/step-functions-workflows-collection`, of which nothing
is kept here. Those machines are in the JSONPath dialect, so an interpreter of that dialect, installed from the package registry
under `.bench/` when this runs, runs them (`run.mjs`); the machines of pysfnc run in its engine. Both get the same answers of AWS.
"""

import importlib
import json
import math
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.compare import compact, count_states
from benchmarks.experts.subjects import SUBJECTS, Pair, Subject
from tests.support.oracle import Rejected
from tests.workflows.machine import compiled, run_as_machine
from tests.workflows.scenario import Scenario

HERE: Final = Path(__file__).parent
ENVIRONMENT: Final = HERE.parent.parent / ".bench" / "experts"
REQUIREMENT: Final = "aws-local-stepfunctions@^3.0.0"


@dataclass(frozen=True)
class Measured:
    """One run: how it ended, and what it took."""

    status: str
    transitions: int
    lambdas: int


@dataclass(frozen=True)
class Row:
    """One subject: states and bytes of both machines, and the runs of each pair."""

    subject: Subject
    states: tuple[int, int]
    bytes: tuple[int, int]
    runs: tuple[tuple[str, Measured, Measured], ...]


class NotComparable(Exception):
    """The hand-written machine does not do in the interpreter what the program does."""


def install() -> None:
    """The interpreter of the other dialect; SystemExit where it cannot be had."""
    if (ENVIRONMENT / "node_modules" / "aws-local-stepfunctions").exists():
        return
    ENVIRONMENT.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(ENVIRONMENT), REQUIREMENT]
    if subprocess.run(command).returncode != 0:
        raise SystemExit(f"compare: {REQUIREMENT} cannot be installed; is there npm, and a registry?")


def run_by_hand(definition: dict[str, Any], pair: Pair) -> Measured:
    """One run of a hand-written machine."""
    context = {
        "Execution": {"Id": "arn:e", "Name": "test-run", "Input": pair.input, "StartTime": "2030-01-02T03:04:05Z"},
        "State": {"EnteredTime": "2030-01-02T03:04:05Z"},
        "StateMachine": {"Id": "arn:m", "Name": "m"},
        "Task": {"Token": "token"},
    }
    given = {"definition": definition, "input": pair.input, "context": context, "answers": dict(pair.answers)}
    script = ENVIRONMENT / "run.mjs"
    script.write_text((HERE / "run.mjs").read_text())
    done = subprocess.run(["node", script], input=json.dumps(given), capture_output=True, text=True, cwd=ENVIRONMENT)
    if done.returncode != 0:
        raise SystemExit(f"compare: the interpreter failed: {done.stderr}")
    made = json.loads(done.stdout)
    if made["error"] in ("NoAnswer", "States.Runtime"):
        raise NotComparable(f"{pair.scenario}: the machine was not led through: {made['error']}")
    return Measured(made["status"], made["transitions"], made["lambdas"])


def measure(subject: Subject, checkout: Path) -> Row:
    """All runs of a subject."""
    written = json.loads((checkout / subject.definition).read_text())
    program = compiled(subject.program, 1)
    ours = program.workflow(subject.workflow).definition
    scenarios: list[Scenario] = importlib.import_module(f"tests.workflows.scenarios.{subject.program}").SCENARIOS
    by_label = {scenario.label: scenario for scenario in scenarios}
    runs = []
    for pair in subject.pairs:
        result, _ = run_as_machine(subject.program, by_label[pair.scenario])
        mine = Measured(result.status, result.transitions, result.lambda_invocations)
        theirs = run_by_hand(written, pair)
        if mine.status != theirs.status and not subject.differs:
            raise NotComparable(f"{pair.scenario}: {mine.status} here, {theirs.status} by hand")
        runs.append((pair.scenario, mine, theirs))
    sizes = (len(compact(ours).encode()), len(compact(written).encode()))
    return Row(subject, (count_states(ours), count_states(written)), sizes, tuple(runs))


def measure_all(checkout: Path) -> tuple[list[Row], list[tuple[str, str]]]:
    """All subjects, and those that are left out, each with the reason: mostly an error of the compiler."""
    rows: list[Row] = []
    rejected: list[tuple[str, str]] = []
    for subject in SUBJECTS:
        try:
            rows.append(measure(subject, checkout))
        except Rejected as found:
            rejected.append((subject.program, str(found).splitlines()[1]))
        except NotComparable as found:
            rejected.append((subject.program, str(found)))
    return rows, rejected


def table(rows: Iterable[Row]) -> str:
    """The table in Markdown, each cell `pysfnc / by hand`."""
    lines = ["| subject | states | bytes | transitions | Lambda invocations |", "|---|---|---|---|---|"]
    for row in rows:
        transitions = "; ".join(
            f"{label} {mine.transitions} / {theirs.transitions}" for label, mine, theirs in row.runs
        )
        lambdas = "; ".join(f"{mine.lambdas} / {theirs.lambdas}" for _, mine, theirs in row.runs)
        sizes = f"{row.states[0]} / {row.states[1]} | {row.bytes[0]:,} / {row.bytes[1]:,}"
        lines.append(f"| {row.subject.program} | {sizes} | {transitions} | {lambdas} |")
    return "\n".join(lines)


def mean(ratios: Iterable[float]) -> float:
    """The geometric mean."""
    logs = [math.log(ratio) for ratio in ratios]
    return math.exp(sum(logs) / len(logs))


def main(arguments: list[str]) -> int:
    """Measure everything and print it; 1 where a run takes more transitions than the expert's, or none could be made."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    install()
    rows, rejected = measure_all(Path(arguments[0]))
    print(table(rows))
    runs = [(mine.transitions, theirs.transitions) for row in rows for _, mine, theirs in row.runs]
    print(f"\n{len(rows)} subjects, {len(runs)} scenarios. Geometric means of the ratios, pysfnc to by hand:")
    print(f"transitions {mean(mine / theirs for mine, theirs in runs):.2f}", end=", ")
    print(f"states {mean(row.states[0] / row.states[1] for row in rows):.2f}", end=", ")
    print(f"bytes {mean(row.bytes[0] / row.bytes[1] for row in rows):.2f}")
    for row in rows:
        if row.subject.differs:
            print(f"{row.subject.program}: {row.subject.differs}")
    above = [
        f"{row.subject.program}, {label}: {mine.transitions} to {theirs.transitions}"
        for row in rows
        for label, mine, theirs in row.runs
        if mine.transitions > theirs.transitions
    ]
    print("\n".join(f"{program} is left out: {reason}" for program, reason in rejected))
    print("\n".join(["More transitions than by hand:", *above] if above else ["No scenario takes more than by hand."]))
    return 1 if above or rejected else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

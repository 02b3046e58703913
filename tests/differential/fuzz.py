"""`python -m tests.differential.fuzz N [SEED]`: judge N random programs, shrink and keep those that fail.

Prints a line for each cause of failure, and at the end how many programs agreed, were outside the domain or were
rejected, by code. The exit code is 1 when something failed or too many programs were rejected.
"""

import argparse
import collections
import contextlib
import multiprocessing
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.differential.corpus import keep
from tests.differential.generator import generate
from tests.differential.judge import QUICK_WAYS, WAYS, Judgement, judge
from tests.differential.minimise import Inputs, minimise

REJECTED_AT_MOST = 0.05
_SHOWN_CHARS = 3000


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    count: int
    seed: int
    jobs: int
    shrink: bool
    node: bool
    verbose: bool


def _judged(task: tuple[int, bool]) -> tuple[int, Judgement]:
    seed, node = task
    program = generate(seed)
    return seed, judge(program.source, program.inputs, QUICK_WAYS if node else WAYS[:2])


def _judgements(options: Options) -> Iterator[tuple[int, Judgement]]:
    tasks = [(seed, options.node) for seed in range(options.seed, options.seed + options.count)]
    if options.jobs == 1:
        yield from map(_judged, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(options.jobs, maxtasksperchild=500) as pool:
        yield from pool.imap_unordered(_judged, tasks, chunksize=5)


class _TooLong(BaseException):
    """A candidate took too long. No `Exception`, so that the candidate cannot catch it."""


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Interrupt what takes more than ten seconds."""

    def stop(*_: object) -> None:
        raise _TooLong

    previous = signal.signal(signal.SIGALRM, stop)
    signal.alarm(10)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def _shrunk(seed: int, judgement: Judgement) -> str:
    program = generate(seed)
    ways = [judgement.way] if judgement.way is not None else WAYS

    def fails(source: str, inputs: Inputs) -> bool:
        try:
            with _limited():
                found = judge(source, inputs, ways)
        except (Exception, _TooLong):
            # The candidate is no program that CPython runs, or one that runs for ever.
            return False
        return (found.verdict, found.about) == (judgement.verdict, judgement.about)

    source, inputs = minimise(program.source, program.inputs, fails)
    reason = f"seed {seed}: {judgement.verdict} {judgement.about}".strip()
    path = keep(f"seed_{seed}", source, inputs, reason)
    return f"{path}\n{source}{inputs}\n{judge(source, inputs, ways).report[-_SHOWN_CHARS:]}"


def fuzz(options: Options) -> int:
    """Judge programs and report; returns the exit code."""
    verdicts: collections.Counter[str] = collections.Counter()
    rejected: collections.Counter[str] = collections.Counter()
    causes: dict[str, list[int]] = {}
    start = time.monotonic()
    for seed, judgement in _judgements(options):
        verdicts[judgement.verdict] += 1
        if judgement.verdict == "rejected":
            rejected[judgement.about] += 1
            if options.verbose:
                print(f"seed {seed} is rejected\n{judgement.report}")
        if judgement.failed:
            cause = f"{judgement.verdict} {judgement.about}"
            seeds = causes.setdefault(cause, [])
            seeds.append(seed)
            if len(seeds) == 1:
                text = _shrunk(seed, judgement) if options.shrink else judgement.report[-_SHOWN_CHARS:]
                print(f"seed {seed}: {cause}\n{text}\n", flush=True)
    for cause, seeds in causes.items():
        print(f"{len(seeds)} times {cause}: seeds {_first(seeds)}")
    print(f"{options.count} programs in {time.monotonic() - start:.0f} s: {_listed(verdicts.items())}")
    if rejected:
        print(f"rejected by {_listed(rejected.items())}")
    too_many = verdicts["rejected"] > REJECTED_AT_MOST * options.count
    if too_many:
        print(f"more than {REJECTED_AT_MOST:.0%} were rejected")
    return 1 if causes or too_many else 0


def _first(seeds: list[int], count: int = 10) -> str:
    shown = ", ".join(map(str, sorted(seeds)[:count]))
    return shown + (", ..." if len(seeds) > count else "")


def _listed(items: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(items, key=lambda item: -item[1]))


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Judge random programs.")
    parser.add_argument("count", type=int, nargs="?", default=1000, help="how many programs")
    parser.add_argument("seed", type=int, nargs="?", default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--no-shrink", action="store_true", help="report failing programs as they are, keep none")
    parser.add_argument("--no-node", action="store_true", help="judge on the engine's own JSONata only")
    parser.add_argument("--verbose", action="store_true", help="show why programs are rejected")
    given = parser.parse_args(arguments)
    options = Options(given.count, given.seed, given.jobs, not given.no_shrink, not given.no_node, given.verbose)
    return fuzz(options)


if __name__ == "__main__":
    sys.exit(main())

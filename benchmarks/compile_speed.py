"""How long compiling takes from a cold process, and how large the machines are, for every example.

Run: python benchmarks/compile_speed.py [FILE.py ...]. Prints one line per workflow; the target for an example is 0.4 s.
"""

import subprocess
import sys
import time
from pathlib import Path

from pysfnc.driver import Options, compile_file

ROUNDS = 5


def cold_seconds(path: Path) -> float:
    """Return the wall time of the fastest of some `pysfnc compile` processes."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "pysfnc", "compile", str(path)], check=True, capture_output=True)
        times.append(time.perf_counter() - begun)
    return min(times)


def main(arguments: list[str]) -> None:
    """Measure the files named, or all examples."""
    examples = Path(__file__).parents[1] / "examples"
    paths = [Path(argument) for argument in arguments] or sorted(examples.glob("*.py"))
    print(f"{'workflow':<28}{'cold s':>8}{'states -O0':>12}{'states -O1':>12}{'bytes -O1':>12}")
    for path in paths:
        plain, fused = (compile_file(str(path), Options(optimize=level)) for level in (0, 1))
        seconds = cold_seconds(path) if fused.ok else 0.0
        for name, workflow in fused.workflows.items():
            row = (seconds, plain.workflows[name].states, workflow.states, workflow.bytes)
            print(f"{name:<28}{row[0]:>8.2f}{row[1]:>12}{row[2]:>12}{row[3]:>12,}")


if __name__ == "__main__":
    main(sys.argv[1:])

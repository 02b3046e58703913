"""Transitions per second of the local engine, on a loop of Choice and Pass with small values.

Run: python benchmarks/engine_speed.py [SECONDS]. Prints one line per setting; the target is 5,000 with history.
"""

import sys
import time
from typing import Any

from pysfnc.engine import Machine

LOOP: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "Init",
    "States": {
        "Init": {"Type": "Pass", "Assign": {"i": 0, "total": 0}, "Next": "More"},
        "More": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $i < $states.input.count %}", "Next": "Step"}],
            "Default": "Done",
        },
        "Step": {"Type": "Pass", "Assign": {"i": "{% $i + 1 %}", "total": "{% $total + $i %}"}, "Next": "More"},
        "Done": {"Type": "Succeed", "Output": {"total": "{% $total %}"}},
    },
}
# Below the 25,000 events at which AWS ends an execution: each turn makes four.
_TURNS = 6_000


def transitions_per_second(seconds: float, *, history: bool) -> float:
    """Repeat the loop for about `seconds` and count."""
    machine = Machine(LOOP)
    machine.run({"count": 10}, history=history)
    count, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        result = machine.run({"count": _TURNS}, history=history)
        assert result.output == {"total": _TURNS * (_TURNS - 1) // 2}
        count += result.transitions
    return count / passed


def main() -> None:
    """Measure both settings."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    for history in (True, False):
        rate = transitions_per_second(seconds, history=history)
        print(f"engine: {rate:>9,.0f} transitions/s {'with' if history else 'without'} history")


if __name__ == "__main__":
    main()

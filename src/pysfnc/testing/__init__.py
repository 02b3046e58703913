"""Running workflows in tests: as Python, and as the compiled machine in the local engine.

`run` and `run_python` give the same kind of value, so that one test can look at both. The pytest plugin
(`pysfnc.testing.plugin`) does that with a fixture. Importing this package loads neither the compiler nor the engine.
"""

from pysfnc.testing.callbacks import Callback, answer, heartbeat, refuse
from pysfnc.testing.contexts import run_context
from pysfnc.testing.outcome import RunOutcome
from pysfnc.testing.runs import NotCompiled, run, run_python

__all__ = [
    "Callback",
    "NotCompiled",
    "RunOutcome",
    "answer",
    "heartbeat",
    "refuse",
    "run",
    "run_context",
    "run_python",
]

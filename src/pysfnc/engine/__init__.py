"""A local interpreter of the Amazon States Language in JSONata mode."""

from pysfnc.engine.clock import Clock, RealClock, VirtualClock
from pysfnc.engine.errors import EngineError, TaskFailure, TaskTimedOut, UnsupportedError
from pysfnc.engine.history import Event
from pysfnc.engine.machine import Machine, read_input, run_machine
from pysfnc.engine.result import RunResult
from pysfnc.engine.scheduler import Done
from pysfnc.engine.tasks import Job, LambdaAnswer, LambdaInvoker, LambdaService, TaskCall, TaskService

__all__ = [
    "Clock",
    "Done",
    "EngineError",
    "Event",
    "Job",
    "LambdaAnswer",
    "LambdaInvoker",
    "LambdaService",
    "Machine",
    "RealClock",
    "RunResult",
    "TaskCall",
    "TaskFailure",
    "TaskService",
    "TaskTimedOut",
    "UnsupportedError",
    "VirtualClock",
    "read_input",
    "run_machine",
]

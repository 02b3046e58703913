"""A local interpreter of the Amazon States Language in JSONata mode."""

from pysfnc.engine.callbacks import ApiError, Waiting
from pysfnc.engine.clock import Clock, RealClock, VirtualClock
from pysfnc.engine.errors import EngineError, TaskFailure, TaskTimedOut, UnsupportedError
from pysfnc.engine.history import Event
from pysfnc.engine.host import Listener, machine_arn
from pysfnc.engine.machine import Machine, read_input, run_machine
from pysfnc.engine.objects import BotoObjects, ObjectStore
from pysfnc.engine.result import ChildRun, RunResult
from pysfnc.engine.scheduler import Done, Unanswered
from pysfnc.engine.step_functions import StepFunctionsApi
from pysfnc.engine.tasks import LambdaAnswer, LambdaInvoker, LambdaService, Pending, TaskCall, TaskService

__all__ = [
    "ApiError",
    "BotoObjects",
    "ChildRun",
    "Clock",
    "Done",
    "EngineError",
    "Event",
    "LambdaAnswer",
    "LambdaInvoker",
    "LambdaService",
    "Listener",
    "Machine",
    "ObjectStore",
    "Pending",
    "RealClock",
    "RunResult",
    "StepFunctionsApi",
    "TaskCall",
    "TaskFailure",
    "TaskService",
    "TaskTimedOut",
    "Unanswered",
    "UnsupportedError",
    "VirtualClock",
    "Waiting",
    "machine_arn",
    "read_input",
    "run_machine",
]

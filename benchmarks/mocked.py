"""Lambda functions that answer at once, in the calling conventions of all machines that are compared."""

import importlib.util
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from benchmarks.scenarios import Error
from pysfnc.engine import LambdaAnswer

OURS: Final = "pysfnc"
"""The one function that the machines of pysfnc call, with the name of the task and its arguments."""


def load(path: Path) -> ModuleType:
    """The module in a file."""
    spec = importlib.util.spec_from_file_location(f"benchmarked_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Answers:
    """The functions of one run: a `LambdaInvoker`."""

    def __init__(self, module: ModuleType, answers: Mapping[str, tuple[Any, ...]]) -> None:
        self._module = module
        self._answers: dict[str, Iterator[Any]] = {name: iter(given) for name, given in answers.items()}

    def invoke(self, function_name: str, payload: Any, timeout_s: float | None) -> LambdaAnswer:
        """Run a task; by its own name the payload holds its arguments."""
        name = payload["f"] if function_name == OURS else function_name
        arguments = payload["a"] if function_name == OURS else payload
        body = inspect.unwrap(getattr(self._module, name))
        try:
            return LambdaAnswer(self._scripted(name) if name in self._answers else _called(body, arguments))
        except Exception as error:
            report = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": []}
            return LambdaAnswer(error=type(error).__name__, cause=json.dumps(report))

    def _scripted(self, name: str) -> Any:
        answer = next(self._answers[name])
        if isinstance(answer, Error):
            raise type(answer.name, (Exception,), {})(answer.text)
        return answer


def _called(body: Callable[..., Any], arguments: Any) -> Any:
    return body(**arguments) if isinstance(arguments, dict) else body(*arguments)

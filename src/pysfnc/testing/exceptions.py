"""Python exceptions for the errors of a machine, so that `pytest.raises` works for both forms of a workflow."""

import builtins
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from pysfnc.assembly.reports import message_of
from pysfnc.lang.errors import Fail

__all__ = ["exception_of", "name_and_text"]

_TIMEOUTS: Final = ("States.Timeout", "States.HeartbeatTimeout")


def name_and_text(failure: Exception) -> tuple[str, str]:
    """Return the error name and the cause of an execution that this exception ends."""
    if isinstance(failure, Fail):
        return failure.error, failure.cause
    return type(failure).__name__, str(failure)


def exception_of(error: str | None, cause: str | None, files: Collection[str]) -> Exception:
    """Return an exception for the error that ended an execution.

    Args:
        error: its name; None when the execution ran out of its own time limit.
        files: resolved paths of the program's modules; the classes of those that are imported are known.
    """
    text = message_of(cause)
    name = "TimeoutError" if error is None or error in _TIMEOUTS else error
    cls = _class_named(name, files)
    if cls is None or issubclass(cls, Fail):
        return Fail(name, text)
    return _instance(cls, text)


def _class_named(name: str, files: Collection[str]) -> type[Exception] | None:
    for module in (*_modules_of(files), builtins):
        found = vars(module).get(name)
        if isinstance(found, type) and issubclass(found, Exception) and found.__name__ == name:
            return found
    return None


def _modules_of(files: Collection[str]) -> Iterator[ModuleType]:
    """The imported modules of these files. They may have any name, and their paths may lead through links."""
    last_parts = {Path(file).name for file in files}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None) or ""
        if Path(file).name in last_parts and str(Path(file).resolve()) in files:
            yield module


def _instance(cls: type[Exception], text: str) -> Exception:
    """Make an instance whose text is `text`, without calling an `__init__` that wants other arguments."""

    def text_of(_: Exception) -> str:
        return text

    shown: Any = type(cls.__name__, (cls,), {"__module__": cls.__module__, "__str__": text_of})
    try:
        made: Exception = shown.__new__(shown, text)
    except TypeError:  # ExceptionGroup and the like cannot be made from a text
        return Fail(cls.__name__, text)
    return made

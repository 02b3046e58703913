"""How an exception leaves Lambda: the name the machine catches it by, its message, and what those two do not tell.

Owns the form of the error report and the exception object that makes AWS's runtime client write it. The report that a
catcher sees as `Cause` is Lambda's own JSON, ``{"errorMessage", "errorType", "requestId", "stackTrace"}`` (AWS guide,
"Lambda function errors in Python"):

- ``errorType``: the name of the nearest class in the MRO that the program knows; the class's own name when it knows
  none of them; for `Fail` its error name. An own name that belongs to another class the program knows is given with
  its module, so that the wrong handler cannot catch it.
- ``errorMessage``: ``str(exception)``.
- ``stackTrace``: the frames of the program, at most 20. When something about the exception does not follow from the
  two above, or no frame is the program's, one more entry stands at the end, exactly::

      '  File "pysfnc:exception", line 1, in ' + JSON + '\\n'

  The JSON is an object, in ASCII, with only the keys that are needed:

  - ``args``: `e.args` on the wire, when they are not ``(errorMessage,)``; null when they cannot travel. The exceptions of
    an `ExceptionGroup` are objects with their name ``e!``, their text ``c``, and ``a`` and ``f`` as ``args`` and ``fields``
    here: what machines hold in place of an exception;
  - ``type``: the class's own name, when it is not ``errorType``;
  - ``fields``: the attributes of the instance (`vars(e)`) that can travel, when ``errorType`` is a class of a package
    or of the project, not a built-in one.

  It is left out, and ``args`` becomes null, when it is longer than 16,384 characters: Step Functions keeps 32,768
  characters of a cause ("GetExecutionHistory", `cause`).

A program's known classes are given as ``module:qualname``, or as a bare name that matches by `__name__`.
"""

import json
import types
from collections.abc import Collection, Iterator
from typing import Any, Final

from pysfnc.lang.errors import Fail
from pysfnc.lang.json_values import WireFault
from pysfnc.lang.wire import encode

EXTRA_FILE: Final = "pysfnc:exception"
EXTRA_PREFIX: Final = f'  File "{EXTRA_FILE}", line 1, in '
MAX_EXTRA_CHARS: Final = 16_384
MAX_FRAMES: Final = 20


def reported(failure: BaseException, known: Collection[str], own_folder: str = "") -> Exception:
    """An exception whose class name, text and traceback make the runtime client report `failure` as described above.

    Args:
        failure: what the program raised.
        known: the classes the program knows.
        own_folder: frames of files in this folder are left out of the trace.
    """
    name = error_name(failure, known)
    message = _message_of(failure)
    shown: Exception = type(name, (_Reported,), {"__module__": type(failure).__module__})(message)
    frames = [link for link in _links(failure.__traceback__) if not _is_inside(link, own_folder)]
    if len(frames) > MAX_FRAMES:
        frames = frames[: MAX_FRAMES // 2] + frames[-MAX_FRAMES // 2 :]
    extra = extra_of(failure, name, message, known)
    # With no entry at all the runtime client would show its own frames and ours.
    shows_extra = extra or not frames
    trace = types.TracebackType(None, _frame_named(_text_of(extra)), -1, 1) if shows_extra else None
    for link in reversed(frames):
        trace = types.TracebackType(trace, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return shown.with_traceback(trace)


def error_name(failure: BaseException, known: Collection[str]) -> str:
    """The name by which the machine catches `failure`."""
    if isinstance(failure, Fail):
        return failure.error
    own = type(failure)
    nearest = _nearest_known(failure, known)
    if nearest is not None:
        return nearest.__name__
    bare_names = {name.rpartition(":")[2].rpartition(".")[2] for name in known}
    return f"{own.__module__}.{own.__name__}" if own.__name__ in bare_names else own.__name__


def extra_of(failure: BaseException, name: str, message: str, known: Collection[str]) -> dict[str, Any]:
    """What `name` and `message` do not tell about `failure`."""
    extra: dict[str, Any] = {}
    if isinstance(failure, ExceptionGroup):
        extra["args"] = [failure.message, [_member(part, known) for part in failure.exceptions]]
    elif not _is_only(failure.args, message):
        extra["args"] = _encoded_or_none(list(failure.args))
    if type(failure).__name__ != name:
        extra["type"] = type(failure).__name__
    nearest = _nearest_known(failure, known)
    if nearest is not None and nearest.__module__ != "builtins":
        fields = dict(_fields_of(failure))
        if fields:
            extra["fields"] = fields
    return extra


def _member(failure: Exception, known: Collection[str]) -> dict[str, Any]:
    """An exception of a group, as a machine holds it."""
    name, message = error_name(failure, known), _message_of(failure)
    extra = extra_of(failure, name, message, known)
    return {"e!": name, "c": message} | {
        short: extra[key] for key, short in (("args", "a"), ("fields", "f")) if key in extra
    }


def _is_only(args: tuple[Any, ...], message: str) -> bool:
    # The type comes first: an argument may be an object with an odd idea of equality.
    return len(args) == 1 and isinstance(args[0], str) and args[0] == message


def _text_of(extra: dict[str, Any]) -> str:
    text = json.dumps(extra, separators=(",", ":"))
    if len(text) <= MAX_EXTRA_CHARS:
        return text
    short = {"args": None} | {key: value for key, value in extra.items() if key == "type"}
    return json.dumps(short, separators=(",", ":"))


def _nearest_known(failure: BaseException, known: Collection[str]) -> type | None:
    if isinstance(failure, Fail):
        return None
    return next((cls for cls in type(failure).__mro__ if _is_known(cls, known)), None)


class _Reported(Exception):
    """Base of the stand-ins that the runtime client sees."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self._message = message

    def __str__(self) -> str:
        return self._message


def _is_known(cls: type, known: Collection[str]) -> bool:
    return f"{cls.__module__}:{cls.__qualname__}" in known or cls.__name__ in known


def _message_of(failure: BaseException) -> str:
    try:
        text = str(failure)
    except Exception:
        text = f"<unprintable {type(failure).__name__} object>"
    # A lone surrogate would make the runtime client fail instead of the task.
    return text.encode("utf-8", "replace").decode("utf-8")


def _encoded_or_none(value: Any) -> Any:
    try:
        return encode(value)
    except (WireFault, RecursionError):
        return None


def _fields_of(failure: BaseException) -> Iterator[tuple[str, Any]]:
    for name, value in vars(failure).items():
        encoded = _encoded_or_none(value)
        if not name.startswith("__") and (encoded is not None or value is None):
            yield name, encoded


def _links(trace: types.TracebackType | None) -> Iterator[types.TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _is_inside(link: types.TracebackType, folder: str) -> bool:
    return bool(folder) and link.tb_frame.f_code.co_filename.startswith(folder)


def _raise_probe() -> None:
    raise LookupError


def _frame_named(name: str) -> types.FrameType:
    """A frame that a traceback shows as function `name` of the file `EXTRA_FILE`."""
    code = _raise_probe.__code__.replace(co_filename=EXTRA_FILE, co_name=name)
    try:
        types.FunctionType(code, {"LookupError": LookupError})()
    except LookupError as probe:
        links = list(_links(probe.__traceback__))
        return links[-1].tb_frame
    raise AssertionError("the probe raises")

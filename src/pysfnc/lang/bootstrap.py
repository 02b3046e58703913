"""What runs inside Lambda: the registered functions of a zip, and the handler that dispatches to them.

Owns the payload and registration formats. The handler module in the zip (`pysfnc_handler.py`) calls `make_handler`.
The module's file name matters: AWS's runtime client leaves leading frames of files called ``bootstrap.py`` out of a
stack trace, so traces begin with the program's own code.

Payload of an invocation (what the state machine sends)::

    {"f": "<registered id>", "a": {"name": value, ...}}      arguments by name
    {"f": "<registered id>", "a": [value, ...]}              arguments by position
    {"f": "<registered id>", "a": [value, ...], "k": {...}}  both
    "c": {"Execution": {...}, "StateMachine": {...}}         optional: the Context Object for `pysfnc.context`

``a`` may be absent when there are no arguments. Values are encoded as in `pysfnc.lang.wire`; the answer is the encoded
result. A payload of another form, or an id that is not registered, fails with ``Pysfnc.BadPayload`` or
``Pysfnc.NotRegistered`` before any code of the program runs.

Registration (``pysfnc_functions.json`` beside the handler, written by the build)::

    {"version": 1,
     "functions": {"<id>": {"module": "pkg.mod", "qualname": "charge", "exceptions": ["pkg.mod:Declined"], "as_sent": ["amount"]}}}

`as_sent`, which may be absent, are the parameters whose annotations nobody reads: those of a function that is no task. Such a function has
`copies` too, ``"kept"`` or ``"changed"``: whether the machine changes what it gives to it, or gets from it (see `pysfnc.lang.copies`),
and ``"consumes": true`` if it may change its arguments.

All modules are imported when the environment starts, so a module that cannot be imported fails each invocation with
the runtime's own error (``Runtime.ImportModuleError``, ``Runtime.UserCodeSyntaxError`` or the exception's name).
"""

import importlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, Final

from pysfnc.lang.calls import is_async_callable
from pysfnc.lang.context import in_lambda, run_from_context_object, running
from pysfnc.lang.errors import Fail
from pysfnc.lang.exceptions import reported
from pysfnc.lang.wire import run_encoded, run_encoded_async

REGISTRATION_FILE: Final = "pysfnc_functions.json"
REGISTRATION_VERSION: Final = 1
_OWN_FOLDER: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
_PAYLOAD_KEYS: Final = frozenset({"f", "a", "k", "c"})

Handler = Callable[[Any, Any], Any]


class _Registered:
    """One function that may be called, the exception classes its callers know, and the parameters that take what is sent as it is.

    `copies`: what happens to the copies of a helper; None for a task. `consumes`: whether it may change its arguments.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        known: frozenset[str],
        as_sent: frozenset[str],
        copies: str | None,
        consumes: bool,
    ) -> None:
        self.function = function
        self.known = known
        self.as_sent = as_sent
        self.copies = copies
        self.consumes = consumes

    def call(self, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call the function with encoded arguments; the encoded result."""
        if not is_async_callable(self.function):
            if self.copies is not None:
                from pysfnc.lang.copies import run_helper

                changed = self.copies == "changed"
                return run_helper(
                    self.function, args, kwargs, self.as_sent, changed_later=changed, consumes=self.consumes
                )
            return run_encoded(self.function, args, kwargs, self.as_sent)
        import asyncio

        return asyncio.run(run_encoded_async(self.function, args, kwargs, self.as_sent))


def make_handler(handler_file: str) -> Handler:
    """The handler for the registration beside `handler_file`, with all registered modules imported.

    Raises:
        Exception: whatever the import of the program's modules raises.
        RuntimeError: the registration is of another version.
    """
    path = os.path.join(os.path.dirname(os.path.abspath(handler_file)), REGISTRATION_FILE)
    with open(path, encoding="utf-8") as file:
        registration = json.load(file)
    if registration["version"] != REGISTRATION_VERSION:
        raise RuntimeError(f"{REGISTRATION_FILE} has version {registration['version']}, not {REGISTRATION_VERSION}")
    functions = {name: _load(entry) for name, entry in registration["functions"].items()}

    def handler(event: Any, context: Any) -> Any:
        try:
            registered, args, kwargs, run = _read(functions, event)
            with in_lambda(), running(run_from_context_object(run)) if run else nullcontext():
                return registered.call(args, kwargs)
        except BaseException as failure:
            known = functions[event["f"]].known if _is_registered(functions, event) else ()
            # Also SystemExit and its kind: the runtime client would take them for a crash.
            raise reported(failure, known, _OWN_FOLDER) from None

    return handler


def _load(entry: Mapping[str, Any]) -> _Registered:
    found: Any = importlib.import_module(entry["module"])
    for name in entry["qualname"].split("."):
        found = getattr(found, name)
    # Retries and timeouts of a task are the machine's here; only the function itself runs.
    while hasattr(found, "__wrapped__") and hasattr(found, "options"):
        found = found.__wrapped__
    known, as_sent = frozenset(entry["exceptions"]), frozenset(entry.get("as_sent", ()))
    return _Registered(found, known, as_sent, entry.get("copies"), entry.get("consumes", False))


def _is_registered(functions: Mapping[str, _Registered], event: Any) -> bool:
    return isinstance(event, dict) and isinstance(event.get("f"), str) and event["f"] in functions


def _read(
    functions: Mapping[str, _Registered], event: Any
) -> tuple[_Registered, list[Any], dict[str, Any], dict[str, Any]]:
    if not isinstance(event, dict) or not isinstance(event.get("f"), str) or not event.keys() <= _PAYLOAD_KEYS:
        raise Fail("Pysfnc.BadPayload", 'a payload is an object {"f": id, "a": arguments}')
    if not _is_registered(functions, event):
        raise Fail("Pysfnc.NotRegistered", f"no function is registered as {event['f']!r}")
    given, named, run = event.get("a", []), event.get("k", {}), event.get("c", {})
    if isinstance(given, dict) and not named:
        given, named = [], given
    if not isinstance(given, list) or not isinstance(named, dict) or not isinstance(run, dict):
        raise Fail("Pysfnc.BadPayload", '"a" is an array or an object, "k" and "c" are objects')
    return functions[event["f"]], given, named, run

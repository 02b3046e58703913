"""Exception classes: which there are, what stands above and below them, and by which names a machine knows them.

Owns the tables of Python's own classes, the reading of the project's, and the expansion of a class to error names. How an exception
is raised and caught is the business of the lowering.
"""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from typing import Final

from pysfnc.frontend.aws.botocore_errors import NEVER_RAISED
from pysfnc.frontend.program.model import (
    Binding,
    ClassBinding,
    ClassInfo,
    ExternalBinding,
    ModuleInfo,
    ProjectModel,
    Style,
)
from pysfnc.frontend.program.names import resolve, resolve_through
from pysfnc.lean import dataclass
from pysfnc.library.written import WRITTEN

BUILTIN_BASES: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(base.__name__ for base in value.__bases__ if issubclass(base, BaseException))
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException) and value.__name__ == name
}
"""Every builtin exception class and its direct bases."""

_EXTERNAL: Final[dict[str, str]] = {
    "pysfnc.CallbackFailed": "CallbackFailed",
    "pysfnc.Fail": "Fail",
    "pysfnc.JobFailed": "JobFailed",
    "pysfnc.HTTPError": "HTTPError",
    "asyncio.TimeoutError": "TimeoutError",
    "binascii.Error": "Error",
    "calendar.IllegalMonthError": "IllegalMonthError",
    "asyncio.CancelledError": "CancelledError",
    "botocore.client.ClientError": "ClientError",
    "botocore.errorfactory.ClientError": "ClientError",
    "botocore.exceptions.BotoCoreError": "BotoCoreError",
    "botocore.exceptions.ClientError": "ClientError",
    "botocore.exceptions.ParamValidationError": "ParamValidationError",
    "botocore.exceptions.PaginationError": "PaginationError",
    "botocore.exceptions.WaiterError": "WaiterError",
    **{f"botocore.exceptions.{name}": name for name in NEVER_RAISED},
    "concurrent.futures.TimeoutError": "TimeoutError",
    "concurrent.futures.CancelledError": "CancelledError",
    "concurrent.futures.BrokenExecutor": "BrokenExecutor",
    "dataclasses.FrozenInstanceError": "FrozenInstanceError",
    "decimal.DecimalException": "DecimalException",
    **{
        f"decimal.{name}": name
        for name in ("DivisionByZero", "Inexact", "InvalidOperation", "Overflow", "Rounded", "Underflow")
    },
    "json.JSONDecodeError": "JSONDecodeError",
    "json.decoder.JSONDecodeError": "JSONDecodeError",
    "select.error": "OSError",
    "socket.error": "OSError",
    "socket.timeout": "TimeoutError",
    "statistics.StatisticsError": "StatisticsError",
    "subprocess.CalledProcessError": "CalledProcessError",
    "subprocess.SubprocessError": "SubprocessError",
    "subprocess.TimeoutExpired": "TimeoutExpired",
    "urllib.error.HTTPError": "HTTPError",
    "urllib.error.URLError": "URLError",
    "builtins.IOError": "OSError",
    "builtins.EnvironmentError": "OSError",
}
"""Exception classes of pysfnc and of the standard library that programs catch, by full dotted name, and the name that Lambda reports."""

_EXTERNAL_BASES: Final[dict[str, tuple[str, ...]]] = {
    "Fail": ("Exception",),
    "BotoCoreError": ("Exception",),
    "CallbackFailed": ("Exception",),
    "ClientError": ("Exception",),
    "ParamValidationError": ("BotoCoreError",),
    "PaginationError": ("BotoCoreError",),
    "WaiterError": ("BotoCoreError",),
    **NEVER_RAISED,
    "BrokenExecutor": ("RuntimeError",),
    "CancelledError": ("BaseException",),
    "CalledProcessError": ("SubprocessError",),
    "DecimalException": ("ArithmeticError",),
    "DivisionByZero": ("DecimalException", "ZeroDivisionError"),
    "FrozenInstanceError": ("AttributeError",),
    "InvalidOperation": ("DecimalException",),
    "Inexact": ("DecimalException",),
    "Rounded": ("DecimalException",),
    "Overflow": ("Inexact", "Rounded"),
    "Underflow": ("Inexact", "Rounded"),
    "Error": ("ValueError",),
    "IllegalMonthError": ("ValueError",),
    "JSONDecodeError": ("ValueError",),
    "JobFailed": ("Exception",),
    "StatisticsError": ("ValueError",),
    "SubprocessError": ("Exception",),
    "TimeoutExpired": ("SubprocessError",),
    "URLError": ("OSError",),
    "HTTPError": ("URLError",),
}

HTTP_ERROR: Final = "HTTPError"
METHODS: Final = ("get", "post", "put", "patch", "delete")
"""Those of `pysfnc.http`."""

_PLAIN: Final = frozenset({"IllegalMonthError", "StatisticsError"})
"""Those of the others that `library.written` raises with their text."""
_STYLES: Final[tuple[Style, ...]] = ("plain", "key", "os", "own")
_TIMEOUTS: Final = ("States.Timeout", "States.HeartbeatTimeout")
_CATCHES_ALL: Final = frozenset({"Exception", "BaseException", "States.ALL"})
_LIKE_AN_EXCEPTION: Final = re.compile(r"(Error|Exception|Warning|Failure|Timeout|Fault)$")
_SPECIAL: Final = re.compile(r"__\w+__$|^args$|^with_traceback$")
_COMPILED: Final = frozenset({"__init__", "__str__"})
_HARMLESS: Final = frozenset({"__doc__", "__module__", "__slots__", "__qualname__", "__annotations__"})


@dataclass(frozen=True, slots=True)
class ExceptionClass:
    """An exception class that the program names.

    `info` is None for a class that is not the project's.
    """

    name: str
    info: ClassInfo | None
    style: Style


def read_exceptions(model: ProjectModel) -> None:
    """Fill the exception table of a model and what its classes say of exceptions."""
    classes = _project_classes(model)
    model.exception_bases = dict(BUILTIN_BASES)
    for name in ("Fail", *_external_classes_used(model)):
        _add_external(model, name)
    foreign = frozenset(model.exception_bases)
    _settle_all(model, classes)
    by_name: dict[str, list[ClassInfo]] = {}
    for info in classes:
        if info.is_exception:
            by_name.setdefault(info.name, []).append(info)
    for name, sharing in by_name.items():
        if len(sharing) > 1 or name in foreign:
            model.ambiguous_exceptions[name] = tuple(sharing)
        for info in sharing:
            merged = (*model.exception_bases.get(name, ()), *info.bases)
            model.exception_bases[name] = tuple(base for base in dict.fromkeys(merged) if base != name)


def exception_class(model: ProjectModel, module: ModuleInfo, node: ast.expr) -> ExceptionClass | None:
    """The exception class that an expression names, None when it names none that is known."""
    return exception_class_of(model, resolve_through(model, module, node))


def exception_class_of(model: ProjectModel, binding: Binding | None) -> ExceptionClass | None:
    """The exception class that a name means, None when it is none that is known."""
    match binding:
        case ClassBinding(info) if info.is_exception:
            return ExceptionClass(info.name, info, info.style)
        case ExternalBinding(dotted):
            name = _known_external(dotted)
            return None if name is None else ExceptionClass(name, None, style_of(name))
        case _:
            return None


def error_names(model: ProjectModel, names: Iterable[str]) -> tuple[str, ...] | None:
    """The error names of ASL that exception classes (or error names) cover; None is every error.

    A class covers its known subclasses. `TimeoutError` is also what Step Functions calls `States.Timeout` (and, by its documentation,
    `States.HeartbeatTimeout`). Other names cover themselves. The order is that of `names`, subclasses after their class.
    """
    found: dict[str, None] = {}
    for name in names:
        if name in _CATCHES_ALL:
            return None
        covered = descendants(model, "TimeoutError" if name == _TIMEOUTS[0] else name)
        found.update(dict.fromkeys((name, *covered)))
    if "TimeoutError" in found:
        found.update(dict.fromkeys(_TIMEOUTS))
    return tuple(found)


def descendants(model: ProjectModel, name: str) -> tuple[str, ...]:
    """A class and every known class below it, itself first, the others sorted; just the name when it is no known class."""
    below: set[str] = set()
    todo = [name]
    while todo:
        current = todo.pop()
        fresh = {other for other, bases in model.exception_bases.items() if current in bases} - below
        below |= fresh
        todo.extend(fresh)
    return (name, *sorted(below - {name}))


def ambiguity(model: ProjectModel, names: Iterable[str]) -> tuple[str, tuple[ClassInfo, ...]] | None:
    """The first of these names that several classes share, with the project's classes of that name."""
    return next(
        ((name, model.ambiguous_exceptions[name]) for name in names if name in model.ambiguous_exceptions), None
    )


def style_of(name: str) -> Style:
    """How `str()` of a builtin class, or of one of `OTHER_BASES`, follows from its arguments."""
    cls = getattr(builtins, name, None)
    if cls is None:
        return "plain" if name in _PLAIN else "own"
    if issubclass(cls, KeyError):
        return "key"
    if issubclass(cls, OSError):
        return "os"
    if issubclass(cls, SyntaxError | UnicodeError | BaseExceptionGroup | SystemExit):
        return "own"
    return "plain"


def _known_external(dotted: str) -> str | None:
    """The name of an exception class that is not the project's."""
    builtin = dotted.removeprefix("builtins.")
    return _EXTERNAL.get(dotted) or (builtin if builtin in BUILTIN_BASES else None)


def number_errors() -> dict[str, tuple[str, ...]]:
    """The exceptions of numbers that DynamoDB does not have, with their bases."""
    names = ("Inexact", "Rounded", "Overflow", "Underflow", "DecimalException")
    return {name: _EXTERNAL_BASES[name] for name in names}


def decoding_errors() -> dict[str, tuple[str, ...]]:
    """The exceptions of texts that are no base64 or no JSON, with their bases."""
    return {name: _EXTERNAL_BASES[name] for name in ("Error", "JSONDecodeError")}


def _add_external(model: ProjectModel, name: str) -> None:
    if name not in model.exception_bases:
        model.exception_bases[name] = _EXTERNAL_BASES[name]
        for base in _EXTERNAL_BASES[name]:
            _add_external(model, base)


_NAMED: Final[dict[str, str]] = {
    **_EXTERNAL,
    "decimal.Decimal": "InvalidOperation",
    "json.load": "JSONDecodeError",
    "json.loads": "JSONDecodeError",
    "base64.b64decode": "Error",
    "base64.urlsafe_b64decode": "Error",
    "calendar.monthrange": "IllegalMonthError",
    **{full: "StatisticsError" for full in WRITTEN if full.startswith("statistics.")},
    **dict.fromkeys((f"pysfnc.http.{method}" for method in METHODS), "HTTPError"),
}
"""What a program names, and the exception class that it may meet by that: the class itself, or one that a function raises in the machine."""


def _external_classes_used(model: ProjectModel) -> Iterator[str]:
    """The names of the classes that the project did not write but names, or that functions raise which it names."""
    dotted = set(_external_names_used(model))
    if any(name.startswith("pysfnc.") and _NAMED[name] == HTTP_ERROR for name in dotted):
        # Another class than urllib's of that name.
        model.exception_bases[HTTP_ERROR] = ("Exception",)
        if "urllib.error.HTTPError" in dotted:
            model.ambiguous_exceptions[HTTP_ERROR] = ()
    if "decimal.Decimal" in dotted:
        _add_external(model, "DivisionByZero")
    return (_NAMED[name] for name in sorted(dotted))


def _external_names_used(model: ProjectModel) -> Iterator[str]:
    ends = {dotted.rpartition(".")[2] for dotted in _NAMED}
    for module in model.modules.values():
        for node in module.index.attributes:
            binding = resolve(model, module, node) if node.attr in ends else None
            if isinstance(binding, ExternalBinding) and binding.name in _NAMED:
                yield binding.name
        for statement in module.index.imports:
            if isinstance(statement, ast.ImportFrom) and not statement.level:
                named = (f"{statement.module}.{alias.name}" for alias in statement.names)
                yield from (name for name in named if name in _NAMED)


def _project_classes(model: ProjectModel) -> list[ClassInfo]:
    found: dict[ClassInfo, None] = {}
    for module in model.modules.values():
        for binding in module.names.values():
            if isinstance(binding, ClassBinding):
                found[binding.info] = None
    return list(found)


def _settle_all(model: ProjectModel, classes: list[ClassInfo]) -> None:
    """Find out which classes are exception classes, each after its bases; a circle, which Python refuses, is cut."""
    bases: dict[ClassInfo, list[Binding | None]] = {}
    settled: set[ClassInfo] = set()
    for first in classes:
        todo = [(first, False)]
        while todo:
            info, bases_done = todo.pop()
            if bases_done:
                _settle(model, info, bases[info])
            elif info not in settled:
                settled.add(info)
                # A base may be of a module that was read after the classes were gathered.
                bases[info] = [resolve_through(model, info.module, base) for base in info.node.bases]
                todo.append((info, True))
                todo.extend((base.info, False) for base in bases[info] if isinstance(base, ClassBinding))


def _settle(model: ProjectModel, info: ClassInfo, bases: list[Binding | None]) -> None:
    """Set what a class has from its bases, which are settled."""
    names: list[str] = []
    styles: list[Style] = ["plain"]
    behaviour = _own_behaviour(info.node)
    for base in bases:
        match base:
            case ClassBinding(parent):
                names += [parent.name] if parent.is_exception else []
                styles.append(parent.style)
                behaviour = behaviour or (parent.own_behaviour and f"the base class `{parent.name}`")
            case ExternalBinding(dotted) if (name := _external_base(model, dotted)) is not None:
                names.append(name)
                styles.append(style_of(name))
                behaviour = behaviour or (f"the base class `{name}`" if style_of(name) == "own" else None)
            case ExternalBinding("builtins.object"):
                pass
            case _:
                behaviour = behaviour or "a base class that is not known"
    info.bases = tuple(dict.fromkeys(names))
    info.is_exception = bool(names)
    info.own_behaviour = behaviour
    info.plain_exception = info.is_exception and behaviour is None
    info.style = "own" if behaviour else max(styles, key=_STYLES.index)


def _external_base(model: ProjectModel, dotted: str) -> str | None:
    """The name of an external base class if it is an exception class, which for unknown ones its name tells."""
    known = _known_external(dotted)
    if known is not None:
        return known
    name = dotted.rpartition(".")[2]
    if dotted.startswith("builtins.") or not _LIKE_AN_EXCEPTION.search(name):
        return None
    model.exception_bases.setdefault(name, ("Exception",))
    return name


def _own_behaviour(node: ast.ClassDef) -> str | None:
    """What in a class body changes how its instances are made or shown, None for nothing."""
    if node.decorator_list:
        return "a class decorator"
    if node.keywords:
        return "a metaclass or class argument"
    for statement in node.body:
        for name in _bound_in_class(statement):
            if _SPECIAL.search(name) and name not in _HARMLESS and name not in _COMPILED:
                return f"its own `{name}`"
    return None


def _bound_in_class(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case _:
            for node in ast.walk(statement):
                match node:
                    case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.alias(asname=str(name)):
                        yield name
                    case ast.alias(name=name):
                        yield name

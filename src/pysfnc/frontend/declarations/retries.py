"""`Retry(...)` and `retry=` read from source text: which errors, how often, when.

Owns the static reading for `@task`, `with_options` and whatever else takes retriers. The ranges are those that `pysfnc.lang.options`
checks when the program runs.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Final

from pysfnc.diagnostics import Diagnostic, Label, codes
from pysfnc.frontend.declarations.exceptions import ambiguity, error_names, exception_class
from pysfnc.frontend.program.constants import NotConstant, constant_value
from pysfnc.frontend.program.faults import fault, not_constant
from pysfnc.frontend.program.model import ClassInfo, ConstantBinding, ExternalBinding, ModuleInfo, ProjectModel
from pysfnc.frontend.program.names import resolve, resolve_through
from pysfnc.ir.hir import RetryRule
from pysfnc.lang.options import Retry
from pysfnc.lean import dataclass

_FIELDS: Final = ("on", "interval", "max_attempts", "backoff", "max_delay", "jitter")
_HOPS_AT_MOST: Final = 50
_PARTS_AT_MOST: Final = 2000
_WRITE: Final = "write instead: `Retry(on=(ValueError,), max_attempts=3)`, or a list of such"

ClassFinder = Callable[[ModuleInfo, ast.expr], str | None]
"""Finds the exception class that an expression means, where names at the top of a module do not tell."""


@dataclass(slots=True)
class RetryReader:
    """Reads the retriers of one option; `problems` collects what is wrong."""

    model: ProjectModel
    classes: ClassFinder | None = None
    problems: list[Diagnostic] = field(default_factory=list)
    parts: int = 0

    def rules(self, module: ModuleInfo, node: ast.expr) -> tuple[RetryRule, ...]:
        """The retriers that an expression (a Retry, a list or tuple of them, None) means; those that are wrong are left out."""
        found = (self._rule(home, call) for home, call in self._calls(module, node, _HOPS_AT_MOST))
        return tuple(rule for rule in found if rule is not None)

    def _calls(self, module: ModuleInfo, node: ast.expr, hops: int) -> Iterator[tuple[ModuleInfo, ast.Call]]:
        hops = self._spend(hops)
        match node:
            case ast.Constant(value=None):
                return
            case ast.Call(func=function) if _is_retry(self.model, module, function):
                yield module, node
            case ast.List(elts=items) | ast.Tuple(elts=items) if hops:
                for item in items:
                    yield from self._calls(module, item.value if isinstance(item, ast.Starred) else item, hops - 1)
            case ast.BinOp(left=left, op=ast.Add(), right=right) if hops:
                yield from self._calls(module, left, hops - 1)
                yield from self._calls(module, right, hops - 1)
            case ast.Name() | ast.Attribute() if hops and isinstance(
                binding := resolve(self.model, module, node), ConstantBinding
            ):
                yield from self._calls(binding.module, binding.value, hops - 1)
            case _:
                message = "`retry` must be a constant `Retry` or a list of them"
                self.problems.append(fault(codes.UNSUPPORTED_DECORATOR_OPTION, module, node, message, _WRITE))

    def _rule(self, module: ModuleInfo, call: ast.Call) -> RetryRule | None:
        before = len(self.problems)
        given = self._given(module, call)
        names = self._names(module, given.pop("on")) if "on" in given else None
        values: dict[str, object] = {}
        for name, node in given.items():
            try:
                values[name] = constant_value(self.model, module, node)
            except NotConstant as why:
                self.problems.append(not_constant(module, node, f"`{name}` of `Retry`", why))
        if len(self.problems) > before:
            return None
        try:
            checked = Retry(on="checked", **values)  # type: ignore[arg-type]
        except ValueError as error:
            self.problems.append(fault(codes.UNSUPPORTED_DECORATOR_OPTION, module, call, f"{error}"))
            return None
        return RetryRule(
            names=names,
            interval_s=checked.interval,
            max_attempts=checked.max_attempts,
            backoff=checked.backoff,
            max_delay_s=checked.max_delay,
            jitter=checked.jitter,
        )

    def _given(self, module: ModuleInfo, call: ast.Call) -> dict[str, ast.expr]:
        """The arguments of a call of `Retry` by the names of its parameters."""
        given: dict[str, ast.expr] = {}
        arguments = [*zip(_FIELDS, call.args, strict=False), *((item.arg, item.value) for item in call.keywords)]
        for name, node in arguments:
            if name is None or isinstance(node, ast.Starred):
                self._wrong(module, node, "the options of `Retry` must be written out")
            elif name not in _FIELDS:
                self._wrong(module, node, f"`Retry` has no option `{name}`; it has {', '.join(_FIELDS)}")
            elif name in given:
                self._wrong(module, node, f"`Retry` gets `{name}` twice")
            else:
                given[name] = node
        for node in call.args[len(_FIELDS) :]:
            self._wrong(module, node, f"`Retry` takes at most {len(_FIELDS)} arguments")
        return given

    def _names(self, module: ModuleInfo, node: ast.expr) -> tuple[str, ...] | None:
        before = len(self.problems)
        listed = list(self._matches(module, node, _HOPS_AT_MOST))
        if not listed and len(self.problems) == before:
            self._wrong(module, node, "`on` must name at least one exception")
        names = error_names(self.model, listed)
        shared = ambiguity(self.model, names or ())
        if shared is not None:
            self.problems.append(shared_name(shared, module, node))
        return names

    def _matches(self, module: ModuleInfo, node: ast.expr, hops: int) -> Iterator[str]:
        known = exception_class(self.model, module, node)
        if known is not None:
            yield known.name
            return
        found = self.classes(module, node) if self.classes is not None else None
        if found is not None:
            yield found
            return
        hops = self._spend(hops)
        match node:
            case ast.Constant(value=str(name)) if name:
                yield name
            case ast.Tuple(elts=items) | ast.List(elts=items) if hops:
                for item in items:
                    yield from self._matches(module, item.value if isinstance(item, ast.Starred) else item, hops - 1)
            case ast.Name() | ast.Attribute() if hops and isinstance(
                binding := resolve(self.model, module, node), ConstantBinding
            ):
                yield from self._matches(binding.module, binding.value, hops - 1)
            case _:
                message = f"`{ast.unparse(node)}` is not a known exception class"
                label = "a class of the project or of Python, or an error name as a text, is wanted"
                self.problems.append(fault(codes.UNKNOWN_EXCEPTION_CLASS, module, node, message, label=label))

    def _spend(self, hops: int) -> int:
        """The levels that are left, none when the expression has too many parts."""
        self.parts += 1
        return hops if self.parts <= _PARTS_AT_MOST else 0

    def _wrong(self, module: ModuleInfo, node: ast.AST, message: str) -> None:
        self.problems.append(fault(codes.UNSUPPORTED_DECORATOR_OPTION, module, node, message))


def shared_name(shared: tuple[str, tuple[ClassInfo, ...]], module: ModuleInfo, node: ast.AST) -> Diagnostic:
    """The diagnostic for an error name that several classes have, as `ambiguity` finds it."""
    name, classes = shared
    places = [info.module.span(info.node) for info in classes]
    other = "" if len(places) > 1 else ", and Python has one too"
    return Diagnostic(
        code=codes.AMBIGUOUS_EXCEPTION,
        message=f"`{name}` is the name of more than one exception class",
        span=module.span(node),
        label="the machine knows errors by their names only",
        labels=tuple(Label(place, f"a class of this name{other}") for place in places),
        helps=("write instead: classes with different names",),
    )


def _is_retry(model: ProjectModel, module: ModuleInfo, function: ast.expr) -> bool:
    binding = resolve_through(model, module, function)
    return isinstance(binding, ExternalBinding) and binding.name == "pysfnc.Retry"

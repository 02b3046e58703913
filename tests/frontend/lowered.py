"""Runs HIR directly, with CPython's own operations for the primitives: an oracle for lowering that needs no later stage.

Values are never changed in place: every operation that changes makes a new object, as in the machine, so a change that lowering forgets to
write back shows. Branches run one after the other.
"""

import contextlib
import copy
import math
import operator
import runpy
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pysfnc.analysis.aliases import check_aliases
from pysfnc.diagnostics import Diagnostic, Sink
from pysfnc.frontend.build import build_program
from pysfnc.ir import exprs as ex
from pysfnc.ir import hir
from pysfnc.ir.verify import verify_program
from pysfnc.lang.errors import Fail
from pysfnc.library.rows.registry import PRIMS
from pysfnc.testing.sleeping import instant_sleep
from pysfnc.values.types import Kind, TupleT

HEADER = """\
import asyncio, copy, logging, math, time
from concurrent.futures import ThreadPoolExecutor
from pysfnc import Fail, Retry, inline, parallel, task, with_options, workflow
"""

_KINDS: dict[Kind, type] = {
    Kind.NONE: type(None),
    Kind.BOOL: bool,
    Kind.INT: int,
    Kind.FLOAT: float,
    Kind.STR: str,
    Kind.LIST: list,
    Kind.TUPLE: tuple,
    Kind.DICT: dict,
    Kind.EXCEPTION: BaseException,
}


class _Jump(Exception):
    def __init__(self, label: str, how: str) -> None:
        self.label, self.how = label, how


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


@dataclass
class Outcome:
    """What a run came to: a value, or the class name and text of an exception; and the calls of tasks in order."""

    value: Any = None
    error: str | None = None
    text: str | None = None
    calls: list[tuple[str, Any]] = field(default_factory=list)


def compiled(source: str, folder: Path) -> tuple[hir.Program | None, list[Diagnostic]]:
    """Lower a program (imports of the usual names are put in front); HIR that breaks its rules fails the test."""
    path = folder / "program.py"
    path.write_text(HEADER + textwrap.dedent(source))
    sink = Sink()
    program = build_program(str(path), sink)
    if program is not None:
        faults = verify_program(program, set(PRIMS))
        assert not faults, faults
        for machine in program.machines:
            check_aliases(machine, sink)
    return (None if sink.has_errors else program), sink.diagnostics


def run_python(folder: Path, arguments: dict[str, Any]) -> Outcome:
    """Run the first workflow of the program under CPython."""
    found = Outcome()
    module = runpy.run_path(str(folder / "program.py"))
    workflow = next(v for v in module.values() if type(v).__name__ == "Workflow")
    for name, value in list(module.items()):
        if type(value).__name__ == "Task":
            _record(value.__wrapped__, value, found, name)
    with instant_sleep():
        try:
            found.value = _json(workflow.run(copy.deepcopy(arguments)))
        except Exception as error:
            found.error, found.text = _name(error), str(error)
    return found


def _record(function: Any, task: Any, found: Outcome, name: str) -> None:
    if task.is_async:

        async def recorded(*args: Any, **kwargs: Any) -> Any:
            found.calls.append((name, (list(args), kwargs)))
            return await function(*args, **kwargs)
    else:

        def recorded(*args: Any, **kwargs: Any) -> Any:
            found.calls.append((name, (list(args), kwargs)))
            return function(*args, **kwargs)

    recorded.__annotations__ = function.__annotations__
    task.__wrapped__ = recorded
    recorded.__wrapped__ = function  # type: ignore[attr-defined]


def _name(error: BaseException) -> str:
    return error.error if isinstance(error, Fail) else type(error).__name__


def run_lowered(program: hir.Program, folder: Path, arguments: dict[str, Any]) -> Outcome:
    """Run the first workflow's HIR."""
    from pysfnc.lang.binding import bind_input

    module = runpy.run_path(str(folder / "program.py"))
    machine = program.machines[0]
    workflow = next(v for v in module.values() if type(v).__name__ == "Workflow")
    found = Outcome()
    runner = _Runner(program, module, found)
    _, args, kwargs = bind_input(workflow.__wrapped__, copy.deepcopy(arguments))
    names = [param.name for param in machine.params]
    variables = dict(zip(names, args, strict=False)) | kwargs
    for param in machine.params:
        if param.name not in variables and param.default is not None:
            variables[param.name] = runner.value(param.default, {})
    try:
        runner.suite(machine.body, variables)
        raise AssertionError("the machine ended without a return")
    except _Return as result:
        found.value = _json(result.value)
    except Exception as error:
        if isinstance(error, AssertionError) and "machine ended" in str(error):
            raise
        found.error, found.text = _name(error), str(error)
    return found


def _json(value: Any) -> Any:
    match value:
        case dict():
            return {key: _json(item) for key, item in value.items()}
        case list() | tuple():
            return [_json(item) for item in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


class _Runner:
    """The variables of a machine are a dict; expressions see those bound by `Let` and comprehensions too."""

    def __init__(self, program: hir.Program, module: dict[str, Any], found: Outcome) -> None:
        self.program, self.module, self.found = program, module, found

    # Statements

    def suite(self, suite: hir.Suite, names: dict[str, Any]) -> None:
        for stmt in suite:
            self.stmt(stmt, names)

    def stmt(self, stmt: hir.Stmt, names: dict[str, Any]) -> None:
        match stmt:
            case hir.Assign():
                assert not stmt.changes or stmt.name in names, stmt
                names[stmt.name] = self.value(stmt.value, names)
            case hir.Eval():
                self.value(stmt.value, names)
            case hir.If():
                test = self.value(stmt.test, names)
                assert isinstance(test, bool), stmt
                self.suite(stmt.then if test else stmt.orelse, names)
            case hir.While():
                self._while(stmt, names)
            case hir.ForEach():
                self._for_each(stmt, names)
            case hir.Block():
                with _absorbing(stmt.label, "leave"):
                    self.suite(stmt.body, names)
            case hir.Break(label=label):
                raise _Jump(label, "break")
            case hir.Continue(label=label):
                raise _Jump(label, "continue")
            case hir.Leave(label=label):
                raise _Jump(label, "leave")
            case hir.Return():
                raise _Return(self.value(stmt.value, names))
            case hir.Raise():
                raise self.value(stmt.exc, names)
            case hir.Try():
                self._try(stmt, names)
            case hir.Beside():
                results = [self._branch(body, names) for body in stmt.branches]
                if stmt.target is not None:
                    names[stmt.target] = tuple(results)
                self.suite(stmt.body, names)
            case hir.Perform():
                result = self._perform(stmt.effect, names)
                if stmt.target is not None:
                    names[stmt.target] = result

    def _while(self, loop: hir.While, names: dict[str, Any]) -> None:
        with _absorbing(loop.label, "break"):
            while self.value(loop.test, names):
                with _absorbing(loop.label, "continue"):
                    self.suite(loop.body, names)
            self.suite(loop.orelse, names)

    def _for_each(self, loop: hir.ForEach, names: dict[str, Any]) -> None:
        seq = self.value(loop.seq, names)
        assert isinstance(seq, list), loop
        with _absorbing(loop.label, "break"):
            for item in seq:
                names[loop.name] = item
                with _absorbing(loop.label, "continue"):
                    self.suite(loop.body, names)
            self.suite(loop.orelse, names)

    def _try(self, stmt: hir.Try, names: dict[str, Any]) -> None:
        try:
            try:
                self.suite(stmt.body, names)
            except (_Jump, _Return, AssertionError) as way_out:
                if not isinstance(way_out, AssertionError) or not self._handled(stmt, way_out, names):
                    raise
            except Exception as error:
                if not self._handled(stmt, error, names):
                    raise
            else:
                self.suite(stmt.orelse, names)
        finally:
            self.suite(stmt.final, names)

    def _handled(self, stmt: hir.Try, error: BaseException, names: dict[str, Any]) -> bool:
        ancestors = self.program.exceptions.ancestors("Fail" if isinstance(error, Fail) else type(error).__name__)
        for handler in stmt.handlers:
            if handler.classes is None or ancestors & set(handler.classes):
                if handler.name is not None:
                    names[handler.name] = error
                self.suite(handler.body, names)
                return True
        return False

    # Effects

    def _perform(self, effect: hir.Effect, names: dict[str, Any]) -> Any:
        match effect:
            case hir.TaskCall():
                return self._task(effect, names)
            case hir.Sleep():
                assert self.value(effect.seconds, names) >= 0
                return None
            case hir.Fork(branches=branches):
                return self._result(self._branches([(body, names) for body in branches], effect.rest), effect.result)
            case hir.FanOut():
                seq = self.value(effect.seq, names)
                assert isinstance(seq, list), effect
                bodies = [(effect.body, {**names, effect.name: item}) for item in seq]
                return self._branches(bodies, effect.rest)

    def _branches(self, bodies: list[tuple[hir.Suite, dict[str, Any]]], rest: str) -> list[Any]:
        """The results of branches, run one after the other; a failure ends them where it ends them all."""
        results, failures = [], []
        for body, names in bodies:
            try:
                results.append(self._branch(body, names))
            except Exception as error:
                if rest in ("stop", "leave", "await"):
                    raise
                failures.append(error)
        if failures:
            raise ExceptionGroup("unhandled errors in a TaskGroup", failures) if rest == "group" else failures[0]
        return results

    def _result(self, values: list[Any], type_: Any) -> Any:
        return tuple(values) if isinstance(type_, TupleT) else values

    def _branch(self, body: hir.Suite, names: dict[str, Any]) -> Any:
        try:
            self.suite(body, dict(names))
        except _Return as result:
            return result.value
        raise AssertionError("a branch ended without a return")

    def _task(self, call: hir.TaskCall, names: dict[str, Any]) -> Any:
        task = next(task for task in self.program.tasks if task.id == call.task)
        given = {name: self.value(value, names) for name, value in call.args}
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        for param in task.params:
            if param.name not in given:
                continue
            if param.kind == "star":
                positional.extend(given[param.name])
            elif param.kind == "rest":
                keywords.update(given[param.name])
            else:
                keywords[param.name] = given[param.name]
        function = self.module[task.qualname]
        self.found.calls.append((task.qualname, (positional, keywords)))
        result = function(*positional, **keywords)
        if hasattr(result, "__await__"):
            with contextlib.closing(_Loop()) as loop:
                return loop.run(result)
        return result

    # Expressions

    def value(self, expr: ex.Expr, names: dict[str, Any]) -> Any:
        match expr:
            case ex.Const(value=value):
                return value
            case ex.Var(name=name):
                return names[name]
            case ex.Prim(op=op, args=args):
                return self._prim(op, [self.value(arg, names) for arg in args], expr)
            case ex.Cond(test=test, then=then, orelse=orelse):
                return self.value(then if self.value(test, names) else orelse, names)
            case ex.Logic(op="and", left=left, right=right):
                return self.value(left, names) and self.value(right, names)
            case ex.Logic(left=left, right=right):
                return self.value(left, names) or self.value(right, names)
            case ex.Let():
                return self.value(expr.body, {**names, expr.name: self.value(expr.value, names)})
            case ex.ListComp():
                return [
                    self.value(expr.body, inner)
                    for item in self.value(expr.seq, names)
                    for inner in [{**names, expr.name: item}]
                    if expr.cond is None or self.value(expr.cond, inner)
                ]
            case ex.Reduce():
                acc = self.value(expr.init, names)
                for item in self.value(expr.seq, names):
                    acc = self.value(expr.body, {**names, expr.name: item, expr.acc: acc})
                return acc
            case ex.NewExc():
                return self._exception(expr, names)
            case ex.ExcField(exc=exc, field_=name):
                error = self.value(exc, names)
                fields = {"name": _name(error), "message": str(error), "args": list(error.args)}
                return fields[name]
            case _:
                raise NotImplementedError(expr)

    def _exception(self, expr: ex.NewExc, names: dict[str, Any]) -> BaseException:
        name = self.value(expr.name, names)
        message = self.value(expr.message, names)
        args = [self.value(arg, names) for arg in expr.args]
        known = self.module.get(name) or __builtins__.get(name)  # type: ignore[attr-defined]
        made: BaseException = known(*args) if known is not None else Fail(*args)
        assert str(made) == message, (made, message)
        return made

    def _prim(self, op: str, args: list[Any], expr: ex.Prim) -> Any:
        if op == "list.make" and isinstance(expr.type, TupleT):
            return tuple(args)
        if op == "has_kind":
            return isinstance_of_kinds(args[0], args[1])
        if op.startswith("str.") and op not in _OPERATIONS:
            return _text_method(op.removeprefix("str."), args)
        if op not in _OPERATIONS:
            raise _Unknown(op)
        return _OPERATIONS[op](*args)


class _Unknown(BaseException):
    """An operation that the oracle does not know: no program may catch it."""


class _Loop:
    def __init__(self) -> None:
        import asyncio

        self._loop = asyncio.new_event_loop()

    def run(self, coroutine: Any) -> Any:
        return self._loop.run_until_complete(coroutine)

    def close(self) -> None:
        self._loop.close()


@contextlib.contextmanager
def _absorbing(label: str, how: str) -> Iterator[None]:
    try:
        yield
    except _Jump as jump:
        if (jump.label, jump.how) != (label, how):
            raise


def isinstance_of_kinds(value: Any, listed: str) -> bool:
    """Whether a value has one of the kinds listed by name."""
    return any(type(value) is _KINDS[Kind[name]] for name in listed.split(",")) or (
        "EXCEPTION" in listed.split(",") and isinstance(value, BaseException)
    )


def _text_method(name: str, args: list[Any]) -> Any:
    value, *rest = args
    if name == "join":
        return value.join(rest[0])
    while rest and rest[-1] is None:
        rest.pop()
    return getattr(value, name)(*rest)


def _set_item(base: Any, key: Any, value: Any) -> Any:
    made = copy.copy(base)
    made[key] = value
    return made


def _delete_item(base: Any, key: Any) -> Any:
    made = copy.copy(base)
    del made[key]
    return made


def _without(base: Any, key: Any) -> Any:
    made = copy.copy(base)
    made.pop(key)
    return made


def _attribute(value: Any, name: str, listed: str) -> Any:
    if not isinstance_of_kinds(value, listed):
        raise AttributeError(f"'{type(value).__name__}' object has no attribute '{name}'")
    return value


def _unpack_check(items: Any, fixed: int, star: bool) -> None:
    if len(items) < fixed:
        least = "at least " if star else ""
        raise ValueError(f"not enough values to unpack (expected {least}{fixed}, got {len(items)})")
    if len(items) > fixed and not star:
        raise ValueError(f"too many values to unpack (expected {fixed})")


def _unpackable(value: Any) -> list[Any]:
    try:
        return list(value)
    except TypeError:
        raise TypeError(f"cannot unpack non-iterable {type(value).__name__} object") from None


def _sorted_by(items: Any, keys: list[Any], reverse: bool) -> list[Any]:
    order = sorted(range(len(keys)), key=lambda index: keys[index], reverse=reverse)
    return [list(items)[index] for index in order]


def _inserted(items: list[Any], index: int, value: Any) -> list[Any]:
    made = list(items)
    made.insert(index, value)
    return made


def _without_first(items: list[Any], value: Any) -> list[Any]:
    made = list(items)
    made.remove(value)
    return made


def _augmented(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda left, right: function(copy.copy(left), right)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "|": operator.or_,
    "&": operator.and_,
    "+=": _augmented(operator.iadd),
    "-=": _augmented(operator.isub),
    "*=": _augmented(operator.imul),
    "/=": _augmented(operator.itruediv),
    "//=": _augmented(operator.ifloordiv),
    "%=": _augmented(operator.imod),
    "|=": _augmented(operator.ior),
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": lambda a, b: a is b or a == b,
    "is not": lambda a, b: not (a is b or a == b),
    "in": lambda item, container: item in container,
    "not in": lambda item, container: item not in container,
    "neg": operator.neg,
    "pos": operator.pos,
    "not": operator.not_,
    "truth": bool,
    "abs": abs,
    "len": len,
    "str": str,
    "repr": repr,
    "format": format,
    "join": lambda *parts: "".join(parts),
    "int": int,
    "float": float,
    "round": round,
    "round.digits": round,
    "sum": sum,
    "any": any,
    "all": all,
    "min": lambda items, *rest: min(items),
    "max": lambda items, *rest: max(items),
    "min.of": lambda *items: min(items),
    "max.of": lambda *items: max(items),
    "type_name": lambda value: type(value).__name__,
    "math.floor": math.floor,
    "iter.list": list,
    "join.iter": list,
    "unpack.iter": _unpackable,
    "unpack.check": _unpack_check,
    "range.list": lambda *bounds: list(range(*bounds)),
    "enumerate": lambda start, items: list(enumerate(items, start)),
    "zip": lambda *lists: list(zip(*lists, strict=False)),
    "zip.strict": lambda *lists: list(zip(*lists, strict=True)),
    "reversed": lambda items: list(reversed(items)),
    "item": operator.getitem,
    "item.set": _set_item,
    "item.delete": _delete_item,
    "slice": lambda base, *bounds: base[slice(*bounds)],
    "attribute": _attribute,
    "exc.is_absent": lambda error: error is None,
    "clock.ms": lambda: 0,
    "exc.is_one": lambda error, *names: _name(error) in names,
    "list.make": lambda *items: list(items),
    "list.at": operator.getitem,
    "list.append": lambda items, value: [*items, value],
    "list.concat": lambda *lists: [item for part in lists for item in part],
    "list.copy": list,
    "list.count": lambda items, value: items.count(value),
    "list.len": len,
    "list.pop": lambda items, index: list(items).pop(index),
    "list.without": _without,
    "list.without_first": _without_first,
    "list.removable": lambda position: None if position >= 0 else [].remove(1),
    "list.position": lambda items, value, *bounds: items.index(value) if value in items else -1,
    "list.insert": _inserted,
    "list.index_is_int": lambda index: None,
    "list.reversed": lambda items: items[::-1],
    "list.sorted": lambda items, reverse: sorted(items, reverse=reverse),
    "list.sort_by": _sorted_by,
    "dict.make": lambda *flat: dict(zip(flat[::2], flat[1::2], strict=True)),
    "dict.item": operator.getitem,
    "dict.get": lambda mapping, key, default: mapping.get(key, default),
    "dict.keys": list,
    "dict.values": lambda mapping: list(mapping.values()),
    "dict.items": lambda mapping: list(mapping.items()),
    "dict.copy": dict,
    "dict.len": len,
    "dict.merge": lambda *parts: {key: value for part in parts for key, value in part.items()},
    "dict.of_pairs": dict,
    "dict.without": _without,
    "dict.with_default": lambda mapping, key, default: {**mapping, key: mapping.get(key, default)},
}

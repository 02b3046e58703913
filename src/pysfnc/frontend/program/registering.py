"""What a decorator of the project puts into registries, followed through the few statements that such a decorator consists of.

Nothing is run. A decorator that does anything else than to define a function, to put something into a module-level dict or list, to go through its
own arguments and to return what it got registers nothing.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import field

from pysfnc.frontend.program.constants import NotConstant, constant_value
from pysfnc.frontend.program.model import (
    ClassBinding,
    ConstantBinding,
    ExternalBinding,
    FunctionBinding,
    ModuleInfo,
    ProjectModel,
)
from pysfnc.frontend.program.names import resolve
from pysfnc.lean import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """The function or class that is decorated; `name` is its `__name__`, None where another decorator may have changed that."""

    binding: FunctionBinding | ClassBinding
    name: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """An expression of a module, with what it means there."""

    module: ModuleInfo
    node: ast.expr


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """A function of the project or one inside of it, with the values of the names around."""

    module: ModuleInfo
    node: ast.FunctionDef
    names: Mapping[str, "Value"]


Value = Registered | Written | Followed | tuple["Value", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What one statement puts into a registry; `key` is None for an item of a list, `change` the node that does it."""

    registry: ConstantBinding
    key: Value | None
    value: Value
    change: ast.AST


class Unclear(Exception):
    """The source text does not tell what happens."""


def follow(
    model: ProjectModel, module: ModuleInfo, decorator: ast.expr, decorated: Registered, before: Sequence[Entry]
) -> list[Entry]:
    """What a decorator puts into registries; empty where it registers nothing, or does more than that. `before`: what they hold by then."""
    following = _Following(model, before)
    try:
        applied = following.value(module, decorator, {})
        result = following.call(applied, [decorated], {})
    except Unclear:
        return []
    return following.entries if result is decorated else []


def entry_of(model: ProjectModel, module: ModuleInfo, statement: ast.stmt, names: Mapping[str, Value]) -> Entry | None:
    """What `REGISTRY[key] = value` or `REGISTRY.append(value)` puts into a registry; None for other statements; raises `Unclear`."""
    following = _Following(model, ())
    change: ast.AST
    match statement:
        case ast.Assign(targets=[ast.Subscript(value=base, slice=key) as change], value=value):
            kind: type[ast.expr] = ast.Dict
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=base, attr="append"), args=[value], keywords=[]) as change
        ):
            kind, key = ast.List, value
        case _:
            return None
    local = any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(base))
    registry = None if local else resolve(model, module, base)
    if not isinstance(registry, ConstantBinding) or not isinstance(registry.value, kind):
        return None
    found = following.value(module, value, names)
    keyed = following.value(module, key, names) if kind is ast.Dict else None
    if isinstance(found, Followed | tuple) or isinstance(keyed, Registered | Followed | tuple):
        return None
    return Entry(registry, keyed, found, change)


@dataclass(slots=True)
class _Following:
    model: ProjectModel
    before: Sequence[Entry]
    entries: list[Entry] = field(default_factory=list)

    def value(self, module: ModuleInfo, node: ast.expr, names: Mapping[str, Value]) -> Value:
        """What an expression gives."""
        match node:
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.Attribute(value=ast.Name(id=name), attr="__name__") if name in names:
                named = names[name]
                if not isinstance(named, Registered) or named.name is None:
                    raise Unclear
                return Written(module, ast.copy_location(ast.Constant(named.name), node))
            case ast.Call(func=named_by, args=args, keywords=keywords):
                given = [self.value(module, arg, names) for arg in args if not isinstance(arg, ast.Starred)]
                named_args = {str(word.arg): self.value(module, word.value, names) for word in keywords if word.arg}
                if len(given) < len(args) or len(named_args) < len(keywords):
                    raise Unclear
                return self.call(self.value(module, named_by, names), given, named_args)
        if any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node)):
            raise Unclear
        binding = resolve(self.model, module, node)
        function = binding.function.node if isinstance(binding, FunctionBinding) else None
        # A decorated function is what its decorator made of it.
        if (
            isinstance(binding, FunctionBinding)
            and isinstance(function, ast.FunctionDef)
            and not function.decorator_list
        ):
            return Followed(binding.function.module, function, {})
        if isinstance(binding, ExternalBinding) or any(isinstance(part, ast.Call) for part in ast.walk(node)):
            raise Unclear
        return Written(module, node)

    def call(self, called: Value, given: Sequence[Value], named: Mapping[str, Value]) -> Value:
        """What a call returns; notes the entries that it makes."""
        if not isinstance(called, Followed):
            raise Unclear
        names = {**called.names, **self._bound(called, given, named)}
        for statement in called.node.body:
            result = self._run(called.module, statement, names)
            if result is not None:
                return result
        raise Unclear

    def _run(self, module: ModuleInfo, statement: ast.stmt, names: dict[str, Value]) -> Value | None:
        """Run one statement; what it returns, None where the code goes on."""
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return None
            case ast.FunctionDef(name=name, decorator_list=[]):
                names[name] = Followed(module, statement, names)
                return None
            case ast.Return(value=ast.expr() as value):
                return self.value(module, value, names)
            case ast.For(target=ast.Name(id=target), iter=ast.Name(id=items), body=body, orelse=[]) if items in names:
                each = names[items]
                if not isinstance(each, tuple) or any(
                    isinstance(part, ast.Return) for one in body for part in ast.walk(one)
                ):
                    raise Unclear
                for item in each:
                    names[target] = item
                    for inner in body:
                        self._run(module, inner, names)
                return None
            case ast.If(
                test=ast.Compare(left=key, ops=[ast.In()], comparators=[ast.Name() as table]),
                body=[ast.Raise()],
                orelse=[],
            ):
                self._expect_new(module, key, table, names)
                return None
        made = entry_of(self.model, module, statement, names)
        if made is None:
            raise Unclear
        self.entries.append(made)
        return None

    def _expect_new(self, module: ModuleInfo, key: ast.expr, table: ast.Name, names: Mapping[str, Value]) -> None:
        """Go on behind a check for a key that is there already; where it is, CPython raises."""
        registry = None if table.id in names else resolve(self.model, module, table)
        if not isinstance(registry, ConstantBinding) or not isinstance(registry.value, ast.Dict):
            raise Unclear
        there = [entry.key for entry in (*self.before, *self.entries) if entry.registry == registry]
        there += [Written(registry.module, one) for one in registry.value.keys if one is not None]
        if len(there) < len(registry.value.keys) or self._constant(self.value(module, key, names)) in map(
            self._constant, there
        ):
            raise Unclear

    def _constant(self, value: Value | None) -> object:
        if not isinstance(value, Written):
            raise Unclear
        try:
            return constant_value(self.model, value.module, value.node)
        except NotConstant:
            raise Unclear from None

    def _bound(self, called: Followed, given: Sequence[Value], named: Mapping[str, Value]) -> dict[str, Value]:
        """The values of the parameters."""
        args = called.node.args
        positional = [arg.arg for arg in (*args.posonlyargs, *args.args)]
        found: dict[str, Value] = dict(zip(positional, given, strict=False))
        if args.kwarg or (len(given) > len(positional) and not args.vararg):
            raise Unclear
        if args.vararg:
            found[args.vararg.arg] = tuple(given[len(positional) :])
        late = [arg.arg for arg in args.kwonlyargs]
        defaults = dict(zip(reversed(positional), reversed(args.defaults), strict=False))
        defaults |= {name: value for name, value in zip(late, args.kw_defaults, strict=True) if value is not None}
        for name in (*positional, *late):
            if name in named and name not in found:
                found[name] = named[name]
            elif name not in found and name in defaults:
                found[name] = Written(called.module, defaults[name])
            elif name not in found or name in named:
                raise Unclear
        if not set(named) <= set(found):
            raise Unclear
        return found

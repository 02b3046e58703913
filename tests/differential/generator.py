"""Random programs of the language's first slice, valid by construction: types, scopes and bounds on loops.

`generate(seed)` gives the source of a program with one workflow `main`, and inputs for it. Each program uses a random
subset of the features, so that rare combinations come up. Nothing in a program depends on time, order of sets or chance, and tasks
are pure functions.
"""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.differential.expressions import (
    SCALARS,
    Function,
    Kind,
    Scope,
    Variable,
    annotation,
    call,
    expression,
    leaf,
    literal,
    value,
)

FEATURES: Final = (
    "floats",
    "float_text",
    "text",
    "container_text",
    "generators",
    "effect_comprehensions",
    "chains",
    "steps",
    "keywords",
    "bits",
    "tasks",
    "helpers",
    "helper_tasks",
    "exceptions",
    "finally",
    "loops",
    "while",
    "mutation",
    "nested",
    "item_changes",
    "parallel",
    "pool",
    "sleep",
    "returns",
    "unpacking",
)
CONCURRENT: Final = frozenset({"parallel", "pool", "gather"})

_BUILTIN_ERRORS: Final = ("ValueError", "KeyError", "IndexError", "ZeroDivisionError", "TypeError", "RuntimeError")
_CAUGHT: Final = (*_BUILTIN_ERRORS, "Exception", "LookupError", "ArithmeticError")


@dataclass(frozen=True)
class Generated:
    """A program with inputs for its workflow `main`."""

    source: str
    inputs: tuple[dict[str, Any], ...]


def generate(seed: int, inputs: int = 3) -> Generated:
    """The program of a seed."""
    rng = random.Random(seed)
    return _Program(rng).make(inputs)


@dataclass(frozen=True)
class _Place:
    """Where a statement stands."""

    depth: int
    in_loop: bool = False
    in_handler: bool = False
    result: Kind | None = None
    """What a `return` gives; None where it must not stand."""
    whole: bool = False
    """`return` ends the workflow, and gives a dict of what is in scope."""


class _Program:
    """Writes one program; used once."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        kept = rng.uniform(0.4, 0.95)
        self.features = frozenset(feature for feature in FEATURES if rng.random() < kept)
        self.is_async = rng.random() < 0.12
        if self.is_async:
            self.features = (self.features - {"parallel", "pool", "helper_tasks"}) | {"gather"}
        self.kinds = [kind for kind in SCALARS if kind != "float" or "floats" in self.features]
        self.risk = rng.choice((0.05, 0.2, 0.6))
        self.count = 0
        self.errors: list[str] = []
        self.functions: list[Function] = []
        self.budget = 0

    def name(self, hint: str) -> str:
        self.count += 1
        return f"{hint}{self.count}"

    def kind(self, *, nested: bool = True) -> Kind:
        """A kind for a variable."""
        scalar = self.rng.choice(self.kinds)
        shape = self.rng.random()
        if shape < 0.55:
            return scalar
        inner: Kind = scalar
        if nested and "nested" in self.features and self.rng.random() < 0.25:
            inner = (self.rng.choice(("list", "dict")), scalar)
        return ("list" if shape < 0.82 else "dict", inner)

    def scope(self, params: tuple[tuple[str, Kind], ...], *, change: bool, **more: object) -> Scope:
        """A scope with parameters only."""
        scope = Scope(self.rng, self.features, functions=self.functions, risk=self.risk)
        scope.variables = [Variable(name, kind, rebind=change, change=change) for name, kind in params]
        return scope.inner(**more)

    # The program

    def make(self, inputs: int) -> Generated:
        parts = [self._head()]
        if "exceptions" in self.features:
            parts.append(self._classes())
        if "tasks" in self.features:
            parts += [self._task() for _ in range(self.rng.randint(1, 3))]
        if "helpers" in self.features:
            parts += [self._helper() for _ in range(self.rng.randint(1, 3))]
        params = tuple((self.name("p"), self.kind()) for _ in range(self.rng.choice((0, 1, 2, 2, 3, 3, 4))))
        optional = self.rng.randrange(len(params) + 1) if params else 0
        parts.append(self._workflow(params, optional))
        values = tuple(self._input(params, optional) for _ in range(inputs))
        return Generated("\n\n".join(parts) + "\n", values)

    def _head(self) -> str:
        lines = ["import asyncio" if self.is_async else "import time"]
        if self.is_async:
            lines.append("import time")
        if "pool" in self.features:
            lines.append("from concurrent.futures import ThreadPoolExecutor")
        return "\n".join((*lines, "", "from pysfnc import Fail, parallel, task, workflow"))

    def _classes(self) -> str:
        lines = []
        for _ in range(self.rng.randint(1, 3)):
            base = self.rng.choice(("Exception", "ValueError", *self.errors))
            name = self.name("Error")
            lines.append(f"class {name}({base}):\n    pass")
            self.errors.append(name)
        return "\n\n".join(lines)

    def _params(self) -> tuple[tuple[tuple[str, Kind], ...], int]:
        params = tuple((self.name("a"), self.kind(nested=False)) for _ in range(self.rng.randint(1, 3)))
        optional = 0
        while optional < len(params) and isinstance(params[-1 - optional][1], str) and self.rng.random() < 0.25:
            optional += 1
        return params, optional

    def _signature(self, params: tuple[tuple[str, Kind], ...], optional: int) -> str:
        shown = []
        for index, (name, kind) in enumerate(params):
            default = f" = {literal(self.rng, kind)}" if index >= len(params) - optional else ""
            shown.append(f"{name}: {annotation(kind)}{default}")
        return ", ".join(shown)

    def _task(self) -> str:
        params, optional = self._params()
        raises = "exceptions" in self.features and self.rng.random() < 0.4
        result = self.kind(nested=False)
        name = self.name("task")
        scope = self.scope(params, change=False, calls=False, safe=True)
        lines = [
            "@task",
            f"{'async ' if self.is_async else ''}def {name}({self._signature(params, optional)}) -> {annotation(result)}:",
        ]
        if raises:
            lines += [f"    if {expression(scope, 'bool', 2)}:", f"        {self._raise(scope)}"]
        lines.append(f"    return {expression(scope, result, 2)}")
        self.functions.append(Function(name, params, result, raises, optional, is_task=True, is_async=self.is_async))
        return "\n".join(lines)

    def _helper(self) -> str:
        params, optional = self._params()
        result = self.kind(nested=False)
        name = self.name("helper")
        raises = self.rng.random() < 0.5
        scope = self.scope(params, change=False, calls="helper_tasks" in self.features, safe=not raises)
        self.budget = self.rng.randint(1, 5)
        body = self._block(scope, _Place(2, result=result))
        last = f"    return {expression(scope, result, 2)}"
        self.functions.append(Function(name, params, result, raises, optional))
        signature = f"def {name}({self._signature(params, optional)}) -> {annotation(result)}:"
        return "\n".join((signature, *_indented(body), last))

    def _workflow(self, params: tuple[tuple[str, Kind], ...], optional: int) -> str:
        signature = []
        for index, (name, kind) in enumerate(params):
            default = (
                f" = {literal(self.rng, kind)}" if isinstance(kind, str) and index >= len(params) - optional else ""
            )
            signature.append((f"{name}: {annotation(kind)}", default))
        # A parameter without a default cannot follow one with a default; keyword-only parameters can.
        star = "*, " if any(d and not e for (_, d), (_, e) in itertools.pairwise(signature)) else ""
        shown = star + ", ".join(text + default for text, default in signature)
        scope = self.scope(params, change=True)
        self.budget = self.rng.randint(4, 22)
        place = _Place(3, result="dict" if "returns" in self.features else None, whole=True)
        body = self._block(scope, place, whole=True)
        head = f"@workflow\n{'async ' if self.is_async else ''}def main({shown}):"
        return "\n".join((head, *_indented(body), f"    return {self._everything(scope)}"))

    def _input(self, params: tuple[tuple[str, Kind], ...], optional: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for index, (name, kind) in enumerate(params):
            has_default = isinstance(kind, str) and index >= len(params) - optional
            if self.rng.random() < (0.3 if has_default else 0.01):
                continue
            made[name] = value(self.rng, kind)
        if self.rng.random() < 0.05:
            made["surplus"] = 1
        return made

    def _everything(self, scope: Scope) -> str:
        """All variables in scope, so that no difference stays hidden."""
        shown = [variable for variable in scope.variables if variable.kind != "exception"]
        return "{" + ", ".join(f'"{variable.name}": {variable.name}' for variable in shown[:12]) + "}"

    # Statements

    def _block(self, scope: Scope, place: _Place, *, whole: bool = False) -> list[str]:
        """Statements for a body. `scope` is the body's own; with `whole` the budget of the program is used up."""
        lines: list[str] = []
        count = self.rng.randint(1, 3)
        while (self.budget > 0) if whole else count > 0:
            count -= 1
            self.budget -= 1
            lines += self._statement(scope, place)
        return lines or ["pass"]

    def _statement(self, scope: Scope, place: _Place) -> list[str]:
        options = [
            row
            for row, feature, needs_depth in _STATEMENTS
            if (feature is None or feature in self.features)
            and (not needs_depth or (place.depth > 0 and self.budget > 0))
        ]
        for _ in range(6):
            lines = self.rng.choice(options)(self, scope, place)
            if lines:
                return lines
        return self._assign(scope, place)

    def _new(self, scope: Scope, kind: Kind, *, rebind: bool = True, change: bool = True) -> str:
        name = self.name("v")
        scope.variables.append(Variable(name, kind, rebind, change))
        return name

    def _assign(self, scope: Scope, place: _Place) -> list[str]:
        kind = self.kind()
        text = expression(scope, kind, 3)
        olds = [v for v in scope.variables if v.rebind and v.kind == kind]
        if olds and self.rng.random() < 0.4:
            return [f"{self.rng.choice(olds).name} = {text}"]
        note = f": {annotation(kind)}" if text in ("[]", "{}") or self.rng.random() < 0.15 else ""
        return [f"{self._new(scope, kind)}{note} = {text}"]

    def _augment(self, scope: Scope, place: _Place) -> list[str]:
        found = [v for v in scope.variables if v.rebind and v.kind in ("int", "str", "float")]
        if not found:
            return []
        variable = self.rng.choice(found)
        operator = {"int": ("+=", "-=", "+=", "*="), "float": ("+=", "-=", "*="), "str": ("+=",)}[str(variable.kind)]
        text = leaf(scope, variable.kind) if variable.kind != "str" else expression(scope, "str", 1)
        return [f"{variable.name} {self.rng.choice(operator)} {text}"]

    def _unpack(self, scope: Scope, place: _Place) -> list[str]:
        kinds = [self.rng.choice(self.kinds) for _ in range(self.rng.randint(2, 3))]
        texts = [expression(scope, kind, 2) for kind in kinds]
        same = [v for v in scope.variables if v.rebind and isinstance(v.kind, str)]
        pairs = [(a, b) for a in same for b in same if a.name < b.name and a.kind == b.kind]
        if pairs and self.rng.random() < 0.4:
            a, b = self.rng.choice(pairs)
            return [f"{a.name}, {b.name} = {b.name}, {a.name}"]
        names = [self._new(scope, kind) for kind in kinds]
        return [f"{', '.join(names)} = {', '.join(texts)}"]

    def _if(self, scope: Scope, place: _Place) -> list[str]:
        inner = self._deeper(place)
        lines = [f"if {expression(scope, 'bool', 3)}:", *_indented(self._block(scope.inner(), inner))]
        if self.rng.random() < 0.3:
            lines += [f"elif {expression(scope, 'bool', 2)}:", *_indented(self._block(scope.inner(), inner))]
        if self.rng.random() < 0.5:
            lines += ["else:", *_indented(self._block(scope.inner(), inner))]
        return lines

    def _deeper(self, place: _Place, **changes: object) -> _Place:
        fields = {name: getattr(place, name) for name in place.__dataclass_fields__}
        return _Place(**{**fields, "depth": place.depth - 1, **changes})  # type: ignore[arg-type]

    def _while(self, scope: Scope, place: _Place) -> list[str]:
        counter = self.name("n")
        start = [f"{counter} = 0"]
        inner = scope.inner()
        inner.variables.append(Variable(counter, "int", rebind=False))
        test = f"{counter} < {self.rng.randint(1, 4)}"
        if self.rng.random() < 0.3:
            test += f" and {expression(inner, 'bool', 2)}"
        body = [f"{counter} += 1", *self._block(inner, self._deeper(place, in_loop=True))]
        scope.variables.append(Variable(counter, "int", rebind=False))
        return [*start, f"while {test}:", *_indented(body), *self._loop_else(scope, place)]

    def _loop_else(self, scope: Scope, place: _Place) -> list[str]:
        if self.rng.random() < 0.75:
            return []
        return ["else:", *_indented(self._block(scope.inner(), self._deeper(place)))]

    def _for(self, scope: Scope, place: _Place) -> list[str]:
        inner = scope.inner()
        head = self._loop_head(inner)
        body = self._block(inner, self._deeper(place, in_loop=True))
        return [head, *_indented(body), *self._loop_else(scope, place)]

    def _loop_head(self, scope: Scope) -> str:
        """The head of a loop; names the loop's variables, and lets nobody change what it runs over."""
        lists, dicts = scope.containers("list"), scope.containers("dict")
        choice = self.rng.random()
        if lists and choice < 0.35:
            source = self._frozen(scope, self.rng.choice(lists))
            return f"for {self._item(scope, source.kind[1])} in {source.name}:"
        if lists and choice < 0.45:
            source = self._frozen(scope, self.rng.choice(lists))
            index = self._item(scope, "int")
            return f"for {index}, {self._item(scope, source.kind[1])} in enumerate({source.name}):"
        if len(lists) > 1 and choice < 0.5:
            first, second = (self._frozen(scope, v) for v in self.rng.sample(lists, 2))
            return f"for {self._item(scope, first.kind[1])}, {self._item(scope, second.kind[1])} in zip({first.name}, {second.name}):"
        if dicts and choice < 0.65:
            source = self._frozen(scope, self.rng.choice(dicts))
            if self.rng.random() < 0.4:
                return f"for {self._item(scope, 'str')} in {source.name}:"
            return f"for {self._item(scope, 'str')}, {self._item(scope, source.kind[1])} in {source.name}.items():"
        if choice < 0.75:
            text = expression(scope, "str", 1)
            return f"for {self._item(scope, 'str')} in {text}:"
        if choice < 0.85:
            text = expression(scope, ("list", self.rng.choice(self.kinds)), 2)
            # The kind of the items cannot be known from the text, so they are not named for use.
            return f"for _ in {text}:"
        low, high = self.rng.randint(0, 3), self.rng.randint(0, 6)
        bounds = self.rng.choice((f"{high}", f"{low}, {high}", f"{high}, {low}, -1", f"0, {high}, 2"))
        return f"for {self._item(scope, 'int')} in range({bounds}):"

    def _item(self, scope: Scope, kind: Kind) -> str:
        return self._new(scope, kind, change=False)

    def _frozen(self, scope: Scope, variable: Variable) -> Variable:
        for index, other in enumerate(scope.variables):
            if other.name == variable.name:
                scope.variables[index] = Variable(other.name, other.kind, rebind=False, change=False)
        return variable

    def _jump(self, scope: Scope, place: _Place) -> list[str]:
        if not place.in_loop:
            return []
        return [f"if {expression(scope, 'bool', 2)}:", f"    {self.rng.choice(('break', 'continue'))}"]

    def _return(self, scope: Scope, place: _Place) -> list[str]:
        if place.result is None:
            return []
        text = self._everything(scope) if place.whole else expression(scope, place.result, 2)
        return [f"if {expression(scope, 'bool', 2)}:", f"    return {text}"]

    # Exceptions

    def _raise(self, scope: Scope) -> str:
        if self.rng.random() < 0.1:
            return f'raise Fail("Custom.Error", {expression(scope, "str", 1)})'
        name = self.rng.choice((*self.errors, *self.errors, *_BUILTIN_ERRORS))
        args = [
            expression(scope, self.rng.choice(("str", "str", "int")), 1)
            for _ in range(self.rng.choice((0, 1, 1, 1, 2)))
        ]
        return f"raise {name}({', '.join(args)})"

    def _raising(self, scope: Scope, place: _Place) -> list[str]:
        if scope.safe or self.rng.random() > 2 * scope.risk:
            return []
        return [f"if {expression(scope, 'bool', 2)}:", f"    {self._raise(scope)}"]

    def _try(self, scope: Scope, place: _Place) -> list[str]:
        inner = self._deeper(place)
        was_safe, scope.safe = scope.safe, False
        body = self._block(scope.inner(), inner)
        scope.safe = was_safe
        lines = ["try:", *_indented(body)]
        has_final = "finally" in self.features and self.rng.random() < 0.3
        handlers = self.rng.randint(0 if has_final and not scope.safe else 1, 2)
        for number in range(handlers):
            last = scope.safe and number == handlers - 1
            lines += self._handler(scope, place, catch_all=last)
        if handlers and self.rng.random() < 0.3:
            lines += ["else:", *_indented(self._block(scope.inner(), inner))]
        if has_final:
            lines += [
                "finally:",
                *_indented(self._block(scope.inner(), self._deeper(place, in_loop=False, result=None))),
            ]
        return lines

    def _handler(self, scope: Scope, place: _Place, *, catch_all: bool) -> list[str]:
        classes = self.rng.sample((*self.errors, *_CAUGHT), self.rng.choice((1, 1, 2)))
        named = "Exception" if catch_all else classes[0] if len(classes) == 1 else f"({', '.join(classes)})"
        inner = scope.inner()
        if self.rng.random() < 0.3:
            return [f"except {named}:", *_indented(self._block(inner, self._deeper(place, in_handler=True)))]
        error = self.name("e")
        lines = []
        for _ in range(self.rng.randint(1, 2)):
            text = self.rng.choice(
                (f"str({error})", f"type({error}).__name__", f'f"{{{error}}}!"', f"str(len({error}.args))")
            )
            strings = [v for v in inner.variables if v.kind == "str" and v.rebind]
            lines.append(f"{self.rng.choice(strings).name if strings else self._new(inner, 'str')} = {text}")
        lines += self._block(inner, self._deeper(place, in_handler=True))
        if not scope.safe and self.rng.random() < 0.25:
            again = ["raise", f"raise {error}"]
            if self.errors:
                again.append(f"raise {self.rng.choice(self.errors)}(str({error})) from {error}")
            lines += [f"if {expression(inner, 'bool', 1)}:", f"    {self.rng.choice(again)}"]
        return [f"except {named} as {error}:", *_indented(lines)]

    # Changes in place

    def _change(self, scope: Scope, place: _Place) -> list[str]:
        found = [v for v in scope.containers("list", "dict") if v.change]
        if not found:
            return []
        variable = self.rng.choice(found)
        inner = variable.kind[1]
        path = variable.name
        if isinstance(inner, tuple) and not scope.safe and self.rng.random() < 0.5:
            path += f"[{leaf(scope, 'int') if variable.kind[0] == 'list' else expression(scope, 'str', 1)}]"
            return self._change_at(scope, path, inner)
        return self._change_at(scope, path, variable.kind)

    def _change_at(self, scope: Scope, path: str, kind: Kind) -> list[str]:
        item = kind[1]
        new = expression(scope, item, 2)  # type: ignore[arg-type]
        index, key = leaf(scope, "int"), expression(scope, "str", 1)
        if kind[0] == "list":
            calm = [
                f"{path}.append({new})",
                f"{path}.append({new})",
                f"{path}.extend([{new}])",
                f"{path}.insert({index}, {new})",
                f"{path} += [{new}]",
            ]
            risky = [f"{path}.pop()", f"{path}.pop({index})", f"{path}[{index}] = {new}", f"del {path}[{index}]"]
            if isinstance(item, str):
                risky.append(f"{path}.remove({new})")
                calm += [f"{path}.sort()", f"{path}.reverse()"]
            if item in ("int", "float"):
                risky.append(f"{path}[{index}] += {leaf(scope, item)}")
            if path.endswith("]"):
                calm.pop(4)
        else:
            calm = [
                f"{path}[{key}] = {new}",
                f"{path}[{key}] = {new}",
                f"{path}.update({{{key}: {new}}})",
                f"{path}.pop({key}, None)",
            ]
            risky = [f"del {path}[{key}]", f"{path}.pop({key})"]
            if isinstance(item, str):
                calm.append(f"{path}.setdefault({key}, {new})")
            if item in ("int", "float"):
                calm.append(
                    f"{path}[{key}] = {path}.get({key}, 0{'.0' if item == 'float' else ''}) + {leaf(scope, item)}"
                )
                risky.append(f"{path}[{key}] += {leaf(scope, item)}")
        return [self.rng.choice(calm if scope.safe or self.rng.random() > scope.risk else risky)]

    def _taken(self, scope: Scope, place: _Place) -> list[str]:
        found = [v for v in scope.containers("list") if v.change and isinstance(v.kind[1], str)]
        if not found or scope.safe:
            return []
        variable = self.rng.choice(found)
        return [f"{self._new(scope, variable.kind[1])} = {variable.name}.pop({self.rng.choice(('', '0', '-1'))})"]

    def _change_items(self, scope: Scope, place: _Place) -> list[str]:
        """A loop that changes the items of a list of lists or dicts."""
        found = [v for v in scope.containers("list") if v.change and isinstance(v.kind[1], tuple)]
        if not found:
            return []
        variable = self.rng.choice(found)
        inner = scope.inner()
        self._frozen(inner, variable)
        item = self._new(inner, variable.kind[1], rebind=False, change=False)
        inner.variables = [v for v in inner.variables if v.name != variable.name]
        return [f"for {item} in {variable.name}:", *_indented(self._change_at(inner, item, variable.kind[1]))]

    # Calls and concurrency

    def _call(self, scope: Scope, place: _Place) -> list[str]:
        found = [f for f in self.functions if not (scope.safe and f.raises)] if scope.calls else []
        if not found:
            return []
        function = self.rng.choice(found)
        text = call(scope, function, 2)
        if self.rng.random() < 0.15:
            return [text]
        return [f"{self._new(scope, function.result)} = {text}"]

    def _branches(self, scope: Scope) -> tuple[list[Kind], list[str]]:
        """Expressions to run at the same time. Only one may raise, and then the others call nothing, so that every order ends alike."""
        risky = self.rng.random() < 0.3 and not scope.safe
        kinds = [self.kind() for _ in range(self.rng.randint(2, 3))]
        texts = []
        for number, kind in enumerate(kinds):
            inner = scope.inner(safe=not risky or number > 0, calls=scope.calls and (not risky or number == 0))
            texts.append(expression(inner, kind, 3))
        return kinds, texts

    def _parallel(self, scope: Scope, place: _Place) -> list[str]:
        kinds, texts = self._branches(scope)
        before: list[str] = []
        branches = []
        for text in texts:
            if self.rng.random() < 0.5:
                branches.append(f"lambda: {text}")
            else:
                name = self.name("branch")
                before += [f"def {name}():", f"    return {text}"]
                branches.append(name)
        names = [self._new(scope, kind) for kind in kinds]
        return [*before, f"{', '.join(names)} = parallel({', '.join(branches)})"]

    def _pool(self, scope: Scope, place: _Place) -> list[str]:
        tasks = [f for f in self.functions if f.is_task and not f.raises and len(f.params) - f.optional <= 1]
        usable = [(f, v) for f in tasks for v in scope.of_kind(("list", f.params[0][1]))]
        pool = self.name("pool")
        head = f"with ThreadPoolExecutor(max_workers={self.rng.randint(1, 4)}) as {pool}:"
        if usable and scope.calls and self.rng.random() < 0.6:
            function, variable = self.rng.choice(usable)
            return [
                head,
                f"    {self._new(scope, ('list', function.result))} = list({pool}.map({function.name}, {variable.name}))",
            ]
        safe = [f for f in self.functions if not f.raises]
        if not safe or not scope.calls:
            return []
        lines, futures = [head], []
        for function in self.rng.choices(safe, k=2):
            future = self.name("future")
            args = [expression(scope.inner(calls=False, safe=True), kind, 2) for _, kind in function.params]
            lines.append(f"    {future} = {pool}.submit({', '.join((function.name, *args))})")
            futures.append((future, function.result))
        return lines + [f"    {self._new(scope, kind)} = {future}.result()" for future, kind in futures]

    def _gather(self, scope: Scope, place: _Place) -> list[str]:
        safe = [f for f in self.functions if f.is_async and not f.raises]
        if not safe or not scope.calls:
            return []
        chosen = self.rng.choices(safe, k=self.rng.randint(2, 3))
        calls = []
        for function in chosen:
            text = call(scope.inner(calls=False, safe=True), function, 2)
            calls.append(text.removeprefix("(await ").removesuffix(")"))
        names = [self._new(scope, function.result) for function in chosen]
        return [f"{', '.join(names)} = await asyncio.gather({', '.join(calls)})"]

    def _sleep(self, scope: Scope, place: _Place) -> list[str]:
        seconds = self.rng.randint(0, 30)
        if self.is_async and not place.whole:
            return []
        return [f"await asyncio.sleep({seconds})" if self.is_async else f"time.sleep({seconds})"]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


_StatementMaker = Callable[[_Program, Scope, _Place], list[str]]

# The maker, the feature it belongs to, and whether it nests.
_STATEMENTS: Final[tuple[tuple[_StatementMaker, str | None, bool], ...]] = (
    (_Program._assign, None, False),
    (_Program._assign, None, False),
    (_Program._assign, None, False),
    (_Program._augment, None, False),
    (_Program._unpack, "unpacking", False),
    (_Program._if, None, True),
    (_Program._if, None, True),
    (_Program._while, "while", True),
    (_Program._for, "loops", True),
    (_Program._for, "loops", True),
    (_Program._jump, "loops", False),
    (_Program._return, "returns", False),
    (_Program._raising, "exceptions", False),
    (_Program._try, "exceptions", True),
    (_Program._try, "exceptions", True),
    (_Program._change, "mutation", False),
    (_Program._change, "mutation", False),
    (_Program._taken, "mutation", False),
    (_Program._change_items, "item_changes", False),
    (_Program._call, "tasks", False),
    (_Program._call, "helpers", False),
    (_Program._parallel, "parallel", False),
    (_Program._pool, "pool", False),
    (_Program._gather, "gather", False),
    (_Program._sleep, "sleep", False),
)

"""How deep evaluating an expression goes. AWS ends one of more than a hundred levels, and those of a function count inside its call.

A level is a part of an expression that is being evaluated while its whole is. What a function takes counts where it is called, also when it
was handed on. A call at the end of a function takes no level: engines go on with it in place of its caller. What a function that
calls itself otherwise takes depends on the data; its body counts once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Final, Protocol

from pysfnc.jsonata.printer import binding_power, part_powers
from pysfnc.jsonata.tree import Apply, Bind, Call, Field, Func, IfElse, Index, Keep, Ref, Seq, Tree
from pysfnc.jsonata.walk import tree_children, tree_depth
from pysfnc.lean import dataclass

WRITTEN_LEVELS: Final = 200
"""Trees are walked by recursion up to here, which no engine evaluates."""


class Definition(Protocol):
    """A function that expressions may call without defining it."""

    @property
    def params(self) -> tuple[str, ...]: ...

    @property
    def body(self) -> Tree: ...


@dataclass(frozen=True, slots=True)
class _Depth:
    """The levels of a part, and for each parameter that it calls the levels above the body of the function that is handed over."""

    own: int
    above: Mapping[str, int] = field(default_factory=dict)

    def under(self, levels: int) -> "_Depth":
        return _Depth(self.own + levels, {name: above + levels for name, above in self.above.items()})


LEAF = _Depth(1)
NOTHING = _Depth(0)


def _deepest(*parts: _Depth) -> _Depth:
    above: dict[str, int] = {}
    for part in parts:
        for name, levels in part.above.items():
            above[name] = max(levels, above.get(name, 0))
    return _Depth(max((part.own for part in parts), default=0), above)


@dataclass(slots=True)
class _Function:
    """A function where it is bound. `depth` is that of its body, nothing while it is being measured."""

    params: tuple[str, ...]
    body: Tree
    names: "Names"
    depth: _Depth | None = None


Names = Mapping[str, _Function | None]
"""The functions that are bound where a part stands; None for a parameter, which may be one."""


class Levels:
    """Measures expressions that may call the functions that `definition` finds; None for a name of JSONata's own."""

    def __init__(self, definition: Callable[[str], Definition | None]) -> None:
        self._definition = definition
        self._known: dict[str, _Function] = {}

    def of(self, tree: Tree) -> int:
        """The levels of evaluating the text of `tree` behind the functions that it calls.

        One that nests deeper than `WRITTEN_LEVELS` is not looked into: the answer is how deep it nests.
        """
        nested = tree_depth(tree)
        if nested > WRITTEN_LEVELS:
            return nested
        return self._of(tree, {}).under(not isinstance(tree, Seq)).own

    def _of(self, tree: Tree, names: Names) -> _Depth:
        match tree:
            case Func():
                return LEAF
            case Call() | Apply():
                return self._call(tree, names).under(1)
            case Seq(items):
                names = self._bound(items, names)
                return _deepest(*self._before(items, names), self._of(_last(items), names)).under(1)
            case Field(base=Field() as base):
                return self._of(base, names)
            case Keep() | Index():  # what stands in the brackets is evaluated inside that before them
                inside, *index = self._parts(tree, names)
                return _deepest(inside, *(part.under(1) for part in index))
            case _:
                return _deepest(*self._parts(tree, names)).under(1)

    def _parts(self, tree: Tree, names: Names) -> list[_Depth]:
        """The direct parts, one deeper each where parentheses stand around it."""
        parts = zip(tree_children(tree), part_powers(tree), strict=False)
        return [self._of(part, names).under(binding_power(part) < power) for part, power in parts]

    def _before(self, items: tuple[Tree | Bind, ...], names: Names) -> Iterator[_Depth]:
        for item in items[:-1]:
            yield self._of(item.value, names).under(1) if isinstance(item, Bind) else self._of(item, names)

    def _bound(self, items: tuple[Tree | Bind, ...], names: Names) -> Names:
        scope = dict(names)
        for item in items:
            if isinstance(item, Bind):
                scope[item.name] = self._handed(item.value, scope)
        return scope

    def _call(self, tree: Call | Apply, names: Names) -> _Depth:
        """The arguments of a call, and the body of what is called, which is evaluated on the same level."""
        arguments = [self._of(argument, names) for argument in tree.args]
        if isinstance(tree, Apply):
            arguments.append(self._of(tree.function, names))
            function = self._handed(tree.function, names)
        elif tree.name in names and names[tree.name] is None:
            return _deepest(*arguments, _Depth(0, {tree.name: 0}))
        else:
            function = self._named(tree.name, names)
        if function is None:  # one of JSONata's own, which calls what it gets; one engine needs a level for that
            called = [self._body_of(argument, names).under(1) for argument in tree.args]
            return _deepest(*arguments, *called)
        depth = self._measured(function)
        handed = dict(zip(function.params, tree.args, strict=False))
        kept = {name: above for name, above in depth.above.items() if name not in function.params}
        called = [
            self._body_of(handed[name], names).under(above) for name, above in depth.above.items() if name in handed
        ]
        return _deepest(*arguments, _Depth(depth.own, kept), *called)

    def _named(self, name: str, names: Names) -> _Function | None:
        if name in names:
            return names[name]
        if name not in self._known:
            found = self._definition(name)
            if found is None:
                return None
            self._known[name] = _Function(found.params, found.body, {})
        return self._known[name]

    def _handed(self, tree: Tree, names: Names) -> _Function | None:
        """The function that is the value of `tree`, as far as that can be seen."""
        match tree:
            case Func(params, body):
                return _Function(params, body, names)
            case Ref(name):
                return self._named(name, names)
            case _:
                return None

    def _body_of(self, tree: Tree, names: Names) -> _Depth:
        """The body of a function that is handed to a call."""
        if isinstance(tree, Ref) and tree.name in names and names[tree.name] is None:
            return _Depth(0, {tree.name: 0})
        if isinstance(tree, IfElse):
            return _deepest(*(self._body_of(way, names) for way in (tree.then, tree.orelse) if way is not None))
        function = self._handed(tree, names)
        return NOTHING if function is None else self._measured(function)

    def _measured(self, function: _Function) -> _Depth:
        if function.depth is None:
            function.depth = NOTHING
            names = {**function.names, **dict.fromkeys(function.params)}
            function.depth = _deepest(*self._end(function.body, names))
        return function.depth

    def _end(self, tree: Tree, names: Names) -> tuple[_Depth, _Depth]:
        """The levels of the end of a body where it stands; and those of the calls at its end, which go on in place of the body."""
        match tree:
            case Call() | Apply():
                return LEAF, self._call(tree, names)
            case IfElse(test, then, orelse):
                ways = [self._end(way, names) for way in (then, orelse) if way is not None]
                here = _deepest(self._of(test, names), *(way for way, _ in ways))
                return here.under(1), _deepest(*(calls for _, calls in ways))
            case Seq(items):
                names = self._bound(items, names)
                last, calls = self._end(_last(items), names)
                return _deepest(*self._before(items, names), last).under(1), calls
            case _:
                return self._of(tree, names), NOTHING


def _last(items: tuple[Tree | Bind, ...]) -> Tree:
    last = items[-1]
    return last.value if isinstance(last, Bind) else last

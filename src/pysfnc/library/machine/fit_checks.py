"""Whether a JSON value fits an annotation, and CPython's message if it does not, as JSONata.

The rules and messages are those of `pysfnc.lang.shapes`, which decides under CPython. A check is a tree whose value is the message, or *undefined*
where the value fits: then lists and dicts need no loop of their own, as `$map` and `$each` leave out what is undefined, and most checks
pass a value that is not there, as no comparison with undefined holds.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, Func, IfElse, Index, Lit, Object, Ref, Seq, Tree
from pysfnc.lean import dataclass
from pysfnc.library.machine.wire_texts import CHECKED
from pysfnc.library.rows.make import ZERO, both, call, eq, negate, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.shapes import amp, count, ne
from pysfnc.library.text.quoting import quoted
from pysfnc.values.fits import (
    AnyFit,
    ChoiceFit,
    DictFit,
    FieldFit,
    Fit,
    ListFit,
    NamedFit,
    RecordFit,
    ScalarFit,
    TextFit,
    TupleFit,
    UnionFit,
    flattened,
    text_of,
)
from pysfnc.values.relations import kinds
from pysfnc.values.types import JSON_KINDS, Kind

Path = tuple[Tree, ...]
"""Where a value stands, as strings to join: `items[`, the index, `]`."""

_JSON_TYPE: Final = {
    Kind.NONE: "null",
    Kind.BOOL: "boolean",
    Kind.STR: "string",
    Kind.LIST: "array",
    Kind.DICT: "object",
}
_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})
_CHOICE_KIND: Final = {
    type(None): Kind.NONE,
    bool: Kind.BOOL,
    int: Kind.INT,
    float: Kind.FLOAT,
    str: Kind.STR,
}
_CHAIN: Final = 8
"""How many tests are chained at most: each nests one level."""

ON_EVERY_OBJECT: Final = frozenset(
    {
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
        "__proto__",
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
    }
)
"""Names that jsonata-js finds in objects that do not have them."""
_FOUND: Final = Ref("py_found")
_V: Final = Ref("v")

define(
    "py_kind",
    ("v",),
    IfElse(
        eq(type_of(_V), text("number")),
        IfElse(both(eq(call("floor", _V), _V), Binary("<=", call("abs", _V), Lit(2**53))), text("int"), text("float")),
        call("lookup", Object(tuple((text(of), text(kind.value)) for kind, of in _JSON_TYPE.items())), type_of(_V)),
    ),
)


@dataclass(slots=True)
class FitChecker:
    """Writes checks of arguments of the function called `owner`; None stands for a check that nothing can fail."""

    owner: str
    locals: int = 0

    def local(self) -> str:
        """A name for a local: those of rows begin with `py_`."""
        self.locals += 1
        return f"py_{self.locals}"

    def value(self, fit: Fit | None, value: Tree, path: Path) -> Tree | None:
        """The check of a value: of its kind, then of what is inside."""
        match fit:
            case None | AnyFit():
                return None
            case NamedFit(_, target):
                return self.value(target, value, path)
            case UnionFit():
                return self._union(fit, value, path)
            case ChoiceFit():
                return self._inside(fit, value, path)
            case _:
                return IfElse(
                    _is_not(value, fit_kinds(fit)), self._must(fit, value, path), self._inside(fit, value, path)
                )

    def _inside(self, fit: Fit, value: Tree, path: Path) -> Tree | None:
        """The check of a value whose kind fits."""
        match fit:
            case ListFit(item):
                name, index = self.local(), self.local()
                checked = self.value(item, Ref(name), (*path, text("["), Ref(index), text("]")))
                return None if checked is None else Index(call("map", value, Func((name, index), checked)), ZERO)
            case DictFit(key, item):
                name, index = self.local(), self.local()
                inner = (*path, text("["), quoted(Ref(index)), text("]"))
                keyed = None if key is None or _takes_texts(key) else self.value(key, Ref(index), inner)
                checked = first_message([self.value(item, Ref(name), inner), keyed])  # CPython looks at the value first
                return None if checked is None else Index(call("each", value, Func((name, index), checked)), ZERO)
            case TupleFit(items, _):
                parts = [
                    self.value(item, Index(value, Lit(number)), (*path, text(f"[{number}]")))
                    for number, item in enumerate(items)
                ]
                return IfElse(ne(count(value), Lit(len(items))), self._must(fit, value, path), first_message(parts))
            case ChoiceFit(values, _):
                return IfElse(_is_none_of(value, values), self._must(fit, value, path), None)
            case TextFit(name):
                return IfElse(negate(call(CHECKED[name], value)), self._must(fit, value, path), None)
            case RecordFit(_, fields, _):
                return first_message([part for field in fields for part in self._field(field, value, path)])
            case _:
                return None

    def _field(self, field: FieldFit, value: Tree, path: Path) -> list[Tree | None]:
        """The checks of a key of an object: that it is there, if it has to be, and what it holds."""
        inside, exists = (*path, text(f".{field.name}")), has_key(value, field.name)
        checked = self.value(field.fit, Field(value, field.name), inside)
        if field.required:
            return [IfElse(negate(exists), self._must(field.fit, None, inside), None), checked]
        if checked is None or (field.name not in ON_EVERY_OBJECT and passes_nothing(field.fit)):
            return [checked]
        return [IfElse(exists, checked, None)]

    def _union(self, fit: UnionFit, value: Tree, path: Path) -> Tree | None:
        """A value fits if one of the members that take its kind does; the only one that takes it says what is wrong."""
        members = flattened(fit)
        allowed = frozenset[Kind]().union(*map(fit_kinds, members))
        groups: dict[tuple[int, ...], set[Kind]] = {}  # by the places of members: `Literal[1]` equals `Literal[True]`
        for kind in sorted(allowed, key=lambda kind: kind.value):
            takers = tuple(place for place, member in enumerate(members) if kind in fit_kinds(member))
            if not any(_is_shallow(members[place]) for place in takers):
                groups.setdefault(takers, set()).add(kind)
        deep: Tree | None = None
        for takers, found in groups.items():
            faults = [fault for place in takers if (fault := self._inside(members[place], value, path)) is not None]
            fault = faults[0]
            if len(faults) > 1:
                fault = IfElse(both(*(call("exists", one) for one in faults)), self._must(fit, value, path), None)
            deep = IfElse(_is(value, frozenset(found)), fault, deep)
        return deep if allowed == JSON_KINDS else IfElse(_is_not(value, allowed), self._must(fit, value, path), deep)

    def _must(self, fit: Fit, value: Tree | None, path: Path) -> Tree:
        """The message of a value that does not fit, None for one that is missing."""
        wanted = f"' must be {text_of(fit)}, not "
        found = text("missing") if value is None else call("py_kind", value)
        return joined_text([text(f"{self.owner}() argument '"), *path, text(wanted), found])


def has_key(value: Tree, name: str) -> Tree:
    """Whether an object has a key."""
    if name in ON_EVERY_OBJECT:
        return Binary("in", text(name), call("keys", value))
    return call("exists", Field(value, name))


def first_message(found: Sequence[Tree | None], orelse: Tree | None = None) -> Tree | None:
    """The first message, else `orelse`.

    Tests are chained; behind a part that looks inside a value a new chain begins, in a block, so that many do not nest. (An array of all
    of them would do, but jsonata-js evaluates its items at the same time, and their depths add up.)
    """
    chains: list[list[Tree]] = []
    for tree in found:
        if tree is not None:
            if not chains or len(chains[-1]) == _CHAIN or not _is_test(chains[-1][-1]):
                chains.append([])
            chains[-1].append(tree)
    if not chains:
        return orelse
    last = _chained(chains.pop(), orelse) if orelse is None or _is_test(chains[-1][-1]) else orelse
    if not chains:
        return last
    before = [_chained(chain, None) for chain in chains]
    steps = [Bind(_FOUND.name, tree if index == 0 else _found_or(tree)) for index, tree in enumerate(before)]
    return Seq((*steps, _found_or(last)))


def _is_test(tree: Tree) -> bool:
    """Whether the tree is a message behind a test, rather than a check that may find nothing."""
    return isinstance(tree, IfElse) and tree.orelse is None and _is_message(tree.then)


def _is_message(tree: Tree | None) -> bool:
    if isinstance(tree, IfElse):
        return _is_message(tree.then) and _is_message(tree.orelse)
    return isinstance(tree, Lit | Binary)


def _chained(chain: Sequence[Tree], orelse: Tree | None) -> Tree:
    """The first message of tests, the last part being anything; `orelse` only behind a test."""
    *tests, last = chain
    made = IfElse(last.test, last.then, orelse) if isinstance(last, IfElse) and _is_test(last) else last
    for test in reversed(tests):
        assert isinstance(test, IfElse)
        made = IfElse(test.test, test.then, made)
    return made


def _found_or(tree: Tree) -> Tree:
    return IfElse(call("exists", _FOUND), _FOUND, tree)


def joined_text(parts: Sequence[Tree]) -> Tree:
    """The parts, strings and numbers, one after another; literals side by side become one."""
    merged: list[Tree] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Lit) and isinstance(last, Lit):
            merged[-1] = text(f"{last.value}{part.value}")
        else:
            merged.append(part)
    return reduce(amp, merged)


def fit_kinds(fit: Fit) -> frozenset[Kind]:
    """The kinds of JSON values that can fit."""
    match fit:
        case AnyFit():
            return JSON_KINDS
        case ScalarFit(_, type_):
            return _NUMBERS if kinds(type_) == {Kind.FLOAT} else kinds(type_)
        case TextFit():
            return frozenset({Kind.STR})
        case ListFit() | TupleFit():
            return frozenset({Kind.LIST})
        case DictFit() | RecordFit():
            return frozenset({Kind.DICT})
        case ChoiceFit(values, _):
            return frozenset(_CHOICE_KIND[type(value)] for value in values)
        case UnionFit() | NamedFit():
            return frozenset().union(*map(fit_kinds, flattened(fit)))


def _is_shallow(fit: Fit) -> bool:
    """Whether every value of a kind that can fit does."""
    match fit:
        case AnyFit() | ScalarFit():
            return True
        case ListFit(item):
            return item is None or _fits_all(item)
        case DictFit(key, value):
            return (key is None or _takes_texts(key)) and (value is None or _fits_all(value))
        case UnionFit() | NamedFit():
            return all(map(_is_shallow, flattened(fit)))
        case _:
            return False


def _takes_texts(key: Fit) -> bool:
    """Whether any key of an object fits."""
    return any(Kind.STR in fit_kinds(member) and _is_shallow(member) for member in flattened(key))


def _fits_all(fit: Fit) -> bool:
    """Whether every JSON value fits."""
    return any(isinstance(member, AnyFit) for member in flattened(fit)) or (
        fit_kinds(fit) == JSON_KINDS and _is_shallow(fit)
    )


def passes_nothing(fit: Fit | None) -> bool:
    """Whether the checks find nothing wrong with a value that is undefined."""
    match fit:
        case NamedFit(_, target):
            return passes_nothing(target)
        case UnionFit():
            return _is_shallow(fit) and len(_type_names(fit_kinds(fit))) <= 2
        case _:
            return not isinstance(fit, TupleFit | ChoiceFit | RecordFit | TextFit)


def _type_names(wanted: frozenset[Kind]) -> tuple[str, ...]:
    """What `$type` says of values of these kinds, or `py_kind` where only that tells ints from floats."""
    if wanted & _NUMBERS in (frozenset(), _NUMBERS):
        names = {_JSON_TYPE.get(kind, "number") for kind in wanted}
    else:
        names = {kind.value for kind in wanted}
    return tuple(sorted(names))


def _kind_tree(value: Tree, wanted: frozenset[Kind]) -> Tree:
    return type_of(value) if wanted & _NUMBERS in (frozenset(), _NUMBERS) else call("py_kind", value)


def _is(value: Tree, wanted: frozenset[Kind]) -> Tree:
    """Whether a value has one of these kinds."""
    return _one_of(_kind_tree(value, wanted), _type_names(wanted))


def _is_not(value: Tree, wanted: frozenset[Kind]) -> Tree:
    """Whether a value has none of these kinds; with one or two of them false of undefined."""
    names = _type_names(wanted)
    if len(names) > 2:
        return negate(_is(value, wanted))
    return both(*(ne(_kind_tree(value, wanted), text(name)) for name in names))


def _one_of(value: Tree, values: Sequence[bool | int | float | str | None]) -> Tree:
    if len(values) == 1:
        return eq(value, Lit(values[0]))
    return Binary("in", value, Array(tuple(map(Lit, values))))


def _is_none_of(value: Tree, values: Sequence[bool | int | float | str | None]) -> Tree:
    return ne(value, Lit(values[0])) if len(values) == 1 else negate(_one_of(value, values))

"""The input of a machine: whether it fits the parameters, and its parts. Made by the compiler, never written by a program.

The rules and messages are those of `pysfnc.lang.binding` and `pysfnc.lang.shapes`, which decide under CPython. `input.fault` is null
or the first message. Inside it a check is *undefined* where the value fits: then lists and dicts need no loop of their own, as
`$map` and `$each` leave out what is undefined, and most checks hold of a key that is not there, as no comparison with undefined does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, Func, IfElse, Index, Lit, Object, Ref, Seq, Tree
from pysfnc.library.fits import InputSpec, Key
from pysfnc.library.make import NULL, ZERO, both, call, eq, negate, text, type_of
from pysfnc.library.prelude import define
from pysfnc.library.quoting import quoted
from pysfnc.library.registry import register_prim
from pysfnc.library.row import Arg, PrimRow
from pysfnc.library.shapes import ONE, amp, clean_atoms, count, ne
from pysfnc.values.fits import (
    AnyFit,
    ChoiceFit,
    DictFit,
    Fit,
    ListFit,
    NamedFit,
    ScalarFit,
    TupleFit,
    UnionFit,
    flattened,
    text_of,
)
from pysfnc.values.types import JSON_KINDS, Kind, Type, kinds

Path = tuple[Tree, ...]
"""Where a value stands, as strings to join: `items[`, the index, `].qty`."""

_JSON_TYPE: Final = {
    Kind.NONE: "null",
    Kind.BOOL: "boolean",
    Kind.STR: "string",
    Kind.LIST: "array",
    Kind.DICT: "object",
}
_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})
_CHOICE_KIND: Final = {type(None): Kind.NONE, bool: Kind.BOOL, int: Kind.INT, str: Kind.STR}
_ON_EVERY_OBJECT: Final = frozenset(
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

_CHAIN: Final = 8
"""How many tests are chained at most: each nests one level."""

_FOUND: Final = Ref("py_found")
_V, _M, _C, _I = (Ref(name) for name in "vmci")


def _text(parts: Sequence[Tree]) -> Tree:
    """The parts, strings and numbers, one after another; literals side by side become one."""
    merged: list[Tree] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Lit) and isinstance(last, Lit):
            merged[-1] = text(f"{last.value}{part.value}")
        else:
            merged.append(part)
    return reduce(amp, merged)


define(
    "py_kind",
    ("v",),
    IfElse(
        eq(type_of(_V), text("number")),
        IfElse(both(eq(call("floor", _V), _V), Binary("<=", call("abs", _V), Lit(2**53))), text("int"), text("float")),
        call("lookup", Object(tuple((text(of), text(kind.value)) for kind, of in _JSON_TYPE.items())), type_of(_V)),
    ),
)
_BEFORE: Final = IfElse(
    eq(_I, ZERO),
    text(""),
    IfElse(Binary("<", _I, Binary("-", _C, ONE)), text(", "), IfElse(eq(_C, Lit(2)), text(" and "), text(", and "))),
)
define(
    "py_missing",
    ("v", "n", "a", "b"),
    Seq(
        (
            Bind("m", clean_atoms(call("filter", Ref("n"), Func(("i",), negate(Binary("in", _I, call("keys", _V))))))),
            Bind("c", count(_M)),
            IfElse(
                ne(_C, ZERO),
                _text(
                    [
                        Ref("a"),
                        _C,
                        Ref("b"),
                        IfElse(eq(_C, ONE), text(": "), text("s: ")),
                        call(
                            "join", call("map", _M, Func(("n", "i"), _text([_BEFORE, text("'"), Ref("n"), text("'")])))
                        ),
                    ]
                ),
                None,
            ),
        )
    ),
)


@dataclass(slots=True)
class _Checker:
    """Writes the checks of one input. A check is a message, or undefined; None stands for one that never fails."""

    owner: str
    locals: int = 0

    def local(self) -> str:
        """A name for a local: those of rows begin with `py_`."""
        self.locals += 1
        return f"py_{self.locals}"

    # The parameters

    def whole(self, key: Key, value: Tree) -> Tree:
        """The fault of an input that is one argument."""
        return _first([self.value(key.fit, value, (text(key.name),))], NULL) or NULL

    def keys(self, spec: InputSpec, value: Tree) -> Tree:
        """The fault of an input whose keys are the arguments: first what is missing, then what does not fit."""
        found: list[Tree | None] = []
        for word in ("positional", "keyword-only"):
            found.append(self._missing([key.name for key in spec.keys if key.word == word], word, value))
        found += [self._key(key, value) for key in spec.keys]
        found.append(self._rest(spec, value))
        misfit = amp(text(f"{self.owner}() input must be dict, not "), call("py_kind", value))
        return IfElse(ne(type_of(value), text("object")), misfit, _first(found, NULL))

    def _missing(self, names: list[str], word: str, value: Tree) -> Tree | None:
        start = f"{self.owner}() missing "
        if not names:
            return None
        if len(names) == 1:
            message = text(f"{start}1 required {word} argument: '{names[0]}'")
            return IfElse(negate(has_key(value, names[0])), message, None)
        return call(
            "py_missing", value, Array(tuple(map(text, names))), text(start), text(f" required {word} argument")
        )

    def _key(self, key: Key, value: Tree) -> Tree | None:
        checked = self.value(key.fit, Field(value, key.name), (text(key.name),))
        if checked is None or key.word is not None:
            return checked
        if key.name not in _ON_EVERY_OBJECT and _passes_nothing(key.fit):
            return checked
        return IfElse(has_key(value, key.name), checked, None)

    def _rest(self, spec: InputSpec, value: Tree) -> Tree | None:
        item, name = self.local(), self.local()
        checked = self.value(spec.rest, Ref(item), (Ref(name),))
        if checked is None:
            return None
        if spec.keys:
            checked = IfElse(_is_other(Ref(name), [key.name for key in spec.keys]), checked, None)
        return Index(call("each", value, Func((item, name), checked)), ZERO)

    # Values

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
                return IfElse(_is_not(value, _kinds(fit)), self._must(fit, value, path), self._inside(fit, value, path))

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
                checked = _first([self.value(item, Ref(name), inner), keyed])  # CPython looks at the value first
                return None if checked is None else Index(call("each", value, Func((name, index), checked)), ZERO)
            case TupleFit(items):
                parts = [
                    self.value(item, Index(value, Lit(number)), (*path, text(f"[{number}]")))
                    for number, item in enumerate(items)
                ]
                return IfElse(ne(count(value), Lit(len(items))), self._must(fit, value, path), _first(parts))
            case ChoiceFit(values):
                return IfElse(_is_none_of(value, values), self._must(fit, value, path), None)
            case _:
                return None

    def _union(self, fit: UnionFit, value: Tree, path: Path) -> Tree | None:
        """A value fits if one of the members that take its kind does; the only one that takes it says what is wrong."""
        members = flattened(fit)
        allowed = frozenset[Kind]().union(*map(_kinds, members))
        groups: dict[tuple[Fit, ...], set[Kind]] = {}
        for kind in sorted(allowed, key=lambda kind: kind.value):
            takers = tuple(member for member in members if kind in _kinds(member))
            if not any(map(_is_shallow, takers)):
                groups.setdefault(takers, set()).add(kind)
        deep: Tree | None = None
        for takers, found in groups.items():
            faults = [fault for taker in takers if (fault := self._inside(taker, value, path)) is not None]
            fault = faults[0]
            if len(faults) > 1:
                fault = IfElse(both(*(call("exists", one) for one in faults)), self._must(fit, value, path), None)
            deep = IfElse(_is(value, frozenset(found)), fault, deep)
        return deep if allowed == JSON_KINDS else IfElse(_is_not(value, allowed), self._must(fit, value, path), deep)

    def _must(self, fit: Fit, value: Tree, path: Path) -> Tree:
        wanted = f"' must be {text_of(fit)}, not "
        return _text([text(f"{self.owner}() argument '"), *path, text(wanted), call("py_kind", value)])


def _first(found: Sequence[Tree | None], orelse: Tree | None = None) -> Tree | None:
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
    return isinstance(tree, IfElse) and tree.orelse is None and isinstance(tree.then, Lit | Binary)


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


def _kinds(fit: Fit) -> frozenset[Kind]:
    """The kinds of JSON values that can fit."""
    match fit:
        case AnyFit():
            return JSON_KINDS
        case ScalarFit(_, type_):
            return _NUMBERS if kinds(type_) == {Kind.FLOAT} else kinds(type_)
        case ListFit() | TupleFit():
            return frozenset({Kind.LIST})
        case DictFit():
            return frozenset({Kind.DICT})
        case ChoiceFit(values):
            return frozenset(_CHOICE_KIND[type(value)] for value in values)
        case UnionFit() | NamedFit():
            return frozenset().union(*map(_kinds, flattened(fit)))


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
    return any(Kind.STR in _kinds(member) and _is_shallow(member) for member in flattened(key))


def _fits_all(fit: Fit) -> bool:
    """Whether every JSON value fits."""
    return any(isinstance(member, AnyFit) for member in flattened(fit)) or (
        _kinds(fit) == JSON_KINDS and _is_shallow(fit)
    )


def _passes_nothing(fit: Fit | None) -> bool:
    """Whether the checks find nothing wrong with a value that is undefined."""
    match fit:
        case NamedFit(_, target):
            return _passes_nothing(target)
        case UnionFit():
            return _is_shallow(fit) and len(_type_names(_kinds(fit))) <= 2
        case _:
            return not isinstance(fit, TupleFit | ChoiceFit)


def has_key(value: Tree, name: str) -> Tree:
    """Whether an object has a key."""
    if name in _ON_EVERY_OBJECT:
        return Binary("in", text(name), call("keys", value))
    return call("exists", Field(value, name))


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


def _one_of(value: Tree, values: Sequence[bool | int | str | None]) -> Tree:
    if len(values) == 1:
        return eq(value, Lit(values[0]))
    return Binary("in", value, Array(tuple(map(Lit, values))))


def _is_none_of(value: Tree, values: Sequence[bool | int | str | None]) -> Tree:
    return ne(value, Lit(values[0])) if len(values) == 1 else negate(_one_of(value, values))


def _names(names: Sequence[str]) -> Tree:
    """Identifiers as an array. One written out would be evaluated by jsonata-js all at the same time, which counts as depth."""
    return call("split", text(" ".join(names)), text(" "))


def _is_other(name: Tree, names: Sequence[str]) -> Tree:
    return ne(name, text(names[0])) if len(names) == 1 else negate(Binary("in", name, _names(names)))


def _constant(arg: Arg) -> str:
    assert isinstance(arg.tree, Lit) and isinstance(arg.tree.value, str), "made by plan.boundary with a constant"
    return arg.tree.value


def _fault(args: Sequence[Arg], _type: Type) -> Tree:
    value, spec = args[0].tree, InputSpec.read(_constant(args[1]))
    checker = _Checker(spec.owner)
    return checker.keys(spec, value) if spec.whole is None else checker.whole(spec.whole, value)


def _rest(args: Sequence[Arg], _type: Type) -> Tree:
    names = [_constant(arg) for arg in args[1:]]
    if not names:
        return args[0].tree
    kept = call("sift", args[0].tree, Func(("py_v", "py_k"), _is_other(Ref("py_k"), names)))
    return call("merge", Array((kept,)))


register_prim(PrimRow(op="input.fault", lower=_fault))
register_prim(PrimRow(op="input.misfits", lower=lambda args, _: ne(args[0].tree, NULL)))
register_prim(PrimRow(op="input.has", lower=lambda args, _: has_key(args[0].tree, _constant(args[1]))))
register_prim(PrimRow(op="input.get", lower=lambda args, _: Field(args[0].tree, _constant(args[1]))))
register_prim(PrimRow(op="input.rest", lower=_rest))

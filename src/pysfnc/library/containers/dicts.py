"""Dicts: making them, their methods, and the changes of a dict in place.

A dict is an object of JSONata, so its keys are str: a key of another kind is never found in one, and none can be put in. An object keeps the order of
its keys except where an engine sorts keys that look like integers (jsonata-js does).
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Array, Field, IfElse, Lit, Object, Tree
from pysfnc.library.containers.iteration import keys_of
from pysfnc.library.rows.make import FALSE, TRUE, Built, both, call, choose, const, eq, negate, prim, text, type_of
from pysfnc.library.rows.make import join as join_parts
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import (
    clean,
    count,
    fn,
    item,
    ne,
    refs,
)
from pysfnc.library.rows.signature import repr_of
from pysfnc.library.rows.typenames import ambiguity, atoms, has_kind, type_beside, type_name
from pysfnc.values.fields import read_at
from pysfnc.values.relations import dict_of, field_of, join, join_all, kinds, members, others_of
from pysfnc.values.types import NEVER, STR, DictField, DictT, Kind, ListT, RecordT, TupleT, Type

MAX_FIELDS: Final = 100
DICTS: Final = frozenset({Kind.DICT})
UNHASHABLE: Final = frozenset({Kind.LIST, Kind.DICT})
_TEXT: Final = frozenset({Kind.STR})
_v, _k, _p = refs("py_v py_k py_p")


def value_type(type_: Type) -> Type:
    """The type of the values of a dict type."""
    return join_all([member.value for member in members(type_) if isinstance(member, DictT)])


def dict_type(type_: Type) -> DictT:
    """The part of a type that is a dict; an empty one when there is none."""
    found = join_all([atom for atom in atoms(type_) if isinstance(atom, DictT)])
    return found if isinstance(found, DictT) else DictT(NEVER)


def constant_key(key: Expr) -> str | None:
    """The key that an expression is, None when it is not known."""
    return key.value if isinstance(key, Const) and isinstance(key.value, str) else None


def read_type(mapping: Type, key: Expr, default: Expr | None = None) -> Type:
    """The type of the value of a key, or of the default when the key may be missing."""
    found, name = dict_type(mapping), constant_key(key)
    value = read_at(found, name)
    if default is None or (name is not None and field_of(found, name).always):
        return value
    return join(value, type_beside(default, value))


def is_always_there(mapping: Arg, key: Arg) -> bool:
    """Whether the type says that a dict has the key."""
    name = key.tree.value if isinstance(key.tree, Lit) else None
    held = [m.attributes if isinstance(m, RecordT) else m for m in members(mapping.type)]
    found = [member for member in held if isinstance(member, DictT)]
    return isinstance(name, str) and bool(found) and all(field_of(member, name).always for member in found)


def value_by_key(mapping: DictT, key: Tree, made: Callable[[Type], Tree]) -> Tree:
    """What is made of the value of a key, by the type that it has under that key where one type does not do for all."""
    if ambiguity(mapping.value) is None:
        return made(mapping.value)
    cases: list[tuple[Tree, Tree]] = [(eq(key, text(field.name)), made(field.type)) for field in mapping.fields]
    others = others_of(mapping)
    return choose(cases[:-1], cases[-1][1]) if others == NEVER else choose(cases, made(others))


# Keys


def has_key(mapping: Tree, key: Arg) -> Tree:
    """Whether a dict has a key. jsonata-js finds functions under names such as `constructor` in every object."""
    value = lookup(mapping, key.tree)
    if isinstance(key.tree, Lit) and key.tree.value not in _INHERITED:
        return both(has_kind(key, _TEXT), call("exists", value))
    return both(has_kind(key, _TEXT), ne(type_of(value), text("function")))


_INHERITED: Final = frozenset(
    {
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    }
)
"""What every object of JavaScript has."""


def lookup(mapping: Tree, key: Tree) -> Tree:
    """The value of a key, undefined when there is none."""
    if isinstance(key, Lit) and isinstance(key.value, str) and key.value.isidentifier() and key.value.isascii():
        return Field(mapping, key.value)
    return call("lookup", mapping, key)


def hashable(key: Arg) -> list[Check]:
    """The TypeError of a key that is a list or a dict."""
    if not kinds(key.type) & UNHASHABLE:
        return []
    message = join_texts("unhashable type: '", type_name(key), "'")
    return [Check(negate(has_kind(key, UNHASHABLE)), "TypeError", message)]


def join_texts(before: str, middle: Tree, after_: str) -> Tree:
    """A text around a string tree."""
    if isinstance(middle, Lit):
        return text(f"{before}{middle.value}{after_}")
    return join_parts(*[part for part in (text(before), middle, text(after_)) if part != text("")])


def key_error(mapping: Arg, key: Arg) -> Check:
    """The KeyError of a key that a dict has not; its test is a literal where the type says that the key is there."""
    found = TRUE if is_always_there(mapping, key) else has_key(mapping.tree, key)
    return Check(found, "KeyError", repr_of(key), args=(key.tree,))


def key_errors(mapping: Arg, key: Arg) -> list[Check]:
    """The KeyError where a key may be missing."""
    check = key_error(mapping, key)
    return [] if check.ok == TRUE else [check]


def refuse_key(key: Expr, what: str) -> Refusal | None:
    """The refusal of a key that is never a str where it is put into a dict."""
    found = kinds(key.type)
    if not found or found & _TEXT:
        return None
    message = f"{what} has a key of type {key.type}; keys of JSON objects are str"
    return Refusal("unsupported-expression", message, help_of_key(key.type))


def help_of_key(type_: Type) -> str | None:
    """What to write instead of a key that the machine has no text for."""
    if any(isinstance(member, RecordT) for member in members(type_)):
        return "write instead: a `@dataclass(frozen=True)` whose fields are hashable, or a key of texts and numbers that tells the object"
    return None


def new_key(key: Arg) -> list[Check]:
    """The checks of a key that is put into a dict: hashable, and, other than in CPython, a str."""
    is_text = has_kind(key, _TEXT)
    if is_text == TRUE:
        return []
    message = join_texts("a key of a dict in the machine must be str, not ", type_name(key), "")
    return [*hashable(key), Check(is_text, "TypeError", message)]


def refuse_read_key(key: Expr, what: str) -> Refusal | None:
    """The refusal of a key that no dict can hold."""
    if Kind.TUPLE in kinds(key.type) or (kinds(key.type) and kinds(key.type) <= UNHASHABLE):
        return Refusal("type-mismatch", f"{what} takes a key of type {key.type}, which no JSON object has")
    return None


# Making


def _make(args: Sequence[Arg], _: Type) -> Tree:
    pairs = list(zip([a.tree for a in args[::2]], [a.tree for a in args[1::2]], strict=True))
    last = dict(pairs)
    if all(isinstance(key, Lit) for key, _value in pairs):
        return Object(tuple(last.items()))
    return call("merge", Array(tuple(Object((pair,)) for pair in pairs))) if len(pairs) > 1 else Object(tuple(pairs))


def _merge(args: Sequence[Arg], _: Type) -> Tree:
    return args[0].tree if len(args) == 1 else call("merge", Array(tuple(arg.tree for arg in args)))


def set_key(mapping: Tree, key: Tree, value: Tree) -> Tree:
    """The dict with a key set; one that is there already keeps its place."""
    return call("merge", Array((mapping, Object(((key, value),)))))


def without_key(mapping: Tree, key: Tree) -> Tree:
    """The dict without a key; `$sift` gives nothing at all where nothing is left."""
    return call("merge", Array((call("sift", mapping, fn("py_v py_k", ne(_k, key))),)))


def _make_checks(args: Sequence[Arg], _: Type) -> list[Check]:
    return [check for key in args[::2] for check in new_key(key)]


register_prim(PrimRow(op="dict.make", lower=_make, checks=_make_checks))
register_prim(PrimRow(op="dict.merge", lower=_merge))
register_prim(PrimRow(op="dict.copy", lower=lambda args, _: args[0].tree))
register_prim(PrimRow(op="dict.len", lower=lambda args, _: count(call("keys", args[0].tree))))
register_prim(PrimRow(op="dict.without", lower=lambda args, _: without_key(args[0].tree, args[1].tree)))


def build_dict(pairs: Sequence[tuple[Expr, Expr]], site: Site) -> Built:
    """`{k: v, ...}`: keys and values evaluated from left to right, a later value winning."""
    for key, _value in pairs:
        refusal = refuse_key(key, "the dict")
        if refusal is not None:
            return refusal
    return prim("dict.make", _display_type(pairs), site, *[part for pair in pairs for part in pair])


def _display_type(pairs: Sequence[tuple[Expr, Expr]]) -> DictT:
    """The fields of a display; none where a key is not known, or there are more than anybody would name one by one."""
    last = {constant_key(key): value.type for key, value in pairs}
    if None in last or len(last) > MAX_FIELDS:
        return DictT(join_all([value.type for _key, value in pairs]))
    return dict_of([DictField(name, type_) for name, type_ in last.items() if name is not None], NEVER)


# Reading


def get_value(args: Sequence[Arg], _: Type) -> Tree:
    """The value of a key, or the default that is the third argument."""
    mapping, key, default = args
    test = TRUE if is_always_there(mapping, key) else has_key(mapping.tree, key)
    if test == TRUE:
        return lookup(mapping.tree, key.tree)
    return default.tree if test == FALSE else IfElse(test, lookup(mapping.tree, key.tree), default.tree)


register_prim(
    PrimRow(
        op="dict.item",
        lower=lambda args, _: lookup(args[0].tree, args[1].tree),
        checks=lambda args, _: [*hashable(args[1]), *key_errors(args[0], args[1])],
    )
)
register_prim(PrimRow(op="dict.get", lower=get_value, checks=lambda args, _: hashable(args[1])))
register_prim(PrimRow(op="dict.keys", lower=lambda args, _: keys_of(args[0].tree)))
register_prim(PrimRow(op="dict.values", lower=lambda args, _: clean(call("each", args[0].tree, fn("py_v", _v)))))


def _items(args: Sequence[Arg], _: Type) -> Tree:
    pair = Array((_k, item(_v, value_type(args[0].type))))
    return clean(call("each", args[0].tree, fn("py_v py_k", pair)))


register_prim(PrimRow(op="dict.items", lower=_items))


def _build_get(args: Sequence[Expr], site: Site) -> Built:
    mapping, key, default = args
    type_ = read_type(mapping.type, key, default)
    return refuse_read_key(key, "`get()`") or prim("dict.get", type_, site, mapping, key, default)


def _view(name: str, result: Callable[[Type], Type]) -> None:
    def build(args: Sequence[Expr], site: Site) -> Built:
        return prim(f"dict.{name}", result(value_type(args[0].type)), site, args[0])

    examples = tuple(
        f"list({mapping}.{name}())" for mapping in ("{'b': 1, 'a': [2]}", "{}", "{'k': [1]}", "{'k': None}")
    )
    register_surface(SurfaceRow(name=f"dict.{name}", params=(Parameter("self"),), build=build, examples=examples))


_view("keys", lambda _: ListT(STR))
_view("values", ListT)
_view("items", lambda value: ListT(TupleT((STR, value))))
register_surface(
    SurfaceRow(
        name="dict.get",
        params=(Parameter("self"), Parameter("key"), Parameter("default", const(None))),
        build=_build_get,
        examples=(
            "{'a': 1}.get('a')",
            "{'a': 1}.get('b')",
            "{'a': None}.get('a', 2)",
            "{'a': [1]}.get('a', 2)",
            "{'a': 1}.get('b', [2])",
            "{'a': 1}.get('constructor', 3)",
            "{'a': 1}.get(5, 'd')",
            "{}.get('x y', 0)",
            "{'x y': [[1]]}.get('x y')",
            "{'a': 1}.get(None)",
        ),
    )
)
register_surface(
    SurfaceRow(
        name="dict.copy",
        params=(Parameter("self"),),
        build=lambda args, site: prim("dict.copy", args[0].type, site, args[0]),
        examples=("{'a': [1]}.copy()", "{}.copy()"),
    )
)

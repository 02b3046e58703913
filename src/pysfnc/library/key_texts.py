"""Keys of dicts as texts, for dicts whose keys are not all str: the keys of a JSON object are texts.

The text of a key depends on its value alone, so that dicts of different types agree about it:

- an int, and a float that equals one, is `#` and its digits: the mark keeps it apart from keys that look like numbers, which JavaScript
  would put in front;
- any other number, None, a bool and a tuple is `#` and its JSON; a float that 15 digits do not tell is `{"a": ..., "b": ...}`, whose sum it is;
- a str stands for itself, behind `#:` if it begins with the mark or a digit.

Equal keys have one text, but for bools: `{True: 1}` equals `{1: 1}` and looks different. Where a key may be a bool or a number, `py_key_in` takes
the one of the two texts that the dict has. Inside a tuple the number stands for both (`values.keys`).
"""

from typing import Final

from pysfnc.jsonata.tree import Array, Field, IfElse, Lit, Ref, Tree
from pysfnc.library.floats import digits_of
from pysfnc.library.make import FALSE, ZERO, both, call, choose, either, eq, join, text, type_of
from pysfnc.library.prelude import define
from pysfnc.library.row import Arg
from pysfnc.library.shapes import ONE, add, amp, at, bind, block, clean_atoms, count, fn, item, mapped, ne, sub
from pysfnc.library.typenames import has_kind, value_of_member
from pysfnc.values.keys import has_spots, is_mixed
from pysfnc.values.types import BOOL, EnumT, Kind, TuplesT, TupleT, Type, join_all, kinds, members

MARK: Final = "#"
_TEXT: Final = "#:"
_SPECIAL: Final = "#0123456789"
_BOOL: Final = frozenset({Kind.BOOL})
_TUPLE: Final = frozenset({Kind.TUPLE})
_V, _D, _K, _O, _S, _N = (Ref(name) for name in "vdkosn")
_I: Final = Ref("py_i")


define(
    "py_key_number",
    ("v",),
    IfElse(
        eq(_V, call("floor", _V)),
        digits_of(_V),
        block(
            bind("s", call("string", _V)),
            bind("n", call("number", _S)),
            IfElse(eq(_N, _V), _S, join(text('{"a":'), _S, text(',"b":'), call("string", sub(_V, _N)), text("}"))),
        ),
    ),
)
define(
    "py_key_part",
    ("v",),
    # What stands in a tuple as JSON, bools as numbers.
    choose(
        [
            (eq(type_of(_V), text("string")), call("py_json_text", _V)),
            (eq(type_of(_V), text("number")), call("py_key_number", _V)),
            (eq(type_of(_V), text("boolean")), IfElse(_V, text("1"), text("0"))),
            (
                eq(type_of(_V), text("array")),
                join(
                    text("["),
                    call("join", clean_atoms(call("map", _V, fn("v", call("py_key_part", _V)))), text(",")),
                    text("]"),
                ),
            ),
        ],
        text("null"),
    ),
)
define(
    "py_key_text",
    ("v",),
    # The text of a key that is no tuple.
    choose(
        [
            (
                eq(type_of(_V), text("string")),
                block(
                    bind("s", call("substring", _V, ZERO, ONE)),
                    IfElse(both(ne(_S, text("")), call("contains", text(_SPECIAL), _S)), amp(text(_TEXT), _V), _V),
                ),
            ),
            (eq(type_of(_V), text("number")), amp(text(MARK), call("py_key_number", _V))),
        ],
        amp(text(MARK), call("string", _V)),
    ),
)
define(
    "py_key_in",
    ("d", "v"),
    # The text that a key has in a dict, which is no tuple: that of the bool or number which equals it, if the dict has that.
    block(
        bind("k", call("py_key_text", _V)),
        bind(
            "o",
            choose(
                [
                    (eq(type_of(_V), text("boolean")), IfElse(_V, text("#1"), text("#0"))),
                    (eq(_V, ONE), text("#true")),
                    (eq(_V, ZERO), text("#false")),
                ],
                _K,
            ),
        ),
        IfElse(call("exists", call("lookup", _D, _O)), _O, _K),
    ),
)
define(
    "py_key_value",
    ("v",),
    # What the JSON of a key says, with the floats that are sums.
    choose(
        [
            (eq(type_of(_V), text("object")), add(Field(_V, "a"), Field(_V, "b"))),
            (eq(type_of(_V), text("array")), mapped(_V, "v", call("py_key_value", _V))),
        ],
        _V,
    ),
)


# From keys to texts


def constant_text(key: str | int) -> str:
    """The text of a str or an int."""
    if isinstance(key, str):
        return f"{_TEXT}{key}" if key and key[0] in _SPECIAL else key
    return f"{MARK}{int(key)}"


def text_tree(key: Arg, mapping: Arg | None) -> Tree:
    """The text of a key, which is hashable; in the dict, where that has a say."""
    key = _as_value(key)
    found = kinds(key.type)
    if found == {Kind.TUPLE}:
        return amp(text(MARK), _part(key))
    tuples = has_kind(key, _TUPLE)
    others = Arg(key.tree, join_all([m for m in members(key.type) if kinds(m) != _TUPLE]))
    as_tuple = Arg(key.tree, join_all([m for m in members(key.type) if kinds(m) == _TUPLE]))
    return choose([(tuples, amp(text(MARK), _part(as_tuple)))] if found & _TUPLE else [], _scalar(others, mapping))


def _scalar(key: Arg, mapping: Arg | None) -> Tree:
    if mapping is not None:
        return call("py_key_in", mapping.tree, key.tree)
    if kinds(key.type) == {Kind.INT}:
        return join(text(MARK), _digits(key.tree))
    if kinds(key.type) <= _BOOL | {Kind.NONE}:
        return amp(text(MARK), call("string", key.tree))
    return call("py_key_text", key.tree)


def _as_value(key: Arg) -> Arg:
    """A member of an Enum as its value."""
    return Arg(key.tree, value_of_member(key.type)) if isinstance(key.type, EnumT) else key


def _digits(number: Tree) -> Tree:
    return (
        text(str(int(number.value))) if isinstance(number, Lit) and isinstance(number.value, int) else digits_of(number)
    )


def _part(arg: Arg) -> Tree:
    """A tuple, or what stands in one, as JSON."""
    arg = _as_value(arg)
    match arg.type:
        case TupleT(items):
            parts: list[Tree] = [text("[")]
            for index, type_ in enumerate(items):
                parts += [text(",")] if index else []
                parts.append(_part(Arg(at(arg.tree, Lit(index)), type_)))
            return join(*parts, text("]"))
        case _ if kinds(arg.type) == {Kind.INT}:
            return _digits(arg.tree)
        case _ if kinds(arg.type) == {Kind.STR}:
            return call("py_json_text", arg.tree)
        case _:
            return call("py_key_part", arg.tree)


def stray(key: Arg) -> Tree:
    """Whether a bool stands in a tuple where a number may stand."""
    return either(*[_stray(key, member) for member in members(key.type) if kinds(member) == _TUPLE])


def _stray(key: Arg, member: Type) -> Tree:
    match member:
        case TupleT(items):
            return either(*[_stray_part(Arg(at(key.tree, Lit(index)), type_)) for index, type_ in enumerate(items)])
        case TuplesT(type_):
            test = _stray_part(Arg(_I, type_))
            return FALSE if test == FALSE else ne(count(call("filter", key.tree, fn("py_i", test))), ZERO)
        case _:
            return FALSE


def _stray_part(part: Arg) -> Tree:
    mine = eq(type_of(part.tree), text("boolean")) if is_mixed(part.type) else FALSE
    return either(mine, stray(part))


# From texts to keys


def is_no_str(held: Tree) -> Tree:
    """Whether a text stands for a key that is no str."""
    return both(
        eq(call("substring", held, ZERO, ONE), text(MARK)), ne(call("substring", held, ZERO, Lit(2)), text(_TEXT))
    )


def str_tree(held: Tree) -> Tree:
    """The str that a text stands for, which stands for one."""
    return choose([(eq(call("substring", held, ZERO, Lit(2)), text(_TEXT)), call("substring", held, Lit(2)))], held)


def key_tree(held: Tree, type_: Type) -> Tree:
    """The key of a type that a text stands for."""
    if isinstance(type_, EnumT):
        type_ = value_of_member(type_)
    found = kinds(type_)
    behind = call("substring", held, ONE)
    if found == {Kind.INT}:
        return call("number", behind)
    read = _read(call("parse", behind), type_)
    if Kind.STR not in found:
        return read
    plain = choose([(eq(call("substring", held, ZERO, Lit(2)), text(_TEXT)), call("substring", held, Lit(2)))], read)
    return IfElse(eq(call("substring", held, ZERO, ONE), text(MARK)), plain, held)


def _read(parsed: Tree, type_: Type) -> Tree:
    """What was written as JSON by `_part`, and is of a type."""
    made = call("py_key_value", parsed) if _may_be_sum(type_) else parsed
    return block(bind("py_p", made), _with_bools(Arg(Ref("py_p"), type_))) if has_spots(type_) else made


def _may_be_sum(type_: Type) -> bool:
    return any(
        any(map(_may_be_sum, member.items))
        if isinstance(member, TupleT)
        else _may_be_sum(member.item)
        if isinstance(member, TuplesT)
        else Kind.FLOAT in kinds(member)
        for member in members(type_)
    )


def _with_bools(arg: Arg) -> Tree:
    """A tuple where numbers that stand for bools are these again."""
    if not has_spots(arg.type):
        return arg.tree
    inside = join_all([member for member in members(arg.type) if kinds(member) == _TUPLE])
    match inside:
        case TupleT(items):
            parts = [_bool_part(Arg(at(arg.tree, Lit(index)), type_)) for index, type_ in enumerate(items)]
            made: Tree = Array(tuple(item(part, type_) for part, type_ in zip(parts, items, strict=True)))
        case TuplesT(type_):
            made = mapped(arg.tree, "py_i", _bool_part(Arg(_I, type_)))
        case _:
            raise AssertionError(f"no text of keys of type {arg.type} is made")
    return choose([(eq(type_of(arg.tree), text("array")), made)], arg.tree) if inside != arg.type else made


def _bool_part(part: Arg) -> Tree:
    if Kind.BOOL in kinds(part.type) and not is_mixed(part.type):
        is_bool = eq(type_of(part.tree), text("number"))
        as_bool = eq(part.tree, ONE)
        return as_bool if part.type == BOOL else IfElse(is_bool, as_bool, part.tree)
    return _with_bools(part)

"""Keys of dicts as texts, for dicts whose keys are not all str: the keys of a JSON object are texts.

The text of a key depends on its value alone, so that dicts of different types agree about it:

- an int, and a float that equals one, is `#` and its digits: the mark keeps it apart from keys that look like numbers, which JavaScript
  would put in front;
- any other number, None, a bool and a tuple is `#` and its JSON; a float that 15 digits do not tell is `{"a": ..., "b": ...}`, whose sum it is;
- a date is `#` and its JSON, an object of a class `#` and the JSON `{"Class": [its fields]}`;
- a str stands for itself, behind `#:` if it begins with the mark or a digit.

Equal keys have one text, but for bools: `{True: 1}` equals `{1: 1}` and looks different. Where a key may be a bool or a number, `py_key_in` takes
the one of the two texts that the dict has. Inside a tuple the number stands for both (`values.keys`).
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Field, IfElse, Lit, Object, Ref, Tree
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.rows.make import FALSE, NULL, ZERO, both, call, choose, either, eq, join, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.row import Arg
from pysfnc.library.rows.shapes import ONE, add, amp, at, bind, block, clean_atoms, count, fn, item, mapped, ne, sub
from pysfnc.library.rows.typenames import has_kind, is_one_of, parts_of, value_of_member
from pysfnc.values.keys import has_spots, is_mixed
from pysfnc.values.relations import field_of, join_all, kinds, members
from pysfnc.values.types import BOOL, NEVER, EnumT, Kind, RecordT, TuplesT, TupleT, Type

MARK: Final = "#"
_TEXT: Final = "#:"
_SPECIAL: Final = "#0123456789"
_BOOL: Final = frozenset({Kind.BOOL})
_TUPLE: Final = frozenset({Kind.TUPLE})
_WRITTEN: Final = frozenset({Kind.TUPLE, Kind.RECORD, Kind.OPAQUE})
"""The kinds of keys that are written as JSON."""
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
    if kinds(key.type) <= _WRITTEN:
        return amp(text(MARK), _part(key))
    others = Arg(key.tree, join_all([m for m in members(key.type) if not kinds(m) <= _WRITTEN]))
    written = Arg(key.tree, join_all([m for m in members(key.type) if kinds(m) <= _WRITTEN]))
    if written.type == NEVER:
        return _scalar(others, mapping)
    return choose([(has_kind(key, kinds(written.type)), amp(text(MARK), _part(written)))], _scalar(others, mapping))


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
    objects = [member for member in members(arg.type) if isinstance(member, RecordT)]
    if objects:
        others = Arg(arg.tree, join_all([member for member in members(arg.type) if member not in objects]))
        cases = [(is_one_of(arg, [one]), _object(Arg(arg.tree, one), one)) for one in objects]
        return choose(cases[:-1], cases[-1][1]) if others.type == NEVER else choose(cases, _part(others))
    match arg.type:
        case TupleT(items):
            return _array([Arg(at(arg.tree, Lit(index)), type_) for index, type_ in enumerate(items)])
        case _ if kinds(arg.type) == {Kind.INT}:
            return _digits(arg.tree)
        case _ if kinds(arg.type) == {Kind.STR}:
            return call("py_json_text", arg.tree)
        case _:
            return call("py_key_part", arg.tree)


def _array(items: Sequence[Arg]) -> Tree:
    parts: list[Tree] = [text("[")]
    for index, inner in enumerate(items):
        parts += [text(",")] if index else []
        parts.append(_part(inner))
    return join(*parts, text("]"))


def _object(arg: Arg, record: RecordT) -> Tree:
    """An object as the JSON of its class and its fields."""
    fields = [Arg(Field(arg.tree, name), type_) for name, type_ in _fields(record)]
    return join(text(f'{{"{record.cls.name}":'), _array(fields), text("}"))


def _fields(record: RecordT) -> list[tuple[str, Type]]:
    return [(field.name, field_of(record.attributes, field.name).type) for field in record.cls.fields]


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
    if _holds_object(type_):
        return block(bind("py_p", parsed), _with_objects(Ref("py_p"), type_))
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


def _holds_object(type_: Type) -> bool:
    return any(isinstance(member, RecordT) or any(map(_holds_object, parts_of(member))) for member in members(type_))


def _with_objects(parsed: Tree, type_: Type) -> Tree:
    """What was written as JSON, where some of it is an object of a class."""
    if isinstance(type_, EnumT) or not _holds_object(type_):
        read = value_of_member(type_) if isinstance(type_, EnumT) else type_
        return eq(parsed, ONE) if read == BOOL else call("py_key_value", parsed) if _may_be_sum(read) else parsed
    objects = [member for member in members(type_) if isinstance(member, RecordT)]
    others = join_all([member for member in members(type_) if member not in objects])
    cases: list[tuple[Tree, Tree]] = []
    for record in objects:
        held = Field(parsed, record.cls.name)
        fields = [(text(n), _with_objects(at(held, Lit(i)), t)) for i, (n, t) in enumerate(_fields(record))]
        made = Object((*fields, *([(text(record.cls.tag), NULL)] if record.cls.tag else [])))
        cases.append((both(eq(type_of(parsed), text("object")), call("exists", held)), made))
    if others == NEVER:
        return choose(cases[:-1], cases[-1][1])
    return choose(cases, _with_objects_inside(parsed, others))


def _with_objects_inside(parsed: Tree, type_: Type) -> Tree:
    """As `_with_objects` for a tuple, or what is none beside it."""
    tuples = [member for member in members(type_) if kinds(member) == _TUPLE]
    match tuples:
        case [TupleT(items)]:
            parts = [item(_with_objects(at(parsed, Lit(i)), of), of) for i, of in enumerate(items)]
            made: Tree = Array(tuple(parts))
        case [TuplesT(of)]:
            made = mapped(parsed, "py_i", _with_objects(_I, of))
        case _:
            return _with_objects(parsed, type_)
    others = join_all([member for member in members(type_) if member not in tuples])
    if others == NEVER:
        return made
    return choose([(eq(type_of(parsed), text("array")), made)], _with_objects(parsed, others))

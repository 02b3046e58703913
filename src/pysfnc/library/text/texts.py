"""Values as text: `str(x)`, `repr(x)`, and the joining of f-strings. Format specs are `formats`.

The text of a list or dict is made by its type, since JSON has lost which numbers are floats and which arrays tuples; of an
untyped value by what it is at run time, an integral number being an int. Types that mix both are refused.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Const, ExcField, Expr
from pysfnc.jsonata.tree import Array, Binary, Field, Func, IfElse, Index, Lit, Object, Ref, Tree
from pysfnc.library.containers.dicts import value_by_key
from pysfnc.library.containers.key_texts import key_tree
from pysfnc.library.moments.moment_reprs import date_repr, duration_repr
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.objects.enums import name_tree, repr_of_value
from pysfnc.library.rows.make import ZERO, Built, call, choose, const, eq, join, prim, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow, Refusal, Site
from pysfnc.library.rows.shapes import ONE, bind, block, clean_atoms, count
from pysfnc.library.rows.typenames import (
    ambiguity,
    has_kind,
    is_one_of,
    of_any_length,
    refuse_ambiguity,
    value_of_member,
)
from pysfnc.library.text.quoting import quoted
from pysfnc.values.keys import DATE, DURATION
from pysfnc.values.relations import field_of, kinds, members
from pysfnc.values.types import (
    STR,
    BoolT,
    DictT,
    EnumT,
    ErrorT,
    ExcT,
    FloatT,
    IntT,
    ListT,
    MapT,
    NoneT,
    OpaqueT,
    RecordClass,
    RecordT,
    StrT,
    TiedDictT,
    TuplesT,
    TupleT,
    Type,
)

_V, _I, _K = Ref("v"), Ref("py_i"), Ref("py_k")
_C, _P, _S, _T = Ref("c"), Ref("p"), Ref("s"), Ref("t")


def _listed(parts: Tree) -> Tree:
    """What is between the brackets: a sequence of strings with commas."""
    return call("join", clean_atoms(parts), text(", "))


def _items(items: Tree, body: Tree) -> Tree:
    return join(text("["), _listed(call("map", items, Func(("py_i",), body))), text("]"))


def _pairs(mapping: Tree, value: Tree, key: Tree | None = None) -> Tree:
    pair = join(quoted(_K) if key is None else key, text(": "), value)
    return join(text("{"), _listed(call("each", mapping, Func(("py_i", "py_k"), pair))), text("}"))


def _bool(value: Tree) -> Tree:
    return IfElse(value, text("True"), text("False"))


def _piece(before: Tree, value: Tree | None = None) -> Tree:
    pairs = ((text("p"), before),) if value is None else ((text("p"), before), (text("v"), value))
    return Object(pairs)


def _inside(items: Tree, name: str, brackets: str, before: Tree, value: Tree) -> Tree:
    """The pieces of a container: `before` each value, brackets around all."""
    start = IfElse(eq(_I, ZERO), join(_P, text(brackets[0])), text(", "))
    made = Func((name, "py_i"), _piece(join(start, before), value))
    return IfElse(
        eq(call("count", items), ZERO),
        _piece(join(_P, text(brackets))),
        call("append", call("map", items, made), _piece(text(brackets[1]))),
    )


_HAS_VALUE: Final = call("exists", Field(_T, "v"))
# Untyped values are taken apart level by level, so that deep ones do not need a deep stack: a piece is text p and a value v
# behind it that is not text yet.
define(
    "py_repr",
    ("v",),
    IfElse(
        Binary("in", type_of(_V), Array((text("array"), text("object")))),
        call("py_joined", Array((_piece(text(""), _V),))),
        call("py_scalar", _V),
    ),
)
define(
    "py_joined",
    ("c",),
    IfElse(
        call("exists", call("filter", _C, Func(("t",), _HAS_VALUE))),
        call(
            "py_joined",
            call(
                "reduce",
                _C,
                Func(
                    ("s", "t"),
                    call(
                        "append",
                        _S,
                        IfElse(_HAS_VALUE, call("py_pieces", Field(_T, "p"), Field(_T, "v")), _T),
                    ),
                ),
                Array(()),
            ),
        ),
        call("join", call("map", _C, Func(("t",), Field(_T, "p")))),
    ),
)
define(
    "py_pieces",
    ("p", "v"),
    choose(
        [
            (eq(type_of(_V), text("array")), _inside(_V, "py_v", "[]", text(""), Ref("py_v"))),
            (
                eq(type_of(_V), text("object")),
                _inside(call("keys", _V), "py_k", "{}", join(quoted(_K), text(": ")), call("lookup", _V, _K)),
            ),
        ],
        _piece(join(_P, call("py_scalar", _V))),
    ),
)
define(
    "py_scalar",
    ("v",),
    choose(
        [
            (eq(type_of(_V), text("string")), quoted(_V)),
            (eq(_V, Lit(None)), text("None")),
            (eq(type_of(_V), text("boolean")), _bool(_V)),
            (Binary("=", _V, call("floor", _V)), digits_of(_V)),
        ],
        call("py_float", _V),
    ),
)
define("py_str", ("v",), IfElse(eq(type_of(_V), text("string")), _V, call("py_repr", _V)))


def repr_tree(arg: Arg) -> Tree:
    """`repr(value)` as a string tree; the builder has refused what JSON cannot tell apart."""
    return _tree(arg, True)


def str_tree(arg: Arg) -> Tree:
    """`str(value)` as a string tree; the builder has refused what JSON cannot tell apart."""
    return _tree(arg, False)


def _tree(arg: Arg, as_repr: bool) -> Tree:
    arg = Arg(arg.tree, of_any_length(arg.type))
    found = members(arg.type)
    if len(found) > 1:
        cases = [(_is_one(arg, member), _one(arg.tree, member, as_repr)) for member in found]
        return choose(cases[:-1], cases[-1][1])
    return _one(arg.tree, arg.type, as_repr)


def _is_one(arg: Arg, member: Type) -> Tree:
    return is_one_of(arg, [member]) if isinstance(member, RecordT | EnumT) else has_kind(arg, kinds(member))


def _one(value: Tree, type_: Type, as_repr: bool) -> Tree:
    match type_:
        case NoneT():
            return text("None")
        case BoolT():
            return _bool(value)
        case IntT():
            return digits_of(value)
        case FloatT():
            return call("py_float", value)
        case StrT():
            return quoted(value) if as_repr else value
        case ListT(item):
            return _items(value, _tree(Arg(_I, item), True))
        case TupleT(items, None):
            return _tuple(value, items)
        case TuplesT(item):
            return _any_tuple(value, _tree(Arg(_I, item), True))
        case TupleT(items, RecordClass() as cls):
            parts = [(field.name, Index(value, Lit(index))) for index, field in enumerate(cls.fields)]
            return _fields(cls.name, [(name, Arg(part, item)) for (name, part), item in zip(parts, items, strict=True)])
        case RecordT(cls, attributes):
            shown = [field.name for field in cls.fields if field.shown]
            return _fields(cls.name, [(n, Arg(Field(value, n), field_of(attributes, n).type)) for n in shown])
        case EnumT(cls):
            return _member(value, type_, as_repr)
        case OpaqueT() if as_repr and type_ in (DATE, DURATION):
            return date_repr(value) if type_ == DATE else duration_repr(value)
        case DictT():
            return _pairs(value, value_by_key(type_, _K, lambda item: _tree(Arg(_I, item), True)))
        case MapT(held=held, key=key):
            as_text = block(bind("py_d", key_tree(_K, key)), _tree(Arg(Ref("py_d"), key), True))
            return _pairs(value, value_by_key(held, _K, lambda item: _tree(Arg(_I, item), True)), as_text)
        case _:
            return call("py_repr" if as_repr else "py_str", value)


def _fields(name: str, fields: Sequence[tuple[str, Arg]]) -> Tree:
    """`Point(x=1, y=2)`."""
    parts: list[Tree] = [text(f"{name}(")]
    for index, (field, arg) in enumerate(fields):
        parts += [text(f"{', ' if index else ''}{field}="), _tree(arg, True)]
    return join(*parts, text(")"))


def _member(value: Tree, type_: EnumT, as_repr: bool) -> Tree:
    """`<Color.RED: 'red'>` and, as a str, `Color.RED` or the value."""
    named = join(text(f"{type_.cls.name}."), name_tree(value, type_.cls))
    inner = Arg(value, value_of_member(type_))
    if as_repr and type_.cls.reprs:
        return join(text("<"), named, text(": "), repr_of_value(value, type_.cls), text(">"))
    if as_repr:
        return join(text("<"), named, text(": "), _tree(inner, True), text(">"))
    return _tree(inner, False) if type_.cls.shown == "value" else named


def _tuple(value: Tree, items: tuple[Type, ...]) -> Tree:
    parts: list[Tree] = [text("(")]
    for index, item in enumerate(items):
        parts += [text(", ")] if index else []
        parts.append(_tree(Arg(Index(value, Lit(index)), item), True))
    return join(*parts, text(",)" if len(items) == 1 else ")"))


def _any_tuple(value: Tree, body: Tree) -> Tree:
    end = IfElse(eq(count(value), ONE), text(",)"), text(")"))
    return join(text("("), _listed(call("map", value, Func(("py_i",), body))), end)


def _refuse(expr: Expr, what: str) -> Refusal | None:
    found = ambiguity(expr.type)
    if found is not None:
        return refuse_ambiguity(found, what)
    if _holds_exception(expr.type):
        return Refusal("unsupported-expression", "the text of a list or dict of exceptions has no compiled form")
    cls = _without_text(expr.type)
    if cls is not None:
        return Refusal("unsupported-expression", f"{what} shows an object of `{cls}`, whose text has no compiled form")
    return None


def _without_text(type_: Type) -> str | None:
    """A class of which the text of an object, inside a value, is that of its own code, or holds an address."""
    for member in members(type_):
        match member:
            case RecordT(cls, attributes):
                is_endless = cls.shown != "fields" or isinstance(attributes, TiedDictT)
                found = cls.name if is_endless else _without_text(attributes)
            case EnumT(cls):
                found = cls.name if cls.shown == "own" else None
            case ListT(item) | TuplesT(item):
                found = _without_text(item)
            case DictT(value) | MapT(held=DictT(value)):
                found = _without_text(value)
            case TupleT(items, cls):
                own = cls is not None and cls.shown != "fields"
                found = str(member) if own else next(filter(None, map(_without_text, items)), None)
            case _:
                found = None
        if found is not None:
            return found
    return None


def _holds_exception(type_: Type) -> bool:
    match type_:
        case ExcT():
            return True
        case ListT(item) | DictT(item) | TuplesT(item):
            return _holds_exception(item)
        case TupleT(items):
            return any(map(_holds_exception, items))
        case RecordT(_, attributes) | MapT(held=attributes):
            return _holds_exception(attributes)
        case _:
            return len(members(type_)) > 1 and any(map(_holds_exception, members(type_)))


def build_str(expr: Expr, site: Site) -> Built:
    """`str(expr)`, which is also what a plain field of an f-string is."""
    if isinstance(expr.type, StrT | ErrorT):
        return expr
    if isinstance(expr.type, ExcT):
        return ExcField(exc=expr, field_="message", type=STR, span=site.span)
    if isinstance(expr, Const):
        return const(str(expr.value))
    return _refuse(expr, "`str()`") or prim("str", STR, site, expr)


def build_repr(expr: Expr, site: Site) -> Built:
    """`repr(expr)`."""
    if isinstance(expr.type, ErrorT):
        return expr
    if isinstance(expr.type, ExcT):
        return Refusal("unsupported-expression", "`repr()` of an exception has no compiled form")
    if isinstance(expr, Const):
        return const(repr(expr.value))
    return _refuse(expr, "`repr()`") or prim("repr", STR, site, expr)


def build_join(parts: Sequence[Expr], site: Site) -> Expr:
    """The strings one after another: an f-string whose fields are formatted already."""
    merged: list[Expr] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Const) and isinstance(last, Const):
            merged[-1] = const(f"{last.value}{part.value}")
        elif not (isinstance(part, Const) and part.value == ""):
            merged.append(part)
    if not merged:
        return const("")
    if len(merged) == 1 and isinstance(merged[0].type, StrT):
        return merged[0]
    return prim("join", STR, site, *merged)


def _lower(make: Callable[[Arg], Tree]) -> Callable[[Sequence[Arg], Type], Tree]:
    return lambda args, _type: make(args[0])


def _lower_join(args: Sequence[Arg], _type: Type) -> Tree:
    return join(*[arg.tree for arg in args])


register_prim(PrimRow(op="str", lower=_lower(str_tree)))
register_prim(PrimRow(op="repr", lower=_lower(repr_tree)))
register_prim(PrimRow(op="join", lower=_lower_join))

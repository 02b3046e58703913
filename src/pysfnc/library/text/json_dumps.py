"""`json.dumps`: the text that CPython's encoder writes, by the types of the values.

A value of known type is written by its type, since JSON has lost which numbers are floats; an untyped one by what it is at run time. Options must be
constants: they become part of the text of the expression.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Array, Binary, Bind, Field, Func, IfElse, Index, Lit, Object, Ref, Regex, Tree
from pysfnc.lean import dataclass
from pysfnc.library.containers.dicts import value_by_key
from pysfnc.library.containers.key_texts import key_tree
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.rows.make import ZERO, Built, both, call, choose, const, eq, join, prim, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Arg, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import block, clean_atoms, count, fn, refs
from pysfnc.library.rows.typenames import (
    ambiguity,
    has_kind,
    of_any_length,
    parts_of,
    refuse_ambiguity,
    value_of_member,
)
from pysfnc.values.recursive import opened, with_parts
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import (
    STR,
    BoolT,
    DictT,
    EnumT,
    FloatT,
    IntT,
    JsonT,
    Kind,
    ListT,
    MapT,
    NeverT,
    NoneT,
    StrT,
    TuplesT,
    TupleT,
    Type,
)

_V, _N, _O, _P, _C, _S, _T, _K, _M, _X, _I = refs("v n o p c s t k m x i")
_HAS_VALUE: Final = call("exists", Field(_T, "v"))

define(
    "py_json_text",
    ("s",),
    # A string in quotes. `$string` of a list quotes what is inside as JSON does.
    call("replace", call("string", Array((_S,))), Regex(r"^\[|\]$"), text("")),
)
define(
    "py_json_ascii",
    ("s",),
    call(
        "replace",
        call("py_json_text", _S),
        Regex("[^ -~]+"),
        fn(
            "m",
            call("join", clean_atoms(call("map", call("py_chars", Field(_M, "match")), fn("c", call("py_units", _C))))),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Options:
    """How the text looks. `indent` is what each level adds to the beginning of its lines, None for one line."""

    indent: str | None = None
    item: str = ", "
    key: str = ": "
    sort: bool = False
    ascii: bool = True
    line: str = ""
    """What begins a line at the present level: a newline and the indentation; nothing without `indent`."""

    def inside(self) -> "Options":
        """One level deeper."""
        return self if self.indent is None else replace(self, line=self.line + self.indent)


def _text_of(value: Tree, options: Options) -> Tree:
    return call("py_json_ascii" if options.ascii else "py_json_text", value)


def json_tree(arg: Arg, options: Options) -> Tree:
    """The JSON text of a value; the builder has refused what JSON cannot tell apart."""
    arg = Arg(arg.tree, of_any_length(arg.type))
    found = members(arg.type)
    if len(found) > 1:
        cases = [(has_kind(arg, kinds(member)), _one(arg.tree, member, options)) for member in found]
        return choose(cases[:-1], cases[-1][1])
    return _one(arg.tree, arg.type, options)


def _one(value: Tree, type_: Type, options: Options) -> Tree:
    match type_:
        case NoneT() | NeverT():
            return text("null")
        case BoolT():
            return call("string", value)
        case IntT():
            return digits_of(value)
        case FloatT():
            return call("py_float", value)
        case StrT():
            return _text_of(value, options)
        case ListT(item) | TuplesT(item):
            each = json_tree(Arg(Ref("py_i"), item), options.inside())
            return _enclosed(value, "[]", call("map", value, Func(("py_i",), each)), options)
        case TupleT(items):
            return _tuple(value, items, options)
        case DictT():
            return _dict(value, type_, options)
        case MapT(held=held, key=key):
            return _keyed(value, held, key, options)
        case _:
            return call("py_json", value, _object(options))


def _enclosed(value: Tree, brackets: str, parts: Tree, options: Options) -> Tree:
    """The texts of the parts between brackets; an empty container has no lines."""
    inner = options.inside()
    full = join(
        text(brackets[0] + inner.line),
        call("join", clean_atoms(parts), text(options.item + inner.line)),
        text(options.line + brackets[1]),
    )
    size = count(value) if brackets == "[]" else count(call("keys", value))
    return IfElse(eq(size, ZERO), text(brackets), full)


def _tuple(value: Tree, items: tuple[Type, ...], options: Options) -> Tree:
    if not items:
        return text("[]")
    inner = options.inside()
    parts: list[Tree] = [text("[" + inner.line)]
    for index, item in enumerate(items):
        parts += [text(options.item + inner.line)] if index else []
        parts.append(json_tree(Arg(Index(value, Lit(index)), item), inner))
    return join(*parts, text(options.line + "]"))


def _dict(value: Tree, type_: DictT, options: Options) -> Tree:
    inner = options.inside()
    made = value_by_key(type_, Ref("py_k"), lambda item: json_tree(Arg(Ref("py_i"), item), inner))
    if not options.sort:
        pair = join(_text_of(Ref("py_k"), options), text(options.key), made)
        return _enclosed(value, "{}", call("each", value, Func(("py_i", "py_k"), pair)), options)
    bound = block(Bind("py_i", call("lookup", value, Ref("py_k"))), made)
    pair = join(_text_of(Ref("py_k"), options), text(options.key), bound)
    keys = call("py_sort_texts", call("append", Array(()), call("keys", value)))
    return _enclosed(value, "{}", call("map", keys, Func(("py_k",), pair)), options)


def _keyed(value: Tree, held: DictT, key: Type, options: Options) -> Tree:
    """A dict whose keys are not all str: a number, a bool or None is the text of its JSON."""
    inner = options.inside()
    made = value_by_key(held, Ref("py_k"), lambda item: json_tree(Arg(Ref("py_i"), item), inner))
    one = Arg(Ref("py_d"), key)
    written = json_tree(one, options)
    shown = choose([(has_kind(one, frozenset({Kind.STR})), written)], join(text('"'), written, text('"')))
    pair = join(block(Bind("py_d", key_tree(Ref("py_k"), key)), shown), text(options.key), made)
    return _enclosed(value, "{}", call("each", value, Func(("py_i", "py_k"), pair)), options)


# Untyped values, taken apart level by level, so that deep ones do not need a deep stack: a piece is text p and, where there is one, a value v
# behind it that is not text yet, in a line that begins with n. The options o are those of `_object`.


def _object(options: Options) -> Tree:
    pairs: list[tuple[Tree, Tree]] = [(text("s"), text(options.item)), (text("k"), text(options.key))]
    pairs += [(text("i"), text(options.indent or "")), (text("n"), text(options.line))]
    pairs += [(text("a"), Lit(options.ascii)), (text("o"), Lit(options.sort))]
    return Object(tuple(pairs))


def _option(name: str) -> Tree:
    return Field(_O, name)


def _piece(before: Tree, value: Tree | None = None) -> Tree:
    if value is None:
        return Object(((text("p"), before),))
    return Object(((text("p"), before), (text("v"), value), (text("n"), _M)))


def _pieces(items: Tree, name: str, brackets: str, before: Tree, value: Tree) -> Tree:
    start = join(IfElse(eq(_I, ZERO), join(_P, text(brackets[0])), _option("s")), _M)
    made = Func((name, "i"), _piece(join(start, before), value))
    return IfElse(
        eq(count(items), ZERO),
        _piece(join(_P, text(brackets))),
        call("append", call("map", items, made), _piece(join(_N, text(brackets[1])))),
    )


def _quoted(value: Tree) -> Tree:
    return IfElse(_option("a"), call("py_json_ascii", value), call("py_json_text", value))


define("py_json", ("v", "o"), call("py_json_joined", call("py_json_pieces", text(""), _V, _option("n"), _O), _O))
define(
    "py_json_joined",
    ("c", "o"),
    IfElse(
        call("exists", call("filter", _C, fn("t", _HAS_VALUE))),
        call(
            "py_json_joined",
            call(
                "reduce",
                _C,
                fn(
                    "s t",
                    call(
                        "append",
                        _S,
                        IfElse(
                            _HAS_VALUE,
                            call("py_json_pieces", Field(_T, "p"), Field(_T, "v"), Field(_T, "n"), _O),
                            _T,
                        ),
                    ),
                ),
                Array(()),
            ),
            _O,
        ),
        call("join", call("map", _C, fn("t", Field(_T, "p")))),
    ),
)
define(
    "py_json_pieces",
    ("p", "v", "n", "o"),
    block(
        Bind("m", join(_N, _option("i"))),
        choose(
            [
                (eq(type_of(_V), text("array")), _pieces(_V, "x", "[]", text(""), _X)),
                (
                    eq(type_of(_V), text("object")),
                    block(
                        Bind("k", call("append", Array(()), call("keys", _V))),
                        Bind("k", IfElse(_option("o"), call("py_sort_texts", _K), _K)),
                        _pieces(_K, "x", "{}", join(_quoted(_X), _option("k")), call("lookup", _V, _X)),
                    ),
                ),
                (eq(type_of(_V), text("string")), _piece(join(_P, _quoted(_V)))),
                (
                    both(eq(type_of(_V), text("number")), Binary("!=", _V, call("floor", _V))),
                    _piece(join(_P, call("py_float", _V))),
                ),
                (eq(type_of(_V), text("number")), _piece(join(_P, digits_of(_V)))),
            ],
            _piece(join(_P, call("string", _V))),
        ),
    ),
)


# The row

_OPTIONS: Final = ("indent", "item", "key", "sort", "ascii")


def _lower(args: Sequence[Arg], _type: Type) -> Tree:
    values = [arg.tree.value if isinstance(arg.tree, Lit) else None for arg in args[1:]]
    indent, item, key, sort, ascii_ = values
    line = "" if indent is None else "\n"
    level = None if indent is None else str(indent)
    return json_tree(args[0], Options(level, str(item), str(key), bool(sort), bool(ascii_), line))


register_prim(PrimRow(op="json.dumps", lower=_lower))


def _separators(value: Expr, indent: str | None) -> tuple[str, str] | Refusal:
    match value:
        case Const(value=None):
            return ("," if indent is not None else ", ", ": ")
        case _:
            parts = getattr(value, "args", ())
            texts = [part.value for part in parts if isinstance(part, Const) and isinstance(part.value, str)]
            if getattr(value, "op", "") == "list.make" and len(texts) == len(parts) == 2:
                return texts[0], texts[1]
    return Refusal(
        "unsupported-call", "`json.dumps()` takes `separators` only as a pair of constant strings", _WRITE_OUT
    )


_WRITE_OUT: Final = "write instead: the option as a constant"


def _indent(value: Expr) -> str | Refusal | None:
    if isinstance(value, Const) and (value.value is None or isinstance(value.value, str)):
        return value.value
    if isinstance(value, Const) and isinstance(value.value, int):
        return " " * value.value
    return Refusal("unsupported-call", "`json.dumps()` takes `indent` only as a constant", _WRITE_OUT)


def _flag(value: Expr, name: str) -> bool | Refusal:
    if isinstance(value, Const) and not isinstance(value.value, str):
        return bool(value.value)
    return Refusal("unsupported-call", f"`json.dumps()` takes `{name}` only as a constant", _WRITE_OUT)


def holds_other(type_: Type) -> Type | None:
    """The part of a type that `json.dumps` has no form for; None when it writes all of it."""
    for member in members(type_):
        match member:
            case NoneT() | BoolT() | IntT() | FloatT() | StrT() | JsonT() | NeverT():
                found = None
            case ListT(item) | TuplesT(item):
                found = holds_other(item)
            case DictT():
                found = holds_other(member.value)
            case MapT("dict", held, key=key) if kinds(key) <= _KEYS:
                found = holds_other(held.value)
            case TupleT(items):
                found = next(filter(None, map(holds_other, items)), None)
            case _:
                found = member
        if found is not None:
            return found
    return None


def with_values_of_members(type_: Type) -> Type:
    """A type with those of their values in place of members of Enums that are ints or texts, which JSON is written of."""
    if isinstance(type_, EnumT):
        return value_of_member(type_) if type_.cls.base and not type_.cls.reprs else type_
    return with_parts(type_, with_values_of_members)


_KEYS: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR})


def holds_own_keys(type_: Type) -> bool:
    """Whether a dict whose keys are not all str may be in a value."""
    return any(isinstance(m, MapT) or any(map(holds_own_keys, parts_of(m))) for m in members(type_))


def _build(args: Sequence[Expr], site: Site) -> Built:
    value, _skip, ascii_, _circular, _nan, indent, separators, sort = args
    other = holds_other(value.type)
    if other is not None:
        value = replace(value, type=with_values_of_members(value.type))
        other = holds_other(value.type)
    if other is not None:
        return Refusal("type-mismatch", f"`json.dumps()` of a value of type `{other}` always raises TypeError")
    found = ambiguity(value.type)
    whole = opened(value.type) if found is not None else None
    if whole is not None:
        # The fields of a structure have types of their own; what is known of any of them does not tell ints from floats.
        value = replace(value, type=whole)
        found = ambiguity(whole)
    if found is not None:
        return refuse_ambiguity(found, "`json.dumps()`")
    level = _indent(indent)
    if isinstance(level, Refusal):
        return level
    pair = _separators(separators, level)
    if isinstance(pair, Refusal):
        return pair
    flags = [_flag(ascii_, "ensure_ascii"), _flag(sort, "sort_keys")]
    for flag in flags:
        if isinstance(flag, Refusal):
            return flag
    if flags[1] is True and holds_own_keys(value.type):
        return Refusal("unsupported-call", "`sort_keys` has a compiled form only for dicts whose keys are str")
    options = (const(level), const(pair[0]), const(pair[1]), const(flags[1] is True), const(flags[0] is True))
    return prim("json.dumps", STR, site, value, *options)


def _named(name: str, default: Expr) -> Parameter:
    return Parameter(name, default, keyword_only=True, positional_only=False)


_VALUES: Final = (
    "None",
    "True",
    "12",
    "-9007199254740991",
    "1.0",
    "0.1",
    "1e300",
    "'a\"\\\\/\\n\\t\\x00\\x7fé\\u2028😀'",
    "[]",
    "{}",
    "()",
    "[1, [2.5, []], {}]",
    "(1, 'a', None)",
    "{'b': [1.0, 2.5], 'a': []}",
    "{'z': {'y': [{'x': None}, {}]}, 'é': (1, [True])}",
    "[{'k': 1}, {'k': 2}]",
    "{'10': 1, 'b': 2, 'a😀': 3, 'a\ufe0f': 4}",
)
_FORMS: Final = (
    "",
    ", indent=2",
    ", sort_keys=True",
    ", ensure_ascii=False",
    ", separators=(',', ':')",
    ", indent='--', sort_keys=True, separators=(' ;', '=')",
    ", indent=0",
)
register_surface(
    SurfaceRow(
        name="json.dumps",
        params=(
            Parameter("obj", positional_only=False),
            _named("skipkeys", const(False)),
            _named("ensure_ascii", const(True)),
            _named("check_circular", const(True)),
            _named("allow_nan", const(True)),
            _named("indent", const(None)),
            _named("separators", const(None)),
            _named("sort_keys", const(False)),
        ),
        build=_build,
        examples=tuple(f"json.dumps({value}{form})" for value in _VALUES for form in _FORMS),
    )
)

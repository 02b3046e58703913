"""Which texts an expression may be, where the program writes them all out: templates of `format`, alone or in a table.

Computes with Python's own methods of str, on texts that the program writes out, within bounds.
"""

import ast
import itertools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_state import MAX_TEXTS
from pysfnc.frontend.core.lower_values import Value
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Prim, Var
from pysfnc.values.relations import kinds
from pysfnc.values.types import STR, Kind

_MAX_CHARS: Final = 20_000
_METHODS: Final = (
    *("capitalize", "casefold", "center", "expandtabs", "ljust", "lower", "lstrip", "removeprefix", "removesuffix"),
    *("replace", "rjust", "rstrip", "strip", "swapcase", "title", "upper", "zfill"),
)
_COMPUTED: Final[Mapping[str, Callable[..., Any]]] = {
    **{f"str.{name}": getattr(str, name) for name in _METHODS},
    "str.join": lambda separator, items: separator.join(items),
    "join": lambda *parts: "".join(parts),
    "+": operator.add,
    "*": lambda text, count: text * min(count, _MAX_CHARS),
}

Texts = tuple[str, ...]
_Bound = Mapping[str, Expr]


def texts_of(cx: Context, value: Expr) -> Texts | None:
    """The texts that a value may be, besides None; None where some are not known, or there are none."""
    found: dict[str, None] = {}
    for option in _options(value, {}):
        if isinstance(option, Var):
            fact = cx.state.facts.get(option.name)
            known: Sequence[str] = () if fact is None else fact.texts
            if not known:
                return None
            found.update(dict.fromkeys(known))
        elif not isinstance(option, Const):
            computed = _computed(cx, option)
            if computed is None:
                return None
            found.update(dict.fromkeys(computed))
        elif isinstance(option.value, str):
            found[option.value] = None
        elif option.value is not None:
            return None
    return tuple(found) if 0 < len(found) <= MAX_TEXTS else None


def for_each_text(cx: Context, value: Expr, made: Callable[[Const], Value], node: ast.AST) -> Value | None:
    """What is made of a text that is one of a few; which of them it is, is asked when the machine runs. None where they are not known."""
    from pysfnc.frontend.core.lower_test import Test, lower_either

    texts = texts_of(cx, value) if kinds(value.type) == {Kind.STR} else None
    if texts is None:
        return None
    held = cx.atom(value, "text")

    def of_these(left: Texts) -> Value:
        text = Const(value=left[0], type=STR, span=cx.span(node))
        if len(left) == 1:
            return made(text)
        test = Test(lib.compare(cx, ast.Eq(), held, text, node), cx.state, cx.state)
        return lower_either(cx, test, lambda: made(text), lambda: of_these(left[1:]), node)

    return of_these(texts)


def _options(value: Expr, bound: _Bound) -> list[Expr]:
    """The expressions one of which the value is; that of a table's item is any of what the table holds."""
    match value:
        case Cond(then=then, orelse=orelse):
            return [*_options(then, bound), *_options(orelse, bound)]
        case Let(name=name, value=inner, body=body):
            return _options(body, {**bound, name: inner})
        case Var(name=name) if name in bound:
            return _options(bound[name], {other: expr for other, expr in bound.items() if other != name})
        case Prim(op="item" | "dict.get", args=(table, _, *default)):
            tables = _options(table, bound)
            if all(isinstance(one, Prim) and one.op in ("dict.make", "list.make") for one in tables):
                held = [part for one in tables if isinstance(one, Prim) for part in _held(one)]
                return [option for part in (*held, *default) for option in _options(part, bound)]
        case Prim(args=args) if bound:
            assert isinstance(value, Prim)
            return [replace(value, args=tuple(_named(arg, bound) for arg in args))]
        case _:
            pass
    return [value]


def _named(arg: Expr, bound: _Bound) -> Expr:
    return bound[arg.name] if isinstance(arg, Var) and arg.name in bound else arg


def _held(table: Prim) -> Sequence[Expr]:
    return table.args[1::2] if table.op == "dict.make" else table.args


def _computed(cx: Context, value: Expr) -> Texts | None:
    """The texts that a method of str makes of known ones."""
    if not isinstance(value, Prim) or value.op not in _COMPUTED:
        return None
    parts = [_values(cx, arg) for arg in value.args]
    found: dict[str, None] = {}
    for given in itertools.islice(itertools.product(*parts), MAX_TEXTS + 1):
        try:
            made = _COMPUTED[value.op](*given)
        except (TypeError, ValueError, OverflowError):
            return None
        if not isinstance(made, str) or len(made) > _MAX_CHARS:
            return None
        found[made] = None
    return tuple(found) or None


def _values(cx: Context, arg: Expr) -> Sequence[Any]:
    if isinstance(arg, Const):
        return (arg.value,)
    if isinstance(arg, Prim) and arg.op == "list.make":
        return tuple(itertools.islice(itertools.product(*(_values(cx, item) for item in arg.args)), MAX_TEXTS + 1))
    return texts_of(cx, arg) or ()

"""Asking the library for an operation: reported values stay silent, values that are never there end the code, texts of the wire are refused.

Every other module here builds through `built`.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.infinities import finite, may_be_infinite
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.whole import obstacle, operation_obstacle, refuse_text, refuse_whole, text_held
from pysfnc.ir.exprs import Const, Expr, Let, Var
from pysfnc.ir.hir import Eval
from pysfnc.library.objects.enums import build_value
from pysfnc.library.rows.row import Refusal, Site
from pysfnc.library.rows.typenames import parts_of
from pysfnc.source.span import Span
from pysfnc.values.keys import is_mixed, is_told
from pysfnc.values.relations import join, join_all, kinds, members, only_kinds
from pysfnc.values.types import (
    NEVER,
    NONE,
    STR,
    DequeT,
    EnumT,
    ErrorT,
    InfinityT,
    Kind,
    ListT,
    MapT,
    NeverT,
    OpaqueT,
    SetT,
    TuplesT,
    TupleT,
    Type,
)

Built = Expr | Refusal


def built(
    cx: Context, node: ast.AST, args: Sequence[Expr], build: Callable[[Site], Built], *, held: Sequence[Expr] = ()
) -> Expr:
    """Ask the library, unless an operand was reported already or is never there.

    `held`: the operands that the operation keeps or passes on without looking at what they hold.
    """
    if any(isinstance(arg.type, ErrorT) for arg in args):
        return poison(cx.span(node))
    ended = never_among(cx, args, node)
    if ended is not None:
        return ended
    text = next(filter(None, (text_held(arg.type) for arg in args if not any(arg is other for other in held))), None)
    if text is not None:
        return refuse_text(cx, text, node)
    made = build(cx.site(node))
    if isinstance(made, Refusal):
        missing = next(filter(None, (obstacle(arg.type, leaves=False) for arg in args)), None)
        return cx.refuse(made, node) if missing is None else refuse_whole(cx, missing, node)
    missing = operation_obstacle(made)
    return made if missing is None else refuse_whole(cx, missing, node)


def never_among(cx: Context, args: Sequence[Expr], node: ast.AST) -> Expr | None:
    """What stands for an operation whose operands do not all come to an end: they, up to the one that does not. None where all of them do."""
    index = next((i for i, arg in enumerate(args) if isinstance(arg.type, NeverT)), None)
    if index is None:
        return None
    made = args[index]
    if isinstance(made, Const):
        # Control did not get past its statements, and what the others do stands before those.
        return made
    for arg in reversed(args[:index]):
        if not isinstance(arg, Const | Var):
            made = Let(name=cx.names.fresh("unused"), value=arg, body=made, type=NEVER, span=cx.span(node))
    return made


def inner(args: Sequence[Expr]) -> list[Expr]:
    """The operands that are no set or text of the wire themselves, though they may hold some."""
    return [
        arg
        for arg in args
        if not any(
            isinstance(member, SetT | MapT | DequeT | InfinityT) or (isinstance(member, OpaqueT) and member.on_wire)
            for member in members(arg.type)
        )
    ]


def valued(pairs: Expr) -> list[Expr]:
    """Pairs that become keys and values, where the values only may be texts of the wire."""
    match pairs.type:
        case ListT(TupleT((key, _))) if text_held(key) is None:
            return [pairs]
        case _:
            return []


def shown(args: Sequence[Expr]) -> list[Expr]:
    """The operands whose text shows no more than the machine knows, keys of dicts among it."""
    return [arg for arg in args if text_held(arg.type, keyed=False) is None]


def written(args: Sequence[Expr]) -> list[Expr]:
    """The operands of `str` and `repr` whose text the machine knows: as `shown`, with dates that stand in containers."""
    return [arg for arg in args if arg in shown([arg]) or is_told(arg.type)]


def holds_mixed_keys(type_: Type) -> bool:
    """Whether in a value there may be a dict of which two different keys may be equal."""
    return any(
        (isinstance(member, MapT) and is_mixed(member.key)) or any(map(holds_mixed_keys, parts_of(member)))
        for member in members(type_)
    )


def told_by_text(args: Sequence[Expr]) -> list[Expr]:
    """The operands of which the text tells whether they are true: bytes have an empty one, and zero does not."""
    return [
        arg
        for arg in args
        if not any(isinstance(member, OpaqueT) and member.name.startswith("Decimal") for member in members(arg.type))
        and not kinds(arg.type) & {Kind.SET, Kind.MAPPING, Kind.DEQUE}
    ]


def containers(symbol: str, one: Expr, other: Expr) -> list[Expr]:
    """The operands of operators that join or repeat containers."""
    return inner([one, other]) if symbol.removesuffix("=") in ("+", "*", "|") else []


def compared(symbol: str, one: Expr, other: Expr) -> list[Expr]:
    """The operands of comparisons that look at no value: with None, and for a key of a dict."""
    if symbol in ("is", "is not") and NONE in (one.type, other.type):
        return [one, other]
    if symbol in ("==", "!=", "in", "not in") and told_by_form(one, other, inside=symbol in ("in", "not in")):
        return [one, other]
    if symbol in ("==", "!=") and not holds_mixed_keys(join(one.type, other.type)):
        # Equal keys have the same text.
        return shown([one, other])
    return [other] if symbol in ("in", "not in") and kinds(other.type) == {Kind.DICT} else []


def told_by_form(one: Expr, other: Expr, *, inside: bool) -> bool:
    """Whether two values, or a value and the items of another, are equal where the machine's forms of them are, as dates are."""
    if not inside:
        return is_told(join(one.type, other.type))
    items = [part for member in members(other.type) for part in parts_of(member)]
    return all(isinstance(m, ListT | TupleT | TuplesT | SetT) for m in members(other.type)) and is_told(
        join_all([one.type, *items])
    )


HOLDING_CALLS: Final = frozenset({"len", "list", "tuple", "enumerate", "zip", "reversed", "copy.copy", "copy.deepcopy"})
"""Functions that look at no item of their arguments."""
HOLDING_METHODS: Final = frozenset({"get", "items", "keys", "values", "copy"})
"""Methods that look at the receiver's keys and their first argument only."""
_HOLDING_CHANGES: Final = frozenset(
    {"append", "extend", "insert", "pop", "clear", "reverse", "update", "setdefault", "popitem"}
)
"""Methods that change containers without a look at items. Keys and positions are their first arguments."""
_KEYED: Final = frozenset({"insert", "pop", "setdefault"})


def is_kept(name: str, arg: Expr, given: Sequence[Expr]) -> bool:
    """Whether a changing method keeps one of its operands as it is."""
    if arg is given[0] or name in ("extend", "update"):
        return name in _HOLDING_CHANGES and bool(inner([arg]))
    return name in _HOLDING_CHANGES and not (name in _KEYED and arg is given[1])


def decayed(cx: Context, value: Expr) -> Expr:
    """A member of an Enum that is a str or int besides, as that, and a number that may be infinite checked; anything else as it is."""
    if may_be_infinite(value.type):
        return finite(value)
    if isinstance(value.type, EnumT) and value.type.cls.base is not None:
        return build_value(value, Site(value.span, cx.names))
    return value


def text_const(value: str, span: Span | None) -> Const:
    """A str constant."""
    return Const(value=value, type=STR, span=span)


def as_kind(value: Expr, wanted: frozenset[Kind]) -> Expr:
    """The same expression where its value is known to be of one of these kinds."""
    return value if isinstance(value, Const) else replace(value, type=only_kinds(value.type, wanted))


def may_fail(value: Expr) -> bool:
    """Whether evaluating a value may raise."""
    return can_raise(value)


def after(cx: Context, value: Expr, result: Const, node: ast.AST) -> Expr:
    """A result that is known, after the value it is about was evaluated for its exceptions."""
    if not isinstance(value, Const | Var) and can_raise(value):
        cx.emit(Eval(value=value, span=cx.span(node)))
    return result


def decimal_read(name: str, value: Expr) -> Expr:
    from pysfnc.frontend.data.lower_decimals import readable

    return readable(name, value)


def container(value: Expr, before: str, behind: str, *, only_dict: bool = False, of_set: str = "") -> Expr:
    from pysfnc.frontend.data.lower_decimals import container

    return container(value, before, behind, "attribute.mapping" if only_dict else "attribute.container", of_set)

"""Arguments of calls: their evaluation in order, and their binding to parameters when the program is compiled.

Owns the rules of Python's signatures. A call that CPython would refuse with a TypeError whatever the values are is a mistake here.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from pysfnc.diagnostics import codes
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_in_order, lowering
from pysfnc.frontend.core.lower_values import Static, TupleOf, Value
from pysfnc.frontend.program.scope import KeptArgument
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.lean import dataclass
from pysfnc.values.relations import kinds, others_of
from pysfnc.values.types import JSON_KINDS, NEVER, STR, DictT, Kind, LazyDictT

Spreading = Literal["written", "closed", "any"]
"""Which dicts may be spread into arguments by name: those that are written out; those of which the type tells all keys; any."""


ONE_OF_SEVERAL: Final = "one of several"
"""What is `called` where that is known when the program runs, as is what CPython calls it then."""
_ITERABLE: Final = frozenset({Kind.LIST, Kind.TUPLE, Kind.STR, Kind.DICT, Kind.SET})


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call, evaluated.

    `spread` is a list of unknown length given as `*xs` behind the positional ones, `rest` a dict of unknown keys given as `**d`.
    """

    positional: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]
    nodes: tuple[ast.expr, ...]
    """The syntax of the positional arguments and then of the keywords, for messages."""
    spread: Expr | None = None
    rest: Expr | None = None
    unordered: bool = False
    """Whether the keywords may stand in another order than that in which CPython gets them."""

    def node_of(self, index: int, call: ast.AST) -> ast.AST:
        """The syntax of an argument, the call itself for one that came out of `*args`."""
        return self.nodes[index] if index < len(self.nodes) else call

    def keyword_map(self) -> dict[str, Value]:
        """The keyword arguments by name."""
        return dict(self.keywords)


NO_ARGUMENTS: Final = Arguments((), (), ())


def evaluated(cx: Context, given: Arguments) -> Arguments:
    """The arguments, evaluated here and now for a call that is made later."""
    return Arguments(
        tuple(value if isinstance(value, Static) else cx.atom(value, "arg") for value in given.positional),
        tuple((name, value if isinstance(value, Static) else cx.atom(value, "arg")) for name, value in given.keywords),
        given.nodes,
        None if given.spread is None else cx.atom(given.spread, "arg"),
        None if given.rest is None else cx.atom(given.rest, "arg"),
    )


def lower_arguments(
    cx: Context,
    call: ast.Call,
    *,
    spread_ok: bool = False,
    rest_ok: bool = False,
    first: Sequence[Value] = (),
    called: str = "",
    named: Spreading = "written",
) -> Arguments | None:
    """Evaluate the arguments of a call from left to right; None after a message.

    `first` was evaluated before (a receiver); it is kept in order with the rest. `spread_ok` and `rest_ok`: there may be lists and dicts
    spread whose contents are not known. `called`: what CPython calls the function in a message, where that is not the name in the call.
    `named`: which dicts may be spread.
    """
    steps: list[Callable[[], Value]] = [_given(value) for value in first]
    alone = len(call.args) == 1
    steps += [
        lib.spread_now(cx, part) if isinstance(part, ast.Starred) and not alone else lowering(cx, _plain(part))
        for part in (*call.args, *(keyword.value for keyword in call.keywords))
    ]
    values = lower_in_order(cx, steps)
    before, given = values[: len(first)], values[len(first) :]
    positional: list[Value] = [*before]
    kept: list[ast.expr] = []
    spread: Expr | None = None
    for value, part in zip(given, call.args, strict=False):
        if not isinstance(part, ast.Starred):
            if spread is not None:
                spread = lib.binary(cx, "+", spread, lib.make_list(cx, [as_data(cx, value, part)], part), part)
                continue
            positional.append(value)
            kept.append(part)
            continue
        known = lib.known_items(cx, value)
        if known is not None and spread is None:
            positional.extend(known)
            kept.extend([part.value] * len(known))
            continue
        function = called or (call.func.id if isinstance(call.func, ast.Name) else "")
        items = lib.items_of(cx, value, part.value, function) if alone else lib.spread_list(cx, value, part.value)
        if is_poison(items):
            return None
        if called == ONE_OF_SEVERAL and not isinstance(value, Static) and not kinds(value.type) <= _ITERABLE:
            cx.error(
                codes.TYPE_NEEDED,
                part,
                f"a value of type `{value.type}`, which may be no list, is spread into the arguments of one of several functions",
                help="write instead: `list(...)` around it",
            )
            return None
        if not spread_ok:
            cx.error(
                codes.UNSUPPORTED_PARAMETER_KIND,
                part,
                "a value of unknown length is spread into arguments",
                help="write instead: the list itself as one argument",
            )
            return None
        spread = items if spread is None else lib.binary(cx, "+", spread, items, part)
    keywords = _keywords(cx, call, given[len(call.args) :], rest_ok, named)
    if keywords is None:
        return None
    nodes = [*kept, *(k.value for k in call.keywords)]
    return Arguments(tuple(positional), keywords[0], tuple(nodes), spread, keywords[1], keywords[2])


def _plain(part: ast.expr) -> ast.expr:
    return part.value if isinstance(part, ast.Starred) else part


def _given(value: Value) -> Callable[[], Value]:
    return lambda: value


def _keywords(
    cx: Context, call: ast.Call, values: Sequence[Value], rest_ok: bool, named: Spreading
) -> tuple[tuple[tuple[str, Value], ...], Expr | None, bool] | None:
    """The arguments by name, the dict with others, and whether the order of those by name is not known; None after a message."""
    found: dict[str, Value] = {}
    rest: Expr | None = None
    unordered = False
    for keyword, value in zip(call.keywords, values, strict=True):
        pairs = {keyword.arg: value} if keyword.arg is not None else _written_dict(value)
        if pairs is None and named != "written" and not isinstance(value, Static):
            pairs = _closed_dict(cx, value, keyword.value)
            unordered |= pairs is not None and len(pairs) > 1
        if pairs is not None:
            twice = next((name for name in pairs if name in found), None)
            if twice is not None:
                cx.error(
                    codes.TYPE_MISMATCH,
                    keyword.value,
                    f"there are several values for the argument `{twice}`, which always raises TypeError",
                )
                return None
            found.update(pairs)
            continue
        if isinstance(value, Static) or is_poison(value):
            pass
        elif named == "any" and rest is None and Kind.DICT in kinds(value.type) and kinds(value.type) <= JSON_KINDS:
            rest = value
            continue
        elif rest_ok and kinds(value.type) == {Kind.DICT}:
            rest = value if rest is None else lib.binary(cx, "|", rest, value, keyword.value)
            continue
        if not is_poison(value):
            cx.error(
                codes.UNSUPPORTED_PARAMETER_KIND,
                keyword.value,
                "a dict whose keys are not known is spread into arguments",
                help="write instead: the arguments by name",
            )
        return None
    return tuple(found.items()), rest, unordered


def _closed_dict(cx: Context, value: Expr, node: ast.expr) -> dict[str, Value] | None:
    """The items of a dict of which the type tells all keys, in any order."""
    if not isinstance(value.type, DictT) or isinstance(value.type, LazyDictT):
        return None
    if others_of(value.type) != NEVER or not all(field.always for field in value.type.fields):
        return None
    held = cx.atom(value)
    names = [field.name for field in value.type.fields]
    return {name: lib.part(cx, held, Const(value=name, type=STR, span=cx.span(node)), node) for name in names}


def _written_dict(value: Value) -> dict[str, Value] | None:
    """The pairs of a dict that is written out with constant keys."""
    if not (isinstance(value, Prim) and value.op == "dict.make"):
        return None
    keys = value.args[::2]
    if not all(isinstance(key, Const) and key.type == STR for key in keys):
        return None
    return {str(key.value): item for key, item in zip(keys, value.args[1::2], strict=True) if isinstance(key, Const)}


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters as Python binds them; `defaults` are the names that have one."""

    title: str
    positional: tuple[str, ...]
    positional_only: frozenset[str]
    keyword_only: tuple[str, ...]
    star: str | None
    rest: str | None
    defaults: frozenset[str]


def signature_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, title: str) -> Signature:
    """The signature of a function."""
    args = node.args
    positional = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    defaults = set(positional[len(positional) - len(args.defaults) :])
    defaults |= {arg.arg for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is not None}
    return Signature(
        title,
        tuple(positional),
        frozenset(arg.arg for arg in args.posonlyargs),
        tuple(arg.arg for arg in args.kwonlyargs if not isinstance(arg, KeptArgument)),
        args.vararg.arg if args.vararg else None,
        args.kwarg.arg if args.kwarg else None,
        frozenset(defaults),
    )


def bind(cx: Context, signature: Signature, given: Arguments, call: ast.AST) -> dict[str, Value] | None:
    """The value of each parameter that is given, in the order of the parameters; None after a message with CPython's words."""
    found: dict[str, Value] = {}
    count, room = len(given.positional), len(signature.positional)
    extra: tuple[Value, ...] = ()
    if count > room:
        if signature.star is None:
            return _misfit(cx, call, _too_many(signature, given))
        extra = given.positional[room:]
    found.update(zip(signature.positional, given.positional, strict=False))
    rest: dict[str, Value] = {}
    for name, value in given.keywords:
        by_name = name in signature.keyword_only or (
            name in signature.positional and name not in signature.positional_only
        )
        if by_name and name in found:
            return _misfit(cx, call, f"{signature.title}() got multiple values for argument '{name}'")
        if by_name:
            found[name] = value
        elif signature.rest is not None:
            rest[name] = value
        else:
            return _misfit(cx, call, _unexpected(signature, name))
    if len(rest) > 1 and given.unordered:
        cx.error(
            codes.UNSUPPORTED_PARAMETER_KIND,
            call,
            f"`**{signature.rest}` gets items of a dict whose order is not known here",
            help=f"write instead: the dict itself as one argument, in place of `**{signature.rest}`",
        )
        return None
    missing = [n for n in signature.positional if n not in found and n not in signature.defaults]
    if missing:
        return _misfit(cx, call, missing_arguments(signature, missing, "positional"))
    missing = [n for n in signature.keyword_only if n not in found and n not in signature.defaults]
    if missing:
        return _misfit(cx, call, missing_arguments(signature, missing, "keyword-only"))
    ordered = {n: found[n] for n in (*signature.positional, *signature.keyword_only) if n in found}
    if signature.star is not None:
        ordered[signature.star] = _tuple_of(cx, extra, given.spread, call)
    if signature.rest is not None:
        ordered[signature.rest] = _dict_of(cx, rest, call)
    return ordered


def _misfit(cx: Context, call: ast.AST, message: str) -> dict[str, Value] | None:
    cx.error(codes.TYPE_MISMATCH, call, f"{message}, which always raises TypeError")
    return None


def _unexpected(signature: Signature, name: str) -> str:
    if name in signature.positional_only:
        return f"{signature.title}() got some positional-only arguments passed as keyword arguments: '{name}'"
    return f"{signature.title}() got an unexpected keyword argument '{name}'"


def _too_many(signature: Signature, given: Arguments) -> str:
    count = len(given.positional)
    return f"{takes_positional(signature)} but {count} {'was' if count == 1 else 'were'} given"


def takes_positional(signature: Signature) -> str:
    """CPython's words for how many positional arguments a function takes."""
    room = len(signature.positional)
    required = sum(1 for name in signature.positional if name not in signature.defaults)
    takes = f"{room}" if required == room else f"from {required} to {room}"
    return f"{signature.title}() takes {takes} positional {'argument' if takes == '1' else 'arguments'}"


def missing_arguments(signature: Signature, names: Sequence[str], kind: str) -> str:
    """CPython's words for parameters that get no value."""
    quoted = [f"'{name}'" for name in names]
    listed = (
        quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])}{',' if len(quoted) > 2 else ''} and {quoted[-1]}"
    )
    return f"{signature.title}() missing {len(names)} required {kind} argument{'s' if len(names) > 1 else ''}: {listed}"


def _tuple_of(cx: Context, values: Sequence[Value], spread: Expr | None, node: ast.AST) -> Value:
    if spread is not None:
        first = [as_data(cx, value, node) for value in values]
        whole = lib.binary(cx, "+", lib.make_list(cx, first, node), spread, node) if first else spread
        return lib.call(cx, "tuple", [whole], {}, node)
    if any(isinstance(part, Static) for part in values):
        return TupleOf(tuple(values), False)
    return lib.make_tuple(cx, [as_data(cx, value, node) for value in values], node)


def _dict_of(cx: Context, values: Mapping[str, Value], node: ast.AST) -> Value:
    pairs = [
        (Const(value=name, type=STR, span=cx.span(node)), as_data(cx, value, node)) for name, value in values.items()
    ]
    return lib.make_dict(cx, pairs, node)

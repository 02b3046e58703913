"""Special methods of classes of the project: what operators and builtins do with objects whose class says so itself.

Owns the way from an operation (`a + b`, `len(x)`, `x[i]`, `x in y`, `for ... in x`, `if x`) to the call of the method that Python
would call. The class that is known of the value decides. What has no such method is left to whoever asked.
"""

import ast
from collections.abc import Sequence
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.classes.lower_objects import call_member, is_object, keep, record_of_type
from pysfnc.frontend.classes.not_implemented import answered
from pysfnc.frontend.classes.split_operands import split_by_class
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.frontend.declarations.records import Member, Record
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.ir.hir import If, Raise
from pysfnc.values.relations import is_mutable, members
from pysfnc.values.types import BOOL, INT, STR, RecordT, Type

_BINARY: Final = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "&": "and",
    "|": "or",
    "^": "xor",
    "<<": "lshift",
    ">>": "rshift",
}
_UNARY: Final = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}
_ORDER: Final = {
    "<": ("__lt__", "__gt__"),
    ">": ("__gt__", "__lt__"),
    "<=": ("__le__", "__ge__"),
    ">=": ("__ge__", "__le__"),
}
_COMPARING: Final = {
    **_ORDER,
    "==": ("__eq__",),
    "!=": ("__ne__", "__eq__"),
    "in": ("__contains__", "__iter__"),
    "not in": ("__contains__", "__iter__"),
}
_BUILTINS: Final = {
    "abs": "__abs__",
    "float": "__float__",
    "int": "__int__",
    "len": "__len__",
}
OWN_BUILTINS: Final = frozenset({"bool", *_BUILTINS})
"""The builtins that call a method of their only argument."""
_GIVES: Final = {"__len__": INT, "__int__": INT, "__bool__": BOOL, "__format__": STR}


Own = tuple[Record, Member]


def own_method(cx: Context, value: Value, name: str) -> Own | None:
    """The method that the class of a value gives it under a special name."""
    if isinstance(value, Static):
        return None
    return method_of_type(cx, value.type, name)


def method_of_type(cx: Context, type_: Type, name: str) -> Own | None:
    """The same by the type."""
    if len(members(type_)) != 1 or not is_object(type_):
        return None
    record = record_of_type(cx, type_)
    member = record.members.get(name) if record is not None and record.obstacle is None else None
    return (record, member) if record is not None and member is not None and member.kind == "method" else None


def call_own(cx: Context, own: Own, this: Expr, args: Sequence[tuple[Value, ast.AST]], node: ast.AST) -> Value:
    """Call a method of an object, with arguments that were evaluated, each with its syntax."""
    record, member = own
    assert isinstance(node, ast.expr)
    nodes = tuple(syntax if isinstance(syntax, ast.expr) else node for _, syntax in args)
    given = Arguments(tuple(value for value, _ in args), (), nodes)
    return call_member(cx, record, member, keep(cx, this, node), given, node)


def _data(cx: Context, value: Value, node: ast.AST) -> Expr:
    return as_data(cx, value, node)


def _in_turn(cx: Context, one: Expr, other: Expr) -> tuple[Expr, Expr]:
    """Two operands, evaluated here and now."""
    return cx.atom(one, "operand"), cx.atom(other, "operand")


# Operators


def binary_of_own(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr | None:
    """`left symbol right` by a method of one of the two; None where neither has one. `symbol` may be that of an augmented assignment."""
    name = _BINARY.get(symbol.removesuffix("="))
    if name is None:
        return None
    operands = {"one": left, "other": right}
    methods = (f"__{name}__", f"__r{name}__", f"__i{name}__")
    if symbol.endswith("=") and is_mutable(left.type) and own_method(cx, left, methods[0]) is None:
        return None  # what is changed in place is not made anew
    split = split_by_class(cx, f"one {symbol.removesuffix('=')} other", operands, methods, node)
    if split is not None:
        return split
    mine = None
    for special in ([f"__i{name}__"] if symbol.endswith("=") else []) + [f"__{name}__"]:
        mine = mine or own_method(cx, left, special)
    theirs = own_method(cx, right, f"__r{name}__")
    if mine is None and theirs is None:
        return None
    left, right = _in_turn(cx, left, right)
    syntax = node.right if isinstance(node, ast.BinOp) else node.value if isinstance(node, ast.AugAssign) else node
    at = node if isinstance(node, ast.expr) else syntax
    if theirs is not None and (mine is None or _goes_first(mine, theirs)):
        before = node.left if isinstance(node, ast.BinOp) else syntax
        theirs = answered(cx, theirs, symbol, left, reflected=True, asks_other=mine is not None)
        return _data(cx, call_own(cx, theirs, right, [(left, before)], at), node)
    assert mine is not None
    if mine[1].name.startswith("__i"):
        return cx.error(
            codes.UNSUPPORTED_STATEMENT,
            node,
            f"`{symbol}` calls `{mine[1].name}` of `{mine[0].info.name}`, which has no compiled form",
            help=f"write instead: a method that changes the object, and a call of it, or `__{name}__`",
        )
    # Python asks the right operand too, but for one of the same class.
    asks = theirs is not None and theirs[0] is not mine[0]
    mine = answered(cx, mine, symbol, right, reflected=False, asks_other=asks)
    return _data(cx, call_own(cx, mine, left, [(right, syntax)], at), node)


def in_place_of_own(cx: Context, symbol: str, left: Expr) -> Own | None:
    """The method of the class of `left` for `left symbol= right`, such as `__iadd__`."""
    name = _BINARY.get(symbol)
    return None if name is None else own_method(cx, left, f"__i{name}__")


def gives_itself(member: Member) -> bool:
    """Whether all that a method gives is the object that it is called of."""
    function = member.node
    if (
        not isinstance(function, ast.FunctionDef)
        or not function.args.args
        or not isinstance(function.body[-1], ast.Return)
    ):
        return False
    this = function.args.args[0].arg
    given = [part.value for part in ast.walk(function) if isinstance(part, ast.Return)]
    bound = [
        part
        for part in ast.walk(function)
        if isinstance(part, ast.Name) and part.id == this and not isinstance(part.ctx, ast.Load)
    ]
    return not bound and all(isinstance(value, ast.Name) and value.id == this for value in given)


def _goes_first(mine: Own, theirs: Own) -> bool:
    """Whether Python asks the right operand first: its class is derived from the left one's, and has a method of its own."""
    derived = theirs[0].info is not mine[0].info and mine[0].info in theirs[0].order
    return derived and theirs[1].home in theirs[0].order[: theirs[0].order.index(mine[0].info)]


def unary_of_own(cx: Context, symbol: str, operand: Expr, node: ast.AST) -> Expr | None:
    """`-x`, `+x`, `~x` by a method of the class."""
    split = split_by_class(cx, f"{symbol}one", {"one": operand}, [_UNARY[symbol]], node)
    if split is not None:
        return split
    own = own_method(cx, operand, _UNARY[symbol])
    return None if own is None else _data(cx, call_own(cx, own, operand, (), node), node)


def compare_of_own(cx: Context, symbol: str, left: Expr, right: Expr, node: ast.AST) -> Expr | None:
    """A comparison by a method of one of the two; None where neither has one."""
    syntax = node.comparators[0] if isinstance(node, ast.Compare) else node
    deciding = "other" if symbol in ("in", "not in") else ""
    operands = {"one": left, "other": right}
    split = split_by_class(cx, f"one {symbol} other", operands, _COMPARING.get(symbol, ()), node, deciding)
    if split is not None:
        return split
    if symbol in ("in", "not in"):
        return _contains(cx, symbol, left, right, node, syntax)
    if symbol in _ORDER:
        mine, theirs = own_method(cx, left, _ORDER[symbol][0]), own_method(cx, right, _ORDER[symbol][1])
        return _compared(cx, symbol, mine, theirs, left, right, node)
    if symbol not in ("==", "!="):
        return None
    if symbol == "!=":
        mine, theirs = own_method(cx, left, "__ne__"), own_method(cx, right, "__ne__")
        made = _compared(cx, symbol, mine, theirs, left, right, node)
        if made is not None:
            return made
    made = _compared(cx, "==", own_method(cx, left, "__eq__"), own_method(cx, right, "__eq__"), left, right, node)
    if made is None or symbol == "==":
        return made
    return lib.negate(cx, lib.truth(cx, made, node), node)


def _compared(
    cx: Context, symbol: str, mine: Own | None, theirs: Own | None, left: Expr, right: Expr, node: ast.AST
) -> Expr | None:
    if mine is None and theirs is None:
        return None
    left, right = _in_turn(cx, left, right)
    second = node.comparators[0] if isinstance(node, ast.Compare) else node
    if theirs is not None and (mine is None or _goes_first(mine, theirs)):
        first = node.left if isinstance(node, ast.Compare) else node
        theirs = answered(cx, theirs, symbol, left, reflected=True, asks_other=mine is not None)
        made = _data(cx, call_own(cx, theirs, right, [(left, first)], node), node)
    else:
        assert mine is not None
        mine = answered(cx, mine, symbol, right, reflected=False, asks_other=theirs is not None)
        made = _data(cx, call_own(cx, mine, left, [(right, second)], node), node)
    if not is_poison(made) and made.type != BOOL and isinstance(node, ast.Compare) and len(node.ops) > 1:
        return cx.error(codes.TYPE_NEEDED, node, "a chain of comparisons needs methods that are known to give a bool")
    return made


def _contains(cx: Context, symbol: str, item: Expr, container: Expr, node: ast.AST, syntax: ast.AST) -> Expr | None:
    own = own_method(cx, container, "__contains__")
    if own is None:
        if own_method(cx, container, "__iter__") is None:
            return None
        item, container = _in_turn(cx, item, container)
        items = lib.items_of(cx, container, syntax)
        return lib.compare(cx, ast.In() if symbol == "in" else ast.NotIn(), item, items, node)
    item, container = _in_turn(cx, item, container)
    made = lib.truth(cx, _data(cx, call_own(cx, own, container, [(item, node)], node), node), node)
    return made if symbol == "in" else lib.negate(cx, made, node)


def truth_of_own(cx: Context, value: Expr, node: ast.AST) -> Expr | None:
    """`bool(x)` by a method of the class: `__bool__`, else whether `__len__` gives more than 0."""
    split = split_by_class(cx, "bool(one)", {"one": value}, ["__bool__", "__len__"], node)
    if split is not None:
        return split
    own = own_method(cx, value, "__bool__")
    if own is not None:
        return _of_type(cx, own, value, node)
    own = own_method(cx, value, "__len__")
    if own is None:
        return None
    length = _of_type(cx, own, value, node)
    return length if is_poison(length) else lib.truth(cx, length, node)


def _of_type(cx: Context, own: Own, value: Expr, node: ast.AST, *args: Expr) -> Expr:
    """What a special method gives, of the type that Python demands."""
    made = _data(cx, call_own(cx, own, value, [(arg, node) for arg in args], node), node)
    wanted = _GIVES.get(own[1].name)
    if own[1].name == "__len__" and not is_poison(made) and made.type == wanted:
        return _length(cx, made, node)
    if wanted is None or is_poison(made) or made.type == wanted:
        return made
    message = f"`{own[1].name}` of `{own[0].info.name}` must be known to give a value of type {wanted}"
    return cx.error(codes.TYPE_NEEDED, node, message)


def _length(cx: Context, made: Expr, node: ast.AST) -> Expr:
    """The length that `__len__` gives, after the ValueError for one below 0."""
    span = cx.span(node)
    length = cx.atom(made, "length")
    below = lib.compare(cx, ast.Lt(), length, Const(value=0, type=INT, span=span), node)
    text = Const(value="__len__() should return >= 0", type=STR, span=span)
    failing = Raise(exc=lib.new_exception(cx, "ValueError", [text], node), span=span)
    if not isinstance(length, Const) and not (isinstance(made, Prim) and made.op == "len"):
        cx.emit(If(test=below, then=(failing,), orelse=(), span=span))
        if cx.flow.guards:
            cx.flow.may_raise_here()
    return length


def format_of_own(cx: Context, value: Expr, spec: Expr, node: ast.AST) -> Expr | None:
    """`format(value, spec)` by `__format__` of the class; None where it has none."""
    operands = {"one": value} if isinstance(spec, Const) else {"one": value, "spec": spec}
    given = repr(spec.value) if isinstance(spec, Const) else "spec"
    split = split_by_class(cx, f"format(one, {given})", operands, ["__format__"], node, "one")
    if split is not None:
        return split
    own = own_method(cx, value, "__format__")
    return None if own is None else _of_type(cx, own, value, node, spec)


def has_own_format(cx: Context, type_: Type) -> bool:
    """Whether some values of a type are shown by `__format__` of their class."""
    return any(method_of_type(cx, member, "__format__") is not None for member in members(type_))


# Builtins, items, iteration


def builtin_of_own(cx: Context, name: str, given: Arguments, node: ast.expr) -> Value | None:
    """`len(x)` and the like by a method of the class of the only argument; None where it has none."""
    if len(given.positional) != 1 or given.keywords or given.spread is not None or given.rest is not None:
        return None
    value = given.positional[0]
    if isinstance(value, Static) or is_poison(value):
        return None
    if name == "bool":
        return truth_of_own(cx, value, node)
    split = split_by_class(cx, f"{name}(one)", {"one": value}, [_BUILTINS[name]], node)
    if split is not None:
        return split
    own = own_method(cx, value, _BUILTINS[name])
    return None if own is None else _of_type(cx, own, value, node)


def items_of_own(cx: Context, value: Value, node: ast.AST) -> Value | None:
    """What `__iter__` of the class of an object gives, to take items from; None where there is none."""
    if not isinstance(value, Static):
        split = split_by_class(cx, "list(one)", {"one": value}, ["__iter__"], node)
        if split is not None:
            return split
    own = own_method(cx, value, "__iter__")
    if own is None or isinstance(value, Static):
        return None
    made = call_own(cx, own, value, (), node)
    if not isinstance(made, Static) and isinstance(made.type, RecordT):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"`__iter__` of `{own[0].info.name}` gives an object with `__next__`, which has no compiled form",
            help="write instead: `__iter__` with `yield`, or `return iter(...)` of a list",
        )
    return made


def item_of_own(
    cx: Context, container: Value, name: str, args: Sequence[tuple[Value, ast.AST]], node: ast.expr
) -> Value | None:
    """`x[key]`, `x[key] = value` or `del x[key]` by a method of the class; None where it has none."""
    if (
        name == "__getitem__"
        and len(args) == 1
        and not isinstance(container, Static)
        and not isinstance(args[0][0], Static)
    ):
        split = split_by_class(cx, "one[key]", {"one": container, "key": args[0][0]}, [name], node, "one")
        if split is not None:
            return split
    own = own_method(cx, container, name)
    if own is None or isinstance(container, Static):
        return None
    return call_own(cx, own, container, args, node)

"""Sets: making them, their operators, their methods, and the changes of a set in place.

The machine holds a set as an array of different items. In which order CPython gives them depends on the run, so no row here shows an order;
`set.items` is the array for the rows of others that do not show it either (`in`, `len`, `sorted`, ...). Examples are in `tests/language/sets.test`.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Final, Literal

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Array, Func, IfElse, Tree
from pysfnc.library.containers.hashing import UNHASHABLE, hash_checks, hashable_part, may_be_unhashable, refuse_unclear
from pysfnc.library.containers.lists import after, item_type
from pysfnc.library.objects.bare_objects import bare_tree
from pysfnc.library.operators.equality import bool_meets_number, unclear
from pysfnc.library.operators.membership import in_list
from pysfnc.library.rows.make import FALSE, NULL, ZERO, Built, both, call, eq, let_all, negate, prim
from pysfnc.library.rows.registry import register_change, register_prim, register_surface
from pysfnc.library.rows.row import Arg, Change, ChangeRow, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import EMPTY, clean, count, filtered, item, lt, refs
from pysfnc.library.rows.signature import repr_of
from pysfnc.library.rows.typenames import is_never
from pysfnc.library.rows.versions import UNHASHABLE_ITEM
from pysfnc.values.keys import is_item
from pysfnc.values.relations import join, join_all, kinds, members
from pysfnc.values.types import BOOL, NEVER, NONE, Kind, ListT, OpaqueT, RecordT, SetT, Type

SETS: Final = frozenset({Kind.SET})
Form = Literal["set", "frozenset", "unordered"]
_v, _s = refs("py_v py_s")


# Items


def build_hashable(value: Expr, site: Site) -> Built:
    """The value, after the TypeError of one that no set can hold."""
    if kinds(value.type) and kinds(value.type) <= UNHASHABLE:
        return Refusal("type-mismatch", f"a value of type `{value.type}` is unhashable: no set holds it")
    refused = _refused(hashable_part(value.type)) or refuse_unclear(value.type)
    if refused is not None:
        return refused
    if not may_be_unhashable(value.type):
        return value
    return prim("set.item", hashable_part(value.type), site, value)


register_prim(
    PrimRow(
        op="set.item", lower=lambda args, _: args[0].tree, checks=lambda args, _: hash_checks(args[0], UNHASHABLE_ITEM)
    )
)


def _refused(of: Type, unhashable: bool = False) -> Refusal | None:
    """Why the machine has no set of such values."""
    never = next((m for m in members(of) if isinstance(m, RecordT) and m.cls.hashed == "never"), None)
    if never is not None:
        message = (
            f"a value of type `{never}` is unhashable, as its class has `__eq__` and no `__hash__`: no set holds it"
        )
        return Refusal("type-mismatch", message, "write instead: `@dataclass(frozen=True)`")
    if is_item(of) and not unhashable:
        return None
    return Refusal("unsupported-expression", f"a set of values of type `{of}` has no compiled form", _help(of))


def _help(of: Type) -> str | None:
    """What to write instead of a set of values that are equal by identity, by code, or in another way than their texts."""
    if any(isinstance(member, RecordT) for member in members(of)):
        return "write instead: a `@dataclass(frozen=True)` whose fields are hashable, or a set of what the objects are told by"
    if any(isinstance(member, OpaqueT) for member in members(of)):
        return "write instead: a set of texts, such as `x.isoformat()`"
    return None


def set_types(type_: Type) -> list[SetT]:
    """The sets that a value of the type may be."""
    return [member for member in members(type_) if isinstance(member, SetT)]


def build_items(value: Expr, site: Site) -> Expr:
    """What may be a set as an array, for rows that do not show its order; what is none stays what it is."""
    types = [ListT(m.item) if isinstance(m, SetT) else m for m in members(value.type)]
    return prim("set.items", join_all(types), site, value) if set_types(value.type) else value


register_prim(PrimRow(op="set.items", lower=lambda args, _: args[0].tree))


# Trees


def _list(arg: Arg) -> Arg:
    return Arg(arg.tree, ListT(item_type(arg.type)))


def _holds(items: Arg, value: Arg) -> Tree:
    return FALSE if is_never(item_type(items.type)) else in_list(value, _list(items))


def _with(items: Arg, value: Arg) -> Tree:
    """The set with one more item, if it is not there yet: the one that was there first stays."""
    longer = call("append", items.tree, Array((item(value.tree, value.type),)))
    found = _holds(items, value)
    return longer if found == FALSE else IfElse(found, items.tree, longer)


def _kept(items: Arg, test: Callable[[Arg], Tree]) -> Tree:
    of = item_type(items.type)
    return EMPTY if is_never(of) else filtered(items.tree, "py_v", test(Arg(_v, of)))


def _minus(items: Arg, other: Arg) -> Tree:
    return _kept(items, lambda value: negate(_holds(other, value)))


def _distinct(args: Sequence[Arg], _: Type) -> Tree:
    of = item_type(args[0].type)
    if is_never(of):
        return EMPTY
    if not bool_meets_number(of, of):
        return clean(call("distinct", args[0].tree))
    return call("reduce", args[0].tree, Func(("py_s", "py_v"), _with(Arg(_s, SetT(of)), Arg(_v, of))), EMPTY)


def _within(items: Arg, other: Arg) -> Tree:
    return eq(count(_minus(items, other)), ZERO)


def _without(args: Sequence[Arg], _: Type) -> Tree:
    alone = Arg(Array((item(args[1].tree, args[1].type),)), ListT(args[1].type))
    return _minus(args[0], alone)


def _prim(op: str, lower: Callable[[Arg, Arg], Tree]) -> None:
    register_prim(PrimRow(op=op, lower=lambda args, _: lower(*args)))


register_prim(PrimRow(op="set.of", lower=_distinct))
_prim("set.with", _with)
register_prim(PrimRow(op="set.without", lower=_without))
_prim("set.union", lambda a, b: call("append", a.tree, _minus(b, a)))
_prim("set.both", lambda a, b: _kept(a, lambda value: _holds(b, value)))
_prim("set.minus", _minus)
_prim("set.apart", lambda a, b: call("append", _minus(a, b), _minus(b, a)))
_prim("set.within", _within)
_prim("set.less", lambda a, b: both(lt(count(a.tree), count(b.tree)), _within(a, b)))
_prim("set.same", lambda a, b: both(eq(count(a.tree), count(b.tree)), _within(a, b)))
_prim("set.apart_from", lambda a, b: eq(count(_kept(a, lambda value: _holds(b, value))), ZERO))
register_prim(PrimRow(op="set.copy", lower=lambda args, _: args[0].tree))
register_prim(PrimRow(op="set.empty", lower=lambda args, _: EMPTY))
register_prim(
    PrimRow(
        op="set.present",
        lower=lambda args, _: NULL,
        checks=lambda args, _: [
            Check(_holds(args[0], args[1]), "KeyError", repr_of(args[1]), args=(bare_tree(args[1]),))
        ],
    )
)


# Making


def build_set(items: Expr | None, form: Form, site: Site) -> Built:
    """`set(items)`, `frozenset(items)` of a list of hashable items, or of a set."""
    if items is None:
        return prim("set.empty", SetT(NEVER, form), site)
    of = item_type(items.type)
    refused = _refused(of, may_be_unhashable(of))
    if refused is not None:
        return refused
    clash = unclear(of, of, True)
    if clash is not None:
        return Refusal("type-needed", f"which items of a set are equal depends on whether one is {clash}")
    is_set = all(member.form != "unordered" for member in set_types(items.type)) and bool(set_types(items.type))
    return prim("set.copy" if is_set else "set.of", SetT(of, form), site, items)


# Operators


_OPERATORS: Final = {"|": "set.union", "&": "set.both", "-": "set.minus", "^": "set.apart"}
_COMPARISONS: Final = {
    "==": ("set.same", False),
    "!=": ("set.same", True),
    "<=": ("set.within", False),
    "<": ("set.less", False),
}
_TURNED: Final = {">=": "<=", ">": "<"}


def build_operator(symbol: str, left: Expr, right: Expr, site: Site) -> Built:
    """`left | right` and the like, where at least one operand may be a set."""
    operator = symbol.removesuffix("=")
    if not (_is_set(left) and _is_set(right)):
        return _misfit(operator, left, right)
    op = _OPERATORS.get(operator)
    if op is None:
        return Refusal("type-mismatch", f"`{operator}` of sets always raises TypeError")
    return _meeting(left, right) or prim(op, _result(op, left, right), site, left, right)


def build_comparison(symbol: str, left: Expr, right: Expr, site: Site) -> Built:
    """`left == right`, `left <= right` and the like, where at least one operand may be a set."""
    if symbol in _TURNED:
        return let_all([left, right], site, lambda given: build_comparison(_TURNED[symbol], given[1], given[0], site))
    if not (_is_set(left) and _is_set(right)):
        return _misfit(symbol, left, right)
    refusal = _meeting(left, right)
    if refusal is not None:
        return refusal
    op, negated = _COMPARISONS[symbol]
    made = prim(op, BOOL, site, left, right)
    return prim("not", BOOL, site, made) if negated else made


def _is_set(value: Expr) -> bool:
    return isinstance(value.type, SetT) and value.type.form != "unordered"


def _misfit(symbol: str, left: Expr, right: Expr) -> Refusal:
    return Refusal(
        "type-needed",
        f"`{symbol}` of values of type `{left.type}` and `{right.type}` has no compiled form",
        "write instead: sets on both sides",
    )


def _meeting(left: Expr, right: Expr) -> Refusal | None:
    clash = unclear(item_type(left.type), item_type(right.type), True)
    return None if clash is None else Refusal("type-needed", f"which items are equal depends on whether one is {clash}")


def _result(op: str, left: Expr, right: Expr) -> Type:
    """Items come from both sides, or from the left one only."""
    assert isinstance(left.type, SetT)
    if op in ("set.union", "set.apart"):
        return SetT(join(left.type.item, item_type(right.type)), left.type.form)
    return left.type


# Methods


def _others(args: Sequence[Expr], site: Site) -> list[Expr] | Refusal:
    """Arguments as sets."""
    found: list[Expr] = []
    for arg in args:
        made = arg if _is_set(arg) else build_set(arg, "set", site)
        if isinstance(made, Refusal):
            return made
        found.append(made)
    return found


def _folded(op: str, args: Sequence[Expr], site: Site) -> Built:
    """One set after the other joined to the first."""
    others = _others(args[1:], site)
    if isinstance(others, Refusal):
        return others
    for other in others:
        refusal = _meeting(args[0], other)
        if refusal is not None:
            return refusal
    if not others:
        return prim("set.copy", args[0].type, site, args[0])
    return reduce(lambda made, other: prim(op, _result(op, made, other), site, made, other), others, args[0])


_MANY: Final = (Parameter("self"), Parameter("others", variadic=True))
_ONE: Final = (Parameter("self"), Parameter("other"))


def _method(name: str, op: str, params: tuple[Parameter, ...]) -> None:
    register_surface(
        SurfaceRow(
            name=f"set.{name}",
            params=params,
            build=lambda args, site: _folded(op, args, site),
        )
    )


_method("union", "set.union", _MANY)
_method("intersection", "set.both", _MANY)
_method("difference", "set.minus", _MANY)
_method("symmetric_difference", "set.apart", _ONE)
register_surface(
    SurfaceRow(
        name="set.copy",
        params=(Parameter("self"),),
        build=lambda args, site: prim("set.copy", args[0].type, site, args[0]),
    )
)


def _question(name: str, op: str, *, turned: bool = False) -> None:
    def build(args: Sequence[Expr], site: Site) -> Built:
        others = _others(args[1:], site)
        if isinstance(others, Refusal):
            return others
        refusal = _meeting(args[0], others[0])
        if refusal is not None:
            return refusal
        return let_all(
            [args[0], others[0]], site, lambda given: prim(op, BOOL, site, *(reversed(given) if turned else given))
        )

    register_surface(SurfaceRow(name=f"set.{name}", params=_ONE, build=build))


_question("issubset", "set.within")
_question("issuperset", "set.within", turned=True)
_question("isdisjoint", "set.apart_from")


# Changes


def _none(site: Site) -> Expr:
    return Const(value=None, type=NONE, span=site.span)


def _change(
    name: str,
    params: tuple[Parameter, ...],
    build: Callable[[Expr, Sequence[Expr], Site], Change | Refusal],
) -> None:
    def checked(items: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
        if not (isinstance(items.type, SetT) and items.type.form == "set"):
            return Refusal("type-mismatch", f"`{items.type}` has no method `{name}`")
        return build(items, args, site)

    register_change(ChangeRow(name=f"set.{name}", params=params, build=checked))


def _one_item(op: str, needed: bool) -> Callable[[Expr, Sequence[Expr], Site], Change | Refusal]:
    def build(items: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
        value = build_hashable(args[0], site)
        if isinstance(value, Refusal):
            return value
        clash = unclear(item_type(items.type), value.type, True)
        if clash is not None:
            return Refusal("type-needed", f"which items of a set are equal depends on whether one is {clash}")
        plain = args[0] if value is args[0] else prim("set.items", value.type, site, args[0])
        assert isinstance(items.type, SetT)
        type_ = SetT(join(items.type.item, value.type)) if op == "set.with" else items.type
        result = _none(site) if value is args[0] else after(value, _none(site), site)
        if needed:
            present = prim("set.present", NONE, site, items, plain)
            result = present if value is args[0] else after(value, present, site)
        return Change(prim(op, type_, site, items, plain), result)

    return build


_ITEM: Final = (Parameter("elem"),)
_change("add", _ITEM, _one_item("set.with", needed=False))
_change("discard", _ITEM, _one_item("set.without", needed=False))
_change("remove", _ITEM, _one_item("set.without", needed=True))
_change("clear", (), lambda items, args, site: Change(prim("set.empty", SetT(NEVER), site), _none(site)))


def _update(name: str, op: str, params: tuple[Parameter, ...]) -> None:
    def build(items: Expr, args: Sequence[Expr], site: Site) -> Change | Refusal:
        made = _folded(op, [items, *args], site)
        return made if isinstance(made, Refusal) else Change(made, _none(site))

    _change(name, params, build)


_update("update", "set.union", _MANY[1:])
_update("intersection_update", "set.both", _MANY[1:])
_update("difference_update", "set.minus", _MANY[1:])
_update("symmetric_difference_update", "set.apart", _ONE[1:])

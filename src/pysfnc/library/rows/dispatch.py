"""Calls of builtins and methods by name: the row for the types at hand, chosen at run time where they leave a choice.

`x.upper()` needs a row for the kind of `x`. Of an untyped value the kind is asked when the machine runs; a kind that has
no such method raises AttributeError as CPython does, before the arguments are evaluated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pysfnc.ir.exprs import Const, Expr, Let
from pysfnc.jsonata.tree import Lit, Tree
from pysfnc.library.rows.make import FALSE, NULL, Built, cond, const, is_atom, join, let_all, prim, text
from pysfnc.library.rows.registry import (
    bind_arguments,
    find_builtin,
    find_change,
    find_kind_method,
    method_kinds,
    register_prim,
)
from pysfnc.library.rows.row import Arg, Change, Check, PrimRow, Refusal, Site
from pysfnc.library.rows.typenames import has_kind, of_kinds, type_name
from pysfnc.values.relations import join_all, kinds
from pysfnc.values.types import BOOL, ERROR, NEVER, ErrorT, Kind, Type

Kwargs = Mapping[str, Expr]
_ARRAYS: Final = frozenset({Kind.LIST, Kind.TUPLE, Kind.SET, Kind.DEQUE})


def build_call(name: str, args: Sequence[Expr], kwargs: Kwargs, site: Site) -> Built:
    """A call of a builtin that has a row; `registry.find_builtin` says whether it has."""
    row = find_builtin(name)
    assert row is not None, name
    bound = bind_arguments(name, row.params, args, kwargs)
    return bound if isinstance(bound, Refusal) else row.build(bound, site)


def build_method(name: str, receiver: Expr, args: Sequence[Expr], kwargs: Kwargs, site: Site) -> Built:
    """`receiver.name(args)` for a method that changes nothing."""
    if isinstance(receiver.type, ErrorT):
        return prim("attribute", ERROR, site, receiver, const(name), const(""))
    usable = frozenset(kind for kind in kinds(receiver.type) if find_kind_method(kind, name))
    refusal = _refuse(name, receiver.type, usable)
    if refusal is not None:
        return refusal
    if len(usable) == 1:
        (kind,) = usable
        return _method_of(kind, name, having(receiver, name, usable, site), args, kwargs, site)

    def dispatched(atoms: list[Expr]) -> Built:
        given = dict(zip(kwargs, atoms[1 + len(args) :], strict=True))

        def branch(kind: Kind, narrowed: Expr) -> Built:
            return _method_of(kind, name, narrowed, atoms[1 : 1 + len(args)], given, replace(site, choice=True))

        return _by_kind(atoms[0], usable, branch, site)

    return let_all([having(receiver, name, usable, site), *args, *kwargs.values()], site, dispatched)


def _method_of(kind: Kind, name: str, receiver: Expr, args: Sequence[Expr], kwargs: Kwargs, site: Site) -> Built:
    row = find_kind_method(kind, name)
    assert row is not None
    bound = bind_arguments(f"{kind.value}.{name}", row.params[1:], args, kwargs)
    if isinstance(bound, Refusal):
        return _wrong_number(kind, name, args, site) or bound
    return row.build([receiver, *bound], site)


_WRONG_NUMBER: Final = {
    (Kind.LIST, "count"): "list.count() takes exactly one argument ({} given)",
    (Kind.TUPLE, "count"): "tuple.count() takes exactly one argument ({} given)",
    (Kind.LIST, "pop"): "pop expected at most 1 argument, got {}",
    (Kind.DICT, "pop"): "pop expected at least 1 argument, got {}",
}
"""The TypeErrors of methods that several kinds have, with different numbers of arguments."""


def _wrong_number(kind: Kind, name: str, args: Sequence[Expr], site: Site) -> Expr | None:
    """The failure of a call that only fits other kinds of receivers."""
    if not site.choice or (kind, name) not in _WRONG_NUMBER:
        return None
    return prim("type_error", NEVER, site, const(_WRONG_NUMBER[kind, name].format(len(args))))


def build_change(name: str, receiver: Expr, args: Sequence[Expr], kwargs: Kwargs, site: Site) -> Change | Refusal:
    """`receiver.name(args)` for a method that changes its receiver; all are atoms."""
    usable = frozenset(kind for kind in kinds(receiver.type) if find_change(kind, name))
    refusal = _refuse(name, receiver.type, usable)
    if refusal is not None:
        return refusal
    made: dict[Kind, Change] = {}
    inner = replace(site, choice=len(usable) > 1)
    for kind in sorted(usable, key=lambda k: k.value):
        row = find_change(kind, name)
        assert row is not None
        bound = bind_arguments(f"{kind.value}.{name}", row.params, args, kwargs)
        if isinstance(bound, Refusal):
            failure = _wrong_number(kind, name, args, inner)
            if failure is None:
                return bound
            made[kind] = Change(_narrowed(receiver, kind), failure)
            continue
        change = row.build(_narrowed(receiver, kind), bound, inner)
        if isinstance(change, Refusal):
            return change
        made[kind] = change
    result = _choice(receiver, {kind: change.result for kind, change in made.items()}, site)
    if usable != kinds(receiver.type):
        checked = having(receiver, name, usable, site)
        result = Let(name=site.names.fresh("self"), value=checked, body=result, type=result.type, span=site.span)
    return Change(_choice(receiver, {kind: change.updated for kind, change in made.items()}, site), result)


def _refuse(name: str, type_: Type, usable: frozenset[Kind]) -> Refusal | None:
    if not usable:
        if kinds(type_) and not method_kinds(name) & kinds(type_):
            return Refusal("type-mismatch", f"`{type_}` has no method `{name}`")
        return Refusal("type-needed", f"nothing is known of the value whose method `{name}` is called")
    arrays = kinds(type_) & _ARRAYS
    if len(arrays) > 1 and usable & arrays:
        names = " or a ".join(sorted(kind.value for kind in arrays))
        return Refusal("type-needed", f"`.{name}()` depends on whether the value is a {names}")
    return None


def having(receiver: Expr, name: str, usable: frozenset[Kind], site: Site) -> Expr:
    """The receiver, after the AttributeError of a value of another kind."""
    if usable == kinds(receiver.type):
        return receiver
    listed = const(",".join(sorted(kind.name for kind in usable)))
    return prim("attribute", of_kinds(receiver.type, usable), site, receiver, const(name), listed)


def build_has_kind(value: Expr, wanted: frozenset[Kind], site: Site) -> Expr:
    """Whether the value has one of these kinds, as a bool expression."""
    if kinds(value.type) <= wanted and is_atom(value):
        return Const(value=True, type=BOOL, span=site.span)
    return prim("has_kind", BOOL, site, value, const(",".join(sorted(kind.name for kind in wanted))))


def _by_kind(value: Expr, usable: frozenset[Kind], branch: Callable[[Kind, Expr], Built], site: Site) -> Built:
    made: dict[Kind, Expr] = {}
    for kind in sorted(usable, key=lambda k: k.value):
        built = branch(kind, _narrowed(value, kind))
        if isinstance(built, Refusal):
            return built
        made[kind] = built
    return _choice(value, made, site)


def _choice(value: Expr, made: dict[Kind, Expr], site: Site) -> Expr:
    type_ = join_all([expr.type for expr in made.values()])
    *rest, last = made
    found = made[last]
    for kind in reversed(rest):
        found = cond(build_has_kind(value, frozenset({kind}), site), made[kind], found, type_, site)
    return found


def _narrowed(value: Expr, kind: Kind) -> Expr:
    if isinstance(value, Const) or kinds(value.type) == {kind}:
        return value
    return replace(value, type=of_kinds(value.type, frozenset({kind})))


def _kinds_of(listed: Tree) -> frozenset[Kind]:
    assert isinstance(listed, Lit) and isinstance(listed.value, str)
    return frozenset(Kind[name] for name in listed.value.split(",") if name)


def _receiver(args: Sequence[Arg], _type: Type) -> Tree:
    return args[0].tree


def _check_attribute(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    receiver, name, listed = args
    assert isinstance(name.tree, Lit)
    ok = has_kind(receiver, _kinds_of(listed.tree))
    message = join(text("'"), type_name(receiver), text(f"' object has no attribute '{name.tree.value}'"))
    return () if ok == Lit(True) else (Check(ok, "AttributeError", message),)


def _lower_has_kind(args: Sequence[Arg], _type: Type) -> Tree:
    return has_kind(args[0], _kinds_of(args[1].tree))


def _fails(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    return (Check(FALSE, "TypeError", args[0].tree),)


register_prim(PrimRow(op="type_error", lower=lambda args, _: NULL, checks=_fails))
register_prim(PrimRow(op="attribute", lower=_receiver, checks=_check_attribute))
register_prim(PrimRow(op="has_kind", lower=_lower_has_kind))

"""Names for objects that stand inside another variable: `item = stock[sku]`, `rows = groups.setdefault(key, [])`.

Such a name is a view: a change through it is written to the place as well, for as long as the object is known to stand there (see
`lower_state.View`). Owns the way from a value to the place that it was read from.
"""

from dataclasses import replace

from pysfnc.frontend.effects import can_raise
from pysfnc.frontend.lower_context import Context
from pysfnc.frontend.lower_state import Fact, View
from pysfnc.ir.exprs import Const, Expr, Let, Prim, Var
from pysfnc.ir.hir import Eval
from pysfnc.values.types import NONE, Kind, Type, is_mutable, kinds

_KEY_KINDS = frozenset({Kind.INT, Kind.STR})


def viewed(cx: Context, value: Expr) -> tuple[Expr, View | None]:
    """The value to bind to a name, and the place that its object stands in, if it is one that can be changed there.

    A key that is computed gets a variable, since the place is named again later.
    """
    if not is_mutable(value.type):
        return value, None
    if isinstance(value, Var):
        fact = cx.state.facts.get(value.name)
        return value, fact.view if fact is not None and not cx.names.is_variable(value.name) else None
    named = _named(cx, value)
    if not isinstance(named, Prim):
        return value, None
    root, keys = _path(named)
    return named, View(root.name, keys)


def in_place(cx: Context, value: Expr) -> Expr:
    """A value that is read more than once: the place that it stands in, so that what is read of it stands there too, or a variable."""
    return _named(cx, value) or cx.atom(value)


def _named(cx: Context, value: Expr) -> Expr | None:
    """The same subscripts of a variable with atoms as keys; None for anything else."""
    match value:
        case Var(name=name):
            fact = cx.state.facts.get(name)
            return None if fact is None or fact.static is not None else value
        case Let(value=check, body=Prim(op="item") as item) if check.type == NONE:
            # The KeyError of a key comes first.
            inner = _named(cx, item)
            if inner is not None:
                cx.emit(Eval(value=check, span=check.span))
            return inner
        case Prim(op="item", args=(base, key)) if _is_key(key.type) and not (
            can_raise(key) and can_raise(base)  # the container is read before its key is evaluated
        ):
            inner = _named(cx, base)
            return None if inner is None else replace(value, args=(inner, cx.atom(key, "key")))
        case _:
            return None


def _is_key(type_: Type) -> bool:
    """Whether a value of the type is a key or index without doubt, or may be one of either."""
    return bool(kinds(type_) & _KEY_KINDS)


def _path(value: Expr) -> tuple[Var, tuple[Expr, ...]]:
    keys: list[Expr] = []
    while isinstance(value, Prim):
        value, key = value.args
        keys.append(key)
    assert isinstance(value, Var)
    return value, tuple(reversed(keys))


def keep_view(cx: Context, value: Var, owner: str, keys: tuple[Expr, ...]) -> None:
    """Remember of a temporary that its object stands at a place."""
    if is_mutable(value.type) and all(isinstance(key, Const | Var) for key in keys):
        cx.state.put(value.name, Fact(value.type, view=View(owner, keys)))


def rebased(cx: Context, variable: str, view: View | None) -> View | None:
    """The view of a variable that is bound to something inside of what it holds: `node = node["next"]`."""
    if view is None or any(isinstance(key, Var) and key.name == variable for key in view.keys):
        return None
    if view.owner != variable:
        return view
    fact = cx.state.facts.get(variable)
    outer = fact.view if fact is not None else None
    return rebased(cx, variable, View(outer.owner, (*outer.keys, *view.keys))) if outer is not None else None

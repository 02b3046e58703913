"""Names for objects that stand inside another variable: `item = stock[sku]`, `rows = groups.setdefault(key, [])`.

Such a name is a view: a change through it is written to the place as well, for as long as the object is known to stand there (see
`lower_state.View`). Owns the way from a value to the place that it was read from.
"""

from dataclasses import replace
from typing import Final

from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_state import Fact, View
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Prim, Var
from pysfnc.ir.hir import Assign, Eval
from pysfnc.source.span import Span
from pysfnc.values.relations import is_mutable, kinds
from pysfnc.values.types import INT, NONE, Kind, Type

OWN_KEY: Final = "%at"
"""Stands between a variable and the number of a key, in the name of a variable that `with_own_keys` makes."""
_KEY_KINDS = frozenset({Kind.INT, Kind.STR})


def viewed(cx: Context, value: Expr) -> tuple[Expr, View | None]:
    """The value to bind to a name, and the place that its object stands in, if it is one that can be changed there.

    A key that is computed gets a variable, since the place is named again later.
    """
    if not is_mutable(value.type):
        return value, None
    named = None if isinstance(value, Var) else _named(cx, value)
    if isinstance(named, Prim):
        root, keys = _path(named)
        return named, View(root.name, keys)
    return value, view_of(cx, value)


def view_of(cx: Context, value: Expr) -> View | None:
    """The place that the object of a value stands in, where naming it again takes no variables of its own.

    What cannot be changed stands anywhere: `d[k] if k in d else None` is at `d[k]` whenever something is changed through it.
    """
    match value:
        case Var(name=name):
            fact = cx.state.facts.get(name)
            return fact.view if fact is not None and fact.static is None else None
        case Cond(then=then, orelse=orelse):
            found = [view_of(cx, way) for way in (then, orelse) if is_mutable(way.type)]
            return found[0] if found and all(view == found[0] for view in found) else None
        case Let(value=check, body=body) if check.type == NONE:
            return view_of(cx, body)
        case Prim(op="item" | "dict.get") if _is_place(cx, value):
            root, keys = _path(value)
            return View(root.name, keys)
        case _:
            return None


def _is_place(cx: Context, value: Expr) -> bool:
    """Whether a value is a way of subscripts from a variable, with atoms as keys."""
    match value:
        case Var(name=name):
            fact = cx.state.facts.get(name)
            return fact is not None and fact.static is None
        case Let(value=check, body=body) if check.type == NONE:
            return _is_place(cx, body)
        case (
            Prim(op="item", args=(base, Const() | Var() as key))
            | Prim(op="dict.get", args=(base, Const() | Var() as key, Const(value=None)))
        ):
            return _is_key(key.type) and _is_place(cx, base)
        case _:
            return False


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
        case Prim(op="item", args=(base, key)) | Prim(op="dict.get", args=(base, key, Const(value=None))) if _is_key(
            key.type
        ) and not (
            can_raise(key) and can_raise(base)  # the container is read before its key is evaluated
        ):
            # What `get` gives and is changed later is not None, so that it is what stands at the key.
            inner = _named(cx, base)
            return None if inner is None else replace(value, args=(inner, cx.atom(key, "key"), *value.args[2:]))
        case _:
            return None


def _is_key(type_: Type) -> bool:
    """Whether a value of the type is a key or index without doubt, or may be one of either."""
    return bool(kinds(type_) & _KEY_KINDS)


def _path(value: Expr) -> tuple[Var, tuple[Expr, ...]]:
    keys: list[Expr] = []
    while not isinstance(value, Var):
        if isinstance(value, Let):
            value = value.body
            continue
        assert isinstance(value, Prim)
        value, key = value.args[:2]
        keys.append(key)
    return value, tuple(reversed(keys))


def keep_view(cx: Context, value: Var, owner: str, keys: tuple[Expr, ...]) -> None:
    """Remember of a temporary that its object stands at a place."""
    if is_mutable(value.type) and all(isinstance(key, Const | Var) for key in keys):
        cx.state.put(value.name, Fact(value.type, view=View(owner, keys)))


def keep_stored(cx: Context, value: Expr, owner: str, keys: tuple[Expr, ...]) -> None:
    """Remember of a variable whose object was put somewhere that it stands there, unless it is known to stand somewhere already."""
    if not isinstance(value, Var) or value.name == owner or not is_mutable(value.type):
        return
    fact = cx.state.facts.get(value.name)
    if fact is None or fact.static is not None or fact.view is not None or owner not in cx.state.facts:
        return
    if all(isinstance(key, Const | Var) for key in keys) and not any(
        isinstance(key, Var) and key.name == value.name for key in keys
    ):
        view = with_own_keys(cx, value.name, View(owner, keys), value.span)
        cx.state.facts[value.name] = replace(fact, view=view)
        cx.state.has_views = True


def keep_displayed(cx: Context, value: Expr, owner: str, keys: tuple[Expr, ...] = ()) -> None:
    """Remember of the variables in a dict or list that was just written out, and that `owner` holds, that their objects stand there."""
    if not cx.project.own_places or not isinstance(value, Prim) or value.op not in ("dict.make", "list.make"):
        return
    places: dict[object, tuple[Expr, Expr]] = {}
    if value.op == "list.make":
        places = {index: (Const(value=index, type=INT), part) for index, part in enumerate(value.args)}
    else:
        for key, part in zip(value.args[::2], value.args[1::2], strict=True):
            if not isinstance(key, Const) or not isinstance(key.value, str) or key.value in places:
                return  # which of the values stands at a key is not known
            places[key.value] = (key, part)
    for key, part in places.values():
        keep_stored(cx, part, owner, (*keys, key))
        keep_displayed(cx, part, owner, (*keys, key))


def with_own_keys(cx: Context, variable: str, view: View | None, span: Span | None) -> View | None:
    """The place of what a variable holds, with its keys in variables of its own, where the program is lowered so.

    They hold when the keys of the place get other values, as the index of a loop that went on does, and name what stands at different
    places on different ways: `found = row` in a loop, or `found = {}; rows.append(found)`.
    """
    if view is None or not cx.project.own_places or variable.startswith("t%"):
        return view
    keys: list[Expr] = []
    for number, key in enumerate(view.keys):
        if isinstance(key, Const) and key.value != -1:
            keys.append(key)
            continue
        own = f"{variable}{OWN_KEY}{number}"
        if not (isinstance(key, Var) and key.name == own):
            cx.emit(Assign(name=own, value=key, span=span))
            cx.regions[own] = cx.flow.region
            cx.state.put(own, Fact(key.type))
        keys.append(Var(name=own, type=key.type, span=key.span))
    return View(view.owner, tuple(keys))


def rebased(cx: Context, variable: str, view: View | None) -> View | None:
    """The view of a variable that is bound to something inside of what it holds: `node = node["next"]`."""
    if view is None or any(isinstance(key, Var) and key.name == variable for key in view.keys):
        return None
    if view.owner != variable:
        return view
    fact = cx.state.facts.get(variable)
    outer = fact.view if fact is not None else None
    return rebased(cx, variable, View(outer.owner, (*outer.keys, *view.keys))) if outer is not None else None

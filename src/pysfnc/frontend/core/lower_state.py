"""What is known about the variables at a point of the program, and how knowledge from several ways is joined.

Owns facts and states. Where states are collected (loops, handlers, returns) is `lower_flow`.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import field, fields, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from pysfnc.frontend.core.lower_values import Static, describe
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.lean import dataclass
from pysfnc.source.span import Span
from pysfnc.values.relations import is_mutable, join
from pysfnc.values.types import ERROR, Type

if TYPE_CHECKING:
    from pysfnc.frontend.core.lower_shared import Shared


MAX_TEXTS: Final = 24
"""Texts of which a variable may be known to hold one; each costs a branch wherever it is formatted."""


class JsonText(IntEnum):
    """Whether a text is one of JSON for sure: not, one that `json.dumps` wrote, one as Step Functions itself writes it (`json_texts`)."""

    NONE = 0
    WRITTEN = 1
    COMPACT = 2


@dataclass(frozen=True, slots=True)
class View:
    """The variable holds the object at a place inside another variable: `owner[keys[0]][keys[1]]...`."""

    owner: str
    keys: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One variable at one point.

    `maybe_unset`: some way to this point does not assign it. `static` is its value when that exists only while compiling, `mixed` says
    that different ways give different ones.
    """

    type: Type
    maybe_unset: bool = False
    is_temporary: bool = False
    """Whether it is one that has no fact on ways where nothing had to be known of it: it is set wherever it is read."""
    static: Static | None = None
    mixed: bool = False
    mixed_as: str = ""
    """What the value is on one of the ways then, for messages."""
    mixed_of: tuple[Static, ...] = field(default=(), compare=False)
    """Those of the values on two of the ways that exist only while compiling."""
    view: View | None = None
    shared: "Shared | None" = None
    """The module constant whose object this may be or hold."""
    literal: Const | None = None
    """The constant that the variable holds, where it is one."""
    texts: tuple[str, ...] = ()
    """The texts one of which the variable holds, where all are known (`known_texts`)."""
    json_text: JsonText = JsonText.NONE
    """Whether it holds a text of JSON, and written how (`json_texts`)."""
    streams_read: frozenset[tuple[str, ...]] = frozenset()
    """The keys that lead to a stream in it which some way to this point has read: nothing is left there."""
    assigned_at: Span | None = field(default=None, compare=False)


@dataclass(slots=True)
class State:
    """The facts of all variables at a point; a variable without a fact is unset. `reachable` is False behind a return or raise."""

    facts: dict[str, Fact] = field(default_factory=dict)
    reachable: bool = True
    has_views: bool = False
    """Whether some fact may have a view; looking for them costs a walk over all facts."""

    def copy(self) -> "State":
        """An independent copy."""
        return State(dict(self.facts), self.reachable, self.has_views)

    def put(self, name: str, fact: Fact) -> None:
        """Set the fact of a variable that is bound anew: views that pass through it end."""
        self.end_views(name)
        self.facts[name] = fact
        self.has_views |= fact.view is not None

    def retype(self, name: str, type_: Type) -> None:
        """Change what is known of the value of a variable, not the binding."""
        self.facts[name] = replace(self.facts[name], type=type_)

    def end_views(self, name: str, concerned: Callable[[tuple[Expr, ...]], bool] = lambda _keys: True) -> None:
        """Forget the views into a variable, or those of them at keys that are concerned, and those that use it as a key."""
        if not self.has_views:
            return
        for other, fact in list(self.facts.items()):
            view = fact.view
            if view is not None and (_mentions(view, name) or (view.owner == name and concerned(view.keys))):
                self.facts[other] = replace(fact, view=None)


def _mentions(view: View, name: str) -> bool:
    return any(getattr(key, "name", None) == name for key in view.keys)


def unreachable() -> State:
    """The state of a point that no way leads to."""
    return State(reachable=False)


def join_states(states: Iterable[State]) -> State:
    """What holds on whichever of the ways control came; unreachable ones do not count."""
    live = [state for state in states if state.reachable]
    if not live:
        return unreachable()
    first, *others = live
    if not others:
        return first.copy()
    names = dict.fromkeys(name for state in live for name in state.facts)
    facts = {name: _join_facts([state.facts.get(name) for state in live]) for name in names}
    return State(facts, has_views=any(state.has_views for state in live))


def _join_facts(facts: list[Fact | None]) -> Fact:
    known = [fact for fact in facts if fact is not None]
    joined = known[0]
    for fact in known[1:]:
        if fact is not joined:
            joined = _join_two(joined, fact)
    if len(known) < len(facts) and not joined.maybe_unset and not joined.is_temporary:
        joined = replace(joined, maybe_unset=True)
    return joined


def _join_two(a: Fact, b: Fact) -> Fact:
    same = a.static == b.static
    return Fact(
        type=join(a.type, b.type) if same else ERROR,
        maybe_unset=a.maybe_unset or b.maybe_unset,
        is_temporary=a.is_temporary and b.is_temporary,
        static=a.static if same else None,
        mixed=a.mixed or b.mixed or not same,
        mixed_as=a.mixed_as or b.mixed_as or ("" if same else _described(a.static or b.static)),
        mixed_of=a.mixed_of or b.mixed_of or (() if same else _statics(a, b)),
        view=_either_view(a, b),
        shared=_nearer(a.shared, b.shared),
        literal=a.literal if a.literal == b.literal else None,
        texts=_either_text(a.texts, b.texts),
        json_text=min(a.json_text, b.json_text),
        streams_read=a.streams_read | b.streams_read,
        assigned_at=a.assigned_at or b.assigned_at,
    )


def _statics(*facts: Fact) -> tuple[Static, ...]:
    return tuple(fact.static for fact in facts if fact.static is not None)


def _described(value: Static | None) -> str:
    return "" if value is None else describe(value)


def _either_view(a: Fact, b: Fact) -> View | None:
    """The place that the object stands in on both ways; where a variable holds nothing that can be changed, any place will do."""
    for one, other in ((a, b), (b, a)):
        if one.view is None and one.static is None and not is_mutable(one.type):
            return other.view
    return a.view if a.view == b.view else None


def _either_text(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    joined = tuple(dict.fromkeys((*a, *b))) if a and b else ()
    return joined if len(joined) <= MAX_TEXTS else ()


def _nearer(a: "Shared | None", b: "Shared | None") -> "Shared | None":
    if a is None or b is None:
        return a or b
    return a if a.depth <= b.depth else b


def held_variables(facts: Mapping[str, Fact], among: Set[str]) -> frozenset[str]:
    """Those of some variables that values which exist only while compiling are made of, like the object of a bound method."""
    found: set[str] = set()
    todo: list[object] = [fact.static for fact in facts.values() if fact.static is not None] if among else []
    while todo:
        value = todo.pop()
        if isinstance(value, Var):
            found.add(value.name)
        elif isinstance(value, tuple):
            todo += value
        elif isinstance(value, Static | Expr):
            todo += [getattr(value, one.name) for one in fields(value)]
    return frozenset(found) & among

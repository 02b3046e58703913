"""Loops whose rounds need nothing of each other, as Maps that run one iteration after the other.

    before                              after
    for x in xs:                        rounds = each x' in xs at_most=1:
      r = call f(x)                       r' = call f(x')
      good = append(good, r.n)            return pack(v0: r'.n, v1: r'.cost)
      total = total + r.cost            good = concat(good, [part(r, v0) for r in rounds])
                                        for r in rounds: total = total + part(r, v1)

What goes from round to round (`good`, `total`) must decide nothing in a round. Then all that is computed from it can as well be computed once all
rounds have ended, from the values that the rounds hand out: in the same order, so that sums and texts are the same to the last digit. That
code must not raise, as later rounds would have run by then. An iteration that fails ends the Map, and no later one has begun; what was collected
until then is gone, so no handler may read it.

What the rounds hand out stands in the result of the Map, which has a limit of its own: values of unknown size are handed out only to where they
are kept anyway, in a list, a dict or a text.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Final

from pysfnc.analysis.failures import expr_errors, suite_errors
from pysfnc.analysis.liveness import Liveness
from pysfnc.ir.exits import exits
from pysfnc.ir.exprs import Cond, Const, Expr, Input, Logic, Prim, Var
from pysfnc.ir.hir import Assign, Continue, FanOut, ForEach, If, Perform, Return, Stmt, Suite, Try
from pysfnc.ir.renaming import renamed
from pysfnc.ir.walk import assigned, has_effect, map_suites, reads, suite_exprs, walk_suite
from pysfnc.ir.walk_exprs import binds, children, free_vars, map_children, walk_expr
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.entries import Keys
from pysfnc.plan.labels import with_own_labels
from pysfnc.plan.replay import SLOT, Handing, Replay, Way, variables
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import INT, NONE, ExcT, Kind, ListT, TuplesT, TupleT, Type

Names = frozenset[str]
_SMALL: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT})
_ONE_AT_A_TIME: Final = Const(value=1, type=INT)
_MAX_ENDS: Final = 12
"""Ways through a round beyond which a loop stays one: what is left to do is written for each of them."""


class Depends(Exception):
    """The rounds of a loop are not independent; the text says why."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """A loop in the form of a Map: the statements that stand for it."""

    fan: Perform
    after: Suite

    @property
    def suite(self) -> Suite:
        return (self.fan, *self.after)


def as_map(loop: ForEach, kept: Names, names: NameSupply, empty: Names, outcomes: Names) -> Rounds:
    """The loop as a Map.

    `kept` are the variables that go from round to round, or out of the loop; `empty` those that hold empty lists before it; `outcomes` those
    that hold what the rounds of loops inside handed out.

    Raises:
        Depends: its rounds depend on each other, or something else speaks against it.
    """
    return _Writer(loop, names, empty, kept, outcomes).written()


def kept_variables(loop: ForEach, whole: ForEach, live: Liveness) -> Names:
    """The variables that go from round to round, or out of the loop, and those that are computed from them.

    `whole` is the loop as `live` knows it.

    Raises:
        Depends: they are not only collected.
    """
    inside = assigned(loop.body)
    if lost := inside & live.raised(whole):
        raise Depends(f"a handler reads {_listed(lost)}")
    behind = live.after(whole) | (live.before(whole.orelse[0]) if whole.orelse else frozenset())
    if loop.name in behind or loop.name in inside:
        raise Depends(f"`{_shown(loop.name)}` is more than the item of a round")
    found = inside & (live.before(whole.body[0]) | behind)
    assigns = [stmt for stmt in walk_suite(loop.body) if isinstance(stmt, Assign)]
    while more := {stmt.name for stmt in assigns if free_vars(stmt.value) & found} - found:
        found |= more
    return found


@dataclass(slots=True)
class _Writer:
    loop: ForEach
    names: NameSupply
    empty: Names
    kept: Names
    outcomes: frozenset[str]
    ends: dict[int, Suite] = field(default_factory=dict)
    """What is left to do behind each end of a round, by the identity of the statement that ends it."""
    handed: dict[str, Type] = field(default_factory=dict)
    """The variables of a round that it hands out."""
    held: list[Stmt] = field(default_factory=list)

    def written(self) -> Rounds:
        loop = self.loop
        self._check()
        body = self._suite(loop.body, ())
        ways = list(dict.fromkeys(map(self._way, self.ends.values())))
        whole = Handing.of(ways, self.handed)
        body = self._finished(body, ways, whole)
        own = {*(assigned(loop.body) - self.kept), loop.name, *self.handed}
        new = {name: self.names.fresh(name.split("%")[0].split("~")[0] or "t") for name in sorted(own)}
        target = self.names.fresh("rounds") if whole.hands_out else None
        fan = FanOut(
            name=new[loop.name],
            seq=loop.seq,
            body=renamed(body, new),
            max_concurrency=_ONE_AT_A_TIME,
            retry=(),
            result=ListT(whole.type),
        )
        after = () if target is None else Replay(ways, whole, target, self.names, self.empty, loop.span).written()
        perform = Perform(effect=fan, target=target, hold=None, span=loop.span)
        # What follows a decision stands on each of its ways.
        made, *behind = with_own_labels((perform, *after, *loop.orelse), self.names)
        assert isinstance(made, Perform)
        return Rounds(made, tuple(behind))

    def _check(self) -> None:
        loop = self.loop
        if not all(isinstance(member, ListT | TupleT | TuplesT) for member in members(loop.seq.type)):
            raise Depends("its items are not those of a list")
        out = exits(loop.body)
        if out.returns:
            raise Depends("a round may return")
        if out.labels - {loop.label} or any(
            not isinstance(stmt, Continue) and getattr(stmt, "label", None) == loop.label
            for stmt in walk_suite(loop.body)
        ):
            raise Depends("a round may end the loop")
        if any(isinstance(part, Input) for expr in suite_exprs(loop.body) for part in walk_expr(expr)):
            raise Depends("a round reads the input of the machine")

    # Through a round

    def _suite(self, suite: Suite, later: Suite) -> Suite:
        """The statements up to the end of the round on each way, `later` being left to do at its end."""
        made: list[Stmt] = []
        for index, stmt in enumerate(suite):
            rest = suite[index + 1 :]
            if isinstance(stmt, Assign) and stmt.name in self.kept:
                before, postponed = self._postponed(stmt)
                made += before
                later = (*later, postponed)
            elif self._is_collecting(stmt):
                assert isinstance(stmt, ForEach)
                read = self._handed_out(stmt.seq, made)
                later = (*later, replace(stmt, seq=read))
            elif isinstance(stmt, Continue) and stmt.label == self.loop.label:
                return (*made, self._end(later, stmt))
            elif not self._touches(stmt):
                made.append(stmt)
                if not exits((stmt,)).falls:
                    return tuple(made)
            else:
                return (*made, self._divided(stmt, rest, later))
        return (*made, self._end(later, None))

    def _divided(self, stmt: Stmt, rest: Suite, later: Suite) -> Stmt:
        """A statement on whose ways different things are left to do: each of them goes on to the end of the round by itself."""
        match stmt:
            case If(test=test):
                self._decides(test)
                self._once(rest, (stmt.then, stmt.orelse))
                then, orelse = (self._suite((*part, *rest), later) for part in (stmt.then, stmt.orelse))
                return replace(stmt, then=then, orelse=orelse)
            case Try(final=()):
                self._once(rest, (stmt.orelse, *(handler.body for handler in stmt.handlers)))
                body, more = self._guarded(stmt.body)
                orelse = self._suite((*stmt.orelse, *rest), (*later, *more))
                handlers = tuple(replace(h, body=self._suite((*h.body, *rest), later)) for h in stmt.handlers)
                return replace(stmt, body=body, orelse=orelse, handlers=handlers)
            case _:
                raise self._reading(assigned((stmt,)) | reads((stmt,)))

    def _once(self, rest: Suite, ways: tuple[Suite, ...]) -> None:
        """What comes behind several ways is written on each of them, so it must be no state."""
        if has_effect(rest) and sum(exits(way).falls for way in ways) > 1:
            raise Depends("what a round keeps is decided before its last call")

    def _guarded(self, suite: Suite) -> tuple[Suite, Suite]:
        """The body of a `try`: nothing may be raised once something is left to do, as the handlers would find it done."""
        made: list[Stmt] = []
        later: Suite = ()
        for stmt in suite:
            if isinstance(stmt, Assign) and stmt.name in self.kept:
                before, postponed = self._postponed(stmt)
                if later and suite_errors(before):
                    raise Depends("what comes behind the keeping of a value in a `try` may raise")
                made += before
                later = (*later, postponed)
            elif self._touches(stmt):
                raise Depends("what is kept is decided in a `try`")
            elif later and (has_effect((stmt,)) or suite_errors((stmt,))):
                raise Depends("what comes behind the keeping of a value in a `try` may raise")
            else:
                made.append(stmt)
        return tuple(made), later

    def _touches(self, stmt: Stmt) -> bool:
        """Whether a statement has to do with what goes from round to round, or ends the round."""
        if (assigned((stmt,)) | reads((stmt,))) & self.kept:
            return True
        return any(isinstance(inner, Continue) and inner.label == self.loop.label for inner in walk_suite((stmt,)))

    def _is_collecting(self, stmt: Stmt) -> bool:
        """Whether a statement does what was left to do behind the Map of a loop inside, all of it with what goes from round to round."""
        if not isinstance(stmt, ForEach) or not isinstance(stmt.seq, Var) or stmt.seq.name not in self.outcomes:
            return False
        return (assigned(stmt.body) | reads(stmt.body)) - {stmt.name} <= self.kept

    def _decides(self, test: Expr) -> None:
        if free_vars(test) & self.kept:
            raise self._reading(free_vars(test))

    def _reading(self, names: Names) -> Depends:
        return Depends(f"a round depends on {_listed(names & self.kept) or 'how the one before ended'}")

    def _end(self, later: Suite, stmt: Stmt | None) -> Return:
        end = Return(value=Const(value=None, type=NONE), span=None if stmt is None else stmt.span)
        self.ends[id(end)] = later
        if len(self.ends) > _MAX_ENDS:
            raise Depends("there are many ways through a round")
        self.held.append(end)
        return end

    # What is left to do

    def _postponed(self, stmt: Assign) -> tuple[Suite, Assign]:
        """What a round computes of an assignment, and what is left to do with that."""
        before: list[Stmt] = []
        left = self._left(stmt.value, frozenset(), before, sure=True)
        if expr_errors(left):
            raise Depends(f"what is done with `{_shown(stmt.name)}` may raise")
        if not (self._makes_entry(stmt) or _is_bounded(stmt.name, left, self.handed)):
            raise Depends(f"what goes into `{_shown(stmt.name)}` may be large")
        return tuple(before), replace(stmt, value=left)

    def _makes_entry(self, stmt: Assign) -> bool:
        """Whether each round makes an entry of its own in a dict, or a small one for a key that is there already."""
        match stmt.value:
            case Prim(op="item.set", args=(Var(name=name), key, value)) if name == stmt.name:
                keys = Keys(self.loop)
                return keys.is_new(key) or (keys.is_given(key) and _is_small(value.type))
            case _:
                return False

    def _left(self, expr: Expr, bound: Names, before: list[Stmt], *, sure: bool) -> Expr:
        """An expression with the largest parts that a round can compute by itself as variables. `sure`: Python always evaluates it."""
        if isinstance(expr, Const):
            return expr
        free = free_vars(expr)
        if not free & self.kept and not free & bound:
            if not sure and expr_errors(expr):
                raise Depends("a value that is needed at times only may raise")
            return self._handed_out(expr, before)
        inner = bound | frozenset(binds(expr))
        parts = children(expr)
        first = parts[0] if parts else None
        always = sure and not isinstance(expr, Cond | Logic) and not binds(expr)

        def part(one: Expr) -> Expr:
            return self._left(one, bound if one is first else inner, before, sure=always or (sure and one is first))

        return map_children(expr, part)

    def _handed_out(self, expr: Expr, before: list[Stmt]) -> Expr:
        if any(isinstance(member, ExcT) for member in members(expr.type)):
            raise Depends("an exception is kept")
        name = self.names.fresh("kept")
        self.handed[name] = expr.type
        before.append(Assign(name=name, value=expr, span=expr.span))
        return Var(name=name, type=expr.type, span=expr.span)

    def _way(self, later: Suite) -> Way:
        """What is left to do, with slots in place of the variables of the round."""
        used = dict.fromkeys(part.name for part in variables(later) if part.name in self.handed)
        slots = {name: f"{SLOT}v{index}" for index, name in enumerate(used)}
        return Way(renamed(later, slots), tuple(slots.values()))

    def _finished(self, suite: Suite, ways: list[Way], handing: "Handing") -> Suite:
        """The body with what it hands out at its ends."""
        made: list[Stmt] = []
        for stmt in suite:
            if id(stmt) in self.ends:
                assert isinstance(stmt, Return)
                later = self.ends[id(stmt)]
                made.append(replace(stmt, value=handing.value(ways.index(self._way(later)), later, self.handed)))
            elif isinstance(stmt, Perform):
                made.append(stmt)
            else:
                made.append(map_suites(stmt, lambda inner: self._finished(inner, ways, handing)))
        return tuple(made)


def _is_bounded(name: str, left: Expr, handed: Mapping[str, Type]) -> bool:
    """Whether what an assignment takes of a round is small, or stays in the variable for as long as that lives."""
    match left:
        case Prim(op="list.append" | "list.concat" | "+" | "+=", args=(Var(name=first), Var(name=second))):
            grows = left.op.startswith("list.") or kinds(left.type) == {Kind.STR}
            if grows and first == name and second in handed:
                return True
        case _:
            pass
    return all(_is_small(handed[read]) for read in free_vars(left) & handed.keys())


def _is_small(type_: Type) -> bool:
    return bool(kinds(type_)) and kinds(type_) <= _SMALL


def _shown(name: str) -> str:
    return name.split("%")[0].split("~")[0]


def _listed(names: Names) -> str:
    return ", ".join(f"`{_shown(name)}`" for name in sorted(names))

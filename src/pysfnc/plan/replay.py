"""What the rounds of a loop leave to be done, and how they hand out the values for it.

Each way through a round has its statements, with slots in place of what the round computed. A round hands out the values of the slots, and behind the
Map the statements are done for one round after the other.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pysfnc.ir.exprs import Const, Expr, ListComp, Prim, Var
from pysfnc.ir.hir import Assign, ForEach, If, Stmt, Suite
from pysfnc.ir.walk import assigned, map_suite_exprs, suite_exprs
from pysfnc.ir.walk_exprs import substitute, walk_expr
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.source.span import Span
from pysfnc.values.types import BOOL, INT, JSON, NONE, STR, ListT, Type

Names = frozenset[str]

SLOT: Final = "~"
"""How the names of slots begin, the keys of what a round hands out behind it."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way through a round: what is to be done with the values that it hands out, in order, each under the name of its slot."""

    later: Suite
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handing:
    """How a round hands out its values: alone, or as an object that also tells the ways apart."""

    tagged: bool
    alone: bool
    hands_out: bool
    type: Type

    @staticmethod
    def of(ways: list[Way], types: Mapping[str, Type]) -> "Handing":
        tagged = len(ways) > 1
        alone = not tagged and all(len(way.slots) == 1 for way in ways)
        hands_out = any(way.later for way in ways)
        found: Type = JSON
        if alone and hands_out:
            found = next(part.type for part in variables(ways[0].later) if _is_slot(part))
        return Handing(tagged, alone, hands_out, found if hands_out else NONE)

    def value(self, number: int, later: Suite, handed: Mapping[str, Type]) -> Expr:
        """What an end of a round hands out."""
        if not self.hands_out:
            return Const(value=None, type=NONE)
        values = list({part.name: part for part in variables(later) if part.name in handed}.values())
        if self.alone:
            return values[0]
        parts: list[Expr] = []
        if self.tagged:
            parts += [Const(value="k", type=STR), Const(value=number, type=INT)]
        for index, part in enumerate(values):
            parts += [Const(value=f"v{index}", type=STR), part]
        return Prim(op="scope.pack", args=tuple(parts), type=JSON)


def variables(suite: Suite) -> list[Var]:
    """All variables that are read, in order."""
    return [part for expr in suite_exprs(suite) for part in walk_expr(expr) if isinstance(part, Var)]


def _is_slot(part: Expr) -> bool:
    return isinstance(part, Var) and part.name.startswith(SLOT)


@dataclass(frozen=True, slots=True)
class Replay:
    """Writes what is done behind the Map with what its rounds handed out."""

    ways: list[Way]
    handing: Handing
    target: str
    names: NameSupply
    empty: Names
    span: Span | None

    def written(self) -> Suite:
        """The statements, by what they have to do with each other: lists that only get longer need no loop."""
        made: list[Stmt] = []
        for together in self._apart():
            ways = [Way(tuple(s for s in way.later if _touched(s) & together), way.slots) for way in self.ways]
            part = replace(self, ways=ways)
            lists = part._lists()
            made += part._in_turn() if lists is None else lists
        return tuple(made)

    def _apart(self) -> list[set[str]]:
        """The variables that the statements change, together where one statement has to do with several."""
        found: list[set[str]] = []
        for stmt in (stmt for way in self.ways for stmt in way.later):
            mine = set(_touched(stmt))
            for other in [other for other in found if other & mine]:
                mine |= other
                found.remove(other)
            found.append(mine)
        return found

    def _value(self, outcome: str, slot: Var) -> Expr:
        if self.handing.alone:
            return Var(name=outcome, type=slot.type)
        return self._part(outcome, slot.name.removeprefix(SLOT), slot.type)

    def _part(self, outcome: str, key: str, type_: Type) -> Expr:
        pack = Var(name=outcome, type=JSON)
        return Prim(op="scope.part", args=(pack, Const(value=key, type=STR)), type=type_)

    def _is_way(self, outcome: str, number: int) -> Expr:
        args = (self._part(outcome, "k", INT), Const(value=number, type=INT))
        return Prim(op="loop.is_way", args=args, type=BOOL)

    def _rounds(self) -> Var:
        return Var(name=self.target, type=ListT(self.handing.type))

    def _lists(self) -> Suite | None:
        """Lists that get one item more on one way need no loop; None where there is something else to do."""
        every = [(number, stmt) for number, way in enumerate(self.ways) for stmt in way.later]
        found = [(number, stmt) for number, stmt in every if isinstance(stmt, Assign)]
        if len({stmt.name for _, stmt in found}) < len(every):
            return None
        made: list[Stmt] = []
        for number, stmt in found:
            match stmt.value:
                case Prim(op="list.append", args=(Var(name=name), Var() as slot)) if (name, _is_slot(slot)) == (
                    stmt.name,
                    True,
                ):
                    made.append(self._longer(number, stmt, slot))
                case _:
                    return None
        return tuple(made)

    def _longer(self, number: int, stmt: Assign, slot: Var) -> Stmt:
        items: Expr = self._rounds()
        if not self.handing.alone:
            outcome = self.names.fresh("round")
            cond = self._is_way(outcome, number) if self.handing.tagged else None
            body = self._value(outcome, slot)
            items = ListComp(name=outcome, seq=items, cond=cond, body=body, type=ListT(slot.type))
        if stmt.name in self.empty:
            return replace(stmt, value=items, changes=False)
        so_far = Var(name=stmt.name, type=stmt.value.type)
        return replace(stmt, value=Prim(op="list.concat", args=(so_far, items), type=stmt.value.type))

    def _in_turn(self) -> Suite:
        """The rounds again, one after the other, with nothing but what was left to do."""
        outcome = self.names.fresh("round")
        body: Suite = ()
        for number, way in reversed(list(enumerate(self.ways))):
            slots = {part.name: self._value(outcome, part) for part in variables(way.later) if _is_slot(part)}
            own = map_suite_exprs(way.later, lambda expr, slots=slots: substitute(expr, slots))  # type: ignore[misc]
            if number == len(self.ways) - 1:
                body = own
            elif own or body:
                body = (If(test=self._is_way(outcome, number), then=own, orelse=body),)
        label = self.names.fresh("again")
        return (ForEach(label=label, name=outcome, seq=self._rounds(), body=body, orelse=(), span=self.span),)


def _touched(stmt: Stmt) -> Names:
    """The variables of the program that a statement reads or changes."""
    own = {stmt.name} if isinstance(stmt, ForEach) else set()
    names = assigned((stmt,)) | {part.name for part in variables((stmt,)) if not _is_slot(part)}
    return frozenset(names - own)

"""What names for parts of other variables need, when all of a machine is known: the places of items found in loops, and a value from the start.

    for row in rows:
        if row["id"] == wanted:
            break
    row["seen"] = True

Behind the loop `row` stands in `rows` at the index of the last round. A loop whose body changes nothing has no index, as nearly no loop needs one:
it gets one here. Where `row = None` on other ways, its place may be unset there, and is not used; later stages want a value even so.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from pysfnc.frontend.core.effects import can_raise
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import Assign, Beside, ForEach, Perform, Recursion, Stmt, Suite
from pysfnc.ir.verify import read_unset
from pysfnc.ir.walk import map_suites, stmt_suites, suite_exprs, targets, walk_suite
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.lean import dataclass
from pysfnc.values.types import INT, NONE


@dataclass(frozen=True, slots=True)
class Counter:
    """How a loop counts its rounds.

    Attributes:
        number: the variable that holds the number of the round, from 0 on.
        following: the number of the next round.
        keys: the list of which the item at that number is the key, for a loop over the values of a dict.
        key: the variable of that key, and how it is read.
    """

    number: Var
    following: Expr
    keys: tuple[Var, Expr] | None = None
    key: tuple[Var, Expr] | None = None

    def variables(self) -> frozenset[str]:
        """What others read."""
        return frozenset({self.number.name} if self.key is None else {self.key[0].name})


def with_counted_loops(suite: Suite, counters: Sequence[tuple[str, Counter]]) -> Suite:
    """The suite, in which the loops count their rounds whose numbers are read somewhere; `counters` with the labels of loops."""
    if not counters:
        return suite
    read = frozenset().union(*map(free_vars, suite_exprs(suite)))
    wanted = {label: counter for label, counter in counters if not read.isdisjoint(counter.variables())}
    return _counted(suite, wanted) if wanted else suite


def _counted(suite: Suite, counters: Mapping[str, Counter]) -> Suite:
    out: list[Stmt] = []
    for stmt in suite:
        inner = map_suites(stmt, lambda part: _counted(part, counters))
        counter = counters.get(inner.label) if isinstance(inner, ForEach) else None
        if counter is None or not isinstance(inner, ForEach):
            out.append(inner)
            continue
        span = inner.span
        if counter.keys is not None:
            out.append(Assign(name=counter.keys[0].name, value=counter.keys[1], span=span))
        out.append(Assign(name=counter.number.name, value=Const(value=-1, type=INT, span=span), span=span))
        head = [Assign(name=counter.number.name, value=counter.following, span=span)]
        if counter.key is not None:
            head.append(Assign(name=counter.key[0].name, value=counter.key[1], span=span))
        out.append(replace(inner, body=(*head, *inner.body)))
    return tuple(out)


def with_places_set(suite: Suite, params: Iterable[str]) -> Suite:
    """The suite, in which the variables that places are named by begin as null, if some way to a change at such a place does not assign them."""
    named = {name for stmt in walk_suite(suite) if isinstance(stmt, Assign) and stmt.changes for name in _place(stmt)}
    unset = read_unset(suite, params, can_raise) & named if named else set()
    return _begun(suite, unset) if unset else suite


def _place(stmt: Assign) -> frozenset[str]:
    return free_vars(stmt.value) | {stmt.name}


def _assigned_here(suite: Suite) -> set[str]:
    """The variables that a body assigns itself, not in functions in it."""
    found: set[str] = set()
    for stmt in suite:
        found.update(targets(stmt))
        if not isinstance(stmt, Recursion):
            found.update(*map(_assigned_here, stmt_suites(stmt)))
    return found


def _begun(suite: Suite, unset: Set[str]) -> Suite:
    """A body, and those of the branches and functions in it, with the variables set that belong to it."""
    own: dict[str, None] = {}
    outside = _assigned_here(suite)

    def inside(part: Suite) -> Suite:
        return tuple(map(each, part))

    def each(stmt: Stmt) -> Stmt:
        if isinstance(stmt, Perform | Beside):
            return map_suites(stmt, lambda part: _begun(part, unset))
        if isinstance(stmt, Recursion):
            # What it shares with its surroundings begins there.
            return map_suites(stmt, lambda part: _begun(part, unset - outside - set(stmt.params)))
        if isinstance(stmt, Assign) and stmt.name in unset:
            own[stmt.name] = None
        return map_suites(stmt, inside)

    body = inside(suite)
    none = Const(value=None, type=NONE)
    return (*(Assign(name=name, value=none) for name in own), *body)

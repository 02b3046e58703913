"""Small things that the planner of states makes again and again."""

from collections.abc import Collection, Iterable

from pysfnc.ir.exprs import Const, Expr, Input, Prim, Var
from pysfnc.ir.hir import Assign, Eval, If, Raise, Stmt, Suite
from pysfnc.ir.mir import Computed, Edge, Pass, Work
from pysfnc.ir.walk import assigned, suite_exprs
from pysfnc.ir.walk_exprs import node_count
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.plan.graph import Node
from pysfnc.plan.live import nodes_from, successors
from pysfnc.plan.path import known, sliced
from pysfnc.plan.states.surroundings import LARGE, Names
from pysfnc.values.types import BOOL, INT, NONE, STR


def given_part(key: str, of: Expr | None = None) -> Expr:
    """A member of what the scope is given as its input, or of a part of that."""
    return Prim(op="scope.part", args=(of or Input(type=NONE), Const(value=key, type=STR)), type=NONE)


def passed(prefix: Suite) -> Suite:
    """Code that ran before without failing, without the statements that could only fail."""
    return tuple(stmt for stmt in prefix if not _only_fails(stmt))


def _only_fails(stmt: Stmt) -> bool:
    match stmt:
        case Eval():
            return True
        case If(then=then, orelse=orelse):
            return all(not part or _only_raises(part) for part in (then, orelse))
        case _:
            return False


def _only_raises(suite: Suite) -> bool:
    *before, last = suite
    return isinstance(last, Raise) and all(isinstance(part, Assign) for part in before)


def hold(target: str | None, brought: str) -> Assign:
    """What a state brings (its result, the exception it caught) becomes the variable of the program."""
    assert target is not None
    return Assign(name=target, value=Var(name=brought, type=NONE))


@dataclass(frozen=True, slots=True)
class Pack:
    """Several variables as one: what computes them all is written once, and they are taken out where they are needed."""

    name: str
    keys: tuple[tuple[str, str], ...]
    """Variable -> key."""

    @staticmethod
    def of(variables: list[str], names: NameSupply) -> "Pack":
        """The pack for variables."""
        return Pack(names.fresh("computed"), tuple((name, f"v{i}") for i, name in enumerate(variables)))

    def made(self) -> Expr:
        """The value of the pack."""
        parts: list[Expr] = []
        for name, key in self.keys:
            parts += [Const(value=key, type=STR), Var(name=name, type=NONE)]
        return Prim(op="scope.pack", args=tuple(parts), type=NONE)

    def unpacking(self, wanted: Iterable[str]) -> Suite:
        """The wanted variables out of the pack."""
        pack = Var(name=self.name, type=NONE)
        chosen = set(wanted)
        return tuple(
            Assign(name=name, value=Prim(op="scope.part", args=(pack, Const(value=key, type=STR)), type=NONE))
            for name, key in self.keys
            if name in chosen
        )


def pack_assigns(state: Work | Pass | Edge, suite: Suite, names: NameSupply) -> Suite:
    """Make what is assigned behind a suite one variable; what takes the others out of it."""
    pack = Pack.of(sorted(state.assigns), names)
    unpacking = pack.unpacking(state.assigns)
    state.assigns = {pack.name: Computed(suite, pack.made())}
    return unpacking


def is_large(suite: Suite, variables: Collection[str]) -> bool:
    """Whether what several variables depend on is too long to be written for each of them."""
    if len(variables) <= 1:
        return False
    alone = sum(weight(sliced(suite, (name,))) for name in variables)
    return alone - weight(sliced(suite, variables)) > LARGE


def known_values(before: Suite, wanted: Names) -> dict[str, Computed]:
    """What code that is known not to fail assigns of the wanted variables."""
    return {name: known(before, Var(name=name, type=NONE)) for name in sorted(assigned(before) & wanted)}


def is_route(caught: Expr, number: int) -> Expr:
    """Whether what was caught is the marker with a number: of a handler, or of a way."""
    return Prim(op="exc.route_is", args=(caught, Const(value=number, type=INT)), type=BOOL)


def is_way(tag: str, number: int) -> Expr:
    """Whether a flow came to the leaf with a number."""
    return Prim(op="loop.is_way", args=(Var(name=tag, type=INT), Const(value=number, type=INT)), type=BOOL)


def weight(suite: Suite) -> int:
    """How much a suite computes: the nodes of its expressions."""
    return sum(node_count(expr) for expr in suite_exprs(suite))


def repeats(node: Node) -> bool:
    """Whether the node can run again."""
    return any(node in successors(other) for other in nodes_from(node))

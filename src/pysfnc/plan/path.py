"""Ways through a flow, and what the rules of a Choice say of them.

A rule is looked at only when none before it matched. So a test that was false needs no mention behind its rule, and code whose
failure has a rule of its own is known not to fail in those that follow.
"""

from collections.abc import Iterable

from pysfnc.ir.exprs import Const, Expr, Logic, Var
from pysfnc.ir.hir import Assign, Handler, If, Stmt, Suite, Try
from pysfnc.ir.mir import Computed
from pysfnc.ir.walk import assigned, reads
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.values.types import BOOL, NONE, ExcT


def sliced(suite: Suite, names: Iterable[str]) -> Suite:
    """The statements of a row that the values of some variables depend on."""
    needed = set(names)
    kept: list[Stmt] = []
    for stmt in reversed(suite):
        if assigned((stmt,)) & needed:
            kept.append(stmt)
            if isinstance(stmt, Assign):
                needed.discard(stmt.name)
            needed |= reads((stmt,))
    return tuple(reversed(kept))


def known(suite: Suite, value: Expr) -> Computed:
    """A value after code that is known not to fail."""
    return Computed((), value, sliced(suite, free_vars(value)))


@dataclass(frozen=True, slots=True)
class Path:
    """A way through a flow: all its code, and the tests that were true on it, each with the code before it."""

    code: Suite = ()
    tests: tuple[tuple[Suite, Expr], ...] = ()
    since: Suite = ()
    """The code since the last of the tests."""

    def then(self, stmts: Suite) -> "Path":
        """The way on through code."""
        return Path((*self.code, *stmts), self.tests, (*self.since, *stmts))

    def taken(self, test: Expr) -> "Path":
        """The way on through a test that holds."""
        return Path(self.code, (*self.tests, (self.since, test)), ())

    def condition(self, names: NameSupply) -> Computed:
        """Whether all tests hold; the code behind a test, which may rely on it, runs only where it holds."""
        (before, test), *inner = self.tests
        both = test
        for _, more in inner:
            both = Logic(op="and", left=both, right=more, type=BOOL, span=more.span)
        if not any(assigned(code) & free_vars(both) for code, _ in inner):
            return known(before, both)
        hit = names.fresh("hit")
        suite: Suite = (Assign(name=hit, value=Const(value=True, type=BOOL)),)
        for code, test in reversed(self.tests):
            suite = (*code, If(test=test, then=suite, orelse=()))
        suite = (Assign(name=hit, value=Const(value=False, type=BOOL)), *suite)
        return Computed((), Var(name=hit, type=BOOL), suite)

    def failing(self, stmts: Suite, names: NameSupply) -> tuple[Computed, Computed]:
        """Whether this way is taken and code at its end fails, and with which exception."""
        failed, raised, caught = (names.fresh(hint) for hint in ("failed", "raised", "caught"))
        mark = Assign(name=failed, value=Const(value=True, type=BOOL))
        keep = Assign(name=raised, value=Var(name=caught, type=ExcT(None)))
        probe = (
            Assign(name=failed, value=Const(value=False, type=BOOL)),
            _tried(stmts, Handler(classes=None, name=None, body=(mark,))),
        )
        fetch = (
            Assign(name=raised, value=Const(value=None, type=NONE)),
            _tried(stmts, Handler(classes=None, name=caught, body=(keep,))),
        )
        test = self.then(probe).taken(Var(name=failed, type=BOOL)).condition(names)
        return test, known((*self.code, *fetch), Var(name=raised, type=ExcT(None)))


def _tried(stmts: Suite, handler: Handler) -> Try:
    return Try(body=stmts, handlers=(handler,), orelse=(), final=())

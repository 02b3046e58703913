"""What becomes of branches when one of them fails: Python's rules, decided for what the branches do and what comes behind.

Python lets the branches of an `asyncio.gather` go on by themselves when one fails. Where the program ends with that failure they end too, so
stopping them makes no difference; where it goes on and has further effects, they would have theirs in the background, and that is refused. Code
that does not wait (a call that is not awaited) cannot be stopped between two calls, so a branch of such code runs to its end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from pysfnc.analysis.branches import Conduct, conduct
from pysfnc.diagnostics import Sink, codes
from pysfnc.ir.exits import exits
from pysfnc.ir.hir import Beside, Block, FanOut, ForEach, Fork, Machine, Perform, Rest, Stmt, Suite, Try, While
from pysfnc.ir.walk import effect_suites, has_effect, map_suites, stmt_suites
from pysfnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Whether an effect may come: behind the suite at hand, after a return from it, after an exception leaves it, after a jump to a label."""

    after: bool = False
    returned: bool = False
    raised: bool = False
    labels: Mapping[str, bool] = field(default_factory=dict)


def resolve_rests(suite: Suite) -> Suite:
    """The body of a machine with a rest that says what the machine does, for each fork."""
    return _Resolver(None).suite(suite, _Ahead())


def check_rests(machine: Machine, sink: Sink) -> None:
    """Report branches for which the machine cannot do what Python does (SFN408)."""
    _Resolver(sink).suite(machine.body, _Ahead())


@dataclass(frozen=True, slots=True)
class _Resolver:
    sink: Sink | None

    def suite(self, suite: Suite, ahead: _Ahead) -> Suite:
        made: list[Stmt] = []
        for stmt in reversed(suite):
            made.append(self._stmt(stmt, ahead))
            if has_effect((stmt,)):
                ahead = replace(ahead, after=True)
        return tuple(reversed(made))

    def _stmt(self, stmt: Stmt, ahead: _Ahead) -> Stmt:
        match stmt:
            case Perform(effect=Fork() | FanOut() as effect):
                rest = self._rest(stmt, effect.rest, effect_suites(effect), ahead)
                inner = _inside(rest, ahead)
                changed = map_suites(stmt, lambda body: self.suite(body, inner))
                assert isinstance(changed, Perform) and isinstance(changed.effect, Fork | FanOut)
                return replace(changed, effect=replace(changed.effect, rest=rest))
            case Beside():
                rest = self._rest(stmt, stmt.rest, (*stmt.branches, stmt.body), ahead)
                inner = _inside(rest, ahead)
                branches = tuple(self.suite(branch, inner) for branch in stmt.branches)
                return replace(stmt, rest=rest, branches=branches, body=self.suite(stmt.body, ahead))
            case While(label=label) | ForEach(label=label):
                again = ahead.after or has_effect(stmt_suites(stmt)[0])
                own = replace(ahead, after=again, labels={**ahead.labels, label: again})
                return map_suites(stmt, lambda body: self.suite(body, own))
            case Block(label=label):
                own = replace(ahead, labels={**ahead.labels, label: ahead.after})
                return map_suites(stmt, lambda body: self.suite(body, own))
            case Try():
                return self._try(stmt, ahead)
            case _:
                return map_suites(stmt, lambda body: self.suite(body, ahead))

    def _try(self, stmt: Try, ahead: _Ahead) -> Stmt:
        outer = ahead
        if has_effect(stmt.final):
            outer = _Ahead(True, True, True, dict.fromkeys(ahead.labels, True))
        handlers = tuple(replace(handler, body=self.suite(handler.body, outer)) for handler in stmt.handlers)
        raised = outer.raised or any(_leads_on(handler.body, outer) for handler in handlers)
        caught = replace(outer, raised=raised, after=outer.after or has_effect(stmt.orelse))
        return replace(
            stmt,
            body=self.suite(stmt.body, caught),
            handlers=handlers,
            orelse=self.suite(stmt.orelse, outer),
            final=self.suite(stmt.final, ahead),
        )

    def _rest(self, stmt: Perform | Beside, rest: Rest, suites: Sequence[Suite], ahead: _Ahead) -> Rest:
        if rest not in ("leave", "await", "group"):
            return rest
        found = [conduct(suite) for suite in suites]
        going = [one for one in found if one.goes_on]
        if not any(one.lets_go for one in found) and (len(found) > 1 or isinstance(stmt, Perform)):
            # Nothing here waits, so Python runs one after the other.
            return "collect" if rest == "group" else "in_order"
        if rest == "group":
            self._check_stuck(stmt, going, all_=False)
            return rest
        if not going:
            return "stop"
        if any(one.is_stuck for one in going):
            self._check_stuck(stmt, going, all_=True)
            return "finish"
        if not ahead.raised:
            return "stop"
        if rest == "leave":
            self._refuse_leaving(stmt)
        return "finish"

    def _check_stuck(self, stmt: Stmt, going: Sequence[Conduct], *, all_: bool) -> None:
        """A branch that cannot be stopped half-way stands beside others that Python stops."""
        stuck = [one for one in going if one.is_stuck]
        if self.sink is None or not stuck or (all_ and len(stuck) == len(going)):
            return
        self.sink.error(
            codes.LEFT_RUNNING,
            stmt.span,
            "some of these calls do not wait with `await` between their effects, so Python cannot stop them there when another one fails",
            notes=["the machine would stop them wherever they are"],
            help="write instead: `await asyncio.to_thread(f, x)` for each of these calls, or `@task async def`",
        )

    def _refuse_leaving(self, stmt: Stmt) -> None:
        if self.sink is not None:
            self.sink.error(
                codes.LEFT_RUNNING,
                stmt.span,
                "if one of these calls fails, Python lets the others go on in the background while the program does something else",
                notes=["the machine has no background: what they had yet to do would be missing"],
                help=[
                    "write instead: `asyncio.TaskGroup`, which stops the others",
                    "or write instead: `return_exceptions=True`, which waits for all of them",
                ],
            )


def _inside(rest: Rest, ahead: _Ahead) -> _Ahead:
    """What may come behind the end of a branch: the others, and what comes behind all of them."""
    return _Ahead(True, True, ahead.raised if rest in ("stop", "group") else True)


def _leads_on(handler: Suite, ahead: _Ahead) -> bool:
    """Whether an effect may come once a handler has begun."""
    if has_effect(handler):
        return True
    ways = exits(handler)
    return (
        (ways.falls and ahead.after)
        or (ways.returns and ahead.returned)
        or any(ahead.labels.get(label, True) for label in ways.labels)
        or ahead.raised
    )

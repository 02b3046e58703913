"""A body beside branches becomes one more branch, which hands out what is read behind it.

    before                          after
    pair = beside:                  pair = fork:
      x = f(1)                        branch: return g(2)
      if x: return "early"            branch:
    branch:                             x' = f(1)
      return g(2)                       if x': return (1, "early")
    use(x, pair)                        return (0, x')
                                    out = part 1 of pair
                                    if tag of out is 1: return value of out
                                    x = x of out
                                    use(x, pair)

It runs at every level: what comes after knows branches only. Variables get names of their own inside, as AWS lets no branch assign what its
surroundings assign.
"""

from dataclasses import replace

from pysfnc.analysis.liveness import Liveness, liveness
from pysfnc.ir.exits import exits
from pysfnc.ir.exprs import Const, Expr, NewExc, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    Beside,
    Block,
    Break,
    Continue,
    ForEach,
    Fork,
    Handler,
    If,
    Leave,
    Perform,
    Raise,
    Recur,
    Recursion,
    Return,
    Sleep,
    Stmt,
    Suite,
    Try,
    While,
)
from pysfnc.ir.walk import assigned, map_suite_exprs, map_suites, stmt_suites, walk_suite
from pysfnc.ir.walk_exprs import rename
from pysfnc.lean import dataclass
from pysfnc.library.rows.row import NameSupply
from pysfnc.passes.races import ended_race, ending_by_raise
from pysfnc.values.types import BOOL, INT, JSON, NONE, STR, ExcT

_NO_VALUE = Const(value=None, type=NONE)
_Jump = Break | Continue | Leave


def write_beside(suite: Suite, names: NameSupply) -> Suite:
    """The suite without `Beside`."""
    while any(isinstance(stmt, Beside) for stmt in walk_suite(suite)):
        suite = _outermost(suite, liveness(suite), names)
    return suite


def _outermost(suite: Suite, live: Liveness, names: NameSupply) -> Suite:
    return tuple(made for stmt in suite for made in _stmt(stmt, live, names))


def _stmt(stmt: Stmt, live: Liveness, names: NameSupply) -> Suite:
    if isinstance(stmt, Beside):
        return _Writer(stmt, live, names).written()
    return (map_suites(stmt, lambda inner: _outermost(inner, live, names)),)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way out of the body: the jump that goes on outside (None at its end), and the variables that are read there."""

    jump: Stmt | None
    names: tuple[str, ...]
    value: Expr | None = None


class _Writer:
    """Writes one `Beside`."""

    def __init__(self, stmt: Beside, live: Liveness, names: NameSupply) -> None:
        self._stmt = stmt
        self._live = live
        self._names = names
        self._inside = assigned(stmt.body)
        self._new = {name: names.fresh(_base(name)) for name in sorted(self._inside)}
        self._ways: list[_Way] = []
        self._keys: dict[object, int] = {}

    def written(self) -> Suite:
        """The statements that stand for it."""
        self._find_ways()
        branch = self._branch()
        if self._stmt.wins:
            return self._winning(branch)
        if self._stmt.limit is not None:
            return self._raced(branch, self._stmt.limit)
        count = len(self._stmt.branches)
        target = self._stmt.target or self._names.fresh("branches")
        effect = Fork(branches=(*self._stmt.branches, branch), retry=(), result=JSON, rest=self._stmt.rest)
        pack = Prim(op="loop.item", args=(Var(name=target, type=JSON), Const(value=count, type=INT)), type=JSON)
        return (Perform(effect=effect, target=target, hold=None, span=self._stmt.span), *self._taken_out(pack))

    # The branch

    def _find_ways(self) -> None:
        if exits(self._stmt.body).falls:
            self._add(None, None, self._live.after(self._stmt) - {self._stmt.target or ""})
        own = {stmt.label for stmt in walk_suite(self._stmt.body) if isinstance(stmt, While | ForEach | Block)}
        self._jumps(self._stmt.body, own)
        if self._stmt.rest in ("finish", "in_order") and self._live.raised(self._stmt) & self._inside:
            self._add("raise", Raise(exc=Var(name="", type=ExcT(None))), self._live.raised(self._stmt))

    def _jumps(self, suite: Suite, own: set[str]) -> None:
        for stmt in suite:
            match stmt:
                case Return():
                    self._add("return", stmt, frozenset())
                case Break(label=label) | Continue(label=label) | Leave(label=label) if label not in own:
                    self._add((type(stmt), label), stmt, self._live.before(stmt))
                case Perform():
                    pass
                case Beside(body=body):
                    self._jumps(body, own)
                case _:
                    for inner in stmt_suites(stmt):
                        self._jumps(inner, own)

    def _add(self, key: object, jump: Stmt | None, read: frozenset[str]) -> None:
        if key not in self._keys:
            self._keys[key] = len(self._ways)
            self._ways.append(_Way(jump, tuple(sorted(read & self._inside))))

    def _branch(self) -> Suite:
        before = self._live.before(self._stmt)
        copies = tuple(
            Assign(name=self._new[name], value=Var(name=name, type=JSON)) for name in sorted(self._inside & before)
        )
        body = self._inner(self._stmt.body)
        if exits(self._stmt.body).falls:
            body = (*body, self._left(None, _NO_VALUE))
        if "raise" in self._keys:
            error = self._names.fresh("error")
            kept = self._left("raise", Var(name=error, type=ExcT(None)))
            body = (Try(body=body, handlers=(Handler(classes=None, name=error, body=(kept,)),), orelse=(), final=()),)
        return (*copies, *body)

    def _inner(self, suite: Suite) -> Suite:
        renamed = map_suite_exprs(suite, lambda expr: rename(expr, self._new))
        return tuple(self._renamed(stmt) for stmt in renamed)

    def _renamed(self, stmt: Stmt) -> Stmt:
        """The statement with its own names in place of the variables that it assigns, and with ends of the branch in place of jumps."""
        match stmt:
            case Return(value=value):
                return self._left("return", value)
            case Break(label=label) | Continue(label=label) | Leave(label=label):
                return self._left((type(stmt), label), _NO_VALUE) if (type(stmt), label) in self._keys else stmt
            case Assign(name=name):
                return replace(stmt, name=self._new[name])
            case Perform(target=target):
                return stmt if target is None else replace(stmt, target=self._new[target])
            case Beside(target=target, body=body):
                inner = tuple(map(self._renamed, body))
                return replace(stmt, target=None if target is None else self._new[target], body=inner)
            case ForEach(name=name):
                stmt = replace(stmt, name=self._new[name])
            case Recursion():
                params, results = (tuple(map(self._name, names)) for names in (stmt.params, stmt.results))
                stmt = replace(stmt, params=params, results=results, targets=self._targets(stmt.targets))
            case Recur():
                return replace(stmt, targets=self._targets(stmt.targets))
            case Try(handlers=handlers):
                named = (h if h.name is None else replace(h, name=self._new[h.name]) for h in handlers)
                stmt = replace(stmt, handlers=tuple(named))
            case _:
                pass
        return map_suites(stmt, lambda inner: tuple(map(self._renamed, inner)))

    def _name(self, name: str) -> str:
        return self._new.get(name, name)

    def _targets(self, names: tuple[str | None, ...]) -> tuple[str | None, ...]:
        return tuple(None if name is None else self._name(name) for name in names)

    def _left(self, key: object, value: Expr) -> Return:
        """The end of the branch on one of the ways out."""
        number = self._keys[key]
        way = self._ways[number]
        parts: list[Expr] = []
        if len(self._ways) > 1:
            parts += [_text("way"), Const(value=number, type=INT)]
        if way.jump is not None and not isinstance(way.jump, _Jump):
            parts += [_text("value"), value]
        for index, name in enumerate(way.names):
            parts += [_text(f"v{index}"), Var(name=self._new[name], type=JSON)]
        return Return(value=Prim(op="scope.pack", args=tuple(parts), type=JSON) if parts else _NO_VALUE)

    # Behind it

    def _taken_out(self, pack: Expr) -> Suite:
        held = self._names.fresh("pack")
        out = Var(name=held, type=JSON)
        made: Suite = ()
        for number, way in reversed(list(enumerate(self._ways))):
            own = self._way_on(way, out)
            if number == len(self._ways) - 1:
                made = own
                continue
            test = Prim(op="loop.is_way", args=(_part(out, "way"), Const(value=number, type=INT)), type=BOOL)
            made = (If(test=test, then=own, orelse=made),) if made or own else ()
        if not self._ways:
            never = NewExc(name=_text("RuntimeError"), message=_text(""), args=(), type=ExcT(None))
            return (Raise(exc=never, span=self._stmt.span),)
        used = any(way.names or way.jump is not None for way in self._ways)
        return (Assign(name=held, value=pack), *made) if used else ()

    def _way_on(self, way: _Way, out: Expr) -> Suite:
        assigns = tuple(Assign(name=name, value=_part(out, f"v{index}")) for index, name in enumerate(way.names))
        match way.jump:
            case None:
                return assigns
            case Return(span=span):
                return (*assigns, Return(value=_part(out, "value"), span=span))
            case Raise(span=span):
                return (*assigns, Raise(exc=replace(_part(out, "value"), type=ExcT(None)), span=span))
            case jump:
                return (*assigns, jump)

    def _winning(self, branch: Suite) -> Suite:
        """The end of the body stops the branches."""
        branches = (*self._stmt.branches, ending_by_raise(branch, self._names))
        pack = self._names.fresh("pack")
        race = Perform(
            effect=Fork(branches=branches, retry=(), result=JSON), target=None, hold=None, span=self._stmt.span
        )
        return (*ended_race(race, pack, JSON, self._names), *self._taken_out(Var(name=pack, type=JSON)))

    def _raced(self, branch: Suite, limit: Expr) -> Suite:
        """The branch and a clock: the branch ends by raising what it returns, the clock by raising TimeoutError."""
        span = self._stmt.span
        timeout = NewExc(
            name=_text("TimeoutError"),
            message=_text(""),
            args=(),
            type=ExcT(frozenset({"TimeoutError"})),
            span=span,
        )
        sleep = Perform(effect=Sleep(seconds=limit), target=None, hold=None, span=span)
        branches = (ending_by_raise(branch, self._names), (sleep, Raise(exc=timeout, span=span)))
        effect = Fork(branches=branches, retry=(), result=JSON, comment="Within the time")
        pack = self._names.fresh("pack")
        race = Perform(effect=effect, target=None, hold=None, span=span)
        return (*ended_race(race, pack, JSON, self._names), *self._taken_out(Var(name=pack, type=JSON)))


def _base(name: str) -> str:
    return name.partition("%")[0].partition("~")[0] or "v"


def _text(value: str) -> Const:
    return Const(value=value, type=STR)


def _part(pack: Expr, key: str) -> Prim:
    return Prim(op="scope.part", args=(pack, _text(key)), type=JSON)

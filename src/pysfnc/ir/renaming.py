"""Other names for the variables of a suite, wherever they are bound or read."""

from collections.abc import Mapping
from dataclasses import replace

from pysfnc.ir.hir import Assign, Beside, FanOut, ForEach, Perform, Recur, Recursion, Stmt, Suite, Try
from pysfnc.ir.walk import map_exprs, map_suites
from pysfnc.ir.walk_exprs import rename


def renamed(suite: Suite, names: Mapping[str, str]) -> Suite:
    """The suite with the variables that `names` has under their new names; no two variables may become one."""
    return tuple(_stmt(stmt, names) for stmt in suite)


def _stmt(stmt: Stmt, names: Mapping[str, str]) -> Stmt:
    stmt = map_exprs(map_suites(stmt, lambda inner: renamed(inner, names)), lambda expr: rename(expr, names))

    def maybe(name: str | None) -> str | None:
        return None if name is None else names.get(name, name)

    def each(given: tuple[str | None, ...]) -> tuple[str | None, ...]:
        return tuple(map(maybe, given))

    match stmt:
        case Assign(name=name):
            return replace(stmt, name=names.get(name, name))
        case ForEach(name=name):
            held = tuple(rename(expr, names) for expr in stmt.held)
            return replace(stmt, name=names.get(name, name), held=held)
        case Perform(effect=effect):
            if isinstance(effect, FanOut):
                effect = replace(effect, name=names.get(effect.name, effect.name))
            return replace(stmt, effect=effect, target=maybe(stmt.target))
        case Beside():
            return replace(stmt, target=maybe(stmt.target))
        case Recursion():
            params, results = (tuple(names.get(n, n) for n in given) for given in (stmt.params, stmt.results))
            return replace(stmt, params=params, results=results, targets=each(stmt.targets))
        case Recur():
            return replace(stmt, targets=each(stmt.targets))
        case Try():
            return replace(stmt, handlers=tuple(replace(h, name=maybe(h.name)) for h in stmt.handlers))
        case _:
            return stmt

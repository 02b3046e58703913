"""A change in place, in CPython and by a `ChangeRow` or a subscript, on every engine."""

import ast
import copy
from collections.abc import Mapping

from pysfnc.ir.exprs import Expr, Var
from pysfnc.library import catalog
from pysfnc.library.rows.row import Change, Refusal
from pysfnc.values.types import Type
from tests.library import harness


def change_of(statement: str, types: Mapping[str, Type]) -> Change | Refusal:
    """The change that `x.append(y)`, `x[i] = y` or `del x[i]` makes of `x`; an assignment has no result."""
    lowerer = harness.Lowerer(types)
    node = ast.parse(statement).body[0]
    x = Var(name="x", type=types["x"])

    def stored(made: Expr | Refusal) -> Change | Refusal:
        return made if isinstance(made, Refusal) else Change(made, made)

    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name), args=args, keywords=keywords)):
            kwargs = {str(k.arg): lowerer.lower(k.value) for k in keywords}
            return catalog.build_change(name, x, [lowerer.lower(arg) for arg in args], kwargs, lowerer.site)
        case ast.Assign(targets=[ast.Subscript(slice=index)], value=value):
            return stored(catalog.build_set_item(x, lowerer.lower(index), lowerer.lower(value), lowerer.site))
        case ast.Delete(targets=[ast.Subscript(slice=index)]):
            return stored(catalog.build_delete_item(x, lowerer.lower(index), lowerer.site))
        case _:
            raise NotImplementedError(ast.dump(node))


def python(statement: str, values: Mapping[str, object]) -> object:
    """What CPython does: the result and `x` afterwards, or what was raised."""
    scope = copy.deepcopy(dict(values))
    try:
        if isinstance(ast.parse(statement).body[0], ast.Expr):
            scope["result"] = eval(statement, {}, scope)
        else:
            exec(statement, {}, scope)
    except Exception as error:
        return harness.Raised(type(error).__name__, str(error))
    return [harness.as_json(scope.get("result")), harness.as_json(scope["x"])]


def check(statement: str, types: Mapping[str, Type] | None = None, **values: object) -> None:
    """Assert that result and changed receiver are CPython's. A failure must show in the result, which is evaluated first."""
    known = {name: harness.type_of(value) for name, value in values.items()} | dict(types or {})
    change = change_of(statement, known)
    assert isinstance(change, Change), change
    expected = python(statement, values)
    for engine in harness.engines():
        result = harness.jsonata(change.result, values, engine)
        found: object = result
        if not isinstance(result, harness.Raised):
            shown = harness.as_json(result) if change.result is not change.updated else None
            found = [shown, harness.as_json(harness.jsonata(change.updated, values, engine))]
        assert harness.same(found, expected), (
            f"{statement} with {values} as { ({k: str(t) for k, t in known.items()}) }\n  CPython: {expected!r}\n"
            f"  {type(engine).__name__}: {found!r}\n  {harness.render(change.result)}\n  {harness.render(change.updated)}"
        )

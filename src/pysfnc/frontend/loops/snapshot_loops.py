"""`for k, v in sorted(d.items())` and `for x in list(xs)`, whose body changes the items, as loops that know where the items stand.

    for k, v in sorted(d.items()):          for k in sorted(d):
        v.sort()                                v = d[k]
                                                v.sort()

`sorted` and `list` make a list that nobody else has, of the same objects; a change of one has to reach `d`. Where nothing in the body can change
what `d` itself holds, reading `d` again gives the same. Pairs with different keys are never compared by their values.

Any other list of objects that is made for a loop whose body changes them gets a name, so that the changes can be written to it:

    for t in sorted(ts, key=f):             items = sorted(ts, key=f)
        t.seen.append(1)                    for t in items: ...

Only for programs that do not compile without (`Project.own_places`), as pairs and lists without a name are cheaper.
"""

import ast
from dataclasses import replace

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import lower_value
from pysfnc.frontend.core.lower_mutation import changes_a_part
from pysfnc.frontend.core.lower_names import fact_of
from pysfnc.frontend.core.lower_state import Fact
from pysfnc.frontend.core.lower_values import BuiltinFunction, Origin
from pysfnc.frontend.loops.lower_iterate import Source, simple_place
from pysfnc.frontend.program.scope import target_names
from pysfnc.values.relations import is_mutable
from pysfnc.values.types import DictT, ListT, MapT

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def in_place(cx: Context, node: ast.For) -> ast.For:
    """The loop that goes through the dict or list itself, or the same loop."""
    match node.iter:
        case ast.Call(func=ast.Name(id="sorted" | "list" as made), args=[taken], keywords=[]) if cx.project.own_places:
            pass
        case _:
            return node
    if lower_value(cx, node.iter.func) != BuiltinFunction(made):
        return node
    match taken, node.target:
        case ast.Call(func=ast.Attribute(value=ast.Name() as held, attr="items"), args=[], keywords=[]), _:
            kinds: type | tuple[type, ...] = (DictT, MapT)
        case ast.Call(func=ast.Attribute(value=ast.Name() as held, attr="values"), args=[], keywords=[]), _ if (
            made == "list"
        ):
            kinds = (DictT, MapT)
        case ((ast.Name() as held), _) if made == "list":
            kinds = ListT
        case _:
            return node
    place = simple_place(cx, held)
    if place is None or not isinstance(place.root.type, kinds) or not _stays(cx, held.id, node):
        return node
    if made == "list":
        return _copied(ast.For(node.target, taken, node.body, node.orelse), node)
    match node.target:
        case ast.Tuple(elts=[ast.Name() as key, ast.Name() as value]) if key.id != value.id:
            read = ast.Subscript(held, ast.Name(key.id, ast.Load()), ast.Load())
            keys = ast.Call(node.iter.func, [held], [])
            return _copied(ast.For(key, keys, [ast.Assign([value], read), *node.body], node.orelse), node)
        case _:
            return node


def named(cx: Context, source: Source) -> Source:
    """The source in a variable of its own, where the body may change items of a list that stands at no place."""
    if not cx.project.own_places or source.origin is not None or source.step is not None or source.lazy is not None:
        return source
    if not isinstance(source.items.type, ListT) or not is_mutable(source.items.type.item):
        return source
    items = cx.temporary(source.items, "items")
    cx.regions[items.name] = cx.flow.region
    cx.state.put(items.name, Fact(items.type))
    return replace(source, items=items, origin=Origin("list", items, (), (), "the list that the loop runs over"))


def _stays(cx: Context, name: str, node: ast.For) -> bool:
    """Whether the body changes items, and nothing in it can reach the variable that holds them."""
    function = cx.frame.node
    if not isinstance(function, _FUNCTIONS) or name not in cx.frame.scope.bound:
        return False
    inner = [part for part in ast.walk(function) if isinstance(part, _FUNCTIONS) and part is not function]
    inside = [part for stmt in node.body for part in ast.walk(stmt)]
    read = [part for part in inside if isinstance(part, ast.Name)]
    names = {part.id for part in read} | target_names(node.target)
    if name in names or any(name in _mentioned(part) for part in inner) or any(_is_static(cx, part) for part in read):
        return False
    return changes_a_part(cx.project.model, cx.frame.module, target_names(node.target), inside)


def _mentioned(node: ast.AST) -> set[str]:
    """The names in some code."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _is_static(cx: Context, node: ast.Name) -> bool:
    """Whether a variable holds a function or the like, which may change what it was made with."""
    found = fact_of(cx, node)
    return found is not None and found[1].static is not None


def _copied(made: ast.For, node: ast.For) -> ast.For:
    for part in ast.walk(made):
        if isinstance(part, ast.stmt | ast.expr) and not hasattr(part, "lineno"):
            ast.copy_location(part, node.iter)
    return ast.copy_location(made, node)

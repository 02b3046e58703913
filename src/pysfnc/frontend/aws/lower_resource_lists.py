"""Lists of boto3's resources: what `queue.receive_messages()` gives, and what `list`, `sorted`, `max` and `enumerate` make of a collection.

The list itself is data, of what the answers hold; whoever takes one out of it makes the resource (`lower_collections`). So the data of a resource
is that of the moment when it was listed, as in boto3.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.held_resources import is_held, want_held
from pysfnc.frontend.aws.lower_collections import data_of, listed_objects, made_of, resources
from pysfnc.frontend.aws.resource_values import Collected
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.calls.lower_call import call_value
from pysfnc.frontend.calls.lower_own import call_written
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, present
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_values import Intrinsic, LazyComprehension, Static, TupleOf, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.loops.lower_comprehension import Mapped, collect
from pysfnc.frontend.loops.lower_iterate import source_of
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.values.types import BOOL, NONE


def resource_list(cx: Context, collected: Collected, node: ast.expr) -> Value:
    """`list(bucket.objects.all())`."""
    if is_held(cx, collected.parent.service, collected.items.kind):
        return listed_objects(cx, collected, node)
    items = _items(cx, collected, node)
    return poison(cx.span(node)) if items is None else replace(collected, listed=items, node=node)


def held_list(cx: Context, value: Value, node: ast.expr) -> Value:
    """The list of a collection whose resources are objects; any other value as it is."""
    is_object = isinstance(value, Collected) and is_held(cx, value.parent.service, value.items.kind)
    return resource_list(cx, value, node) if is_object and isinstance(value, Collected) else value


def sorted_resources(cx: Context, collected: Collected, given: Arguments, node: ast.expr) -> Value:
    """`sorted(collection, key=..., reverse=...)`."""
    named = given.keyword_map()
    reverse = named.get("reverse")
    items, keys = _with_keys(cx, collected, named.get("key"), "sorted", node)
    if items is None or keys is None:
        return poison(cx.span(node))
    backwards = Const(value=False, type=BOOL, span=cx.span(node)) if reverse is None else lib.truth(cx, reverse, node)
    ordered = lib.sort_by(cx, items, keys, backwards, node)
    return ordered if is_poison(ordered) else replace(collected, listed=cx.atom(ordered, "listed"), node=node)


def extreme_resource(cx: Context, collected: Collected, given: Arguments, node: ast.expr, name: str) -> Value:
    """`max(collection, key=...)`."""
    named = given.keyword_map()
    if set(named) - {"key", "default"}:
        return cx.error(codes.TYPE_MISMATCH, node, f"`{name}()` takes `key` and `default` by name")
    if "default" in named and want_held(cx, collected):
        return poison(cx.span(node))
    key = named.get("key")
    source = data_of(cx, collected, node) if _is_key(cx, key, name, node) else None
    if source is None or key is None:
        return poison(cx.span(node))

    def pair(inner: Context, args: tuple[Value, ...], at: ast.expr) -> Value:
        item = inner.atom(as_data(inner, args[0], at), "item")
        made = made_of(inner, collected, item, node)
        ranked = as_data(inner, call_value(inner, key, Arguments((made,), (), ()), at), at)
        return lib.make_tuple(inner, [ranked, item if isinstance(made, Static) else present(inner, made)], at)

    # Python asks for the key of each as it comes, before it asks AWS for the next page.
    pairs = run_here(cx, "return [pair(item) for item in source]", {"source": source, "pair": Intrinsic(pair)}, node)
    kept = cx.atom(as_data(cx, pairs, node), "pairs")
    keys, items = (
        as_data(cx, run_here(cx, f"return [pair[{i}] for pair in pairs]", {"pairs": kept}, node), node) for i in (0, 1)
    )
    default = None if "default" not in named else as_data(cx, named["default"], node)
    found = lib.extreme_by(cx, name, cx.atom(items, "listed"), keys, default, node)
    is_object = is_held(cx, collected.parent.service, collected.items.kind)
    return found if is_object or is_poison(found) else made_of(cx, collected, found, node)


def numbered_resources(cx: Context, collected: Collected, start: list[Expr], node: ast.expr) -> Value:
    """`enumerate(collection)`."""
    data = data_of(cx, collected, node)
    if data is None:
        return poison(cx.span(node))
    source = source_of(cx, call_written(cx, "stepwise", "enumerate", Arguments((data, *start), (), ()), node), node)

    def pair(inner: Context, args: tuple[Value, ...], at: ast.expr) -> Value:
        both = inner.atom(as_data(inner, args[0], at), "pair")
        number, item = (lib.tuple_item(inner, both, place, at) for place in (0, 1))
        return TupleOf((number, made_of(inner, collected, item, node)), is_list=False)

    if source is None:
        return poison(cx.span(node))
    return LazyComprehension("an enumerate iterator", source, Mapped(Intrinsic(pair), 1, node))


def resources_listed(cx: Context, value: Value, node: ast.AST) -> Expr | None:
    """The data of a list of resources; None for anything else, collections included, which have neither a length nor items."""
    if not isinstance(value, Collected) or (value.answer is None and value.listed is None):
        return None
    at = node if isinstance(node, ast.expr) else value.node
    items = _items(cx, value, at)
    return poison(cx.span(node)) if items is None else items


def kept_list(cx: Context, value: Collected, variable: str, node: ast.AST) -> Collected:
    """A list of resources as a variable holds it: its data is a variable too, which is bound anew together with it."""
    items = resources_listed(cx, value, node)
    if items is None or is_poison(items):
        return value
    held = f"{variable}%listed"
    bind_variable(cx, held, items, cx.span(node))
    wanted = {name for source, name in value.items.identifiers if source == "request"}
    params = tuple(given for given in value.params if given[0] in wanted)
    listed = Var(name=held, type=items.type, span=cx.span(node))
    return replace(value, params=params, answer=None, listed=listed, is_manager=False)


def resource_at(cx: Context, collected: Collected, index: Value, node: ast.Subscript) -> Value:
    """`messages[0]`."""
    items = resources_listed(cx, collected, node)
    if items is None:
        return _no_list(cx, collected, node)
    found = lib.subscript(cx, items, as_data(cx, index, node.slice), node)
    return found if is_poison(found) else made_of(cx, collected, found, node)


def resource_slice(cx: Context, collected: Collected, bounds: Sequence[Expr | None], node: ast.Subscript) -> Value:
    """`messages[:3]`."""
    items = resources_listed(cx, collected, node)
    if items is None:
        return _no_list(cx, collected, node)
    found = lib.slice_of(cx, items, bounds, node)
    return found if is_poison(found) else replace(collected, listed=cx.atom(found, "listed"), node=node)


def _no_list(cx: Context, collected: Collected, node: ast.Subscript) -> Expr:
    return cx.error(
        codes.TYPE_MISMATCH,
        node,
        f"`{collected.name}` of a resource has no items by number",
        help=f"write instead: `list({collected.name}.all())[...]`",
    )


def _items(cx: Context, collected: Collected, node: ast.expr) -> Expr | None:
    if collected.listed is not None:
        return collected.listed
    source = data_of(cx, collected, node)
    if source is None:
        return None
    items = lib.items_of(cx, source, node)
    return None if is_poison(items) else cx.atom(items, "listed")


def _with_keys(
    cx: Context, collected: Collected, key: Value | None, name: str, node: ast.expr
) -> tuple[Expr | None, Expr | None]:
    """The data of all resources, and their keys."""
    items = _items(cx, collected, node) if _is_key(cx, key, name, node) else None
    if items is None or key is None:
        return None, None
    source = resources(cx, replace(collected, listed=items), node)
    keys = None if source is None else collect(cx, source, Mapped(key, 1, node), node)
    return items, None if keys is None or is_poison(keys) else keys


def _is_key(cx: Context, key: Value | None, name: str, node: ast.expr) -> bool:
    if key is not None and (isinstance(key, Static) or key.type != NONE):
        return True
    cx.error(codes.TYPE_MISMATCH, node, f"resources have no order; `{name}` of them needs a `key`")
    return False

"""Collections of boto3's resources: `for obj in bucket.objects.filter(Prefix="in/")`, `bucket.objects.all().delete()`, `queue.receive_messages()`.

All are loops over the pages of a client's call, or over its one answer, which make a resource of each item (`aws.boto3_collections`). They are
written as Python and lowered from there; the names in it are those of boto3's files.
"""

import ast
import textwrap
from dataclasses import replace

from pysfnc.aws.boto3_collections import Items, Param
from pysfnc.aws.boto3_resources import Action, kinds
from pysfnc.aws.services import service
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import ClientMethod, Pages, PaginatorOf
from pysfnc.frontend.aws.held_resources import is_held, want_held
from pysfnc.frontend.aws.loaded_resources import loaded_data, with_data
from pysfnc.frontend.aws.lower_boto3_resources import call_action
from pysfnc.frontend.aws.lower_operations import call_operation
from pysfnc.frontend.aws.resource_parameters import filled_in, filled_value, known_identifiers
from pysfnc.frontend.aws.resource_values import Collected, ResourceOf
from pysfnc.frontend.calls.lower_arguments import Arguments, evaluated
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.kept_values import kept_arguments
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import Intrinsic, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.loops.lower_iterate import Source, source_of
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.values.relations import kinds as kinds_of
from pysfnc.values.types import BOOL, NONE, STR, Kind

_LIMIT, _SIZE = "limit", "page_size"


def call_collection(cx: Context, collected: Collected, name: str, given: Arguments, node: ast.expr) -> Value:
    """`all()`, `filter(...)`, `limit(count)`, `page_size(count)`, and methods for a whole page."""
    if collected.answer is not None or collected.listed is not None:
        return _unknown(cx, collected, name, node)
    batch = kinds(collected.parent.service)[collected.items.kind].batches.get(name)
    if batch is not None:
        return _batch(cx, collected, batch.method, batch.params, evaluated(cx, given), node)
    counted = {"limit": _LIMIT, "page_size": _SIZE}.get(name)
    if name not in ("all", "filter") and counted is None:
        return _unknown(cx, collected, name, node)
    named = dict(given.keywords)
    if counted is not None and not named and len(given.positional) == 1:
        named = {counted: given.positional[0]}
    elif counted is not None and list(named) == ["count"] and not given.positional:
        named = {counted: named["count"]}
    elif counted is not None or given.positional or given.rest is not None or (name == "all" and named):
        return cx.error(codes.TYPE_MISMATCH, node, f"`{name}` of a collection does not take these arguments")
    again = set(named) & set(dict(collected.params))
    if again:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{min(again)}` of a collection is given twice",
            help="write instead: one `filter(...)` with all of it",
        )
    fresh = kept_arguments(cx, Arguments((), tuple(named.items()), ()))
    return replace(collected, params=(*collected.params, *fresh.keywords), is_manager=False, node=node)


def resources(cx: Context, collected: Collected, node: ast.expr) -> Source | None:
    """The resources, one by one; None after a message."""
    given = data_of(cx, collected, node)
    source = None if given is None else source_of(cx, given, node)
    if source is None:
        return None
    step = source.step

    def made(inner: Context, item: Value) -> Value | None:
        found = item if step is None else step(inner, item)
        return None if found is None else made_of(inner, collected, as_data(inner, found, node), node)

    return replace(source, step=made, origin=None)


def made_of(cx: Context, collected: Collected, item: Expr, node: ast.expr) -> Value:
    """The resource that an item of the answers becomes."""
    return _resource(cx, collected, cx.atom(item, "item"), node)


def data_of(cx: Context, collected: Collected, node: ast.expr) -> Value | None:
    """What the answers hold of the resources, to be gone through once; None after a message."""
    if collected.listed is not None:
        return collected.listed
    if collected.is_manager:
        cx.error(
            codes.TYPE_MISMATCH,
            node,
            f"`{collected.name}` of a resource is no iterable",
            help=f"write instead: `{collected.name}.all()`",
        )
        return None
    limit = dict(collected.params).get(_LIMIT)
    pages = _pages(cx, collected)
    if pages is None:
        return None
    values: dict[str, Value] = {"pages": pages}
    lines = ["yield item"]
    if limit is not None:
        values["limit"] = limit
        lines += ["count += 1", "if count >= limit:", "    return"]
    body = "\n".join(_loops(path, lines) for path in collected.items.paths)
    if not isinstance(pages, Pages):
        text = f"page = pages\n{body}"
    else:
        text = f"for page in pages:\n{textwrap.indent(body, '    ')}"
    return run_here(cx, f"count = 0\n{text}" if limit is not None else text, values, node)


def made_of_answer(
    cx: Context, receiver: ResourceOf, name: str, action: Action, given: Arguments, node: ast.expr
) -> Value:
    """A method that gives a resource, or several, of its answer: `queue.receive_messages()`, `sqs.get_queue_by_name(...)`."""
    assert action.items is not None
    reads = action.items.of_request or any(source == "request" for source, _ in action.items.identifiers)
    if given.rest is not None and reads:
        return cx.error(
            codes.NOT_CONSTANT, node, f"`{name}` of a resource needs its parameters by name, to name what it makes"
        )
    given = evaluated(cx, given)
    answer = as_data(cx, call_action(cx, receiver, action, given, node), node)
    if is_poison(answer):
        return answer
    answer = cx.atom(_requested(cx, given, node) if action.items.of_request else answer, "answer")
    collected = Collected(receiver, name, action.items, node, tuple(given.keywords), answer)
    if not action.items.paths:
        return _resource(cx, collected, answer, node)
    is_object = is_held(cx, receiver.service, action.items.kind)
    return listed_objects(cx, collected, node) if is_object else collected


def _requested(cx: Context, given: Arguments, node: ast.expr) -> Expr:
    """The parameters of a call whose lists name what it makes, in the place of its answer."""
    pairs = [(Const(value=name, type=STR), as_data(cx, value, node)) for name, value in given.keywords]
    return lib.make_dict(cx, pairs, node)


def referenced(cx: Context, receiver: ResourceOf, name: str, items: Items, node: ast.AST) -> Value:
    """An attribute that is a resource, or a list of them, which the data of another one names: `instance.vpc`; None where it names none."""
    at = node if isinstance(node, ast.expr) else ast.Name(id=name, ctx=ast.Load())
    data = loaded_data(cx, receiver, name, at)
    if data is None:
        return _unknown(cx, Collected(receiver, name, items, at), name, at)
    if is_poison(data):
        return data
    data = cx.atom(data, "described")
    collected = Collected(receiver, name, items, at, (), data)
    if want_held(cx, collected):
        return poison(cx.span(at))
    named = [path[0] for path in items.paths] or [path for source, path in items.identifiers if source == "item"]
    found = run_here(cx, f"return {_missing(named)}", {"item": data}, at)

    def make(inner: Context, _args: tuple[Value, ...], where: ast.expr) -> Value:
        return listed_objects(inner, collected, at) if items.paths else _resource(inner, collected, data, where)

    return run_here(
        cx, "return None if missing else make()", {"missing": as_data(cx, found, at), "make": Intrinsic(make)}, at
    )


def _missing(paths: list[str]) -> str:
    """Whether one of these members of an item is missing."""
    ways = ([*path.split(".")] for path in paths)
    reads = ("".join(f'.get("{name}", {{}})' for name in outer) + f'.get("{last}")' for *outer, last in ways)
    return " or ".join(f"item{read} is None" for read in reads)


def listed_objects(cx: Context, collected: Collected, node: ast.expr) -> Value:
    """The list of resources that are objects."""
    source = data_of(cx, collected, node)
    if source is None:
        return poison(cx.span(node))

    def make(inner: Context, args: tuple[Value, ...], at: ast.expr) -> Value:
        return made_of(inner, collected, as_data(inner, args[0], at), node)

    return run_here(cx, "return [make(item) for item in source]", {"source": source, "make": Intrinsic(make)}, node)


def _loops(path: tuple[str, ...], body: list[str]) -> str:
    """Loops over the items of lists in lists."""
    found, outer = "", "page"
    for depth, name in enumerate(path):
        item = "item" if depth == len(path) - 1 else f"outer{depth}"
        found += f'{"    " * depth}for {item} in {outer}.get("{name}", []):\n'
        outer = item
    return found + textwrap.indent("\n".join(body), "    " * len(path))


def _resource(cx: Context, collected: Collected, item: Expr, node: ast.expr) -> Value:
    """The resource of one item of an answer, or of the answer itself."""
    parent, items = collected.parent, collected.items
    known = dict(zip(kinds(parent.service)[parent.kind].identifiers, parent.identifiers, strict=True))
    given = dict(collected.params)
    identifiers: list[Expr] = []
    for source, name in items.identifiers:
        if source == "identifier":
            identifiers.append(known[name])
        elif source == "item":
            identifiers.append(_read(cx, item, name, node))
        else:
            value = given.get(name) or next((known[p.value] for p in items.params if p.target == name), None)
            if value is None or name in {p.target for p in items.params if p.source != "identifier"}:
                return cx.error(
                    codes.UNSUPPORTED_CALL, node, f"`{collected.name}` needs `{name}` to name what it makes"
                )
            identifiers.append(as_data(cx, value, node))
    is_listed = collected.answer is not None or collected.listed is not None
    made = ResourceOf(parent.service, items.kind, tuple(identifiers), is_listed=is_listed)
    return with_data(cx, made, item if items.has_data else None, node)


def _read(cx: Context, item: Expr, path: str, node: ast.expr) -> Expr:
    """An identifier, which every item has."""
    for name in path.split(".") if path else ():
        typed = lib.subscript(cx, item, Const(value=name, type=STR), node)
        key, always = Const(value=name, type=STR), Const(value=True, type=BOOL)
        item = Prim(op="service.member", args=(item, key, key, always), type=typed.type, span=cx.span(node))
    return item


def _pages(cx: Context, collected: Collected) -> Value | None:
    """What to go through: pages, or the only answer; None after a message."""
    if collected.answer is not None:
        return collected.answer
    items, node, owner = collected.items, collected.node, collected.parent.service
    options = {_OPTIONS[name]: as_data(cx, value, node) for name, value in collected.params if name in _OPTIONS}
    for name, value in list(options.items()):
        if value.type == NONE:
            del options[name]
        elif not kinds_of(value.type) <= {Kind.INT}:
            cx.error(codes.TYPE_MISMATCH, node, f"the count of a collection is an int, and this is `{value.type}`")
            return None
    params = _parameters(cx, collected)
    if params is None:
        return None
    found = service(owner).paginators.get(items.method)
    if found is None:
        return call_operation(cx, ClientMethod(owner, items.method), params, node)
    return Pages(PaginatorOf(owner, items.method), tuple(options.items()), params, node)


_OPTIONS = {_LIMIT: "MaxItems", _SIZE: "PageSize"}


def _parameters(cx: Context, collected: Collected) -> Arguments | None:
    """What boto3 fills in and what is given; lists of both are joined."""
    own = filled_in(cx, collected.items.params, collected.parent, collected.node)
    named: dict[str, Value] = dict(own)
    for name, given in collected.params:
        if name in _OPTIONS:
            continue
        if name in own and Kind.LIST in kinds_of(own[name].type):
            given = lib.binary(cx, "+", own[name], as_data(cx, given, collected.node), collected.node)
            if is_poison(given):
                return None
        named[name] = given
    return Arguments((), tuple(named.items()), ())


# Methods of collections


def _batch(
    cx: Context, collected: Collected, method: str, params: tuple[Param, ...], given: Arguments, node: ast.expr
) -> Value:
    """One call for each page that is not empty; the list of their answers."""
    items = collected.items
    place = _place(params)
    if (
        place is None
        or given.positional
        or given.rest is not None
        or items.method not in service(collected.parent.service).paginators
        or _LIMIT in dict(collected.params)
    ):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{method}` for this collection has no compiled form",
            help="write instead: a loop over the collection that gathers the arguments, and the call of the client",
        )
    pages = _pages(cx, collected)
    if pages is None:
        return poison(cx.span(node))
    made = {key: _source(items, collected, param) for key, param in place[1]}
    if any(name is None for name in made.values()):
        return _unknown(cx, collected, method, node)
    entry = ", ".join(f'"{key}": {name}' for key, name in made.items() if key)
    entry = f"{{{entry}}}" if entry else str(made[""])
    lists = " + ".join(f"[{entry} {_comprehension(path)}]" for path in items.paths)
    text = f"""
responses = []
for page in pages:
    entries = {lists}
    if not entries:
        break
    responses.append(call(entries))
return responses
"""

    def call(inner: Context, args: tuple[Value, ...], at: ast.expr) -> Value:
        entries = as_data(inner, args[0], at)
        known = _batch_known(collected)
        named: dict[str, Value] = {
            param.target: filled_value(inner, param, known, at) for param in params if param.target.isidentifier()
        }
        head, *rest = place[0]
        value: Expr = entries
        for name in reversed(rest):
            value = lib.make_dict(inner, [(Const(value=name, type=STR), value)], at)
        named[head] = value
        arguments = Arguments((), tuple({**named, **given.keyword_map()}.items()), ())
        return call_operation(inner, ClientMethod(collected.parent.service, method), arguments, at)

    return run_here(cx, text, {"pages": pages, "call": Intrinsic(call)}, node)


def _place(params: tuple[Param, ...]) -> tuple[list[str], list[tuple[str, Param]]] | None:
    """Where the list of a page goes, and what is in each item under which key ("" for the item itself)."""
    places: dict[tuple[str, ...], list[tuple[str, Param]]] = {}
    for param in params:
        if param.target.isidentifier():
            if param.source == "data":
                return None
            continue
        before, _, behind = param.target.replace("[*]", "[]").partition("[]")
        places.setdefault(tuple(before.split(".")), []).append((behind.removeprefix("."), param))
    if len(places) != 1:
        return None
    ((path, found),) = places.items()
    return (list(path), found) if all(key.isidentifier() or key == "" for key, _ in found) else None


def _source(items: Items, collected: Collected, param: Param) -> str | None:
    """The text of what a parameter is of an item."""
    if param.source == "data":
        return f'item.get("{param.value}")' if param.value.isidentifier() else None
    names = kinds(collected.parent.service)[items.kind].identifiers
    if param.source != "identifier":
        return None
    source, name = items.identifiers[names.index(param.value)]
    if source != "item" or "." in name:
        return None
    return f'item["{name}"]' if name else "item"


def _batch_known(collected: Collected) -> dict[str, Expr]:
    """The identifiers that all items of a collection have in common, by their names in an item."""
    names = kinds(collected.parent.service)[collected.items.kind].identifiers
    known = known_identifiers(collected.parent)
    return {
        own: known[name]
        for own, (source, name) in zip(names, collected.items.identifiers, strict=True)
        if source == "identifier"
    }


def _comprehension(path: tuple[str, ...]) -> str:
    found, outer = [], "page"
    for depth, name in enumerate(path):
        item = "item" if depth == len(path) - 1 else f"outer{depth}"
        found.append(f'for {item} in {outer}.get("{name}", [])')
        outer = item
    return " ".join(found)


def _unknown(cx: Context, collected: Collected, name: str, node: ast.expr) -> Value:
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}` of a collection of `{collected.parent.service}` has no compiled form",
        help=f'write instead: a loop over it, or `{collected.items.method}` of `boto3.client("{collected.parent.service}")`',
    )

"""The forms of `for`: over a list that does not change, over one that the body changes, over a dict that the body changes.

A change of the object that the loop variable holds is written to the list or dict it stands in. The body is lowered with that in mind; only
when it made such changes does the loop get an index (list) or read the values by key (dict). Owns these forms and what CPython does
when the list or dict itself changes meanwhile.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Pages
from pysfnc.frontend.concurrency.lower_batches import lower_with_batches
from pysfnc.frontend.concurrency.lower_unsettled import outcomes_beforehand
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_assign import assign
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import lower_body, lower_value, statement
from pysfnc.frontend.core.lower_frame import lookup_frame
from pysfnc.frontend.core.lower_names import bind_name, owned_variable
from pysfnc.frontend.core.lower_place import Place, read_place, touches
from pysfnc.frontend.core.lower_shared import shared_of
from pysfnc.frontend.core.lower_state import Fact, State, View, join_states
from pysfnc.frontend.core.lower_values import Origin, Value
from pysfnc.frontend.core.whole import refuse_text
from pysfnc.frontend.loops.counted_loops import Counter
from pysfnc.frontend.loops.lower_iterate import Source, is_unordered, source_of
from pysfnc.frontend.loops.lower_loops import Lowered, loop_body, loop_else, settle
from pysfnc.frontend.loops.snapshot_loops import in_place, named
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, ForEach, If, Raise, Recur, Stmt, Suite, While
from pysfnc.ir.walk import assigned, walk_suite
from pysfnc.ir.walk_exprs import free_vars, is_never_empty
from pysfnc.lean import dataclass
from pysfnc.library.containers.iteration import items_type
from pysfnc.library.rows.typenames import atoms
from pysfnc.source.span import Span
from pysfnc.values.relations import join_all
from pysfnc.values.types import ERROR, INT, NONE, STR, TupleT, Type


@statement(ast.For)
def lower_for(cx: Context, node: ast.For) -> None:
    """`for target in iterable: ... else: ...`. The iterable is evaluated once, before the loop."""
    node = in_place(cx, node)
    value = lower_value(cx, node.iter)
    if isinstance(value, Pages) and not value.limited:
        from pysfnc.frontend.aws.lower_pages import lower_pages

        lower_pages(cx, node, value)
        return
    source = source_of(cx, value, node.iter)
    if source is not None and is_unordered(source):
        refuse_text(cx, "set", node.iter)
        source = None
    if source is None:
        _look_inside(cx, node)
        return
    if source.push is not None:
        from pysfnc.frontend.loops.lower_pushed import lower_pushed_for

        lower_pushed_for(cx, node, source)
        return
    source = named(cx, source)
    cx.observe(source.items)
    index = Var(name=cx.names.fresh("index"), type=INT, span=cx.span(node))
    lower_with_batches(cx, node, lambda: settle(cx, node, lambda: _attempt(cx, node, source, index)))


def _look_inside(cx: Context, node: ast.For) -> None:
    """The iterable was refused: look into the body for more messages, once."""
    label = cx.names.fresh("loop")
    with cx.flow.landing(f"break {label}") as breaks, cx.capture():
        start = cx.state.copy()

        def lower() -> None:
            assign(cx, node.target, Const(value=None, type=ERROR, span=cx.span(node.iter)), node.target)
            lower_body(cx, node.body)

        back, _ = loop_body(cx, label, start, lower)
        _, after = loop_else(cx, join_states([start, *back]), node.orelse)
    cx.state = join_states([after, *breaks.states])


@dataclass(frozen=True, slots=True)
class Item:
    """What one round gets: a value, with the place that it stands in, or parts of it with places of their own."""

    value: Value
    view: View | None = None
    parts: "tuple[Item, ...]" = ()


def _attempt(cx: Context, node: ast.For, source: Source, index: Var) -> Lowered:
    """Lower the loop, in the plain form if nothing it runs over changes in the body."""
    label = cx.names.fresh("loop")
    span = cx.span(node)
    # What an earlier run of the loop left stands at another index from here on.
    cx.state.end_views(index.name)
    start = cx.state.copy()
    direct = _direct_target(cx, node, source)
    name = direct or cx.names.fresh("item")
    item_type = _item_type(cx, source)
    since = len(cx.journal.replaced)
    with cx.flow.landing(f"break {label}") as breaks, cx.capture() as out:
        element = Var(name=name, type=item_type, span=span)

        def lower() -> None:
            _bind_item(cx, node, source, element, index, direct)
            lower_body(cx, node.body)

        back, body = loop_body(cx, label, start, lower)
        runs = is_never_empty(source.items)
        exits = join_states(back) if runs else join_states([start, *back])
        orelse, after = loop_else(cx, exits, node.orelse)
        loop = _Loop(label, name, body, orelse, index, node, node.iter, since)
        if runs:
            out.extend(_beforehand(start, exits, span))
            out.extend(outcomes_beforehand(start, exits, body, span))
        out.extend(_written(cx, source, loop))
    cx.state = join_states([after, *breaks.states])
    return Lowered(tuple(out), back)


def _beforehand(before: State, after: State, span: Span) -> list[Stmt]:
    """Values for the variables that a loop sets which runs at least once: later stages do not know that it does."""
    none = Const(value=None, type=NONE, span=span)
    return [
        Assign(name=name, value=none, span=span)
        for name, fact in after.facts.items()
        if name not in before.facts and not fact.maybe_unset and fact.static is None
    ]


def _item_type(cx: Context, source: Source) -> Type:
    """The type of an item, by what is known at the head of the loop of the list it stands in.

    The variable of that list may be rebound in the body, to a value of which less is known.
    """
    origin = source.origin
    if origin is None or origin.kind in ("keys", "deque") or origin.root.name not in cx.state.facts:
        return lib.item_type(source.items.type)
    container = read_place(cx, _place(cx, origin)).type
    parts = atoms(container)
    item, value = (join_all([inside(part) for part in parts]) for inside in (lib.item_type, lib.value_type))
    match origin.kind:
        case "list":
            return item
        case "enumerate":
            return TupleT((INT, item))
        case "values":
            return value
        case "items":
            return TupleT((lib.keys_in(container) or STR, value))
        case _:
            return items_type(container)


def _place(cx: Context, origin: Origin) -> Place:
    fact = cx.state.facts.get(origin.root.name)
    root = origin.root if fact is None else Var(name=origin.root.name, type=fact.type, span=origin.root.span)
    return Place(root, origin.keys, origin.spans, origin.title)


def _direct_target(cx: Context, node: ast.For, source: Source) -> str | None:
    """The variable of a target that is a plain name, when the loop can bind it itself."""
    if not isinstance(node.target, ast.Name) or source.step is not None:
        return None
    owner = lookup_frame(cx.frame, node.target.id)
    if owner is None or owner.region != cx.flow.region:
        return None
    variable = owned_variable(cx, node.target.id, node.target, "rebound")
    return None if variable in free_vars(source.items) or variable in cx.assigned_beside else variable


def _bind_item(cx: Context, node: ast.For, source: Source, element: Var, index: Var, direct: str | None) -> None:
    """Assign the item of this round to the target of the loop."""
    cx.state.end_views(index.name)
    item = _viewed(cx, source.origin, element, index)
    if direct is not None:
        cx.regions[direct] = cx.flow.region
        found = shared_of(cx, source.items)
        shared = None if found is None else found.inside()
        cx.state.put(direct, Fact(element.type, view=item.view, shared=shared, assigned_at=cx.span(node.target)))
        return
    if source.step is not None:
        value = source.step(cx, element)
        if value is not None:
            assign(cx, node.target, value, node.target)
        return
    _assign_item(cx, node.target, item, node)


def _viewed(cx: Context, origin: Origin | None, element: Var, index: Var) -> Item:
    """The item with the places that its parts stand in."""
    if origin is None:
        return Item(element)
    owner = origin.root.name
    if origin.kind in ("list", "any"):
        return Item(element, View(owner, (*origin.keys, index)))
    if origin.kind == "values":
        return Item(element, View(owner, (*origin.keys, Var(name=index.name, type=STR, span=index.span))))
    if origin.kind in ("enumerate", "items") and isinstance(element.type, TupleT):
        anchor = ast.Constant(value=0)
        first, second = (lib.tuple_item(cx, element, position, anchor) for position in (0, 1))
        key = index if origin.kind == "enumerate" else Var(name=index.name, type=STR, span=index.span)
        return Item(element, None, (Item(first), Item(second, View(owner, (*origin.keys, key)))))
    return Item(element)


def _assign_item(cx: Context, target: ast.expr, item: Item, node: ast.For) -> None:
    match target:
        case ast.Tuple(elts=targets) | ast.List(elts=targets) if len(targets) == len(item.parts) and not any(
            isinstance(part, ast.Starred) for part in targets
        ):
            for part, inner in zip(targets, item.parts, strict=True):
                _assign_item(cx, part, inner, node)
        case ast.Name(id=name):
            bind_name(cx, name, item.value, target, view=item.view)
        case _:
            assign(cx, target, item.value, target)


# The forms


_OF_ITEMS: Final = ("list", "any", "values")
"""The origins whose items stand in place as they come, and not in pairs."""
_ONE = Const(value=1, type=INT)


@dataclass(frozen=True, slots=True)
class _Loop:
    label: str
    name: str
    body: Suite
    orelse: Suite
    index: Var
    node: ast.AST
    iter: ast.expr
    since: int
    """Where the body begins in the list of replaced objects."""


def _written(cx: Context, source: Source, loop: _Loop) -> list[Stmt]:
    """The statements of a loop in the form that its body needs."""
    late = source.under.late & assigned(loop.body)
    if late:
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            loop.iter,
            f"`{min(late).split('%')[0]}` is {'rebound' if _rebinds(cx, loop.body, min(late)) else 'changed'} "
            "while the loop runs over a generator that reads it",
            help="write instead: a list comprehension, or `list(...)`",
        )
    return _in_form(cx, source, loop)


def _in_form(cx: Context, source: Source, loop: _Loop) -> list[Stmt]:
    origin = source.origin
    if origin is None or not _changes(loop.body, origin):
        if origin is not None:
            _note_counter(cx, origin, loop)
        return [_plain(cx, source, loop)]
    if _replaces(cx, origin, loop.since):
        return _refuse(cx, origin, loop, "replaced")
    if _rebinds(cx, loop.body, origin.root.name):
        return _refuse(cx, origin, loop, "changed and rebound")
    if origin.kind == "deque":
        return _refuse(cx, origin, loop, "changed")
    if origin.kind in ("list", "enumerate"):
        return _indexed(cx, origin, loop)
    if origin.kind in ("keys", "values", "items"):
        return _by_key(cx, origin, loop)
    moves = _changes_directly(loop.body, origin, loop.index.name)
    if moves and not _changes_lists_only(loop.body, origin, loop.index.name):
        return _refuse(cx, origin, loop, "changed")
    return _indexed_any(cx, origin, loop, moves=moves)


def _plain(cx: Context, source: Source, loop: _Loop) -> ForEach:
    return ForEach(
        label=loop.label,
        name=loop.name,
        seq=source.items,
        body=loop.body,
        orelse=loop.orelse,
        held=source.under.held,
        span=cx.span(loop.node),
    )


def _note_counter(cx: Context, origin: Origin, loop: _Loop) -> None:
    """Say how the loop counts its rounds, in case that something behind it needs the place of an item."""
    node = loop.iter
    if origin.kind in ("list", "any", "enumerate"):
        cx.counters.append((loop.label, Counter(loop.index, lib.binary(cx, "+", loop.index, _ONE, node))))
    elif origin.kind in ("values", "items"):
        number = Var(name=cx.names.fresh("number"), type=INT, span=loop.index.span)
        held = lib.keys_of(cx, lib.dict_held(read_place(cx, _place(cx, origin))), node)
        keys = Var(name=cx.names.fresh("keys"), type=held.type, span=loop.index.span)
        following = lib.binary(cx, "+", number, _ONE, node)
        key = replace(loop.index, type=STR), lib.subscript(cx, keys, number, node)
        cx.counters.append((loop.label, Counter(number, following, (keys, held), key)))


def _changes(body: Suite, origin: Origin) -> bool:
    """Whether the body changes what the loop runs over, or something in it."""
    return any(touches(value, origin.keys) for value in _changed_values(body, origin.root.name))


def _changed_values(body: Suite, owner: str) -> Iterator[Expr]:
    for stmt in walk_suite(body):
        if isinstance(stmt, Assign) and stmt.changes and stmt.name == owner:
            yield stmt.value
        elif isinstance(stmt, Recur) and owner in stmt.targets:
            yield Var(name=owner, type=ERROR)


def _rebinds(cx: Context, body: Suite, owner: str) -> bool:
    for function in cx.recursions:
        rebound = cx.project.scope(function.node).nonlocals
        if owner.partition("%")[0] in rebound and any(
            isinstance(s, Recur) and owner in s.targets for s in walk_suite(body)
        ):
            return True
    return any(isinstance(s, Assign) and not s.changes and s.name == owner for s in walk_suite(body))


def _changes_directly(body: Suite, origin: Origin, index: str) -> bool:
    """Whether something but the loop variable changes the list: what is written through it mentions the index."""
    changed = _changed_values(body, origin.root.name)
    return any(touches(value, origin.keys) and index not in free_vars(value) for value in changed)


_LISTS_ONLY: Final = frozenset(
    {"list.append", "list.insert", "list.concat", "list.without_first", "list.reversed", "list.sorted", "list.sort_by"}
)
"""Changes by methods that lists have and dicts do not. Dicts with ints as keys are never of unknown type."""


def _changes_lists_only(body: Suite, origin: Origin, index: str) -> bool:
    """Whether each change of the object itself has raised AttributeError before where it is no list."""
    made: dict[str, list[Expr]] = {}
    for stmt in walk_suite(body):
        if isinstance(stmt, Assign) and not stmt.changes and "%" in stmt.name:
            made.setdefault(stmt.name, []).append(stmt.value)
    for value in _changed_values(body, origin.root.name):
        if index in free_vars(value) or not touches(value, origin.keys):
            continue
        for _ in origin.keys:
            if not (isinstance(value, Prim) and value.op == "item.set"):
                return False
            value = value.args[2]
        if isinstance(value, Var) and len(made.get(value.name, ())) == 1:
            value = made[value.name][0]
        at_index = isinstance(value, Prim) and value.op == "item.set" and value.args[1].type == INT
        if not at_index and not (isinstance(value, Prim) and value.op in _LISTS_ONLY):
            return False
    return True


def _replaces(cx: Context, origin: Origin, since: int) -> bool:
    """Whether the body puts another object in the place of the one that the loop runs over."""
    for root, keys in cx.journal.replaced[since:]:
        ways = zip(keys, origin.keys, strict=False)
        if root == origin.root.name and len(keys) <= len(origin.keys) and all(_may_be_equal(a, b) for a, b in ways):
            return True
    return False


def _may_be_equal(a: Expr, b: Expr) -> bool:
    return not (isinstance(a, Const) and isinstance(b, Const)) or a.value == b.value


def _refuse(cx: Context, origin: Origin, loop: _Loop, what: str) -> list[Stmt]:
    cx.error(
        codes.UNSUPPORTED_STATEMENT,
        loop.iter,
        f"`{origin.title}` is {what} while the loop runs over it",
        help=f"write instead: a loop over a copy, such as `list({origin.title})`",
    )
    return []


def _indexed(cx: Context, origin: Origin, loop: _Loop) -> list[Stmt]:
    """`index = -1; while index + 1 < len(xs): index += 1; item = xs[index]; body`: what CPython's list iterator does."""
    span = cx.span(loop.node)
    node = loop.iter
    place = _place(cx, origin)
    current = read_place(cx, place)
    following = lib.binary(cx, "+", loop.index, _ONE, node)
    test = lib.compare(cx, ast.Lt(), following, lib.length(cx, current, node), node)
    item = lib.subscript(cx, current, loop.index, node)
    number = None
    if origin.kind == "enumerate":
        number = loop.index if origin.start is None else lib.binary(cx, "+", loop.index, origin.start, node)
    # Where the body puts nothing else into the list, each round has another object of it.
    moves = _changes_directly(loop.body, origin, loop.index.name)
    head: Suite = (
        Assign(name=loop.index.name, value=following, span=span),
        *_take(cx, loop, item, number, moves=moves),
    )
    return [
        Assign(name=loop.index.name, value=Const(value=-1, type=INT, span=span), span=span),
        While(label=loop.label, test=test, body=(*head, *loop.body), orelse=loop.orelse, span=span),
    ]


def _take(cx: Context, loop: _Loop, item: Expr, number: Expr | None = None, *, moves: bool = False) -> Suite:
    """The statements that give the loop its item, or a pair of `number` and item; `moves`: objects may change places."""
    span, turn = cx.span(loop.node), "" if moves else loop.label
    if number is None:
        return (Assign(name=loop.name, value=item, turn=turn, span=span),)
    part = Var(name=cx.names.fresh("item"), type=item.type, span=span)
    pair = lib.make_tuple(cx, [number, part], loop.iter)
    return (
        Assign(name=part.name, value=item, turn=turn, span=span),
        Assign(name=loop.name, value=pair, span=span),
    )


def _indexed_any(cx: Context, origin: Origin, loop: _Loop, *, moves: bool) -> list[Stmt]:
    """The same for a value that may also be a dict or str: its items are taken as the loop begins with them, keys or characters too.

    `moves`: if it is a list, items come and go; see `_changes_lists_only`.
    """
    span = cx.span(loop.node)
    node = loop.iter
    items = lib.items_of(cx, read_place(cx, _place(cx, origin)), node)
    size = Var(name=cx.names.fresh("size"), type=INT, span=span)
    before = () if moves else (Assign(name=size.name, value=lib.length(cx, items, node), span=span),)
    following = lib.binary(cx, "+", loop.index, _ONE, node)
    head: Suite = (
        Assign(name=loop.index.name, value=following, span=span),
        *_take(cx, loop, lib.subscript(cx, items, loop.index, node), moves=moves),
    )
    test = lib.compare(cx, ast.Lt(), following, lib.length(cx, items, node) if moves else size, node)
    return [
        *before,
        Assign(name=loop.index.name, value=Const(value=-1, type=INT, span=span), span=span),
        While(label=loop.label, test=test, body=(*head, *loop.body), orelse=loop.orelse, span=span),
    ]


def _by_key(cx: Context, origin: Origin, loop: _Loop) -> list[Stmt]:
    """A loop over the keys as they were; each round checks, as CPython does, that none came or went, and reads the value anew."""
    span = cx.span(loop.node)
    node = loop.iter
    current = read_place(cx, _place(cx, origin))
    by_text = lib.has_own_keys(current.type) and origin.kind != "keys"
    keys = lib.keys_of(cx, lib.dict_held(current) if by_text else current, node)
    size = Var(name=cx.names.fresh("size"), type=INT, span=span)
    key = Var(name=loop.index.name, type=STR, span=span)
    made = lib.new_exception(
        cx, "RuntimeError", [Const(value="dictionary changed size during iteration", type=STR, span=span)], node
    )
    same = lib.compare(cx, ast.Eq(), lib.length(cx, current, node), size, node)
    check = If(test=same, then=(), orelse=(Raise(exc=made, span=span),), span=span)
    value = lib.subscript(cx, current, key, node)
    if origin.kind == "keys":
        taken: Suite = (Assign(name=loop.name, value=key, span=span),)
    else:
        moves = _changes_directly(loop.body, origin, loop.index.name)
        shown = lib.key_of(cx, current, key, node) if by_text else key
        taken = _take(cx, loop, value, None if origin.kind == "values" else shown, moves=moves)
    body: Suite = (check, *taken, *loop.body)
    return [
        Assign(name=size.name, value=lib.length(cx, current, node), span=span),
        ForEach(label=loop.label, name=key.name, seq=keys, body=body, orelse=(check, *loop.orelse), span=span),
    ]


def run_each(cx: Context, source: Source, round_: Callable[[Value], None], node: ast.AST) -> None:
    """A loop that the compiler makes itself, of a comprehension for example; `round_` lowers one round for an item."""
    if is_unordered(source):
        refuse_text(cx, "set", node)
        return
    if source.push is not None:
        from pysfnc.frontend.loops.lower_pushed import run_pushed

        run_pushed(cx, source, round_, node)
        return
    settle(cx, node, lambda: _attempt_each(cx, source, round_, node))


def _attempt_each(cx: Context, source: Source, round_: Callable[[Value], None], node: ast.AST) -> Lowered:
    label = cx.names.fresh("loop")
    name = cx.names.fresh("item")
    span = cx.span(node)
    index = Var(name=cx.names.fresh("index"), type=INT, span=span)
    # What a round changes of its item is changed where it stands.
    origin = source.origin if source.step is None and source.lazy is None else None
    origin = origin if origin is not None and origin.kind in _OF_ITEMS else None
    start: State = cx.state.copy()
    type_ = lib.item_type(source.items.type) if origin is None else _item_type(cx, source)
    element = Var(name=name, type=type_, span=span)
    since = len(cx.journal.replaced)
    with cx.flow.landing(f"break {label}") as breaks, cx.capture() as out:

        def lower() -> None:
            if origin is not None:
                cx.state.end_views(index.name)
                cx.state.put(name, Fact(type_, view=_viewed(cx, origin, element, index).view))
            value = element if source.step is None else source.step(cx, element)
            if value is not None:
                round_(value)

        back, body = loop_body(cx, label, start, lower)
        after = join_states([start, *back])
        at = node if isinstance(node, ast.expr) else ast.copy_location(ast.Constant(None), node)
        loop = _Loop(label, name, body, (), index, node, at, since)
        out.extend([_plain(cx, source, loop)] if origin is None else _in_form(cx, source, loop))
    cx.state = join_states([after, *breaks.states])
    return Lowered(tuple(out), back)

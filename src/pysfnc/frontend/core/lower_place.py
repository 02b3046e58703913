"""Places: what a change in place goes to, and how the variable that owns it is rebuilt.

`d["a"]["b"] = v` changes the object that `d` holds: it becomes an assignment (`changes=True`) of a rebuilt dict to `d`. A loop variable that holds an
item of a list is a view: the change is written to the list as well. Owns this, and the refusal of changes to constants and to variables of
a surrounding branch.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value, present
from pysfnc.frontend.core.lower_frame import lookup_frame
from pysfnc.frontend.core.lower_names import read_name
from pysfnc.frontend.core.lower_shared import shared_of
from pysfnc.frontend.core.lower_state import Fact, View
from pysfnc.frontend.core.lower_values import ProjectClass
from pysfnc.frontend.data.inner_dicts import is_inner
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Eval, If, Raise
from pysfnc.lean import dataclass
from pysfnc.library.containers.hashing import never_hashable
from pysfnc.library.rows.row import Change
from pysfnc.source.span import Span
from pysfnc.values.relations import kinds
from pysfnc.values.types import NONE, STR, Kind, MapT, Type


@dataclass(frozen=True, slots=True)
class Place:
    """`root[keys[0]][keys[1]]...`; `root` is a variable, the keys are constants or variables.

    `spans` are those of the subscripts. `title` names the root for messages.
    """

    root: Var
    keys: tuple[Expr, ...]
    spans: tuple[ast.AST, ...]
    title: str

    def item(self, key: Expr, node: ast.AST) -> "Place":
        """The place of an item of what is here."""
        return Place(self.root, (*self.keys, key), (*self.spans, node), self.title)


def lower_place(cx: Context, node: ast.expr, doing: str) -> Place | None:
    """The place that an expression names, for a change of the object there; None after a message.

    The subscripts on the way are evaluated (each container is read, so a missing key raises here). Any other expression than a name
    and its subscripts gives a fresh object, whose change nobody sees afterwards.
    """
    match node:
        case ast.Name(id=name):
            return _named_place(cx, name, node, doing)
        case ast.Subscript(value=base, slice=index) if not isinstance(index, ast.Slice):
            outer = lower_place(cx, base, doing)
            if outer is None:
                return None
            key = lower_key(cx, outer, index, base)
            return None if is_poison(key) or not ensured(cx, outer, key, node) else outer.item(key, node)
        case ast.Attribute(value=base, attr=name) if is_local_path(cx, node):
            return _attribute_place(cx, node, base, name, doing)
        case _:
            value = as_data(cx, lower_value(cx, node), node)
            if is_poison(value):
                return None
            # What a method gave that is a part of something, `d.setdefault(k, {})`, is changed there.
            if isinstance(value, Var) and value.name in cx.state.facts:
                return Place(value, (), (), "")
            return fresh_place(cx, value)


def fresh_place(cx: Context, value: Expr) -> Place:
    """A place for an object that no name holds. Its type is known as that of a variable, as a change may give it another."""
    kept = cx.temporary(value, "object")
    if kept.name not in cx.state.facts:
        cx.state.facts[kept.name] = Fact(kept.type)
        cx.regions.setdefault(kept.name, cx.flow.region)
    return Place(kept, (), (), "")


def ensured(cx: Context, place: Place, key: Expr, node: ast.expr) -> bool:
    """Whether there is an item at a key, which a `defaultdict` makes where there is none; False after a message."""
    from pysfnc.frontend.data.lower_mappings import ensure_item

    container = read_place(cx, place)
    if not isinstance(container.type, MapT):
        return True
    if container.type.factory is not None:
        return ensure_item(cx, place, key, node)
    return True


def is_local_path(cx: Context, node: ast.expr) -> bool:
    """Whether an expression is made of subscripts and attributes of a local variable."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and lookup_frame(cx.frame, node.id) is not None


def _attribute_place(cx: Context, node: ast.Attribute, base: ast.expr, name: str, doing: str) -> Place | None:
    """The place of an attribute that an object holds itself; what a property gives is evaluated."""
    from pysfnc.frontend.classes.lower_objects import attribute_holds

    outer = lower_place(cx, base, doing)
    if outer is None:
        return None
    container = read_place(cx, outer)
    if attribute_holds(cx, container.type, name):
        return outer.item(Const(value=name, type=STR, span=cx.span(node)), node)
    value = as_data(cx, lower_value(cx, node), node)
    if is_poison(value):
        return None
    shared = shared_of(cx, value)
    if shared is not None and shared.depth == 0:
        _refuse_global(cx, shared.name, node, doing)
        return None
    return fresh_place(cx, value)


def lower_key(cx: Context, place: Place, node: ast.expr, base: ast.expr, *, sets: bool = False) -> Expr:
    """The key of a subscript of `base`, as an atom; what it is a key of was evaluated before it. `sets`: it is set, whether it is there or not."""
    with cx.capture() as own:
        key = cx.atom(as_data(cx, lower_value(cx, node), node), "key")
    container = read_place(cx, place)
    if Kind.RECORD in kinds(container.type):
        return cx.error(codes.TYPE_MISMATCH, node, f"a value of type `{container.type}` has no items")
    if own and can_raise(container):
        cx.emit(Eval(value=container, span=container.span))
    cx.out.extend(own)
    if is_poison(key):
        return key
    is_made = isinstance(container.type, MapT) and (
        container.type.factory is not None or container.type.name == "Counter"
    )
    puts_in = sets or is_made
    keyed = key_taker(cx, container.type, key, base, sets=puts_in)
    if keyed is not None:
        if container.type != keyed:
            # The keys of a dict tell what its keys are.
            refused = retype_place(cx, place, keyed, node)
            if refused is not None:
                return refused
        mapping = read_place(cx, place)
        text = cx.atom(lib.key_text(cx, mapping, key, node), "key")
        if puts_in:
            check_new_key(cx, key, node)
        else:
            cx.emit(Eval(value=lib.key_present(cx, mapping, text, node, key), span=cx.span(node)))
        key = text
    elif lib.has_own_keys(container.type):
        return refuse_key(cx, container, key, node)
    return key


def key_taker(cx: Context, type_: Type, key: Expr, base: ast.expr, *, sets: bool = False) -> MapT | None:
    """The dict type that takes a key as a text of its own, if what `base` names does (see `keyed_by`) or may, as nobody else uses it."""
    keyed = lib.keyed_by(type_, key.type, sets=sets)
    is_counter = isinstance(type_, MapT) and type_.name == "Counter"
    scope = cx.project.any_keys
    is_wide = scope == "everywhere" or (scope == "inner" and (is_counter or is_inner(cx, base)))
    if keyed is not None or not sets or not is_wide:
        return keyed
    first = lib.keys_like(type_, key.type)
    cx.project.met_any_keys |= first is not None
    return first


def check_new_key(cx: Context, key: Expr, node: ast.AST) -> None:
    """Let a key that a dict does not take in the machine raise TypeError."""
    refused = lib.new_key(cx, key, node)
    if refused is not None:
        cx.emit(Eval(value=refused, span=cx.span(node)))


def refuse_key(cx: Context, mapping: Expr, key: Expr, node: ast.AST) -> Expr:
    """Say that a dict has no form with keys of some type, or that no dict has such keys."""
    assert isinstance(mapping.type, MapT)
    if never_hashable(key.type):
        return cx.error(
            codes.TYPE_MISMATCH, node, f"a key of type `{key.type}` is unhashable, which always raises TypeError"
        )
    return cx.error(
        codes.TYPE_NEEDED,
        node,
        f"a dict whose keys are of type `{mapping.type.key}` gets a key of type `{key.type}`",
        help="write instead: keys of one type; ints, floats, bools, str, None and tuples of them are told apart",
    )


def retype_place(cx: Context, place: Place, type_: Type, node: ast.AST) -> Expr | None:
    """Let a dict be known as one with other keys; what stands for the key after a message."""
    if place.keys:
        write_place(cx, place, cx.atom(replace(read_place(cx, place), type=type_)), cx.span(node))
    elif place.root.name in cx.state.facts:
        cx.state.retype(place.root.name, type_)
    else:
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            "a dict without a name of its own gets its first key here, so that it is not known what its keys are",
            help="write instead: a name for it with an annotation, `d: dict[int, str] = {}`",
        )
    return None


def _named_place(cx: Context, name: str, node: ast.Name, doing: str) -> Place | None:
    if lookup_frame(cx.frame, name) is None:
        found = lower_value(cx, node)
        if not is_poison(found):
            _refuse_global(cx, name, node, doing)
        return None
    held = read_name(cx, name, node)
    value = as_data(cx, held, node)
    if is_poison(value):
        return None
    if not isinstance(value, Var):
        what = f"the class `{held.info.name}`" if isinstance(held, ProjectClass) else f"what `{name}` stands for"
        cx.error(
            codes.GLOBAL_MUTATION,
            node,
            f"{what} is {doing}",
            help="write instead: an attribute of an object that a variable holds, or a key of a dict",
        )
        return None
    return Place(value, (), (), name)


def _refuse_global(cx: Context, name: str, node: ast.AST, doing: str) -> None:
    cx.error(
        codes.GLOBAL_MUTATION,
        node,
        f"the module-level value `{name}` is {doing}",
        help=f"write instead: a copy, `mine = copy.deepcopy({name})`, or a parameter and a return value",
    )


def read_place(cx: Context, place: Place, upto: int | None = None) -> Expr:
    """The value at a place, or at the first `upto` keys of its way."""
    value: Expr = present(cx, place.root)
    end = len(place.keys) if upto is None else upto
    for key, node in zip(place.keys[:end], place.spans[:end], strict=True):
        value = lib.part(cx, value, key, node)
    return value


def may_change(cx: Context, place: Place, node: ast.AST, doing: str) -> bool:
    """Whether the object may be changed here; a message when not."""
    fact = cx.state.facts.get(place.root.name)
    if fact is not None and fact.shared is not None and fact.shared.depth <= len(place.keys):
        _refuse_global(cx, fact.shared.name, node, doing)
        return False
    outer = next((name for name in _written(cx, place.root.name) if cx.region_of(name) != cx.flow.region), None)
    if outer is not None:
        whose = f"`{place.title}`"
        if outer != place.root.name:
            whose += f" stands in `{outer.split('%')[0]}`, which"
        cx.error(
            codes.BRANCH_REBINDS_OUTER,
            node,
            f"{whose} belongs to the surrounding function and is {doing} in a branch that runs at the same time as others",
            help="write instead: return the value from the branch and use it after the join",
        )
        return False
    return True


def _written(cx: Context, variable: str) -> Iterator[str]:
    """The variables that a change of what a variable holds is written to: it, and what it is a view into."""
    fact = cx.state.facts.get(variable)
    while fact is not None:
        yield variable
        if fact.view is None:
            return
        variable = fact.view.owner
        fact = cx.state.facts.get(variable)


def result_before(cx: Context, change: Change, node: ast.AST) -> Expr:
    """What a call that changes its receiver gives, evaluated before the change is written."""
    result = change.result
    if isinstance(result, Const | Var):
        return result
    if result.type != NONE:
        return cx.temporary(result)
    cx.emit(Eval(value=result, span=cx.span(node)))
    return Const(value=None, type=NONE, span=cx.span(node))


def write_place(cx: Context, place: Place, value: Expr, span: Span, *, fresh: bool = False) -> None:
    """Let the object at a place be `value`, changed in place; `fresh`: there need not have been one."""
    made = _rebuilt(cx, place, value, fresh=fresh)
    if is_poison(made):
        return
    _change(cx, place.root.name, made, span)


def _rebuilt(
    cx: Context, place: Place, value: Expr, holder: frozenset[Kind] | None = None, *, fresh: bool = False
) -> Expr:
    """The whole object of the root with a new value at the place.

    `holder` says what the innermost container is known to be; `fresh`: it need not have an item at the key yet.
    """
    last = len(place.keys) - 1
    for depth in range(last, -1, -1):
        container = read_place(cx, place, depth)
        if holder is not None and depth == last:
            container = lib.as_kind(container, holder)
        existing = depth < last or not fresh
        if not existing:
            container = indexable(cx, container, place.keys[depth], place.spans[depth])
        value = lib.set_part(cx, container, place.keys[depth], value, place.spans[depth], existing=existing)
        if is_poison(value):
            return value
    return value


def _change(cx: Context, variable: str, value: Expr, span: Span) -> None:
    """A change of the object that a variable holds, and of what the variable is a view into."""
    fact = cx.state.facts.get(variable)
    view = fact.view if fact is not None else None
    cx.emit(Assign(name=variable, value=value, changes=True, span=span))
    if fact is None:
        return
    cx.state.end_views(variable, lambda keys: touches(value, keys))
    cx.state.facts[variable] = replace(fact, type=value.type, view=None)
    if view is not None:
        _write_through(cx, view, Var(name=variable, type=value.type, span=span), span)
        if variable in cx.state.facts:
            cx.state.facts[variable] = replace(cx.state.facts[variable], view=view)


def _write_through(cx: Context, view: View, value: Expr, span: Span) -> None:
    owner = cx.state.facts.get(view.owner)
    if owner is None:
        return
    root = Var(name=view.owner, type=owner.type, span=span)
    place = Place(root, view.keys, tuple(_Anchor(span) for _ in view.keys), view.owner)
    # What stands there was changed, so it is no key or character, and what holds it is what the key says.
    by_key = {Kind.INT: Kind.LIST, Kind.STR: Kind.DICT}
    holder = frozenset(by_key[kind] for kind in kinds(view.keys[-1].type) & by_key.keys())
    holder |= {Kind.RECORD, Kind.MAPPING} if Kind.DICT in holder else frozenset()
    made = _rebuilt(cx, place, value, holder)
    if not is_poison(made):
        _change(cx, view.owner, made, span)


def indexable(cx: Context, container: Expr, key: Expr, node: ast.AST) -> Expr:
    """A container that is changed at an int: a dict would get a key that JSON does not have, so that fails when it runs."""
    found = kinds(container.type)
    if not {Kind.LIST, Kind.DICT} <= found or not kinds(key.type) or not kinds(key.type) <= {Kind.INT, Kind.BOOL}:
        return container
    text = Const(value="an int is no key of a dict in the machine", type=STR, span=cx.span(node))
    is_dict = lib.has_kind(cx, container, frozenset({Kind.DICT}), node)
    with cx.capture() as failing:
        cx.emit(Raise(exc=lib.new_exception(cx, "TypeError", [text], node), span=cx.span(node)))
    cx.emit(If(test=is_dict, then=tuple(failing), orelse=(), span=cx.span(node)))
    return lib.as_kind(container, found - {Kind.DICT})


def touches(value: Expr, keys: tuple[Expr, ...]) -> bool:
    """Whether a changed object may differ at `keys` or below: not when another key was set."""
    if not keys or not (isinstance(value, Prim) and value.op == "item.set"):
        return True
    _, key, inner = value.args
    if isinstance(key, Const) and isinstance(keys[0], Const) and _are_two_places(key.value, keys[0].value):
        return False
    return touches(inner, keys[1:])


def _are_two_places(one: object, other: object) -> bool:
    """Whether two constant keys name different places; an index that counts from the end may name any."""
    return one != other and not any(isinstance(key, int) and key < 0 for key in (one, other))


class _Anchor(ast.AST):
    """A node that stands for a place already known."""

    def __init__(self, span: Span) -> None:
        super().__init__()
        file = span.file
        self.lineno = span.line
        self.col_offset = file.byte_of_column(span.line, span.column)
        self.end_lineno = span.end_line
        self.end_col_offset = file.byte_of_column(span.end_line, span.end_column)

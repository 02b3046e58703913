"""Assignment: names, unpacking, subscripts, augmented and annotated assignment, `del`.

Owns the order of evaluation (the value first, then the parts of each target from left to right) and what is bound by each target.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.stored_sets import changed, may_be_set
from pysfnc.frontend.classes.lower_objects import (
    has_setter,
    keep,
    may_set,
    object_attribute,
    reads_constant,
    set_property,
)
from pysfnc.frontend.classes.own_operators import (
    call_own,
    gives_itself,
    in_place_of_own,
    item_of_own,
    items_of_own,
    own_method,
)
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_annotation import believe
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import (
    as_data,
    is_poison,
    lower_in_order,
    lower_value,
    lowering,
    present,
    statement,
)
from pysfnc.frontend.core.lower_expr import OPERATORS
from pysfnc.frontend.core.lower_names import bind_name, owned_variable, read_name
from pysfnc.frontend.core.lower_place import (
    Place,
    ensured,
    indexable,
    is_local_path,
    lower_key,
    lower_place,
    may_change,
    read_place,
    write_place,
)
from pysfnc.frontend.core.lower_slices import items_for_slice, replace_slice
from pysfnc.frontend.core.lower_values import (
    Lazy,
    LazyComprehension,
    ProjectClass,
    ProjectFunction,
    Static,
    TupleOf,
    Value,
)
from pysfnc.frontend.core.lower_views import keep_stored, viewed
from pysfnc.frontend.data.lower_counters import augment_counter
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Eval
from pysfnc.values.relations import kinds
from pysfnc.values.types import STR, ErrorT, Kind, ListT, SetT


@statement(ast.Assign)
def lower_assign(cx: Context, node: ast.Assign) -> None:
    """`a = b = value`."""
    pairs = _pairwise(node)
    if pairs is not None:
        _assign_pairs(cx, *pairs)
        return
    value = lower_value(cx, node.value)
    if len(node.targets) > 1 and not isinstance(value, Static):
        value = cx.atom(value)
    for index, target in enumerate(node.targets):
        assign(cx, target, value, node)
        if index == 0 and isinstance(target, ast.Name) and not isinstance(value, Static) and not is_poison(value):
            # The later targets take the same object, which the first name now holds.
            value = read_name(cx, target.id, target) if len(node.targets) > 1 else value


def _pairwise(node: ast.Assign) -> tuple[list[ast.expr], list[ast.expr]] | None:
    """`a, b = x, y` as targets and values, when no tuple needs to be made."""
    match node:
        case ast.Assign(
            targets=[ast.Tuple(elts=targets) | ast.List(elts=targets)],
            value=ast.Tuple(elts=values) | ast.List(elts=values),
        ) if len(targets) == len(values) and not any(isinstance(part, ast.Starred) for part in (*targets, *values)):
            return targets, values
        case _:
            return None


def _assign_pairs(cx: Context, targets: Sequence[ast.expr], nodes: Sequence[ast.expr]) -> None:
    """All values are evaluated before the first target is assigned."""
    values = lower_in_order(cx, [lowering(cx, node) for node in nodes])
    kept: list[Value] = [
        value if isinstance(value, Static | Const) or len(values) == 1 else cx.temporary(value) for value in values
    ]
    for target, value, node in zip(targets, kept, nodes, strict=True):
        assign(cx, target, value, node)


@statement(ast.AnnAssign)
def lower_ann_assign(cx: Context, node: ast.AnnAssign) -> None:
    """`name: T = value`; without a value nothing happens."""
    if node.value is None:
        return
    value = lower_value(cx, node.value)
    if not isinstance(value, Static):
        value = believe(cx, value, node.annotation, ast.unparse(node.target), node)
    assign(cx, node.target, value, node)


def assign(cx: Context, target: ast.expr, value: Value, node: ast.AST) -> None:
    """Assign a value to a target."""
    match target:
        case ast.Name(id=name):
            _assign_name(cx, name, value, target)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            _unpack(cx, targets, value, target)
        case ast.Subscript(slice=ast.Slice()):
            items = items_for_slice(cx, value, target)
            if not is_poison(items):
                replace_slice(cx, target, cx.atom(items, "items"))
        case ast.Subscript():
            _assign_item(cx, target, as_data(cx, value, node))
        case ast.Attribute():
            _assign_attribute(cx, target, as_data(cx, value, node))
        case _:
            cx.error(codes.UNSUPPORTED_STATEMENT, target, "this target of an assignment has no compiled form")


def _assign_name(cx: Context, name: str, value: Value, target: ast.Name) -> None:
    if isinstance(value, Static):
        bind_name(cx, name, value, target)
        return
    kept, view = viewed(cx, value)
    bind_name(cx, name, kept, target, view=view)


def _unpack(cx: Context, targets: Sequence[ast.expr], value: Value, node: ast.AST) -> None:
    """`a, *b, (c, d) = value`."""
    star = next((index for index, target in enumerate(targets) if isinstance(target, ast.Starred)), None)
    own = items_of_own(cx, value, node)
    value = value if own is None else own
    known = lib.known_items(cx, value)
    if known is not None:
        if isinstance(value, Prim) and value.op == "list.make":
            # All items are evaluated before the first target is bound.
            known = [item if isinstance(item, Static | Const) else cx.temporary(item) for item in known]
        elif not isinstance(value, Static) and not isinstance(value, Var):
            value = cx.temporary(value)
            known = lib.known_items(cx, value)
            assert known is not None
        if _fits(cx, len(known), len(targets), star, node):
            _assign_known(cx, targets, known, star, isinstance(value, TupleOf), node)
        return
    if isinstance(value, LazyComprehension):
        value = lib.unpacked(cx, value, len(targets) if star is None else None, node)
    elif isinstance(value, Lazy):
        value = lib.items_of(cx, value, node)
    items = lib.unpackable(cx, as_data(cx, value, node), node)
    whole = cx.atom(items)
    if not is_poison(whole):
        fixed = len(targets) if star is None else len(targets) - 1
        cx.emit(Eval(value=lib.unpack_check(cx, whole, fixed, star is not None, node), span=cx.span(node)))
    for index, target in enumerate(targets):
        behind = len(targets) - index - 1
        if isinstance(target, ast.Starred):
            assign(cx, target.value, lib.middle_of(cx, whole, index, behind, node), node)
        else:
            position = index if star is None or index < star else -behind - 1
            assign(cx, target, lib.item_at(cx, whole, position, node), node)


def _fits(cx: Context, have: int, want: int, star: int | None, node: ast.AST) -> bool:
    if have == want if star is None else have >= want - 1:
        return True
    least = want if star is None else want - 1
    amount = "too many values to unpack" if have > least else "not enough values to unpack"
    cx.error(
        codes.TYPE_MISMATCH,
        node,
        f"{amount} ({'at least ' if star is not None else ''}{least} expected, {have} given), which always raises ValueError",
    )
    return False


def _assign_known(
    cx: Context, targets: Sequence[ast.expr], items: Sequence[Value], star: int | None, static: bool, node: ast.AST
) -> None:
    extra = len(items) - len(targets)
    position = 0
    for index, target in enumerate(targets):
        if index == star and isinstance(target, ast.Starred):
            part = items[position : position + extra + 1]
            if static and any(isinstance(item, Static) for item in part):
                assign(cx, target.value, TupleOf(tuple(part), True), node)
            else:
                assign(cx, target.value, lib.make_list(cx, [as_data(cx, item, node) for item in part], node), node)
            position += extra + 1
        else:
            assign(cx, target, items[position], node)
            position += 1


def _assign_item(cx: Context, target: ast.Subscript, value: Expr) -> None:
    """`place[key] = value`."""
    value = cx.atom(value)
    place = lower_place(cx, target.value, "changed")
    if place is None:
        lower_value(cx, target.slice)
        return
    if own_method(cx, container := read_place(cx, place), "__setitem__") is not None:
        this = keep(cx, container, target.value)
        key_given = lower_value(cx, target.slice)
        item_of_own(cx, this, "__setitem__", [(key_given, target.slice), (value, target)], target)
        return
    key = lower_key(cx, place, target.slice, target.value, sets=True)
    if is_poison(value) or is_poison(key) or not may_change(cx, place, target, "changed"):
        return
    place = place.item(key, target)
    cx.journal.replaced.append((place.root.name, place.keys))
    write_place(cx, place, value, cx.span(target), fresh=True)
    keep_stored(cx, value, place.root.name, place.keys)


def _assign_attribute(cx: Context, target: ast.Attribute, value: Expr) -> None:
    """`place.name = value`."""
    value = cx.atom(value)
    place = attribute_to_set(cx, target, lambda this: set_property(cx, this, target.attr, value, target))
    if place is None or is_poison(value):
        return
    cx.journal.replaced.append((place.root.name, place.keys))
    write_place(cx, place, value, cx.span(target), fresh=True)
    keep_stored(cx, value, place.root.name, place.keys)


def attribute_to_set(cx: Context, target: ast.Attribute, by_setter: Callable[[Expr], None]) -> Place | None:
    """The place of an attribute that is assigned; None after a message, or after `by_setter` did it with the object of a property."""
    if not is_local_path(cx, target):
        held = lower_value(cx, target.value)
        is_shared = isinstance(held, ProjectClass | ProjectFunction)
        cx.error(
            codes.GLOBAL_MUTATION if is_shared else codes.UNSUPPORTED_STATEMENT,
            target,
            "this attribute cannot be assigned in the machine",
            help="write instead: a field of an object that a variable holds, or a key of a dict",
        )
        return None
    place = lower_place(cx, target.value, "changed")
    if place is None:
        return None
    container = read_place(cx, place)
    if has_setter(cx, container.type, target.attr):
        by_setter(container)
        return None
    if is_poison(container) or not may_set(cx, container.type, target.attr, target):
        return None
    if not may_change(cx, place, target, "changed"):
        return None
    return place.item(Const(value=target.attr, type=STR, span=cx.span(target)), target)


@statement(ast.AugAssign)
def lower_aug_assign(cx: Context, node: ast.AugAssign) -> None:
    """`target op= value`: in place for a list, an assignment of the result for everything else."""
    match node.target:
        case ast.Name():
            _augment_name(cx, node, node.target)
        case ast.Subscript():
            _augment_item(cx, node, node.target)
        case ast.Attribute():
            attribute, done = node.target, list[Expr]()
            place = attribute_to_set(cx, attribute, done.append)
            if done:
                _augment_property(cx, node, attribute, done[0])
            elif place is None:
                lower_value(cx, node.value)
            elif reads_constant(cx, read_place(cx, place, len(place.keys) - 1).type, node.target.attr):
                cx.error(
                    codes.UNSUPPORTED_STATEMENT,
                    node.target,
                    f"`{node.target.attr}` is a constant of the class, of which the object gets one of its own here",
                    help=f"write instead: `self.{node.target.attr} = ...` in `__init__`",
                )
            else:
                _augment_place(cx, node, node.target, place)


def _augment_property(cx: Context, node: ast.AugAssign, target: ast.Attribute, container: Expr) -> None:
    """`x.name op= value` of a property with a setter."""
    this = keep(cx, container, target.value)
    left = cx.atom(as_data(cx, object_attribute(cx, this, target), target), "value")
    if kinds(left.type) & {Kind.LIST, Kind.DICT, Kind.SET}:
        message = "an object that a property gives is changed by an augmented assignment"
        cx.error(codes.UNSUPPORTED_STATEMENT, node, message, help="write instead: a method that changes it")
        return
    made = cx.atom(_augmented(cx, node, left, lower_value(cx, node.value)))
    if not is_poison(made):
        set_property(cx, replace(this, type=as_data(cx, present(cx, this), target).type), target.attr, made, target)


def _augment_object(cx: Context, node: ast.AugAssign, left: Expr, right: Value, write: Callable[[Expr], None]) -> bool:
    """`target op= value` by a method of the class such as `__iadd__`, if there is one; whether there is.

    The method changes the object that the target holds. What it gives is assigned then, which changes nothing where it is the object.
    """
    own = in_place_of_own(cx, OPERATORS[type(node.op)], left)
    if own is None:
        return False
    this = keep(cx, left, node.target)
    if not isinstance(right, Static):
        right = cx.atom(right, "operand")
    made = as_data(cx, call_own(cx, own, this, [(right, node.value)], node.target), node)
    if not is_poison(made) and not gives_itself(own[1]):
        write(cx.atom(made))
    return True


def _augment_name(cx: Context, node: ast.AugAssign, target: ast.Name) -> None:
    if owned_variable(cx, target.id, target, "rebound") is None:
        lower_value(cx, node.value)
        return
    old, right = lower_in_order(cx, [lambda: read_name(cx, target.id, target), lambda: lower_value(cx, node.value)])
    left = as_data(cx, old, target)
    if _augment_object(cx, node, left, right, lambda made: bind_name(cx, target.id, made, node)):
        return
    if isinstance(left, Var) and augment_counter(cx, node, Place(left, (), (), target.id), left, right):
        return
    if isinstance(left.type, ListT) or _changes_set(node, left) or _changes_set_of_item(cx, node, left, right):
        if isinstance(left, Var):
            _augment_in_place(cx, node, Place(left, (), (), target.id), right)
        return
    if isinstance(left, Var) and _may_change(node, left, right):
        _augment_unknown(cx, node, Place(left, (), (), target.id), right)
        return
    bind_name(cx, target.id, _augmented(cx, node, left, right), node)


def _augment_item(cx: Context, node: ast.AugAssign, target: ast.Subscript) -> None:
    if isinstance(target.slice, ast.Slice):
        cx.error(codes.UNSUPPORTED_STATEMENT, target, "a slice cannot be assigned in the machine")
        return
    place = lower_place(cx, target.value, "changed")
    if place is not None and own_method(cx, container := read_place(cx, place), "__getitem__") is not None:
        _augment_own_item(cx, node, target, container)
        return
    key = lower_key(cx, place, target.slice, target.value) if place is not None else lower_value(cx, target.slice)
    if place is None or isinstance(key, Static) or is_poison(key) or not may_change(cx, place, target, "changed"):
        lower_value(cx, node.value)
        return
    if ensured(cx, place, key, target):
        _augment_place(cx, node, target, place.item(key, target))


def _augment_own_item(cx: Context, node: ast.AugAssign, target: ast.Subscript, container: Expr) -> None:
    """`x[key] op= value` of an object with `__getitem__` and `__setitem__`."""
    this = keep(cx, container, target.value)
    key = lower_value(cx, target.slice)
    key = key if isinstance(key, Static) else cx.atom(key, "key")
    old = item_of_own(cx, this, "__getitem__", [(key, target.slice)], target)
    assert old is not None
    left = cx.atom(as_data(cx, old, target), "item")
    right = lower_value(cx, node.value)
    if kinds(left.type) & {Kind.LIST, Kind.DICT, Kind.SET}:
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            node,
            "an object that a method gives is changed by an augmented assignment",
            help="write instead: a method that changes it",
        )
        return
    made = cx.atom(_augmented(cx, node, left, right))
    this = replace(this, type=as_data(cx, present(cx, this), target).type)
    if (
        not is_poison(made)
        and item_of_own(cx, this, "__setitem__", [(key, target.slice), (made, target)], target) is None
    ):
        cx.error(codes.TYPE_MISMATCH, target, "the object has no `__setitem__`, so that this always raises TypeError")


def _augment_place(cx: Context, node: ast.AugAssign, target: ast.expr, place: Place) -> None:
    old, right = lower_in_order(cx, [lambda: read_place(cx, place), lambda: lower_value(cx, node.value)])
    left = as_data(cx, old, target)
    if _augment_object(cx, node, left, right, lambda made: write_place(cx, place, made, cx.span(node), fresh=True)):
        return
    if augment_counter(cx, node, place, left, right):
        return
    if isinstance(left.type, ListT) or _changes_set(node, left) or _changes_set_of_item(cx, node, left, right):
        _augment_in_place(cx, node, place, right)
        return
    if _may_change(node, left, right):
        _augment_unknown(cx, node, place, right)
        return
    made = cx.atom(_augmented(cx, node, left, right))
    if not is_poison(made):
        write_place(cx, place, made, cx.span(node))


def _augmented(cx: Context, node: ast.AugAssign, left: Expr, right: Value) -> Expr:
    """The result for operands that are not changed in place."""
    if isinstance(node.op, ast.Add) and Kind.LIST in kinds(left.type) and not isinstance(right, Static):
        # A list that is given no iterable has words of its own for that.
        return lib.augmented_list(cx, "+", cx.atom(left), cx.atom(right), node)
    return lib.binary(cx, f"{OPERATORS[type(node.op)]}=", left, as_data(cx, right, node.value), node)


_SET_OPERATORS = (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor)
_NO_ITERABLES = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT})
_TIMES = frozenset({Kind.BOOL, Kind.INT})
_IN_PLACE = {ast.Add: Kind.LIST, ast.Mult: Kind.LIST, ast.BitOr: Kind.DICT}


def _changes_set(node: ast.AugAssign, left: Expr) -> bool:
    """Whether the assignment changes a set in place."""
    return isinstance(left.type, SetT) and left.type.form == "set" and isinstance(node.op, _SET_OPERATORS)


def _changes_set_of_item(cx: Context, node: ast.AugAssign, left: Expr, right: Value) -> bool:
    """Whether the assignment changes a set that came out of an item in place: nothing else in one takes a set."""
    takes_set = isinstance(node.op, _SET_OPERATORS) and not isinstance(right, Static) and isinstance(right.type, SetT)
    return takes_set and may_be_set(cx, left.type)


def _may_change(node: ast.AugAssign, left: Expr, right: Value) -> bool:
    """Whether the assignment may change an object in place, where the value may be one that can be.

    A list takes no number by `+=` and nothing but an int by `*=`: it raises `TypeError` then, before it changes.
    """
    changing = _IN_PLACE.get(type(node.op))
    if changing not in kinds(left.type):
        return False
    if changing is not Kind.LIST or isinstance(right, Static) or isinstance(right.type, ErrorT):
        return True
    given = kinds(right.type)
    return bool(given - _NO_ITERABLES if isinstance(node.op, ast.Add) else given & _TIMES)


def _augment_unknown(cx: Context, node: ast.AugAssign, place: Place, right: Value) -> None:
    """`target op= value` where the target may hold a list (or dict), which is changed, or something that is not."""
    if not may_change(cx, place, node, "changed"):
        return
    current = cx.atom(read_place(cx, place))
    other = cx.atom(as_data(cx, right, node.value))
    if is_poison(current) or is_poison(other):
        return
    symbol = OPERATORS[type(node.op)]
    if symbol == "|" and kinds(other.type) != {Kind.DICT}:
        cx.error(
            codes.TYPE_NEEDED,
            node,
            "`|=` of a dict takes other things than dicts too, and which it is is not known",
            help="write instead: `x.update(y)`",
        )
        return
    made = (
        lib.augmented_list(cx, symbol, current, other, node) if symbol == "+" else _augmented(cx, node, current, other)
    )
    if not is_poison(made):
        write_place(cx, place, made if not place.keys else cx.atom(made), cx.span(node))


def _augment_in_place(cx: Context, node: ast.AugAssign, place: Place, right: Value) -> None:
    """`xs += items` and `xs *= n` of a list."""
    if not may_change(cx, place, node, "changed"):
        return
    symbol = OPERATORS[type(node.op)]
    current = read_place(cx, place)
    from pysfnc.frontend.data.grown import grows_by_item

    if symbol == "+" and grows_by_item(cx, place, "extend", right, node.value):
        return
    if symbol == "+":
        items = lib.items_of(cx, right, node.value)
        made = lib.extended(cx, current, items, node)
    else:
        made = lib.binary(cx, f"{symbol}=", current, as_data(cx, right, node.value), node)
    made = changed(current, made)
    if not is_poison(made):
        write_place(cx, place, made if not place.keys else cx.atom(made), cx.span(node))


@statement(ast.Delete)
def lower_delete(cx: Context, node: ast.Delete) -> None:
    """`del name`, `del place[key]`."""
    for target in node.targets:
        _delete(cx, target)


def _delete(cx: Context, target: ast.expr) -> None:
    match target:
        case ast.Name(id=name):
            read_name(cx, name, target)
            variable = owned_variable(cx, name, target, "deleted")
            if variable is not None:
                cx.state.end_views(variable)
                cx.state.facts.pop(variable, None)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            for part in targets:
                _delete(cx, part)
        case ast.Subscript(slice=ast.Slice()):
            replace_slice(cx, target, None)
        case ast.Subscript(value=base, slice=index):
            place = lower_place(cx, base, "changed")
            if place is None:
                lower_value(cx, index)
                return
            if own_method(cx, container := read_place(cx, place), "__delitem__") is not None:
                this = keep(cx, container, base)
                item_of_own(cx, this, "__delitem__", [(lower_value(cx, index), index)], target)
                return
            key = lower_key(cx, place, index, base)
            if is_poison(key) or not may_change(cx, place, target, "changed"):
                return
            current = indexable(cx, cx.atom(read_place(cx, place)), key, target)
            made = lib.delete_item(cx, current, key, target)
            if not is_poison(made):
                write_place(cx, place, made if not place.keys else cx.atom(made), cx.span(target))
        case _:
            cx.error(codes.UNSUPPORTED_STATEMENT, target, "an attribute cannot be deleted in the machine")

"""Values of which an annotation says that they are ints: the same values, unless a float, list or dict is there.

An execution with one in such a place fails, and no `except` catches that: CPython would go on with it (LIM-18).
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Field, Func, IfElse, Lit, Ref, Tree
from pysfnc.library.machine.fit_checks import has_key
from pysfnc.library.rows.fits import InputSpec
from pysfnc.library.rows.make import TRUE, ZERO, both, call, either, eq, negate, text, type_of
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow
from pysfnc.library.rows.shapes import count, fn, ne
from pysfnc.values.believed import believed, dict_part, list_part, never_given
from pysfnc.values.fits import DictFit, FieldFit, Fit
from pysfnc.values.relations import field_of, members
from pysfnc.values.types import JSON, DictT, JsonT, Kind, ListT, Type

BELIEVED: Final = "annotation.ints"
"""The value, the form of the fit (`InputSpec.text_of_fit`), the text of the failure."""
HOLDS: Final = "annotation.holds"
"""The same, true in place of the value."""


def _item(depth: int) -> Ref:
    return Ref(f"py_v{depth}")


def holds_ints(value: Tree, type_: Type, fit: Fit, depth: int = 0) -> Tree:
    """A boolean tree: whether nothing stands where the annotation says int that it excludes."""
    found = [_holds(value, member, fit, depth) for member in members(type_)]
    return both(*dict.fromkeys(test for test in found if test is not None))


def _holds(value: Tree, member: Type, fit: Fit, depth: int) -> Tree | None:
    """The test for values of one member of a type; None where there is nothing to test."""
    if believed(member, fit) == member:
        return None
    match member:
        case ListT(item):
            return _guarded(value, "array", _items(value, item, fit, depth))
        case DictT():
            return _guarded(value, "object", _fields(value, member, fit, depth))
        case JsonT(found):
            return _holds_json(value, found, fit, depth)
        case _:
            return None


def _holds_json(value: Tree, found: frozenset[Kind], fit: Fit, depth: int) -> Tree:
    tests: list[Tree] = []
    wrong = sorted(kind.value for kind in found & never_given(fit))
    if wrong:
        names = Array(tuple(map(text, wrong)))
        tests.append(negate(Binary("in", call("py_kind", value), names)) if len(wrong) > 1 else _is_no(value, wrong[0]))
    items = _items(value, JSON, fit, depth) if Kind.LIST in found else None
    fields = _fields(value, DictT(JSON), fit, depth) if Kind.DICT in found else None
    inside = (_guarded(value, "array", items), _guarded(value, "object", fields))
    return both(*tests, *(test for test in inside if test is not None))


def _is_no(value: Tree, kind: str) -> Tree:
    return ne(call("py_kind", value), text(kind))


def _guarded(value: Tree, kind: str, test: Tree | None) -> Tree | None:
    """A test of what is inside of values of one kind."""
    return None if test is None else either(ne(type_of(value), text(kind)), test)


def _items(value: Tree, item: Type, fit: Fit, depth: int) -> Tree | None:
    listed = list_part(fit)
    if listed is None or listed.item is None:
        return None
    test = holds_ints(_item(depth), item, listed.item, depth + 1)
    if test == TRUE:
        return None
    return eq(count(call("filter", value, fn(_item(depth).name, negate(test)))), ZERO)


def _fields(value: Tree, type_: DictT, fit: Fit, depth: int) -> Tree | None:
    mapped = dict_part(fit)
    if mapped is None:
        return None
    if isinstance(mapped, DictFit):
        if mapped.value is None:
            return None
        test = holds_ints(_item(depth), type_.value, mapped.value, depth + 1)
        if test == TRUE:
            return None
        wrong = call("each", value, Func((_item(depth).name,), IfElse(negate(test), Lit(1), None)))
        return eq(count(wrong), ZERO)
    tests = [_of_field(value, type_, field, depth) for field in mapped.fields]
    found = [test for test in tests if test is not None]
    return both(*found) if found else None


def _of_field(value: Tree, type_: DictT, field: FieldFit, depth: int) -> Tree | None:
    test = holds_ints(Field(value, field.name), field_of(type_, field.name).type, field.fit, depth)
    return None if test == TRUE else either(negate(has_key(value, field.name)), test)


def _test(args: Sequence[Arg]) -> Tree:
    form = args[1].tree
    assert isinstance(form, Lit) and isinstance(form.value, str)
    return holds_ints(args[0].tree, args[0].type, InputSpec.fit_of_text(form.value))


def _failing(args: Sequence[Arg], value: Tree) -> Tree:
    return IfElse(_test(args), value, call("error", args[2].tree))


register_prim(PrimRow(op=BELIEVED, lower=lambda args, _: _failing(args, args[0].tree)))
register_prim(PrimRow(op=HOLDS, lower=lambda args, _: _failing(args, TRUE)))

"""Subscripts: reading, setting and deleting `x[i]`.

Of an untyped value the kind is asked at run time; its errors are CPython's, in CPython's order: first whether the value
can be subscripted and the index fits its kind, then whether there is such an item. A position that is no constant
costs JSONata a look at every item.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import IfElse, Lit, Tree
from pysfnc.library.containers.dicts import (
    DICTS,
    constant_key,
    dict_type,
    has_key,
    hashable,
    help_of_key,
    is_always_there,
    key_error,
    key_errors,
    lookup,
    new_key,
    refuse_key,
    refuse_read_key,
    set_key,
    without_key,
)
from pysfnc.library.containers.lists import in_range, item_type, with_item
from pysfnc.library.rows.make import (
    FALSE,
    NULL,
    TRUE,
    Built,
    both,
    call,
    choose,
    either,
    eq,
    join,
    negate,
    prim,
    text,
    type_of,
)
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Refusal, Site
from pysfnc.library.rows.shapes import (
    ONE,
    at,
    bind,
    block,
    count,
    filtered,
    from_end,
    length,
    mapped,
    ne,
    refs,
)
from pysfnc.library.rows.signature import WHOLE, whole
from pysfnc.library.rows.typenames import has_kind, of_kinds, type_name
from pysfnc.library.text.characters import substring
from pysfnc.values.fields import read_at, with_field, with_some_field, without_field, without_some_field
from pysfnc.values.relations import join_all, kinds, members
from pysfnc.values.types import ERROR, STR, ErrorT, Kind, TupleT, Type

LIST: Final = frozenset({Kind.LIST})
TUPLE: Final = frozenset({Kind.TUPLE})
ARRAYS: Final = LIST | TUPLE
STRINGS: Final = frozenset({Kind.STR})
KEYED: Final = DICTS | {Kind.RECORD}
INDEXED: Final = ARRAYS | STRINGS
_v, _i, _n, _V, _T = refs("py_v py_i py_n v t")


# Reading one item


def _item(args: Sequence[Arg], type_: Type) -> Tree:
    base, index = args
    found, given = kinds(base.type), kinds(index.type)
    ways: list[tuple[Tree, Tree]] = []
    if found & ARRAYS and given & WHOLE:
        ways.append((has_kind(base, ARRAYS), at(base.tree, whole(index))))
    if found & STRINGS and given & WHOLE:
        ways.append((has_kind(base, STRINGS), _character(base.tree, whole(index))))
    if found & KEYED and given & STRINGS:
        ways.append((has_kind(base, KEYED), lookup(base.tree, index.tree)))
    return choose(ways[:-1], ways[-1][1]) if ways else NULL


def _character(string: Tree, index: Tree) -> Tree:
    return substring(string, from_end(index, length(string)), ONE)


define(
    "py_no_key",
    ("v", "t"),
    # Why a value that is no dict has no item under an index of the type called $t.
    choose(
        [
            (
                eq(type_of(_V), text("string")),
                join(text("string indices must be integers, not '"), _T, text("'")),
            ),
            (eq(type_of(_V), text("array")), join(text("list indices must be integers or slices, not "), _T)),
        ],
        join(text("'"), call("py_type", _V), text("' object is not subscriptable")),
    ),
)


def _item_checks(args: Sequence[Arg], type_: Type) -> list[Check]:
    base, index = args
    if kinds(base.type) == {Kind.RECORD}:
        return _attribute_checks(base, index)
    given = kinds(index.type)
    if not given & WHOLE and Kind.TUPLE not in kinds(base.type):
        return _key_checks(base, index)
    return _position_checks(base, index) if given <= WHOLE else _any_item_checks(base, index)


def _attribute_checks(base: Arg, name: Arg) -> list[Check]:
    """The AttributeError of an object without an attribute; `build_attribute` makes these."""
    if is_always_there(base, name):
        return []
    assert isinstance(name.tree, Lit)
    message = around("'", type_name(base), f"' object has no attribute '{name.tree.value}'")
    return [Check(has_key(base.tree, name), "AttributeError", message)]


def _key_checks(base: Arg, index: Arg) -> list[Check]:
    """Those of an index that is no int: only a dict may have it."""
    found: list[Check] = []
    message: Tree = call("py_no_key", base.tree, type_name(index))
    if type_name(base) != call("py_type", base.tree):
        ways = [(has_kind(base, STRINGS), _text_index(index)), (has_kind(base, ARRAYS), _index_kind(base, index))]
        message = choose(ways, around("'", type_name(base), "' object is not subscriptable"))
    expect(found, has_kind(base, DICTS), "TypeError", message)
    return [*found, *hashable(index), *key_errors(base, index)] if kinds(base.type) & DICTS else found


def _position_checks(base: Arg, index: Arg) -> list[Check]:
    """Those of an int: a list or string may have it, a dict has not."""
    array, string, mapping = (has_kind(base, wanted) for wanted in (ARRAYS, STRINGS, DICTS))
    found: list[Check] = []
    message = around("'", type_name(base), "' object is not subscriptable")
    expect(found, either(array, string, mapping), "TypeError", message)
    if mapping != FALSE:
        missing = key_error(base, index)
        expect(found, negate(mapping), "KeyError", missing.message, missing.args)
    name = "tuple" if kinds(base.type) & ARRAYS == TUPLE else "list"
    if string != FALSE or (array != FALSE and not _is_inside(base, index)):
        size = choose([(string, length(base.tree))], count(base.tree))
        what = choose([(string, text("string index out of range"))], text(f"{name} index out of range"))
        expect(found, in_range(index, size), "IndexError", what)
    return found


def _any_item_checks(base: Arg, index: Arg) -> list[Check]:
    """Those of an index of which nothing is known."""
    array, string, mapping = (has_kind(base, wanted) for wanted in (ARRAYS, STRINGS, DICTS))
    is_whole = has_kind(index, WHOLE)
    found: list[Check] = []
    expect(
        found,
        either(array, string, mapping),
        "TypeError",
        around("'", type_name(base), "' object is not subscriptable"),
    )
    expect(found, implies(array, is_whole), "TypeError", _index_kind(base, index))
    expect(
        found,
        implies(string, is_whole),
        "TypeError",
        _text_index(index),
    )
    if mapping != FALSE:
        for check in (*hashable(index), key_error(base, index)):
            expect(found, implies(mapping, check.ok), check.error, check.message, check.args)
    if kinds(index.type) & WHOLE:
        if array != FALSE:
            name = "tuple" if kinds(base.type) & ARRAYS == TUPLE else "list"
            inside = in_range(index, count(base.tree))
            expect(found, implies(array, inside), "IndexError", text(f"{name} index out of range"))
        if string != FALSE:
            inside = in_range(index, length(base.tree))
            expect(found, implies(string, inside), "IndexError", text("string index out of range"))
    return found


def _is_inside(base: Arg, index: Arg) -> bool:
    """Whether a constant index fits every tuple that the value may be."""
    value = index.tree.value if isinstance(index.tree, Lit) else None
    arrays = [member for member in members(base.type) if kinds(member) & ARRAYS]
    return isinstance(value, int) and all(isinstance(m, TupleT) and 0 <= value < len(m.items) for m in arrays)


def _text_index(index: Arg) -> Tree:
    return around("string indices must be integers, not '", type_name(index), "'")


def _index_kind(base: Arg, index: Arg) -> Tree:
    name = "tuple" if kinds(base.type) & ARRAYS == TUPLE else "list"
    return around(f"{name} indices must be integers or slices, not ", type_name(index), "")


def around(before: str, middle: Tree, behind: str) -> Tree:
    if isinstance(middle, Lit):
        return text(f"{before}{middle.value}{behind}")
    return join(text(before), middle, text(behind)) if behind else join(text(before), middle)


def implies(when: Tree, test: Tree) -> Tree:
    """`test` if `when`, else true."""
    if when == TRUE or test == TRUE:
        return test
    return either(negate(when), test)


def expect(found: list[Check], ok: Tree, error: str, message: Tree, args: tuple[Tree, ...] | None = None) -> None:
    if ok != TRUE:
        found.append(Check(ok, error, message, args))


register_prim(PrimRow(op="item", lower=_item, checks=_item_checks))


def build_subscript(base: Expr, index: Expr, site: Site) -> Built:
    """`base[index]` for any types: refused where it never works, checked at run time where it may not."""
    if isinstance(base.type, ErrorT) or isinstance(index.type, ErrorT):
        return prim("item", ERROR, site, base, index)
    found, given = kinds(base.type), kinds(index.type)
    if not found & (INDEXED | DICTS):
        return Refusal("type-mismatch", f"`{base.type}` cannot be subscripted")
    if found >= ARRAYS:
        return Refusal("type-needed", "the subscript depends on whether the value is a list or a tuple")
    if found <= INDEXED and given and not given & WHOLE:
        return Refusal("type-mismatch", f"an index of {base.type} must be an int, not {index.type}")
    if found & DICTS and given and not found - DICTS:
        refusal = refuse_read_key(index, "the subscript")
        if refusal is not None:
            return refusal
        if not given & STRINGS:
            return Refusal("type-mismatch", f"a key of {base.type} is a str, not {index.type}", help_of_key(index.type))
    return prim("item", _item_result(base.type, index), site, base, index)


def _item_result(base: Type, index: Expr) -> Type:
    given = kinds(index.type)
    found: list[Type] = []
    if given & WHOLE:
        found += [_array_item(m, index) for m in members(of_kinds(base, ARRAYS))]
        found += [STR] if kinds(base) & STRINGS else []
    if given & STRINGS and kinds(base) & DICTS:
        found.append(read_at(dict_type(base), constant_key(index)))
    return join_all(found)


def _array_item(type_: Type, index: Expr) -> Type:
    if isinstance(type_, TupleT) and isinstance(index, Const) and isinstance(index.value, int):
        size = len(type_.items)
        return type_.items[index.value] if -size <= index.value < size else item_type(type_)
    return item_type(type_)


# Setting and deleting


def _place(items: Arg, index: Arg, made: Callable[[Tree], Tree]) -> Tree:
    """`made` of the position that an index means."""
    place = from_end(whole(index), count(items.tree))
    return made(place) if isinstance(place, Lit) else block(bind("py_n", place), made(_n))


def _set_in_list(items: Arg, index: Arg, value: Arg) -> Tree:
    return _place(items, index, lambda n: mapped(items.tree, "py_v py_i", IfElse(eq(_i, n), value.tree, _v)))


def _delete_from_list(items: Arg, index: Arg) -> Tree:
    return _place(items, index, lambda n: filtered(items.tree, "py_v py_i", ne(_i, n)))


def _not_changeable(base: Arg, index: Arg, deletes: bool) -> Tree:
    """The text for a value whose items cannot be changed; CPython words a deletion at a position of a str on its own."""
    if not deletes:
        return around("'", type_name(base), "' object does not support item assignment")
    usual = around("'", type_name(base), "' object does not support item deletion")
    in_text = both(has_kind(base, STRINGS), has_kind(index, WHOLE))
    return choose([(in_text, text("'str' object doesn't support item deletion"))], usual)


def _change_checks(deletes: bool) -> Callable[[Sequence[Arg], Type], list[Check]]:
    """The checks of a change of `base[index]`."""

    def checks(args: Sequence[Arg], _: Type) -> list[Check]:
        base, index = args[:2]
        if kinds(base.type) == {Kind.RECORD}:
            return []
        array, mapping = has_kind(base, LIST), has_kind(base, DICTS)
        found: list[Check] = []
        expect(found, either(array, mapping), "TypeError", _not_changeable(base, index, deletes))
        expect(found, implies(array, has_kind(index, WHOLE)), "TypeError", _index_kind(base, index))
        if array != FALSE and kinds(index.type) & WHOLE:
            inside = implies(array, in_range(index, count(base.tree)))
            expect(found, inside, "IndexError", text("list assignment index out of range"))
        if mapping != FALSE:
            of_dict = [*hashable(index), *key_errors(base, index)] if deletes else new_key(index)
            for check in of_dict:
                expect(found, implies(mapping, check.ok), check.error, check.message, check.args)
        return found

    return checks


def _set(args: Sequence[Arg], _: Type) -> Tree:
    base, index, value = args
    in_list = _set_in_list(base, index, value) if _may_index(base, index) else NULL
    in_dict = set_key(base.tree, index.tree, value.tree) if kinds(index.type) & STRINGS else NULL
    return choose([(has_kind(base, KEYED), in_dict)], in_list)


def _delete(args: Sequence[Arg], _: Type) -> Tree:
    base, index = args
    from_list = _delete_from_list(base, index) if _may_index(base, index) else NULL
    from_dict = without_key(base.tree, index.tree) if kinds(index.type) & STRINGS else NULL
    return choose([(has_kind(base, DICTS), from_dict)], from_list)


def _may_index(base: Arg, index: Arg) -> bool:
    return bool(kinds(base.type) & LIST and kinds(index.type) & WHOLE)


register_prim(PrimRow(op="item.set", lower=_set, checks=_change_checks(deletes=False)))
register_prim(PrimRow(op="item.delete", lower=_delete, checks=_change_checks(deletes=True)))


def build_set_item(base: Expr, index: Expr, value: Expr, site: Site, existing: bool = False) -> Built:
    """What `base` is after `base[index] = value`.

    `existing`: `base[index]` was read before, so that the index of a dict is one of its keys.
    """
    if any(isinstance(part.type, ErrorT) for part in (base, index, value)):
        return prim("item.set", ERROR, site, base, index, value)
    found, given = kinds(base.type), kinds(index.type)
    refusal = _refuse_change(base, index, "set")
    if refusal is None and found & DICTS and not existing:
        if found & LIST and given & WHOLE and not given & STRINGS:
            return Refusal("type-needed", "the assignment depends on whether the value is a list or a dict", _ANNOTATE)
        refusal = refuse_key(index, "the assignment")
    if refusal is not None:
        return refusal
    results: list[Type] = []
    if given & WHOLE and found & LIST:
        results.append(with_item(of_kinds(base.type, LIST), value.type))
    if given & STRINGS and found & DICTS:
        before, key = dict_type(base.type), constant_key(index)
        results.append(with_some_field(before, value.type) if key is None else with_field(before, key, value.type))
    return prim("item.set", join_all(results), site, base, index, value)


def build_delete_item(base: Expr, index: Expr, site: Site) -> Built:
    """What `base` is after `del base[index]`."""
    if isinstance(base.type, ErrorT) or isinstance(index.type, ErrorT):
        return prim("item.delete", ERROR, site, base, index)
    refusal = _refuse_change(base, index, "deleted")
    if refusal is not None:
        return refusal
    results = [of_kinds(base.type, LIST)] if kinds(index.type) & WHOLE else []
    if kinds(index.type) & STRINGS and kinds(base.type) & DICTS:
        before, key = dict_type(base.type), constant_key(index)
        results.append(without_some_field(before) if key is None else without_field(before, key))
    return prim("item.delete", join_all(results), site, base, index)


_ANNOTATE: Final = "write instead: declare the type of the parameter that it comes from, or test it with `isinstance`"


def _refuse_change(base: Expr, index: Expr, verb: str) -> Refusal | None:
    found, given = kinds(base.type), kinds(index.type)
    if not found & (LIST | DICTS):
        return Refusal("type-mismatch", f"an item of `{base.type}` cannot be {verb}")
    if found >= ARRAYS:
        return Refusal("type-needed", "the change depends on whether the value is a list or a tuple")
    if found <= LIST and given and not given & WHOLE:
        return Refusal("type-mismatch", f"an index of {base.type} must be an int, not {index.type}")
    if found <= DICTS and given and not given & STRINGS:
        return Refusal("type-mismatch", f"a key of {base.type} is a str, not {index.type}", help_of_key(index.type))
    if not given & (WHOLE | STRINGS):
        return Refusal("type-mismatch", f"an index cannot be of type {index.type}")
    return None

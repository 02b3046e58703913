"""The TypeErrors of sorting: which pair of values CPython finds that has no order, and where that cannot be known.

CPython looks for a run at the start and puts the rest in by binary insertion; `py_sort_clash` does the same until a
comparison fails. From 64 values on CPython merges runs, which is not followed: with two kinds of values in such a list
the error may name them the other way round.
"""

from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Field, IfElse, Lit
from pysfnc.library.containers.iteration import items_type
from pysfnc.library.rows.make import NULL, ZERO, call, choose, either, eq, join, negate, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.row import Arg, Check, Refusal
from pysfnc.library.rows.shapes import ONE, add, at, bind, block, count, filtered, ge, item, lt, refs, sub
from pysfnc.library.rows.typenames import NUMERIC, atoms, type_name
from pysfnc.values.relations import is_json_faithful, kinds
from pysfnc.values.types import JSON, Kind, ListT, NeverT, StrT, TuplesT, TupleT, Type

_a, _c, _d, _i, _k, _l, _lo, _hi, _m, _n, _x = refs("a c d i k l lo hi m n x")


def _orderable(type_: Type) -> bool:
    """Whether any two values of the type can be ordered, by what is known of it."""
    found = atoms(type_)
    if all(kinds(atom) <= NUMERIC for atom in found) or all(isinstance(atom, StrT) for atom in found):
        return True
    if len(found) != 1:
        return False
    match found[0]:
        case ListT(item) | TuplesT(item):
            return _orderable(item)
        case TupleT(items):
            return all(map(_orderable, items))
        case _:
            return False


define(
    "py_sort_clash",
    ("c",),
    IfElse(
        lt(count(_c), Lit(2)),
        NULL,
        block(
            bind("l", call("py_leaf", at(_c, ONE), at(_c, ZERO))),
            IfElse(call("py_ordered", _l), call("py_run_clash", _c, lt(call("py_compare", _l), ZERO), Lit(2)), _l),
        ),
    ),
)
define(
    "py_run_clash",
    ("c", "d", "i"),
    # The list starts with a run: strictly descending ($d) or ascending.
    IfElse(
        ge(_i, count(_c)),
        NULL,
        block(
            bind("l", call("py_leaf", at(_c, _i), at(_c, sub(_i, ONE)))),
            choose(
                [
                    (negate(call("py_ordered", _l)), _l),
                    (eq(lt(call("py_compare", _l), ZERO), _d), call("py_run_clash", _c, _d, add(_i, ONE))),
                ],
                block(
                    bind("a", filtered(_c, "v k", lt(_k, _i))),
                    call("py_insert_clash", IfElse(_d, call("reverse", _a), _a), _c, _i),
                ),
            ),
        ),
    ),
)
define(
    "py_insert_clash",
    ("a", "c", "i"),
    # The items from $i on are put into the sorted list $a.
    IfElse(
        ge(_i, count(_c)),
        NULL,
        block(
            bind("k", call("py_sort_place", _a, at(_c, _i), ZERO, _i)),
            IfElse(
                eq(type_of(_k), text("object")),
                _k,
                call(
                    "py_insert_clash",
                    call(
                        "append",
                        call("append", filtered(_a, "v n", lt(_n, _k)), Array((item(at(_c, _i), JSON),))),
                        filtered(_a, "v n", ge(_n, _k)),
                    ),
                    _c,
                    add(_i, ONE),
                ),
            ),
        ),
    ),
)
define(
    "py_sort_place",
    ("a", "x", "lo", "hi"),
    # Where $x belongs between $lo and $hi, or the pair that clashes on the way.
    IfElse(
        ge(_lo, _hi),
        _lo,
        block(
            bind("m", call("floor", Binary("/", add(_lo, _hi), Lit(2)))),
            bind("l", call("py_leaf", _x, at(_a, _m))),
            choose(
                [
                    (negate(call("py_ordered", _l)), _l),
                    (lt(call("py_compare", _l), ZERO), call("py_sort_place", _a, _x, _lo, _m)),
                ],
                call("py_sort_place", _a, _x, add(_m, ONE), _hi),
            ),
        ),
    ),
)
_ALIKE: Final = (("string",), ("number",), ("boolean",), ("number", "boolean"), ("boolean", "number"))
define(
    "py_sortable",
    ("c",),
    either(
        Binary("in", call("join", call("py_types", _c)), Array(tuple(text("".join(names)) for names in _ALIKE))),
        eq(call("py_sort_clash", _c), NULL),
    ),
)


def clash_checks(keys: Arg, reverse: Arg) -> list[Check]:
    of = items_type(keys.type)
    if isinstance(of, NeverT) or _orderable(of):
        return []
    looked_at = choose([(reverse.tree, call("reverse", keys.tree))], keys.tree)
    has_inside = any(map(_parts, atoms(of)))
    sides = [Field(_pair, side) for side in ("a", "b")]
    one, other = (call("py_type", side) if has_inside else type_name(Arg(side, of)) for side in sides)
    message = join(text("'<' not supported between instances of '"), one, text("' and '"), other, text("'"))
    clash = bind("py_l", call("py_sort_clash", looked_at))
    return [Check(call("py_sortable", looked_at), "TypeError", block(clash, message))]


_pair: Final = refs("py_l")[0]


def refuse_text(type_: Type) -> Refusal | None:
    """The refusal where the text of a TypeError would need to tell what JSON cannot, inside of items or between them."""
    if _orderable(type_):
        return None
    parts = [part for atom in atoms(type_) for part in _parts(atom)]
    mixed = Kind.TUPLE in kinds(type_) and kinds(type_) != {Kind.TUPLE}
    if mixed or not all(_orderable(part) or is_json_faithful(part) for part in parts):
        message = f"sorting values of type {type_} may fail in a way that depends on types a machine cannot tell apart"
        return Refusal("type-needed", message, "write instead: a key of one type, such as `str(x)` or `float(x)`")
    return None


def _parts(type_: Type) -> tuple[Type, ...]:
    match type_:
        case ListT(inner) | TuplesT(inner):
            return (inner,)
        case TupleT(inner_types):
            return inner_types
        case _:
            return ()

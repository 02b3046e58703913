"""Sets and bytes out of items of DynamoDB, which JSON has no form for: an object with one key of its own, which holds the attribute value.

It is put back as it came. What asks such a set for nothing that shows an order gets its items as a list, if numbers of items are told from texts
(`told_numbers`); any other look at a set or bytes raises TypeError in the machine (LIM-47).
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Field, IfElse, Index, Object, Tree
from pysfnc.library.rows.make import ZERO, both, call, either, eq, negate, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import count, fn, mapped, ne, refs
from pysfnc.values.types import OpaqueT, Type

STORED: Final = OpaqueT("set or bytes of an item", on_wire=True, keeps_mutable=True)
MARK: Final = "boto3.dynamodb.types"
"""The key. An item with an attribute of this name is refused where it is read."""
ORDER_SHOWS: Final = "the order of a set out of an item differs from run to run, and has no form in a machine"
NOT_ALL_TEXTS: Final = (
    "a set out of an item, or of what items hold, has a form in a machine only if all it holds is str"
)
UNREAD: Final = "a set or bytes out of an item have no form in a machine here"

_A, _V, _S, _P, _K = refs("a v s p k")


def is_stored(value: Tree) -> Tree:
    """Whether a value is such a set, or bytes."""
    return both(eq(type_of(value), text("object")), call("exists", Field(value, MARK)))


def holds_mark(value: Tree, mark: str = MARK) -> Tree:
    """Whether a value is or holds one, by its text: in texts inside of that the quotes are escaped."""
    return call("contains", call("string", value), text(f'"{mark}":'))


_TAGS: Final = ("SS", "NS", "BS", "B", "Ss", "Ns", "Bs")


def stored_case(attribute: Tree) -> tuple[Tree, Tree]:
    """What `choose` makes of an attribute value that is a set or bytes."""
    tag = Index(call("keys", attribute), ZERO)
    return Binary("in", tag, Array(tuple(map(text, _TAGS)))), call("py_stored_of", attribute, tag)


def _marked(tag: str, value: Tree) -> Tree:
    return Object(((text(MARK), Object(((text(tag), call("sort", value)),))),))


def put_back(value: Tree) -> tuple[Tree, Tree]:
    """What `choose` makes of one that becomes an attribute value again."""
    return call("exists", Field(value, MARK)), Field(value, MARK)


def _has(value: Tree, *tags: str) -> Tree:
    found = [call("exists", Field(Field(value, MARK), tag)) for tag in tags]
    return either(*found) if len(found) > 1 else found[0]


_TAG: Final = call("uppercase", _K)
_HELD: Final = call("lookup", _A, _K)
define(
    "py_stored_of",
    ("a", "k"),
    Object(((text(MARK), Object(((_TAG, IfElse(eq(_K, text("B")), _HELD, call("sort", _HELD))),))),)),
)
"""An attribute value, under this tag. Sets are sorted, so that equal ones look the same."""
define("py_stored_kind", ("v",), IfElse(_has(_V, "B"), text("Binary"), text("set")))
_NUMBERS: Final = mapped(
    Field(Field(_V, MARK), "NS"), "s", Object(((text("decimal.Decimal"), call("py_decimal", _S)),))
)
define("py_stored_items", ("v",), IfElse(_has(_V, "SS"), Field(Field(_V, MARK), "SS"), _NUMBERS))
_WRITTEN: Final = call("sort", mapped(_V, "s", call("py_told_text", _S)))
define(
    "py_stored_made",
    ("v",),
    IfElse(
        both(negate(eq(count(_V), ZERO)), eq(type_of(Index(_V, ZERO)), text("string"))),
        _marked("SS", _V),
        Object(((text(MARK), Object(((text("NS"), _WRITTEN),))),)),
    ),
)


_IN_ARRAY: Final = call(
    "map",
    _V,
    fn("v k", call("py_stored_found", _V, call("join", Array((_P, text("["), call("string", _K), text("]")))))),
)
_IN_OBJECT: Final = call(
    "map",
    call("keys", _V),
    fn(
        "k",
        call(
            "py_stored_found",
            call("lookup", _V, _K),
            call("join", Array((_P, text("["), call("py_repr", _K), text("]")))),
        ),
    ),
)
define(
    "py_stored_found",
    ("v", "p"),
    IfElse(
        is_stored(_V),
        Object(((text("p"), _P), (text("k"), call("py_stored_kind", _V)))),
        IfElse(
            eq(type_of(_V), text("array")),
            Index(_IN_ARRAY, ZERO),
            IfElse(eq(type_of(_V), text("object")), Index(_IN_OBJECT, ZERO), None),
        ),
    ),
)
"""Where the first one stands in a value, and its class; nothing where there is none."""


def _no_mark(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """Nothing such in what leaves for somebody who does not know the form. The other arguments are the text around the place of the first one."""
    value, before, behind = (arg.tree for arg in args)
    found = call("py_stored_found", value, text(""))
    place = call("join", Array((before, Field(found, "p"), behind)))
    message = call("join", Array((place, text(" is "), Field(found, "k"), text(", which cannot travel as JSON"))))
    return (Check(negate(holds_mark(value)), "TypeError", message),)


def _all_texts(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    items, message = (arg.tree for arg in args)
    others = call("filter", items, fn("v", ne(type_of(_V), text("string"))))
    return (Check(eq(count(others), ZERO), "TypeError", message),)


def _loose(args: Sequence[Arg], _type: Type) -> Tree:
    """The items of a set as a list; what is none of either stays what it is."""
    value = args[0].tree
    return IfElse(is_stored(value), call("py_stored_items", value), value)


def no_bytes(value: Tree) -> tuple[Check, ...]:
    """Nowhere in a value that becomes attribute values are bytes, which Step Functions would send as the JSON text of their text."""
    found = call("contains", call("string", value), text(f'"{MARK}":{{"B'))
    return (Check(negate(found), "TypeError", text(UNREAD)),)


def _no_bytes(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    value = args[0].tree
    unread = both(is_stored(value), _has(value, "B", "BS"))
    return (Check(negate(unread), "TypeError", text(UNREAD)),)


def _as_set(error: str) -> PrimRow:
    """What is a set of texts; the other arguments stand around the name of the class of what is none in the text of the exception."""

    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        value, before, behind = (arg.tree for arg in args)
        is_set = both(is_stored(value), negate(_has(value, "B")))
        message = call("join", Array((before, call("py_told_kind", value), behind)))
        return (Check(is_set, error, message), Check(_has(value, "SS"), "TypeError", text(NOT_ALL_TEXTS)))

    return PrimRow(
        op=f"stored.set_{error}", lower=lambda args, _: Field(Field(args[0].tree, MARK), "SS"), checks=checks
    )


def refusing(error: str) -> PrimRow:
    """What a value is, unless it is such a set or bytes; the other arguments stand around the name of its class in the text of the exception."""

    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        value, before, behind = (arg.tree for arg in args)
        message = call("join", Array((before, call("py_stored_kind", value), behind)))
        return (Check(negate(is_stored(value)), error, message),)

    return PrimRow(op=f"stored.no_{error}", lower=lambda args, _: args[0].tree, checks=checks)


register_prim(PrimRow(op="stored.none", lower=lambda args, _: args[0].tree, checks=_no_mark))
register_prim(
    PrimRow(
        op="stored.unread",
        lower=lambda args, _: args[0].tree,
        checks=lambda args, _: (Check(negate(holds_mark(args[0].tree)), "TypeError", text(UNREAD)),),
    )
)
register_prim(PrimRow(op="stored.loose", lower=_loose, checks=_no_bytes))
register_prim(PrimRow(op="stored.texts", lower=lambda args, _: args[0].tree, checks=_all_texts))
register_prim(PrimRow(op="stored.made", lower=lambda args, _: call("py_stored_made", args[0].tree)))
register_prim(PrimRow(op="stored.changed", lower=lambda args, _: call("py_stored_made", args[1].tree)))
"""What a set of an item, the first argument, is after a change in place: one with the items of the second."""
for _error in ("TypeError", "AttributeError"):
    register_prim(refusing(_error))
    register_prim(_as_set(_error))

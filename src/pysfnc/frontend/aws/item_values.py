"""Items of DynamoDB as `Table` of boto3 has them: their types, and attribute values in place of values of Python.

What is written out, and what has a known type, becomes the attribute value while compiling; a value whose type is not known, when the machine
runs. Numbers out of items are `Decimal`s, which the machine holds as their texts: what depends on which text it is cannot be written.
"""

import ast
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from pysfnc.aws.shapes import Shape
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import METADATA, metadata_type, type_of
from pysfnc.frontend.aws.told_numbers import DEEP, holds_number, without_numbers
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.whole import A_SET, text_held
from pysfnc.ir.exprs import Cond, Const, Expr, Let, ListComp, Prim, Var
from pysfnc.lean import dataclass
from pysfnc.library.services.attribute_values import number_fault
from pysfnc.library.services.aws_forms import ATTRIBUTE, KEY, contains
from pysfnc.library.services.stored_values import STORED
from pysfnc.library.services.told_numbers import NUMBER
from pysfnc.source.span import Span
from pysfnc.values.relations import join, join_all, kinds, members, others_of
from pysfnc.values.types import (
    BOOL,
    INT,
    JSON,
    NEVER,
    NONE,
    STR,
    BoolT,
    DictField,
    DictT,
    ErrorT,
    FloatT,
    IntT,
    JsonT,
    Kind,
    LazyDictT,
    ListT,
    NeverT,
    NoneT,
    OpaqueT,
    SetT,
    StrT,
    TupleT,
    Type,
)

DECIMAL: Final = OpaqueT("Decimal", on_wire=True)
NEXT: Final = OpaqueT("the key where a read goes on")
"""`LastEvaluatedKey` as it came, which `ExclusiveStartKey` takes."""
_DEPTH: Final = 4
"""Levels of lists and dicts in an item whose types are known."""


def _item_value(depth: int, number: Type) -> Type:
    if depth == 0:
        return join_all([STR, BOOL, NONE, number, DEEP])
    inner = _item_value(depth - 1, number)
    return join_all([STR, BOOL, NONE, number, ListT(inner), DictT(inner)])


_VALUES: Final = {False: _item_value(_DEPTH, DECIMAL), True: _item_value(_DEPTH, join(NUMBER, STORED))}
"""What an item holds, by whether numbers in it are told from texts."""


JSON_WITH_DECIMALS: Final = _item_value(_DEPTH, join(NUMBER, INT))
"""What `json.loads(text, parse_float=Decimal)` gives, where numbers are told from texts."""


def table_answer_type(shape: Shape, operation: str, *, told: bool) -> LazyDictT:
    """The type of the answer of a table's method. `told`: numbers of items are told from texts."""
    fields = [
        DictField(member.name, _type_of(member.shape, told), member.required) for member in shape.members.values()
    ]
    fields.append(DictField(METADATA, metadata_type(200)))
    value = join_all([field.type for field in fields if field.name != METADATA] + [JSON])
    made = DictT(value, tuple(sorted(fields, key=lambda field: field.name)), NEVER)
    return LazyDictT(
        f"the answer of {operation} of a table{', with numbers' if told else ''}", lambda: made, partial=METADATA
    )


def _type_of(shape: Shape, told: bool) -> Type:
    if shape.name == KEY:
        return NEXT
    if not contains(shape, lambda part: part.name == ATTRIBUTE):
        return type_of(shape)
    match shape.kind:
        case "list":
            return ListT(_type_of(shape.element, told))
        case "map":
            return DictT(_VALUES[told])
        case _:
            return JSON if shape.name != ATTRIBUTE else _VALUES[told]


@dataclass(frozen=True, slots=True)
class ItemWriter:
    """Writes the attribute values of one call; what it makes is of type `ErrorT` after a message."""

    cx: Context
    node: ast.expr

    def attributes(self, value: Expr, what: str) -> Expr:
        """A dict of Python as a map of attribute values."""
        if isinstance(value.type, ErrorT | NeverT):
            return value
        if isinstance(value, Cond | Let):
            return self._inside(value, lambda part: self.attributes(part, what))
        if isinstance(value, Prim) and value.op == "dict.make":
            return self._pairs(value, what)
        if _needs_fields(value.type) and not holds_number(value.type):
            return self._fields(value, what)
        if not self._is_known(value, what):
            return poison(value.span)
        if value.type != JSON_WITH_DECIMALS and not all(isinstance(m, DictT | JsonT) for m in members(value.type)):
            return self._wrong(value, f"{what} is a dict, and the value is of type `{value.type}`")
        made = self._computed(value)
        always = Const(value=True, type=BOOL)
        key = Const(value="M", type=STR)
        return Prim(op="service.member", args=(made, key, key, always), type=DictT(JSON), span=value.span)

    def attribute(self, value: Expr, what: str) -> Expr:
        """A value of Python as an attribute value."""
        if isinstance(value, Cond | Let):
            return self._inside(value, lambda part: self.attribute(part, what))
        match value:
            case Prim(op="dict.make"):
                return self._tagged("M", self._pairs(value, what))
            case Prim(op="list.make", args=args):
                items = [self.attribute(arg, f"an item of {what}") for arg in args]
                return self._tagged("L", lib.make_list(self.cx, items, self.node))
            case ListComp(body=body):
                made = self.attribute(body, f"an item of {what}")
                return self._tagged("L", replace(value, body=made, type=ListT(made.type)))
        match value.type:
            case ErrorT() | NeverT():
                return value
            case StrT():
                return self._tagged("S", value)
            case IntT():
                return self._tagged("N", lib.to_str(self.cx, value, self.node))
            case BoolT():
                return self._tagged("BOOL", value)
            case NoneT():
                return self._tagged("NULL", Const(value=True, type=BOOL))
            case OpaqueT() if value.type == NUMBER:
                inner = value.args[0] if isinstance(value, Prim) and value.op == "number.made" else None
                made = Prim(op="number.text", args=(value,), type=STR, span=value.span)
                return self._tagged("N", made if inner is None else self._number(inner, what))
            case OpaqueT() if value.type == DECIMAL:
                return self._tagged("N", self._number(value, what))
            case SetT(item, form) if form != "unordered":
                return self._set(value, item, what)
            case DictT() if _needs_fields(value.type) and not holds_number(value.type):
                return self._tagged("M", self._fields(value, what))
            case ListT(item) if text_held(item) is not None and not holds_number(item):
                return self._tagged("L", self._items(value, item, what))
        return self._computed(value) if self._is_known(value, what) else poison(value.span)

    def _inside(self, value: Cond | Let, write: Callable[[Expr], Expr]) -> Expr:
        if isinstance(value, Let):
            body = write(value.body)
            return replace(value, body=body, type=body.type)
        then, orelse = write(value.then), write(value.orelse)
        return replace(value, then=then, orelse=orelse, type=join_all([then.type, orelse.type]))

    def _pairs(self, value: Prim, what: str) -> Expr:
        pairs = list(zip(value.args[::2], value.args[1::2], strict=True))
        made = [(key, self.attribute(part, _named(key, what))) for key, part in pairs]
        if any(isinstance(part.type, ErrorT) for _, part in made):
            return poison(value.span)
        return lib.make_dict(self.cx, made, self.node)

    def _number(self, value: Expr, what: str) -> Expr:
        """The text of a `Decimal`, after the exceptions of boto3 for what DynamoDB does not have."""
        if isinstance(value, Prim) and value.op == "decimal.make":
            (made,) = value.args
            fault = number_fault(Decimal(str(made.value))) if isinstance(made, Const) else None
            if fault is not None:
                return self._wrong(value, f"{what} is a number for which boto3 raises {fault}")
            return made
        return Prim(op="attribute.number", args=(value,), type=STR, span=value.span)

    def _fields(self, value: Expr, what: str) -> Expr:
        """A dict whose keys are known one by one, as its types tell what is a `Decimal`."""
        assert isinstance(value.type, DictT)
        whole = self.cx.atom(value, "item")
        keys = [Const(value=field.name, type=STR) for field in value.type.fields]
        parts = [(key, lib.subscript(self.cx, whole, key, self.node)) for key in keys]
        made = [(key, self.attribute(part, _named(key, what))) for key, part in parts]
        if any(isinstance(part.type, ErrorT) for _, part in made):
            return poison(value.span)
        return lib.make_dict(self.cx, made, self.node)

    def _items(self, value: Expr, item: Type, what: str) -> Expr:
        name = self.cx.names.fresh("item")
        body = self.attribute(Var(name=name, type=item, span=value.span), f"an item of {what}")
        return (
            body
            if isinstance(body.type, ErrorT)
            else ListComp(name=name, seq=value, cond=None, body=body, type=ListT(body.type))
        )

    def _set(self, value: Expr, item: Type, what: str) -> Expr:
        """A set, in whichever order the machine holds it: DynamoDB shows none either."""
        found = kinds(item)
        if not (found <= {Kind.STR} or found <= {Kind.INT}):
            return self._wrong(
                value,
                f"{what} is of type `{value.type}`, which has no form in a table in compiled code",
                help="write instead: a set of str or a set of int",
            )
        return Prim(op="attribute.set", args=(value,), type=DictT(JSON), span=value.span)

    def _tagged(self, tag: str, value: Expr) -> Expr:
        if isinstance(value.type, ErrorT):
            return value
        return lib.make_dict(self.cx, [(Const(value=tag, type=STR), value)], self.node)

    def _computed(self, value: Expr) -> Expr:
        if holds_number(value.type):
            return Prim(op="attribute.of_told", args=(value,), type=DictT(JSON), span=value.span)
        op = "attribute.of" if _without_floats(value.type) else "attribute.of_any"
        return Prim(op=op, args=(value,), type=DictT(JSON), span=value.span)

    def _is_known(self, value: Expr, what: str) -> bool:
        """Whether it is known which attribute value belongs to the value; a message otherwise."""
        if all(isinstance(member, FloatT) for member in members(value.type)):
            self._wrong(
                value,
                f"{what} is a float, which boto3 refuses",
                help="write instead: `Decimal(str(value))`",
            )
        elif text_held(_without(value.type)) == A_SET:
            self._wrong(
                value,
                f"{what} may be or hold a set, which the machine cannot tell from a list",
                code=codes.TYPE_NEEDED,
                help='write instead: the set itself as a value of the item that is written out, `{"tags": tags}`',
            )
        elif text_held(_without(value.type)) is not None:
            self.cx.project.met_decimals = True
            self._wrong(
                value,
                f"{what} may be a `Decimal` out of an item or a task, which the machine cannot tell from a str",
                code=codes.TYPE_NEEDED,
                help="write instead: `str(value)`, `int(value)` or `Decimal(str(float(value)))`, whichever it is",
            )
        elif not all(map(_has_form, members(_without(value.type)))):
            self._wrong(value, f"{what} is of type `{value.type}`, which has no form in a table in compiled code")
        else:
            return True
        return False

    def _wrong(self, value: Expr, message: str, *, code: object = codes.TYPE_MISMATCH, help: str = "") -> Expr:
        place: ast.AST | Span = value.span or self.node
        return self.cx.error(code, place, message, help=help or ())  # type: ignore[arg-type]


def _without(type_: Type) -> Type:
    """The type with any JSON in place of what has an attribute value anyway."""
    return without_numbers(type_) if holds_number(type_) else type_


def _needs_fields(type_: Type) -> bool:
    """Whether a dict has `Decimal`s in it that are found by its keys, all of which it has."""
    if not isinstance(type_, DictT) or isinstance(type_, LazyDictT) or text_held(type_) is None:
        return False
    return bool(type_.fields) and others_of(type_) == NEVER and all(field.always for field in type_.fields)


def _named(key: Expr, what: str) -> str:
    return f"`{key.value}` of {what}" if isinstance(key, Const) else f"a value of {what}"


def _has_form(type_: Type) -> bool:
    match type_:
        case StrT() | IntT() | BoolT() | NoneT() | FloatT() | JsonT() | NeverT():
            return True
        case LazyDictT():
            return False
        case ListT(item):
            return all(map(_has_form, members(item)))
        case DictT(value, fields):
            inside = (value, *(field.type for field in fields))
            return all(_has_form(member) for part in inside for member in members(part))
        case TupleT(items):
            return all(_has_form(member) for part in items for member in members(part))
        case _:
            return False


def _without_floats(type_: Type) -> bool:
    match type_:
        case StrT() | IntT() | BoolT() | NoneT() | NeverT():
            return True
        case ListT(item):
            return _without_floats(item)
        case DictT(value, fields):
            return all(map(_without_floats, (value, *(field.type for field in fields))))
        case TupleT(items):
            return all(map(_without_floats, items))
        case _:
            found = members(type_)
            return len(found) > 1 and all(map(_without_floats, found))

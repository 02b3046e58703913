"""Arguments of AWS calls: checked against the model, and written in the form of a definition.

What the program writes as a display keeps its form, with names changed while compiling; any other value is translated when the machine runs,
where its type has names that differ. A mistake that botocore finds whatever the values are is a message.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Final

from pysfnc.aws.shapes import Member, Shape
from pysfnc.diagnostics import Code, codes, nearest
from pysfnc.frontend.aws.aws_types import ARE_BYTES, JSON_BYTES
from pysfnc.frontend.aws.bytes_inside import may_hold_bytes, text_for_bytes
from pysfnc.frontend.aws.integrations import JSON_CONTENT, JSON_TEXTS, Integration
from pysfnc.frontend.aws.moments_inside import without_moments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_state import JsonText
from pysfnc.frontend.core.whole import check_no_text, check_whole
from pysfnc.frontend.data.json_texts import holds_floats, json_text, value_of_text
from pysfnc.frontend.data.known_texts import texts_of
from pysfnc.frontend.data.moment_operations import DATETIME
from pysfnc.ir.exprs import Cond, Const, Expr, Let, ListComp, Prim, Var
from pysfnc.lean import dataclass
from pysfnc.library.services.aws_forms import Form
from pysfnc.source.span import Span
from pysfnc.values.relations import field_of, join_all, kinds, members
from pysfnc.values.types import (
    JSON,
    STR,
    DictT,
    ErrorT,
    Kind,
    LazyDictT,
    ListT,
    NeverT,
    NoneT,
    OpaqueT,
    TuplesT,
    TupleT,
    Type,
)

_KINDS: Final[Mapping[str, frozenset[Kind]]] = {
    "structure": frozenset({Kind.DICT}),
    "map": frozenset({Kind.DICT}),
    "list": frozenset({Kind.LIST, Kind.TUPLE}),
    "string": frozenset({Kind.STR}),
    "integer": frozenset({Kind.INT}),
    "float": frozenset({Kind.INT, Kind.FLOAT}),
    "boolean": frozenset({Kind.BOOL}),
    "timestamp": frozenset({Kind.STR, Kind.OPAQUE}),
    "blob": frozenset({Kind.STR, Kind.OPAQUE}),
}
_WORDS: Final[Mapping[str, str]] = {
    "structure": "a dict",
    "map": "a dict",
    "list": "a list",
    "string": "a str",
    "integer": "an int",
    "float": "a number",
    "boolean": "a bool",
    "timestamp": "a datetime, or a str in ISO format",
    "blob": "bytes",
}


@dataclass(slots=True)
class ArgumentWriter:
    """Writes the arguments of one call."""

    cx: Context
    chosen: Integration
    node: ast.expr
    texts: set[str] = field(default_factory=set)
    """The variables of unknown type that are texts if the call succeeds, as botocore takes nothing else in their place."""

    def arguments(self, values: Mapping[str, Expr], rest: Expr | None) -> Expr:
        """All arguments as one dict; of type `ErrorT` after a message. `rest` is a dict of more of them, `**kwargs`."""
        shape, method = self.chosen.operation.input, self.chosen.operation.method
        if shape is None:
            if not values and rest is None:
                return lib.make_dict(self.cx, [], self.node)
            return self._wrong(codes.TYPE_MISMATCH, self.node, f"`{method}()` takes no arguments")
        pairs = [(Const(value=name, type=STR, span=value.span), value) for name, value in values.items()]
        made = self._pairs(shape, pairs, f"{method}()")
        if rest is None:
            return self._complete(shape, made, values)
        more = self.value(shape, rest, f"`**` of {method}()")
        return more if not pairs else lib.binary(self.cx, "|", made, more, self.node)

    def _complete(self, shape: Shape, made: Expr, values: Mapping[str, Expr]) -> Expr:
        if isinstance(made.type, ErrorT):
            return made
        missing = [member for member in shape.members.values() if member.required and member.name not in values]
        unknown = [member.name for member in missing if not member.idempotent]
        if unknown:
            return self._wrong(
                codes.TYPE_MISMATCH,
                self.node,
                f"`{self.chosen.operation.method}()` misses {_listed(unknown)}",
                help="write instead: the call with every parameter that the operation requires",
            )
        if not missing:
            return made
        # boto3 makes these up; a machine has to write them.
        tokens = [(self._key(member), Prim(op="service.uuid", args=(), type=STR)) for member in missing]
        assert isinstance(made, Prim)
        return replace(made, args=(*made.args, *(part for pair in tokens for part in pair)))

    # Values

    def value(self, shape: Shape, value: Expr, path: str) -> Expr:
        """A value of a shape in the form of the definition."""
        if isinstance(value.type, ErrorT | NeverT):
            return value
        if shape.kind == "timestamp" and value.type == DATETIME:
            return Prim(op="moment.to_aws", args=(value,), type=STR, span=value.span)
        if not _is_taken_apart(value):
            sent = replace(value, type=without_moments(shape, value.type))
            if not check_no_text(self.cx, sent, value.span or self.node):
                return poison(value.span)
        if not self._fits(shape, value.type, value.span, path):
            return poison(value.span)
        if isinstance(value, Cond):
            then, orelse = self.value(shape, value.then, path), self.value(shape, value.orelse, path)
            return replace(value, then=then, orelse=orelse, type=join_all([then.type, orelse.type]))
        if isinstance(value, Let):
            body = self.value(shape, value.body, path)
            return replace(value, body=body, type=body.type)
        match shape.kind:
            case "structure":
                return self._structure(shape, value, path)
            case "list":
                return self._list(shape, value, path)
            case "map":
                return self._map(shape, value, path)
            case "blob":
                return self._blob(value, path)
            case "string" if isinstance(value, Var) and value.type == JSON:
                self.texts.add(value.name)
                return value
            case _:
                return value

    def succeeded(self) -> None:
        """To be said behind the call, where more is known of the variables that it was given."""
        for name in self.texts:
            fact = self.cx.state.facts.get(name)
            if fact is not None and fact.type == JSON and fact.static is None:
                self.cx.state.retype(name, STR)

    def _structure(self, shape: Shape, value: Expr, path: str) -> Expr:
        pairs = _written(value)
        if pairs is not None and all(isinstance(key, Const) for key, _ in pairs):
            return self._pairs(shape, pairs, path, value.span)
        if isinstance(value, Prim) and value.op == "|":
            parts = tuple(self.value(shape, part, path) for part in value.args)
            return replace(value, args=parts)
        for member in members(value.type):
            if isinstance(member, DictT) and not self._fields_fit(shape, member, value.span, path):
                return poison(value.span)
        return self._translated(shape, value, path)

    def _pairs(self, shape: Shape, pairs: Sequence[tuple[Expr, Expr]], path: str, span: Span | None = None) -> Expr:
        """A structure that is written out."""
        made: list[tuple[Expr, Expr]] = []
        beside = {str(key.value): value for key, value in pairs if isinstance(key, Const)}
        for key, value in pairs:
            assert isinstance(key, Const)
            member = self._member(shape, str(key.value), key.span, path)
            if member is not None:
                made.append((self._key(member), self._of_member(shape, member, value, path, beside)))
        if len(made) < len(pairs) or any(isinstance(value.type, ErrorT) for _, value in made):
            return poison(span or self.cx.span(self.node))
        return lib.make_dict(self.cx, made, self.node)

    def _member(self, shape: Shape, name: str, span: Span | None, path: str) -> Member | None:
        found = shape.members.get(name)
        if found is not None and found.asl_name(self.chosen.naming) is not None:
            return found
        if found is not None:
            self._wrong(codes.AWS_DIFFERENCE, span, f"Step Functions does not have `{name}` of {path}")
            return None
        close = nearest(name, shape.members)
        what = "parameter" if shape == self.chosen.operation.input else "member"
        self._wrong(
            codes.UNKNOWN_OPERATION,
            span,
            f"{path} has no {what} `{name}`",
            notes=[f"it has `{close}`"] if close else [f"it has {_listed(sorted(shape.members)[:12])}"],
        )
        return None

    def _of_member(self, shape: Shape, member: Member, value: Expr, path: str, beside: Mapping[str, Expr]) -> Expr:
        inner = f"`{member.name}` of {path}"
        if member.json_value:
            where = value.span or self.node
            plain = check_no_text(self.cx, value, where) and check_whole(self.cx, value, where)
            return value if plain else poison(value.span)
        if self._is_message(shape, member, beside):
            value = self._message(value)
            if member.shape.kind == "blob" and (value.type == JSON_BYTES or json_text(self.cx, value)):
                return value_of_text(value)
            if Kind.STR not in kinds(value.type) and value.type not in ARE_BYTES:
                return value
        return self.value(member.shape, value, inner)

    def _is_message(self, shape: Shape, member: Member, beside: Mapping[str, Expr]) -> bool:
        """Whether a text is JSON for who reads it. `beside`: the members that stand beside it, as far as they are written out."""
        told = JSON_TEXTS.get((shape.service, shape.name, member.name))
        if not told:
            return told is not None
        kind = beside.get(told)
        return kind is not None and texts_of(self.cx, kind) == (JSON_CONTENT,)

    def _key(self, member: Member) -> Const:
        return Const(value=member.asl_name(self.chosen.naming), type=STR)

    def _list(self, shape: Shape, value: Expr, path: str) -> Expr:
        inner = f"an item of {path}"
        if isinstance(value, Prim) and value.op == "list.make":
            made = tuple(self.value(shape.element, part, inner) for part in value.args)
            if any(isinstance(part.type, ErrorT) for part in made):
                return poison(value.span)
            return replace(value, args=made, type=ListT(join_all([part.type for part in made])))
        if isinstance(value, ListComp):
            body = self.value(shape.element, value.body, inner)
            return body if isinstance(body.type, ErrorT) else replace(value, body=body, type=ListT(body.type))
        for member in members(value.type):
            items = (
                member.items
                if isinstance(member, TupleT)
                else (member.item,)
                if isinstance(member, ListT | TuplesT)
                else ()
            )
            if not all(self._fits(shape.element, item, value.span, inner) for item in items):
                return poison(value.span)
        return self._translated(shape, value, path)

    def _map(self, shape: Shape, value: Expr, path: str) -> Expr:
        pairs = _written(value)
        if pairs is None:
            for member in members(value.type):
                if isinstance(member, DictT) and not self._fits(
                    shape.value, member.value, value.span, f"a value of {path}"
                ):
                    return poison(value.span)
            return self._translated(shape, value, path)
        made = [(key, self.value(shape.value, item, f"a value of {path}")) for key, item in pairs]
        if any(isinstance(item.type, ErrorT) for _, item in made):
            return poison(value.span)
        return lib.make_dict(self.cx, made, self.node)

    def _translated(self, shape: Shape, value: Expr, path: str) -> Expr:
        """A value that is not written out, in the form of the definition when the machine runs."""
        text = text_for_bytes(shape, value.type, path)
        if text is not None:
            return self._no_text(text, value.span, _IN_THE_CALL)
        moments = without_moments(shape, value.type) != value.type
        form = Form(shape, self.chosen.naming, texts=may_hold_bytes(shape, value.type), moments=moments)
        if form.is_same:
            return value
        return Prim(
            op="service.argument",
            args=(value, Const(value=form.text(), type=STR)),
            type=DictT(JSON) if Kind.DICT in kinds(value.type) else ListT(JSON),
            span=value.span,
        )

    # Text and bytes

    def _message(self, value: Expr) -> Expr:
        """What a JSON text was made of: Step Functions writes the text of an object itself, without blanks."""
        if not (isinstance(value, Prim) and value.op == "json.dumps"):
            return value
        inner, indent, item, key, sort, _ascii = value.args
        plain = all(isinstance(option, Const) for option in (indent, item, key, sort))
        if not plain or getattr(indent, "value", None) is not None or getattr(sort, "value", False):
            return value
        if Kind.STR in kinds(inner.type):
            return value
        if (getattr(item, "value", ""), getattr(key, "value", "")) != (",", ":") and value.span is not None:
            note = "this JSON text is written without the blanks of `json.dumps`"
            self.cx.journal.notes.append((value.span, note))
        return inner

    def _blob(self, value: Expr, path: str) -> Expr:
        """Bytes are the JSON text of a value (recorded answers), so that only such can be sent."""
        if value.type == JSON_BYTES or json_text(self.cx, value) == JsonText.COMPACT:
            return value_of_text(value)
        return self._no_text(path, value.span, _advice(value))

    def _no_text(self, path: str, span: Span | None, advice: str) -> Expr:
        return self._wrong(
            codes.AWS_DIFFERENCE,
            span,
            f"{path} is sent as JSON text, with quotes around a text, without blanks, and with `2` for `2.0`",
            help=f"write instead: {advice}; or a function of its own for this call, which runs in Lambda",
        )

    # Types

    def _fits(self, shape: Shape, type_: Type, span: Span | None, path: str) -> bool:
        wanted = _KINDS.get(shape.kind)
        if wanted is None or isinstance(type_, ErrorT | NeverT):
            return True
        found = kinds(type_)
        if isinstance(type_, OpaqueT) and type_.name != ("bytes" if shape.kind == "blob" else "datetime"):
            found = frozenset()
        if not found & wanted:
            self._wrong(
                codes.TYPE_MISMATCH, span, f"{path} is {_WORDS[shape.kind]}, and the value is of type `{type_}`"
            )
            return False
        if any(isinstance(member, NoneT) for member in members(type_)):
            self._wrong(
                codes.TYPE_NEEDED,
                span,
                f"{path} may be None, which boto3 refuses",
                help="write instead: a test for None before, and a call without the parameter",
            )
            return False
        return True

    def _fields_fit(self, shape: Shape, type_: DictT, span: Span | None, path: str) -> bool:
        """Whether what is known of the keys of a dict fits."""
        known = type_.loaded if isinstance(type_, LazyDictT) else type_
        for name in [one.name for one in known.fields]:
            field = field_of(type_, name)
            if isinstance(field.type, NeverT):
                continue
            member = self._member(shape, name, span, path)
            if member is None or not (
                self._is_message(shape, member, {})
                or member.json_value
                or self._fits(member.shape, field.type, span, f"`{name}` of {path}")
            ):
                return False
        return True

    def _wrong(self, code: Code, place: ast.AST | Span | None, message: str, **rest: object) -> Expr:
        return self.cx.error(code, place or self.node, message, **rest)  # type: ignore[arg-type]


_IN_THE_CALL: Final = '`json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()`'


def _advice(text: Expr) -> str:
    """What to write in place of a text that is sent as bytes."""
    if isinstance(text, Prim) and text.op == "json.dumps":
        value, *_, sort, _ascii = text.args
        if holds_floats(value.type):
            return "ints or texts in place of floats"
        if getattr(sort, "value", True):
            return "a dict whose keys are in order, without `sort_keys`"
    return '`json.dumps(value, separators=(",", ":"), ensure_ascii=False)`'


def _is_taken_apart(value: Expr) -> bool:
    """Whether the parts of a value are written one by one, so that each is looked at."""
    if isinstance(value, Cond | Let | ListComp):
        return True
    return isinstance(value, Prim) and value.op in ("dict.make", "list.make", "|")


def _written(value: Expr) -> list[tuple[Expr, Expr]] | None:
    """The pairs of a dict that is written out."""
    if isinstance(value, Prim) and value.op == "dict.make":
        return list(zip(value.args[::2], value.args[1::2], strict=True))
    return None


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)

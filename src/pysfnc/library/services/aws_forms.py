"""Values between boto3's form and that of a definition; made by the compiler, never written by a program.

`service.answer` makes what boto3 gives of what a state was answered, `service.argument` what a state sends of what boto3 is given. Their
second argument is a constant that names the type in botocore's models (`Form`). `aws.translate` is the meaning that they have to have; what `Table`
of boto3 makes of attribute values is in `attribute_values`.
`service.same` is whether two answers are the same as JSON, `service.last` the last item of a list that is not empty.
`service.member` reads a member of what a state was answered: by its name there, with the KeyError of its name in Python.

A member that is not there is undefined, and JSONata leaves out the keys of undefined values.
"""

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from functools import cache
from typing import Final, Literal

from pysfnc.aws.services import service
from pysfnc.aws.shapes import Member, Naming, Shape
from pysfnc.jsonata.tree import Array, Bind, Call, Field, Func, IfElse, Index, Lit, Object, Ref, Seq, Tree
from pysfnc.lean import dataclass
from pysfnc.library.containers.dicts import has_key, lookup
from pysfnc.library.rows.make import TRUE, call, either, eq, negate, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import fn, mapped
from pysfnc.library.rows.signature import repr_of
from pysfnc.library.services.stored_values import holds_mark
from pysfnc.library.services.told_numbers import MARK as NUMBER_MARK
from pysfnc.values.types import Type

Direction = Literal["answer", "argument"]
_SEPARATOR: Final = "|"
ATTRIBUTE: Final = "AttributeValue"
KEY: Final = "Key"


@dataclass(frozen=True, slots=True)
class Form:
    """A type of botocore's models, as values of it look in a definition.

    `values`: on the other side are values of Python in place of attribute values of DynamoDB, as `Table` of boto3 has them; `told`: numbers
    among them are those of `told_numbers`. `texts`: where bytes are sent there may be texts. `moments`: where moments are sent are those of the
    machine.
    """

    shape: Shape
    naming: Naming
    values: bool = False
    told: bool = False
    texts: bool = False
    moments: bool = False

    def text(self) -> str:
        """As a constant of the program."""
        options = [
            *(["values"] if self.values else []),
            *(["told"] if self.told else []),
            *(["texts"] if self.texts else []),
            *(["moments"] if self.moments else []),
        ]
        return _SEPARATOR.join((self.shape.service, self.shape.name, self.naming, *options))

    @staticmethod
    @cache
    def read(text: str) -> "Form":
        """The form that a constant names."""
        name, shape, naming, *options = text.split(_SEPARATOR)
        chosen: Naming = "api" if naming == "api" else "sdk"
        return Form(service(name).shape(shape), chosen, **dict.fromkeys(options, True))

    @property
    def is_same(self) -> bool:
        """Whether values look the same in both forms, moments and bytes being text in a definition."""
        if self.values:
            # Where a read goes on stays as it is, to be sent as it is.
            return self.shape.name == KEY or not contains(self.shape, lambda part: part.name == ATTRIBUTE)
        return not contains(self.shape, self._differs)

    def _differs(self, part: Shape) -> bool:
        sent = (self.texts and part.kind == "blob") or (self.moments and part.kind == "timestamp")
        return sent or part.is_encoded or _renames(part, self.naming)

    @property
    def is_attribute(self) -> bool:
        """Whether a value of Python stands for the whole."""
        return self.values and self.shape.name == ATTRIBUTE

    def of(self, shape: Shape) -> "Form":
        """Another type of the same integration."""
        return replace(self, shape=shape)


def _answer(args: Sequence[Arg], _type: Type) -> Tree:
    return _translated(args, "answer")


def _taken(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """Attributes whose names are those of values that the machine has no other form for."""
    value, form = args
    assert isinstance(form.tree, Lit)
    read = Form.read(str(form.tree.value))
    if not read.values:
        return ()
    taken = either(holds_mark(value.tree), *([holds_mark(value.tree, NUMBER_MARK)] if read.told else []))
    return (Check(negate(taken), "TypeError", text("an attribute of this name has no form in a machine")),)


def _argument(args: Sequence[Arg], _type: Type) -> Tree:
    return _translated(args, "argument")


def _translated(args: Sequence[Arg], direction: Direction) -> Tree:
    value, form = args
    assert isinstance(form.tree, Lit) and isinstance(form.tree.value, str), "made by the compiler with a constant"
    found = Form.read(form.tree.value)
    writer = _Writer(found, direction)
    body = writer.translated(found.shape, value.tree)
    return Seq((*writer.functions.values(), body)) if writer.functions else body


_NO_BYTES: Final = "AWS is sent bytes here, and the text in their place is no compact JSON text"
_T: Final = Ref("t")
_WRITTEN: Final = call("parse", _T)
define(  # Step Functions sends the text of what this gives
    "py_sent_bytes",
    ("t",),
    IfElse(
        eq(call("string", Object(((text("v"), _WRITTEN),))), call("join", Array((text('{"v":'), _T, text("}"))))),
        _WRITTEN,
        call("error", text(_NO_BYTES)),
    ),
)


@dataclass(slots=True)
class _Writer:
    """Writes one translation. Types that contain themselves are functions, which call themselves."""

    form: Form
    direction: Direction
    functions: dict[str, Bind] = field(default_factory=dict)
    around: tuple[str, ...] = ()

    def translated(self, shape: Shape, value: Tree) -> Tree:
        """The value in the other form."""
        form = self.form.of(shape)
        if form.is_same:
            return value
        if form.is_attribute:
            return call("py_attribute_told" if form.told else "py_attribute", value)
        match shape.kind:
            case "structure":
                return self._structure(shape, value)
            case "list":
                return mapped(value, "py_i", self.translated(shape.element, Ref("py_i")))
            case "blob":
                return call("py_sent_bytes", value)
            case "timestamp":
                return call("py_to_aws", value)
            case "string" if self.direction == "answer":
                return call("parse", call("decodeUrlComponent", value))
            case "map":
                one = Object(((Ref("py_k"), self.translated(shape.value, Ref("py_v"))),))
                return call("merge", Array((call("each", value, fn("py_v py_k", one)),)))
            case _:
                return value

    def _structure(self, shape: Shape, value: Tree) -> Tree:
        if not _contains_itself(shape):
            return self._members(shape, value)
        name = f"py_{shape.name}"
        if name not in self.functions:
            self.functions[name] = Bind(name, Lit(None))  # its own calls must find it
            self.functions[name] = Bind(name, Func(("py_s",), self._members(shape, Ref("py_s"))))
        return Call(name, (value,))

    def _members(self, shape: Shape, value: Tree) -> Tree:
        pairs: list[tuple[Tree, Tree]] = []
        for member in shape.members.values():
            asl_name = member.asl_name(self.form.naming)
            if asl_name is None:
                continue
            source, target = (asl_name, member.name) if self.direction == "answer" else (member.name, asl_name)
            pairs.append((Lit(target), self._member(member, Field(value, source))))
        if (self.form.texts or self.form.moments) and not _renames(shape, self.form.naming):
            changed = tuple(pair for pair in pairs if not isinstance(pair[1], Field))
            return call("merge", Array((value, Object(changed))))
        return Object(tuple(pairs))

    def _member(self, member: Member, value: Tree) -> Tree:
        made: Tree
        if member.json_value:
            made = call("parse" if self.direction == "answer" else "string", value)
        else:
            made = self.translated(member.shape, value)
        return made if made is value else IfElse(call("exists", value), made, None)


def _renames(shape: Shape, naming: Naming) -> bool:
    return shape.kind == "structure" and any(
        member.asl_name(naming) != name or member.json_value for name, member in shape.members.items()
    )


@cache
def _contains_itself(shape: Shape) -> bool:
    seen: set[str] = set()
    todo = list(parts_of(shape))
    while todo:
        part = todo.pop()
        if part.name == shape.name:
            return True
        if part.name not in seen:
            seen.add(part.name)
            todo.extend(parts_of(part))
    return False


def parts_of(shape: Shape) -> tuple[Shape, ...]:
    """The types that values of a type hold directly."""
    match shape.kind:
        case "structure":
            return tuple(member.shape for member in shape.members.values())
        case "list":
            return (shape.element,)
        case "map":
            return (shape.value,)
        case _:
            return ()


def contains(shape: Shape, test: Callable[[Shape], bool]) -> bool:
    """Whether the test holds for the type or for one that its values may hold."""
    seen: set[str] = set()
    todo = [shape]
    while todo:
        part = todo.pop()
        if part.name in seen:
            continue
        seen.add(part.name)
        if test(part):
            return True
        todo.extend(parts_of(part))
    return False


def _read(args: Sequence[Arg], _type: Type) -> Tree:
    base, name, _key, _always = args
    return lookup(base.tree, name.tree)


def _missing(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """The KeyError of a member that is not there, under the name that it has in Python."""
    base, name, key, always = args
    if always.tree == TRUE:
        return ()
    return (Check(has_key(base.tree, name), "KeyError", repr_of(key), args=(key.tree,)),)


register_prim(PrimRow(op="service.member", lower=_read, checks=_missing))
register_prim(PrimRow(op="service.same", lower=lambda args, _: eq(args[0].tree, args[1].tree)))
register_prim(PrimRow(op="service.last", lower=lambda args, _: Index(args[0].tree, Lit(-1))))
register_prim(PrimRow(op="service.answer", lower=_answer, checks=_taken))
register_prim(PrimRow(op="service.argument", lower=_argument))

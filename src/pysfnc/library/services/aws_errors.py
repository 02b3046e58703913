"""What a program reads of an error of AWS: `e.response`, the code, the message, the name of its class.

An exception object of the machine has the error's name in Step Functions, the HTTP status where the program reads it, and the text that `str()`
gives in Python, out of which the rest is read: `An error occurred (Code) when calling the Operation operation: Message`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from pysfnc.jsonata.tree import Call, Field, IfElse, Lit, Object, Regex, Tree
from pysfnc.lean import dataclass
from pysfnc.library.objects.raised import NAME
from pysfnc.library.rows.make import call, text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.values.types import INT, JSON, STR, DictField, DictT, LazyDictT, Type

_OPENING: Final = Lit("(")
_NAMES: Final = (DictField("Code", STR), DictField("Message", STR))
ERROR: Final = LazyDictT("the `Error` of a response", lambda: DictT(STR, _NAMES, STR), partial="what the service adds")
METADATA: Final = LazyDictT(
    "the `ResponseMetadata` of an error",
    lambda: DictT(INT, (DictField("HTTPStatusCode", INT),), INT),
    partial="the id and headers of a request",
)
RESPONSE: Final = LazyDictT(
    "the `response` of an error",
    lambda: DictT(JSON, (DictField("Error", ERROR), DictField("ResponseMetadata", METADATA)), JSON),
    partial="ResponseMetadata",
)


@dataclass(frozen=True, slots=True)
class ClassNames:
    """Which class an error is of, by its name in Step Functions.

    families: what its name begins with, before the dot. names: class by name, where it is not what stands behind the dot.
    suffix: what those of these families have at the end that their classes have not.
    """

    families: tuple[str, ...]
    names: Mapping[str, str]
    suffixed: tuple[str, ...] = ()

    def text(self) -> str:
        """As a constant of the program."""
        return json.dumps([self.families, dict(self.names), self.suffixed])


def _code(args: Sequence[Arg], _type: Type) -> Tree:
    return _code_of(args[0].tree)


def _code_of(exc: Tree) -> Tree:
    return call("substringBefore", call("substringAfter", Field(exc, "c"), _OPENING), text(")"))


def _message(args: Sequence[Arg], _type: Type) -> Tree:
    return _message_of(args[0].tree)


def _message_of(exc: Tree) -> Tree:
    # A text about retries may stand before the colon.
    return call("substringAfter", call("substringAfter", Field(exc, "c"), text(" operation")), text(": "))


def _error_of(exc: Tree) -> Tree:
    return Object(((Lit("Code"), _code_of(exc)), (Lit("Message"), _message_of(exc))))


def _metadata_of(status: Tree) -> Tree:
    return Object(((Lit("HTTPStatusCode"), status),))


def _response(args: Sequence[Arg], _type: Type) -> Tree:
    exc, status = (arg.tree for arg in args)
    return Object(((Lit("Error"), _error_of(exc)), (Lit("ResponseMetadata"), _metadata_of(status))))


def _told(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """The status of an error that came out of a function is not told (LIM-80)."""
    return (Check(call("exists", args[0].tree), "KeyError", text("'HTTPStatusCode'")),)


def _operation(args: Sequence[Arg], _type: Type) -> Tree:
    named = call("substringAfter", Field(args[0].tree, "c"), text("when calling the "))
    return call("substringBefore", named, text(" operation"))


def _class_name(args: Sequence[Arg], _type: Type) -> Tree:
    name, constant = Field(args[0].tree, NAME), args[1].tree
    assert isinstance(constant, Lit) and isinstance(constant.value, str), "made by the compiler with a constant"
    families, names, suffixed = json.loads(constant.value)
    made: Tree = call("substringAfter", name, text("."))
    if suffixed:
        short = call("replace", made, Regex("Exception$"), text(""))
        made = short if families == suffixed else IfElse(_is_of(name, suffixed), short, made)
    if names:
        known = call("lookup", Object(tuple((Lit(k), Lit(v)) for k, v in names.items())), name)
        made = IfElse(call("exists", known), known, made)
    return IfElse(_is_of(name, families), made, name)


def _is_of(name: Tree, families: Sequence[str]) -> Tree:
    return Call("contains", (name, Regex(rf"^({'|'.join(families)})\.")))


register_prim(PrimRow(op="aws.code", lower=_code))
register_prim(PrimRow(op="aws.message", lower=_message))
register_prim(PrimRow(op="aws.error", lower=lambda args, _: _error_of(args[0].tree)))
register_prim(PrimRow(op="aws.response", lower=_response))
register_prim(PrimRow(op="aws.metadata", lower=lambda args, _: _metadata_of(args[0].tree)))
register_prim(PrimRow(op="aws.status", lower=lambda args, _: args[0].tree, checks=_told))
register_prim(PrimRow(op="aws.operation", lower=_operation))
register_prim(PrimRow(op="aws.class_name", lower=_class_name))

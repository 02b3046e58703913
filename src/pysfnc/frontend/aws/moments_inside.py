"""Moments inside of arguments that are not written out at the call: `params["StartTime"] = now`, and later `**params`.

AWS takes another text of a moment than the machine has for it, so that those inside are translated when the machine runs. That is right where all
that stands in the place of a moment is known to be one: a text there is sent as it is.
"""

from dataclasses import replace

from pysfnc.aws.shapes import Shape
from pysfnc.frontend.data.moment_operations import DATETIME
from pysfnc.lean import dataclass
from pysfnc.library.services.aws_forms import contains
from pysfnc.values.relations import join_all, members
from pysfnc.values.types import STR, DictT, LazyDictT, ListT, NeverT, TuplesT, TupleT, Type


def without_moments(shape: Shape, type_: Type) -> Type:
    """The type of a value behind the translation of its moments; the same type where there is nothing to translate, or not all of it can be."""
    reader = _Reader()
    made = reader.read(shape, type_)
    return made if reader.found and not reader.unknown else type_


@dataclass(slots=True)
class _Reader:
    """`found`: a moment where AWS takes one; `unknown`: something that may be another thing there."""

    found: bool = False
    unknown: bool = False

    def read(self, shape: Shape, type_: Type) -> Type:
        """The type without the moments in the places of a shape."""
        if not contains(shape, lambda part: part.kind == "timestamp"):
            return type_
        return join_all([self._one(shape, member) for member in members(type_)])

    def _one(self, shape: Shape, type_: Type) -> Type:
        match shape.kind, type_:
            case _, NeverT():
                return type_
            case "timestamp", _ if type_ == DATETIME:
                self.found = True
                return STR
            case _, LazyDictT():
                self.unknown = True
                return type_
            case "structure", DictT(fields=fields, rest=NeverT()):
                known = {
                    one.name: replace(one, type=self.read(shape.members[one.name].shape, one.type))
                    for one in fields
                    if one.name in shape.members
                }
                made = tuple(known.get(one.name, one) for one in fields)
                return DictT(join_all([one.type for one in made]), made, type_.rest)
            case "map", DictT(value=value, fields=()):
                return DictT(self.read(shape.value, value))
            case "list", ListT(item=item):
                return ListT(self.read(shape.element, item))
            case "list", TuplesT(item=item):
                return TuplesT(self.read(shape.element, item))
            case "list", TupleT(items=items, named=None):
                return TupleT(tuple(self.read(shape.element, item) for item in items))
            case _:
                self.unknown = True
                return type_

"""Whether a value of CPython is one that a type of the compiler promises."""

from pysfnc.values.relations import json_of_kinds, kinds, members
from pysfnc.values.types import BoolT, DictT, FloatT, IntT, JsonT, ListT, NeverT, NoneT, StrT, TupleT, Type

SCALARS: dict[type[Type], type] = {NoneT: type(None), BoolT: bool, IntT: int, FloatT: float, StrT: str}


def inhabits(value: object, type_: Type) -> bool:
    """Whether the value is of the type; ints, floats, lists and tuples are told apart."""
    return any(_is_one(value, member) for member in members(type_))


def _is_one(value: object, type_: Type) -> bool:
    match type_:
        case ListT(item):
            return type(value) is list and all(inhabits(part, item) for part in value)
        case TupleT(items):
            return (
                type(value) is tuple
                and len(value) == len(items)
                and all(inhabits(part, item) for part, item in zip(value, items, strict=True))
            )
        case DictT(part_type):
            return type(value) is dict and all(type(k) is str and inhabits(v, part_type) for k, v in value.items())
        case JsonT():
            single = [json_of_kinds(frozenset({kind})) for kind in kinds(type_)]
            if type(value) is float and value.is_integer():
                return False
            return any(_is_one(value, member) for member in single)
        case NeverT():
            return False
        case _:
            return type(value) is SCALARS.get(type(type_))

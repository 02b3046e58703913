"""Equality of objects of classes: where JSON would call equal what Python does not, or cannot tell.

A dataclass equals only objects of its own class, with all fields equal; a plain Enum member equals itself only. JSON holds the first as an object and
the second as its value, so both may look like something else. Owns the question whether that may happen for two types.
"""

from pysfnc.library.rows.row import Refusal
from pysfnc.library.rows.typenames import atoms, json_types, key_apart
from pysfnc.values.relations import field_of, kinds, members, others_of
from pysfnc.values.types import DictT, EnumT, ListT, RecordT, TuplesT, TupleT, Type


def holds_class(type_: Type) -> bool:
    """Whether a value of the type is, or has inside, an object of a dataclass or an Enum."""
    for member in members(type_):
        match member:
            case RecordT() | EnumT():
                return True
            case ListT(item) | TuplesT(item) if holds_class(item):
                return True
            case DictT(value) if holds_class(value):
                return True
            case TupleT(items) if any(map(holds_class, items)):
                return True
            case _:
                pass
    return False


def refuse_order(type_: Type, what: str) -> Refusal | None:
    """The refusal to order values that are, or hold, objects: what decides is not in their JSON."""
    if not holds_class(type_):
        return None
    return Refusal(
        "unsupported-expression",
        f"{what} orders objects of a class",
        "write instead: `key=lambda x: ...` with a number, a text or a tuple of them",
    )


def class_meets(left: Type, right: Type, inside: bool = False) -> bool:
    """Whether values of two types may look equal in JSON and not be equal, or be compared by code of their own.

    At the top, values of one class each are told apart by the types.
    """
    if not holds_class(left) and not holds_class(right):
        return False
    one, other = atoms(left), atoms(right)
    if any(map(_compares_itself, (*one, *other))):
        return True
    if not inside and len(one) == len(other) == 1 and not kinds(left) & kinds(right):
        return False
    return any(_meet(first, second, inside or len(one) + len(other) > 2) for first in one for second in other)


def _compares_itself(type_: Type) -> bool:
    """Whether code of the class says what an object is equal to."""
    return isinstance(type_, RecordT) and type_.cls.compared == "own"


def _meet(first: Type, second: Type, inside: bool) -> bool:
    if _compares_itself(first) or _compares_itself(second):
        return True
    match first, second:
        case (RecordT(one, mine), RecordT(other, yours)):
            if one == other:
                every = all(field.compared for field in one.fields)
                return one.compared != "fields" or not every or class_meets(mine, yours, True)
            return inside and key_apart(first, second) is None
        case (EnumT(one), EnumT(other)):
            return one != other and inside and (one.base is None or other.base is None) and _look_alike(first, second)
        case (EnumT(cls), _) | (_, EnumT(cls)):
            return cls.base is None and inside and _look_alike(first, second)
        case (RecordT(), _) | (_, RecordT()):
            return inside and _look_alike(first, second)
        case (ListT(x), ListT(y)) | (TuplesT(x), TuplesT(y)):
            return class_meets(x, y, True)
        case (TuplesT(x), TupleT(ys)) | (TupleT(ys), TuplesT(x)):
            return any(class_meets(x, y, True) for y in ys)
        case (DictT() as x, DictT() as y):
            names = {field.name for field in (*x.fields, *y.fields)}
            pairs = [(field_of(x, name).type, field_of(y, name).type) for name in names]
            return any(class_meets(a, b, True) for a, b in (*pairs, (others_of(x), others_of(y))))
        case (TupleT(xs), TupleT(ys)):
            return any(class_meets(x, y, True) for x, y in zip(xs, ys, strict=False))
        case _:
            return False


def _look_alike(first: Type, second: Type) -> bool:
    return bool(json_types(first) & json_types(second))

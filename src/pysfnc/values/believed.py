"""What an annotation that says `int` tells of values that came in without a type: that they are no floats, lists or dicts.

Python looks at no annotation, so that any other value passes: None or a text instead of a number. That there is no list or dict makes it a value
that nobody can change. What comes of a value with one of these in the place of an int is for `library.objects.annotated`.
"""

from typing import Final

from pysfnc.values.fits import AnyFit, ChoiceFit, DictFit, Fit, ListFit, RecordFit, ScalarFit, flattened, type_of
from pysfnc.values.relations import dict_of, field_of, join_all, json_of_kinds, kinds, members, others_of
from pysfnc.values.types import JSON, DictField, DictT, JsonT, Kind, LazyDictT, ListT, Type

_NUMBERS: Final = frozenset({Kind.INT, Kind.FLOAT})


def takes_no_float(fit: Fit) -> bool:
    """Whether an annotation takes ints and no floats."""
    parts = flattened(fit)
    if _takes_anything(fit):
        return False
    scalars = [part for part in parts if isinstance(part, ScalarFit | ChoiceFit)]
    return frozenset[Kind]().union(*(kinds(type_of(part)) for part in scalars)) & _NUMBERS == {Kind.INT}


def never_given(fit: Fit) -> frozenset[Kind]:
    """The kinds of JSON values that an annotation excludes which says `int`; none for any other."""
    if not takes_no_float(fit):
        return frozenset()
    alone = all(isinstance(part, ScalarFit | ChoiceFit) for part in flattened(fit))
    return frozenset({Kind.FLOAT, Kind.LIST, Kind.DICT}) if alone else frozenset({Kind.FLOAT})


def list_part(fit: Fit) -> ListFit | None:
    """What an annotation says of lists, if it is one thing; None otherwise."""
    found = [part for part in flattened(fit) if isinstance(part, ListFit) and not part.is_tuple]
    return found[0] if len(found) == 1 and not _takes_anything(fit) else None


def dict_part(fit: Fit) -> DictFit | RecordFit | None:
    """What an annotation says of dicts, if it is one thing; None otherwise."""
    found = [part for part in flattened(fit) if isinstance(part, DictFit) or _is_typed_dict(part)]
    if len(found) != 1 or _takes_anything(fit):
        return None
    one = found[0]
    assert isinstance(one, DictFit | RecordFit)
    return one


def _is_typed_dict(fit: Fit) -> bool:
    return isinstance(fit, RecordFit) and fit.cls is None


def _takes_anything(fit: Fit) -> bool:
    return any(isinstance(part, AnyFit) for part in flattened(fit))


def field_fit(fit: DictFit | RecordFit, name: str) -> Fit | None:
    """What an annotation says of a key of a dict; None for nothing."""
    if isinstance(fit, DictFit):
        return fit.value
    return next((field.fit for field in fit.fields if field.name == name), None)


def believed(type_: Type, fit: Fit) -> Type:
    """The type without the floats that an annotation excludes."""
    return join_all([_believed_member(member, fit) for member in members(type_)])


def _believed_member(member: Type, fit: Fit) -> Type:
    match member:
        case JsonT(found):
            return _believed_json(found, fit)
        case ListT(item) if (listed := list_part(fit)) is not None and listed.item is not None:
            return ListT(believed(item, listed.item))
        case DictT() if not isinstance(member, LazyDictT) and (mapped := dict_part(fit)) is not None:
            return _believed_dict(member, mapped)
        case _:
            return member


def _believed_json(found: frozenset[Kind], fit: Fit) -> Type:
    rest = found - never_given(fit)
    made: list[Type] = []
    for kind, plain in ((Kind.LIST, ListT(JSON)), (Kind.DICT, DictT(JSON))):
        if kind in rest and (inside := _believed_member(plain, fit)) != plain:
            made.append(inside)
            rest -= {kind}
    return join_all([json_of_kinds(rest), *made])


def _believed_dict(type_: DictT, fit: DictFit | RecordFit) -> DictT:
    names = [field.name for field in type_.fields]
    if isinstance(fit, RecordFit):
        names += [field.name for field in fit.fields if field.name not in names]
    fields = []
    for name in names:
        known, inner = field_of(type_, name), field_fit(fit, name)
        fields.append(DictField(name, known.type if inner is None else believed(known.type, inner), known.always))
    others = others_of(type_)
    if isinstance(fit, DictFit) and fit.value is not None:
        others = believed(others, fit.value)
    return dict_of(fields, others)


def says_ints(fit: Fit) -> bool:
    """Whether an annotation says of something, or of what is inside, that it is an int and no float."""
    if takes_no_float(fit):
        return True
    listed, mapped = list_part(fit), dict_part(fit)
    inside = [listed.item] if listed is not None else []
    if isinstance(mapped, DictFit):
        inside.append(mapped.value)
    elif mapped is not None:
        inside += [field.fit for field in mapped.fields]
    return any(part is not None and says_ints(part) for part in inside)

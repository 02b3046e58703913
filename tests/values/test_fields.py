"""What is known of a dict after a change holds for what Python makes of it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysfnc.values.fields import (
    merged,
    read_at,
    with_default,
    with_field,
    with_some_field,
    without_field,
    without_fields,
    without_some_field,
)
from pysfnc.values.relations import dict_of, field_of, is_subtype, join, others_of
from pysfnc.values.types import INT, NEVER, NONE, STR, DictField, DictT, ListT, Type

Scalar = int | str | None
NAMES = "abcd"
VALUES: st.SearchStrategy[Scalar] = st.sampled_from([0, "x", None])
TYPES = st.sampled_from([INT, STR, NONE, join(INT, STR), join(STR, NONE)])
FIELD = st.builds(DictField, st.sampled_from("abc"), TYPES, st.booleans())
DICTS = st.builds(
    dict_of, st.lists(FIELD, max_size=3, unique_by=lambda field: field.name), st.one_of(st.just(NEVER), TYPES)
)


def type_of(value: Scalar) -> Type:
    return {int: INT, str: STR, type(None): NONE}[type(value)]


def holds(type_: DictT, value: dict[str, Scalar]) -> bool:
    """Whether a dict has the type."""
    fields = {field.name: field for field in type_.fields}
    if any(field.always and name not in value for name, field in fields.items()):
        return False
    return all(
        is_subtype(type_of(item), fields[key].type if key in fields else others_of(type_))
        for key, item in value.items()
    ) and all(is_subtype(type_of(item), type_.value) for item in value.values())


@st.composite
def dicts(draw: st.DrawFn) -> tuple[DictT, dict[str, Scalar]]:
    """A type and a dict of it."""
    type_ = draw(DICTS)
    value: dict[str, Scalar] = {}
    for name in NAMES:
        field = field_of(type_, name)
        fitting = [item for item in (0, "x", None) if is_subtype(type_of(item), field.type)]
        if fitting and (field.always or draw(st.booleans())):
            value[name] = draw(st.sampled_from(fitting))
    return type_, value


@given(dicts(), st.sampled_from(NAMES), VALUES)
def test_setting_and_deleting(made: tuple[DictT, dict[str, Scalar]], key: str, item: Scalar) -> None:
    type_, value = made
    assert holds(type_, value)
    without = {name: old for name, old in value.items() if name != key}
    assert holds(with_field(type_, key, type_of(item)), {**value, key: item})
    assert holds(with_some_field(type_, type_of(item)), {**value, key: item})
    assert holds(with_default(type_, key, type_of(item)), {key: item, **value})
    assert holds(without_field(type_, key), without)
    assert holds(without_some_field(type_), without)
    assert key not in value or is_subtype(type_of(value[key]), read_at(type_, key))
    assert key not in value or is_subtype(type_of(value[key]), read_at(type_, None))


@given(dicts(), dicts())
def test_merging_and_joining(one: tuple[DictT, dict[str, Scalar]], other: tuple[DictT, dict[str, Scalar]]) -> None:
    assert holds(merged(one[0], other[0]), {**one[1], **other[1]})
    joined = join(one[0], other[0])
    assert isinstance(joined, DictT)
    assert holds(joined, one[1])
    assert holds(joined, other[1])


@given(DICTS)
def test_giving_up_the_fields(type_: DictT) -> None:
    plain = without_fields(ListT(type_))
    assert is_subtype(ListT(type_), plain)
    assert plain == ListT(DictT(type_.value))


@pytest.mark.parametrize("change", [with_field, with_default])
def test_a_key_that_is_set_is_there(change: Callable[[DictT, str, Type], DictT]) -> None:
    assert field_of(change(DictT(INT), "a", STR), "a").always

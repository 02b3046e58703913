"""The lattice of types: joins, subtypes, narrowing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysfnc.values.relations import (
    dict_of,
    field_of,
    is_json_faithful,
    is_mutable,
    is_subtype,
    join,
    join_all,
    kinds,
    only_kinds,
    without_kinds,
)
from pysfnc.values.types import (
    BOOL,
    FLOAT,
    INT,
    JSON,
    JSON_KINDS,
    NEVER,
    NONE,
    NUMBER_KINDS,
    STR,
    DictField,
    DictT,
    ExcT,
    JsonT,
    Kind,
    ListT,
    TupleT,
    Type,
    UnionT,
)

SCALARS = st.sampled_from([NEVER, NONE, BOOL, INT, FLOAT, STR, JSON, ExcT(None), ExcT(frozenset({"KeyError"}))])


def fields(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[list[DictField]]:
    field = st.builds(DictField, st.sampled_from("abc"), inner, st.booleans())
    return st.lists(field, max_size=3, unique_by=lambda field: field.name)


def containers(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    return st.one_of(
        inner.map(ListT),
        inner.map(DictT),
        st.builds(dict_of, fields(inner), inner),
        st.lists(inner, max_size=3).map(lambda items: TupleT(tuple(items))),
        st.tuples(inner, inner).map(lambda pair: join(*pair)),
    )


TYPES = st.recursive(SCALARS, containers, max_leaves=6)


@given(TYPES, TYPES)
def test_a_join_holds_both(a: Type, b: Type) -> None:
    joined = join(a, b)
    assert is_subtype(a, joined)
    assert is_subtype(b, joined)


@given(TYPES, TYPES)
def test_a_join_is_the_same_both_ways(a: Type, b: Type) -> None:
    assert join(a, b) == join(b, a)


@given(TYPES)
def test_joining_a_type_with_itself_changes_nothing(a: Type) -> None:
    assert join(a, a) == a
    assert join(a, NEVER) == a


@given(TYPES, TYPES)
def test_a_union_has_no_member_that_another_covers(a: Type, b: Type) -> None:
    joined = join(a, b)
    if isinstance(joined, UnionT):
        for one in joined.members:
            assert not any(is_subtype(one, other) for other in joined.members - {one})


@given(TYPES, st.frozensets(st.sampled_from(sorted(Kind, key=lambda kind: kind.value))))
def test_narrowing_divides_the_kinds(type_: Type, wanted: frozenset[Kind]) -> None:
    assert kinds(only_kinds(type_, wanted)) == kinds(type_) & wanted
    assert kinds(without_kinds(type_, wanted)) == kinds(type_) - wanted


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (join(INT, JSON), "json"),
        (join(FLOAT, JSON), "float | json"),
        (join(ListT(NEVER), ListT(INT)), "list[int]"),
        (join(ListT(INT), ListT(STR)), "list[int | str]"),
        (only_kinds(JSON, NUMBER_KINDS), "json[float|int]"),
        (without_kinds(JSON, JSON_KINDS - {Kind.STR}), "str"),
        (join(NONE, DictT(INT)), "None | dict[str, int]"),
        (TupleT(()), "tuple[()]"),
        (dict_of([DictField("b", STR, False), DictField("a", INT)], NEVER), "dict{a: int, b?: str}"),
        (join(dict_of([DictField("a", INT)], NEVER), dict_of([DictField("b", STR)], NEVER)), "dict{a?: int, b?: str}"),
        (join(dict_of([DictField("a", INT)], NEVER), DictT(INT)), "dict[str, int]"),
    ],
)
def test_the_text_of_a_type(type_: Type, text: str) -> None:
    assert str(type_) == text


def test_a_float_is_not_json_since_its_kind_would_be_lost() -> None:
    assert not is_json_faithful(ListT(FLOAT))
    assert not is_subtype(FLOAT, JSON)
    assert is_subtype(ListT(DictT(STR)), JSON)
    assert not is_subtype(INT, JsonT(frozenset({Kind.STR, Kind.NONE})))


def test_what_can_be_changed_in_place() -> None:
    assert is_mutable(TupleT((INT, ListT(INT))))
    assert is_mutable(JSON)
    assert not is_mutable(TupleT((INT, STR)))


def test_a_dict_with_known_keys() -> None:
    order = dict_of([DictField("qty", INT), DictField("note", STR, False)], NEVER)
    assert order.value == join(INT, STR)
    assert field_of(order, "note") == DictField("note", STR, False)
    assert field_of(order, "other") == DictField("other", NEVER, False)
    assert is_subtype(order, DictT(join(INT, STR)))
    assert not is_subtype(DictT(INT), order)
    assert not is_subtype(dict_of([DictField("qty", INT, False)], NEVER), order)
    assert is_subtype(dict_of([DictField("qty", INT)], NEVER), order)
    assert dict_of([DictField("a", INT, False)], INT) == DictT(INT)


def test_a_message_shows_no_more_of_a_type_than_fits() -> None:
    deep = join_all([STR, ListT(join_all([STR, DictT(join_all([ListT(TupleT((INT, STR, FLOAT, BOOL)))] * 2))]))])
    for _ in range(4):
        deep = join_all([INT, ListT(deep)])
    assert f"{join_all([INT, ListT(STR)])}" == "int | list[str]"
    assert len(str(join_all([deep, DictT(deep)]))) > 100
    assert f"{join_all([deep, DictT(deep)])}" == "dict[...] | int | list[...]"

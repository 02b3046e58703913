"""The wire: what arrives, in which Python type, and how a misfit is named."""

import json
import math
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, NamedTuple, NewType, NotRequired, Optional, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysfnc.lang.json_values import MAX_INTEGER, WireFault, decode_any
from pysfnc.lang.shapes import shape_of
from pysfnc.lang.wire import encode, encode_value


class Color(Enum):
    RED = "r"
    BLUE = "b"


class Size(IntEnum):
    SMALL = 1
    LARGE = 2


class Mixed(Enum):
    PAIR = (1, 2)
    NONE = None


class Point(NamedTuple):
    x: int
    y: float


@dataclass
class Line:
    sku: str
    qty: int = 1
    price: float = 0.0
    tags: list[str] = field(default_factory=list)


@dataclass
class Order:
    lines: list[Line]
    color: Color = Color.RED
    total: float = field(init=False, default=0.0)


@dataclass(frozen=True)
class Tree:
    value: int
    children: "list[Tree]" = field(default_factory=list)


class Address(TypedDict):
    street: str
    zip: NotRequired[int]


class Card(TypedDict):
    kind: Literal["card"]
    number: str


class Cash(TypedDict):
    kind: Literal["cash"]
    number: int


UserId = NewType("UserId", str)


def over_the_wire(value: Any, annotation: Any) -> Any:
    return shape_of(annotation).decode(json.loads(json.dumps(encode(value))))


BOTH_WAYS: list[tuple[Any, Any]] = [
    (None, None),
    (True, bool),
    (3, int),
    ("ä€😀", str),
    (2.5, float),
    ([1, 2], list[int]),
    ({"a": [1]}, dict[str, list[int]]),
    ((1, "a"), tuple[int, str]),
    ((1, 2, 3), tuple[int, ...]),
    ((), tuple[()]),
    (Point(1, 2.0), Point),
    (Color.BLUE, Color),
    (Size.LARGE, Size),
    (Mixed.PAIR, Mixed),
    (Mixed.NONE, Mixed),
    ({Color.RED: 1}, dict[Color, int]),
    (Line("a", 2, 1.0, ["x"]), Line),
    (Order([Line("a")]), Order),
    (Tree(1, [Tree(2), Tree(3, [Tree(4)])]), Tree),
    ({"street": "s", "zip": 1}, Address),
    (datetime(2024, 2, 29, 12, 30, 1, 500, tzinfo=UTC), datetime),
    (datetime(2024, 2, 29, 12, 30, tzinfo=timezone(timedelta(hours=-5, minutes=-30))), datetime),
    (datetime(2024, 1, 1), datetime),
    (date(2024, 2, 29), date),
    (Decimal("12.50"), Decimal),
    (Decimal("-1E+5"), Decimal),
    (b"\x00\xff", bytes),
    (None, int | None),
    (3, Optional[int]),  # noqa: UP045 - the old spelling must work too
    ([1], list[int] | str),
    (Line("a"), Line | None),
    ({"kind": "cash", "number": 1}, Card | Cash),
    (date(2024, 1, 1), datetime | date),
    ("a", Literal["a", 1]),
    (1, Literal["a", 1]),
    ("u", UserId),
    (1, Annotated[int, "positive"]),
    ([Line("a"), Line("b")], Sequence[Line]),
    ({"a": Line("a")}, Mapping[str, Line]),
    ({"anything": [1, None, "x"]}, Any),
]


@pytest.mark.parametrize(("value", "annotation"), BOTH_WAYS, ids=lambda item: str(item)[:40])
def test_a_value_comes_back_as_declared(value: Any, annotation: Any) -> None:
    arrived = over_the_wire(value, annotation)
    assert arrived == value
    assert type(arrived) is type(value)


def test_arrivals_are_copies() -> None:
    inner = {"xs": [1]}
    arrived = over_the_wire(inner, dict)
    arrived["xs"].append(2)
    assert inner == {"xs": [1]}


@pytest.mark.parametrize(
    ("value", "annotation", "arrived"),
    [
        (1.0, Any, 1),
        (1.0, int, 1),
        (1, float, 1.0),
        ([1.0, {"a": 2.0}], list, [1, {"a": 2}]),
        ({"a": 1}, dict[str, float], {"a": 1.0}),
        (1.0, int | float, 1),
        (1.5, int | float, 1.5),
        (2.0, float | int, 2),
        (2, float | None, 2.0),
        (-0.0, Any, 0),
        (1e300, float, 1e300),
        (1e300, Any, 1e300),
        (2.0**53, Any, 2**53),
    ],
)
def test_the_wire_does_not_tell_one_from_one_point_zero(value: Any, annotation: Any, arrived: Any) -> None:
    result = over_the_wire(value, annotation)
    assert result == arrived
    assert type(result) is type(arrived)


def test_a_tuple_becomes_a_list_unless_declared() -> None:
    assert over_the_wire((1, (2,)), Any) == [1, [2]]
    assert over_the_wire(Point(1, 2.5), Any) == [1, 2.5]


def test_subclasses_of_builtins_travel_as_their_base() -> None:
    class Name(str):
        pass

    encoded = encode([Name("a"), Size.SMALL, OrderedDict(b=1), defaultdict(list, c=[True])])
    assert json.dumps(encoded) == '["a", 1, {"b": 1}, {"c": [true]}]'
    assert type(encoded[0]) is str


def test_a_dataclass_ignores_surplus_keys_and_a_typed_dict_keeps_them() -> None:
    assert shape_of(Line).decode({"sku": "a", "more": 1}) == Line("a")
    assert shape_of(Address).decode({"more": 1.0, "street": "s"}) == {"more": 1, "street": "s"}


def test_fields_outside_of_init_travel_too() -> None:
    order = Order([])
    order.total = 5.5
    assert over_the_wire(order, Order).total == 5.5


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("2024-02-29T12:30:00Z", True),
        ("2024-02-29T12:30:00.123456789+02:00", True),
        ("2024-02-30T12:30:00", False),
        ("2024-02-29 12:30:00", False),
        ("2024-02-29", False),
        ("20240229T123000", False),
        ("2024-W01-1T00:00:00", False),
    ],
)
def test_the_grammar_of_moments_is_fixed(text: str, fits: bool) -> None:
    if fits:
        assert isinstance(shape_of(datetime).decode(text), datetime)
    else:
        with pytest.raises(WireFault, match="must be datetime, not str"):
            shape_of(datetime).decode(text)


MISFITS: list[tuple[Any, Any, str]] = [
    (list[dict], "x", " must be list[dict], not str"),
    (int, 1.5, " must be int, not float"),
    (int, True, " must be int, not bool"),
    (float, True, " must be float, not bool"),
    (bool, 1, " must be bool, not int"),
    (str, 1.0, " must be str, not int"),
    (str, None, " must be str, not NoneType"),
    (None, 1, " must be None, not int"),
    (dict, [], " must be dict, not list"),
    (list, {}, " must be list, not dict"),
    (list[int], [1, "x"], "[1] must be int, not str"),
    (dict[str, int], {"a b": "x"}, "['a b'] must be int, not str"),
    (dict[str, list[int]], [], " must be dict[str, list[int]], not list"),
    (tuple[int, str], [1], " must be tuple[int, str], not list"),
    (tuple[int, ...], ["x"], "[0] must be int, not str"),
    (tuple[()], [1], " must be tuple[()], not list"),
    (tuple, {}, " must be tuple, not dict"),
    (Order, {"lines": [{"sku": "a", "qty": "2"}]}, ".lines[0].qty must be int, not str"),
    (Order, {}, ".lines must be list[Line], not missing"),
    (Address, {"zip": 1}, ".street must be str, not missing"),
    (Point, [1], " must be Point, not list"),
    (Color, "x", " must be Color, not str"),
    (Color, 1, " must be Color, not int"),
    (Literal["a", 1], "b", " must be Literal['a', 1], not str"),
    (Literal[1], True, " must be Literal[1], not bool"),
    (Literal[Color.RED], "b", " must be Literal[Color.RED], not str"),
    (int | None, "x", " must be int | None, not str"),
    (Optional[list[int]], ["x"], "[0] must be int, not str"),  # noqa: UP045
    (Card | Cash, {"kind": "gift", "number": 1}, " must be Card | Cash, not dict"),
    (bytes, "*", " must be bytes, not str"),
    (Decimal, "1,5", " must be Decimal, not str"),
    (Decimal, 1.5, " must be Decimal, not float"),
    (date, "2024-1-1", " must be date, not str"),
    (UserId, 1, " must be str, not int"),
    (Annotated[int, "x"], "1", " must be int, not str"),
    (Sequence[int], "12", " must be list[int], not str"),
    (Mapping[str, Any], 1, " must be dict[str, Any], not int"),
    (dict[Color, int], {"x": 1}, "['x'] must be Color, not str"),
    (list[Callable[[], int]], 1, " must be list[Callable], not int"),
]


@pytest.mark.parametrize(("annotation", "value", "text"), MISFITS, ids=lambda item: str(item)[:40])
def test_a_misfit_names_path_wanted_and_actual_type(annotation: Any, value: Any, text: str) -> None:
    with pytest.raises(WireFault) as caught:
        shape_of(annotation).decode(value)
    assert f"{caught.value.path} {caught.value.text}" == text
    assert caught.value.error is TypeError


UNDECIDABLE = [str | datetime, str | Color, int | Size, list[int] | tuple[int, ...], dict[str, int] | Line, bytes | str]


@pytest.mark.parametrize("annotation", UNDECIDABLE, ids=str)
def test_a_union_that_json_cannot_decide_is_refused(annotation: Any) -> None:
    with pytest.raises(WireFault, match="has a type that the wire cannot decide"):
        shape_of(annotation).decode("x")


def test_records_of_a_union_are_told_apart_by_their_keys() -> None:
    @dataclass
    class Small:
        a: int

    @dataclass
    class Big:
        a: int
        b: int = 0

    shape = shape_of(Small | Big)
    assert shape.decode({"a": 1}) == Small(1)
    assert shape.decode({"a": 1, "b": 2}) == Big(1, 2)


def test_a_large_float_may_be_written_without_a_point() -> None:
    assert shape_of(float).decode(5 * 10**16) == 5e16
    with pytest.raises(WireFault, match="is a number beyond the largest float"):
        shape_of(float).decode(10**400)


UNSENDABLE: list[tuple[Any, type[Exception], str]] = [
    (math.nan, ValueError, "v is nan, which JSON cannot hold"),
    ([math.inf], ValueError, "v[0] is inf, which JSON cannot hold"),
    ({"a": 2**53 + 1}, ValueError, "v['a'] is an integer beyond 2**53"),
    ({1: 2}, TypeError, "v has a key of type int; keys must be str"),
    ({"s": {1}}, TypeError, "v['s'] is set, which cannot travel as JSON"),
    (Line(object()), TypeError, "v.sku is object, which cannot travel as JSON"),  # type: ignore[arg-type]
    ("\ud800", ValueError, "v is a text with a lone surrogate, which JSON cannot hold"),
    (Line, TypeError, "v is type, which cannot travel as JSON"),
]


@pytest.mark.parametrize(("value", "error", "text"), UNSENDABLE, ids=lambda item: repr(item)[:30])
def test_what_cannot_travel_is_refused_with_its_place(value: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as caught:
        encode_value(value, "v")
    assert str(caught.value) == text


def test_a_value_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(ValueError, match="v contains itself or is nested too deep"):
        encode_value(loop, "v")


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53 + 1, -(2**53) - 1])
def test_numbers_out_of_the_domain_are_refused_on_arrival_too(value: float) -> None:
    for annotation in (Any, int) if isinstance(value, int) else (Any, float, int, float | None):
        with pytest.raises(WireFault) as caught:
            shape_of(annotation).decode(value)
        assert caught.value.error is ValueError or annotation is int


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(JSON)
def test_json_is_its_own_encoding(value: Any) -> None:
    encoded = encode(value)
    assert encoded == value
    assert decode_any(json.loads(json.dumps(encoded))) == value
    assert json.dumps(encode(encoded)) == json.dumps(encoded)


@given(
    st.builds(
        Order,
        st.lists(
            st.builds(
                Line,
                st.text("abcäß😀"),
                st.integers(-10, 10),
                st.floats(allow_nan=False, allow_infinity=False),
                st.lists(st.text("ab")),
            )
        ),
        st.sampled_from(Color),
    )
)
def test_records_come_back_equal(order: Order) -> None:
    arrived = over_the_wire(order, Order)
    assert arrived == order
    assert all(isinstance(line.price, float) for line in arrived.lines)

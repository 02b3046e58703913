"""Subscripts, slices and unpacking do what CPython does, for values of known and of unknown types."""

import pytest

from pysfnc.ir.exprs import Expr, Prim, Var
from pysfnc.library import catalog
from pysfnc.library.rows.row import Refusal
from pysfnc.values.types import FLOAT, INT, JSON, NONE, STR, DictT, JsonT, Kind, ListT, TupleT, Type, UnionT
from tests.library import harness
from tests.library.harness import check, refusal

VALUES: tuple[object, ...] = (
    [],
    [1, [2], None],
    [[1]],
    "",
    "abc",
    "a😀b",
    {},
    {"a": [1], "it's": None},
    5,
    2.5,
    True,
    None,
)
INDICES: tuple[object, ...] = (0, 1, -1, -3, 3, -4, True, "a", "z", "it's", "constructor", None, 1.5, [1], {})


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_untyped_value_at_every_kind_of_constant(value: object) -> None:
    for index in (0, 1, -1, 7, -7, "a", "z", "it's", "constructor", True):
        check(f"x[{index!r}]", {"x": JSON}, x=value)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_untyped_value_at_an_untyped_index(value: object) -> None:
    for index in INDICES:
        check("x[i]", {"x": JSON, "i": JSON}, x=value, i=index)


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_typed_values_at_an_untyped_index(index: object) -> None:
    for value in ([1, [2], None], "a😀b", {"a": [1], "it's": None}):
        check("x[i]", {"i": JSON}, x=value, i=index)
    check("x[i]", {"x": TupleT((INT, STR)), "i": JSON}, x=(1, "b"), i=index)


def test_typed_values_at_typed_indices() -> None:
    for index in (0, 2, -1, -3, 3, -4):
        check("x[i]", x=[1, [2], None], i=index)
        check("x[i]", x="a😀b", i=index)
        check(f"x[{index}]", x=[1, [2], None])
        check(f"x[{index}]", x="a😀b")
    for key in ("a", "z", "it's", "", "a b", "a`b", "true"):
        check("x[k]", x={"a": [1], "": 2, "a b": None, "a`b": [[]], "true": 1}, k=key)
        check(f"x[{key!r}]", x={"a": [1], "": 2, "a b": None, "a`b": [[]], "true": 1})


def test_items_of_tuples_have_their_own_types() -> None:
    check("x[0] + 1", x=(1, "a"))
    check("x[-1] + 'b'", x=(1, "a"))
    check("x[2]", x=(1, "a"))


def test_optional_values() -> None:
    types: dict[str, Type] = {"x": UnionT(frozenset({ListT(INT), NONE}))}
    check("x[0]", types, x=[1])
    check("x[0]", types, x=None)
    types = {"x": UnionT(frozenset({DictT(FLOAT), NONE}))}
    check("x['a']", types, x={"a": 1.5})
    check("x['a']", types, x=None)
    check("x['b']", types, x={"a": 1.5})
    check("x['a']", {"x": UnionT(frozenset({DictT(INT), FLOAT}))}, x=2.0)
    check("x['a']", {"x": UnionT(frozenset({DictT(INT), STR}))}, x="ab")
    narrow: dict[str, Type] = {"x": JsonT(frozenset({Kind.STR, Kind.LIST}))}
    check("x[0]", narrow, x="ab")
    check("x[0]", narrow, x=["ab"])
    check("x[5]", narrow, x=["ab"])


@pytest.mark.parametrize(
    ("source", "types", "slug"),
    [
        ("x['a']", {"x": ListT(INT)}, "type-mismatch"),
        ("x['a']", {"x": STR}, "type-mismatch"),
        ("x[0]", {"x": DictT(INT)}, "type-mismatch"),
        ("x[0]", {"x": INT}, "type-mismatch"),
        ("x[1:2]", {"x": DictT(INT)}, "type-mismatch"),
        ("x[1:2]", {"x": NONE}, "type-mismatch"),
        ("x['a':]", {"x": ListT(INT)}, "type-mismatch"),
        ("x[0]", {"x": UnionT(frozenset({ListT(INT), TupleT((INT,))}))}, "type-needed"),
    ],
)
def test_what_is_refused(source: str, types: dict[str, Type], slug: str) -> None:
    assert refusal(source, types).slug == slug


BOUNDS = (None, 0, 2, 9, -1, -2, -9, True)
STEPS = (None, 1, 2, 9, -1, -2)


@pytest.mark.parametrize("value", ["", "a", "abcde", "a😀b😀c", [], [[1]], [1, [2], 3, None, 5]], ids=repr)
@pytest.mark.parametrize("step", STEPS)
def test_slices_with_bounds_that_are_no_constants(value: object, step: int | None) -> None:
    for low in BOUNDS:
        for high in BOUNDS:
            check("x[a:b:c]", x=value, a=low, b=high, c=step)


@pytest.mark.parametrize("value", ["abcde", "a😀b😀c", "", [1, [2], 3, None, 5], [], (1, "a", [2], None)], ids=repr)
def test_slices_with_constant_bounds(value: object) -> None:
    for part in (
        "[:]",
        "[1:]",
        "[:2]",
        "[1:3]",
        "[-2:]",
        "[:-1]",
        "[-3:-1]",
        "[3:1]",
        "[::-1]",
        "[::2]",
        "[4:0:-2]",
        "[0:9]",
    ):
        check(f"x{part}", x=value)
    for part in ("[::0]", "[1:2:0]", "[-9:9]", "[True:]", "[None:None:None]", "[-1::-1]"):
        check(f"x{part}", x=value)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_slices_of_untyped_values(value: object) -> None:
    for part in ("[1:]", "[:]", "[::-1]", "[:0]", "[::0]"):
        check(f"x{part}", {"x": JSON}, x=value)
    for bound in (1, -1, True, None, "a", 1.5, [1]):
        check("x[a:]", {"x": JSON, "a": JSON}, x=value, a=bound)
        check("x[:a:a]", {"x": JSON, "a": JSON}, x=value, a=bound)
        check("x[a::0]", {"x": JSON, "a": JSON}, x=value, a=bound)


def unpacked(count: int, star: bool, type_: Type) -> tuple[Expr, Expr]:
    """What `a, b, *c = x` evaluates: the list of items and the check of its length."""
    site = harness.Lowerer({}).site
    items = catalog.build_unpack_list(Var(name="x", type=type_), site)
    assert not isinstance(items, Refusal)
    return items, catalog.build_unpack_check(items, count, star, site)


@pytest.mark.parametrize("value", [*VALUES, [1, 2], "ab", {"k": 1, "l": 2}], ids=repr)
@pytest.mark.parametrize("star", [False, True])
def test_unpacking(value: object, star: bool) -> None:
    targets = "(a, b, *c)" if star else "(a, b)"
    scope = {"x": value}
    try:
        exec(f"{targets} = x", {}, scope)
        expected: object = list(value)  # type: ignore[call-overload]
    except (TypeError, ValueError) as error:
        expected = harness.Raised(type(error).__name__, str(error))
    items, checked = unpacked(2, star, JSON)
    for engine in harness.engines():
        found = harness.jsonata(checked, {"x": value}, engine)
        if not isinstance(found, harness.Raised):
            found = harness.jsonata(items, {"x": value}, engine)
        assert harness.same(found, expected)


def test_a_list_keeps_its_type_when_it_is_unpacked() -> None:
    items, checked = unpacked(2, False, ListT(FLOAT))
    assert isinstance(items, Var) and isinstance(checked, Prim)
    refused = catalog.build_unpack_list(Var(name="x", type=INT), harness.Lowerer({}).site)
    assert isinstance(refused, Refusal) and refused.slug == "type-mismatch"

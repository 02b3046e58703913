"""Registration, the binding of arguments, and the choice of a row by kind."""

import pytest

from pysfnc.ir.exprs import Const, Expr
from pysfnc.library import catalog
from pysfnc.library.rows.make import const
from pysfnc.library.rows.registry import (
    PRIMS,
    bind_arguments,
    find_kind_method,
    may_raise,
    register_prim,
    register_surface,
)
from pysfnc.library.rows.row import NameSupply, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.values.relations import join_all
from pysfnc.values.types import FLOAT, INT, JSON, NEVER, STR, Kind, ListT, TupleT
from tests.library.harness import ANY, Refuse, check, lower, refusal

SITE = Site(None, NameSupply())
PARAMS = (
    Parameter("a"),
    Parameter("b", const(1), positional_only=False),
    Parameter("flag", const(False), keyword_only=True, positional_only=False),
)


def _values(bound: list[Expr] | Refusal) -> list[object]:
    assert not isinstance(bound, Refusal), bound
    return [expr.value for expr in bound if isinstance(expr, Const)]


def test_arguments_are_bound_as_python_does() -> None:
    one, two = const(10), const(20)
    assert _values(bind_arguments("f", PARAMS, [one], {})) == [10, 1, False]
    assert _values(bind_arguments("f", PARAMS, [one, two], {"flag": const(True)})) == [10, 20, True]
    assert _values(bind_arguments("f", PARAMS, [one], {"b": two})) == [10, 20, False]


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ([], {}, "`f()` misses its argument `a`"),
        ([1, 2, 3], {}, "`f()` takes at most 2 arguments, but 3 are given"),
        ([1], {"a": 2}, "`f()` takes no keyword argument `a`"),
        ([1, 2], {"b": 2}, "`f()` is given its argument `b` twice"),
        ([1], {"c": 2}, "`f()` takes no keyword argument `c`"),
    ],
)
def test_a_call_that_never_works_is_refused(args: list[int], kwargs: dict[str, int], message: str) -> None:
    bound = bind_arguments("f", PARAMS, [const(a) for a in args], {k: const(v) for k, v in kwargs.items()})
    assert isinstance(bound, Refusal)
    assert (bound.slug, bound.message) == ("type-mismatch", message)


def test_the_rest_of_a_variadic_call_comes_last() -> None:
    params = (Parameter("key", const(None), keyword_only=True, positional_only=False), Parameter("xs", variadic=True))
    assert _values(bind_arguments("f", params, [const(1), const(2)], {})) == [None, 1, 2]


def test_nothing_is_registered_twice() -> None:
    with pytest.raises(ValueError, match=r"primitive|row"):
        register_prim(PrimRow(op="+", lower=PRIMS["+"].lower))
    row = catalog.find_builtin("len")
    assert row is not None
    with pytest.raises(ValueError, match="'len'"):
        register_surface(SurfaceRow(name="len", params=row.params, build=row.build))


def test_hints_choose_from_all_names() -> None:
    assert {"len", "sum", "max", "round", "isqrt"} <= {name.split(".")[-1] for name in catalog.builtin_names()}
    assert "upper" in catalog.method_names(Kind.STR)
    assert "append" in catalog.method_names()
    assert find_kind_method(Kind.STR, "append") is None


def test_what_cannot_raise_is_known() -> None:
    assert not may_raise("+", [INT, FLOAT], FLOAT)
    assert may_raise("/", [INT, STR], NEVER)
    assert may_raise("+", [JSON, INT], INT)
    assert may_raise("/", [INT, INT], FLOAT)
    assert not may_raise("==", [JSON, JSON], INT)
    assert not may_raise("<", [ListT(INT), ListT(FLOAT)], INT)
    assert may_raise("<", [ListT(JSON), ListT(INT)], INT)


def test_a_method_is_chosen_by_the_kind_at_run_time() -> None:
    for value in ("ab", "", 1, 2.5, None, True, ["a"], {"a": 1}):
        check("x.upper()", {"x": ANY}, x=value)
        check("x.count('a')", {"x": ANY}, x=value)
        check("x.copy()", {"x": ANY}, x=value)


def test_the_receiver_is_looked_at_before_the_arguments() -> None:
    check("x.startswith(str(1 // 0))", {"x": ANY}, x=5)
    check("x.startswith(str(1 // 0))", {"x": ANY}, x="a")


@pytest.mark.parametrize(
    ("source", "types", "slug"),
    [
        ("x + 'a'", {"x": INT}, "type-mismatch"),
        ("x - y", {"x": STR, "y": STR}, "type-mismatch"),
        ("x < 1", {"x": STR}, "type-mismatch"),
        ("1 in x", {"x": STR}, "type-mismatch"),
        ("1 in x", {"x": INT}, "type-mismatch"),
        ("-x", {"x": STR}, "type-mismatch"),
        ("x ** 2", {"x": FLOAT}, "unsupported-expression"),
        ("x ** 0.5", {"x": INT}, "unsupported-expression"),
        ("x % 5", {"x": STR}, "unsupported-expression"),
        ("x is y", {"x": INT, "y": INT}, "unsupported-expression"),
        ("str(x)", {"x": join_all([INT, FLOAT])}, "ambiguous-number"),
        ("f'{x}'", {"x": ListT(join_all([JSON, FLOAT]))}, "ambiguous-number"),
        ("isinstance(x, int)", {"x": join_all([INT, FLOAT])}, "ambiguous-number"),
        ("repr(x)", {"x": join_all([ListT(INT), TupleT((INT,))])}, "type-needed"),
        ("x + x", {"x": join_all([ListT(INT), TupleT((INT,))])}, "type-needed"),
        ("x == y", {"x": ListT(TupleT((INT,))), "y": ListT(ListT(INT))}, "type-needed"),
        ("int(x)", {"x": ListT(INT)}, "type-mismatch"),
        ("int(x, n)", {"x": STR, "n": INT}, "unsupported-call"),
        ("float('nan')", {}, "unsupported-expression"),
        ("round(x, n)", {"x": FLOAT, "n": FLOAT}, "type-mismatch"),
        ("round(x, 40)", {"x": FLOAT}, "unsupported-call"),
        ("len(x)", {"x": INT}, "type-mismatch"),
        ("max()", {}, "type-mismatch"),
        ("max(1, 2, default=3)", {}, "type-mismatch"),
        ("max(x)", {"x": INT}, "type-mismatch"),
        ("sum(x)", {"x": ListT(STR)}, "type-mismatch"),
        ("sum(x, 'a')", {"x": ListT(STR)}, "type-mismatch"),
        ("pow(x, 2, 5)", {"x": FLOAT}, "type-needed"),
        ("f'{x:.16e}'", {"x": FLOAT}, "unsupported-expression"),
        ("f'{x:d}'", {"x": STR}, "type-mismatch"),
        ("f'{x:>5}'", {"x": ListT(INT)}, "type-mismatch"),
        ("x.upper()", {"x": INT}, "type-mismatch"),
        ("abs(1, 2)", {}, "type-mismatch"),
    ],
)
def test_what_cannot_be_exact_is_refused(source: str, types: dict[str, object], slug: str) -> None:
    found = refusal(source, types)  # type: ignore[arg-type]
    assert found.slug == slug
    assert found.message[-1] != "."


def test_an_ambiguous_number_may_be_used_where_it_makes_no_difference() -> None:
    number = join_all([INT, FLOAT])
    for source in (
        "x + 1",
        "x * 2.5",
        "x / 4",
        "x // 2",
        "-x",
        "x < 3",
        "f'{x:.2f}'",
        "round(x)",
        "float(x)",
        "x == 2",
    ):
        check(source, {"x": number}, x=2.5)
        check(source, {"x": number}, x=2)


def test_a_refusal_is_no_python_error() -> None:
    with pytest.raises(Refuse):
        lower("x + 'a'", {"x": INT})

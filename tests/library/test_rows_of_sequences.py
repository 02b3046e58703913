"""Every example of every row about strings, lists, tuples, dicts and iteration does what CPython does."""

import pytest

from pysfnc.library.catalog import surface_rows
from pysfnc.library.rows.row import SurfaceRow
from tests.library import harness
from tests.library.inhabits import inhabits
from tests.library.untyped import check_untyped, on_aws
from tests.support.node_jsonata import NodeEvaluator, find_library

BUILTINS = {"dict", "enumerate", "list", "range", "reversed", "sorted", "tuple", "zip"}


def _examples(*prefixes: str) -> list[str]:
    rows = [row for row in surface_rows() if isinstance(row, SurfaceRow)]
    mine = [
        row
        for row in rows
        if row.name in BUILTINS or (row.name.partition(".")[0] in {"str", "list", "dict"} and "." in row.name)
    ]
    return [example for row in mine for example in row.examples if not prefixes or row.name.startswith(prefixes)]


@pytest.mark.parametrize("example", _examples())
def test_example(example: str) -> None:
    harness.check(example)


@pytest.mark.parametrize("example", _examples())
def test_example_with_untyped_values(example: str) -> None:
    check_untyped(example)


@pytest.mark.parametrize("example", _examples())
def test_the_type_promises_what_cpython_gives(example: str) -> None:
    value = harness.python(example, {})
    type_ = harness.lower(example).type
    assert isinstance(value, harness.Raised) or inhabits(value, type_), type_


@pytest.fixture(scope="module")
def node() -> NodeEvaluator:
    if not find_library():
        pytest.skip("jsonata-js is not installed")
    return NodeEvaluator()


@pytest.mark.parametrize("example", _examples("str.", "list", "enumerate", "reversed"))
def test_example_where_positions_count_utf16_units(example: str, node: NodeEvaluator) -> None:
    expected = harness.python(example, {})
    found = on_aws(harness.lower(example), node)
    expected = expected if isinstance(expected, harness.Raised) else harness.as_json(expected)
    assert harness.same(found if isinstance(found, harness.Raised) else harness.as_json(found), expected), found

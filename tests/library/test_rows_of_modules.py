"""Rows of functions of modules: their examples again with values of unknown type."""

import pytest

from pysfnc.library import catalog
from pysfnc.library.rows.row import SurfaceRow
from tests.library.harness import MODULES
from tests.library.untyped import check_untyped

EXAMPLES = [
    example
    for row in catalog.surface_rows()
    if isinstance(row, SurfaceRow) and row.name.partition(".")[0] in MODULES
    for example in row.examples
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_with_untyped_values_gives_what_cpython_gives(example: str) -> None:
    check_untyped(example)

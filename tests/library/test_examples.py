"""Every example of every row: CPython and both engines agree on value or exception."""

import pytest

from pysfnc.library import catalog
from tests.library.harness import check

EXAMPLES = [example for row in catalog.surface_rows() for example in row.examples]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_a_row_gives_what_cpython_gives(example: str) -> None:
    check(example)

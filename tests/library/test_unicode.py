"""Methods about letters agree with CPython on every character of the BMP, and beyond it on every edge of a class.

Where Unicode assigned a character after the version of the tables, or after the one an engine knows, versions may
differ; such characters are left out.
"""

import random
import unicodedata
from collections.abc import Callable
from functools import cache

import pytest

from pysfnc.ir.exprs import ListComp, Var
from pysfnc.library import catalog
from pysfnc.library.rows.row import Refusal
from pysfnc.library.text import unicode_tables
from pysfnc.values.types import STR, ListT
from tests.library import harness
from tests.library.make_unicode_tables import CLASSES, module, runs_of, title_pairs

CHUNK = 4000
PREDICATES = ("isalpha", "isalnum", "isdecimal", "isdigit", "isnumeric", "islower", "isupper", "isspace", "isprintable")
MAPPINGS = ("upper", "lower", "capitalize", "title", "swapcase")
# Given another case in Unicode 15.1 and 16, which the engines know.
LATE_PAIRS = set("\u019b\u0264\ua7d3\ua7d5")


@cache
def bmp() -> list[str]:
    """Every character of the BMP that was assigned when the tables were made."""
    chars = (chr(code) for code in range(0x10000) if not 0xD800 <= code <= 0xDFFF)
    return [char for char in chars if unicodedata.category(char) != "Cn" and char not in LATE_PAIRS]


@cache
def edges() -> list[str]:
    """Characters at both sides of every boundary of every class beyond the BMP, and some more."""
    found = {
        chr(code)
        for test in CLASSES.values()
        for first, last in runs_of(test)[1]
        for code in (first - 1, first, last, last + 1)
        if code < 0x110000
    }
    found |= {chr(random.Random(7).randrange(0x10000, 0x110000)) for _ in range(1000)}
    return sorted(char for char in found if unicodedata.category(char) != "Cn")


def results(method: str, texts: list[str], engine: object) -> list[object]:
    """The method applied to each text on an engine."""
    site = harness.Lowerer({}).site
    body = catalog.build_method(method, Var(name="c", type=STR), [], {}, site)
    assert not isinstance(body, Refusal)
    expr = ListComp(name="c", seq=Var(name="x", type=ListT(STR)), cond=None, body=body, type=ListT(body.type))
    found: list[object] = []
    for start in range(0, len(texts), CHUNK):
        part = harness.jsonata(expr, {"x": texts[start : start + CHUNK]}, engine)  # type: ignore[arg-type]
        assert isinstance(part, list)
        found += part
    return found


def wrong(method: str, texts: list[str], engine: object) -> list[tuple[str, object, object]]:
    """Where an engine differs from CPython."""
    python: Callable[[str], object] = getattr(str, method)
    found = results(method, texts, engine)
    return [(ascii(text), got, python(text)) for text, got in zip(texts, found, strict=True) if got != python(text)]


@pytest.mark.parametrize("method", PREDICATES + MAPPINGS)
def test_every_character_of_the_bmp(method: str) -> None:
    assert not wrong(method, bmp(), harness.engines()[0])


@pytest.mark.parametrize("method", PREDICATES + MAPPINGS)
def test_the_edges_beyond_the_bmp(method: str) -> None:
    for engine in harness.engines():
        assert not wrong(method, edges(), engine)


@pytest.mark.parametrize("method", PREDICATES + MAPPINGS)
def test_texts_of_several_characters(method: str) -> None:
    pick = random.Random(method)
    letters = "abzABZ059 _-.\n" + "éßÉǅŉİıΣσςΑαΩﬁᾳᾼაᲐ" + "𝐀𝐚𐐀𐐨𝟘😀𠀀" + "٣²½Ⅷ中\u0301\u200b\xa0\u3000ªʰⓐⒶ"
    texts = ["".join(pick.choices(letters, k=pick.randrange(8))) for _ in range(400)]
    for engine in harness.engines():
        assert not wrong(method, texts, engine)


@pytest.mark.parametrize("method", ["isalpha", "islower", "isdigit", "isspace"])
def test_the_other_engine_on_a_sample(method: str) -> None:
    sample = random.Random(1).sample(bmp(), 1500)
    for engine in harness.engines()[1:]:
        assert not wrong(method, sample, engine)


def test_the_tables_are_those_of_this_unicode_version() -> None:
    if unicodedata.unidata_version != unicode_tables.VERSION:
        pytest.skip("the tables are of another version of Unicode than this interpreter")
    namespace: dict[str, object] = {}
    exec(module(), namespace)
    for name in CLASSES:
        assert namespace[name] == getattr(unicode_tables, name)
        assert namespace.get(f"{name}_ABOVE") == getattr(unicode_tables, f"{name}_ABOVE", None)
    assert {char for char, _ in title_pairs() if char in unicode_tables.TITLE_PAIRS}

"""Methods with arguments drawn at random, from letters that overlap, repeat, and lie outside the BMP."""

import random
from collections.abc import Iterator

import pytest

from pysfnc.values.types import INT, JSON, ListT
from tests.library import changes
from tests.library.harness import check

LETTERS = "aab b\n\t,;x😀😀𝐀é\u3000\ue000\uffff"
WORDS = ("a", "aa", "ab", " ", "", "😀", "😀a", ",", "\n", "b ", "xyz", "\ue000")
NUMBERS = (0, 1, 2, 3, 7, -1, -2, -9)
SEEDS = range(25)


def draw_text(pick: random.Random) -> str:
    return "".join(pick.choices(LETTERS, k=pick.randrange(9)))


def calls(pick: random.Random) -> Iterator[str]:
    """One call of each method."""
    word, other = pick.choice(WORDS), pick.choice(WORDS)
    low, high, number = (pick.choice(NUMBERS) for _ in range(3))
    for method in ("find", "rfind", "index", "rindex", "count", "startswith", "endswith"):
        yield f"x.{method}({word!r})"
        yield f"x.{method}({word!r}, {low})"
        yield f"x.{method}({word!r}, {low}, {high})"
    for method in ("split", "rsplit"):
        yield f"x.{method}({word!r})"
        yield f"x.{method}({word!r}, {number})"
        yield f"x.{method}(None, {number})"
        yield f"x.{method}()"
    for method in ("strip", "lstrip", "rstrip"):
        yield f"x.{method}()"
        yield f"x.{method}({word + other!r})"
    for method in ("partition", "rpartition", "removeprefix", "removesuffix"):
        yield f"x.{method}({word!r})"
    yield f"x.replace({word!r}, {other!r})"
    yield f"x.replace({word!r}, {other!r}, {number})"
    yield "x.splitlines()"
    yield "x.splitlines(True)"
    yield f"{word!r}.join(x)"
    yield f"x.center({number + 4}, '😀')"
    yield f"x.ljust({number + 4})"
    yield f"x.zfill({number + 4})"
    yield f"x[{low}:{high}:{number or 1}]"
    yield "x[::-1]"


@pytest.mark.parametrize("seed", SEEDS)
def test_methods_of_str(seed: int) -> None:
    pick = random.Random(seed)
    text = draw_text(pick)
    for source in calls(pick):
        check(source, x=text)


def draw_value(pick: random.Random, kinds: str) -> object:
    """A value of one of the kinds: n number, b bool, s string, l list, z None."""
    match pick.choice(kinds):
        case "n":
            return pick.choice((0, 1, 2, -1, 1.5))
        case "b":
            return pick.random() < 0.5
        case "s":
            return pick.choice(("", "a", "b", "😀", "\ufe0f", "ab"))
        case "l":
            return [draw_value(pick, kinds.replace("l", "") or "n") for _ in range(pick.randrange(3))]
        case _:
            return None


@pytest.mark.parametrize("kinds", ["n", "nb", "s", "nnnns", "ssn", "l", "nl", "nbslz", "nnnz", "nl" * 3 + "s"])
def test_sorting_what_may_have_no_order(kinds: str) -> None:
    pick = random.Random(kinds)
    for size in (0, 1, 2, 3, 4, 6, 9, 14, 30):
        items = [draw_value(pick, kinds) for _ in range(size)]
        check("sorted(x)", {"x": ListT(JSON)}, x=items)
        check("sorted(x, reverse=True)", {"x": ListT(JSON)}, x=items)


@pytest.mark.parametrize("seed", SEEDS)
def test_lists(seed: int) -> None:
    pick = random.Random(seed)
    items = [draw_value(pick, "nbslz") for _ in range(pick.randrange(6))]
    value = pick.choice([*items, draw_value(pick, "nbslz")])
    low, high = pick.choice(NUMBERS), pick.choice(NUMBERS)
    types = {"x": ListT(JSON), "y": JSON, "i": INT, "j": INT}
    for source in (
        "x.count(y)",
        "x.index(y)",
        "x.index(y, i)",
        "x.index(y, i, j)",
        "y in x",
        "x[i:j]",
        "x[i]",
        "x + [y]",
        "list(reversed(x))",
    ):
        check(source, types, x=items, y=value, i=low, j=high)
    for statement in (
        "x.remove(y)",
        "x.insert(i, y)",
        "x.pop(i)",
        "x[i] = y",
        "del x[i]",
        "x.append(y)",
        "x.extend(x)",
    ):
        changes.check(statement, types, x=items, y=value, i=low, j=high)


@pytest.mark.parametrize("seed", SEEDS[:8])
def test_sorting_tuples_of_known_types(seed: int) -> None:
    pick = random.Random(seed)
    words = ("", "a", "b", "😀", "\ufe0f", "z", "a😀", "a\ue000") if seed % 2 else ("", "a", "b", "ab", "é")
    items = [(pick.choice((1, 2, 3)), pick.choice(words), pick.choice((0.5, 1.5))) for _ in range(12)]
    for source in ("sorted(x)", "sorted(x, reverse=True)"):
        check(source, x=items)
    for key in ("(p[1], -p[0])", "(p[2], p[1])", "p[1]", "p[0]", "(p[1] == 'a', p[0])", "[p[0]]"):
        check(f"sorted(x, key=lambda p: {key})", x=items)
        check(f"sorted(x, key=lambda p: {key}, reverse=True)", x=items)

"""Checked values that are computed once, and texts without needless spaces."""

from typing import Final

import pytest

from pysfnc.backend.markers import raised_in_place
from pysfnc.backend.written import levels_of, shortened, with_prelude
from pysfnc.jsonata.engine import JlensEvaluator
from pysfnc.jsonata.printer import print_binding, print_tree
from pysfnc.jsonata.repeats import without_repeats
from pysfnc.jsonata.scan import scan
from pysfnc.jsonata.tree import Array, Binary, Bind, Call, Field, Func, IfElse, Lit, Object, Ref, Seq, Tree
from pysfnc.library.objects.raised import MESSAGE, NAME
from pysfnc.library.rows.prelude import PRELUDE
from tests.support.oracle import evaluator

X: Final = Ref("x")
HIDDEN: Final = Func(("x",), Seq((Bind("b", Lit(1)), Ref("b"))))


def raising(cls: str, message: str) -> Tree:
    return Call("py_raise", (Object(((Lit(NAME), Lit(cls)), (Lit(MESSAGE), Lit(message)))),))


def item(base: Tree, key: str) -> Tree:
    read = Field(base, key)
    return IfElse(Call("exists", (read,)), read, raising("KeyError", f"'{key}'"))


def text(*items: Tree | Bind) -> str:
    return print_tree(without_repeats(Seq(items)))


def test_a_value_that_was_checked_before_is_read_again() -> None:
    made = text(Bind("a", item(X, "n")), Bind("b", item(X, "n")), Binary("+", Ref("a"), Ref("b")))
    assert made == print_tree(Seq((Bind("a", item(X, "n")), Binary("+", Ref("a"), Ref("a")))))


def test_it_is_seen_in_functions_and_blocks_below_but_not_behind_its_own() -> None:
    below = Func(("i",), Seq((Bind("b", item(X, "n")), Binary("+", Ref("b"), Ref("i")))))
    assert "$a + $i" in text(Bind("a", item(X, "n")), Call("map", (X, below)))
    first = Seq((Bind("a", item(X, "n")), Ref("a")))
    assert text(Bind("s", first), Bind("b", item(X, "n")), Array((Ref("s"), Ref("b")))).count("KeyError") == 2


@pytest.mark.parametrize(
    "before",
    [
        (Bind("x", Lit(1)), Bind("x", Lit(2))),  # `x` is not one thing
        (Bind("f", HIDDEN), Bind("x", Lit(1))),
        (Bind("a", Lit(1)),),  # nor is `a`
    ],
)
def test_names_that_are_bound_twice_are_left_alone(before: tuple[Bind, ...]) -> None:
    row = (*before, Bind("a", item(X, "n")), Bind("b", item(X, "n")), Array((Ref("a"), Ref("b"))))
    assert text(*row) == print_tree(Seq(row))


def test_what_raises_otherwise_or_is_new_each_time_is_computed_again() -> None:
    other = IfElse(Call("exists", (Field(X, "n"),)), Field(X, "n"), raising("ValueError", "'n'"))
    assert text(Bind("a", item(X, "n")), Bind("b", other), Array((Ref("a"), Ref("b")))).count("exists") == 2
    drawn = IfElse(Binary(">", Call("random", ()), Lit(0)), Lit(1), raising("ValueError", ""))
    assert text(Bind("a", drawn), Bind("b", drawn), Array((Ref("a"), Ref("b")))).count("random") == 2


ITEMS: Final = Array(tuple(item(X, key) for key in ("a", "b", "c", "d")))


@pytest.mark.parametrize("engine", ["jlens", "node"])
@pytest.mark.parametrize("value", [{"a": None, "b": [1], "c": [[2]], "d": {}}, {"a": 1, "b": 2, "c": 3}, {}])
def test_the_short_form_of_an_item_is_the_item(value: object, engine: str) -> None:
    chosen = evaluator(engine) or JlensEvaluator()
    short = shortened(ITEMS)
    assert "py_at" in with_prelude(short) and levels_of(short) < 20
    outcomes = []
    for tree in (ITEMS, short):
        try:
            outcomes.append(chosen.evaluate(with_prelude(tree), {"x": value}, now_ms=0))
        except Exception as error:
            outcomes.append(str(error)[str(error).index("<pysfnc>") :])
    assert outcomes[0] == outcomes[1]


def test_one_exception_is_written_where_it_is_raised() -> None:
    assert print_tree(raised_in_place({NAME: "KeyError", MESSAGE: "'<a>'"})) in with_prelude(shortened(item(X, "<a>")))


def test_definitions_have_the_same_tokens_without_spaces() -> None:
    for name, function in PRELUDE.items():
        binding = Bind(name, Func(function.params, function.body))
        spaced, tight = print_binding(binding), print_binding(binding, tight=True)
        assert [(t.kind, t.text) for t in scan(tight).tokens] == [(t.kind, t.text) for t in scan(spaced).tokens], name
        assert len(tight) <= len(spaced)

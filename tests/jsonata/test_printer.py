"""Trees written as text mean what the trees mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysfnc.jsonata.engine import JlensEvaluator
from pysfnc.jsonata.printer import print_tree, quote
from pysfnc.jsonata.tidy import tidy
from pysfnc.jsonata.tree import (
    Apply,
    Array,
    Binary,
    Bind,
    Call,
    Field,
    Func,
    IfElse,
    Index,
    Keep,
    Lit,
    Neg,
    Object,
    Range,
    Ref,
    Seq,
    Tree,
)
from pysfnc.jsonata.walk import tree_depth

EVALUATOR = JlensEvaluator()


def value(tree: Tree) -> object:
    return EVALUATOR.evaluate(print_tree(tree), {"x": 3, "xs": [1, [2], []], "o": {"a b": 5}})


NUMBERS = st.integers(-9, 9).map(Lit)
OPERATORS = st.sampled_from("+-*")


def arithmetic(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.builds(Binary, OPERATORS, inner, inner),
        inner.map(Neg),
        st.builds(IfElse, st.booleans().map(Lit), inner, inner),
        inner.map(lambda tree: Seq((Bind("y", tree), Binary("+", Ref("y"), Lit(1))))),
        inner.map(lambda tree: Apply(Func(("z",), Binary("-", Ref("z"), Lit(2))), (tree,))),
    )


EXPRESSIONS = st.recursive(NUMBERS, arithmetic, max_leaves=12)


def expected(tree: Tree) -> int:
    match tree:
        case Lit(int() as number):
            return number
        case Neg(operand):
            return -expected(operand)
        case Binary(op, left, right):
            a, b = expected(left), expected(right)
            return {"+": a + b, "-": a - b, "*": a * b}[op]
        case IfElse(Lit(test), then, orelse) if orelse is not None:
            return expected(then if test else orelse)
        case Seq((Bind(value=bound), _)):
            return expected(bound) + 1
        case Apply(args=(argument,)):
            return expected(argument) - 2
        case _:
            raise AssertionError(tree)


@given(EXPRESSIONS)
def test_precedence_is_kept(tree: Tree) -> None:
    assert value(tree) == expected(tree)


@given(EXPRESSIONS)
def test_tidying_keeps_the_value(tree: Tree) -> None:
    assert value(tidy(tree)) == expected(tree)


@given(st.text())
def test_any_text_comes_back_and_hides_what_templates_look_for(text: str) -> None:
    written = quote(text)
    assert "${" not in written
    assert "%}" not in written
    assert "{%" not in written
    assert EVALUATOR.evaluate(written, {}) == text


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (Binary("-", Lit(1), Binary("-", Lit(2), Lit(-3))), "1 - (2 - -3)"),
        (Binary("and", Binary("or", Ref("a"), Ref("b")), Ref("c")), "($a or $b) and $c"),
        (IfElse(IfElse(Lit(True), Lit(1), Lit(2)), Lit(3), None), "(true ? 1 : 2) ? 3"),
        (Index(Field(Ref("o"), "a b"), Lit(-1)), "($o.`a b`)[-1]"),
        (Index(Array((Lit(1),)), Lit(0)), "([1])[0]"),
        (
            Index(Ref("xs"), Field(Call("f", (Ref("x"),)), "i")),
            "$xs[($py_from := $f($x); $py_from.i)]",
        ),
        (
            Func(("x",), Index(IfElse(Ref("x"), Call("f", ()), Lit(1)), Lit(0))),
            "function($x){($py_whole := $x ? $f() : 1; $py_whole[0])}",
        ),
        (Keep(Call("map", (Ref("xs"), Func(("v",), Ref("v"))))), "$map($xs, function($v){$v})[]"),
        (Array((Range(Lit(1), Lit(3)), Lit("it's"))), '[[1..3], "it\'s"]'),
        (Object(((Lit("k"), Lit(None)),)), "{'k': null}"),
        (Field(Ref("o"), "and"), "$o.`and`"),
        (Field(Field(Lit(None), "a"), "b"), "(null).a.b"),
    ],
)
def test_the_text_of_a_tree(tree: Tree, text: str) -> None:
    assert print_tree(tree) == text


def test_a_field_with_a_backtick_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="backtick"):
        print_tree(Field(Ref("o"), "a`b"))


def test_bindings_that_may_raise_stay_in_their_order() -> None:
    tree = Seq((Bind("a", Call("py_raise", (Lit("first"),))), Bind("b", Lit(1)), Ref("b")))
    assert tidy(tree) == Seq((Bind("a", Call("py_raise", (Lit("first"),))), Lit(1)))


def test_depth_counts_levels() -> None:
    assert tree_depth(Lit(1)) == 1
    assert tree_depth(Binary("+", Lit(1), Neg(Lit(2)))) == 3

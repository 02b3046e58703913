"""Forms that take less room and mean the same: no names that nobody reads, and functions in place of their only call."""

import json
from typing import Any, Final

import pytest

from pysfnc.backend.called_once import uses_of
from pysfnc.backend.markers import is_marked_with
from pysfnc.backend.written import with_prelude, written
from pysfnc.jsonata.engine import JlensEvaluator
from pysfnc.jsonata.printer import print_tree
from pysfnc.jsonata.tidy import tidy
from pysfnc.jsonata.tree import Array, Binary, Bind, Call, Field, Func, IfElse, Lit, Range, Ref, Seq, Tree
from pysfnc.jsonata.unread import without_unread
from pysfnc.library import catalog  # noqa: F401  defines the functions
from tests.support.oracle import evaluator

X: Final = Ref("x")
RAISED: Final = Call("error", (Lit("raised"),))
FAILS: Final = IfElse(Binary("<", X, Lit(0)), RAISED, Lit(None))


def outcome(text: str, engine: str, **values: Any) -> object:
    chosen = evaluator(engine) or JlensEvaluator()
    try:
        return chosen.evaluate(text, values, now_ms=0)
    except Exception as error:
        return "raised" in str(error)


@pytest.mark.parametrize("engine", ["jlens", "node"])
@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((Bind("a", FAILS), X), "($x<0?$error('raised');$x)"),
        ((Bind("a", Seq((Bind("b", FAILS), Lit(None)))), X), "($x<0?$error('raised');$x)"),
        ((Bind("a", IfElse(Binary("=", X, Lit(1)), X, RAISED)), X), "($x=1?null:$error('raised');$x)"),
        ((Bind("a", IfElse(Binary("=", X, Lit(1)), FAILS, Lit(2))), X), "($x=1?$x<0?$error('raised');$x)"),
        ((Bind("a", IfElse(Binary("=", X, Lit(1)), FAILS, RAISED)), X), "($x=1?($x<0?$error('raised')):$error('raised');$x)"),
        ((Bind("f", Func((), X)), Bind("a", FAILS), Ref("a")), "($f:=function(){$x};$a:=$x<0?$error('raised'):null;$a)"),
    ],
)  # fmt: skip
def test_what_nobody_reads_is_only_evaluated(items: tuple[Tree | Bind, ...], expected: str, engine: str) -> None:
    made = print_tree(without_unread(Seq(items)), tight=True)
    assert made == expected
    for value in (-1, 0, 1):
        assert outcome(made, engine, x=value) == outcome(print_tree(Seq(items)), engine, x=value)


@pytest.mark.parametrize(
    ("tree", "inside"),
    [
        (Call("py_kind", (Field(X, "n"),)), "$type($x.n)"),  # a name is repeated
        (Call("py_kind", (Call("substring", (X, Lit(1))),)), "($v:=$substring($x,1);"),  # anything else has one
        (Binary("&", Call("py_kind", (X,)), Call("py_kind", (X,))), "$py_kind:=function"),  # called twice
        (Call("map", (X, Ref("py_kind"))), "$py_kind:=function"),  # handed on
        (Seq((Bind("v", X), Bind("w", Call("count", (Ref("v"),))), Call("py_kind", (Ref("v"),)))), "$py_kind:=function"),
    ],
)  # fmt: skip
def test_a_function_that_one_call_uses_stands_in_its_place(tree: Tree, inside: str) -> None:
    assert inside in written(uses_of(tree), tight=True)


@pytest.mark.parametrize("engine", ["jlens", "node"])
@pytest.mark.parametrize(
    ("cause", "found"),
    [
        ('... $error(\'<py\'&\'sfnc>{"e!":"~","c":"","r":1000}<\') ... <pysfnc>{"e!":"~","c":"","r":1000}<', True),
        ('... $error(\'<py\'&\'sfnc>{"e!":"~","c":"","r":1000}<\') ... <pysfnc>{"e!":"~","c":"","r":1001}<', False),
        ('<pysfnc>{"e!":"~","c":"","f":{"r":1000},"r":1002}<', False),
        ('<pysfnc>{"e!":"E","c":"\\"r\\":1000}\\u003c"}<', False),
        ('<pysfnc>{"e!":"~","c":"","r":10005}<', False),
        ("no mark", False),
    ],
)
def test_the_number_of_a_way_is_found_in_the_cause(cause: str, found: bool, engine: str) -> None:
    asked = Binary("=", Field(Call("py_marked", (X,)), "r"), Lit(1000))
    output = {"Error": "States.QueryEvaluationError", "Cause": cause}
    for tree in (asked, is_marked_with(asked)):
        assert outcome(with_prelude(tree), engine, x=output) is found, json.dumps(output)


@pytest.mark.parametrize("engine", ["jlens", "node"])
@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (IfElse(Binary("=", X, Lit(1)), Array((X, X)), Array((X, X))), "[7,$x,$x]"),
        (Seq((Bind("a", X), Array((Ref("a"),)))), "[7,$x]"),
        (IfElse(Binary("=", X, Lit(1)), Range(X, Lit(3)), Range(X, Lit(3))), "[7,$append([],[$x..3])]"),
        (Array((IfElse(Binary("=", X, Lit(1)), Array((X,)), Array((X,))),)), "[7,[$x]]"),
    ],
)
def test_an_item_that_becomes_an_array_display_is_spliced_still(item: Tree, expected: str, engine: str) -> None:
    tree = Array((Lit(7), item))
    made = print_tree(tidy(tree), tight=True)
    assert made == expected
    for value in (1, 2):
        assert outcome(made, engine, x=value) == outcome(print_tree(tree), engine, x=value)

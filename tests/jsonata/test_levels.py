"""The levels that are counted in a tree against those that engines evaluate."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pysfnc.jsonata.engine import Evaluator, JlensEvaluator, JsonataError, Limits
from pysfnc.jsonata.levels import Levels
from pysfnc.jsonata.printer import print_after, print_binding, print_tree
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
    Lit,
    Object,
    Ref,
    Seq,
    Tree,
)
from tests.support.node_jsonata import NodeEvaluator

ONE = Lit(1)
XS = Ref("xs")


@dataclass(frozen=True)
class Known:
    params: tuple[str, ...]
    body: Tree


def nested(depth: int) -> Tree:
    tree: Tree = ONE
    for _ in range(depth - 1):
        tree = Seq((Lit(0), tree))
    return tree


DEEP = nested(30)
PRELUDE = {
    "py_deep": Known(("v",), Binary("+", Ref("v"), DEEP)),
    "py_last": Known(("v",), IfElse(Binary("=", Ref("v"), ONE), Call("py_deep", (Ref("v"),)), Ref("v"))),
    "py_each": Known(("xs", "f"), Call("map", (Ref("xs"), Func(("v",), Call("f", (Ref("v"),)))))),
    "py_count": Known(
        ("n",), IfElse(Binary("=", Ref("n"), Lit(0)), ONE, Call("py_count", (Binary("-", Ref("n"), ONE),)))
    ),
}
DEEPER = Func(("v",), Binary("+", Ref("v"), DEEP))
TREES = {
    "constant": ONE,
    "nested": DEEP,
    "parentheses": Binary("*", Binary("+", ONE, DEEP), Lit(2)),
    "path": Field(Field(Ref("o"), "a"), "b"),
    "subscript": Index(XS, Binary("-", DEEP, ONE)),
    "displays": Array((Object(((Lit("k"), DEEP),)),)),
    "call": Call("string", (DEEP,)),
    "items": Call("map", (XS, DEEPER)),
    "folded": Call("reduce", (XS, Func(("a", "b"), Binary("+", Ref("a"), DEEP)), Lit(0))),
    "bound": Seq((Bind("f", DEEPER), Bind("x", ONE), Binary("+", Call("f", (Ref("x"),)), ONE))),
    "bound and handed on": Seq((Bind("f", DEEPER), Binary("+", Call("sum", (Call("map", (XS, Ref("f"))),)), ONE))),
    "called at once": Apply(DEEPER, (ONE,)),
    "prelude": Binary("+", ONE, Call("py_deep", (ONE,))),
    "end of a function of the prelude": Binary("+", ONE, Call("py_last", (ONE,))),
    "handed to the prelude": Call("py_each", (XS, DEEPER)),
    "one of two is handed over": Call("map", (XS, IfElse(Lit(value=True), DEEPER, Func(("v",), Ref("v"))))),
    "calls itself at its end": Call("py_count", (Lit(150),)),
}


def text(tree: Tree) -> str:
    used = [
        Bind(name, Func(known.params, known.body)) for name, known in PRELUDE.items() if f"${name}(" in print_tree(tree)
    ]
    if "py_last" in print_tree(tree):
        used.append(Bind("py_deep", Func(PRELUDE["py_deep"].params, PRELUDE["py_deep"].body)))
    return print_after([print_binding(bind) for bind in used], tree)


def needed(evaluator: Callable[[Limits], Evaluator], tree: Tree) -> int:
    """The least limit of depth with which the tree is evaluated."""
    low, high = 0, 128
    while high - low > 1:
        middle = (low + high) // 2
        try:
            evaluator(Limits(depth=middle)).evaluate(text(tree), {"xs": [1, 2], "o": {"a": {"b": 1}}})
            high = middle
        except JsonataError:
            low = middle
    return high


@pytest.mark.parametrize("name", TREES)
def test_levels_are_what_an_engine_evaluates(name: str) -> None:
    counted, evaluated = Levels(PRELUDE.get).of(TREES[name]), needed(JlensEvaluator, TREES[name])
    # Short of a few levels, which the engine needs for its own variables and which no deep expression notices.
    assert evaluated <= max(counted, 4)
    assert counted <= evaluated + 3


@pytest.mark.skipif(shutil.which("node") is None, reason="node is missing")
def test_another_engine_needs_no_more_levels() -> None:
    for tree in TREES.values():
        with NodeEvaluator(limits=Limits(depth=Levels(PRELUDE.get).of(tree))) as engine:
            engine.evaluate(text(tree), {"xs": [1, 2], "o": {"a": {"b": 1}}})


def test_a_tree_that_no_engine_evaluates_is_not_walked_by_recursion() -> None:
    assert Levels(PRELUDE.get).of(nested(50_000)) == 50_000

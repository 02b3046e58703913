"""What may raise."""

from collections.abc import Sequence

import pytest

from pysfnc.analysis.purity import may_raise, suite_may_raise
from pysfnc.ir.hir import Block, Eval, Stmt
from pysfnc.values.types import BOOL, STR, Type
from tests.ir.build import (
    INTS,
    assign,
    call,
    comp,
    cond,
    const,
    except_,
    for_,
    if_,
    prim,
    ret,
    throw,
    try_,
    var,
    while_,
)

X, FLAG = var("x"), var("flag", BOOL)
SAFE, RISKY = prim("add", X, X), prim("div", X, X)


def library(op: str, args: Sequence[Type], result: Type) -> bool:
    """Division raises, but not for text; addition never does."""
    return op == "div" and STR not in args


def test_an_expression_may_raise_where_any_part_may_for_its_types() -> None:
    assert not may_raise(SAFE, library)
    assert may_raise(cond(FLAG, X, RISKY), library)
    assert may_raise(comp(RISKY, "i", var("xs", INTS)), library)
    assert not may_raise(prim("div", const("a"), X), library)


@pytest.mark.parametrize(
    ("stmt", "expected"),
    [
        (assign("y", SAFE), False),
        (Eval(value=RISKY), True),
        (throw(), True),
        (call(None), True),
        (if_(FLAG, orelse=(Eval(value=RISKY),)), True),
        (while_("l", FLAG, ret(SAFE)), False),
        (for_("l", "i", RISKY), True),
        (Block(label="b", body=(throw(),)), True),
        (try_(throw(), handlers=(except_(),)), False),
        (try_(throw(), handlers=(except_(classes=("E",)),)), True),
        (try_(throw(), handlers=(except_(throw()),)), True),
        (try_(handlers=(except_(),), orelse=(throw(),)), True),
        (try_(final=(throw(),)), True),
    ],
)
def test_suite_may_raise(stmt: Stmt, expected: bool) -> None:
    assert suite_may_raise((stmt,), library) is expected

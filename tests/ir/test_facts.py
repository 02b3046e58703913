"""Facts that are kept by identity."""

from pysfnc.ir import facts
from pysfnc.ir.exits import exits
from pysfnc.ir.exprs import Const
from pysfnc.ir.facts import KnownFact
from pysfnc.ir.hir import If, Return, Suite
from pysfnc.ir.walk import assigned, has_effect
from pysfnc.values.types import BOOL, INT


def test_a_fact_is_found_once_and_forgotten_with_the_others(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(facts, "MAX_KNOWN", 2)
    asked: list[str] = []
    fact = KnownFact(lambda text: asked.append(text) or len(text))
    first, second, third = "one", "three", "seven"
    assert [fact(first), fact(second), fact(first)] == [3, 5, 3] and asked == [first, second]
    assert [fact(third), fact(first)] == [5, 3] and asked == [first, second, third, first]


def test_a_chain_of_many_branches_takes_a_look_at_each(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    suite: Suite = (Return(value=Const(value=0, type=INT)),)
    nested: list[Suite] = []
    for number in range(400):
        then = (Return(value=Const(value=number, type=INT)),)
        suite = (If(test=Const(value=None, type=BOOL), then=then, orelse=suite),)
        nested.append(suite)
    assert all(exits(part).returns and not exits(part).falls for part in nested)
    assert not any(map(has_effect, nested)) and not any(map(assigned, nested))

"""Liveness over structured HIR."""

from pysfnc.analysis.liveness import liveness
from pysfnc.ir.hir import Block, Break, Continue, Eval, Leave, Suite
from pysfnc.values.types import BOOL
from tests.ir.build import (
    INTS,
    assign,
    call,
    change,
    comp,
    const,
    each,
    except_,
    for_,
    fork,
    if_,
    prim,
    ret,
    throw,
    try_,
    var,
    while_,
)

X, Y, Z, FLAG, XS = var("x"), var("y"), var("z"), var("flag", BOOL), var("xs", INTS)


def start(*suite: object) -> set[str]:
    return set(liveness(suite).start)  # type: ignore[arg-type]


def test_straight_line() -> None:
    first, second, last = assign("y", X), change("y", prim("add", Y, Z)), ret(Y)
    live = liveness((first, second, last))
    assert live.before(first) == {"x", "z"}
    assert live.after(first) == live.before(second) == {"y", "z"}
    assert live.after(last) == set()
    assert live.start == {"x", "z"}


def test_what_is_live_behind_the_suite_can_be_given() -> None:
    assert liveness((assign("y", X),), frozenset({"y", "z"})).start == {"x", "z"}


def test_branches_of_an_if_are_joined() -> None:
    assert start(if_(FLAG, assign("y", X), orelse=(assign("y", Z),)), ret(Y)) == {"flag", "x", "z"}
    assert start(if_(FLAG, assign("y", X)), ret(Y)) == {"flag", "x", "y"}


def test_a_loop_keeps_what_its_next_round_reads() -> None:
    use, change_ = Eval(value=Y), assign("y", X)
    live = liveness((while_("l", FLAG, use, change_), ret(Z)))
    assert live.after(change_) == {"flag", "x", "y", "z"}
    assert live.start == {"flag", "x", "y", "z"}


def test_the_item_of_a_loop_is_not_live_before_it() -> None:
    assert start(for_("l", "i", XS, Eval(value=var("i"))), ret(X)) == {"xs", "x"}
    assert start(for_("l", "i", XS), ret(var("i"))) == {"xs", "i"}


def test_jumps_go_where_they_lead() -> None:
    broke, again = Break(label="l"), Continue(label="l")
    loop = while_("l", FLAG, if_(FLAG, broke), if_(FLAG, again), Eval(value=Z), orelse=(Eval(value=Y),))
    live = liveness((loop, ret(X)))
    assert live.before(broke) == {"x"}
    assert live.before(again) == {"flag", "x", "y", "z"}
    left = Leave(label="b")
    live = liveness((Block(label="b", body=(if_(FLAG, left), Eval(value=Z))), ret(X)))
    assert live.before(left) == {"x"}


def test_a_jump_out_of_two_loops() -> None:
    out = Break(label="outer")
    inner = while_("inner", FLAG, out, Eval(value=Z))
    live = liveness((while_("outer", FLAG, inner, Eval(value=Y)), ret(X)))
    assert live.before(out) == {"x"}


def test_what_a_handler_reads_is_live_in_the_whole_body_even_if_the_body_assigns_it() -> None:
    risky = assign("y", prim("div", X, X))
    guarded = try_(risky, handlers=(except_(ret(Y)),), orelse=(ret(Z),))
    live = liveness((guarded,))
    assert live.before(risky) == {"x", "y", "z"}
    assert live.after(risky) == {"z"}


def test_the_name_of_the_exception_is_not_live_before() -> None:
    assert start(try_(throw(), handlers=(except_(ret(var("e")), name="e"),))) == set()


def test_final_is_read_on_every_way() -> None:
    returned, raised = ret(X), throw()
    live = liveness((try_(if_(FLAG, returned), raised, final=(Eval(value=Y),)), ret(Z)))
    assert live.before(returned) == {"x", "y"} | live.before(raised)
    assert live.before(raised) >= {"y"}
    assert start(try_(ret(X), final=(Eval(value=Y),)), ret(Z)) >= {"x", "y"}


def test_final_that_returns_hides_what_would_come_after() -> None:
    assert start(try_(assign("y", X), final=(ret(const(1)),)), ret(Z)) == {"x"}


def test_final_in_a_loop_knows_only_the_jumps_that_are_taken() -> None:
    """A return through `final` does not make live what the next round of the loop around it would read."""
    leaving = ret(X)
    loop = while_("l", const(True), Eval(value=Z), try_(leaving, final=(Eval(value=Y),)))
    assert liveness((loop,)).before(leaving) == {"x", "y"}


def test_exceptions_of_a_handler_go_out() -> None:
    inner = try_(Eval(value=X), handlers=(except_(throw(), classes=("E",)),))
    assert start(try_(inner, handlers=(except_(ret(Y)),)), ret(Z)) == {"x", "y", "z"}


def test_branches_read_their_surroundings_but_see_nothing_behind_the_effect() -> None:
    inner = assign("q", X)
    branch: Suite = (inner, ret(var("q")))
    forked = fork("r", branch, (ret(Y),))
    live = liveness((forked, ret(Z)))
    assert live.start == {"x", "y", "z"}
    assert live.after(inner) == {"q"}
    assert start(each("r", "i", XS, ret(prim("add", var("i"), X))), ret(var("r"))) == {"xs", "x"}


def test_arguments_of_calls_and_bound_names() -> None:
    assert start(call("r", n=X), ret(var("r"))) == {"x"}
    assert start(ret(comp(prim("add", var("i"), X), "i", XS))) == {"xs", "x"}


def test_a_statement_used_twice_has_the_union() -> None:
    shared = assign("y", X)
    live = liveness((if_(FLAG, shared, ret(Y), orelse=(shared,)), ret(Z)))
    assert live.after(shared) == {"y", "z"}

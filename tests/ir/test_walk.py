"""Parts, names, effects and ways out of IR nodes."""

import pytest

from pysfnc.ir.exits import Exits, exits
from pysfnc.ir.exprs import ExcField, Expr, Input, Let, Reduce
from pysfnc.ir.hir import Block, Break, Continue, Eval, Leave, Perform, Sleep, Stmt
from pysfnc.ir.walk import assigned, effect_suites, has_effect, map_suite_exprs, reads, stmt_exprs, walk_suite
from pysfnc.ir.walk_exprs import children, decided, free_vars, map_children, node_count, rename, rewrite, substitute
from pysfnc.values.types import BOOL, JSON, NEVER, STR
from tests.ir.build import (
    INTS,
    assign,
    call,
    comp,
    cond,
    const,
    each,
    except_,
    for_,
    fork,
    if_,
    logic,
    new_exc,
    prim,
    ret,
    service,
    throw,
    try_,
    var,
    while_,
)

X, Y, FLAG, XS = var("x"), var("y"), var("flag", BOOL), var("xs", INTS)


def let(name: str, value: Expr, body: Expr) -> Let:
    return Let(name=name, value=value, body=body, type=body.type)


def fold(name: str, seq: Expr, acc: str, init: Expr, body: Expr) -> Reduce:
    return Reduce(name=name, seq=seq, acc=acc, init=init, body=body, type=body.type)


EVERY_EXPR: list[Expr] = [
    const(1),
    X,
    Input(type=JSON),
    prim("add", X, Y),
    cond(FLAG, X, Y),
    logic("and", FLAG, FLAG),
    let("z", X, var("z")),
    comp(prim("add", var("i"), X), "i", XS),
    comp(var("i"), "i", XS, FLAG),
    fold("i", XS, "a", Y, prim("add", var("a"), prim("add", var("i"), X))),
    new_exc("ValueError", X, Y),
    ExcField(exc=new_exc("E", X), field_="message", type=STR),
]


@pytest.mark.parametrize("expr", EVERY_EXPR, ids=lambda e: type(e).__name__)
def test_map_children_keeps_the_node_when_nothing_changes_and_replaces_every_part(expr: Expr) -> None:
    assert map_children(expr, lambda part: part) is expr
    marked = map_children(expr, lambda part: let("m", part, part))
    assert [part.value for part in children(marked) if isinstance(part, Let)] == list(children(expr))


def test_parts_come_in_evaluation_order() -> None:
    assert children(cond(FLAG, X, Y)) == (FLAG, X, Y)
    assert children(comp(X, "i", XS, FLAG)) == (XS, FLAG, X)


def test_bound_names_are_not_free_and_are_bound_only_where_they_hold() -> None:
    assert free_vars(let("z", var("z"), var("z"))) == {"z"}
    assert free_vars(let("z", X, var("z"))) == {"x"}
    assert free_vars(comp(prim("add", var("i"), X), "i", XS, var("i", BOOL))) == {"x", "xs"}
    assert free_vars(fold("i", XS, "a", var("a"), prim("add", var("a"), var("i")))) == {"xs", "a"}


def test_a_deep_expression_does_not_exhaust_the_stack() -> None:
    expr: Expr = X
    for _ in range(5000):
        expr = prim("neg", expr)
    assert free_vars(expr) == {"x"}
    assert node_count(expr) == 5001


def test_substitute_replaces_reads_and_rename_replaces_bindings_too() -> None:
    expr = comp(prim("add", var("i"), X), "i", XS)
    assert substitute(expr, {"x": const(3)}) == comp(prim("add", var("i"), const(3)), "i", XS)
    assert rename(expr, {"i": "j", "x": "y"}) == comp(prim("add", var("j"), Y), "j", XS)
    folded = fold("i", XS, "a", X, var("a"))
    assert rename(folded, {"a": "b"}) == fold("i", XS, "b", X, var("b"))


def test_rewrite_goes_from_parts_to_wholes() -> None:
    seen: list[Expr] = []

    def note(part: Expr) -> Expr:
        seen.append(part)
        return part

    expr = prim("add", X, prim("neg", Y))
    rewrite(expr, note)
    assert seen == [X, Y, prim("neg", Y), expr]


def test_names_of_suites_leave_branches_out_unless_asked() -> None:
    suite: tuple[Stmt, ...] = (
        assign("a", X),
        for_("l", "i", XS, call("r", n=var("i")), orelse=(assign("b", Y),)),
        try_(Eval(value=X), handlers=(except_(assign("h", X), name="e"),), final=(assign("f", X),)),
        each("rs", "it", XS, assign("inner", var("it")), ret(var("inner"))),
    )
    assert assigned(suite) == {"a", "i", "r", "b", "e", "h", "f", "rs"}
    assert assigned(suite, branches=True) == assigned(suite) | {"inner", "it"}
    assert reads(suite) == {"x", "xs", "i", "y", "it", "inner"}
    assert len(list(walk_suite(suite))) == 11


def test_has_effect_looks_everywhere() -> None:
    assert not has_effect((if_(FLAG, assign("a", X)),))
    assert has_effect((if_(FLAG, assign("a", X), orelse=(Perform(effect=Sleep(seconds=X), target=None),)),))
    assert has_effect((try_(handlers=(except_(fork(None, (ret(),))),)),))


def test_a_service_call_reads_its_arguments_and_options() -> None:
    call_ = service("r", X)
    assert reads((call_,)) == {"x", "limit", "beat", "role"}
    renamed = map_suite_exprs((call_,), lambda expr: rename(expr, {"x": "y", "role": "who"}))
    assert reads(renamed) == {"y", "limit", "beat", "who"}
    assert effect_suites(call_.effect) == ()


def test_map_suite_exprs_reaches_effects_and_their_bodies() -> None:
    suite = (call("r", n=X), each("rs", "i", XS, if_(FLAG, ret(X)), ret(X)))
    changed = map_suite_exprs(suite, lambda expr: substitute(expr, {"x": Y}))
    assert reads(changed) == {"y", "xs", "flag"}
    assert stmt_exprs(changed[0]) == (Y,)


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        ((), Exits(falls=True)),
        ((ret(), assign("x", X)), Exits(returns=True)),
        ((ret(var("x", NEVER)),), Exits()),
        ((if_(FLAG, ret()),), Exits(falls=True, returns=True)),
        ((if_(FLAG, ret(), orelse=(throw(),)),), Exits(returns=True, raises=True)),
        ((if_(logic("or", FLAG, const(True)), ret()),), Exits(returns=True)),
        ((if_(const(False), ret()),), Exits(falls=True)),
        ((while_("l", const(True), if_(FLAG, ret())),), Exits(returns=True)),
        ((while_("l", const(True), if_(FLAG, Break(label="l"))),), Exits(falls=True)),
        ((while_("l", FLAG, Continue(label="l")),), Exits(falls=True)),
        ((while_("l", FLAG, Continue(label="outer")),), Exits(falls=True, continues=frozenset({"outer"}))),
        ((while_("l", const(True), try_(Break(label="l"), final=(ret(),))),), Exits(returns=True)),
        ((for_("l", "i", XS, orelse=(ret(),)),), Exits(returns=True)),
        ((for_("l", "i", XS, Break(label="l"), orelse=(ret(),)),), Exits(falls=True, returns=True)),
        ((Block(label="b", body=(if_(FLAG, Leave(label="b")), ret())),), Exits(falls=True, returns=True)),
        ((Block(label="b", body=(ret(),)),), Exits(returns=True)),
        ((try_(throw(), handlers=(except_(),)),), Exits(falls=True)),
        ((try_(throw(), handlers=(except_(classes=("E",)),)),), Exits(falls=True, raises=True)),
        ((try_(ret(), handlers=(except_(throw()),)),), Exits(returns=True, raises=True)),
        ((try_(orelse=(ret(),), handlers=(except_(),)),), Exits(falls=True, returns=True)),
        ((try_(throw(), final=(ret(),)),), Exits(returns=True)),
        ((try_(ret(), final=(assign("x", X),)),), Exits(returns=True)),
    ],
)
def test_exits(suite: tuple[Stmt, ...], expected: Exits) -> None:
    assert exits(suite) == expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (FLAG, None),
        (const(True), True),
        (logic("or", FLAG, const(True)), True),
        (logic("or", FLAG, const(False)), None),
        (logic("or", const(False), const(False)), False),
        (logic("and", const(False), FLAG), False),
        (logic("and", const(True), const(True)), True),
        (prim("not", const(True), type=BOOL), False),
        (prim("not", FLAG, type=BOOL), None),
        (const(1), None),
    ],
)
def test_decided(test: Expr, expected: bool | None) -> None:
    assert decided(test) is expected


def test_a_variable_read_in_a_binding_of_the_same_name_is_free() -> None:
    assert free_vars(prim("f", let("x", const(1), X), X)) == {"x"}

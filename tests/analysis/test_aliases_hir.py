"""The alias check on HIR made by hand: what is refused, with which names, and what is not."""

from dataclasses import replace

import pytest

from pysfnc.analysis.aliases import check_aliases
from pysfnc.diagnostics import Diagnostic, Sink
from pysfnc.ir.exprs import ExcField, Expr, Prim, Var
from pysfnc.ir.hir import Stmt
from pysfnc.source import SourceFile, Span
from pysfnc.values.types import BOOL, INT, JSON, STR, DictT, ExcT, ListT, TupleT, Type
from tests.ir.build import (
    assign,
    call,
    change,
    comp,
    cond,
    const,
    each,
    except_,
    for_,
    fork,
    if_,
    machine,
    prim,
    ret,
    throw,
    try_,
    var,
    while_,
)

L = ListT(INT)
LL = ListT(L)
D = DictT(INT)
LD = ListT(D)
DL = DictT(L)
FLAG, ONE, ZERO = var("flag", BOOL), const(1), const(0)


def lst(*items: Expr, of: Type = L) -> Prim:
    return prim("list.make", *items, type=of)


def dct(*parts: Expr, of: Type = D) -> Prim:
    return prim("dict.make", *parts, type=of)


def item(base: Expr, key: Expr, of: Type) -> Prim:
    return prim("item", base, key, type=of)


def put(base: Expr, key: Expr, value: Expr) -> Prim:
    return prim("item.set", base, key, value, type=base.type)


def append(base: Expr, value: Expr) -> Prim:
    return prim("list.append", base, value, type=base.type)


def grow(name: str, of: Type = L) -> Stmt:
    """`name.append(1)`."""
    return change(name, append(var(name, of), ONE))


def errors(*body: Stmt) -> list[Diagnostic]:
    sink = Sink()
    check_aliases(machine(*body), sink)
    return sink.diagnostics


XS, YS, ROW, D1 = var("xs", L), var("ys", L), var("row", L), var("d", D)
ROWS, DICTS, BY_KEY = var("rows", LL), var("dicts", LD), var("by_key", DL)

ALLOWED: dict[str, tuple[Stmt, ...]] = {
    "one name": (assign("xs", lst()), grow("xs"), ret(XS)),
    "the other name is not read again": (assign("xs", lst()), assign("ys", XS), grow("xs"), ret(XS)),
    "the other name is rebound": (assign("xs", lst()), assign("ys", XS), assign("ys", lst()), grow("xs"), ret(YS)),
    "a copy": (assign("xs", lst()), assign("ys", prim("list.copy", XS, type=L)), grow("xs"), ret(YS)),
    "numbers are no objects": (assign("x", item(XS, ZERO, INT)), grow("xs"), ret(var("x"))),
    "an item read, then the list grows": (
        assign("row", item(ROWS, ZERO, L)),
        change("rows", append(ROWS, lst())),
        ret(ROW),
    ),
    "rows made in a loop": (
        assign("rows", lst(of=LL)),
        while_("l", FLAG, assign("row", lst()), grow("row"), change("rows", append(ROWS, ROW))),
        ret(ROWS),
    ),
    "a nested place": (change("rows", put(ROWS, ZERO, put(item(ROWS, ZERO, L), ONE, ONE))), ret(ROWS)),
    "a nested place in a comprehension's grid": (
        assign("rows", comp(lst(ZERO, ZERO), "i", prim("range.list", const(3), type=L))),
        change("rows", put(ROWS, ZERO, put(item(ROWS, ZERO, L), ONE, ONE))),
        ret(ROWS),
    ),
    "a grid made in two comprehensions": (
        assign("rows", comp(comp(ZERO, "j", var("n", L)), "i", var("n", L))),
        change("rows", put(ROWS, ZERO, put(item(ROWS, ZERO, L), ONE, ONE))),
        ret(ROWS),
    ),
    "groups in a dict": (
        assign("by_key", dct(of=DL)),
        for_(
            "l",
            "k",
            var("ks", ListT(STR)),
            if_(FLAG, change("by_key", put(BY_KEY, var("k", STR), lst()))),
            assign("object%1", item(BY_KEY, var("k", STR), L)),
            assign("t%2", append(var("object%1", L), ONE)),
            change("by_key", put(BY_KEY, var("k", STR), var("t%2", L))),
        ),
        ret(BY_KEY),
    ),
    "two lists swapped": (
        assign("a", item(ROWS, ZERO, L)),
        change("rows", put(ROWS, ZERO, item(ROWS, ONE, L))),
        change("rows", put(ROWS, ONE, var("a", L))),
        ret(ROWS),
    ),
    "other keys of a dict": (
        assign("a", item(var("data", JSON), const("a"), JSON)),
        change(
            "data",
            put(var("data", JSON), const("b"), put(item(var("data", JSON), const("b"), JSON), const("c"), ONE)),
        ),
        ret(prim("list.make", var("a", JSON), var("data", JSON), type=ListT(JSON))),
    ),
    "results of tasks": (call("xs", result=L), call("ys", result=L), grow("xs"), ret(prim("list.make", XS, YS))),
    "an argument of a task is a copy": (assign("xs", lst()), call("ys", result=L, a=XS), grow("xs"), ret(YS)),
    "items filtered into a new list": (
        assign("dicts", comp(var("r", D), "r", var("old", LD), FLAG)),
        assign("d", item(DICTS, ZERO, D)),
        change("d", put(D1, const("a"), ONE)),
        change("dicts", put(DICTS, ZERO, D1)),
        ret(DICTS),
    ),
    "written through to the list": (
        assign("d", item(DICTS, ZERO, D)),
        change("d", put(D1, const("a"), ONE)),
        change("dicts", put(DICTS, ZERO, D1)),
        ret(DICTS),
    ),
    "written through two containers": (
        assign("d", item(item(var("deep", ListT(LD)), ZERO, LD), ZERO, D)),
        change("d", put(D1, const("a"), ONE)),
        change(
            "deep",
            put(var("deep", ListT(LD)), ZERO, put(item(var("deep", ListT(LD)), ZERO, LD), ZERO, D1)),
        ),
        ret(var("deep", ListT(LD))),
    ),
    "a handler that does not read it": (
        assign("xs", lst()),
        assign("ys", XS),
        try_(grow("xs"), throw(), handlers=(except_(ret(XS)),)),
        ret(XS),
    ),
    "sorted in place": (
        change("rows", prim("list.sorted", ROWS, const(False), type=LL)),
        change("rows", put(ROWS, ZERO, put(item(ROWS, ZERO, L), ONE, ONE))),
        ret(ROWS),
    ),
    "a branch's own list": (
        fork("r", (assign("xs", lst()), grow("xs"), ret(XS)), (assign("ys", lst()), grow("ys"), ret(YS)), result=LL),
        ret(var("r", LL)),
    ),
    "a tuple's items": (
        assign("pair", prim("list.make", lst(), lst(), type=TupleT((L, L)))),
        assign("xs", item(var("pair", TupleT((L, L))), ZERO, L)),
        assign("ys", item(var("pair", TupleT((L, L))), ONE, L)),
        grow("xs"),
        ret(prim("list.make", XS, YS)),
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(name: str) -> None:
    assert [error.message for error in errors(*ALLOWED[name])] == []


def other(holder: str, kind: str, owner: str) -> str:
    return f"`{holder}` may hold the {kind} that is changed here through `{owner}`"


def twice(kind: str, owner: str) -> str:
    return f"the {kind} that is changed here may stand at more than one place of `{owner}`"


CHANGE_FIRST = change("rows", put(ROWS, ZERO, put(item(ROWS, ZERO, L), ONE, ONE)))

ARGS = ExcField(exc=var("e", ExcT()), field_="args", type=LL)
QUEUE, KEY = var("queue", LD), var("key", STR)

ALLOWED |= {
    "an item replaced by a new one": (
        assign("row", item(ROWS, ZERO, L)),
        change("rows", put(ROWS, ZERO, prim("list.sorted", item(ROWS, ZERO, L), const(False), type=L))),
        ret(ROW),
    ),
    "taken out of a list": (
        assign("d", prim("list.pop", QUEUE, ZERO, type=D)),
        change("queue", prim("list.without", QUEUE, ZERO, type=LD)),
        change("d", put(D1, const("a"), ONE)),
        ret(QUEUE),
    ),
    "taken out, changed, put back, in a loop": (
        while_(
            "l",
            FLAG,
            assign("d", prim("list.pop", QUEUE, ZERO, type=D)),
            change("queue", prim("list.without", QUEUE, ZERO, type=LD)),
            change("d", put(D1, const("a"), ONE)),
            change("queue", append(QUEUE, D1)),
        ),
        ret(QUEUE),
    ),
    "kept in another list in a loop, the first is gone": (
        assign("dicts", lst(of=LD)),
        for_("l", "d", var("old", LD), if_(FLAG, change("dicts", append(DICTS, D1)))),
        change("dicts", put(DICTS, ZERO, put(item(DICTS, ZERO, D), const("a"), ONE))),
        ret(DICTS),
    ),
    "values put under other keys, the first dict is gone": (
        assign("new", dct(of=DL)),
        for_(
            "l",
            "kv",
            prim("dict.items", BY_KEY, type=ListT(TupleT((STR, L)))),
            assign("xs", item(var("kv", TupleT((STR, L))), ONE, L)),
            change("new", put(var("new", DL), KEY, XS)),
        ),
        change("new", put(var("new", DL), KEY, append(item(var("new", DL), KEY, L), ONE))),
        ret(var("new", DL)),
    ),
    "taken out of a dict": (
        assign("xs", prim("dict.item", BY_KEY, KEY, type=L)),
        change("by_key", prim("dict.without", BY_KEY, KEY, type=DL)),
        grow("xs"),
        ret(BY_KEY),
    ),
}

TEMPORARIES = (
    assign("object%1", item(ROWS, ZERO, L)),
    assign("t%2", append(var("object%1", L), ONE)),
    change("rows", put(ROWS, ZERO, var("t%2", L))),
)

REFUSED: dict[str, tuple[tuple[Stmt, ...], str]] = {
    "two names": ((assign("xs", lst()), assign("ys", XS), grow("xs"), ret(YS)), other("ys", "list", "xs")),
    "changed through the copy": (
        (assign("xs", lst()), assign("ys", XS), grow("ys"), ret(XS)),
        other("xs", "list", "ys"),
    ),
    "either name": (
        (assign("zs", cond(FLAG, XS, YS)), grow("zs"), ret(YS)),
        other("ys", "list", "zs"),
    ),
    "an item kept": (
        (assign("row", item(ROWS, ZERO, L)), CHANGE_FIRST, ret(ROW)),
        other("row", "list", "rows"),
    ),
    "an item kept, changed through temporaries": (
        (assign("row", item(ROWS, ZERO, L)), *TEMPORARIES, ret(ROW)),
        other("row", "list", "rows"),
    ),
    "an item changed": (
        (assign("row", item(ROWS, ZERO, L)), grow("row"), ret(ROWS)),
        other("rows", "list", "row"),
    ),
    "put into a list, then changed": (
        (assign("xs", lst()), change("rows", append(ROWS, XS)), grow("xs"), ret(ROWS)),
        other("rows", "list", "xs"),
    ),
    "put into a dict written out": (
        (assign("xs", lst()), assign("by_key", dct(const("a"), XS, of=DL)), grow("xs"), ret(BY_KEY)),
        other("by_key", "list", "xs"),
    ),
    "a slice shares the items": (
        (assign("some", prim("slice", ROWS, ZERO, ONE, const(None), type=LL)), CHANGE_FIRST, ret(var("some", LL))),
        other("some", "list", "rows"),
    ),
    "a shallow copy shares the items": (
        (assign("some", prim("list.copy", ROWS, type=LL)), CHANGE_FIRST, ret(var("some", LL))),
        other("some", "list", "rows"),
    ),
    "a comprehension of the items": (
        (assign("some", comp(var("r", L), "r", ROWS)), CHANGE_FIRST, ret(var("some", LL))),
        other("some", "list", "rows"),
    ),
    "an operation nobody knows": (
        (assign("some", prim("mystery", ROWS, type=LL)), CHANGE_FIRST, ret(var("some", LL))),
        other("some", "list", "rows"),
    ),
    "a value of get": (
        (
            assign("xs", prim("dict.get", BY_KEY, const("a"), YS, type=L)),
            grow("xs"),
            ret(YS),
        ),
        other("ys", "list", "xs"),
    ),
    "a loop variable": (
        (for_("l", "row", ROWS, grow("row")), ret(ROWS)),
        other("rows", "list", "row"),
    ),
    "the list a loop runs over": (
        (assign("xs", ROWS), for_("l", "row", ROWS, change("xs", append(var("xs", LL), lst()))), ret(ZERO)),
        "the list that the loop runs over may hold the list that is changed here through `xs`",
    ),
    "changed in the next round": (
        (
            assign("rows", lst(of=LL)),
            assign("row", lst()),
            while_("l", FLAG, grow("row"), change("rows", append(ROWS, ROW))),
            ret(ROWS),
        ),
        other("rows", "list", "row"),
    ),
    "read by a handler": (
        (
            assign("xs", lst()),
            assign("ys", XS),
            try_(grow("xs"), throw(), handlers=(except_(ret(YS)),)),
            ret(XS),
        ),
        other("ys", "list", "xs"),
    ),
    "changed in a handler": (
        (
            assign("xs", lst()),
            assign("ys", lst()),
            try_(assign("ys", XS), throw(), handlers=(except_(grow("xs")),)),
            ret(YS),
        ),
        other("ys", "list", "xs"),
    ),
    "changed behind finally": (
        (
            assign("ys", lst()),
            try_(if_(FLAG, assign("ys", XS)), final=(assign("a", ONE),)),
            grow("xs"),
            ret(YS),
        ),
        other("ys", "list", "xs"),
    ),
    "one list at all places": (
        (assign("rows", prim("*", lst(lst(ZERO), of=LL), const(2), type=LL)), CHANGE_FIRST, ret(ROWS)),
        twice("list", "rows"),
    ),
    "one list in every round of a comprehension": (
        (assign("xs", lst()), assign("rows", comp(XS, "i", var("n", L))), CHANGE_FIRST, ret(ROWS)),
        twice("list", "rows"),
    ),
    "appended twice": (
        (
            assign("rows", lst(of=LL)),
            assign("xs", lst()),
            change("rows", append(ROWS, XS)),
            change("rows", append(ROWS, XS)),
            CHANGE_FIRST,
            ret(ROWS),
        ),
        twice("list", "rows"),
    ),
    "written out twice": (
        (assign("xs", lst()), assign("rows", lst(XS, XS, of=LL)), CHANGE_FIRST, ret(ROWS)),
        twice("list", "rows"),
    ),
    "written through, but another place holds it too": (
        (
            assign("xs", lst()),
            assign("rows", lst(XS, XS, of=LL)),
            assign("row", item(ROWS, ZERO, L)),
            grow("row"),
            change("rows", put(ROWS, ZERO, ROW)),
            ret(ROWS),
        ),
        twice("list", "rows"),
    ),
    "written through, but a third name holds it": (
        (
            assign("d", item(DICTS, ZERO, D)),
            assign("e", D1),
            change("d", put(D1, const("a"), ONE)),
            change("dicts", put(DICTS, ZERO, D1)),
            ret(prim("list.make", DICTS, var("e", D), type=ListT(JSON))),
        ),
        other("e", "dict", "d"),
    ),
    "inside itself": (
        (
            change("any", append(var("any", ListT(JSON)), var("any", ListT(JSON)))),
            change("any", append(var("any", ListT(JSON)), ONE)),
            ret(var("any", ListT(JSON))),
        ),
        twice("list", "any"),
    ),
    "a branch returns what is outside": (
        (fork("r", (ret(XS),), (ret(ZERO),), result=ListT(JSON)), grow("xs"), ret(var("r", ListT(JSON)))),
        other("r", "list", "xs"),
    ),
    "changed in a branch, read after it": (
        (fork(None, (assign("ys", XS), grow("ys"), ret(ZERO)), (ret(ZERO),)), ret(XS)),
        other("xs", "list", "ys"),
    ),
    "changed in a branch, read in another": (
        (fork("r", (assign("ys", XS), grow("ys"), ret(ZERO)), (ret(XS),)), ret(ZERO)),
        other("xs", "list", "ys"),
    ),
    "an item changed in an iteration": (
        (each(None, "row", ROWS, grow("row"), ret(ZERO)), ret(ROWS)),
        other("rows", "list", "row"),
    ),
    "iterations return what is outside": (
        (
            each("r", "i", var("n", L), ret(XS), result=LL),
            change("r", put(var("r", LL), ZERO, put(item(var("r", LL), ZERO, L), ZERO, ONE))),
            ret(var("r", LL)),
        ),
        twice("list", "r"),
    ),
    "taken out, put back, then changed": (
        (
            assign("d", prim("list.pop", QUEUE, ZERO, type=D)),
            change("queue", prim("list.without", QUEUE, ZERO, type=LD)),
            change("queue", append(QUEUE, D1)),
            change("d", put(D1, const("a"), ONE)),
            ret(QUEUE),
        ),
        other("queue", "dict", "d"),
    ),
    "taken out of one place of two": (
        (
            assign("queue", lst(D1, D1, of=LD)),
            assign("d", prim("list.pop", QUEUE, ZERO, type=D)),
            change("queue", prim("list.without", QUEUE, ZERO, type=LD)),
            change("d", put(D1, const("a"), ONE)),
            ret(QUEUE),
        ),
        other("queue", "dict", "d"),
    ),
    "taken out at another place": (
        (
            assign("d", prim("list.pop", QUEUE, ZERO, type=D)),
            change("queue", prim("list.without", QUEUE, ONE, type=LD)),
            change("d", put(D1, const("a"), ONE)),
            ret(QUEUE),
        ),
        other("queue", "dict", "d"),
    ),
    "one item of the list in every round": (
        (
            assign("some", comp(item(ROWS, ZERO, L), "r", ROWS)),
            change("some", put(var("some", LL), ZERO, put(item(var("some", LL), ZERO, L), ONE, ONE))),
            ret(var("some", LL)),
        ),
        twice("list", "some"),
    ),
    "kept twice in two loops": (
        (
            assign("dicts", lst(of=LD)),
            while_("w", FLAG, for_("l", "d", var("old", LD), change("dicts", append(DICTS, D1)))),
            change("dicts", put(DICTS, ZERO, put(item(DICTS, ZERO, D), const("a"), ONE))),
            ret(DICTS),
        ),
        twice("dict", "dicts"),
    ),
    "kept twice in one round": (
        (
            assign("dicts", lst(of=LD)),
            for_("l", "d", var("old", LD), change("dicts", append(append(DICTS, D1), D1))),
            change("dicts", put(DICTS, ZERO, put(item(DICTS, ZERO, D), const("a"), ONE))),
            ret(DICTS),
        ),
        twice("dict", "dicts"),
    ),
    "kept in another list in a loop, the first is read again": (
        (
            assign("dicts", lst(of=LD)),
            for_("l", "d", var("old", LD), change("dicts", append(DICTS, D1))),
            change("dicts", put(DICTS, ZERO, put(item(DICTS, ZERO, D), const("a"), ONE))),
            ret(var("old", LD)),
        ),
        other("old", "dict", "dicts"),
    ),
    "an item of the round before": (
        (
            assign("last", dct()),
            for_("l", "d", DICTS, change("last", put(var("last", D), const("a"), ONE)), assign("last", D1)),
            ret(DICTS),
        ),
        other("dicts", "dict", "last"),
    ),
    "carried by an exception": (
        (
            assign("xs", lst()),
            try_(throw("E", XS), handlers=(except_(grow("xs"), ret(ARGS), name="e"),)),
        ),
        other("e", "list", "xs"),
    ),
    "one of two unpacked": (
        (
            assign("pair", prim("unpack", ROWS, const(2), const(False), const(0), type=TupleT((L, L)))),
            assign("xs", item(var("pair", TupleT((L, L))), ZERO, L)),
            grow("xs"),
            ret(ROWS),
        ),
        other("rows", "list", "xs"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    body, message = REFUSED[name]
    assert [error.message for error in errors(*body)] == [message]


def test_the_message_shows_both_names_and_where_the_alias_arose() -> None:
    source = SourceFile("app.py", "xs = []\nys = xs\nxs.append(1)\nreturn ys\n")

    def at(line: int) -> Span:
        return Span(source, line, 0, line, len(source.lines[line - 1]))

    [error] = errors(
        replace(assign("xs", lst()), span=at(1)),
        replace(assign("ys", XS), span=at(2)),
        replace(change("xs", append(XS, ONE)), span=at(3)),
        ret(YS),
    )
    assert str(error.code) == "SFN401"
    assert error.span is not None and error.span.line == 3
    assert error.label == "changed here, and `ys` is still used"
    assert [(label.span.line, label.text) for label in error.labels] == [(2, "`ys` got it here")]
    assert error.helps == ("write instead: copy first, e.g. `ys = list(xs)`",)


def test_a_part_is_copied_with_deepcopy() -> None:
    [error] = errors(*REFUSED["an item changed"][0])
    [help] = error.helps
    assert "`rows[i]` in place of `row`" in help
    assert "`copy.deepcopy(row)`" in help


def test_a_temporary_is_shown_by_its_text() -> None:
    source = SourceFile("app.py", "f(xs, xs.append(1))\n")
    hoisted = replace(assign("t%1", XS), span=Span(source, 1, 2, 1, 4))
    [error] = errors(assign("xs", lst()), hoisted, grow("xs"), ret(Var(name="t%1", type=L)))
    assert error.message == other("xs", "list", "xs")


def test_a_machine_that_changes_nothing_costs_nothing() -> None:
    assert errors(assign("xs", lst()), assign("ys", XS), ret(YS)) == []

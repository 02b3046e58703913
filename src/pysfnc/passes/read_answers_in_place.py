"""Answers of AWS are read as they came; only what is needed as a whole gets the names of boto3.

    before                                  after
    r = service.answer(raw)                 r = raw
    return r["jobs"][0]["status"]           return r.Jobs[0].Status

A variable that only ever holds translated answers of one type holds the answer itself, and is translated where it is read. A read of a member
of a translation becomes the translation of the member, until nothing is left to translate.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from pysfnc.aws.shapes import Shape
from pysfnc.ir.exprs import Cond, Const, Expr, Let, ListComp, Prim, Reduce, Var
from pysfnc.ir.hir import Assign, FanOut, ForEach, Perform, Stmt, Suite, Try
from pysfnc.ir.walk import map_suite_exprs, map_suites, stmt_exprs, suite_exprs, walk_suite
from pysfnc.ir.walk_exprs import map_children, walk_expr
from pysfnc.library.rows.row import NameSupply
from pysfnc.library.services.aws_forms import Form
from pysfnc.library.services.aws_matches import in_form
from pysfnc.values.relations import field_of
from pysfnc.values.types import BOOL, JSON, STR, DictT, ListT, Type

ANSWER: Final = "service.answer"
_SAME_OF_LIST: Final = frozenset({"list.len", "len", "truth", "iter.list", "loop.more"})
"""Operations on a list that do not look at its items, or give the list itself."""


def read_answers_in_place(suite: Suite, names: NameSupply) -> Suite:
    """The suite with translations moved to where their results are needed as wholes."""
    if not any(_answer(part) for expr in suite_exprs(suite) for part in walk_expr(expr)):
        return suite
    suite = map_suite_exprs(suite, _pushed)
    while forms := _untranslated(suite):
        suite = map_suite_exprs(_kept(suite, forms), partial(_read, forms=forms))
    return _without_copies(suite, _reads(suite))


# Variables


def _untranslated(suite: Suite) -> dict[str, str]:
    """The variables whose every value is a translated answer of one form, with that form."""
    found: dict[str, str | None] = {}
    for stmt in walk_suite(suite):
        for name, form in _bound(stmt):
            found[name] = form if found.setdefault(name, form) == form else None
        for expr in stmt_exprs(stmt):
            for part in walk_expr(expr):
                # Names bound in expressions are unique, but an expression may be written in several places.
                for name in (part.name,) if isinstance(part, Let | ListComp | Reduce) else ():
                    found[name] = None
    return {name: form for name, form in found.items() if form is not None}


def _bound(stmt: Stmt) -> Iterator[tuple[str, str | None]]:
    """The variables that a statement binds, each with the form that it is translated from."""
    match stmt:
        case Assign(name=name, value=value, changes=changes):
            answer = _answer(value)
            yield name, None if changes or answer is None else answer[1].text()
        case ForEach(name=name, seq=seq) | Perform(effect=FanOut(name=name, seq=seq, distributed=None)):
            answer = _answer(seq)
            yield name, None if answer is None else answer[1].of(answer[1].shape.element).text()
            if isinstance(stmt, Perform) and stmt.target is not None:
                yield stmt.target, None
        case Perform(target=str(name)):
            yield name, None
        case Try(handlers=handlers):
            for handler in handlers:
                if handler.name is not None:
                    yield handler.name, None
        case _:
            pass


def _kept(suite: Suite, forms: Mapping[str, str]) -> Suite:
    """The suite in which these variables hold answers as they came."""
    return tuple(_kept_stmt(stmt, forms) for stmt in suite)


def _kept_stmt(stmt: Stmt, forms: Mapping[str, str]) -> Stmt:
    stmt = map_suites(stmt, lambda inner: _kept(inner, forms))
    match stmt:
        case Assign(name=name, value=value) if name in forms:
            return replace(stmt, value=_source(value))
        case ForEach(name=name, seq=seq) if name in forms:
            return replace(stmt, seq=_source(seq))
        case Perform(effect=FanOut(name=name, seq=seq) as fan) if name in forms:
            return replace(stmt, effect=replace(fan, seq=_source(seq)))
        case _:
            return stmt


def _source(value: Expr) -> Expr:
    answer = _answer(value)
    assert answer is not None
    return answer[0]


def _read(expr: Expr, forms: Mapping[str, str]) -> Expr:
    """The expression where it reads these variables."""
    if isinstance(expr, Var):
        return _translation(expr, Form.read(forms[expr.name]), expr.type) if expr.name in forms else expr
    return _pushed_node(map_children(expr, lambda part: _read(part, forms)))


def _reads(suite: Suite) -> Counter[str]:
    """How often each variable is read."""
    parts = (part for expr in suite_exprs(suite) for part in walk_expr(expr))
    return Counter(part.name for part in parts if isinstance(part, Var))


def _without_copies(suite: Suite, reads: Counter[str]) -> Suite:
    """What a call brings, where it is only copied into a variable, is brought into the variable."""
    made: list[Stmt] = []
    for stmt in suite:
        stmt = map_suites(stmt, lambda inner: _without_copies(inner, reads))
        last = made[-1] if made else None
        if (
            isinstance(stmt, Assign)
            and not stmt.changes
            and isinstance(stmt.value, Var)
            and isinstance(last, Perform)
            and last.target == stmt.value.name
            and reads[stmt.value.name] == 1
        ):
            made[-1] = replace(last, target=stmt.name)
            continue
        made.append(stmt)
    return tuple(made)


# Expressions


def _pushed(expr: Expr) -> Expr:
    return _pushed_node(map_children(expr, _pushed))


def _answer(expr: Expr) -> tuple[Expr, Form] | None:
    """What an expression is the translation of, and from which form."""
    if isinstance(expr, Prim) and expr.op == ANSWER and isinstance(expr.args[1], Const):
        form = Form.read(str(expr.args[1].value))
        return None if form.is_attribute or form.shape.is_encoded else (expr.args[0], form)
    return None


def _translation(value: Expr, form: Form, type_: Type) -> Expr:
    """A part of an answer in boto3's form, which has the type `type_`."""
    if form.is_same or not isinstance(value, Prim | Var | Cond | Let | ListComp | Reduce):
        return replace(value, type=type_) if not isinstance(value, Const) else value
    raw = replace(value, type=_raw_type(form.shape))
    return Prim(op=ANSWER, args=(raw, Const(value=form.text(), type=STR)), type=type_, span=value.span)


def _raw_type(shape: Shape) -> Type:
    """The type of an answer that is not translated yet."""
    if shape.is_encoded:
        return STR
    return ListT(JSON) if shape.kind == "list" else DictT(JSON)


def _pushed_node(expr: Expr) -> Expr:
    match expr:
        case Prim(op=op) if op in _RULES:
            for position, arg in enumerate(expr.args):
                answer = _answer(arg)
                if answer is not None and (position, answer[1].shape.kind) in _RULES[op]:
                    return _RULES[op][position, answer[1].shape.kind](expr, *answer)
            return expr
        case Prim(op=op, args=(first, *rest)) if op in _SAME_OF_LIST:
            answer = _answer(first)
            if answer is None or answer[1].shape.kind != "list":
                return expr
            if op == "iter.list":
                return first
            return replace(expr, args=(answer[0], *rest))
        case ListComp(name=name, seq=seq):
            answer = _answer(seq)
            if answer is None:
                return expr
            inner = {name: answer[1].of(answer[1].shape.element).text()}
            cond = None if expr.cond is None else _read(expr.cond, inner)
            return replace(expr, seq=answer[0], cond=cond, body=_read(expr.body, inner))
        case Reduce(name=name, seq=seq):
            answer = _answer(seq)
            if answer is None:
                return expr
            inner = {name: answer[1].of(answer[1].shape.element).text()}
            return replace(expr, seq=answer[0], body=_read(expr.body, inner))
        case Let(name=name, value=value):
            answer = _answer(value)
            if answer is None:
                return expr
            return replace(expr, value=answer[0], body=_read(expr.body, {name: answer[1].text()}))
        case _:
            return expr


# Reads


def _member(expr: Prim, raw: Expr, form: Form) -> Expr:
    """`answer["key"]` of a structure."""
    base, key = expr.args
    if not isinstance(key, Const) or (member := form.shape.members.get(str(key.value))) is None:
        return expr
    name = member.asl_name(form.naming)
    if name is None or member.json_value:
        return expr
    always = isinstance(base.type, DictT) and field_of(base.type, member.name).always
    inner = form.of(member.shape)
    read = Prim(
        op="service.member",
        args=(raw, Const(value=name, type=STR), key, Const(value=always, type=BOOL)),
        type=expr.type if inner.is_same else _raw_type(member.shape),
        span=expr.span,
    )
    return _translation(read, inner, expr.type)


def _got(expr: Prim, raw: Expr, form: Form) -> Expr:
    """`answer.get("key", default)` of a structure."""
    base, key, default = expr.args
    if not isinstance(key, Const) or (member := form.shape.members.get(str(key.value))) is None:
        return expr
    name = member.asl_name(form.naming)
    inner = form.of(member.shape)
    if name is None or member.json_value or not (inner.is_same or isinstance(raw, Var) or _is_empty(default)):
        return expr
    here = Const(value=name, type=STR)
    if inner.is_same:
        return replace(expr, args=(raw, here, default))
    if _is_empty(default):
        # An empty one is the same in both forms.
        type_ = _raw_type(member.shape)
        return _translation(replace(expr, args=(raw, here, default), type=type_), inner, expr.type)
    always = isinstance(base.type, DictT) and field_of(base.type, member.name).always
    found = Prim(
        op="service.member",
        args=(raw, here, key, Const(value=True, type=BOOL)),
        type=_raw_type(member.shape),
        span=expr.span,
    )
    value = _translation(found, inner, expr.type)
    if always:
        return value
    test = Prim(op="in", args=(here, raw), type=BOOL, span=expr.span)
    return Cond(test=test, then=value, orelse=default, type=expr.type, span=expr.span)


def _is_empty(expr: Expr) -> bool:
    return isinstance(expr, Prim) and expr.op in ("list.make", "dict.make") and not expr.args


def _tested(expr: Prim, raw: Expr, form: Form) -> Expr:
    """Whether an answer is what a waiter waits for."""
    test = expr.args[1]
    assert isinstance(test, Const)
    return replace(expr, args=(raw, replace(test, value=in_form(str(test.value), form.naming))))


def _has(expr: Prim, raw: Expr, form: Form) -> Expr:
    """`"key" in answer` of a structure."""
    key = expr.args[0]
    member = form.shape.members.get(str(key.value)) if isinstance(key, Const) else None
    name = None if member is None else member.asl_name(form.naming)
    return expr if name is None else replace(expr, args=(Const(value=name, type=STR), raw))


def _part(expr: Prim, raw: Expr, form: Form) -> Expr:
    """`answer[key]` of a list or map."""
    inner = form.of(form.shape.element if form.shape.kind == "list" else form.shape.value)
    type_ = expr.type if inner.is_same else _raw_type(inner.shape)
    return _translation(replace(expr, args=(raw, *expr.args[1:]), type=type_), inner, expr.type)


def _in_map(expr: Prim, raw: Expr, _form: Form) -> Expr:
    return replace(expr, args=(expr.args[0], raw))


Rule = Callable[[Prim, Expr, Form], Expr]
_RULES: Final[Mapping[str, Mapping[tuple[int, str], Rule]]] = {
    "item": {(0, "structure"): _member, (0, "list"): _part, (0, "map"): _part},
    "dict.item": {(0, "structure"): _member, (0, "map"): _part},
    "dict.get": {(0, "structure"): _got},
    "list.at": {(0, "list"): _part},
    "loop.item": {(0, "list"): _part},
    "service.matches": {(0, "structure"): _tested},
    "in": {(1, "structure"): _has, (1, "map"): _in_map},
    "not in": {(1, "structure"): _has, (1, "map"): _in_map},
}
"""By operation, position of the answer among its arguments and kind of its type."""

"""`for page in paginator.paginate(...)`: a loop that calls the operation for each page.

Owns what `botocore.paginate.PageIterator` does: each answer says where the next page begins, and the first that does not is the last. Two that
say the same are a `PaginationError`.
"""

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from pysfnc.aws.services import Paginator, service
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Pages
from pysfnc.frontend.aws.integrations import Integration, integration
from pysfnc.frontend.aws.lower_operations import can_be_called, perform
from pysfnc.frontend.aws.lower_page_results import limited
from pysfnc.frontend.aws.service_arguments import ArgumentWriter
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_assign import assign
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, lower_body
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_state import join_states
from pysfnc.frontend.core.lower_values import Used, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.loops.lower_loops import Lowered, loop_body, loop_else, settle
from pysfnc.frontend.program.model import TaskOptions
from pysfnc.ir.exprs import Cond, Const, Expr, Logic, NewExc, Prim, Var
from pysfnc.ir.hir import Block, Break, Continue, If, Leave, Raise, Stmt, Suite, While
from pysfnc.ir.walk import map_suites
from pysfnc.lean import dataclass
from pysfnc.values.relations import join
from pysfnc.values.types import BOOL, JSON, NONE, STR, DictT, ErrorT, ExcT

_PLAIN: Final = re.compile(r"\w+(\[-1\])?(\.\w+(\[-1\])?)*( \|\| \w+(\[-1\])?(\.\w+(\[-1\])?)*)?")
"""Paths that are read here: members, the last items of lists, and one path or else another."""
_TOKEN: Final = join(STR, NONE)
_ERROR: Final = "PaginationError"


@dataclass(frozen=True, slots=True)
class _Tokens:
    """Variables: where the next page begins, where the last one began if that is not the same, and whether an answer said the same again."""

    names: list[str]
    before: list[str]
    again: str


def lower_pages(cx: Context, node: ast.For, pages: Pages) -> None:
    """A `for` over pages."""
    found = service(pages.paginator.service).paginators[pages.paginator.name]
    options, given = dict(pages.options), pages.given
    if not _is_simple(cx, found, pages) or not can_be_called(cx, found.operation, given, pages.node):
        return
    if "PageSize" in options and found.limit_key is not None:
        size = ((found.limit_key, options["PageSize"]),)
        given = replace(given, keywords=(*(pair for pair in given.keywords if pair[0] != found.limit_key), *size))
    _use_up(cx, pages)
    tokens = _Tokens(
        [cx.names.fresh("token") for _ in found.input_tokens],
        # The token that a read began with may come again once.
        [cx.names.fresh("before") for _ in found.input_tokens] if pages.starts else [],
        cx.names.fresh("again"),
    )
    span = cx.span(node.iter)
    nothing = Const(value=None, type=NONE, span=span)
    for token, start in zip(tokens.names, pages.starts or (nothing,) * len(tokens.names), strict=True):
        bind_variable(cx, token, start, span)
    for name in tokens.before:
        bind_variable(cx, name, nothing, span)
    call = _caller(cx, found, given, tokens.names, pages.node)
    if call is not None:
        settle(cx, node, lambda: _attempt(cx, node, found, tokens, call))


def generated(cx: Context, pages: Pages, node: ast.expr) -> Value:
    """The pages as a generator, for whoever takes them in another way than a `for` does, or not all of them."""
    if pages.limited:
        return limited(cx, pages, node)
    return run_here(cx, "for page in pages:\n    yield page", {"pages": pages}, node)


def without_pages(cx: Context, given: Arguments, node: ast.expr) -> Arguments:
    """The arguments with generators in place of pages."""
    values = tuple(generated(cx, value, node) if isinstance(value, Pages) else value for value in given.positional)
    return replace(given, positional=values)


def _use_up(cx: Context, pages: Pages) -> None:
    """Whoever takes the same pages again gets the last one only: boto3 keeps the marker that it sent last."""
    for name, fact in list(cx.state.facts.items()):
        if isinstance(fact.static, Pages) and fact.static.given is pages.given:
            used = Used("pages that were taken before, of which boto3 gives only the last one again")
            cx.state.facts[name] = replace(fact, static=used)


def _is_simple(cx: Context, found: Paginator, pages: Pages) -> bool:
    paths = (*found.output_tokens, *([found.more_results] if found.more_results else []))
    if all(map(_PLAIN.fullmatch, paths)):
        return True
    cx.error(
        codes.AWS_DIFFERENCE,
        pages.node,
        f"the paginator `{pages.paginator.name}` has no compiled form: it finds the next page by `{' '.join(paths)}`",
        help="write instead: a loop that calls the operation with the marker of the last page",
    )
    return False


def _caller(
    cx: Context, found: Paginator, given: Arguments, tokens: list[str], node: ast.expr
) -> Callable[[], Expr] | None:
    """The call for the next page. A marker that is None is as good as none: Step Functions leaves null out (recorded answers)."""
    names = None if given.rest is not None else [*(name for name, _ in given.keywords), *found.input_tokens]
    chosen = integration(found.operation, names)
    values = {found.operation.parameter(name): as_data(cx, value, node) for name, value in given.keywords}
    arguments = ArgumentWriter(cx, chosen, node).arguments(values, given.rest)
    if isinstance(arguments.type, ErrorT):
        return None
    return lambda: perform(cx, chosen, _with_tokens(cx, chosen, arguments, found, tokens, node), node, TaskOptions())


def _with_tokens(
    cx: Context, chosen: Integration, arguments: Expr, found: Paginator, tokens: list[str], node: ast.AST
) -> Expr:
    shape = found.operation.input
    assert shape is not None
    parts: list[Expr] = []
    for name, token in zip(found.input_tokens, tokens, strict=True):
        asl_name = shape.members[name].asl_name(chosen.naming)
        parts += [Const(value=asl_name, type=STR), Var(name=token, type=_TOKEN, span=cx.span(node))]
    if isinstance(arguments, Prim) and arguments.op == "dict.make":
        return replace(arguments, args=(*arguments.args, *parts))
    more = Prim(op="dict.make", args=tuple(parts), type=DictT(_TOKEN), span=cx.span(node))
    return lib.binary(cx, "|", arguments, more, node)


def _attempt(cx: Context, node: ast.For, found: Paginator, tokens: _Tokens, call: Callable[[], Expr]) -> Lowered:
    """One round is a block that `continue` jumps behind, where it is seen whether there is another page."""
    label, round_ = cx.names.fresh("pages"), cx.names.fresh("page")
    span = cx.span(node)
    with cx.flow.landing(f"break {label}") as breaks, cx.capture() as out:

        def lower() -> None:
            page = cx.atom(call(), "page")
            _read_tokens(cx, found, tokens, page, node)
            assign(cx, node.target, page, node)
            lower_body(cx, node.body)

        back, body = loop_body(cx, label, cx.state, lower)
        exits = join_states(back)
        orelse, after = loop_else(cx, exits, node.orelse)
        leave = (*orelse, *((Break(label=label, span=span),) if after.reachable else ()))
        block = Block(label=round_, body=_leaving(body, label, round_), span=span)
        rounds: Suite = (block,)
        if exits.reachable:
            again = Var(name=tokens.again, type=BOOL, span=span)
            cx.state = exits.copy()
            repeated = If(test=again, then=_refused(cx, found, tokens, node), orelse=(), span=span)
            rounds = (block, If(test=_are_none(tokens.names), then=leave, orelse=(repeated,), span=span))
        out.append(While(label=label, test=Const(value=True, type=BOOL), body=rounds, orelse=(), span=span))
    cx.state = join_states([after, *breaks.states])
    return Lowered(tuple(out), [exits])


def _refused(cx: Context, found: Paginator, tokens: _Tokens, node: ast.For) -> Suite:
    """The exception of botocore for markers that come again."""
    span = cx.span(node.iter)
    shape = found.operation.input
    assert shape is not None
    pairs: list[tuple[Expr, Expr]] = []
    for name, token in zip(found.input_tokens, tokens.names, strict=True):
        type_ = _TOKEN if shape.members[name].shape.kind == "string" else JSON
        type_ = STR if type_ == _TOKEN and len(tokens.names) == 1 else type_
        pairs.append((Const(value=name, type=STR), Var(name=token, type=type_, span=span)))
    before = Const(value="Error during pagination: The same next token was received twice: ", type=STR, span=span)
    shown = lib.to_str(cx, lib.make_dict(cx, pairs, node), node)
    text = lib.join_text(cx, [before, shown], node)
    error = Const(value=_ERROR, type=STR)
    exc = NewExc(name=error, message=text, args=(text,), type=ExcT(frozenset({_ERROR})), span=span)
    with cx.capture() as out:
        cx.emit(Raise(exc=exc, span=span))
    return tuple(out)


def _read_tokens(cx: Context, found: Paginator, tokens: _Tokens, page: Expr, node: ast.For) -> None:
    """Where the next page begins, None where there is none; an empty marker is none."""
    span = cx.span(node.iter)
    nothing = Const(value=None, type=NONE, span=span)
    kept: list[Expr] = []
    more = None if found.more_results is None else lib.truth(cx, _at(cx, page, found.more_results, node), node)
    for path in found.output_tokens:
        value = cx.atom(_at(cx, page, path, node), "next")
        test = lib.truth(cx, value, node)
        if more is not None:
            test = Logic(op="and", left=more, right=test, type=BOOL, span=span)
        made = Cond(test=test, then=value, orelse=nothing, type=join(value.type, NONE), span=span)
        kept.append(cx.atom(made, "next"))
    last = [Var(name=name, type=_TOKEN, span=span) for name in tokens.before or tokens.names]
    same = [
        Prim(op="service.same", args=(one, other), type=BOOL, span=span) for one, other in zip(kept, last, strict=True)
    ]
    bind_variable(cx, tokens.again, _all(same), span)
    for names in (tokens.names, tokens.before):
        for name, value in zip(names, kept, strict=False):
            bind_variable(cx, name, value, span)


def _at(cx: Context, value: Expr, path: str, node: ast.AST) -> Expr:
    """What a path of JMESPath names, None where there is nothing."""
    first, _, other = path.partition(" || ")
    if not other:
        return _member(cx, value, path.split("."), node)
    found = cx.atom(_member(cx, value, first.split("."), node), "next")
    orelse = _member(cx, value, other.split("."), node)
    return Cond(test=lib.truth(cx, found, node), then=found, orelse=orelse, type=join(found.type, orelse.type))


def _member(cx: Context, value: Expr, parts: list[str], node: ast.AST) -> Expr:
    """`value.get(first, {}).get(second)` for `first.second`; `first[-1]` is the last item of a list."""
    part, *rest = parts
    name = Const(value=part.removesuffix("[-1]"), type=STR)
    if part.endswith("[-1]"):
        items = cx.atom(lib.method(cx, "get", value, [name, lib.make_list(cx, [], node)], {}, node), "items")
        last = Prim(op="service.last", args=(items,), type=lib.item_type(items.type), span=cx.span(node))
        then = _member(cx, last, rest, node) if rest else last
        nothing = Const(value=None, type=NONE)
        return Cond(test=lib.truth(cx, items, node), then=then, orelse=nothing, type=join(then.type, NONE))
    if not rest:
        return lib.method(cx, "get", value, [name], {}, node)
    return _member(cx, lib.method(cx, "get", value, [name, lib.make_dict(cx, [], node)], {}, node), rest, node)


def _are_none(tokens: list[str]) -> Expr:
    """Whether no marker is left."""
    nothing = Const(value=None, type=NONE)
    return _all([Prim(op="is", args=(Var(name=token, type=_TOKEN), nothing), type=BOOL) for token in tokens])


def _all(tests: Sequence[Expr]) -> Expr:
    found = tests[0]
    for test in tests[1:]:
        found = Logic(op="and", left=found, right=test, type=BOOL)
    return found


def _leaving(suite: Suite, loop: str, block: str) -> Suite:
    """The body with `continue` as a jump behind the block."""
    return tuple(_leaving_stmt(stmt, loop, block) for stmt in suite)


def _leaving_stmt(stmt: Stmt, loop: str, block: str) -> Stmt:
    if isinstance(stmt, Continue) and stmt.label == loop:
        return Leave(label=block, span=stmt.span)
    return map_suites(stmt, lambda inner: _leaving(inner, loop, block))

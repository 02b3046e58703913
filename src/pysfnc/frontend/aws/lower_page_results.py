"""What there is of pages besides a loop over all of them: `PaginationConfig`, `build_full_result()`, `search(expression)`.

All are written as Python over the pages and lowered from there (`page_texts`, `page_searches`).
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pysfnc.aws.services import Paginator, service
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Pages
from pysfnc.frontend.aws.page_searches import search_text
from pysfnc.frontend.aws.page_texts import Limits, full_text, limited_text, starting_text
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import BuiltinFunction, ExceptionClass, External, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.declarations.exceptions import decoding_errors
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.library.services.jmespath_tokens import Unreadable
from pysfnc.values.relations import kinds
from pysfnc.values.types import BOOL, NONE, Kind

_PATH: Final = re.compile(r"\w+(\.\w+)*")
_LOOP: Final = "write instead: a `for` loop over the pages"
_HELPERS: Final[Mapping[str, Value]] = {
    **{name: BuiltinFunction(name) for name in ("int", "isinstance", "len", "list", "str")},
    **{name: ExceptionClass(name, None, "plain") for name in ("TypeError", "ValueError")},
    **{name: External(f"base64.{name}") for name in ("b64decode", "b64encode")},
    **{name: External(f"json.{name}") for name in ("dumps", "loads")},
}


def limited(cx: Context, pages: Pages, node: ast.expr) -> Value:
    """The pages up to a number of items, from a token on, as a generator."""
    found = _paginator(pages)
    if not _is_written(cx, found.result_keys[:1], pages, node):
        return poison(cx.span(node))
    prepared = _prepared(cx, found, pages, node)
    if prepared is None:
        return poison(cx.span(node))
    limits, values = prepared
    return run_here(cx, limited_text(found, limits), values, node)


def pages_method(cx: Context, pages: Pages, name: str, given: Arguments, node: ast.expr) -> Value:
    """`pages.build_full_result()`, `pages.search(expression)`."""
    if name == "build_full_result" and not given.positional and not given.keywords:
        return _full(cx, pages, node)
    if name == "search" and len(given.positional) == 1 and not given.keywords:
        return _search(cx, pages, given.positional[0], node)
    return cx.error(codes.UNSUPPORTED_CALL, node, f"`{name}` of pages has no compiled form", help=_LOOP)


def _full(cx: Context, pages: Pages, node: ast.expr) -> Value:
    found = _paginator(pages)
    keys = (*found.result_keys, *found.non_aggregate_keys)
    prepared = _prepared(cx, found, pages, node) if _is_written(cx, keys, pages, node, dots=False) else None
    if prepared is None:
        return poison(cx.span(node))
    limits, values = prepared
    return run_here(cx, full_text(found, limits), values, node)


def _search(cx: Context, pages: Pages, expression: Value, node: ast.expr) -> Value:
    if not (isinstance(expression, Const) and isinstance(expression.value, str)):
        return cx.error(codes.NOT_CONSTANT, node, "the expression of `search` must be known when compiling", help=_LOOP)
    output = _paginator(pages).operation.output
    try:
        assert output is not None
        text = search_text(expression.value, output)
    except Unreadable as wrong:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`search` has no compiled form for {str(wrong) or 'this expression'}",
            help=_LOOP,
        )
    return run_here(cx, text, {"pages": pages, "len": BuiltinFunction("len")}, node)


def _paginator(pages: Pages) -> Paginator:
    return service(pages.paginator.service).paginators[pages.paginator.name]


def _is_written(cx: Context, keys: tuple[str, ...], pages: Pages, node: ast.expr, *, dots: bool = True) -> bool:
    if keys and all(_PATH.fullmatch(key) and (dots or "." not in key) for key in keys):
        return True
    what = f"counts by `{' '.join(keys)}`" if keys else "counts nothing"
    cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"this has no compiled form for the paginator `{pages.paginator.name}`, which {what}",
        help=_LOOP,
    )
    return False


def _prepared(cx: Context, found: Paginator, pages: Pages, node: ast.expr) -> tuple[Limits, dict[str, Value]] | None:
    """Which options are given, and the values of the text's parameters; None after a message."""
    options = dict(pages.options)
    token, limit = options.pop("StartingToken", None), options.pop("MaxItems", None)
    values: dict[str, Value] = dict(_HELPERS)
    plain = replace(pages, options=tuple(options.items()))
    if token is not None:
        if not kinds(token.type) & {Kind.STR}:
            cx.error(codes.TYPE_MISMATCH, node, f"`StartingToken` is a str, and the value is of type `{token.type}`")
            return None
        if not _has_texts(cx, found, pages, node):
            return None
        cx.project.add_exceptions("base64", decoding_errors)
        start = as_data(cx, run_here(cx, starting_text(found), {"token": token, **_HELPERS}, node), node)
        if is_poison(start):
            return None
        start = cx.atom(start, "start")
        *markers, skipped = [cx.atom(lib.part_of(cx, start, i), "start") for i in range(len(found.input_tokens) + 1)]
        plain = replace(plain, starts=tuple(markers))
        none = Const(value=None, type=NONE)
        resumes = Prim(op="is not", args=(token, none), type=BOOL, span=cx.span(node))
        values |= {"starts": start, "skipped": skipped, "resumes": cx.atom(resumes, "resumes")}
    if limit is not None:
        counted = _counted(cx, limit, node)
        if counted is None:
            return None
        values["limit"] = counted
    return Limits(limit is not None, token is not None), {**values, "pages": plain}


def _has_texts(cx: Context, found: Paginator, pages: Pages, node: ast.expr) -> bool:
    """Whether the markers of an operation are texts, which a token has in a form that is understood."""
    shape = found.operation.input
    if shape is not None and all(shape.members[name].shape.kind == "string" for name in found.input_tokens):
        return True
    cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`StartingToken` has no compiled form for the paginator `{pages.paginator.name}`, whose markers are no texts",
        help="write instead: a loop around the call itself, with the marker that it takes",
    )
    return False


def _counted(cx: Context, limit: Expr, node: ast.expr) -> Expr | None:
    """`MaxItems` as an int, which is beyond any count where it is None."""
    found = kinds(limit.type)
    if found <= {Kind.INT, Kind.BOOL}:
        return limit
    if not found & {Kind.INT, Kind.STR}:
        cx.error(codes.TYPE_MISMATCH, node, f"`MaxItems` is an int, and the value is of type `{limit.type}`")
        return None
    text = "return 9007199254740991 if limit is None else int(limit)"
    made = as_data(cx, run_here(cx, text, {"limit": limit, "int": BuiltinFunction("int")}, node), node)
    return None if is_poison(made) else cx.atom(made, "limit")

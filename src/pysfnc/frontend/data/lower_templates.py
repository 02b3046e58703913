"""`template.format(...)` where the texts are known that the template may be: each is taken apart by the compiler."""

import ast
from collections.abc import Mapping, Sequence
from string import Formatter

from pysfnc.frontend.aws.told_numbers import may_be_number
from pysfnc.frontend.calls.lower_arguments import lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.data.decimal_operations import is_decimal
from pysfnc.ir.exprs import Expr


def format_texts(cx: Context, receiver: Expr, texts: Sequence[str], node: ast.Call) -> Value:
    """`"...".format(...)`, or of one of several texts."""
    given = lower_arguments(cx, node, first=[lib.having(cx, receiver, "format", node)])
    if given is None:
        return poison(cx.span(node))
    template, *rest = given.positional
    args = [cx.atom(as_data(cx, value, given.node_of(i, node)), "arg") for i, value in enumerate(rest)]
    keywords = {name: cx.atom(as_data(cx, value, node), "arg") for name, value in given.keywords}
    if (
        any(is_decimal(value.type) or may_be_number(value.type) for value in (*args, *keywords.values()))
        and len(texts) == 1
    ):
        made = _by_fields(cx, texts[0], args, keywords, node)
        if made is not None:
            return made
    if len(texts) == 1 and not can_raise(receiver):
        return lib.format_template(cx, texts[0], args, keywords, node)
    return _one_of(cx, template, texts, args, keywords, node)


def _by_fields(
    cx: Context, template: str, args: Sequence[Expr], keywords: Mapping[str, Expr], node: ast.Call
) -> Value | None:
    """The text with each field formatted by itself, as an f-string does it; None of a template that asks for more than values and constant specs."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return None
    pieces, written = list[Expr](), ""
    for literal, field, spec, conversion in parts:
        written += literal.replace("{", "{{").replace("}", "}}")
        if field is None:
            continue
        value = keywords.get(field) if field else args[len(pieces)] if len(pieces) < len(args) else None
        if value is None or "{" in (spec or ""):
            return None
        written += f"{{{len(pieces)}}}"
        pieces.append(lib.format_value(cx, value, conversion, lib.text_const(spec or "", cx.span(node)), node))
    return lib.format_template(cx, written, pieces, {}, node)


def _one_of(
    cx: Context,
    template: Value,
    texts: Sequence[str],
    args: Sequence[Expr],
    keywords: Mapping[str, Expr],
    node: ast.Call,
) -> Value:
    """The formatted text of the template that there is when the machine runs."""
    values: dict[str, Value] = {"template": template}
    values |= {f"given{index}": value for index, value in enumerate(args)}
    values |= {f"named_{name}": value for name, value in keywords.items()}
    call = ", ".join([*(f"given{index}" for index in range(len(args))), *(f"{name}=named_{name}" for name in keywords)])
    *others, last = texts
    tests = [f"if template == {text!r}:\n    return {text!r}.format({call})" for text in others]
    return run_here(cx, "\n".join([*tests, f"return {last!r}.format({call})"]), values, node)

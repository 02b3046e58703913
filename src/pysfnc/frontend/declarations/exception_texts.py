"""Methods of exception classes that look at their exception as a whole: `str(self)`, `f"{self}"`, `self.args`.

A method of an exception that was caught gets an object with its attributes. Where code of the class does more with `self` than to read attributes and
call methods, the object holds text and arguments as well: the text under a name that no attribute has.
"""

import ast
from typing import Final

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.declarations.records import Record
from pysfnc.ir.exprs import ExcField, Expr
from pysfnc.library.objects import objects
from pysfnc.values.relations import field_of
from pysfnc.values.types import JSON, STR, RecordT, TuplesT

_TEXT: Final = "%text"
_ARGS: Final = "args"


def with_text(cx: Context, attributes: Expr, exc: Expr, record: Record, node: ast.AST) -> Expr:
    """The object with the attributes of an exception, with its text and arguments if the class looks at them."""
    wanted = [_looks_at(member.node) for member in record.members.values()]
    made = attributes
    if any("text" in uses for uses in wanted):
        text = ExcField(exc=exc, field_="message", type=STR, span=cx.span(node))
        made = _set(made, _TEXT, text, cx, node)
    if any("args" in uses for uses in wanted):
        cx.journal.args_read.append(cx.span(node))
        made = _set(made, _ARGS, ExcField(exc=exc, field_="args", type=TuplesT(JSON), span=cx.span(node)), cx, node)
    return made


def held_text(value: Expr, cx: Context, node: ast.AST) -> Expr | None:
    """The text that an object of an exception holds; None for anything else."""
    if not isinstance(value.type, RecordT) or field_of(value.type.attributes, _TEXT).type != STR:
        return None
    made = objects.build_attribute(value, _TEXT, cx.site(node))
    return made if isinstance(made, Expr) else None


def _set(base: Expr, name: str, value: Expr, cx: Context, node: ast.AST) -> Expr:
    made = objects.build_set_attribute(base, name, value, cx.site(node))
    assert isinstance(made, Expr), name
    return made


def _looks_at(node: ast.AST) -> set[str]:
    """Whether a method uses its object as a whole (`text`), or its `args`."""
    if not isinstance(node, ast.FunctionDef) or not node.args.args or node.name in ("__init__", "__str__"):
        return set()
    this = node.args.args[0].arg
    read = {id(part.value): part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    uses = [read.get(id(part)) for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == this]
    return {"text" if name is None else "args" for name in uses if name in (None, _ARGS)}


__all__ = ["held_text", "with_text"]

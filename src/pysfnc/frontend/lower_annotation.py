"""What an annotation of a local variable or of a helper's parameter tells of a value that came in without a type.

Python does not check these annotations. They are believed only where they decide between list, dict and other kinds of an untyped
value, which some operations need to know; the machine then checks what Python does not, so a wrong annotation fails loudly. Owns this rule.
That a number is an int is believed of a parameter where the helper does not compile otherwise, as the text of a number needs it.
"""

import ast
from typing import Final

from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.annotations import annotation_type
from pysfnc.frontend.lower_context import Context
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import If, Raise
from pysfnc.values.types import STR, JsonT, Kind, kinds, members

_CONTAINERS = frozenset({Kind.LIST, Kind.DICT})
_INTS = frozenset({Kind.INT, Kind.BOOL})
_TEXTS_TOO: Final[dict[str, frozenset[Kind]]] = {
    **dict.fromkeys(("Sequence", "Reversible"), frozenset({Kind.STR})),
    **dict.fromkeys(("Iterable", "Collection"), frozenset({Kind.STR, Kind.DICT})),
}


def _other_texts(annotation: ast.expr) -> frozenset[Kind]:
    """What else is an iterable of texts: a text is, and a dict with keys that are texts."""
    match annotation:
        case (
            ast.Subscript(value=head, slice=ast.Name(id="str" | "Any"))
            | (ast.Name() as head)
            | (ast.Attribute() as head)
        ):
            name = ast.unparse(head).rpartition(".")[2]
            return _TEXTS_TOO.get(name, frozenset())
        case _:
            return frozenset()


def believe(cx: Context, value: Expr, annotation: ast.expr, name: str, node: ast.AST, *, of_ints: bool = False) -> Expr:
    """The value with the kinds that its annotation allows, after a check when the value runs. `of_ints`: also if it says `int`."""
    if not any(isinstance(member, JsonT) for member in members(value.type)):
        return value
    declared = annotation_type(annotation, cx.frame.module, cx.project.model)
    if declared is None:
        return value
    wanted = kinds(declared) | _other_texts(annotation)
    if of_ints and Kind.INT in wanted and Kind.FLOAT not in wanted:
        wanted |= _INTS
    elif not wanted & _CONTAINERS:
        return value
    if not kinds(value.type) - wanted or not kinds(value.type) & wanted:
        return value
    span = cx.span(node)
    held = cx.atom(value, name if name.isidentifier() else "t")
    test = lib.has_kind(cx, held, wanted, node)
    text = Const(
        value=f"{name} is annotated as {ast.unparse(annotation)} and holds something else", type=STR, span=span
    )
    with cx.capture() as failing:
        cx.emit(Raise(exc=lib.new_exception(cx, "TypeError", [text], node), span=span))
    cx.emit(If(test=test, then=(), orelse=tuple(failing), span=span))
    if not isinstance(held, Var):
        return held
    known = lib.as_kind(held, wanted)
    if held.name in cx.state.facts:
        cx.state.retype(held.name, known.type)
    return known

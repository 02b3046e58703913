"""What an annotation of a local variable or of a helper's parameter tells of a value that came in without a type.

Python does not check these annotations. They are believed only where they decide between list, dict and other kinds of an untyped
value, which some operations need to know; the machine then checks what Python does not, so a wrong annotation fails loudly. Owns this rule.
An annotation that says `int` is believed where the program does not compile otherwise, as the text of a number needs it. Where a float,
list or dict comes instead, the execution fails, and no `except` of the program catches that.
"""

import ast
from dataclasses import replace
from typing import Final

from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.declarations.annotations import annotation_type, read_annotation
from pysfnc.frontend.declarations.said_ints import Said
from pysfnc.frontend.program.model import ModuleInfo
from pysfnc.frontend.program.written_modules import PACKAGE
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import If, Raise
from pysfnc.library.objects.annotated import BELIEVED, HOLDS
from pysfnc.library.rows.fits import InputSpec
from pysfnc.values.believed import believed
from pysfnc.values.fits import AnyFit
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import BOOL, STR, DictT, JsonT, Kind, ListT

_CONTAINERS = frozenset({Kind.LIST, Kind.DICT})
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
    value = _believe_kinds(cx, value, annotation, name, node)
    return believe_ints(cx, value, annotation, cx.frame.module, name, node, even_so=of_ints)


def _believe_kinds(cx: Context, value: Expr, annotation: ast.expr, name: str, node: ast.AST) -> Expr:
    if not any(isinstance(member, JsonT) for member in members(value.type)):
        return value
    declared = annotation_type(annotation, cx.frame.module, cx.project.model)
    if declared is None:
        return value
    wanted = kinds(declared) | _other_texts(annotation)
    if not wanted & _CONTAINERS or not kinds(value.type) - wanted or not kinds(value.type) & wanted:
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


def believe_ints(
    cx: Context,
    value: Expr,
    annotation: ast.expr,
    module: ModuleInfo,
    name: str,
    node: ast.AST,
    *,
    even_so: bool = False,
) -> Expr:
    """The value without the floats, lists and dicts that its annotation, written in `module`, excludes.

    The execution fails if there is one. `even_so`: also of a program that is not known yet not to compile otherwise.
    """
    if not (even_so or cx.project.ints_believed) or module.name.startswith(PACKAGE):
        return value
    read = read_annotation(annotation, module, cx.project.model)
    if read.problem is not None or isinstance(read.fit, AnyFit):
        return value
    return as_said(cx, value, Said(read.fit, ast.unparse(annotation), name), node)


def as_said(cx: Context, value: Expr, said: Said, node: ast.AST) -> Expr:
    """The value, after the failure of the execution where something else is in a place of which is said that it holds an int."""
    type_ = believed(value.type, said.fit)
    if type_ == value.type:
        return value
    span = cx.span(node)
    form = Const(value=InputSpec.text_of_fit(said.fit), type=STR, span=span)
    text = Const(
        value=f"{said.name} is annotated as {said.text}, and a float, list or dict is in the place of an int",
        type=STR,
        span=span,
    )
    held = isinstance(value, Var) and value.name in cx.state.facts
    if not (held and any(isinstance(member, ListT | DictT) for member in members(type_))):
        return Prim(op=BELIEVED, args=(value, form, text), type=type_, span=span)
    # The variable may be that of a caller, whose list or dict is changed here.
    assert isinstance(value, Var)
    test = Prim(op=HOLDS, args=(value, form, text), type=BOOL, span=span)
    with cx.capture() as failing:
        cx.emit(Raise(exc=lib.new_exception(cx, "TypeError", [text], node), span=span))
    cx.emit(If(test=test, then=(), orelse=tuple(failing), span=span))
    cx.state.retype(value.name, type_)
    return replace(value, type=type_)

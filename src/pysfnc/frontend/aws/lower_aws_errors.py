"""Errors of AWS in handlers: `e.response["Error"]["Code"]`, `e.operation_name`, `type(e).__name__`."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pysfnc.aws.error_texts import told_codes
from pysfnc.aws.services import Service, service
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import status_of
from pysfnc.frontend.aws.integrations import CLIENT_ERROR, reachable
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, Prim
from pysfnc.library.services.aws_errors import ERROR, METADATA, RESPONSE, ClassNames
from pysfnc.source.span import Span
from pysfnc.values.types import BOOL, INT, STR, ExcT, Type

_STATUS: Final = frozenset({"HTTPStatusCode"})
_TOLD: Final[Mapping[Type, frozenset[str]]] = {
    RESPONSE: frozenset({"Error", "ResponseMetadata"}),
    ERROR: frozenset({"Code", "Message"}),
    METADATA: _STATUS,
}
"""What is known of the parts of a response."""


def client_error_attribute(cx: Context, base: Expr, name: str, node: ast.AST) -> Expr | None:
    """`response` and `operation_name` of an exception that is surely a `ClientError`; None for anything else."""
    if not isinstance(base.type, ExcT) or base.type.names is None:
        return None
    if not base.type.names <= frozenset(cx.project.exceptions.descendants(CLIENT_ERROR)):
        return None
    if name == "response":
        status = ExcField(exc=base, field_="status", type=INT)
        return Prim(op="aws.response", args=(base, status), type=RESPONSE, span=cx.span(node))
    if name == "operation_name":
        return Prim(op="aws.operation", args=(base,), type=STR, span=cx.span(node))
    return None


def part_of_response(cx: Context, value: Expr, key: Expr, node: ast.AST) -> Expr | None:
    """A part of `e.response`, after a message where Step Functions does not tell it; None for any other subscript."""
    if not _is_told(cx, value, key, node):
        return poison(cx.span(node))
    if not (isinstance(value, Prim) and isinstance(key, Const)):
        return None
    match value.op, key.value, value.args:
        case "aws.response", "Error", (exc, _):
            return Prim(op="aws.error", args=(exc,), type=ERROR, span=cx.span(node))
        case "aws.response", "ResponseMetadata", (_, status):
            return Prim(op="aws.metadata", args=(status,), type=METADATA, span=cx.span(node))
        case "aws.metadata", "HTTPStatusCode", (status,):
            return Prim(op="aws.status", args=(status,), type=INT, span=cx.span(node))
        case "aws.error", "Code", (exc,):
            return Prim(op="aws.code", args=(exc,), type=STR, span=cx.span(node))
        case "aws.error", "Message", (exc,):
            return Prim(op="aws.message", args=(exc,), type=STR, span=cx.span(node))
    return None


def _is_told(cx: Context, value: Expr, key: Expr, node: ast.AST) -> bool:
    """Whether a part of a response may be asked for; a message for one that Python has and Step Functions does not tell."""
    known = _TOLD.get(value.type) or (_STATUS if status_of(value.type) is not None else None)
    if known is None or not isinstance(key, Const) or key.value in known:
        return True
    cx.error(
        codes.AWS_DIFFERENCE,
        node,
        f"`{key.value}` of a response may be there in Python, and Step Functions does not tell it",
        notes=[f"it tells {' and '.join(f'`{name}`' for name in sorted(known))}"],
        help="write instead: a `@task` that makes the call and looks at the response",
    )
    return False


def check_code(cx: Context, op: str, operands: Sequence[Expr], node: ast.AST | Span) -> None:
    """Report what is asked of a code and holds of none that comes: Step Functions tells only those that a model lists."""
    places = [index for index, operand in enumerate(operands) if isinstance(operand, Prim) and operand.op == "aws.code"]
    if not places:
        return
    holds = _WITHIN.get(op) or (str.__contains__ if op in ("in", "not in") and places[0] == 1 else str.__eq__)
    known = [code for name in cx.project.services for code in _codes(service(name))]
    for text in _texts(operands):
        if not any(holds(code, text) for code in known):
            cx.error(
                codes.AWS_DIFFERENCE,
                node,
                f"no error of the services at hand has the code `{text}` in their models",
                notes=[
                    "Step Functions gives other errors one name for each service, without their codes; the texts of a few tell them"
                ],
                help='write instead: a code of a modelled error, `e.response["Error"]["Message"]`, '
                "or a `@task` that makes the call and looks at the code",
            )


_WITHIN: Final = {"str.startswith": str.startswith, "str.endswith": str.endswith}
_DISPLAYS: Final = frozenset({"list.make", "set.of", "set.items", "tuple.make"})


def _texts(operands: Iterable[Expr]) -> Iterable[str]:
    for operand in operands:
        if isinstance(operand, Const) and isinstance(operand.value, str):
            yield operand.value
        elif isinstance(operand, Prim) and operand.op in _DISPLAYS:
            yield from _texts(operand.args)


def _codes(found: Service) -> set[str]:
    known = {error.code for error in found.errors.values()} | told_codes(found.name)
    if any(found.named(name).is_told_by_status for name in found.model["operations"]):
        known |= {str(status) for status in range(300, 600)}
    return known


def class_name(cx: Context, exc: Expr, name: Expr, node: ast.AST) -> Expr:
    """`type(e).__name__` of an exception that may be an error of AWS or a `Fail`; `name` is its error name."""
    names = exc.type.names if isinstance(exc.type, ExcT) else None
    made = _class_of_error(cx, exc, names, name)
    fails = cx.project.fail_names
    if (names is not None and "Fail" not in names) or (not fails.names and fails.computed is None):
        return made
    span = cx.span(node)
    failed = Const(value="Fail", type=STR, span=span)
    if names == frozenset({"Fail"}):
        return failed
    if fails.computed is not None:
        module, call = fails.computed
        return cx.error(
            codes.EXCEPTION_BEHAVIOUR,
            node,
            "whether the exception is a `Fail` cannot be told, as the program computes the name of one",
            labels=[(module.span(call), "computed here")],
            help="write instead: `except Fail` before, or a name that is written out",
        )
    texts = [Const(value=text, type=STR, span=span) for text in fails.names]
    test = Prim(op="exc.is_one", args=(exc, *texts), type=BOOL, span=span)
    return Cond(test=test, then=failed, orelse=made, type=STR, span=span)


def _class_of_error(cx: Context, exc: Expr, names: frozenset[str] | None, name: Expr) -> Expr:
    if not cx.project.services or (names is not None and not any("." in one for one in names)):
        return name
    table = Const(value=class_names(tuple(sorted(cx.project.services))).text(), type=STR)
    return Prim(op="aws.class_name", args=(exc, table), type=STR, span=name.span)


def class_names(services: Sequence[str]) -> ClassNames:
    """How the classes of the errors of services follow from their names."""
    families: dict[str, None] = {}
    names: dict[str, str] = {}
    suffixed: list[str] = []
    for found in map(service, services):
        spelled = {found.error_prefix: {error.asl_name: error.name for error in found.errors.values()}}
        names[found.other_error] = CLIENT_ERROR
        for best in reachable(found):
            spelled[best.error_prefix] = {best.asl_error(error.code): error.name for error in found.errors.values()}
            names[f"{best.error_prefix}.{best.other_error}"] = CLIENT_ERROR
        for prefix, classes in spelled.items():
            families[prefix] = None
            if classes and all(name == f"{prefix}.{class_}Exception" for name, class_ in classes.items()):
                suffixed.append(prefix)
            else:
                names |= {name: class_ for name, class_ in classes.items() if name != f"{prefix}.{class_}"}
    return ClassNames(tuple(families), names, tuple(suffixed))

"""Waiters and paginators of clients: loops that boto3 runs over calls of one operation.

Owns making them, and `wait`. What a waiter does is that of `botocore.waiter.Waiter.wait`: it calls the operation until an acceptor says that
this is success or failure. Pages are `lower_pages`.
"""

import ast
from collections.abc import Callable, Mapping, Set
from typing import Any, Final

from pysfnc.aws.error_texts import told_codes
from pysfnc.aws.services import Waiter, service
from pysfnc.diagnostics import codes, nearest
from pysfnc.frontend.aws.aws_values import ClientMethod, Pages, PaginatorOf, WaiterOf
from pysfnc.frontend.aws.integrations import CLIENT_ERROR
from pysfnc.frontend.aws.lower_operations import call_operation
from pysfnc.frontend.calls.lower_arguments import Arguments, evaluated
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.kept_values import kept, kept_arguments
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_test import Test, lower_either
from pysfnc.frontend.core.lower_values import ExceptionClass, External, Intrinsic, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, NewExc, Prim
from pysfnc.jsonata.tree import Ref
from pysfnc.library.services.aws_matches import BOTO3, test_text, test_tree
from pysfnc.library.services.jmespath_tokens import Unreadable
from pysfnc.values.relations import kinds, others_of
from pysfnc.values.types import BOOL, INT, NEVER, NONE, STR, DictT, ExcT, Kind

_WAITER_ERROR: Final = "WaiterError"
_CONFIG: Final = {
    "WaiterConfig": ("Delay", "MaxAttempts"),
    "PaginationConfig": ("PageSize", "MaxItems", "StartingToken"),
}
_TIMES_OUT: Final = "Max attempts exceeded"
Make = Callable[[Context, ClientMethod, Arguments, ast.expr], Value]


def _named(cx: Context, given: Arguments, parameter: str, node: ast.AST) -> str | None:
    """The name of a waiter or paginator; None after a message."""
    values = [*given.positional, *(value for name, value in given.keywords if name in (parameter, "operation_name"))]
    if len(values) == 1 and isinstance(values[0], Const) and isinstance(values[0].value, str):
        return values[0].value
    cx.error(
        codes.NOT_CONSTANT, node, f"`{parameter}` must be known when compiling", help="write instead: a constant text"
    )
    return None


def _make_waiter(cx: Context, method: ClientMethod, given: Arguments, node: ast.expr) -> Value:
    if len(given.positional) == 1 and isinstance(given.positional[0], Cond):
        return _either_waiter(cx, method, given, given.positional[0], node)
    name = _named(cx, given, "waiter_name", node)
    found = service(method.service).waiters
    if name is None or name in found:
        return poison(cx.span(node)) if name is None else WaiterOf(method.service, name)
    return _unknown(cx, method.service, "waiter", name, found, node)


def _either_waiter(cx: Context, method: ClientMethod, given: Arguments, name: Cond, node: ast.expr) -> Value:
    """`get_waiter("a" if test else "b")`: one of two waiters."""

    def make(one: Expr) -> Value:
        return _make_waiter(cx, method, Arguments((one,), (), given.nodes), node)

    test = Test(name.test, cx.state.copy(), cx.state.copy())
    return lower_either(cx, test, lambda: make(name.then), lambda: make(name.orelse), node)


def _make_paginator(cx: Context, method: ClientMethod, given: Arguments, node: ast.expr) -> Value:
    name = _named(cx, given, "operation_name", node)
    found = service(method.service).paginators
    if name is None or name in found:
        return poison(cx.span(node)) if name is None else PaginatorOf(method.service, name)
    return _unknown(cx, method.service, "paginator", name, found, node)


def _unknown(cx: Context, owner: str, what: str, name: str, known: Mapping[str, Any], node: ast.AST) -> Expr:
    close = nearest(name, known)
    return cx.error(
        codes.UNKNOWN_OPERATION,
        node,
        f"the client of `{owner}` has no {what} `{name}`",
        notes=[f"it has `{close}`"] if close else (),
    )


WALKERS: Final[Mapping[str, Make]] = {"get_waiter": _make_waiter, "get_paginator": _make_paginator}
"""Methods of every client that make waiters and paginators."""


def call_walker(cx: Context, receiver: WaiterOf | PaginatorOf, name: str, given: Arguments, node: ast.expr) -> Value:
    """`waiter.wait(...)`, `paginator.paginate(...)`."""
    if isinstance(receiver, WaiterOf) and name == "wait":
        return _wait(cx, receiver, given, node)
    if isinstance(receiver, PaginatorOf) and name == "paginate":
        taken = taken_config(cx, given, "PaginationConfig", node)
        if taken is None:
            return poison(cx.span(node))
        options = {key: kept(cx, value, "size") for key, value in taken[0].items() if value.type != NONE}
        return Pages(receiver, tuple(options.items()), kept_arguments(cx, taken[1]), node)
    return cx.error(codes.UNSUPPORTED_CALL, node, f"`{name}` has no compiled form here")


def taken_config(cx: Context, given: Arguments, name: str, node: ast.AST) -> tuple[dict[str, Expr], Arguments] | None:
    """The options given as `WaiterConfig` or `PaginationConfig`, and the arguments without them; None after a message."""
    rest = tuple((key, value) for key, value in given.keywords if key != name)
    found = dict(given.keywords).get(name)
    options: dict[str, Expr] = {}
    if found is not None:
        pairs = _pairs(cx, found)
        if pairs is None:
            if not is_poison(found):
                cx.error(
                    codes.NOT_CONSTANT,
                    node,
                    f"the keys of `{name}` must be known",
                    help="write instead: a dict display",
                )
            return None
        for key, value in pairs:
            if not isinstance(key, Const) or key.value not in _CONFIG[name]:
                shown = key.value if isinstance(key, Const) else "?"
                cx.error(
                    codes.UNSUPPORTED_CALL,
                    node,
                    f"`{shown}` of `{name}` has no compiled form",
                    help=f"write instead: {' or '.join(f'`{one}`' for one in _CONFIG[name])} alone",
                )
                return None
            options[str(key.value)] = value
    return options, Arguments((), rest, (), None, given.rest)


def _pairs(cx: Context, found: Value) -> list[tuple[Expr, Expr]] | None:
    """The pairs of a dict that is written out, or whose keys are known and always there; None for any other value."""
    if isinstance(found, Prim) and found.op == "dict.make":
        return list(zip(found.args[::2], found.args[1::2], strict=True))
    if isinstance(found, Static) or not isinstance(found.type, DictT) or others_of(found.type) != NEVER:
        return None
    if not all(field.always for field in found.type.fields):
        return None
    whole = cx.atom(found, "config")
    always = Const(value=True, type=BOOL)
    keys = [(Const(value=field.name, type=STR), field.type) for field in found.type.fields]
    return [(key, Prim(op="service.member", args=(whole, key, key, always), type=type_)) for key, type_ in keys]


# Waiters


def _wait(cx: Context, receiver: WaiterOf, given: Arguments, node: ast.expr) -> Value:
    waiter = service(receiver.service).waiters[receiver.name]
    taken = taken_config(cx, given, "WaiterConfig", node)
    if taken is None or not _can_wait(cx, receiver, waiter, node):
        return poison(cx.span(node))
    options, arguments = taken
    fixed = evaluated(cx, arguments)
    asked = frozenset(str(acceptor["expected"]) for acceptor in waiter.acceptors if acceptor["matcher"] == "error")
    for name, value in options.items():
        if not kinds(value.type) <= {Kind.INT, Kind.FLOAT}:
            return cx.error(codes.TYPE_MISMATCH, node, f"`{name}` is a number, and the value is of type `{value.type}`")
    values: dict[str, Value] = {
        "call": Intrinsic(
            lambda inner, _, at: call_operation(inner, _method(waiter, receiver), fixed, at, asked=asked)
        ),
        "matches": Intrinsic(lambda inner, args, at: _matches(inner, waiter, args, at)),
        "status_of": Intrinsic(_status_of),
        "failed": Intrinsic(lambda inner, args, at: _failed(inner, waiter, args, at)),
        "sleep": External("time.sleep"),
        "ClientError": ExceptionClass(CLIENT_ERROR, None, "own"),
    }
    delay = _option(values, "delay", options.get("Delay"), waiter.delay_s)
    attempts = _option(values, "attempts", options.get("MaxAttempts"), waiter.max_attempts)
    unknown = {i for i, acceptor in enumerate(waiter.acceptors) if _is_unknown(receiver, acceptor)}
    return run_here(cx, _waiting(waiter, delay, attempts, unknown), values, node)


def _option(values: dict[str, Value], name: str, given: Expr | None, default: int) -> str:
    """An option as text: a number, or the name of a parameter."""
    if given is None or isinstance(given, Const):
        return repr(default if given is None else given.value)
    values[name] = given
    return name


def _method(waiter: Waiter, receiver: WaiterOf) -> ClientMethod:
    return ClientMethod(receiver.service, waiter.operation.method)


def _can_wait(cx: Context, receiver: WaiterOf, waiter: Waiter, node: ast.AST) -> bool:
    for acceptor in waiter.acceptors:
        expected = acceptor["expected"]
        problem = None
        if _is_unknown(receiver, acceptor):
            if acceptor["state"] == "failure":
                continue
            problem = f"it looks for the error `{expected}`, which Step Functions does not tell from others"
        elif acceptor["matcher"].startswith("path"):
            problem = _unreadable(waiter, acceptor)
        if problem is not None:
            cx.error(
                codes.AWS_DIFFERENCE,
                node,
                f"the waiter `{receiver.name}` has no compiled form: {problem}",
                help="write instead: a loop with a call, a test and `time.sleep`",
            )
            return False
    return True


def _is_unknown(receiver: WaiterOf, acceptor: Mapping[str, Any]) -> bool:
    """Whether an acceptor looks for an error that Step Functions does not tell from others.

    Where that is a failure, all that differs is the text of the exception, which is that of any other error (LIM-44).
    """
    expected = acceptor["expected"]
    if acceptor["matcher"] != "error" or not isinstance(expected, str):
        return False
    known = {error.code for error in service(receiver.service).errors.values()}
    return expected not in known | told_codes(receiver.service)


def _unreadable(waiter: Waiter, acceptor: Mapping[str, Any]) -> str | None:
    output = waiter.operation.output
    if output is None:
        return "its operation answers with nothing"
    try:
        test_tree(test_text(output, BOTO3, acceptor["matcher"], acceptor["argument"], acceptor["expected"]), Ref("x"))
    except Unreadable:
        return f"it looks at `{acceptor['argument']}`"
    return None


def _waiting(waiter: Waiter, delay: str, attempts: str, unknown: Set[int]) -> str:
    """The loop of a waiter as Python, without acceptors for errors that nobody knows."""
    on_answer = [i for i, acceptor in enumerate(waiter.acceptors) if _is_for(acceptor, error=False)]
    on_error = [i for i, acceptor in enumerate(waiter.acceptors) if i not in unknown and _is_for(acceptor, error=True)]
    again = any(acceptor["state"] == "retry" for acceptor in waiter.acceptors)
    lines = ["count = 0"]
    lines += [f"reason = {_TIMES_OUT!r}"] if again else []
    lines += ["while True:", "    try:", "        answer = call()", "    except ClientError as error:"]
    lines += [f"        {line}" for line in _choices(waiter, on_error, again, error=True)]
    # What is asked of an answer is kept, and not the answer, which may be large.
    tests = [f"{number} if {_condition(waiter, i, False)} else" for number, i in enumerate(on_answer, 1)]
    lines += ["    else:", f"        found = {' '.join([*tests, '0'])}"]
    lines += [f"        {line}" for line in _choices(waiter, on_answer, again, error=False)]
    lines += ["    count += 1", f"    if count >= {attempts}:"]
    lines += [f"        raise failed({'reason' if again else repr(_TIMES_OUT)})", f"    sleep({delay})"]
    return "\n".join(lines)


def _is_for(acceptor: Mapping[str, Any], *, error: bool) -> bool:
    """Whether an acceptor may match an error, or an answer."""
    match acceptor["matcher"]:
        case "status":
            return True
        case "error":
            return (acceptor["expected"] is False) != error
        case _:
            return not error


def _choices(waiter: Waiter, chosen: list[int], again: bool, *, error: bool) -> list[str]:
    """What happens on an answer, or on an error: the first acceptor that matches counts."""
    lines: list[str] = []
    word = "if"
    for number, index in enumerate(chosen, 1):
        acceptor = waiter.acceptors[index]
        explained = _explanation(acceptor)
        lines.append(f"{word} {_condition(waiter, index, True) if error else f'found == {number}'}:")
        word = "elif"
        match acceptor["state"]:
            case "success":
                lines.append("    return None")
            case "failure":
                lines.append(f"    raise failed({f'Waiter encountered a terminal failure state: {explained}'!r})")
            case _:
                lines.append(f"    reason = {f'{_TIMES_OUT}. Previously accepted state: {explained}'!r}")
    rest: list[str] = []
    if error:
        rest = [
            "raise failed(f\"An error occurred ({error.response['Error']['Code']}): {error.response['Error']['Message']}\")"
        ]
    elif again:
        # botocore names the acceptor that it looked at last.
        last = _explanation(waiter.acceptors[-1])
        rest = [f"if reason != {_TIMES_OUT!r}:", f"    reason = {f'{_TIMES_OUT}. Previously accepted state: {last}'!r}"]
    if not lines:
        return rest or ["pass"]
    return [*lines, "else:", *(f"    {line}" for line in rest)] if rest else lines


def _condition(waiter: Waiter, index: int, error: bool) -> str:
    acceptor = waiter.acceptors[index]
    expected = acceptor["expected"]
    match acceptor["matcher"]:
        case "status" if error:
            return f"status_of(error) == {expected!r}"
        case "status":
            return f"{waiter.operation.success_status} == {expected!r}"
        case "error" if isinstance(expected, str):
            return f"error.response['Error']['Code'] == {expected!r}"
        case "error":
            return "True"
        case _:
            return f"matches(answer, {index})"


def _explanation(acceptor: Mapping[str, Any]) -> str:
    """`AcceptorConfig.explanation` of botocore."""
    argument, expected = acceptor.get("argument"), acceptor["expected"]
    return {
        "path": f'For expression "{argument}" we matched expected path: "{expected}"',
        "pathAll": f'For expression "{argument}" all members matched expected path: "{expected}"',
        "pathAny": f'For expression "{argument}" we matched expected path: "{expected}" at least once',
        "status": f"Matched expected HTTP status code: {expected}",
        "error": f"Matched expected service error code: {expected}",
    }[acceptor["matcher"]]


def _matches(cx: Context, waiter: Waiter, args: tuple[Value, ...], node: ast.AST) -> Value:
    answer, index = args
    assert isinstance(index, Const) and isinstance(index.value, int) and waiter.operation.output is not None
    acceptor = waiter.acceptors[index.value]
    constant = test_text(
        waiter.operation.output, BOTO3, acceptor["matcher"], acceptor["argument"], acceptor["expected"]
    )
    data = as_data(cx, answer, node)
    return Prim(op="service.matches", args=(data, Const(value=constant, type=STR)), type=BOOL, span=cx.span(node))


def _status_of(cx: Context, args: tuple[Value, ...], node: ast.AST) -> Value:
    return ExcField(exc=as_data(cx, args[0], node), field_="status", type=INT, span=cx.span(node))


def _failed(cx: Context, waiter: Waiter, args: tuple[Value, ...], node: ast.AST) -> Value:
    """A `WaiterError`; its text is that of botocore."""
    reason = as_data(cx, args[0], node)
    before = Const(value=f"Waiter {waiter.name} failed: ", type=STR, span=cx.span(node))
    text = lib.join_text(cx, [before, reason], node)
    name = Const(value=_WAITER_ERROR, type=STR)
    return NewExc(name=name, message=text, args=(text,), type=ExcT(frozenset({_WAITER_ERROR})), span=cx.span(node))

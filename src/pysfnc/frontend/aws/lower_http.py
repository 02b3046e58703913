"""Requests of `pysfnc.http`: HTTP Tasks.

Owns the arguments and the retriers. Answers are `lower_response`; what a request means under CPython is `lang.http`.

Facts: "Call HTTPS APIs in Step Functions workflows" of the AWS guide: a connection is required, the errors are `States.Http.StatusCode.N` and
`States.Http.Socket`.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.lower_children import as_json_text
from pysfnc.frontend.aws.lower_response import RESPONSE
from pysfnc.frontend.calls.lower_arguments import Arguments, Signature, bind
from pysfnc.frontend.calls.lower_functions import seconds
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import External, Value
from pysfnc.frontend.core.whole import check_no_text, check_whole
from pysfnc.frontend.declarations.exceptions import HTTP_ERROR, METHODS
from pysfnc.frontend.program.model import TaskOptions
from pysfnc.ir.exprs import Cond, Const, Expr, Prim, Var
from pysfnc.ir.hir import ErrorReading, Perform, RetryRule, ServiceCall
from pysfnc.lang.http import is_refused
from pysfnc.values.relations import kinds, members, others_of
from pysfnc.values.types import JSON, STR, DictT, Kind, NeverT, Type

RESOURCE: Final = "arn:aws:states:::http:invoke"
_MODULE: Final = "pysfnc.http."
_SOCKET: Final = "States.Http.Socket"
_STATUS: Final = "States.Http.StatusCode."
_TASK_FAILED: Final = "States.TaskFailed"
_TIMEOUTS: Final = ("States.Timeout", "States.HeartbeatTimeout")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OPTIONS: Final = ("params", "json", "headers", "connection", "auth")
_NO_OPTIONS: Final = TaskOptions()
_NEVER_AGAIN: Final = RetryRule(
    names=(_SOCKET,), interval_s=1, max_attempts=0, backoff=1.0, max_delay_s=None, jitter=False
)


def is_request(callee: Value) -> bool:
    """Whether something is a function of `pysfnc.http`."""
    return isinstance(callee, External) and callee.name in _NAMES


_NAMES: Final = frozenset(f"{_MODULE}{method}" for method in METHODS)


def without_auth(node: ast.Call) -> ast.Call:
    """The call as a machine makes it: there the connection adds the credentials, and `auth` is not looked at."""
    kept = [keyword for keyword in node.keywords if keyword.arg != "auth"]
    return ast.copy_location(ast.Call(node.func, node.args, kept), node)


def call_request(
    cx: Context, callee: External, given: Arguments, node: ast.expr, options: TaskOptions = _NO_OPTIONS
) -> Value:
    """`http.get(url, ...)` and the other methods."""
    method = callee.name.removeprefix(_MODULE)
    signature = Signature(method, ("url",), frozenset(), _OPTIONS, None, None, frozenset(_OPTIONS))
    values = bind(cx, signature, given, node)
    span = cx.span(node)
    if values is None:
        return poison(span)
    data = {name: as_data(cx, value, node) for name, value in values.items() if name != "auth"}
    if any(map(is_poison, data.values())):
        return poison(span)
    arguments = _arguments(cx, method, data, node)
    if is_poison(arguments) or not _options_fit(cx, options, node):
        return poison(span)
    effect = ServiceCall(
        resource=RESOURCE,
        arguments=arguments,
        title=f"{method} {_host(data['url'])}".rstrip(),
        retry=_rules(options.retry or ()),
        timeout_s=seconds(options.timeout_s),
        errors=ErrorReading(form="http", decoded=True),
        result=DictT(JSON),
    )
    target = cx.names.fresh(method)
    cx.emit(Perform(effect=effect, target=target, span=span))
    return Var(name=target, type=RESPONSE, span=span)


def _options_fit(cx: Context, options: TaskOptions, node: ast.expr) -> bool:
    wrong = "role" if options.role is not None else "heartbeat" if options.heartbeat_s is not None else None
    if wrong is not None:
        cx.error(codes.UNSUPPORTED_CALL, node, f"an HTTP Task has no option `{wrong}`")
    return wrong is None


def _host(url: Expr) -> str:
    text = url.value if isinstance(url, Const) and isinstance(url.value, str) else ""
    return urlsplit(text).hostname or "" if "${" not in text else ""


# Arguments


def _arguments(cx: Context, method: str, data: dict[str, Expr], node: ast.expr) -> Expr:
    """The arguments of the task; of type `ErrorT` after a message."""
    given = {name: value for name, value in data.items() if kinds(value.type) != {Kind.NONE}}
    if not _url_fits(cx, data["url"], node):
        return poison(cx.span(node))
    if "connection" not in given:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "an HTTP Task calls endpoints only through an EventBridge connection",
            help='write instead: `connection="arn:aws:events:..."`, or `connection=os.environ["CONNECTION_ARN"]`',
        )
    if not _is_text(cx, given["connection"], "connection", node):
        return poison(cx.span(node))
    made: dict[str, Expr] = {
        "ApiEndpoint": given["url"],
        "Method": _text(cx, method.upper(), node),
        "Authentication": _dict(cx, {"ConnectionArn": given["connection"]}, node),
    }
    for name, field, reader in (("params", "QueryParameters", _params), ("headers", "Headers", _headers)):
        if name in given:
            value = reader(cx, given[name], node)
            if is_poison(value):
                return value
            made[field] = value
    return _with_body(cx, made, given["json"], node) if "json" in given else _dict(cx, made, node)


def _url_fits(cx: Context, url: Expr, node: ast.expr) -> bool:
    if not _is_text(cx, url, "url", node):
        return False
    if not isinstance(url, Const):
        return True
    parts = urlsplit(str(url.value))
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        return True
    _wrong(cx, node, "the url must begin with https://, which raises ValueError otherwise")
    return False


def _is_text(cx: Context, value: Expr, name: str, node: ast.expr) -> bool:
    found = kinds(value.type)
    if found == {Kind.STR} or isinstance(value.type, NeverT):
        return True
    if Kind.STR in found:
        _needed(cx, node, f"`{name}` is a str, and the value is of type `{value.type}`", "`str(...)` around it")
    else:
        _wrong(cx, node, f"`{name}` is a str, and the value is of type `{value.type}`")
    return False


def _params(cx: Context, value: Expr, node: ast.expr) -> Expr:
    """Query parameters, whose values are texts in a definition."""
    if isinstance(value, Prim) and value.op == "dict.make":
        keys, items = value.args[::2], value.args[1::2]
        if all(kinds(item.type) in ({Kind.STR}, {Kind.INT}) for item in items):
            texts = [item if item.type == STR else lib.to_str(cx, item, node) for item in items]
            return lib.make_dict(cx, list(zip(keys, texts, strict=True)), node)
    if kinds(value.type) == {Kind.DICT} and kinds(lib.value_type(value.type)) <= {Kind.STR}:
        return value
    return _needed(
        cx,
        node,
        f"the values of `params` are str or int, and `params` is of type `{value.type}`",
        "a dict display with `str(...)` around the values",
    )


def _headers(cx: Context, value: Expr, node: ast.expr) -> Expr:
    names = list(_names_of(value.type))
    if kinds(value.type) != {Kind.DICT} or kinds(lib.value_type(value.type)) - {Kind.STR}:
        return _needed(
            cx,
            node,
            f"`headers` is a dict of str, and the value is of type `{value.type}`",
            "a dict display with `str(...)` around the values",
        )
    if None in names:
        return _needed(
            cx,
            node,
            "the names of headers must be known when compiling",
            "a dict display",
        )
    refused = next((name for name in names if name is not None and is_refused(name)), None)
    if refused is None:
        return value
    return _wrong(cx, node, f"the header {refused!r} is set by AWS or by the connection, which raises ValueError")


def _names_of(type_: Type) -> Iterator[str | None]:
    """The keys of the dicts of a type; None where there may be others."""
    for member in members(type_):
        if isinstance(member, DictT):
            yield from (field.name for field in member.fields)
            if not isinstance(others_of(member), NeverT):
                yield None


def _with_body(cx: Context, made: dict[str, Expr], body: Expr, node: ast.expr) -> Expr:
    where = body.span or node
    if not check_no_text(cx, body, where) or not check_whole(cx, body, where):
        return poison(cx.span(node))
    span = cx.span(node)
    headers = made.get("Headers")
    if Kind.NONE not in kinds(body.type):
        made["Headers"] = _with_content_type(cx, headers, node)
        made["RequestBody"] = as_json_text(cx, body, frozenset({Kind.STR}), node)
        return _dict(cx, made, node)
    body = cx.atom(body, "body")
    there = lib.as_kind(body, kinds(body.type) - {Kind.NONE})
    more = {
        "Headers": _with_content_type(cx, headers, node),
        "RequestBody": as_json_text(cx, there, frozenset({Kind.STR}), node),
    }
    without = lib.has_kind(cx, body, frozenset({Kind.NONE}), node)
    part = Cond(test=without, then=_dict(cx, {}, node), orelse=_dict(cx, more, node), type=DictT(JSON), span=span)
    return lib.merge_dicts(cx, _dict(cx, made, node), part, node)


def _with_content_type(cx: Context, headers: Expr | None, node: ast.expr) -> Expr:
    own = {"Content-Type": _text(cx, "application/json", node)}
    if headers is None:
        return _dict(cx, own, node)
    if any(name is not None and name.lower() == "content-type" for name in _names_of(headers.type)):
        return headers
    if isinstance(headers, Prim) and headers.op == "dict.make":
        pairs = list(zip(headers.args[::2], headers.args[1::2], strict=True))
        return lib.make_dict(cx, [*pairs, *((_text(cx, name, node), value) for name, value in own.items())], node)
    return lib.merge_dicts(cx, headers, _dict(cx, own, node), node)


def _text(cx: Context, value: str, node: ast.expr) -> Const:
    return Const(value=value, type=STR, span=cx.span(node))


def _dict(cx: Context, items: Mapping[str, Expr], node: ast.expr) -> Expr:
    return lib.make_dict(cx, [(_text(cx, name, node), value) for name, value in items.items()], node)


def _wrong(cx: Context, node: ast.expr, message: str) -> Expr:
    return cx.error(codes.TYPE_MISMATCH, node, message)


def _needed(cx: Context, node: ast.expr, message: str, write: str) -> Expr:
    return cx.error(codes.TYPE_NEEDED, node, message, help=f"write instead: {write}")


def _refused(cx: Context, node: ast.expr, message: str, write: str) -> Expr:
    return cx.error(codes.UNSUPPORTED_CALL, node, message, help=write)


# Retriers


def _rules(rules: Sequence[RetryRule]) -> tuple[RetryRule, ...]:
    """Retriers in the error names of HTTP Tasks.

    No name stands for all statuses: a retrier for `HTTPError` is one for `States.TaskFailed`, and whatever else that covers is decided before it.
    """
    made: list[RetryRule] = []
    open_names = {_SOCKET, *_TIMEOUTS}
    statuses_open = True
    for index, rule in enumerate(rules):
        if rule.names is None:
            # States.ALL, for whatever the retriers before it left.
            made.append(rule)
            break
        names = list(_own_names(rule.names))
        others = [name for name in names if name in open_names]
        if HTTP_ERROR in rule.names and statuses_open:
            statuses_open = False
            if _SOCKET in open_names and _SOCKET not in others:
                made.append(_before(rules[index + 1 :], open_names - set(others)))
                open_names -= set(made[-1].names or ())
            made.append(replace(rule, names=(_TASK_FAILED, *(name for name in others if name != _SOCKET))))
        elif statuses_open or others:
            made.append(replace(rule, names=tuple(names if statuses_open else others)))
        open_names -= set(others)
    return tuple(rule for rule in made if rule.names is None or rule.names)


def _before(later: Iterable[RetryRule], open_names: set[str]) -> RetryRule:
    """The retrier for endpoints that do not answer among these, as it is when every status is taken care of."""
    for rule in later:
        names = tuple(_own_names(rule.names)) if rule.names is not None else (_SOCKET, *_TIMEOUTS)
        if _SOCKET in names:
            return replace(rule, names=tuple(name for name in names if name in open_names))
    return _NEVER_AGAIN


def _own_names(names: Iterable[str]) -> Iterator[str]:
    """The names that an HTTP Task may fail with, of those that a retrier names."""
    for name in dict.fromkeys(names):
        if name == "ConnectionError":
            yield _SOCKET
        elif name == _TASK_FAILED:
            yield from (_SOCKET, name)
        elif name in _TIMEOUTS or name.startswith(_STATUS):
            yield name

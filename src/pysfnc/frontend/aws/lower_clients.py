"""Clients of boto3: making them, and what their attributes are.

Owns the rules which clients a machine can stand for: it calls services in its own account and region, with the role that it runs with. Calls of
their methods are `lower_operations`.
"""

import ast
from collections.abc import Callable
from typing import Final

from pysfnc.aws.data import BotocoreMissing, UnknownService
from pysfnc.aws.services import Service, service
from pysfnc.diagnostics import codes, nearest
from pysfnc.frontend.aws.aws_values import Client, ClientExceptions, ClientMethod, Resource, Session
from pysfnc.frontend.aws.integrations import error_classes
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import is_poison
from pysfnc.frontend.core.lower_values import ExceptionClass, External, Static, StaticMethod, Value
from pysfnc.frontend.declarations.exceptions import number_errors
from pysfnc.ir.exprs import Const, Expr
from pysfnc.values.types import STR

_REGION: Final = "region_name"
_CONFIG: Final = "the configuration of a client"
_TRANSPORT: Final = frozenset({"use_ssl", "verify", "aws_session_token", "api_version"})
_CREDENTIALS: Final = frozenset({"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "profile_name"})
_OWN_CODE: Final = {
    "upload_file": "`put_object`",
    "download_file": "`get_object`",
    "upload_fileobj": "`put_object`",
    "download_fileobj": "`get_object`",
    "copy": "`copy_object`",
    "generate_presigned_url": "",
    "generate_presigned_post": "",
    "can_paginate": "",
}
"""Methods of clients that are code of boto3 and not one call, with the call that does the same for small objects."""


def call_boto3(cx: Context, name: str, node: ast.Call) -> Value:
    """A call of something of boto3: `boto3.client("s3")`, `boto3.Session()`."""
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    if name in ("boto3.client", "boto3.DEFAULT_SESSION.client"):
        return make_client(cx, given, node)
    if name == "boto3.resource":
        return make_resource(cx, given, node)
    return _session(cx, given, node)


def _session(cx: Context, given: Arguments, node: ast.Call) -> Value:
    if given.positional:
        return cx.error(codes.TYPE_MISMATCH, node, "`Session` gets its options by name in compiled code")
    return Session() if _options_fit(cx, given, node) else poison(cx.span(node))


def make_client(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`boto3.client(service_name, ...)`, or the same of a session."""
    names = ("service_name", "region_name")
    named = {**dict(zip(names, given.positional, strict=False)), **given.keyword_map()}
    if len(given.positional) > len(names):
        return cx.error(codes.TYPE_MISMATCH, node, "a client gets its options by name in compiled code")
    wanted = named.pop("service_name", None)
    if wanted is None:
        return cx.error(codes.TYPE_MISMATCH, node, "`client()` misses its argument `service_name`")
    rest = Arguments((), tuple(named.items()), ())
    if not _options_fit(cx, rest, node) or is_poison(wanted):
        return poison(cx.span(node))
    if not (isinstance(wanted, Const) and isinstance(wanted.value, str)):
        return cx.error(
            codes.NOT_CONSTANT,
            node,
            "the service of a client must be known when compiling",
            help='write instead: its name as a constant, `boto3.client("dynamodb")`',
        )
    found = find_service(cx, wanted.value, node)
    return poison(cx.span(node)) if found is None else Client(found.name)


def _config(cx: Context, node: ast.Call) -> Value:
    """`botocore.config.Config(...)`: how boto3 connects and tries again, which is Step Functions' business in a machine."""
    given = lower_arguments(cx, node)
    if given is None:
        return poison(cx.span(node))
    region = Arguments((), tuple(pair for pair in given.keywords if pair[0] == _REGION), ())
    return External(_CONFIG) if _options_fit(cx, region, node) else poison(cx.span(node))


def make_resource(cx: Context, given: Arguments, node: ast.expr) -> Value:
    """`boto3.resource("dynamodb", ...)`, or the same of a session."""
    made = make_client(cx, given, node)
    if not isinstance(made, Client) or made.service == "dynamodb":
        cx.project.add_exceptions("decimal", number_errors)
        return Resource() if isinstance(made, Client) else made
    from pysfnc.frontend.aws.lower_boto3_resources import resource_of

    return resource_of(cx, made.service, node)


def find_service(cx: Context, name: str, node: ast.AST) -> Service | None:
    """The service of a client, whose exception classes the program knows from now on; None after a message."""
    try:
        found = service(name)
    except UnknownService as unknown:
        cx.error(
            codes.UNKNOWN_OPERATION,
            node,
            f"boto3 has no service `{name}`",
            notes=[f"a service `{unknown.nearest}` exists"] if unknown.nearest else (),
        )
        return None
    except BotocoreMissing as missing:
        cx.error(codes.MODULE_NOT_FOUND, node, "botocore, which describes AWS, is not installed", notes=[str(missing)])
        return None
    cx.project.add_service(found.name, lambda: error_classes(found))
    return found


def _options_fit(cx: Context, given: Arguments, node: ast.AST) -> bool:
    for name, value in given.keywords:
        if isinstance(value, Const) and value.value is None:
            continue
        if name == _REGION:
            if isinstance(value, Static) or not _is_own_region(value):
                _differs(cx, node, "a machine calls services in its own region", "the client without `region_name`")
                return False
        elif name in _CREDENTIALS:
            advice = "the client without credentials, and `with_options(method, role=...)` for another role"
            _differs(cx, node, "a machine calls services with its own role", advice)
            return False
        elif name == "endpoint_url":
            _differs(cx, node, "a machine calls services at the endpoints of AWS", "the client without `endpoint_url`")
            return False
        elif name == "config":
            cx.journal.notes.append((cx.span(node), "`config` of the client is left out: Step Functions has its own"))
        elif name not in _TRANSPORT:
            cx.error(codes.TYPE_MISMATCH, node, f"boto3 has no option `{name}` for clients")
            return False
    return True


def _differs(cx: Context, node: ast.AST, message: str, advice: str) -> None:
    cx.error(codes.AWS_DIFFERENCE, node, message, help=f"write instead: {advice}, or a `@task` that makes the call")


def _is_own_region(value: Expr) -> bool:
    """Whether the region is read from where Lambda has that of the machine."""
    names = {part.value for part in getattr(value, "args", ()) if isinstance(part, Const)}
    return bool(names & {"AWS_REGION", "AWS_DEFAULT_REGION"})


# Attributes


def client_attribute(cx: Context, base: Session | Client | ClientExceptions, name: str, node: ast.AST) -> Value:
    """An attribute of a session, a client or its exceptions."""
    match base:
        case Session():
            return _session_attribute(cx, name, node)
        case Client(service_name):
            return _attribute(cx, service(service_name), name, node)
        case ClientExceptions(service_name):
            return _exception(cx, service(service_name), name, node)


def _session_attribute(cx: Context, name: str, node: ast.AST) -> Value:
    if name in ("client", "resource"):
        return StaticMethod(Session(), name)
    return cx.error(codes.UNSUPPORTED_EXPRESSION, node, f"`{name}` of a session has no compiled form")


def _attribute(cx: Context, found: Service, name: str, node: ast.AST) -> Value:
    if name == "exceptions":
        return ClientExceptions(found.name)
    if name in found.methods or name in ("get_paginator", "get_waiter"):
        return ClientMethod(found.name, name)
    if name in _OWN_CODE and (name != "copy" or found.name == "s3"):
        other = _OWN_CODE[name]
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{name}` of a client is no single call of the service",
            help=f"write instead: {f'{other}, or ' if other else ''}a function marked `@task` that calls it",
        )
    close = nearest(name, found.methods)
    return cx.error(
        codes.UNKNOWN_OPERATION,
        node,
        f"boto3's client of `{found.name}` has no method `{name}`",
        notes=[f"it has `{close}`"] if close else (),
    )


def _exception(cx: Context, found: Service, name: str, node: ast.AST) -> Value:
    if name == "ClientError":
        return ExceptionClass(name, None, "own")
    error = found.errors.get(name)
    if error is not None:
        return ExceptionClass(error.asl_name, None, "own")
    close = nearest(name, found.errors)
    return cx.error(
        codes.UNKNOWN_EXCEPTION_CLASS,
        node,
        f"the client of `{found.name}` has no exception class `{name}`",
        notes=[f"it has `{close}`"] if close else (),
        help="write instead: `botocore.exceptions.ClientError`, which every error of AWS is",
    )


_Called = Callable[[Context, ast.Call], Value]


def _calling(name: str) -> _Called:
    return lambda cx, node: call_boto3(cx, name, node)


BOTO3_CALLS: Final[dict[str, _Called]] = {
    name: _calling(name) for name in ("boto3.client", "boto3.resource", "boto3.Session", "boto3.session.Session")
} | dict.fromkeys(("botocore.config.Config", "botocore.client.Config"), _config)
"""What of boto3 and botocore can be called, by its dotted name."""


def constant_text(value: Value) -> str | None:
    """The text of a constant, None of anything else."""
    return value.value if isinstance(value, Const) and isinstance(value.value, str) and value.type == STR else None

"""HTTP Tasks: `http:invoke`.

Owns: the request that a task describes, and what the answer becomes. Requests go out for real; what an EventBridge connection adds on AWS is
given by the caller.

Facts: "Call HTTPS APIs in Step Functions workflows" of the AWS guide: arguments, refused headers, 60 seconds, contents that
are no text. Redirects, and the causes of failures, are not described there: a redirect counts as a failure here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, urlencode, urlsplit

from pysfnc.asl.names import RUNTIME
from pysfnc.engine.errors import EngineError, TaskFailure, TaskTimedOut
from pysfnc.engine.scheduler import Done
from pysfnc.engine.tasks import TaskCall, TaskService
from pysfnc.engine.values import encode

SOCKET_ERROR: Final = "States.Http.Socket"
STATUS_ERROR: Final = "States.Http.StatusCode."
_LIMIT_S: Final = 60.0
_METHODS: Final = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"})
_FIELDS: Final = frozenset(
    {
        "ApiEndpoint",
        "Authentication",
        "Headers",
        "InvocationConfig",
        "Method",
        "QueryParameters",
        "RequestBody",
        "Transform",
    }
)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_REFUSED: Final = frozenset(
    {"a-im", "accept-charset", "accept-datetime", "accept-encoding", "authorization", "cache-control", "connection"}
    | {"content-encoding", "content-md5", "date", "expect", "forwarded", "from", "host", "http2-settings", "if-match"}
    | {"if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "max-forwards", "origin", "pragma"}
    | {"proxy-authorization", "referer", "server", "te", "trailer", "transfer-encoding", "upgrade", "via", "warning"}
)
_REFUSED_PREFIXES: Final = ("x-forwarded-", "x-amz-", "x-amzn-")
_NOT_TEXT: Final = ("image/", "video/", "audio/", "application/octet-stream")


class HttpService:
    """A `TaskService` for HTTP Tasks; everything else goes to `others`.

    connections: ARN of an EventBridge connection -> headers that it adds. One without an entry adds nothing.
    """

    blocking = True

    def __init__(
        self, others: TaskService | None = None, *, connections: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        self._others = others
        self._connections = connections or {}

    def call(self, call: TaskCall) -> object:
        """See `TaskService.call`."""
        if call.service == "http" and call.action == "invoke" and not call.pattern:
            return self._invoke(call)
        if self._others is None:
            raise EngineError(f"state '{call.state_name}': no service answers {call.resource} in this run")
        return self._others.call(call)

    def _invoke(self, call: TaskCall) -> Done:
        request = _Request.of(call.arguments)
        request.headers.update(self._connections.get(request.connection, {}))
        limit_s = min(call.timeout_s or _LIMIT_S, _LIMIT_S)
        try:
            return Done(request.answer(limit_s))
        except TimeoutError:
            if call.timeout_s is not None and call.timeout_s < _LIMIT_S:
                raise TaskTimedOut from None
            raise TaskFailure(SOCKET_ERROR, "the endpoint did not answer within 60 seconds") from None
        except (OSError, HTTPException) as error:
            raise TaskFailure(SOCKET_ERROR, f"no connection to the endpoint: {error}") from None


@dataclass(slots=True)
class _Request:
    """One checked request."""

    method: str
    url: SplitResult
    connection: str
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    body: bytes | None = None

    @classmethod
    def of(cls, arguments: object) -> "_Request":
        """Read the arguments of a task. Raises `TaskFailure` for those that the task refuses before the call."""
        given = arguments if isinstance(arguments, dict) else {}
        faults = [f'The field "{name}" is not supported by Step Functions' for name in given if name not in _FIELDS]
        url = urlsplit(str(given.get("ApiEndpoint", "")))
        if not url.hostname or (url.scheme != "https" and not (url.scheme == "http" and url.hostname in _LOOPBACK)):
            faults.append("The value of the field 'ApiEndpoint' has an invalid format")
        if given.get("Method") not in _METHODS:
            faults.append("The value of the field 'Method' has an invalid format")
        arn = _connection(given)
        if arn is None:
            faults.append("The field 'ConnectionArn' is required but was missing")
        headers = given.get("Headers") or {}
        if not isinstance(headers, dict) or any(map(_is_refused, headers)):
            faults.append("The value of the field 'Headers' has an invalid format")
        if faults or arn is None:
            raise TaskFailure(
                RUNTIME,
                f"The Parameters '{encode(arguments)}' could not be used to start the Task: [{', '.join(faults)}]",
            )
        made = cls(str(given["Method"]), url, arn, {str(name): _text(value) for name, value in headers.items()})
        made.query = _query(given.get("QueryParameters"))
        body = given.get("RequestBody")
        if body is not None:
            made.body = (body if isinstance(body, str) else encode(body)).encode()
            if "content-type" not in map(str.lower, made.headers):
                made.headers["Content-Type"] = "application/json"
        return made

    def answer(self, limit_s: float) -> dict[str, object]:
        """Send it and read the answer. Raises `TaskFailure` for a status other than 2xx."""
        kind = HTTPSConnection if self.url.scheme == "https" else HTTPConnection
        line = kind(str(self.url.hostname), self.url.port, timeout=limit_s)
        query = "&".join(part for part in (self.url.query, self.query) if part)
        path = self.url.path or "/"
        try:
            line.request(self.method, f"{path}?{query}" if query else path, body=self.body, headers=self.headers)
            reply = line.getresponse()
            content = reply.read()
        finally:
            line.close()
        if not 200 <= reply.status < 300:
            raise TaskFailure(f"{STATUS_ERROR}{reply.status}", reply.reason)
        headers: dict[str, list[str]] = {}
        for name, value in reply.getheaders():
            headers.setdefault(name, []).append(value)
        return {
            "Headers": headers,
            "ResponseBody": _body(content, reply.headers),
            "StatusCode": reply.status,
            "StatusText": reply.reason,
        }


def _connection(given: Mapping[str, object]) -> str | None:
    for name in ("Authentication", "InvocationConfig"):
        config = given.get(name)
        if isinstance(config, dict) and isinstance(config.get("ConnectionArn"), str):
            return str(config["ConnectionArn"])
    return None


def _is_refused(header: object) -> bool:
    lower = str(header).lower()
    return lower in _REFUSED or lower.startswith(_REFUSED_PREFIXES)


def _query(given: object) -> str:
    if not isinstance(given, dict):
        return ""
    pairs = [
        (name, value) for name, values in given.items() for value in (values if isinstance(values, list) else [values])
    ]
    return urlencode([(name, _text(value)) for name, value in pairs])


def _text(value: object) -> str:
    return value if isinstance(value, str) else encode(value)


def _body(content: bytes, headers: HTTPMessage) -> object:
    """The value of JSON, else the text."""
    kind = headers.get_content_type()
    if kind.startswith(_NOT_TEXT):
        raise TaskFailure(
            RUNTIME, f"The response of the HTTP endpoint has the content type {kind}, which is not supported"
        )
    text = content.decode(str(headers.get_content_charset("utf-8")), "replace")
    if kind != "application/json" and not kind.endswith("+json"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text

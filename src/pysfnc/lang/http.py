"""HTTP requests: `http.get`, `post`, `put`, `patch` and `delete`, as the HTTP Task of Step Functions makes them.

Under CPython a request goes out for real, with the standard library. In a machine it is an HTTP Task, which calls https endpoints through an
EventBridge connection; the connection adds the credentials there, `auth=` does here. What the task cannot do is refused here too: other
schemes (plain http only on this machine), headers that AWS keeps for itself. Redirects are not followed.

Facts: "Call HTTPS APIs in Step Functions workflows" of the AWS guide (headers, 60 seconds, JSON answers).
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from pysfnc.lang.options import Frozen

Auth: TypeAlias = "tuple[str, str] | Mapping[str, str] | None"

TIMEOUT_S: Final = 60.0
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
REFUSED_HEADERS: Final = frozenset(
    {"a-im", "accept-charset", "accept-datetime", "accept-encoding", "authorization", "cache-control", "connection"}
    | {"content-encoding", "content-md5", "date", "expect", "forwarded", "from", "host", "http2-settings", "if-match"}
    | {"if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "max-forwards", "origin", "pragma"}
    | {"proxy-authorization", "referer", "server", "te", "trailer", "transfer-encoding", "upgrade", "via", "warning"}
)
REFUSED_PREFIXES: Final = ("x-forwarded-", "x-amz-", "x-amzn-")


class HTTPError(Exception):
    """The endpoint answered with a status that is not 2xx. `status_code` is the status."""

    def __init__(self, status_code: int) -> None:
        super().__init__(status_code)
        self.status_code = status_code

    def __str__(self) -> str:
        return f"HTTP status {self.status_code}"


class Response(Frozen):
    """An answer: `status_code`, `headers` (names in lower case), `text`, and `json()`.

    The text of a JSON answer is its compact form, since a machine gets the value and not the text.
    """

    __slots__ = ("_body", "headers", "status_code")
    status_code: int
    headers: dict[str, str]
    _body: Any

    def __init__(self, status_code: int, headers: Mapping[str, str], body: Any) -> None:
        self._fill(status_code=status_code, headers=dict(headers), _body=body)

    @property
    def text(self) -> str:
        """The body as text."""
        import json

        if isinstance(self._body, str):
            return self._body
        return json.dumps(self._body, ensure_ascii=False, separators=(",", ":"))

    def json(self) -> Any:
        """The value of a JSON body.

        Raises:
            ValueError: the body is text, that is, its content type is not JSON.
        """
        import copy

        if isinstance(self._body, str):
            raise ValueError("the response is no JSON")
        return copy.deepcopy(self._body)

    def __repr__(self) -> str:
        return f"<Response [{self.status_code}]>"


def get(
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    connection: str | None = None,
    auth: Auth = None,
) -> Response:
    """Make a GET request; see `request`."""
    return request("GET", url, params=params, json=json, headers=headers, connection=connection, auth=auth)


def post(
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    connection: str | None = None,
    auth: Auth = None,
) -> Response:
    """Make a POST request; see `request`."""
    return request("POST", url, params=params, json=json, headers=headers, connection=connection, auth=auth)


def put(
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    connection: str | None = None,
    auth: Auth = None,
) -> Response:
    """Make a PUT request; see `request`."""
    return request("PUT", url, params=params, json=json, headers=headers, connection=connection, auth=auth)


def patch(
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    connection: str | None = None,
    auth: Auth = None,
) -> Response:
    """Make a PATCH request; see `request`."""
    return request("PATCH", url, params=params, json=json, headers=headers, connection=connection, auth=auth)


def delete(
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    connection: str | None = None,
    auth: Auth = None,
) -> Response:
    """Make a DELETE request; see `request`."""
    return request("DELETE", url, params=params, json=json, headers=headers, connection=connection, auth=auth)


def request(
    method: str,
    url: str,
    *,
    params: Mapping[str, str | int] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    connection: str | None = None,
    auth: Auth = None,
) -> Response:
    """Make a request.

    Args:
        method: GET, POST, PUT, PATCH or DELETE.
        url: an https URL, or a plain http one of this machine.
        params: parameters of the query, added to those of the URL.
        json: the body, sent as JSON; None for no body.
        headers: further headers.
        connection: ARN of the EventBridge connection that the machine uses; without meaning here.
        auth: what the connection adds in the machine: user name and password, or headers.

    Raises:
        HTTPError: the status of the answer is not 2xx.
        ConnectionError: there was no answer within 60 seconds.
        TypeError, ValueError: an argument cannot be used.
    """
    from pysfnc.lang.wire import encode_value

    target = _checked_url(url)
    sent = _checked_headers(headers)
    if json is not None and "content-type" not in map(str.lower, sent):
        sent["Content-Type"] = "application/json"
    sent |= _of_auth(auth)
    body = None if json is None else _json_bytes(encode_value(json, "json"))
    return _exchange(method, target, _query(params), sent, body)


def _checked_url(url: str) -> Any:
    from urllib.parse import urlsplit

    if not isinstance(url, str):
        raise TypeError(f"url must be str, not {type(url).__name__}")
    parts = urlsplit(url)
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise ValueError(f"url must begin with https://: {url!r}")
    return parts


def _checked_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    found = dict(headers or {})
    for name, value in found.items():
        both: tuple[object, object] = (name, value)
        if not all(isinstance(part, str) for part in both):
            raise TypeError("headers must be str")
        if is_refused(name):
            raise ValueError(f"the header {name!r} is set by AWS or by the connection")
    return found


def is_refused(header: str) -> bool:
    """Whether a program may not set a header."""
    lower = header.lower()
    return lower in REFUSED_HEADERS or lower.startswith(REFUSED_PREFIXES)


def _of_auth(auth: Auth) -> dict[str, str]:
    if auth is None:
        return {}
    if isinstance(auth, tuple):
        from base64 import b64encode

        user, password = auth
        return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")}
    return dict(auth)


def _query(params: Mapping[str, str | int] | None) -> str:
    from urllib.parse import urlencode

    for name, value in (params or {}).items():
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise TypeError(f"params[{name!r}] must be str or int, not {type(value).__name__}")
    return urlencode(params or {})


def _json_bytes(value: Any) -> bytes:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _exchange(method: str, target: Any, query: str, headers: dict[str, str], body: bytes | None) -> Response:
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    path = target.path or "/"
    whole_query = "&".join(part for part in (target.query, query) if part)
    kind = HTTPSConnection if target.scheme == "https" else HTTPConnection
    line = kind(target.hostname, target.port, timeout=TIMEOUT_S)
    try:
        line.request(method, f"{path}?{whole_query}" if whole_query else path, body=body, headers=headers)
        answer = line.getresponse()
        content = answer.read()
    except (OSError, HTTPException) as error:
        raise ConnectionError("the endpoint does not answer") from error
    finally:
        line.close()
    if not 200 <= answer.status < 300:
        raise HTTPError(answer.status)
    return Response(answer.status, _joined(answer.getheaders()), _read(content, answer.headers))


def _joined(headers: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        found[lower] = f"{found[lower]}, {value}" if lower in found else value
    return found


def _read(content: bytes, headers: Any) -> Any:
    """The value of a JSON body, the text of any other."""
    kind = headers.get_content_type()
    text = content.decode(headers.get_content_charset("utf-8"), "replace")
    if not (kind == "application/json" or kind.endswith("+json")):
        return text
    import json

    from pysfnc.lang.wire import encode_value

    try:
        # A machine tells no float from an int where the number is whole.
        return encode_value(json.loads(text, parse_constant=_no_constant), "the response")
    except json.JSONDecodeError:
        return text


def _no_constant(name: str) -> Any:
    import json

    raise json.JSONDecodeError("no JSON number", name, 0)

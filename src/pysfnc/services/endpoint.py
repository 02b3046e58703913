"""The endpoint that Lambda code and other programs reach a local run through.

Owns: a server on the loopback interface. What is asked of Step Functions about the run is answered by the run, so that
a task can answer a token or start an execution with boto3 as it would in the cloud; everything else goes where the
run's own calls of AWS go. Does not own: the answers (engine/step_functions.py, backends.py).

It speaks what boto3 speaks to AWS. A request says in its signature which service it is for.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Protocol

from pysfnc.aws import method_name
from pysfnc.engine import ApiError, EngineError, StepFunctionsApi
from pysfnc.services.backends import FAKE_CREDENTIALS, REGION, Answered, Backend

__all__ = ["Endpoint", "shared_endpoint"]

_TARGET: Final = "AWSStepFunctions."
_CREDENTIAL: Final = re.compile(r"Credential=[^/]+/[0-9]+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_MAX_BODY_BYTES: Final = 64 * 1024 * 1024


class Run(Protocol):
    """What the endpoint needs of a run."""

    api: StepFunctionsApi | None

    def backend(self) -> Backend:
        """The way to AWS."""


class Endpoint:
    """The server. Requests are answered for the runs that are attached, the latest first."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.endpoint = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, name="aws-endpoint", daemon=True).start()

    def environment(self) -> dict[str, str]:
        """Variables that make boto3 in another process, or in Lambda code here, come to this endpoint."""
        return {**FAKE_CREDENTIALS, "AWS_ENDPOINT_URL": self.url, "AWS_ENDPOINT_URL_SFN": self.url}

    @contextmanager
    def attached(self, run: Run) -> Iterator[None]:
        """Answer for a run inside the block."""
        self._runs.append(run)
        try:
            yield
        finally:
            self._runs.remove(run)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """The answer to a request: status, headers and body."""
        runs = list(reversed(self._runs))
        if not runs:
            return _error("ServiceUnavailable", "no execution is under way", 503)
        target = headers.get("X-Amz-Target", "")
        if target.startswith(_TARGET):
            found = _step_functions(runs, target.removeprefix(_TARGET), body)
            if found is not None:
                return found
        match = _CREDENTIAL.search(headers.get("Authorization", ""))
        service = match["service"] if match is not None else "s3"
        region = match["region"] if match is not None else REGION
        try:
            return runs[0].backend().forward(service, region, method, path, headers, body)
        except EngineError as error:
            return _error("NotImplemented", str(error), 501)


def _step_functions(runs: list[Run], operation: str, body: bytes) -> Answered | None:
    """The answer of a run, or None if none has anything to say."""
    try:
        arguments = json.loads(body or b"{}")
    except ValueError:
        return _error("SerializationException", "the body is no JSON", 400)
    method = method_name(operation)
    for run in runs:
        api = run.api
        if api is None or method not in api.operations:
            continue
        is_last = run is runs[-1]
        if not api.knows(arguments) and not (is_last and run.backend().is_mock):
            continue
        try:
            answer = api.call(method, arguments)
        except ApiError as error:
            return _error(error.code, error.message, 400)
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(answer, default=_seconds).encode()
    return None


def _seconds(value: Any) -> float:
    assert isinstance(value, datetime)
    return value.timestamp()


def _error(code: str, message: str, status: int) -> Answered:
    text = json.dumps({"__type": code, "message": message})
    return status, {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": code}, text.encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    endpoint: Endpoint


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = self._chunks()
        elif length > _MAX_BODY_BYTES:
            self.send_error(413)
            return
        else:
            body = self.rfile.read(length)
        status, headers, answer = self.server.endpoint.answer(
            self.command, self.path, _lower_case_free(self.headers), body
        )
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date"):
                self.send_header(name, str(value))
        said = {name.lower(): value for name, value in headers.items()}
        # The answer to HEAD has the length of what GET would answer.
        size = str(len(answer))
        self.send_header("Content-Length", said.get("content-length", size) if self.command == "HEAD" else size)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _handle  # noqa: N815 - names of the server

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
            if len(body) > _MAX_BODY_BYTES:
                break
        self.rfile.readline()
        return body

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the output is the program's."""


def _lower_case_free(headers: Any) -> dict[str, str]:
    """Headers under the names that are looked for here, however they were written."""
    known = {name.lower(): name for name in ("X-Amz-Target", "Authorization", "Host", "Content-Type")}
    return {known.get(name.lower(), name): value for name, value in headers.items()}


_shared: list[Endpoint] = []
_lock = threading.Lock()


def shared_endpoint() -> Endpoint:
    """The endpoint of this process, started when first asked for: Lambda workers outlive a run, and so must its address."""
    with _lock:
        if not _shared:
            _shared.append(Endpoint())
        return _shared[0]

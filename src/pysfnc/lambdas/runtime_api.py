"""The Lambda Runtime API for one worker, on a loopback port (AWS guide, "Using the Lambda runtime API").

Owns HTTP and nothing else: requests go in through `RuntimeApi.send`, what the runtime client says comes out of
`RuntimeApi.events`.
"""

import queue
import re
import sys
import threading
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

_VERSION: Final = "/2018-06-01/runtime"
_ANSWER_PATH: Final = re.compile(rf"{_VERSION}/invocation/([^/]+)/(response|error)")
_POLL_S: Final = 0.1


class Said(Enum):
    """What a runtime client, or the process around it, can say."""

    TAKEN = auto()
    RESPONSE = auto()
    ERROR = auto()
    INIT_ERROR = auto()
    EXIT = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """One message: `request_id` and `body` as far as it has them, the exit status for EXIT."""

    said: Said
    request_id: str = ""
    body: bytes = b""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """An invocation to hand to the client. `deadline_ms` is in milliseconds since the epoch."""

    request_id: str
    body: bytes
    deadline_ms: int
    function_arn: str


class RuntimeApi:
    """A server for one runtime client. `address` is what AWS_LAMBDA_RUNTIME_API must be."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_S,), daemon=True)
        self._thread.start()

    def send(self, request: Request) -> None:
        """Queue an invocation for the next poll of the client."""
        self._requests.put(request)

    def next_request(self) -> Request | None:
        """Wait for an invocation; None when the server closes."""
        request = self._requests.get()
        if request is not None:
            self.events.put(Event(Said.TAKEN, request.request_id))
        return request

    def close(self) -> None:
        """Stop serving; a client that polls gets its connection closed."""
        self._requests.put(None)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    api: RuntimeApi

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a worker that was killed in the middle of a request: the pool does that, and knows."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        if self.path == f"{_VERSION}/invocation/next":
            self._give_next()
        else:
            self._answer(404, {}, b"{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = _ANSWER_PATH.fullmatch(self.path)
        if answer is not None:
            said = Said.RESPONSE if answer[2] == "response" else Said.ERROR
            self.server.api.events.put(Event(said, answer[1], body))
            self._answer(202, {}, b"{}")
        elif self.path == f"{_VERSION}/init/error":
            self.server.api.events.put(Event(Said.INIT_ERROR, body=body))
            self._answer(202, {}, b"{}")
        else:
            self._answer(404, {}, b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the log of a run is that of its functions."""

    def _give_next(self) -> None:
        request = self.server.api.next_request()
        if request is None:
            self.close_connection = True
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request.request_id,
            "Lambda-Runtime-Deadline-Ms": str(request.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": request.function_arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-00000000-{request.request_id.replace('-', '')[:24]};Sampled=0",
        }
        self._answer(200, headers, request.body)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        lines = [f"HTTP/1.1 {status} {self.responses[status][0]}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
        try:
            # One write: two would wait for each other's acknowledgement.
            self.wfile.write(head.encode("latin-1") + body)
        except OSError:
            self.close_connection = True

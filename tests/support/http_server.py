"""A server of this machine that answers as a test says and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

__all__ = ["Asked", "HttpServer"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Answer:
    content: bytes
    status: int
    content_type: str
    headers: tuple[tuple[str, str], ...]
    delay_s: float


@dataclass(slots=True)
class HttpServer:
    """A context manager. The answers that a test gives come one after the other; after the last, it comes again."""

    requests: list[Asked] = field(default_factory=list)
    _answers: list[_Answer] = field(default_factory=list)
    _last: _Answer | None = None
    _server: ThreadingHTTPServer | None = None

    def answer(
        self,
        body: Any,
        *,
        status: int = 200,
        content_type: str = "application/json",
        headers: Sequence[tuple[str, str]] = (),
        delay_s: float = 0.0,
    ) -> None:
        """Add an answer: bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._answers.append(_Answer(content, status, content_type, tuple(headers), delay_s))

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}"

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        length = int(handler.headers.get("Content-Length", 0))
        body = handler.rfile.read(length).decode()
        self.requests.append(Asked(handler.command, handler.path, body, dict(handler.headers)))
        if self._answers:
            self._last = self._answers.pop(0)
        answer = self._last
        assert answer is not None, "the test gives no answer"
        time.sleep(answer.delay_s)
        handler.send_response(answer.status)
        for name, value in (("Content-Type", answer.content_type), *answer.headers):
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.content)))
        handler.end_headers()
        handler.wfile.write(answer.content)

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            setattr(Handler, f"do_{method}", lambda handler: server.respond(handler))

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that no longer waits is no fault."""

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

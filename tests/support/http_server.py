"""A server of this machine that answers as a test says and remembers what it was asked."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

__all__ = ["Asked", "HttpServer", "endpoint"]


_OF_TRANSPORT: Final = frozenset({"accept-encoding", "host", "content-length", "user-agent", "connection"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: str
    headers: dict[str, str]

    def told(self) -> str:
        """What the program said besides the path, in a canonical text."""
        own = {name.lower(): value for name, value in self.headers.items() if name.lower() not in _OF_TRANSPORT}
        return f"{self.body!r}, {sorted(own.items())}"


@dataclass(frozen=True, slots=True)
class _Answer:
    content: bytes
    status: int
    content_type: str
    headers: tuple[tuple[str, str], ...]
    delay_s: float


_NOT_FOUND: Final = _Answer(b"{}", 404, "application/json", (), 0.0)


@contextlib.contextmanager
def endpoint(lines: Sequence[str] | None) -> Iterator[tuple["HttpServer | None", dict[str, str]]]:
    """A server that answers as the lines of an `[http]` section say, and the environment variables that lead to it."""
    if lines is None:
        yield None, {}
        return
    with HttpServer() as server:
        for line in lines:
            method, path, status, body = line.split(" ", 3)
            kind, text = (
                ("text/plain", body.removeprefix("text:")) if body[:5] == "text:" else ("application/json", body)
            )
            answer = _Answer(text.encode(), int(status), kind, (), 0.0)
            server.routes.setdefault(f"{method} {path}", []).append(answer)
        yield server, {"API_URL": server.url}


@dataclass(slots=True)
class HttpServer:
    """A context manager. The answers that a test gives come one after the other; after the last, it comes again."""

    requests: list[Asked] = field(default_factory=list)
    routes: dict[str, list["_Answer"]] = field(default_factory=dict)
    """Answers by `METHOD /path`; without any, all requests get those of `answer`."""
    on_request: Callable[[Asked], None] | None = None
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
        asked = Asked(handler.command, handler.path, body, dict(handler.headers))
        self.requests.append(asked)
        if self.on_request is not None:
            self.on_request(asked)
        answer = self._answer_to(asked)
        time.sleep(answer.delay_s)
        handler.send_response(answer.status)
        for name, value in (("Content-Type", answer.content_type), *answer.headers):
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.content)))
        handler.end_headers()
        handler.wfile.write(answer.content)

    def _answer_to(self, asked: Asked) -> "_Answer":
        if self.routes:
            found = self.routes.get(f"{asked.method} {asked.path}", [_NOT_FOUND])
            return found.pop(0) if len(found) > 1 else found[0]
        if self._answers:
            self._last = self._answers.pop(0)
        assert self._last is not None, "the test gives no answer"
        return self._last

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

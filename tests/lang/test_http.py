"""`pysfnc.http` under CPython, against a server of this machine."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from pysfnc import HTTPError, Retry, http, with_options
from pysfnc.testing.sleeping import instant_sleep
from tests.support.http_server import HttpServer


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer() as found:
        yield found


def test_a_request_carries_what_it_is_given(server: HttpServer) -> None:
    server.answer({"ok": 1.0}, headers=(("X-Twice", "a"), ("X-Twice", "b")))
    answer = http.post(
        f"{server.url}/orders?a=1",
        params={"q": "é &", "n": 2},
        json={"id": 7, "name": "é"},
        headers={"X-Trace": "t"},
        connection="arn:aws:events:eu-west-1:1:connection/c/1",
        auth=("user", "secret"),
    )
    (asked,) = server.requests
    assert (asked.method, asked.path) == ("POST", "/orders?a=1&q=%C3%A9+%26&n=2")
    assert asked.body == '{"id":7,"name":"é"}'
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["X-Trace"] == "t"
    assert base64.b64decode(asked.headers["Authorization"].split()[1]) == b"user:secret"
    assert (answer.status_code, answer.json(), answer.text) == (200, {"ok": 1}, '{"ok":1}')
    assert type(answer.json()["ok"]) is int
    assert answer.headers["x-twice"] == "a, b"


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_each_method(server: HttpServer, method: str) -> None:
    server.answer([])
    assert getattr(http, method)(f"{server.url}", auth={"X-Key": "k"}).json() == []
    (asked,) = server.requests
    assert (asked.method, asked.path, asked.headers["X-Key"]) == (method.upper(), "/", "k")
    assert "Content-Type" not in asked.headers


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        ("é".encode("latin-1"), "text/plain; charset=latin-1", "é"),
        (b"", "application/json", ""),
        (b"[1", "application/json", "[1"),
        (b"[NaN]", "application/json", "[NaN]"),
        (b'"x"', "application/problem+json", "x"),
    ],
)
def test_text_is_no_json(server: HttpServer, content: bytes, kind: str, text: str) -> None:
    server.answer(content, content_type=kind)
    answer = http.get(f"{server.url}/")
    assert answer.text == text
    with pytest.raises(ValueError, match="the response is no JSON"):
        answer.json()


@pytest.mark.parametrize("status", [301, 404, 500])
def test_any_other_status_raises(server: HttpServer, status: int) -> None:
    server.answer({}, status=status)
    with pytest.raises(HTTPError, match=f"^HTTP status {status}$") as caught:
        http.get(f"{server.url}/")
    assert (caught.value.status_code, caught.value.args) == (status, (status,))


def test_nobody_there() -> None:
    with pytest.raises(ConnectionError, match="the endpoint does not answer"):
        http.get("http://127.0.0.1:9/")


def test_retries_by_class_and_by_the_name_of_the_status(server: HttpServer) -> None:
    with instant_sleep():
        for status in (503, 503, 200, 500):
            server.answer([], status=status)
        tried = with_options(http.get, retry=Retry(on=(HTTPError,), max_attempts=3))
        assert tried(f"{server.url}/flaky").json() == []
        with pytest.raises(HTTPError):
            with_options(http.get, retry=Retry(on=("States.Http.StatusCode.404",)))(server.url)
        assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"url": "http://example.com/"}, "url must begin with https://"),
        ({"url": "ftp://example.com/"}, "url must begin with https://"),
        ({"url": "https://"}, "url must begin with https://"),
        ({"url": "https://example.com", "headers": {"Authorization": "x"}}, "the header 'Authorization' is set by"),
        ({"url": "https://example.com", "headers": {"X-Amz-Date": "x"}}, "the header 'X-Amz-Date' is set by"),
    ],
)
def test_what_the_task_cannot_do_is_refused(arguments: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        http.get(arguments.pop("url"), **arguments)


def test_wrong_types() -> None:
    with pytest.raises(TypeError, match=r"params\['a'\] must be str or int, not bool"):
        http.get("https://example.com", params={"a": True})
    with pytest.raises(TypeError, match="headers must be str"):
        http.get("https://example.com", headers={"a": 1})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="json is set"):
        http.post("https://example.com", json={1})

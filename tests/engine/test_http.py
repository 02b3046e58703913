"""HTTP Tasks against a server of this machine."""

from collections.abc import Iterator
from typing import Any

import pytest

from pysfnc.engine import Machine
from pysfnc.engine.http import HttpService
from tests.support.http_server import HttpServer

CONNECTION = "arn:aws:events:eu-west-1:123456789012:connection/c/1"


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer() as found:
        yield found


def run(arguments: dict[str, Any], connections: dict[str, dict[str, str]] | None = None, **fields: Any) -> Any:
    task = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Arguments": arguments, "End": True, **fields}
    definition = {"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": task}}
    return Machine(definition).run({}, tasks=HttpService(connections=connections))


def arguments(url: str, **others: Any) -> dict[str, Any]:
    return {"ApiEndpoint": url, "Method": "GET", "Authentication": {"ConnectionArn": CONNECTION}, **others}


def test_the_request_is_what_the_arguments_say(server: HttpServer) -> None:
    server.answer({"ok": [1]}, headers=(("X-Twice", "a"), ("X-Twice", "b")))
    result = run(
        arguments(
            f"{server.url}/orders?a=1",
            Method="PUT",
            Headers={"X-Trace": "t"},
            QueryParameters={"q": "é &", "n": 2, "many": [1, "x"]},
            RequestBody={"id": 7},
        ),
        {CONNECTION: {"Authorization": "Bearer t"}},
    )
    assert result.output["StatusCode"] == 200
    assert result.output["ResponseBody"] == {"ok": [1]}
    assert result.output["Headers"]["X-Twice"] == ["a", "b"]
    (asked,) = server.requests
    assert (asked.method, asked.path) == ("PUT", "/orders?a=1&q=%C3%A9+%26&n=2&many=1&many=x")
    assert asked.body == '{"id":7}'
    assert asked.headers["Content-Type"] == "application/json"
    assert (asked.headers["X-Trace"], asked.headers["Authorization"]) == ("t", "Bearer t")


def test_text_stays_text_and_binary_ends_the_execution(server: HttpServer) -> None:
    server.answer(b"[1]", content_type="text/plain")
    assert run(arguments(server.url)).output["ResponseBody"] == "[1]"
    server.answer(b"\x00", content_type="image/png")
    result = run(arguments(server.url), Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Call"}])
    assert (result.status, result.error) == ("FAILED", "States.Runtime")


def test_a_status_is_an_error_of_its_name(server: HttpServer) -> None:
    server.answer({}, status=503)
    server.answer({}, status=503)
    server.answer({"ok": True})
    retried = run(arguments(server.url), Retry=[{"ErrorEquals": ["States.Http.StatusCode.503"], "MaxAttempts": 2}])
    assert retried.output["ResponseBody"] == {"ok": True}
    server.answer({}, status=302)
    assert run(arguments(server.url)).error == "States.Http.StatusCode.302"


def test_nobody_there() -> None:
    assert run(arguments("http://127.0.0.1:9/")).error == "States.Http.Socket"


def test_a_timeout_of_the_state(server: HttpServer) -> None:
    server.answer({}, delay_s=1.5)
    assert run(arguments(server.url), TimeoutSeconds=1).error == "States.Timeout"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"ApiEndpoint": "http://example.com"}, "ApiEndpoint"),
        ({"Method": "TRACE"}, "Method"),
        ({"Authentication": {}}, "ConnectionArn"),
        ({"Headers": {"Host": "x"}}, "Headers"),
        ({"Headers": {"X-Amz-Date": "x"}}, "Headers"),
        ({"Body": 1}, "Body"),
    ],
)
def test_what_the_task_refuses_before_the_call(changes: dict[str, Any], fault: str) -> None:
    result = run({**arguments("https://example.com"), **changes})
    assert result.error == "States.Runtime"
    assert fault in str(result.cause)

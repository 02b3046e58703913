"""The local Lambda: both pools give the same answers, in the forms that AWS was seen to give."""

import json
import os
import sys
import threading
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pysfnc.lambdas import Answer, InProcessPool, LocalFunction, WorkerPool
from tests.lambdas.program import build

FUNCTION = LocalFunction("App", {"REGION": "here"}, timeout_s=20, memory_mb=512)
ITEM = {"sku": "a", "price": 2}
Pool = WorkerPool | InProcessPool


@pytest.fixture(scope="module")
def zip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("zip"))


@pytest.fixture(scope="module", params=[WorkerPool, InProcessPool], ids=["worker", "in-process"])
def pool(request: pytest.FixtureRequest, zip_path: Path) -> Iterator[Pool]:
    with request.param(zip_path, [FUNCTION], {"SHARED": "yes"}) as made:
        yield made


@pytest.fixture(scope="module")
def workers(zip_path: Path) -> Iterator[WorkerPool]:
    with WorkerPool(zip_path, [FUNCTION]) as made:
        yield made


def call(pool: Pool, name: str, *args: Any, **kwargs: Any) -> Answer:
    return pool.invoke("App", {"f": name, "a": kwargs or list(args)})


def failure(pool: Pool, name: str, *args: Any) -> tuple[str | None, dict[str, Any]]:
    answer = call(pool, name, *args)
    assert answer.payload is None
    assert answer.cause is not None
    cause = json.loads(answer.cause)
    assert answer.cause == json.dumps(cause, separators=(",", ":"), ensure_ascii=False)
    assert list(cause) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert cause["errorType"] == answer.error
    assert cause["requestId"] == answer.request_id
    return answer.error, cause


def test_arguments_are_decoded_and_the_result_encoded(pool: Pool) -> None:
    answer = call(pool, "charge", item=ITEM, when="2024-01-01T00:00:00Z")
    assert (answer.payload, answer.error, answer.cause) == ({"sku": "a", "price": 4}, None, None)
    assert 0 < answer.duration_s < 5
    assert call(pool, "charge", ITEM, "2024-01-01T00:00:00Z").payload == {"sku": "a", "price": 4}
    both = {"f": "charge", "a": [ITEM, "2024-01-01T00:00:00Z"], "k": {"times": 3}}
    assert pool.invoke("App", both).payload == {"sku": "a", "price": 6}


def test_every_kind_of_parameter_can_be_given(pool: Pool) -> None:
    answer = pool.invoke("App", {"f": "plain", "a": [1.0, 5, 6, "x"], "k": {"c": None, "d": [2.5]}})
    assert answer.payload == [1, 5, [6, "x"], None, {"d": [2.5]}]
    assert pool.invoke("App", {"f": "counter"}).error is None


def test_an_async_task_sees_the_execution(pool: Pool) -> None:
    run = {"Execution": {"Id": "arn", "Name": "run-1", "Input": {}}, "StateMachine": {"Id": "m", "Name": "m"}}
    assert pool.invoke("App", {"f": "later", "a": [1.0], "c": run}).payload == [1, "run-1"]
    assert call(pool, "later", 1).error == "RuntimeError"


def test_functions_answer_to_name_and_arn(pool: Pool) -> None:
    for name in (
        "arn:aws:lambda:eu-west-1:123456789012:function:App",
        "arn:aws:lambda:eu-west-1:123456789012:function:App:$LATEST",
        "123456789012:function:App",
        "App:live",
    ):
        assert pool.invoke(name, {"f": "shout", "a": ["x"]}).payload == "X"


def test_an_unknown_function_fails_as_recorded(pool: Pool) -> None:
    answer = pool.invoke("arn:aws:lambda:eu-west-1:123456789012:function:Gone", {})
    assert answer.error == "Lambda.ResourceNotFoundException"
    assert answer.cause == (
        "Function not found: arn:aws:lambda:us-east-1:123456789012:function:Gone:$LATEST (Service: AWSLambda; Status "
        f"Code: 404; Error Code: ResourceNotFoundException; Request ID: {answer.request_id}; Proxy: null)"
    )


@pytest.mark.parametrize("payload", [{"f": "nope", "a": []}, {"f": "os.getcwd"}, {"f": "Item", "a": []}, {"f": ""}])
def test_what_is_not_registered_is_refused(pool: Pool, payload: Any) -> None:
    assert pool.invoke("App", payload).error == "Pysfnc.NotRegistered"


@pytest.mark.parametrize(
    "payload",
    [{}, None, [], "charge", {"f": 3}, {"f": "plain", "a": 3}, {"f": "plain", "k": []}, {"f": "plain", "b": 1},
     {"f": "plain", "a": {}, "k": {"x": 1}}, {"f": "plain", "c": 1}],
)  # fmt: skip
def test_other_payloads_are_refused(pool: Pool, payload: Any) -> None:
    assert pool.invoke("App", payload).error == "Pysfnc.BadPayload"


def test_an_exception_has_the_nearest_known_name_and_travels_with_its_fields(pool: Pool) -> None:
    error, cause = failure(pool, "fail", "declined")
    assert error == "Declined"
    assert cause["errorMessage"] == "too old"
    assert cause["stackTrace"][0].startswith('  File "/var/task/app.py", line ')
    assert cause["stackTrace"][0].endswith(', in fail\n    raise Expired(7, "too old")\n')
    assert cause["stackTrace"][-1] == ('  File "pysfnc:exception", line 1, in {"type":"Expired","fields":{"code":7}}\n')


def test_arguments_that_are_not_the_message_travel(pool: Pool) -> None:
    error, cause = failure(pool, "fail", "key")
    assert (error, cause["errorMessage"]) == ("LookupError", "'k'")
    assert cause["stackTrace"][-1] == '  File "pysfnc:exception", line 1, in {"args":["k"],"type":"KeyError"}\n'


def test_the_trace_shows_the_program_only(pool: Pool) -> None:
    error, cause = failure(pool, "fail", "deep")
    assert (error, cause["errorMessage"]) == ("ZeroDivisionError", "division by zero")
    assert [entry.split(",")[0] for entry in cause["stackTrace"]] == [
        '  File "/var/task/app.py"',
        '  File "/var/task/lib/deep.py"',
    ]


def test_fail_has_its_own_name(pool: Pool) -> None:
    error, cause = failure(pool, "fail", "fail")
    assert (error, cause["errorMessage"]) == ("My.Error", "because")


def test_system_exit_is_an_exception_like_others(pool: Pool) -> None:
    assert failure(pool, "fail", "exit")[0] == "SystemExit"


def test_text_beyond_ascii_comes_through(pool: Pool) -> None:
    assert failure(pool, "fail", "ümläut")[1]["errorMessage"] == "ümläut \U0001f600"
    assert call(pool, "shout", "ß€\U0001f600").payload == "SS€\U0001f600"


def test_a_misfit_is_a_type_error_without_frames_of_the_runtime(pool: Pool) -> None:
    error, cause = failure(pool, "charge", {"sku": "a"}, "2024-01-01T00:00:00Z")
    assert (error, cause["errorMessage"]) == (
        "TypeError",
        "charge() argument 'item.price' must be float, not missing",
    )
    assert cause["stackTrace"] == ['  File "pysfnc:exception", line 1, in {}\n']
    assert failure(pool, "odd")[1]["errorMessage"] == "odd() result is set, which cannot travel as JSON"
    assert "missing 2 required positional arguments: 'item' and 'when'" in failure(pool, "charge")[1]["errorMessage"]


def test_the_time_limit_ends_a_call(pool: Pool) -> None:
    started = time.monotonic()
    answer = pool.invoke("App", {"f": "nap", "a": [30]}, timeout_s=0.25)
    assert time.monotonic() - started < 5
    assert answer.error == "Sandbox.Timedout"
    assert answer.duration_s == 0.25
    assert answer.cause == (
        '{"errorType":"Sandbox.Timedout","errorMessage":'
        f'"RequestId: {answer.request_id} Error: Task timed out after 0.25 seconds"}}'
    )
    assert call(pool, "shout", "next").payload == "NEXT"


def test_variables_are_those_of_lambda_and_of_the_function(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTSIDE", "leaks")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "leaks")
    expected = {
        "REGION": "here",
        "SHARED": "yes",
        "AWS_LAMBDA_FUNCTION_NAME": "App",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "_HANDLER": "pysfnc_handler.handler",
        "OUTSIDE": None,
        "AWS_SECRET_ACCESS_KEY": None,
    }
    for name, value in expected.items():
        assert call(pool, "environment", name).payload == value
    assert os.environ["OUTSIDE"] == "leaks"


def test_an_environment_keeps_its_state(pool: Pool) -> None:
    first = call(pool, "counter").payload
    assert call(pool, "counter").payload == first + 1


def test_prints_go_to_the_log(pool: Pool, capfd: pytest.CaptureFixture[str]) -> None:
    call(pool, "shout", "into the log")
    assert "said into the log" in pool.read_log()
    assert capfd.readouterr().out == ""


def test_modules_of_this_process_are_not_mixed_up(pool: Pool) -> None:
    mine = types.ModuleType("lib")
    sys.modules["lib"] = mine
    path = list(sys.path)
    try:
        lazy, first, _ = call(pool, "modules").payload
        assert sys.modules["lib"] is mine
        assert "lib.lazy" not in sys.modules
        assert sys.path == path
        assert lazy.endswith(os.path.join("task", "lib", "lazy.py"))
        assert lazy.startswith(first)
    finally:
        del sys.modules["lib"]
    assert "app" not in sys.modules


def test_payloads_must_be_json(pool: Pool) -> None:
    with pytest.raises(TypeError, match=r"payload\['a'\] is set, which is not JSON"):
        pool.invoke("App", {"f": "plain", "a": {1}})
    with pytest.raises(ValueError, match=r"payload\['a'\]\[0\] is nan"):
        pool.invoke("App", {"f": "plain", "a": [float("nan")]})


def test_request_ids_may_be_given(zip_path: Path) -> None:
    for kind in (WorkerPool, InProcessPool):
        with kind(zip_path, [FUNCTION], new_request_id=iter(["id-1", "id-2"]).__next__) as made:
            assert call(made, "shout", "a").request_id == "id-1"
            assert json.loads(call(made, "fail", "key").cause or "")["requestId"] == "id-2"


@pytest.mark.parametrize("kind", [WorkerPool, InProcessPool])
@pytest.mark.parametrize(
    ("app", "error", "message"),
    [
        ("import nowhere\n", "Runtime.ImportModuleError", "Unable to import module 'pysfnc_handler': No module named 'nowhere'"),
        ("def f(:\n", "Runtime.UserCodeSyntaxError", "Syntax error in module 'pysfnc_handler': "),
        ("1 / 0\n", "ZeroDivisionError", "division by zero"),
        ("import os\nos.environ['TABLE']\n", "KeyError", "'TABLE'"),
        ("", "AttributeError", "module 'app' has no attribute 'f'"),
    ],
    ids=["import", "syntax", "raise", "variable", "attribute"],
)  # fmt: skip
def test_a_module_that_cannot_be_loaded_fails_every_invocation(
    tmp_path: Path, kind: type[Pool], app: str, error: str, message: str
) -> None:
    with kind(build(tmp_path, app, ("f",)), [FUNCTION]) as made:
        for _ in range(2):
            answer = made.invoke("App", {"f": "f"})
            assert answer.error == error
            cause = json.loads(answer.cause or "")
            assert cause["errorMessage"].startswith(message)
            assert cause["requestId"] == answer.request_id


def test_a_crash_is_an_exit_error_and_the_next_call_gets_a_new_process(workers: WorkerPool) -> None:
    before = call(workers, "nap", 0).payload
    answer = call(workers, "crash", 3)
    assert answer.error == "Runtime.ExitError"
    assert answer.cause == (
        '{"errorType":"Runtime.ExitError","errorMessage":'
        f'"RequestId: {answer.request_id} Error: Runtime exited with error: exit status 3"}}'
    )
    assert "Runtime exited without providing a reason" in (call(workers, "crash", 0).cause or "")
    assert "Runtime exited with error: signal: killed" in (call(workers, "die").cause or "")
    assert call(workers, "nap", 0).payload != before


def test_invocations_at_the_same_time_get_processes_of_their_own(workers: WorkerPool) -> None:
    pids: list[int] = []
    threads = [threading.Thread(target=lambda: pids.append(call(workers, "nap", 0.5).payload)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(pids)) == 3
    assert call(workers, "nap", 0).payload in pids


def test_at_the_limit_invocations_wait(zip_path: Path) -> None:
    second = LocalFunction("Other", {"REGION": "there"})
    with WorkerPool(zip_path, [FUNCTION, second], max_workers=1) as made:
        pids: list[int] = []
        threads = [threading.Thread(target=lambda: pids.append(call(made, "nap", 0.1).payload)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(pids) == 3
        assert len(set(pids)) == 1
        assert made.invoke("Other", {"f": "environment", "a": ["REGION"]}).payload == "there"


def test_workers_see_the_zip_and_not_what_else_is_installed(workers: WorkerPool) -> None:
    assert call(workers, "imports", "boto3").payload == "boto3"
    assert failure(workers, "imports", "hypothesis")[1]["errorMessage"] == "No module named 'hypothesis'"


def test_closing_ends_all_processes_and_removes_the_code(zip_path: Path) -> None:
    made = WorkerPool(zip_path, [FUNCTION])
    pid = call(made, "nap", 0).payload
    folder = Path(call(made, "modules").payload[1])
    assert folder.is_dir()
    made.close()
    made.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not folder.exists()
    with pytest.raises(RuntimeError, match="is closed"):
        call(made, "nap", 0)


def test_functions_in_one_process_have_states_of_their_own(zip_path: Path) -> None:
    second = LocalFunction("Other", {"REGION": "there"})
    with InProcessPool(zip_path, [FUNCTION, second]) as made:
        assert [made.invoke("App", {"f": "counter"}).payload for _ in range(2)] == [1, 2]
        assert made.invoke("Other", {"f": "counter"}).payload == 1
        assert made.invoke("Other", {"f": "environment", "a": ["REGION"]}).payload == "there"

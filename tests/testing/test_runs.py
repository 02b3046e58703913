"""`pysfnc.testing.run` and `run_python`."""

import asyncio
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import pysfnc
from pysfnc import Fail
from pysfnc.testing import NotCompiled, RunOutcome, run, run_python
from tests.testing import program

PATH = program.__file__


def both(workflow: object, input: object = None) -> tuple[RunOutcome, RunOutcome]:
    return run_python(workflow, input), run(workflow, input)


def test_an_output_is_the_same_in_both_forms() -> None:
    python, machine = both(program.calculate, {"number": 4})
    assert python.result() == machine.result() == {"result": 9}
    assert python.succeeded
    assert machine.succeeded
    assert (python.transitions, python.lambda_invocations, python.price_usd) == (None, None, None)
    assert machine.lambda_invocations == 1
    assert machine.transitions == len(machine.states) >= 1
    assert machine.price_usd is not None
    assert machine.price_usd > machine.transitions * 0.025 / 1000
    assert machine.history[0]["type"] == "ExecutionStarted"
    assert machine.history[-1]["type"] == "ExecutionSucceeded"


def test_an_exception_of_the_workflow_keeps_its_class_and_text() -> None:
    python, machine = both(program.calculate, {"number": 0})
    for outcome in (python, machine):
        assert (outcome.status, outcome.error, outcome.cause, outcome.message) == ("FAILED", "Rejected", "zero", "zero")
        with pytest.raises(program.Rejected, match=r"^zero$"):
            outcome.result()


def test_an_exception_of_a_task_keeps_its_class_and_text() -> None:
    python, machine = both(program.calculate, {"number": -1})
    for outcome in (python, machine):
        assert (outcome.error, outcome.message, outcome.output) == ("Coded", "-1 is below zero", None)
        with pytest.raises(program.Coded, match=r"^-1 is below zero$"):
            outcome.result()
    assert machine.cause is not None
    assert '"errorType":"Coded"' in machine.cause


def test_an_exception_of_an_expression_is_the_built_in_class() -> None:
    for outcome in both(program.look_up, {"prices": {"tea": 3}, "name": "coffee"}):
        assert (outcome.error, outcome.message) == ("KeyError", "'coffee'")
        with pytest.raises(KeyError) as caught:
            outcome.result()
        assert str(caught.value) == "'coffee'"


def test_a_name_that_is_no_class_is_a_fail() -> None:
    for outcome in both(program.calculate, {"number": 13}):
        assert (outcome.error, outcome.cause) == ("Order.Unlucky", "thirteen")
        with pytest.raises(Fail) as caught:
            outcome.result()
        assert (caught.value.error, caught.value.cause) == ("Order.Unlucky", "thirteen")


def test_input_that_does_not_fit_is_the_same_failure() -> None:
    for input in ({}, {"number": "four"}, [1]):
        python, machine = both(program.calculate, input)
        assert (python.error, python.message) == (machine.error, machine.message)
        assert python.error == "TypeError"


def test_waiting_and_retrying_take_no_time_unless_asked() -> None:
    begun = time.monotonic()
    for outcome in both(program.wait_long, {"seconds": 86_400}):
        assert outcome.result() == "waited"
    for outcome in both(program.try_forever):
        assert (outcome.error, outcome.message) == ("ValueError", "never")
    assert time.monotonic() - begun < 30
    begun = time.monotonic()
    assert run_python(program.wait_long, {"seconds": 0.2}, real_time=True).error is not None  # 0.2 is no int
    assert run(program.wait_long, {"seconds": 1}, real_time=True).succeeded
    assert time.monotonic() - begun >= 2


def test_sleep_is_itself_again_after_a_run() -> None:
    before = time.sleep, program.sleep
    run_python(program.wait_long, {"seconds": 5})
    run(program.wait_long, {"seconds": 5})
    assert (time.sleep, program.sleep) == before


def test_workers_give_what_runs_in_process_give() -> None:
    outcome = run(program.calculate, {"number": 4}, lambda_="workers")
    assert outcome.result() == {"result": 9}
    assert outcome.lambda_invocations == 1
    with pytest.raises(program.Coded):
        run(program.calculate, {"number": -4}, lambda_="workers").result()


def test_functions_stay_warm_between_runs() -> None:
    first = run(program.warm).result()
    assert run(program.warm).result() == first + 1
    assert run_python(program.warm).result() == 1  # Lambda has its own copy of the module


def test_both_levels_give_the_same() -> None:
    plain, optimized = (run(program.calculate, {"number": 4}, optimize=level) for level in (0, 1))
    assert plain.output == optimized.output
    assert plain.transitions is not None
    assert optimized.transitions is not None
    assert plain.transitions >= optimized.transitions


def test_the_clock_starts_where_it_is_told() -> None:
    start = datetime(2030, 1, 2, tzinfo=UTC)
    outcome = run(program.wait_long, {"seconds": 60}, start_time=start)
    assert outcome.history[0]["timestamp"] == "2030-01-02T00:00:00.000Z"
    assert outcome.history[-1]["timestamp"] == "2030-01-02T00:02:00.000Z"


def test_a_path_names_a_program_and_the_workflow_is_chosen() -> None:
    assert run(PATH, {"number": 1}, workflow="calculate").output == {"result": 3}
    assert run(Path(PATH), {"number": 1}, workflow="calculate").output == {"result": 3}
    with pytest.raises(LookupError, match="no workflow pay in the file; it has calculate"):
        run(PATH, workflow="pay")
    with pytest.raises(LookupError, match="choose a workflow: calculate"):
        run(PATH)


def write(path: Path, result: str) -> Path:
    path.write_text(f"from pysfnc import workflow\n\n\n@workflow\ndef answer() -> int:\n    return {result}\n")
    return path


def test_a_changed_file_is_compiled_again(tmp_path: Path) -> None:
    path = tmp_path / "answer.py"
    assert run(write(path, "1")).output == 1
    assert run(write(path, "42")).output == 42


def test_a_changed_module_of_the_program_counts_too(tmp_path: Path) -> None:
    (tmp_path / "prices.py").write_text("TEA = 3\n")
    path = tmp_path / "shop.py"
    path.write_text(
        "import prices\nfrom pysfnc import workflow\n\n\n@workflow\ndef tea() -> int:\n    return prices.TEA\n"
    )
    assert run(path).output == 3
    (tmp_path / "prices.py").write_text("TEA = 4\n")
    assert run(path).output == 4


def test_a_program_with_errors_shows_them(tmp_path: Path) -> None:
    path = write(tmp_path / "wrong.py", "unknown_name")
    with pytest.raises(NotCompiled, match=r"error\[SFN201\]") as caught:
        run(path)
    assert [diagnostic.code.number for diagnostic in caught.value.diagnostics] == ["SFN201"]


def test_a_workflow_inside_a_function_has_no_file_to_compile() -> None:
    from pysfnc import workflow

    @workflow
    def local() -> int:
        return 1

    assert run_python(local).output == 1
    with pytest.raises(LookupError, match="made inside a function"):
        run(local)


def test_an_async_workflow_runs_on_a_loop_of_its_own() -> None:
    for outcome in both(program.answer_later):
        assert outcome.result() == 42

    async def wrong() -> None:
        run_python(program.answer_later)

    with pytest.raises(RuntimeError, match="answer_later is async"):
        asyncio.run(wrong())


def test_only_what_a_run_needs_is_loaded() -> None:
    code = "import sys, pysfnc.testing.plugin; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(pysfnc.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    names = set(done.stdout.split())
    assert not names & {"pysfnc.driver", "pysfnc.engine", "pysfnc.lambdas", "jlens", "boto3", "asyncio"}

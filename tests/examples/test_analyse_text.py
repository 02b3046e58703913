"""`examples/analyse_text.py` and its plain variant: one outcome in every form, and what a run costs."""

import pytest

from examples import analyse_text, analyse_text_plain
from pysfnc.lang import clock
from pysfnc.testing import run
from pysfnc.testing.plugin import RunWorkflow

LONG = "a" + "bc de" * 2000

OUTPUTS = {
    "a short example": "text starts with a, has 15 chars, 5 vowels, and 2 spaces",
    "choose wisely": "text starts with c, which is all we need to know",
    "b": "text starts with b, has 1 chars, 0 vowels, and 0 spaces",
    "a \N{GRINNING FACE}": "text starts with a, has 3 chars, 1 vowels, and 1 spaces",
    "aéİ ": "text starts with a, has 4 chars, 2 vowels, and 1 spaces",
    LONG: "text starts with a, has 10001 chars, 2001 vowels, and 2000 spaces",
}
FAILURES = {
    "": ("EmptyText", "there is no text to analyse"),
    "do not ...": ("WrongFirstLetter", "a text starts with a, b or c, not with d"),
    "\N{GRINNING FACE} hello": ("WrongFirstLetter", "a text starts with a, b or c, not with \N{GRINNING FACE}"),
    "A": ("WrongFirstLetter", "a text starts with a, b or c, not with A"),
}
VARIANTS = pytest.mark.parametrize("module", [analyse_text, analyse_text_plain], ids=["tasks", "plain"])


@VARIANTS
@pytest.mark.parametrize("text", OUTPUTS, ids=lambda text: repr(text[:20]))
def test_outputs(run_workflow: RunWorkflow, module: "type[analyse_text]", text: str) -> None:
    outcome = run_workflow(module.analyse_text, {"text": text})
    assert outcome.result() == OUTPUTS[text]


@VARIANTS
@pytest.mark.parametrize("text", FAILURES, ids=repr)
def test_failures(run_workflow: RunWorkflow, module: "type[analyse_text]", text: str) -> None:
    outcome = run_workflow(module.analyse_text, {"text": text})
    assert (outcome.status, outcome.error, outcome.message) == ("FAILED", *FAILURES[text])


def test_inputs_that_do_not_fit(run_workflow: RunWorkflow) -> None:
    outcome = run_workflow(analyse_text.analyse_text, {"text": 3})
    assert (outcome.error, outcome.message) == ("TypeError", "analyse_text() argument 'text' must be str, not int")
    outcome = run_workflow(analyse_text.analyse_text, {})
    assert outcome.message == "analyse_text() missing 1 required positional argument: 'text'"


def test_what_a_run_costs() -> None:
    full = run(analyse_text.analyse_text, {"text": "a short example"})
    assert full.transitions is not None and full.transitions <= 7
    assert full.lambda_invocations == 5
    short = run(analyse_text.analyse_text, {"text": "choose wisely"})
    assert short.transitions is not None and short.transitions <= 3
    assert short.lambda_invocations == 1


@pytest.mark.parametrize("text", [*OUTPUTS, *FAILURES], ids=lambda text: repr(text[:20]))
def test_without_tasks_there_is_no_lambda_and_nearly_no_state(text: str) -> None:
    outcome = run(analyse_text_plain.analyse_text, {"text": text})
    assert outcome.lambda_invocations == 0
    assert outcome.transitions is not None and outcome.transitions <= 2


def test_a_step_that_fails_now_and_then_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python, where the failures can be put in from outside."""
    task = analyse_text.summarise
    calls: list[str] = []
    slept: list[float] = []

    def busy(letter: str, chars: int, vowels: int, spaces: int) -> str:
        calls.append(letter)
        if len(calls) < 3:
            raise ConnectionError("the other side hung up")
        return f"{letter}{chars}{vowels}{spaces}"

    monkeypatch.setattr(task, "__wrapped__", busy)
    before = clock.replace_sleep(slept.append)
    try:
        assert analyse_text.analyse_text("a b") == "a311"
    finally:
        clock.replace_sleep(before)
    assert (calls, slept) == (["a", "a", "a"], [1.0, 2.0])


def test_a_family_of_errors_is_caught_by_its_base() -> None:
    with pytest.raises(analyse_text.TextError):
        analyse_text.analyse_text("")

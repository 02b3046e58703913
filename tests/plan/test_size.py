"""Rounds that run ahead make a definition cheaper, and mostly larger: one that is very large does without."""

import textwrap

import pytest

from pysfnc import codegen
from tests.support.oracle import evaluator, run_compiled, run_python

GATHERING = """
    from pysfnc import task, workflow

    @task
    def send(xs: list[int]) -> int:
        return sum(xs)

    @workflow
    def w(xs: list[int]) -> list:
        held, sent = [], []
        for x in xs:
            if x < 0:
                continue
            held.append(x)
            if len(held) == 2:
                sent.append(send(held))
                held = []
        return [sent, held]
    """


def test_a_very_large_definition_runs_no_rounds_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    text, input = textwrap.dedent(GATHERING), {"xs": [1, -1, -2, 3, -4, 5, 6, 7]}
    expected = run_python(text, input)
    ahead = run_compiled(text, input, 1, evaluator("jlens"))
    monkeypatch.setattr(codegen, "LARGE_BYTES", 100)
    plain = run_compiled(text + "\n", input, 1, evaluator("jlens"))  # other text, so that it is compiled anew
    assert ahead.output == plain.output == expected.output
    assert ahead.transitions is not None and plain.transitions is not None
    assert ahead.transitions < plain.transitions

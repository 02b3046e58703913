"""Rounds that run ahead make a definition cheaper, and mostly larger: one that is very large does without."""

import json
import textwrap

import pytest

from pysfnc import codegen
from tests.support.oracle import compile_program, evaluator, run_compiled, run_python

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


CHUNKED = """
    import json
    from pysfnc import task, workflow

    @task
    def send(records: list) -> int:
        return len(records) if len(records) < 2 else 0

    def chunks(items, size):
        for start in range(0, len(items), size):
            yield items[start : start + size]

    def put(records: list, tries: int = 3) -> int:
        while records and tries:
            if send(records):
                return 0
            records = records[1:]
            tries -= 1
        return len(records)

    @workflow
    def w(events: list[dict], size: int = 2) -> list:
        lost = batches = 0
        records = [json.dumps(event) for event in events if event.get("type")]
        for batch in chunks(records, size):
            lost += put(batch)
            batches += 1
        return [lost, batches, len(records)]
    """
HANDLED = """
    import json
    from pysfnc import task, workflow

    @task
    def copy(name: str, text: str) -> int:
        if name == "bad":
            raise ValueError("no copy")
        return len(text)

    @workflow
    def w(have: dict[str, str], want: dict[str, str]) -> list:
        copied, skipped, failed, total = [], 0, {}, 0
        for name, text in sorted(want.items()):
            if name in have and have[name] == text:
                skipped += 1
                continue
            try:
                size = copy(name, json.dumps([name, text]))
            except ValueError as error:
                failed[name] = str(error)
                continue
            total += size
            copied.append(name)
            if total > 100:
                break
        return [copied, skipped, failed, total]
    """


@pytest.mark.parametrize(("program", "times"), [(CHUNKED, 2), (HANDLED, 5)])
def test_what_a_catch_computes_for_several_ways_is_written_once(program: str, times: float) -> None:
    text = textwrap.dedent(program)
    plain, merged = (len(json.dumps(compile_program(text, n).workflow(None).definition)) for n in (0, 1))
    assert merged < times * plain


@pytest.mark.parametrize(
    ("program", "input"),
    [
        *((CHUNKED, {"events": [{"type": "a"}] * n, "size": size}) for n in (0, 1, 3) for size in (1, 2)),
        (CHUNKED, {"events": [{}], "size": 0}),
        *(
            (HANDLED, {"have": {"a": "1"}, "want": want})
            for want in ({}, {"a": "1"}, {"a": "2"}, {"bad": "", "c": "x"})
        ),
        (HANDLED, {"have": {"b": "1"}, "want": {"a": "1", "b": "1", "bad": "", "c": "y" * 200, "d": ""}}),
    ],
)
def test_the_ways_behind_a_catch_have_their_values(program: str, input: dict[str, object]) -> None:
    text = textwrap.dedent(program)
    expected = run_python(text, input)
    for optimize in (0, 1):
        found = run_compiled(text, input, optimize, evaluator("jlens"))
        assert (found.output, found.error, found.cause) == (expected.output, expected.error, expected.cause)
        assert found.calls == expected.calls

"""Random programs agree with CPython. Those that once did not are `.test` files in `corpus`."""

import pytest

from tests.differential.generator import generate
from tests.differential.judge import QUICK_WAYS, judge
from tests.differential.sharing import generate_sharing

PROGRAMS = 300
BATCH = 15
REJECTED_AT_MOST = 2
"""Of a batch: 5 % of all programs, with room for chance."""


@pytest.mark.parametrize("start", range(0, PROGRAMS, BATCH))
def test_random_programs_agree_with_cpython(start: int) -> None:
    rejected = []
    for seed in range(start, start + BATCH):
        program = generate(seed, inputs=2)
        judgement = judge(program.source, program.inputs, QUICK_WAYS)
        assert not judgement.failed, f"seed {seed}\n{program.source}\n{judgement.report}"
        if judgement.verdict == "rejected":
            rejected.append(f"seed {seed}: {judgement.report}")
    assert len(rejected) <= REJECTED_AT_MOST, "\n".join(rejected)


@pytest.mark.parametrize("start", range(0, 600, 60))
def test_programs_that_share_lists_agree_or_are_refused(start: int) -> None:
    accepted = 0
    for seed in range(start, start + 60):
        program = generate_sharing(seed)
        judgement = judge(program.source, program.inputs, ((1, "jlens"),))
        assert not judgement.failed, f"seed {seed}\n{program.source}\n{judgement.report}"
        accepted += judgement.verdict == "agree"
    assert accepted > 6

"""The pages of the codes that loading a program reports: their first program is refused with the code, their second is not."""

from pathlib import Path

import pytest

from pysfnc.diagnostics import find_code
from pysfnc.diagnostics.pages import blocks, page, sections
from tests.frontend.projects import load

REPORTED_HERE = ["SFN100", "SFN104", "SFN105", "SFN110", "SFN205", "SFN304"]


@pytest.mark.parametrize("number", REPORTED_HERE)
def test_the_examples_of_a_page(tmp_path: Path, number: str) -> None:
    code = find_code(number)
    assert code is not None
    parts = sections(page(code))
    for block in blocks(parts["This fails"]):
        assert number in load(tmp_path, block.text).codes
    for block in blocks(parts["Write instead"]):
        assert load(tmp_path, block.text).codes == []

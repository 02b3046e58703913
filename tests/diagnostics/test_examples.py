"""The examples of the explain pages: what is said to fail does, with that code, and what replaces it compiles."""

from collections.abc import Iterator
from typing import Any

import pytest

from pysfnc.diagnostics import Code, codes
from pysfnc.diagnostics.pages import blocks, page, sections
from tests.support.oracle import Rejected, compile_program


def examples(section: str) -> Iterator[Any]:
    for code in codes.ALL_CODES:
        found = [block for block in blocks(sections(page(code))[section]) if block.language == "python"]
        for number, block in enumerate(found, 1):
            yield pytest.param(code, block.text, id=f"{code}-{number}")


@pytest.mark.parametrize(("code", "text"), list(examples("This fails")))
def test_what_is_said_to_fail_is_rejected_with_the_code(code: Code, text: str) -> None:
    with pytest.raises(Rejected) as caught:
        compile_program(text)
    assert {diagnostic.code for diagnostic in caught.value.diagnostics if diagnostic.is_error} == {code}


@pytest.mark.parametrize(("code", "text"), list(examples("Write instead")))
def test_what_is_to_be_written_instead_compiles(code: Code, text: str) -> None:
    compile_program(text)

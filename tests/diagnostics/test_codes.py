"""The registry of codes and their pages: each code has a page of the fixed form, and each page has a code."""

import ast
import re
from importlib import resources

import pytest

from pysfnc.diagnostics import Code, codes, find_code
from pysfnc.diagnostics.pages import SECTIONS, blocks, page, sections

FAMILIES = {1, 2, 3, 4, 5, 6, 9}


def test_numbers_and_slugs_are_unique_and_well_formed() -> None:
    numbers = [code.number for code in codes.ALL_CODES]
    assert len(set(numbers)) == len(numbers)
    assert len({code.slug for code in codes.ALL_CODES}) == len(numbers)
    for code in codes.ALL_CODES:
        assert re.fullmatch(r"SFN\d{3}", code.number) and int(code.number[3]) in FAMILIES
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.slug)
        assert code.title and not code.title.endswith(".")


def test_constants_are_named_after_their_slugs() -> None:
    for name, value in vars(codes).items():
        if isinstance(value, Code):
            assert name == value.slug.upper().replace("-", "_")


def test_every_page_belongs_to_a_code() -> None:
    folder = resources.files("pysfnc.diagnostics").joinpath("explain")
    pages = {entry.name.removesuffix(".md") for entry in folder.iterdir() if entry.name.endswith(".md")}
    assert pages == {code.number for code in codes.ALL_CODES}


@pytest.mark.parametrize("code", codes.ALL_CODES, ids=str)
def test_page_has_the_fixed_form(code: Code) -> None:
    parts = sections(page(code))
    assert tuple(parts) == ("", *SECTIONS)
    heading, _, what = parts[""].partition("\n")
    assert heading == f"# {code.number} {code.slug}"
    assert len(what.split()) >= 8
    assert len(parts["Why"].split()) >= 15
    for section in SECTIONS[1:]:
        found = list(blocks(parts[section]))
        assert found
        assert {block.language for block in found} <= {"python", "text"}
        assert parts[section].count("```") == 2 * len(found)


@pytest.mark.parametrize("code", codes.ALL_CODES, ids=str)
def test_python_blocks_are_complete_programs(code: Code) -> None:
    parts = sections(page(code))
    for section in SECTIONS[1:]:
        for block in blocks(parts[section]):
            if block.language == "python" and not (code is codes.SYNTAX_ERROR and section == "This fails"):
                ast.parse(block.text)
            if block.language == "python" and code is not codes.NO_WORKFLOW:
                assert "@workflow" in block.text


def test_a_code_is_found_by_number_and_slug() -> None:
    for text in ("SFN202", "sfn202", "202", "maybe-unset", " SFN202 "):
        assert find_code(text) is codes.MAYBE_UNSET
    assert find_code("SFN999") is None
    assert find_code("") is None

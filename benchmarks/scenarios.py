"""What the programs of `programs/` are run with, and what must come out, whoever made the machine.

A scenario is an input and the answers of the Lambda functions. A function whose answers are not listed runs its body in
`programs/`; one that has a list takes its next answer at each call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Error:
    """An answer of a function that fails, and the outcome of a machine that does."""

    name: str
    text: str = "out of order"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run. `expected` is the output, or the error that the execution fails with."""

    label: str
    input: Any
    expected: Any
    answers: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


_RUNNING: Final = {"status": "RUNNING", "rows": 0}
_ROWS: Final = [{"id": f"r{number}", "amount": "3" if number % 4 else "?"} for number in range(12)]
_ORDER: Final = {"order": "o1", "card": "4242"}
_ITEMS: Final = [{"sku": sku, "quantity": 2} for sku in ("tea", "cup", "pot")]
_REGIONS: Final = [
    {"name": "north", "frozen": False, "disks": ["n1", "n2"]},
    {"name": "east", "frozen": True, "disks": ["e1"]},
    {"name": "south", "frozen": False, "disks": ["s1", "s2", "s3"]},
]

SCENARIOS: Final[Mapping[str, tuple[Scenario, ...]]] = {
    "analyse_text": (
        Scenario(
            "all steps",
            {"text": "a short example"},
            "text starts with a, has 15 chars, 5 vowels, and 2 spaces",
        ),
        Scenario("known", {"text": "choose wisely"}, "text starts with c, which is all we need to know"),
        Scenario("refused", {"text": "do not"}, Error("WrongFirstLetter", "a text starts with a, b or c, not with d")),
    ),
    "plain_text": (
        Scenario(
            "counted",
            {"text": "a short example"},
            "text starts with a, has 15 chars, 5 vowels, and 2 spaces",
        ),
        Scenario("known", {"text": "choose wisely"}, "text starts with c, which is all we need to know"),
        Scenario("refused", {"text": "do not"}, Error("WrongFirstLetter", "a text starts with a, b or c, not with d")),
    ),
    "poll_job": (
        Scenario("at once", {"query": "q"}, {"job": "job-q", "rows": 3}),
        Scenario(
            "fourth look",
            {"query": "q"},
            {"job": "job-q", "rows": 9},
            {"job_status": (_RUNNING, _RUNNING, _RUNNING, {"status": "DONE", "rows": 9})},
        ),
        Scenario(
            "failed",
            {"query": "q"},
            Error("JobFailed", "no such table"),
            {"job_status": (_RUNNING, {"status": "FAILED", "rows": 0, "reason": "no such table"})},
        ),
    ),
    "order_saga": (
        Scenario("placed", {**_ORDER, "items": _ITEMS}, {"status": "placed", "payment": "payment-o1"}),
        Scenario(
            "sold out",
            {**_ORDER, "items": [*_ITEMS, {"sku": "jam", "quantity": 9}]},
            {"status": "rejected", "reason": "jam is sold out"},
        ),
        Scenario(
            "declined",
            {"order": "o1", "card": "5555", "items": _ITEMS[:1]},
            {"status": "rejected", "reason": "the card was declined"},
        ),
    ),
    "fan_out": (
        Scenario("some bad", {"rows": _ROWS, "tolerated": 3}, {"cents": 2700, "bad": ["r0", "r4", "r8"]}),
        Scenario("none", {"rows": []}, {"cents": 0, "bad": []}),
        Scenario("too many bad", {"rows": _ROWS}, Error("TooManyBadRows", "3 of 12 rows are bad")),
    ),
    "approval": (
        Scenario("by rule", {"expense": "x", "amount": 80, "approver": "ann"}, {"expense": "x", "by": "rule"}),
        Scenario(
            "third hour",
            {"expense": "x", "amount": 500, "approver": "ann"},
            {"expense": "x", "by": "ann"},
            {"read_answer": (None, None, "yes")},
        ),
        Scenario(
            "no",
            {"expense": "x", "amount": 500, "approver": "bob"},
            Error("NotApproved", "bob rejected x"),
            {"read_answer": (None, "no")},
        ),
        Scenario(
            "nobody",
            {"expense": "x", "amount": 500, "approver": "dan", "hours": 2},
            Error("NobodyAnswered", "dan was asked about x in vain"),
            {"read_answer": (None, None)},
        ),
    ),
    "clean_rows": (
        Scenario(
            "rows",
            {
                "rows": [
                    {"country": " nl ", "amount": 5},
                    {"country": "de", "amount": 7},
                    {"country": "NL", "amount": 2},
                    {"country": "  ", "amount": 9},
                    {"country": "be", "amount": 0},
                ]
            },
            {
                "kept": [
                    {"country": "NL", "amount": 5},
                    {"country": "DE", "amount": 7},
                    {"country": "NL", "amount": 2},
                ],
                "totals": {"NL": 7, "DE": 7},
                "dropped": 2,
                "largest": 7,
            },
        ),
        Scenario("none", {"rows": []}, {"kept": [], "totals": {}, "dropped": 0, "largest": 0}),
    ),
    "collect_pages": (
        Scenario("one page", {"query": "q"}, {"found": [], "complete": True}),
        Scenario(
            "three pages",
            {"query": "q"},
            {"found": ["a", "b", "c", "d", "e"], "complete": True},
            {
                "list_page": (
                    {"items": ["a", "b"], "next": "2"},
                    {"items": ["c", "d"], "next": "3"},
                    {"items": ["e"], "next": None},
                )
            },
        ),
        Scenario(
            "enough",
            {"query": "q", "limit": 3},
            {"found": ["a", "b", "c"], "complete": False},
            {"list_page": ({"items": ["a", "b"], "next": "2"}, {"items": ["c", "d"], "next": "3"})},
        ),
    ),
    "retries": (
        Scenario("at once", {"name": "r"}, "summary of report r"),
        Scenario(
            "third try",
            {"name": "r"},
            "summary of report r",
            {"fetch": (Error("Throttled"), Error("ConnectionError"), "report r")},
        ),
        Scenario("second best", {"name": "old"}, "summary of archived old"),
        Scenario("given up", {"name": "r"}, Error("PermissionError"), {"fetch": (Error("PermissionError"),)}),
    ),
    "branches_join": (
        Scenario(
            "offered",
            {"customer": "ann", "item": "cup"},
            {"offer": "cup for 2300 to ann", "reason": None},
        ),
        Scenario("sold out", {"customer": "bob", "item": "pot"}, {"offer": None, "reason": "pot is sold out"}),
    ),
    "early_exits": (
        Scenario(
            "too young",
            {"applicant": "ann", "age": 17, "documents": []},
            {"account": None, "reason": "too young"},
        ),
        Scenario(
            "good score",
            {"applicant": "ann", "age": 30, "documents": ["passport"]},
            {"account": "account-ann-1000", "reason": None},
        ),
        Scenario(
            "guaranteed",
            {"applicant": "bob", "age": 30, "documents": ["passport", "guarantee"]},
            {"account": "account-bob-200", "reason": None},
        ),
        Scenario(
            "no guarantor",
            {"applicant": "cleo", "age": 30, "documents": ["passport", "guarantee"]},
            {"account": None, "reason": "no guarantor"},
        ),
    ),
    "nested_loops": (
        Scenario(
            "all",
            {"regions": _REGIONS, "budget": 100},
            {"cleaned": ["n1", "n2", "s1", "s2", "s3"], "spent": 50, "complete": True},
        ),
        Scenario(
            "budget",
            {"regions": _REGIONS, "budget": 30},
            {"cleaned": ["n1", "n2", "s1"], "spent": 30, "complete": False},
        ),
        Scenario("none", {"regions": [], "budget": 30}, {"cleaned": [], "spent": 0, "complete": True}),
    ),
}

from typing import Any

from tests.workflows.scenario import Answer, AwsError, Failure, Scenario

INPUT = {"bucket": "invoices", "key": "2026/a b.pdf"}


def pair(number: int, key: str, value: str) -> list[dict[str, Any]]:
    """The blocks of a key with its value."""
    ids = [f"{part}{number}" for part in ("key", "value", "left", "right")]
    key_children = [{"Type": "CHILD", "Ids": [ids[2]]}, {"Type": "VALUE", "Ids": [ids[1]]}]
    return [
        {"Id": ids[0], "BlockType": "KEY_VALUE_SET", "EntityTypes": ["KEY"], "Relationships": key_children},
        {
            "Id": ids[1],
            "BlockType": "KEY_VALUE_SET",
            "EntityTypes": ["VALUE"],
            "Relationships": [{"Type": "CHILD", "Ids": [ids[3]]}],
        },
        {"Id": ids[2], "BlockType": "WORD", "Text": key},
        {"Id": ids[3], "BlockType": "WORD", "Text": value},
    ]


WAITING = {"JobStatus": "IN_PROGRESS"}
FIRST = {"JobStatus": "SUCCEEDED", "Blocks": pair(1, "Total:", "12,50"), "NextToken": "more"}
SECOND = {"JobStatus": "SUCCEEDED", "Blocks": pair(2, "Due", "01.02.2026")}


def scenario(label: str, expected: Any, *analyses: Answer) -> Scenario:
    answers = {
        "textract.StartDocumentAnalysis": [{"JobId": "j1"}],
        "textract.GetDocumentAnalysis": analyses,
        "comprehend.DetectDominantLanguage": [
            {"Languages": [{"LanguageCode": "de", "Score": 0.4}, {"LanguageCode": "en", "Score": 0.6}]}
        ],
    }
    return Scenario(label, INPUT, expected, answers)


SCENARIOS = [
    scenario(
        "two pages, after a while",
        {"cents": 1250, "due": "2026-02-01", "language": "en", "fields": ["due", "total"]},
        WAITING,
        WAITING,
        FIRST,
        SECOND,
    ),
    scenario(
        "nothing on it",
        {"cents": None, "due": None, "language": None, "fields": []},
        {"JobStatus": "SUCCEEDED", "Blocks": []},
    ),
    scenario(
        "unreadable",
        Failure("AnalysisFailed", "j1: FAILED (no pages)"),
        {"JobStatus": "FAILED", "StatusMessage": "no pages"},
    ),
    scenario("never ready", Failure("TimeoutError", "j1 takes longer than 60 s"), WAITING),
    scenario("throttled", Failure("ThrottlingException"), AwsError("ThrottlingException", "slow down")),
]

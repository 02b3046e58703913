from typing import Any

from tests.workflows.scenario import Answer, AwsError, Failure, Scenario

BLOCKS: list[dict[str, Any]] = [
    {
        "Id": "k1",
        "BlockType": "KEY_VALUE_SET",
        "EntityTypes": ["KEY"],
        "Confidence": 91.25,
        "Relationships": [{"Type": "CHILD", "Ids": ["w1"]}, {"Type": "VALUE", "Ids": ["v1"]}],
    },
    {"Id": "v1", "BlockType": "KEY_VALUE_SET", "Relationships": [{"Type": "CHILD", "Ids": ["w2", "s1"]}]},
    {"Id": "w1", "BlockType": "WORD", "Text": "Name:"},
    {"Id": "w2", "BlockType": "WORD", "Text": "Ann"},
    {"Id": "s1", "BlockType": "SELECTION_ELEMENT", "SelectionStatus": "SELECTED"},
    {"Id": "k2", "BlockType": "KEY_VALUE_SET", "EntityTypes": ["KEY"], "Confidence": 50.0},
]
DONE = {"JobStatus": "SUCCEEDED", "DocumentMetadata": {"Pages": 2}}
FOUND = {"fields": {"Name": "Ann X"}, "unsure": ["= (50.0%)"], "pages": 2}


def scenario(label: str, expected: Any, *answers: Answer, **input: Any) -> Scenario:
    return Scenario(
        label,
        {"bucket": "forms", "key": "k"} | input,
        expected,
        {"textract.StartDocumentAnalysis": [{"JobId": "j"}], "textract.GetDocumentAnalysis": answers},
    )


PAGES = ({"Blocks": BLOCKS[:3], "NextToken": "n"}, {"Blocks": BLOCKS[3:]})
SCENARIOS = [
    scenario("in pages", FOUND, {"JobStatus": "IN_PROGRESS"}, DONE, *PAGES),
    scenario(
        "nothing is sure",
        {"fields": {}, "unsure": ["= (50.0%)", "Name=Ann X (91.2%)"], "pages": 2},
        DONE,
        *PAGES,
        minimum=99,
    ),
    scenario("no blocks", {"fields": {}, "unsure": [], "pages": 2}, DONE, {}),
    scenario("fails", Failure("ValueError", "no reason"), {"JobStatus": "FAILED"}),
    scenario("takes too long", Failure("TimeoutError", "j"), {"JobStatus": "IN_PROGRESS"}),
    scenario("a block is missing", Failure("KeyError", "'v1'"), DONE, {"Blocks": BLOCKS[:1]}),
    scenario("throttled", Failure("ThrottlingException"), AwsError("ThrottlingException", "slow down")),
]

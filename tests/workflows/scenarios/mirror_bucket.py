from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.workflows.scenario import Answer, AwsError, Failure, Scenario

INPUT = {"source": "from", "target": "to"}


def listed(key: str, etag: str = "1", size: int = 1024) -> dict[str, Any]:
    return {"Key": key, "Size": size, "ETag": f'"{etag}"', "LastModified": datetime(2026, 1, 2, tzinfo=UTC)}


def listing(**buckets: list[list[dict[str, Any]]]) -> Callable[[dict[str, Any]], Answer]:
    def pages(params: dict[str, Any]) -> Answer:
        number = int(params.get("ContinuationToken", "0"))
        found = buckets[params["Bucket"]]
        more = {"IsTruncated": True, "NextContinuationToken": str(number + 1)} if number + 1 < len(found) else {}
        return ({"Contents": found[number]} if found[number] else {}) | more

    return pages


def scenario(label: str, expected: Any, input: dict[str, Any] | None = None, **answers: list[Answer]) -> Scenario:
    pages = listing(
        **{"from": [[listed("a"), listed("b/")], [listed("c d+ß", size=5_000_000)]], "to": [[listed("a"), listed("z")]]}
    )
    known: dict[str, list[Answer]] = {
        "s3.ListObjectsV2": [pages],
        "s3.CopyObject": [{"CopyObjectResult": {"ETag": '"2"'}}],
        "s3.DeleteObjects": [{}],
    }
    return Scenario(
        label, INPUT | (input or {}), expected, known | {f"s3.{name}": given for name, given in answers.items()}
    )


RESULT = {
    "copied": [{"key": "c d+ß", "etag": '"2"'}],
    "skipped": 1,
    "failed": {},
    "deleted": 0,
    "errors": [],
    "mb": 4.77,
}
NOTHING = {**RESULT, "copied": [], "mb": 0.0}
SCENARIOS = [
    scenario("copies what is new", RESULT),
    scenario("deletes what is gone", {**RESULT, "deleted": 1}, {"delete": True}),
    scenario("nothing is young enough", {**NOTHING, "skipped": 0}, {"max_age_days": 3}),
    scenario(
        "archived",
        {**NOTHING, "failed": {"c d+ß": "archived"}},
        CopyObject=[AwsError("ObjectNotInActiveTierError", "in Glacier", 403)],
    ),
    scenario(
        "a copy and a deletion fail",
        {**NOTHING, "failed": {"c d+ß": "gone"}, "errors": [{"key": "z", "code": "AccessDenied"}]},
        {"delete": True},
        CopyObject=[AwsError("NoSuchKey", "gone", 404)],
        DeleteObjects=[{"Errors": [{"Key": "z", "Code": "AccessDenied"}]}],
    ),
    scenario("no bucket", Failure("NoSuchBucket"), ListObjectsV2=[AwsError("NoSuchBucket", "none", 404)]),
]

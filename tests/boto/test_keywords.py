"""Arguments of calls that are gathered in a dict first: `client.method(**params)`, with keys that are added on some ways."""

import pytest

from tests.boto.harness import Judged, judge

PROGRAM = """
    import boto3
    from pysfnc import workflow

    s3 = boto3.client("s3")
    db = boto3.client("dynamodb")

    @workflow
    def listed(bucket: str, prefix: str | None, most: int | None):
        params = {"Bucket": bucket}
        if prefix:
            params["Prefix"] = prefix
        if most is not None:
            params["MaxKeys"] = most
        return s3.list_objects_v2(**params)["KeyCount"]

    @workflow
    def paged(bucket: str):
        found = []
        params = {"Bucket": bucket, "MaxKeys": 1}
        while True:
            page = s3.list_objects_v2(**params)
            found += [part["Key"] for part in page.get("Contents", [])]
            if not page["IsTruncated"]:
                return found
            params["ContinuationToken"] = page["NextContinuationToken"]

    @workflow
    def put(id: str, once: bool, note: str | None):
        item = {"id": {"S": id}}
        if note is not None:
            item["note"] = {"S": note}
        common = dict(TableName="t")
        extra = {"ConditionExpression": "attribute_not_exists(id)"} if once else {}
        db.put_item(Item=item, **common, **extra)
        return "put"
    """


def page(*keys: str, token: str | None = None) -> dict[str, object]:
    more = {} if token is None else {"NextContinuationToken": token}
    return {"KeyCount": len(keys), "Contents": [{"Key": key} for key in keys], "IsTruncated": token is not None, **more}


def run(workflow: str, operation: str, answers: list[object], **given: object) -> Judged:
    return judge(PROGRAM, given, answers={operation: answers}, workflow=workflow)


@pytest.mark.parametrize(
    ("prefix", "most", "sent"),
    [
        (None, None, {}),
        ("a/", None, {"Prefix": "a/"}),
        ("", 0, {"MaxKeys": 0}),
        ("a/", 5, {"Prefix": "a/", "MaxKeys": 5}),
    ],
)
def test_keys_that_are_added_on_some_ways(prefix: str | None, most: int | None, sent: dict[str, object]) -> None:
    found = run("listed", "s3.ListObjectsV2", [page("k")], bucket="b", prefix=prefix, most=most)
    assert found.output == 1
    assert found.calls == (("s3.ListObjectsV2", {"Bucket": "b", **sent}),)


def test_a_key_that_is_added_in_a_loop() -> None:
    found = run("paged", "s3.ListObjectsV2", [page("a", token="x"), page("b", token="y"), page("c")], bucket="b")
    assert found.output == ["a", "b", "c"]
    assert [params.get("ContinuationToken") for _, params in found.calls] == [None, "x", "y"]


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("note", [None, "n"])
def test_several_dicts_and_names(once: bool, note: str | None) -> None:
    found = run("put", "dynamodb.PutItem", [{}], id="i", once=once, note=note)
    ((_, params),) = found.calls
    assert params["TableName"] == "t" and ("ConditionExpression" in params) == once
    assert params["Item"] == {"id": {"S": "i"}, **({} if note is None else {"note": {"S": note}})}

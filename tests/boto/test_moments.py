"""Moments in answers of AWS and in arguments of calls: datetimes, as boto3 has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.boto.harness import judge
from tests.support.oracle import Rejected

LISTING = """
    from datetime import UTC, datetime, timedelta

    import boto3
    from pysfnc import task, workflow

    s3 = boto3.client("s3")
    cloudwatch = boto3.client("cloudwatch")
    ec2 = boto3.client("ec2")

    @task
    def shown(at: datetime) -> str:
        return at.isoformat()

    @workflow
    def old(days: int):
        cutoff = datetime.now(UTC) - timedelta(days=days)
        found = []
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket="files"):
            for obj in page.get("Contents", []):
                if obj["LastModified"] < cutoff:
                    found.append(obj["Key"])
        return found

    @workflow
    def newest():
        objects = s3.list_objects_v2(Bucket="files")["Contents"]
        last = max(objects, key=lambda o: o["LastModified"])
        at = last["LastModified"]
        return [last["Key"], at, str(at), at.year, f"{at:%d.%m.%Y %H:%M:%S.%f %Z}", shown(at), sorted(o["LastModified"] for o in objects)]

    @workflow
    def maybe():
        head = s3.head_object(Bucket="files", Key="a")
        expires = head.get("LastModified")
        return None if expires is None else expires.isoformat()

    @workflow
    def usage(hours: float):
        end = datetime.now(UTC)
        found = cloudwatch.get_metric_statistics(
            Namespace="AWS/EC2",
            MetricName="CPUUtilization",
            StartTime=end - timedelta(hours=hours),
            EndTime=end,
            Period=300,
            Statistics=["Average"],
        )
        points = found["Datapoints"]
        return [len(points), max(p["Timestamp"] for p in points).isoformat() if points else None]

    @workflow
    def recent():
        since = s3.head_object(Bucket="files", Key="a")["LastModified"]
        return s3.head_object(Bucket="files", Key="b", IfModifiedSince=since)["ContentLength"]
"""
BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
CONTENTS = [
    {"Key": "a", "LastModified": BEGIN - timedelta(days=9)},
    {"Key": "b", "LastModified": BEGIN + timedelta(microseconds=1500)},
    {"Key": "c", "LastModified": (BEGIN - timedelta(seconds=1)).astimezone(UTC)},
]


@pytest.mark.parametrize(("days", "expected"), [(30, []), (5, ["a"]), (0, ["a", "b", "c"])])
def test_old_objects(days: int, expected: list[str]) -> None:
    answers = [{"Contents": CONTENTS, "IsTruncated": False}]
    found = judge(LISTING, {"days": days}, answers={"s3.ListObjectsV2": answers}, workflow="old")
    assert found.output == expected


def test_no_objects() -> None:
    assert (
        judge(LISTING, {"days": 1}, answers={"s3.ListObjectsV2": [{"IsTruncated": False}]}, workflow="old").output == []
    )


def test_the_newest_object() -> None:
    found = judge(LISTING, {}, answers={"s3.ListObjectsV2": [{"Contents": CONTENTS}]}, workflow="newest")
    assert found.output[:3] == ["b", "2030-01-01T00:00:00.001500+00:00", "2030-01-01 00:00:00.001500+00:00"]


@pytest.mark.parametrize("answer", [{}, {"LastModified": BEGIN}])
def test_a_moment_that_may_be_missing(answer: dict[str, object]) -> None:
    found = judge(LISTING, {}, answers={"s3.HeadObject": [answer]}, workflow="maybe")
    assert found.output == ("2030-01-01T00:00:00+00:00" if answer else None)


def test_moments_as_arguments() -> None:
    points = [{"Timestamp": BEGIN}, {"Timestamp": BEGIN + timedelta(minutes=5)}]
    answers = {"cloudwatch.GetMetricStatistics": [{"Datapoints": points}]}
    found = judge(LISTING, {"hours": 1.5}, answers=answers, workflow="usage")
    assert found.output == [2, "2030-01-01T00:05:00+00:00"]
    ((_, arguments),) = found.calls
    assert arguments["StartTime"] == "2030-01-02 01:34:05.678000+00:00"


def test_an_answer_as_an_argument() -> None:
    answers = {"s3.HeadObject": [{"LastModified": BEGIN}, {"ContentLength": 7}]}
    found = judge(LISTING, {}, answers=answers, workflow="recent")
    assert found.output == 7
    assert found.calls[1][1]["IfModifiedSince"] == "2030-01-01 00:00:00+00:00"


def test_other_types_are_no_moments() -> None:
    program = """
    from datetime import date, timedelta

    import boto3
    from pysfnc import workflow

    s3 = boto3.client("s3")

    @workflow
    def run():
        s3.head_object(Bucket="b", Key="k", IfModifiedSince=timedelta(days=1))
        return s3.head_object(Bucket="b", Key="k", IfModifiedSince=date.today())["ContentLength"]
    """
    with pytest.raises(Rejected) as refused:
        judge(program, {})
    assert len(refused.value.diagnostics) == 2


KEPT = """
    from datetime import datetime, timedelta, timezone
    import boto3
    from pysfnc import workflow

    dynamodb = boto3.client("dynamodb")
    cloudwatch = boto3.client("cloudwatch")
    athena = boto3.client("athena")

    @workflow
    def export(when: datetime, hours: int):
        kwargs = {"TableArn": "arn", "S3Bucket": "b"}
        if hours:
            kwargs["ExportTime"] = when - timedelta(hours=hours)
        dynamodb.export_table_to_point_in_time(**kwargs)
        return sorted(kwargs)

    @workflow
    def publish(at: datetime, names: list[str], size: int = 2):
        data = [{"MetricName": n, "Timestamp": at - timedelta(minutes=i), "Value": i + 0.5} for i, n in enumerate(names)]
        data.append({"MetricName": "total", "Value": len(names) * 1.5})
        for start in range(0, len(data), size):
            cloudwatch.put_metric_data(Namespace="x", MetricData=data[start : start + size])
        window = {"start": at.replace(hour=0), "end": at}
        query = {"MetricDataQueries": [], "StartTime": window["start"], "EndTime": window["end"]}
        cloudwatch.get_metric_data(**query)
        return len(data)
    """


@pytest.mark.parametrize("at", ["2024-02-29T12:30:00Z", "2024-02-29T12:30:00.25+05:30", "2024-02-29T12:30:00"])
def test_moments_inside_of_what_is_sent_later(at: str) -> None:
    """The zone of a moment is not sent, so that the moments are compared as such."""
    seen: list[object] = []
    answers: dict[str, list[Any]] = {
        "dynamodb.ExportTableToPointInTime": [
            lambda p: seen.append(_in_utc(p)) or {"ExportDescription": {"ExportArn": "e"}}
        ],
        "cloudwatch.PutMetricData": [lambda p: seen.append(_in_utc(p))] * 3,
        "cloudwatch.GetMetricData": [lambda p: seen.append(_in_utc(p)) or {"MetricDataResults": []}],
    }
    given = [("export", {"when": at, "hours": hours}) for hours in (0, 3)]
    given += [("publish", {"at": at, "names": names}) for names in ([], ["a"], ["a", "b", "c"])]
    for workflow, input in given:
        seen.clear()
        found = judge(KEPT, input, answers=answers, workflow=workflow, tokens=True)
        assert len(seen) == 4 * len(found.calls)
        assert seen == seen[: len(found.calls)] * 4


def _in_utc(value: Any) -> Any:
    match value:
        case dict():
            return {name: _in_utc(part) for name, part in value.items() if name != "ClientToken"}
        case list():
            return [_in_utc(part) for part in value]
        case datetime(tzinfo=None):
            return value.replace(tzinfo=UTC)
        case datetime():
            return value.astimezone(UTC)
        case _:
            return value


@pytest.mark.parametrize("place", ['{"at": at if n else "2024"}', '{"at": at, "n": n}'])
def test_moments_beside_other_values_are_refused(place: str) -> None:
    source = f"""
from datetime import datetime
import boto3
from pysfnc import workflow
cloudwatch = boto3.client("cloudwatch")
@workflow
def run(at: datetime, n: int):
    made = [{{"MetricName": "x", "Timestamp": v}} for v in {place}.values()]
    cloudwatch.put_metric_data(Namespace="x", MetricData=made)
"""
    with pytest.raises(Rejected, match="datetime"):
        judge(source, {"at": "2024-02-29T12:30:00Z", "n": 1})

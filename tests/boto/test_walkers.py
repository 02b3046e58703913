"""Waiters and paginators: they call what boto3's make, as often, and fail as they do."""

from typing import Any

import pytest

from tests.boto.harness import client, judge
from tests.boto.test_calls import orders_table
from tests.boto.test_programs import bucket

WAITERS = """
    import boto3
    from botocore.exceptions import WaiterError
    from pysfnc import workflow

    db = boto3.client("dynamodb")
    s3 = boto3.client("s3")

    @workflow
    def table(name: str):
        waiter = db.get_waiter("table_exists")
        waiter.wait(TableName=name, WaiterConfig={"Delay": 5, "MaxAttempts": 3})
        return "there"

    @workflow
    def caught(name: str, delay: int):
        try:
            patience = {"Delay": delay, "MaxAttempts": 2}
            db.get_waiter("table_exists").wait(TableName=name, WaiterConfig=patience)
        except WaiterError as e:
            return str(e)
        return "there"

    @workflow
    def stored(key: str):
        try:
            s3.get_waiter("object_exists").wait(Bucket="bucket", Key=key, WaiterConfig={"Delay": 1, "MaxAttempts": 2})
        except WaiterError as e:
            return str(e)
        return "there"

    @workflow
    def gone(name: str):
        db.get_waiter("table_not_exists").wait(TableName=name)
        return "gone"

    @workflow
    def service(cluster: str):
        ecs = boto3.client("ecs")
        try:
            ecs.get_waiter("services_inactive").wait(cluster=cluster, services=["s"])
        except WaiterError as e:
            return str(e)
        return "inactive"
    """

CREATING = {"Table": {"TableName": "orders", "TableStatus": "CREATING"}}
MISSING = "ResourceNotFoundException: no table"


@pytest.mark.parametrize(
    ("answers", "calls"),
    [([], 1), ([CREATING], 2), ([MISSING, CREATING], 3), ([MISSING, MISSING], 3)],
)
def test_a_waiter_calls_until_it_is_content(answers: list[Any], calls: int) -> None:
    found = judge(
        WAITERS, {"name": "orders"}, setup=orders_table, answers={"dynamodb.DescribeTable": answers}, workflow="table"
    )
    assert (found.output, len(found.calls)) == ("there", calls)


@pytest.mark.parametrize("answers", [[CREATING] * 2, [MISSING] * 2, [MISSING, CREATING], ["ThrottlingException: slow"]])
def test_a_waiter_that_gives_up_says_why(answers: list[Any]) -> None:
    given = {"name": "orders", "delay": 2}
    found = judge(WAITERS, given, setup=orders_table, answers={"dynamodb.DescribeTable": answers}, workflow="caught")
    assert found.output.startswith("Waiter TableExists failed: ")


def test_an_error_that_nobody_catches() -> None:
    found = judge(WAITERS, {"name": "nowhere"}, workflow="table")
    assert found.error == "WaiterError"
    assert len(found.calls) == 3


def test_a_waiter_that_looks_at_the_status() -> None:
    assert judge(WAITERS, {"key": "k1"}, setup=bucket, workflow="stored").output == "there"
    found = judge(WAITERS, {"key": "no"}, setup=bucket, workflow="stored")
    assert (found.output.startswith("Waiter ObjectExists failed: Max attempts"), len(found.calls)) == (True, 2)


def test_a_waiter_for_an_error() -> None:
    answers = {"dynamodb.DescribeTable": [{"Table": {"TableStatus": "DELETING"}}, MISSING]}
    found = judge(WAITERS, {"name": "orders"}, answers=answers, workflow="gone")
    assert (found.output, len(found.calls)) == ("gone", 2)


@pytest.mark.parametrize(
    ("statuses", "failures"),
    [(["ACTIVE", "INACTIVE"], []), (["DRAINING"], [{"reason": "MISSING"}]), (["INACTIVE"], [])],
)
def test_a_waiter_that_looks_into_lists(statuses: list[str], failures: list[Any]) -> None:
    services = [{"serviceName": "s", "status": status} for status in statuses]
    answers = {"ecs.DescribeServices": [{"services": services, "failures": failures}]}
    found = judge(WAITERS, {"cluster": "c"}, answers=answers, workflow="service")
    missing = 'For expression "failures[].reason" we matched expected path: "MISSING" at least once'
    refused = f"Waiter ServicesInactive failed: Waiter encountered a terminal failure state: {missing}"
    assert found.output == ("inactive" if "INACTIVE" in statuses else refused)


PAGES = """
    import boto3
    from pysfnc import workflow

    s3 = boto3.client("s3")
    db = boto3.client("dynamodb")

    @workflow
    def keys(prefix: str, size: int):
        found = []
        paginator = s3.get_paginator("list_objects_v2")
        for page in paginator.paginate(Bucket="bucket", Prefix=prefix, PaginationConfig={"PageSize": size}):
            for obj in page.get("Contents", []):
                found.append(obj["Key"])
        return found

    @workflow
    def first(stop: str):
        seen = []
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket="bucket", MaxKeys=2):
            names = [obj["Key"] for obj in page["Contents"]]
            if stop in names:
                seen.append("stop")
                break
            if names[0] == "k0":
                continue
            seen.extend(names)
        else:
            seen.append("end")
        return seen

    @workflow
    def tables():
        kwargs = {"Limit": 2}
        count = 0
        for page in db.get_paginator("list_tables").paginate(**kwargs):
            count += len(page["TableNames"])
        return count

    @workflow
    def none_of_it():
        for page in db.get_paginator("list_tables").paginate():
            pass
    """


def three_tables() -> None:
    for name in ("a", "b", "c"):
        client("dynamodb").create_table(
            TableName=f"table-{name}",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


def test_pages_are_asked_for_one_by_one() -> None:
    found = judge(PAGES, {"prefix": "k", "size": 2}, setup=bucket, workflow="keys")
    assert (found.output, len(found.calls)) == ([f"k{i}" for i in range(5)], 3)
    assert found.transitions <= 3 + 3 + 1
    assert judge(PAGES, {"prefix": "none", "size": 2}, setup=bucket, workflow="keys").output == []


@pytest.mark.parametrize(
    ("stop", "expected"), [("k3", ["stop"]), ("k4", ["k2", "k3", "stop"]), ("no", ["k2", "k3", "k4", "end"])]
)
def test_a_loop_over_pages_is_left_and_goes_on(stop: str, expected: list[str]) -> None:
    assert judge(PAGES, {"stop": stop}, setup=bucket, workflow="first").output == expected


def test_arguments_of_a_dict() -> None:
    found = judge(PAGES, {}, setup=three_tables, workflow="tables")
    assert (found.output, len(found.calls)) == (3, 2)
    assert judge(PAGES, {}, setup=three_tables, workflow="none_of_it").output is None


MACHINES = """
    import boto3
    from botocore.exceptions import WaiterError
    from pysfnc import workflow

    ec2 = boto3.client("ec2")

    @workflow
    def main(instance: str):
        try:
            ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig={"Delay": 5, "MaxAttempts": 3})
        except WaiterError as e:
            return str(e).partition("(")[0]
        return "running"
    """


def _in_state(name: str) -> dict[str, Any]:
    return {"Reservations": [{"Instances": [{"InstanceId": "i-1", "State": {"Code": 0, "Name": name}}]}]}


NOT_YET = "InvalidInstanceID.NotFound: The instance ID 'i-1' does not exist"
SEVERAL = "InvalidInstanceID.NotFound: The instance IDs 'i-1, i-2' do not exist"


@pytest.mark.parametrize(
    ("answers", "output"),
    [
        ([_in_state("pending"), _in_state("running")], "running"),
        ([NOT_YET, SEVERAL, _in_state("running")], "running"),
        ([NOT_YET] * 3, "Waiter InstanceRunning failed: Max attempts exceeded"),
        ([_in_state("terminated")], "Waiter InstanceRunning failed: Waiter encountered a terminal failure state"),
    ],
)
def test_an_error_that_no_model_lists_is_told_by_its_text(answers: list[Any], output: str) -> None:
    found = judge(MACHINES, {"instance": "i-1"}, answers={"ec2.DescribeInstances": answers})
    assert found.output.startswith(output)
    assert len(found.calls) == len(answers)


def test_another_error_without_a_model_ends_the_waiting() -> None:
    answers = ["UnauthorizedOperation: You are not authorized to perform this operation."]
    assert len(judge(MACHINES, {"instance": "i-1"}, answers={"ec2.DescribeInstances": answers}).calls) == 1

"""What boto3 does with pages: limits, tokens, results of all of them, JMESPath."""

import copy
from typing import Any

import pytest

from pysfnc.aws.services import service
from pysfnc.frontend.aws.page_searches import search_text
from pysfnc.library.services.jmespath_tokens import Unreadable
from tests.boto.harness import client, judge
from tests.support.oracle import Rejected

PROGRAM = """
    import itertools
    import boto3
    from pysfnc import workflow

    s3 = boto3.client("s3")
    objects = s3.get_paginator("list_objects_v2")

    @workflow
    def listed(token: str | None = None, limit: int | None = None):
        config = {"PageSize": 2, "StartingToken": token, "MaxItems": limit}
        found = objects.paginate(Bucket="bucket", PaginationConfig=config).build_full_result()
        return [[entry["Key"] for entry in found.get("Contents", [])], found.get("NextToken")]

    @workflow
    def walked(limit: int):
        token, found = None, []
        while True:
            config = {"PageSize": 2, "StartingToken": token, "MaxItems": limit}
            part = objects.paginate(Bucket="bucket", PaginationConfig=config).build_full_result()
            found.append([entry["Key"] for entry in part["Contents"]])
            token = part.get("NextToken")
            if token is None:
                return found

    def of_three():
        return objects.paginate(Bucket="bucket", PaginationConfig={"PageSize": 3})

    @workflow
    def taken(limit: str):
        cut = objects.paginate(Bucket="bucket", PaginationConfig={"PageSize": 2, "MaxItems": limit})
        config = {"PageSize": 3}
        numbered = []
        for number, page in enumerate(objects.paginate(Bucket="bucket", PaginationConfig=config), 1):
            if number == 3:
                break
            numbered.append([number, page["Contents"][0]["Key"]])
        groups = objects.paginate(Bucket="bucket", Delimiter="/", PaginationConfig={"PageSize": 2, "MaxItems": 1})
        return [
            [[entry["Key"] for entry in page["Contents"]] for page in cut],
            [[page["KeyCount"], len(page.get("CommonPrefixes", []))] for page in groups],
            numbered,
            [len(page["Contents"]) for page in itertools.islice(of_three(), 2)],
            [word + page["Contents"][0]["Key"] for word, page in zip(["a", "b"], of_three())],
            next(iter(of_three()))["KeyCount"],
            len(list(of_three())),
        ]

    @workflow
    def searched(prefix: str):
        def pages():
            return objects.paginate(Bucket="bucket", Prefix=prefix, PaginationConfig={"PageSize": 3})

        large = []
        for entry in pages().search("Contents[?Size > `2` && Key != 'd0/k3']"):
            if entry is not None:
                large.append(entry["Key"])
        return [
            large,
            list(pages().search("Contents[].Key")),
            list(pages().search("Contents[-1].Key")),
            [entry["size"] for entry in pages().search("Contents[].{name: Key, size: Size}") if entry],
            sorted(boto3.client("ec2").get_paginator("describe_instances").paginate().search(
                "Reservations[].Instances[?State.Name=='running'].Tags[] | [].Value | []")),
        ]

    @workflow
    def scanned():
        scan = boto3.client("dynamodb").get_paginator("scan")
        config = {"PageSize": 2, "MaxItems": 3}
        found = scan.paginate(TableName="t", PaginationConfig=config).build_full_result()
        pages = scan.paginate(TableName="t", PaginationConfig=config)
        return [[item["id"]["S"] for page in pages for item in page["Items"]], found["Count"], found["NextToken"]]
    """

REPEATED = """
    import boto3
    from botocore.exceptions import BotoCoreError, PaginationError
    from pysfnc import workflow

    @workflow
    def run(table: bool, token: str | None = None):
        seen = []
        try:
            if table:
                for page in boto3.client("dynamodb").get_paginator("scan").paginate(TableName="t"):
                    if page["Count"] == 2:
                        continue
                    seen.append(page["Count"])
            else:
                config = {"StartingToken": token}
                pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket="b", PaginationConfig=config)
                for page in pages:
                    seen.append(page["KeyCount"])
        except PaginationError as e:
            return [str(e), seen]
        except BotoCoreError as e:
            return "other"
        return seen

    @workflow
    def uncaught():
        for page in boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket="b"):
            pass
    """

OTHERWISE = """
    import boto3
    from pysfnc import workflow

    @workflow
    def run(limit: int):
        objects = boto3.client("s3").get_paginator("list_objects")
        pages = objects.paginate(Bucket="b", PaginationConfig={"MaxItems": limit})
        found = pages.build_full_result()
        return [[one["Key"] for one in found["Contents"]], found.get("NextToken")]
    """

AGAIN = """
    import boto3
    from pysfnc import workflow

    objects = boto3.client("s3").get_paginator("list_objects_v2")

    @workflow
    def again():
        pages = objects.paginate(Bucket="bucket")
        return [list(pages.search("Contents[].Key")), list(pages.search("Contents[].Size"))]
    """


def fill() -> None:
    client("s3").create_bucket(Bucket="bucket")
    for i in range(7):
        client("s3").put_object(Bucket="bucket", Key=f"d{i % 3}/k{i}", Body=b"x" * i)
    key = {"AttributeName": "id"}
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{**key, "KeyType": "HASH"}],
        AttributeDefinitions=[{**key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for i in range(5):
        client("dynamodb").put_item(TableName="t", Item={"id": {"S": str(i)}})


INSTANCES = [
    {"InstanceId": f"i{i}", "State": {"Name": state}, "Tags": [{"Key": "env", "Value": f"dev{i}"}]}
    for i, state in enumerate(["running", "stopped", "running"])
]
ANSWERS = {"ec2.DescribeInstances": [{"Reservations": [{"Instances": INSTANCES[:2]}, {"Instances": INSTANCES[2:]}]}]}


def run(workflow: str, input: Any, engines: tuple[str, ...] = ("jlens",)) -> Any:
    return judge(PROGRAM, input, setup=fill, workflow=workflow, engines=engines, answers=ANSWERS)


def test_a_marker_that_comes_again_ends_the_pages() -> None:
    marks = ["x", "y", "y", "z"]
    listed = {
        "s3.ListObjectsV2": [
            {"KeyCount": i, "IsTruncated": True, "NextContinuationToken": mark} for i, mark in enumerate(marks)
        ]
    }
    message = "Error during pagination: The same next token was received twice: "
    found = judge(REPEATED, {"table": False}, answers=listed, workflow="run")
    assert found.output == [f"{message}{{'ContinuationToken': 'y'}}", [0, 1, 2]]
    # The marker that a read begins with may come again once.
    listed = {
        "s3.ListObjectsV2": [
            {"KeyCount": i, "IsTruncated": True, "NextContinuationToken": mark} for i, mark in enumerate("xxz")
        ]
    }
    found = judge(REPEATED, {"table": False, "token": "x"}, answers=listed, workflow="run", engines=("jlens",))
    assert found.output == [f"{message}{{'ContinuationToken': 'x'}}", [0, 1]]
    scanned = {
        "dynamodb.Scan": [{"Count": i, "LastEvaluatedKey": {"id": {"S": "a'"}, "n": {"N": "1"}}} for i in (2, 1)]
    }
    found = judge(REPEATED, {"table": True}, answers=scanned, workflow="run", engines=("jlens",))
    marker = {"ExclusiveStartKey": {"id": {"S": "a'"}, "n": {"N": "1"}}}
    assert found.output == [f"{message}{marker}", [1]]
    listed = {"s3.ListObjectsV2": [{"IsTruncated": True, "NextContinuationToken": "x"}] * 2}
    assert judge(REPEATED, answers=listed, workflow="uncaught", engines=("jlens",)).error == "PaginationError"


@pytest.mark.parametrize(("limit", "token"), [(2, True), (3, True), (4, True), (5, False)])
def test_a_marker_may_be_the_last_item(limit: int, token: bool) -> None:
    pages = [
        {"Contents": [{"Key": "a"}, {"Key": "b"}], "IsTruncated": True},
        {"Contents": [{"Key": "c"}, {"Key": "d"}], "IsTruncated": True, "NextMarker": "m"},
        {"Contents": [{"Key": "e"}], "IsTruncated": False},
    ]
    # boto3 changes the first answer.
    answers = {"s3.ListObjects": [lambda _params, page=page: copy.deepcopy(page) for page in pages]}
    found = judge(OTHERWISE, {"limit": limit}, answers=answers, engines=("jlens",))
    assert found.output[0] == list("abcde"[:limit]) and (found.output[1] is not None) == token


def test_a_result_goes_on_where_the_last_one_ended() -> None:
    found = run("walked", {"limit": 3})
    assert found.output == [["d0/k0", "d0/k3", "d0/k6"], ["d1/k1", "d1/k4", "d2/k2"], ["d2/k5"]]
    assert len(found.calls) == 2 + 2 + 1
    assert run("listed", {"limit": 1, "token": "None___1"}).output[0] == ["d0/k3"]
    assert run("listed", {"token": "a___b___c"}).cause == "Bad starting token: a___b___c"


def test_pages_are_taken_as_any_iterator() -> None:
    found = run("taken", {"limit": "3"}, ("jlens", "node"))
    assert found.output[:2] == [[["d0/k0", "d0/k3"], ["d0/k6"]], [[2, 2], [1, 1]]]
    assert found.names.count("s3.ListObjectsV2") == 2 + 2 + 3 + 2 + 2 + 1 + 3


def test_searches() -> None:
    output = run("searched", {"prefix": "d"}, ("jlens", "node")).output
    assert output[0] == ["d0/k6", "d1/k4", "d2/k5"]
    assert output[3:] == [[0, 3, 6, 1, 4, 2, 5], ["dev0", "dev2"]]
    assert run("searched", {"prefix": "none"}).output[:3] == [[], [None], [None]]


def test_results_of_a_table() -> None:
    assert run("scanned", {}).output[:2] == [["0", "1", "2"], 4]


def test_pages_are_taken_once() -> None:
    """boto3 gives only the last page the second time."""
    with pytest.raises(Rejected, match="pages that were taken before"):
        judge(AGAIN, setup=fill)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("sort_by(Contents, &Key)[].Key", "`&Key)[].Key`"),
        ("length(Contents)", "the function `length`"),
        ("Contents[?Size > 'x']", "`>` between integer and string"),
        ("Content[].Key", "`Content`, which is no member there"),
        ("Name == 'x'", "`Name == 'x'`"),
        ("Name[]", "`[]` of what is no list"),
    ],
)
def test_expressions_without_a_form(expression: str, reason: str) -> None:
    output = service("s3").operation("list_objects_v2").output
    assert output is not None
    with pytest.raises(Unreadable) as caught:
        search_text(expression, output)
    assert str(caught.value) == reason

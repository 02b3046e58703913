"""Calls of AWS with boto3: the machine makes the same calls and comes to the same result as CPython."""

from tests.boto.harness import client, judge


def orders_table() -> None:
    client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def with_order() -> None:
    orders_table()
    client("dynamodb").put_item(
        TableName="orders", Item={"id": {"S": "a1"}, "total": {"N": "12"}, "paid": {"BOOL": True}}
    )


DYNAMO = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    db = boto3.client("dynamodb")

    @workflow
    def find(id: str):
        answer = db.get_item(TableName="orders", Key={"id": {"S": id}})
        if "Item" not in answer:
            return None
        item = answer["Item"]
        return [item["total"]["N"], item["paid"]["BOOL"], item.get("note", {}).get("S", "-")]

    @workflow
    def whole(id: str):
        return db.get_item(TableName="orders", Key={"id": {"S": id}}).get("Item")

    @workflow
    def missing(id: str):
        return db.get_item(TableName="orders", Key={"id": {"S": id}})["Item"]["nothing"]["S"]

    @workflow
    def add(id: str, n: int):
        try:
            db.put_item(
                TableName="orders",
                Item={"id": {"S": id}, "n": {"N": str(n)}},
                ConditionExpression="attribute_not_exists(id)",
            )
        except db.exceptions.ConditionalCheckFailedException:
            return "there"
        except ClientError as e:
            return [e.response["Error"]["Code"], e.response["Error"]["Message"], e.operation_name, str(e), type(e).__name__]
        return "new"

    @workflow
    def status(id: str):
        answer = db.delete_item(TableName="orders", Key={"id": {"S": id}})
        meta = answer["ResponseMetadata"]
        return [answer["ResponseMetadata"]["HTTPStatusCode"], meta["HTTPStatusCode"], answer.get("Attributes")]

    @workflow
    def uncaught(id: str):
        db.get_item(TableName="nowhere", Key={"id": {"S": id}})
    """


def test_members_of_an_answer_are_read() -> None:
    found = judge(DYNAMO, {"id": "a1"}, setup=with_order, workflow="find")
    assert (found.output, found.names) == (["12", True, "-"], ["dynamodb.GetItem"])
    assert judge(DYNAMO, {"id": "b"}, setup=with_order, workflow="find").output is None


def test_a_member_is_used_as_a_whole() -> None:
    expected = {"id": {"S": "a1"}, "total": {"N": "12"}, "paid": {"BOOL": True}}
    assert judge(DYNAMO, {"id": "a1"}, setup=with_order, workflow="whole").output == expected
    assert judge(DYNAMO, {"id": "b"}, setup=with_order, workflow="whole").output is None


def test_a_member_that_is_not_there_is_a_key_error() -> None:
    found = judge(DYNAMO, {"id": "a1"}, setup=with_order, workflow="missing")
    assert (found.error, found.cause) == ("KeyError", "'nothing'")
    found = judge(DYNAMO, {"id": "b"}, setup=with_order, workflow="missing")
    assert (found.error, found.cause) == ("KeyError", "'Item'")


def test_errors_are_caught_by_their_classes() -> None:
    assert judge(DYNAMO, {"id": "a2", "n": 3}, setup=with_order, workflow="add").output == "new"
    assert judge(DYNAMO, {"id": "a1", "n": 3}, setup=with_order, workflow="add").output == "there"
    found = judge(DYNAMO, {"id": "a1", "n": 3}, workflow="add")
    assert found.output[0] == "ResourceNotFoundException"
    assert found.output[4] == "ResourceNotFoundException"


def test_the_status_of_an_answer() -> None:
    assert judge(DYNAMO, {"id": "a1"}, setup=with_order, workflow="status").output == [200, 200, None]


def test_an_error_that_nobody_catches_ends_the_execution() -> None:
    found = judge(DYNAMO, {"id": "a1"}, setup=with_order, workflow="uncaught")
    assert (found.error, found.cause) == ("ResourceNotFound", "Requested resource not found")


BY_CODE = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow, task

    db = boto3.client("dynamodb")
    s3 = boto3.client("s3")

    @workflow
    def add(id: str):
        try:
            db.put_item(TableName="orders", Item={"id": {"S": id}}, ConditionExpression="attribute_not_exists(id)")
        except ClientError as e:
            if e.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return "there"
            raise
        return "new"

    @workflow
    def several(id: str):
        try:
            db.put_item(TableName="orders", Item={"id": {"S": id}}, ConditionExpression="attribute_not_exists(id)")
            s3.get_object(Bucket="b", Key=id)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ("NoSuchKey", "NoSuchBucket"):
                found = "nothing"
            elif code != "ResourceNotFoundException":
                found = code
            else:
                return ["table", error.response["Error"]["Message"]]
            return found
        except ValueError:
            return "value"
        return "done"

    @task
    def put(id: str):
        db.put_item(TableName="orders", Item={"id": {"S": id}}, ConditionExpression="attribute_not_exists(id)")

    @workflow
    def from_task(id: str):
        try:
            put(id)
            s3.get_object(Bucket="b", Key=id)
        except ClientError as e:
            if e.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return "there"
            return e.response["Error"]["Message"]
    """


def test_errors_are_told_apart_by_their_codes() -> None:
    found = judge(BY_CODE, {"id": "a1"}, setup=with_order, workflow="add")
    assert (found.output, found.transitions) == ("there", 2)
    assert judge(BY_CODE, {"id": "a2"}, setup=with_order, workflow="add").output == "new"
    assert judge(BY_CODE, {"id": "a2"}, workflow="add").error == "ResourceNotFound"
    assert judge(BY_CODE, {"id": "a2"}, workflow="several").output == ["table", "Requested resource not found"]
    assert (
        judge(BY_CODE, {"id": "a1"}, setup=with_order, workflow="several").output == "ConditionalCheckFailedException"
    )
    assert judge(BY_CODE, {"id": "a2"}, setup=with_order, workflow="several").output == "nothing"


def test_an_error_of_a_task_has_its_code_in_its_text() -> None:
    assert judge(BY_CODE, {"id": "a1"}, setup=with_order, workflow="from_task").output == "there"
    found = judge(BY_CODE, {"id": "a2"}, setup=with_order, workflow="from_task")
    assert found.output == "The specified bucket does not exist"

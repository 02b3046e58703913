"""What botocore changes of a call by itself: arguments on their way out, and errors whose answer has no body."""

import base64
import textwrap
from typing import Any

import pytest

from pysfnc.aws import service
from pysfnc.engine import TaskCall, TaskFailure
from pysfnc.services.invoking import ServiceError
from pysfnc.services.unsent import as_given
from tests.boto.harness import client, judge
from tests.support.oracle import compile_program

COPIES = """
    import boto3
    from pysfnc import workflow

    s3 = boto3.client("s3")

    @workflow
    def copies(key: str, version: str | None = None) -> list[str]:
        source = {"Bucket": "source", "Key": key}
        if version:
            source["VersionId"] = version
        more = {"Bucket": "target", "CopySource": source}
        return [
            s3.copy_object(Bucket="target", Key="1", CopySource=source)["CopyObjectResult"]["ETag"],
            s3.copy_object(Bucket="target", Key="2", CopySource=f"source/{key}")["CopyObjectResult"]["ETag"],
            s3.copy_object(Bucket="target", Key="3", CopySource={"Bucket": "source", "Key": key})["CopyObjectResult"]["ETag"],
            s3.copy_object(Key="4", **more)["CopyObjectResult"]["ETag"],
        ]
"""
HEADS = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    s3 = boto3.client("s3")

    @workflow
    def heads(key: str) -> list:
        found = []
        try:
            s3.head_object(Bucket="bucket", Key=key)
        except s3.exceptions.NoSuchKey:
            found.append("no such key")
        except ClientError as e:
            error = e.response["Error"]
            status = e.response["ResponseMetadata"]["HTTPStatusCode"]
            found.append([error["Code"], error["Message"], str(e), status, type(e).__name__, e.operation_name])
        try:
            s3.head_object(Bucket="bucket", Key=key)
        except ClientError as e:
            found.append("gone" if e.response["Error"]["Code"] in ("404", "NoSuchKey") else "refused")
        return found
"""
LAUNCH = """
    import boto3
    from pysfnc import workflow

    ec2 = boto3.client("ec2")

    @workflow
    def launch(name: str) -> str:
        made = ec2.run_instances(ImageId="ami-1", MinCount=1, MaxCount=1, UserData=f"#!/bin/sh\\necho {name}\\n")
        return made["Instances"][0]["InstanceId"]
"""
KEYS = ["a", "a b+c%20/ß~(1)'", "k?versionId=x", "k?versionId=x y"]


def _given(sent: list[Any]) -> Any:
    """An answer that tells what boto3 is asked for, in one form whether the source is a text or a dict."""

    def answer(params: dict[str, Any]) -> dict[str, Any]:
        source = params["CopySource"]
        if isinstance(source, dict):
            tail = f"?versionId={source['VersionId']}" if source.get("VersionId") else ""
            source = f"{source['Bucket']}/{source['Key']}{tail}"
        sent.append(source)
        return {"CopyObjectResult": {"ETag": source}}

    return answer


@pytest.mark.parametrize("given", [*({"key": key} for key in KEYS), {"key": "k", "version": "v1"}])
def test_the_source_of_a_copy_is_quoted(given: dict[str, str]) -> None:
    judged = judge(COPIES, given, answers={"s3.CopyObject": [_given([])] * 4}, calls=False)
    assert len(judged.output) == 4


def test_copies_of_objects_with_odd_keys() -> None:
    def setup() -> None:
        for bucket in ("source", "target"):
            client("s3").create_bucket(Bucket=bucket)
        client("s3").put_object(Bucket="source", Key=KEYS[1], Body=b"1")

    judged = judge(COPIES, {"key": KEYS[1]}, setup=setup, calls=False, engines=("jlens",))
    assert len(set(judged.output)) == 1


@pytest.mark.parametrize(("code", "status"), [("404", 404), ("403", 403)])
def test_an_error_of_head_has_the_status_for_its_code(code: str, status: int) -> None:
    def refuse(_: Any) -> Any:
        from botocore.exceptions import ClientError

        text = {"404": "Not Found", "403": "Forbidden"}[code]
        response = {"Error": {"Code": code, "Message": text}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(response, "HeadObject")  # type: ignore[arg-type]

    judged = judge(HEADS, {"key": "k"}, answers={"s3.HeadObject": [refuse, refuse]})
    assert judged.output[0][:2] == [code, {"404": "Not Found", "403": "Forbidden"}[code]]
    assert judged.output[1] == {"404": "gone", "403": "refused"}[code]


def test_user_data_is_encoded_once() -> None:
    answers = {"ec2.RunInstances": [{"Instances": [{"InstanceId": "i-1"}]}]}
    judged = judge(LAUNCH, {"name": "kö"}, answers=answers, calls=False)
    assert judged.output == "i-1"
    machine = compile_program(textwrap.dedent(LAUNCH)).machine("launch", {})
    seen: list[Any] = []

    class Watched:
        def call(self, call: TaskCall) -> object:
            seen.append(call.arguments)
            raise TaskFailure("Ec2.Ec2Exception", "enough")

    machine.run({"name": "kö"}, tasks=Watched())
    assert base64.b64decode(seen[0]["UserData"]).decode() == "#!/bin/sh\necho kö\n"
    operation = service("ec2").operation("run_instances")
    assert as_given(operation, seen[0])["UserData"] == "#!/bin/sh\necho kö\n".encode()
    with pytest.raises(ServiceError, match="Invalid BASE64"):
        as_given(operation, {"UserData": "#!/bin/sh"})


LISTS = """
    import boto3
    from pysfnc import workflow

    sqs = boto3.client("sqs")
    ENTRIES = [{"Id": "1", "MessageBody": "a"}]

    @workflow
    def asks() -> list:
        answer = sqs.send_message_batch(QueueUrl="q", Entries=ENTRIES)
        failed = answer.get("Failed", [])
        return failed if "Failed" in answer else ["none", len(failed), answer["Successful"][0]["Id"]]

    @workflow
    def reads() -> int:
        return len(sqs.send_message_batch(QueueUrl="q", Entries=ENTRIES)["Failed"])
"""


def test_a_list_that_the_model_requires_may_be_missing() -> None:
    answers = {"sqs.SendMessageBatch": [{"Successful": [{"Id": "1"}]}]}
    assert judge(LISTS, answers=answers, workflow="asks").output == ["none", 0, "1"]
    assert judge(LISTS, answers=answers, workflow="reads").cause == "'Failed'"

"""Programs as people write them around AWS: names of every depth, streams, loops over answers, helpers that get clients, tasks with boto3."""

from typing import Any

import pytest

from tests.boto.harness import REGION, client, judge

BATCH = """
    import time
    import boto3
    from pysfnc import workflow

    @workflow
    def wait(job: str):
        batch = boto3.client("batch")
        while True:
            answer = batch.describe_jobs(jobs=[job])
            status = answer["jobs"][0]["status"]
            if status in ("SUCCEEDED", "FAILED"):
                break
            time.sleep(30)
        return status

    @workflow
    def attempts(job: str):
        batch = boto3.client("batch")
        jobs = batch.describe_jobs(jobs=[job])["jobs"]
        names = [j["jobName"] for j in jobs if j.get("isCancelled", False)]
        found = []
        for j in jobs:
            for attempt in j.get("attempts", []):
                found.append(attempt["container"].get("exitCode", -1))
        return [names, found, len(jobs), bool(jobs), jobs[0]["container"]]

    @workflow
    def submit(name: str, command: list[str], variables: dict[str, str], memory: int):
        batch = boto3.client("batch")
        overrides = {
            "command": command,
            "environment": [{"name": k, "value": v} for k, v in variables.items()],
        }
        if memory > 0:
            overrides["memory"] = memory
        answer = batch.submit_job(jobName=name, jobQueue="q", jobDefinition="d", containerOverrides=overrides)
        return answer["jobId"]
    """


def job(status: str, **rest: Any) -> dict[str, Any]:
    return {
        "jobs": [
            {
                "jobName": "n",
                "jobId": "j",
                "jobQueue": "q",
                "status": status,
                "startedAt": 1,
                "jobDefinition": "d",
                **rest,
            }
        ]
    }


def test_polling_costs_what_an_expert_pays() -> None:
    answers = {"batch.DescribeJobs": [job("RUNNABLE"), job("RUNNING"), job("SUCCEEDED")]}
    found = judge(BATCH, {"job": "j"}, answers=answers, workflow="wait")
    assert (found.output, found.names) == ("SUCCEEDED", ["batch.DescribeJobs"] * 3)
    # Three calls, a decision and a wait between each two of them; the last decision is made on the way out of the call.
    assert found.transitions == 7


def test_names_at_every_depth_are_those_of_boto3() -> None:
    attempts = [{"container": {"exitCode": 3, "reason": "r"}}, {"container": {"reason": "s"}}]
    answers = {
        "batch.DescribeJobs": [job("FAILED", attempts=attempts, isCancelled=True, container={"logStreamName": "l"})]
    }
    found = judge(BATCH, {"job": "j"}, answers=answers, workflow="attempts")
    assert found.output == [["n"], [3, -1], 1, True, {"logStreamName": "l"}]
    assert (
        judge(BATCH, {"job": "j"}, answers={"batch.DescribeJobs": [{"jobs": []}]}, workflow="attempts").error
        == "IndexError"
    )


def test_arguments_that_are_made_at_run_time_get_the_names_of_the_machine() -> None:
    for memory in (0, 512):
        given = {"name": "n", "command": ["a", "b"], "variables": {"fooBar": "1", "x": "2"}, "memory": memory}
        found = judge(BATCH, given, answers={"batch.SubmitJob": [{"jobName": "n", "jobId": "id-1"}]}, workflow="submit")
        sent = found.calls[0][1]["containerOverrides"]
        assert sent["environment"] == [{"name": "fooBar", "value": "1"}, {"name": "x", "value": "2"}]
        assert ("memory" in sent) == (memory > 0)
        assert found.output == "id-1"


S3 = """
    import json
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow, task, with_options, Retry

    s3 = boto3.client("s3")

    def fetch(client, bucket: str, key: str) -> str:
        return client.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8")

    @workflow
    def read(key: str):
        try:
            return fetch(s3, "bucket", key).upper()
        except s3.exceptions.NoSuchKey as e:
            return [type(e).__name__, e.response["Error"]["Code"]]

    @workflow
    def parsed(key: str):
        answer = s3.get_object(Bucket="bucket", Key=key)
        body = answer["Body"]
        data = json.loads(body.read())
        return data["a"]

    @workflow
    def listed(prefix: str):
        found = []
        kwargs = {"Bucket": "bucket", "Prefix": prefix, "MaxKeys": 2}
        while True:
            page = s3.list_objects_v2(**kwargs)
            for obj in page.get("Contents", []):
                found.append(obj["Key"])
            if not page["IsTruncated"]:
                break
            kwargs["ContinuationToken"] = page["NextContinuationToken"]
        return found

    @workflow
    def stored(value: dict):
        s3.put_object(Bucket="bucket", Key="out", Body=json.dumps(value, separators=(",", ":"), ensure_ascii=False), ContentType="application/json")
        return s3.get_object(Bucket="bucket", Key="out")["Body"].read().decode()

    @task
    def in_lambda(key: str) -> str:
        return s3.get_object(Bucket="bucket", Key=key)["Body"].read().decode()

    @workflow
    def through_lambda(key: str):
        try:
            return in_lambda(key)
        except s3.exceptions.NoSuchKey as e:
            return ["missing", str(e), e.response["Error"]["Code"]]

    @workflow
    def any_error(key: str):
        try:
            return in_lambda(key)
        except ClientError as e:
            return [type(e).__name__, str(e)]

    @workflow
    def head(key: str):
        try:
            s3.head_object(Bucket="bucket", Key=key)
        except ClientError:
            return False
        return True
    """


def bucket() -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    for index in range(5):
        s3.put_object(Bucket="bucket", Key=f"k{index}", Body=f'{{"a": [{index}, "é"]}}'.encode())


def test_streams_are_read() -> None:
    assert judge(S3, {"key": "k1"}, setup=bucket, workflow="read").output == '{"A": [1, "É"]}'
    assert judge(S3, {"key": "no"}, setup=bucket, workflow="read").output == ["NoSuchKey", "NoSuchKey"]
    assert judge(S3, {"key": "k3"}, setup=bucket, workflow="parsed").output == [3, "é"]


LOADED = """
    import json
    import boto3
    from pysfnc import workflow

    s3 = boto3.client("s3")

    @workflow
    def main(keys: list[str], as_json: bool):
        found = []
        for key in keys:
            answer = s3.get_object(Bucket="bucket", Key=key)
            try:
                found.append(json.load(answer["Body"]) if as_json else answer["Body"].read().decode())
            except json.JSONDecodeError as e:
                found.append(str(e))
        return found
    """


@pytest.mark.parametrize("as_json", [True, False])
def test_json_is_loaded_out_of_streams(as_json: bool) -> None:
    def fill() -> None:
        bucket()
        client("s3").put_object(Bucket="bucket", Key="a", Body=b'{"n": [1, 2.5]}')
        client("s3").put_object(Bucket="bucket", Key="b", Body=b'{"n": ')

    found = judge(LOADED, {"keys": ["a", "b"], "as_json": as_json}, setup=fill)
    loaded = [{"n": [1, 2.5]}, "Expecting value: line 1 column 7 (char 6)"]
    assert found.output == (loaded if as_json else ['{"n": [1, 2.5]}', '{"n": '])


def test_pages_are_taken_one_by_one() -> None:
    found = judge(S3, {"prefix": "k"}, setup=bucket, workflow="listed")
    assert found.output == [f"k{i}" for i in range(5)]
    assert found.names == ["s3.ListObjectsV2"] * 3
    assert judge(S3, {"prefix": "none"}, setup=bucket, workflow="listed").output == []


def test_json_is_stored() -> None:
    assert judge(S3, {"value": {"b": [1, "é", None]}}, setup=bucket, workflow="stored").output == '{"b":[1,"é",null]}'


def test_tasks_use_boto3_too() -> None:
    assert judge(S3, {"key": "k1"}, setup=bucket, workflow="through_lambda").output == '{"a": [1, "é"]}'
    missing = judge(S3, {"key": "no"}, setup=bucket, workflow="through_lambda").output
    assert missing[0] == "missing" and missing[2] == "NoSuchKey"
    assert judge(S3, {"key": "no"}, setup=bucket, workflow="any_error").output[0] == "NoSuchKey"


def test_an_object_is_there_or_not() -> None:
    assert judge(S3, {"key": "k1"}, setup=bucket, workflow="head").output is True
    assert judge(S3, {"key": "no"}, setup=bucket, workflow="head").output is False


MESSAGES = """
    import json
    import os
    import boto3
    from concurrent.futures import ThreadPoolExecutor
    from pysfnc import workflow, with_options, Retry

    session = boto3.Session()
    sqs = session.client("sqs", region_name=os.environ["AWS_DEFAULT_REGION"])
    sns = boto3.client(service_name="sns")
    events = boto3.client("events")

    @workflow
    def send(url: str, order: dict):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(order, separators=(",", ":")))
        answer = sqs.receive_message(QueueUrl=url)
        return [message["Body"] for message in answer.get("Messages", [])]

    @workflow
    def publish(topic: str, name: str):
        answer = sns.publish(
            TopicArn=topic,
            Subject=f"Hello {name}",
            Message="text",
            MessageAttributes={"kind": {"DataType": "String", "StringValue": name}},
        )
        return len(answer["MessageId"])

    @workflow
    def put(orders: list[dict]):
        answer = events.put_events(
            Entries=[{"Source": "shop", "DetailType": "placed", "Detail": json.dumps({"id": o["id"]}, separators=(",", ":"))} for o in orders]
        )
        return [answer["FailedEntryCount"], len(answer["Entries"])]

    @workflow
    def parallel(urls: list[str]):
        def one(url: str) -> int:
            return len(sqs.send_message(QueueUrl=url, MessageBody="x")["MessageId"])

        with ThreadPoolExecutor() as pool:
            return list(pool.map(one, urls))

    @workflow
    def retried(url: str):
        send = with_options(sqs.send_message, retry=Retry(on=(sqs.exceptions.OverLimit, ValueError), max_attempts=2, interval=1))
        try:
            send(QueueUrl=url, MessageBody="x")
        except sqs.exceptions.QueueDoesNotExist:
            return "gone"
        except sqs.exceptions.OverLimit as e:
            return str(e)
        return "sent"
    """


def queue() -> None:
    client("sqs").create_queue(QueueName="q")
    client("sns").create_topic(Name="t")


URL = f"https://sqs.{REGION}.amazonaws.com/123456789012/q"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:t"


def test_messages() -> None:
    assert judge(MESSAGES, {"url": URL, "order": {"id": 1}}, setup=queue, workflow="send").output == ['{"id":1}']
    assert judge(MESSAGES, {"topic": TOPIC, "name": "you"}, setup=queue, workflow="publish").output == 36
    given = {"orders": [{"id": "a"}, {"id": "b"}]}
    assert judge(MESSAGES, given, workflow="put").output == [0, 2]


def test_calls_in_branches() -> None:
    assert judge(MESSAGES, {"urls": [URL, URL]}, setup=queue, workflow="parallel").output == [36, 36]


def test_retries_on_classes_of_a_client() -> None:
    over = "OverLimit: too many"
    answers = {"sqs.SendMessage": [over, over]}
    found = judge(MESSAGES, {"url": URL}, setup=queue, answers=answers, workflow="retried")
    assert (found.output, len(found.calls)) == ("sent", 3)
    found = judge(MESSAGES, {"url": URL}, setup=queue, answers={"sqs.SendMessage": [over] * 3}, workflow="retried")
    assert found.output == "An error occurred (OverLimit) when calling the SendMessage operation: too many"
    missing = judge(MESSAGES, {"url": URL}, workflow="retried")
    assert (missing.output, len(missing.calls)) == ("gone", 1)

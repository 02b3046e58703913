"""What ordinary programs do around clients: arguments that may be None, waiters that differ from way to way, codes kept in variables."""

import json
from typing import Any

import pytest

from tests.boto.harness import client, judge
from tests.support.oracle import Rejected

NONES = """
    import os
    import boto3
    from botocore.exceptions import BotoCoreError, ParamValidationError
    from pysfnc import workflow

    TOPIC = os.environ.get("TOPIC")
    secrets = boto3.client("secretsmanager")
    sns = boto3.client("sns")

    @workflow
    def move(stages: dict[str, list[str]], limit: int | None = None):
        current = None
        for version, names in stages.items():
            if "AWSCURRENT" in names:
                current = version
        try:
            secrets.list_secrets(MaxResults=limit, NextToken=current)
        except ParamValidationError as e:
            return str(e)
        secrets.update_secret_version_stage(SecretId="a", VersionStage="AWSCURRENT", RemoveFromVersionId=current)
        return "moved"

    @workflow
    def notify(order: list[str]):
        try:
            if len(order) < 5 or TOPIC:
                sns.publish(TopicArn=TOPIC, Message=order[3])
        except IndexError:
            return "order first"
        except BotoCoreError as e:
            return [type(e).__name__, str(e)]
    """


def test_none_is_refused_as_botocore_refuses_it() -> None:
    """Recorded answers would come before botocore looks at the arguments, so that moto answers here, and the attempt counts as a call in Python."""
    current = {"v": ["AWSCURRENT"]}
    for stages, limit, wrong in (({}, None, 2), ({}, 3, 1), (current, None, 1)):
        found = judge(NONES, {"stages": stages, "limit": limit}, workflow="move", calls=False)
        assert found.output.splitlines()[0] == "Parameter validation failed:"
        assert len(found.output.splitlines()) == wrong + 1
    answers = {"secretsmanager.ListSecrets": [{}], "secretsmanager.UpdateSecretVersionStage": [{}]}
    found = judge(NONES, {"stages": current, "limit": 3}, answers=answers, workflow="move")
    assert (found.output, len(found.calls)) == ("moved", 2)


def test_other_arguments_fail_before_none_does() -> None:
    assert judge(NONES, {"order": []}, workflow="notify").output == "order first"
    assert judge(NONES, {"order": list("abcd")}, workflow="notify", calls=False).output[0] == "ParamValidationError"
    answers = {"sns.Publish": [{"MessageId": "m"}]}
    found = judge(NONES, {"order": list("abcde")}, answers=answers, workflow="notify", environment={"TOPIC": "t"})
    assert found.names == ["sns.Publish"]


WAITERS = """
    import boto3
    from botocore.exceptions import ClientError, WaiterError
    from pysfnc import workflow

    cfn = boto3.client("cloudformation")

    @workflow
    def deploy(name: str, exists: bool):
        kwargs = {"StackName": name, "TemplateURL": "https://t"}
        if exists:
            change = cfn.update_stack
            waiter = cfn.get_waiter("stack_update_complete")
        else:
            change = cfn.create_stack
            waiter = cfn.get_waiter("stack_create_complete")
        change(**kwargs)
        try:
            waiter.wait(StackName=name, WaiterConfig={"Delay": 10, "MaxAttempts": 3})
        except WaiterError as e:
            return "failed"
        return "done"
    """


@pytest.mark.parametrize("exists", [True, False])
def test_waiters_and_methods_may_differ_from_way_to_way(exists: bool) -> None:
    kind = "UPDATE" if exists else "CREATE"

    def stack(status: str) -> dict[str, Any]:
        return {"Stacks": [{"StackName": "n", "CreationTime": 1, "StackStatus": status}]}

    for ends, output in (("COMPLETE", "done"), ("FAILED", "failed"), ("IN_PROGRESS", "failed")):
        described = [stack(f"{kind}_IN_PROGRESS"), *[stack(f"{kind}_{ends}")] * 2]
        answers: dict[str, list[Any]] = {
            f"cloudformation.{kind.title()}Stack": [{"StackId": "i"}],
            "cloudformation.DescribeStacks": described,
        }
        assert judge(WAITERS, {"name": "n", "exists": exists}, answers=answers, engines=("jlens",)).output == output
    gone: dict[str, list[Any]] = {
        f"cloudformation.{kind.title()}Stack": [{}],
        "cloudformation.DescribeStacks": ["ValidationError: no stack"],
    }
    assert judge(WAITERS, {"name": "n", "exists": exists}, answers=gone, engines=("jlens",)).output == "failed"


HELD = """
    import boto3
    from dataclasses import dataclass
    from pysfnc import workflow

    class Catalog:
        def __init__(self, glue_client, database=None):
            self.glue_client = glue_client
            self.sqs = boto3.client("sqs")
            self.table = boto3.resource("dynamodb").Table(f"{database}-index")
            self.database = database

        def names(self):
            paginator = self.glue_client.get_paginator("get_tables")
            return [t["Name"] for page in paginator.paginate(DatabaseName=self.database) for t in page["TableList"]]

        def state(self, name):
            try:
                return self.glue_client.get_crawler(Name=name)["Crawler"]["State"]
            except self.glue_client.exceptions.EntityNotFoundException as e:
                return e.response["Error"]["Code"]

        def index(self):
            for name in self.names():
                self.table.put_item(Item={"pk": name})
            return self.table.scan(Select="COUNT")["Count"]

    def tell(clients, text):
        return bool(clients["sns"].publish(TopicArn="t", Message=text)["MessageId"])

    @workflow
    def run(name: str):
        catalog = Catalog(boto3.client("glue"), name)
        catalogs = {"one": catalog}
        told = tell({"sns": boto3.client("sns")}, "hello")
        return [catalogs["one"].index(), catalogs["one"].state("c"), told, bool(catalog.sqs.send_message(QueueUrl="u", MessageBody="x"))]

    @workflow
    def pages(name: str):
        glue = boto3.client("glue")
        tables = glue.get_paginator("get_tables").paginate(DatabaseName=name)
        count = sum(len(page["TableList"]) for page in glue.get_paginator("get_tables").paginate(DatabaseName=name))
        return [count, {t["Name"]: t.get("Owner") for page in tables for t in page["TableList"] if t["Name"] != "x"}]
    """


def _fill() -> None:
    client("dynamodb").create_table(
        TableName="n-index",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _tables(*names: str, token: str = "") -> dict[str, Any]:
    return {"TableList": [{"Name": name} for name in names], **({"NextToken": token} if token else {})}


def test_clients_and_tables_are_kept_in_objects_and_dicts() -> None:
    answers: dict[str, list[Any]] = {
        "glue.GetCrawler": ["EntityNotFoundException: none"],
        "glue.GetTables": [_tables("a", token="t"), _tables("b")],
        "sqs.SendMessage": [{"MessageId": "1"}],
        "sns.Publish": [{"MessageId": "1"}],
    }
    found = judge(HELD, {"name": "n"}, setup=_fill, answers=answers, workflow="run")
    assert found.output == [2, "EntityNotFoundException", True, True]


def test_pages_are_taken_by_comprehensions() -> None:
    answers = {"glue.GetTables": [_tables("a", "x", token="t"), _tables("b")] * 2}
    assert judge(HELD, {"name": "n"}, answers=answers, workflow="pages").output == [3, {"a": None, "b": None}]


INSTANCES = """
    import boto3
    import botocore.exceptions
    from pysfnc import workflow

    rds = boto3.client("rds")
    s3 = boto3.client("s3")

    def kind(e, client) -> str:
        return "missing" if isinstance(e, client.exceptions.DBInstanceNotFoundFault) else "other"

    @workflow
    def look(name: str) -> str:
        try:
            rds.describe_db_instances(DBInstanceIdentifier=name)
        except Exception as e:
            if isinstance(e, s3.exceptions.NoSuchKey) or not isinstance(e, rds.exceptions.ClientError):
                return "never"
            if isinstance(e, rds.exceptions.DBInstanceNotFoundFault):
                return f"{kind(e, rds)}: {e.response['Error']['Message']}"
            if isinstance(e, (rds.exceptions.DBClusterNotFoundFault, botocore.exceptions.ClientError)):
                return kind(e, rds)
            raise
        return "there"
"""


@pytest.mark.parametrize(("error", "expected"), [("DBInstanceNotFound: none", "missing: none"), ("Odd: x", "other")])
def test_isinstance_knows_the_exceptions_of_clients(error: str, expected: str) -> None:
    answers = {"rds.DescribeDBInstances": [error]}
    assert judge(INSTANCES, {"name": "a"}, answers=answers, engines=("jlens",)).output == expected


LATER = """
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import Fail, workflow

    sqs = boto3.client("sqs")

    def depth(url: str) -> int:
        return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["N"])

    async def later(url: str) -> int:
        return depth(url)

    @workflow
    def futures(urls: list[str]) -> list:
        found = []
        with ThreadPoolExecutor() as pool:
            waiting = [pool.submit(depth, url) for url in urls]
        for one in waiting:
            try:
                found.append(one.result())
            except Fail:
                found.append("a Fail")
            except sqs.exceptions.QueueDoesNotExist:
                found.append("none")
            except ClientError as e:
                found.append(e.response["Error"]["Message"])
        return found

    @workflow
    async def group(urls: list[str]) -> str:
        found = "fine"
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(later(urls[-1]))
        except* ValueError:
            found = "a ValueError"
        except* ClientError as problems:
            found = f"{len(problems.exceptions)} of AWS"
        return found
"""


@pytest.mark.parametrize(("workflow", "expected"), [("futures", [3, "none", "denied"]), ("group", "1 of AWS")])
def test_errors_that_no_model_lists_are_caught_later(workflow: str, expected: Any) -> None:
    """`Sqs.SqsException` is a ClientError wherever it is told: behind a call, out of a future, in a group."""

    def answer(params: dict[str, Any]) -> dict[str, Any]:

        codes = {"gone": ("QueueDoesNotExist", "none"), "no": ("AccessDenied", "denied")}
        if params["QueueUrl"] not in codes:
            return {"Attributes": {"N": "3"}}
        code, message = codes[params["QueueUrl"]]
        response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        raise client("sqs").exceptions.from_code(code)(response, "GetQueueAttributes")

    answers = {"sqs.GetQueueAttributes": [answer] * 3}
    judged = judge(LATER, {"urls": ["a", "gone", "no"]}, answers=answers, workflow=workflow, calls=False)
    assert judged.output == expected


PICTURE = """
    import boto3
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    s3 = boto3.client("s3")

    @workflow
    def keep(event: dict) -> list:
        bucket, key, again = event["bucket"], event["key"], event.get("again")
        found = []
        for turn in range(2):
            try:
                s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [{"Key": "turn", "Value": str(turn)}]})
                found.append(f"s3://{bucket}/{key}".upper() + key[:1])
            except ClientError as e:
                found.append(f"{e.response['Error']['Code']} {bucket} {again}")
                key = again
        return [*found, bucket.title(), f"{key}"]
    """


def test_what_a_call_took_as_a_text_is_one_behind_it() -> None:
    answers: dict[str, list[Any]] = {"s3.PutObjectTagging": [{}, {}]}
    event = {"bucket": "pictures", "key": "a.png"}
    found = judge(PICTURE, {"event": event}, answers=answers)
    assert found.output == ["S3://PICTURES/A.PNGa", "S3://PICTURES/A.PNGa", "Pictures", "a.png"]

    def missing(_params: dict[str, Any]) -> dict[str, Any]:
        response = {"Error": {"Code": "NoSuchBucket", "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": 404}}
        raise client("s3").exceptions.NoSuchBucket(response, "PutObjectTagging")

    answers = {"s3.PutObjectTagging": [missing, {}]}
    found = judge(PICTURE, {"event": {**event, "again": "b"}}, answers=answers)
    assert found.output == ["NoSuchBucket pictures b", "S3://PICTURES/Bb", "Pictures", "b"]


DEADLINE = """
    import random
    import time
    from datetime import datetime, timedelta, timezone

    import boto3
    from pysfnc import workflow

    glue = boto3.client("glue")

    @workflow
    def run(name: str) -> list:
        run_id = glue.start_job_run(JobName=name)["JobRunId"]
        pause, polls = 0, 0
        deadline = time.time() + 3600
        while time.time() < deadline:
            state = glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]["JobRunState"]
            polls += 1
            if state not in ("STARTING", "RUNNING"):
                break
            time.sleep(pause)
        else:
            raise TimeoutError("too long")
        return [state, polls]

    @workflow
    def patient(name: str, limit: float) -> list:
        misses = 0
        start = time.monotonic()
        try:
            while time.monotonic() - start < limit:
                try:
                    state = glue.get_job_run(JobName=name, RunId="r")["JobRun"]["JobRunState"]
                except (glue.exceptions.EntityNotFoundException, TimeoutError):
                    misses += 1
                    continue
                if state == "SUCCEEDED":
                    return [state, misses]
                time.sleep(0)
            raise TimeoutError("slow")
        except TimeoutError as e:
            return [str(e), misses]

    @workflow
    def until(name: str, pause: int = 0) -> list:
        polls = 0
        deadline = datetime.now(timezone.utc) + timedelta(minutes=30)
        while True:
            state = glue.get_job_run(JobName=name, RunId="r")["JobRun"]["JobRunState"]
            polls += 1
            if state == "SUCCEEDED":
                return [state, polls]
            if datetime.now(timezone.utc) > deadline:
                raise TimeoutError(f"slow after {polls}")
            time.sleep(pause)

    @workflow
    def late(name: str) -> str:
        until = time.time() - 1
        for _ in range(3):
            if time.time() > until:
                return "late"
            glue.get_job_run(JobName=name, RunId="r")
        return "never"

    @workflow
    def chance(name: str) -> list:
        seen = []
        while len(seen) < 3:
            luck = random.random()
            if luck >= 1:
                return ["never"]
            seen.append(glue.get_job_run(JobName=name, RunId="r")["JobRun"]["JobRunState"] + str(0 <= luck < 1))
        return seen
    """


def test_a_deadline_costs_a_poll_no_state() -> None:
    def at(state: str) -> dict[str, Any]:
        return {"JobRun": {"JobRunState": state}}

    answers: dict[str, list[Any]] = {"glue.StartJobRun": [{"JobRunId": "r"}]}
    counts = []
    for running in (0, 1, 4):
        answers["glue.GetJobRun"] = [*[at("RUNNING")] * running, at("SUCCEEDED")]
        found = judge(DEADLINE, {"name": "a"}, answers=answers, workflow="run")
        assert found.output == ["SUCCEEDED", running + 1]
        counts.append(found.transitions)
    assert counts == [3, 6, 15]
    answers["glue.GetJobRun"] = [at("RUNNING"), at("RUNNING"), at("SUCCEEDED")]
    found = judge(DEADLINE, {"name": "a"}, answers=answers, workflow="until")
    assert (found.output, found.transitions) == (["SUCCEEDED", 3], 10)
    assert judge(DEADLINE, {"name": "a"}, workflow="late").output == "late"

    def missing(_params: dict[str, Any]) -> dict[str, Any]:
        response = {"Error": {"Code": "EntityNotFoundException", "Message": "m"}}
        raise client("glue").exceptions.EntityNotFoundException(response, "GetJobRun")

    answers = {"glue.GetJobRun": [missing, at("RUNNING"), missing, at("SUCCEEDED")]}
    assert judge(DEADLINE, {"name": "a", "limit": 3600.0}, answers=answers, workflow="patient").output == [
        "SUCCEEDED",
        2,
    ]
    assert judge(DEADLINE, {"name": "a", "limit": 0.0}, workflow="patient").output == ["slow", 0]
    found = judge(DEADLINE, {"name": "a"}, answers={"glue.GetJobRun": [at("A")] * 3}, workflow="chance")
    assert found.output == ["ATrue"] * 3


POLICIES = """
    import json

    import boto3
    from pysfnc import workflow

    iam = boto3.client("iam")

    def open_to_all(document: dict) -> bool:
        return any(s["Effect"] == "Allow" and s.get("Principal") in ("*", {"AWS": "*"}) for s in document["Statement"])

    @workflow
    def audit(names: list[str]) -> dict:
        found = {}
        for name in names:
            role = iam.get_role(RoleName=name)["Role"]
            document = role["AssumeRolePolicyDocument"]
            services = [s["Principal"].get("Service") for s in document["Statement"] if s["Principal"] != "*"]
            found[name] = [open_to_all(document), services, document.get("Version"), role["Path"]]
        return found

    @workflow
    def inline(names: list[str]) -> list:
        kept = []
        for name in names:
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                answer = iam.get_role_policy(RoleName=name, PolicyName=policy)
                text = json.dumps(answer["PolicyDocument"], sort_keys=True)
                iam.put_role_policy(RoleName=name, PolicyName=policy + "-copy", PolicyDocument=text)
                kept.append([answer["PolicyName"], answer["PolicyDocument"], len(text)])
        return kept

    @workflow
    def whole(names: list[str]):
        return [iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] for name in names]

    @workflow
    def listed(names: list[str]) -> list:
        found = iam.list_roles()["Roles"]
        return sorted([r["RoleName"], len(r["AssumeRolePolicyDocument"]["Statement"])] for r in found)
    """
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["sts:TagSession"],
            "Condition": {"Bool": {'a "b" + c%20<é>': 1}},
        },
    ],
}


INLINE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*"}],
}


def roles() -> None:
    iam = client("iam")
    iam.create_role(RoleName="open", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_role(
        RoleName="shut", Path="/a/", AssumeRolePolicyDocument=json.dumps({"Statement": TRUST["Statement"][:1]})
    )
    iam.put_role_policy(RoleName="open", PolicyName="p", PolicyDocument=json.dumps(INLINE))


def test_policies_of_iam_are_read_as_boto3_reads_them() -> None:
    names = {"names": ["open", "shut"]}
    found = judge(POLICIES, names, setup=roles, workflow="audit")
    assert found.output["open"] == [True, ["lambda.amazonaws.com"], "2012-10-17", "/"]
    assert found.output["shut"] == [False, ["lambda.amazonaws.com"], None, "/a/"]
    assert judge(POLICIES, names, setup=roles, workflow="inline").output[0][:2] == ["p", INLINE]
    assert judge(POLICIES, names, setup=roles, workflow="whole").output[0] == TRUST
    assert ["open", 2] in judge(POLICIES, names, setup=roles, workflow="listed").output


LOGGED = """
    import json
    import logging
    import boto3
    from pysfnc import workflow

    logger = logging.getLogger()
    batch = boto3.client("batch")

    @workflow
    def submit(name: str):
        response = batch.submit_job(jobName=name, jobQueue="q", jobDefinition="d")
        print(json.dumps(response))
        print("Response: " + json.dumps(response, indent=2), str(response), response)
        logger.info(f"Submitted job {str(response)}")
        logger.info(response)
        logger.info("Response: %s", json.dumps({"all": [response]}, default=str))
        print("{} of {}".format(response, name), "%s" % str(response))
        return response["jobId"]
    """


def test_what_is_only_printed_may_be_a_whole_answer() -> None:
    answers = {"batch.SubmitJob": [{"jobName": "a", "jobId": "7"}]}
    assert judge(LOGGED, {"name": "a"}, answers=answers, workflow="submit").output == "7"


def test_what_may_be_a_number_of_an_item_is_told_by_who_reads_it() -> None:
    source = """
        import boto3
        from pysfnc import workflow

        ses = boto3.client("ses")

        def send(to):
            message = {"Subject": {"Data": "a"}, "Body": {"Text": {"Data": "b"}}}
            ses.send_email(Source="a@b.c", Destination={"ToAddresses": [to]}, Message=message)

        @workflow
        def main(name: str):
            table = boto3.resource("dynamodb").Table("orders")
            return send(table.get_item(Key={"id": name})["Item"]["to"])
        """
    with pytest.raises(Rejected) as refused:
        judge(source, {"name": "a"})
    lines = str(refused.value).splitlines()
    assert any("around what is a text in the item" in line for line in lines)
    assert max(map(len, lines)) < 300


STREAMS = """
    from contextlib import closing
    import boto3
    from pysfnc import workflow

    s3 = boto3.client("s3")

    @workflow
    def main(key: str):
        body = s3.get_object(Bucket="bucket", Key=key)["Body"]
        try:
            text = body.read().decode("utf-8")
        finally:
            body.close()
        body.close()
        with closing(s3.get_object(Bucket="bucket", Key=key)["Body"]) as stream:
            again = stream.read().decode()
        return [text, again]
    """


def test_streams_are_closed() -> None:
    def bucket() -> None:
        client("s3").create_bucket(Bucket="bucket")
        client("s3").put_object(Bucket="bucket", Key="k", Body=b"rows")

    assert judge(STREAMS, {"key": "k"}, setup=bucket).output == ["rows", "rows"]
    with pytest.raises(Rejected, match="read already"):
        judge(STREAMS.replace("        body.close()\n        with", "        body.read()\n        with"), {"key": "k"})

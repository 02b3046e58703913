"""Ordinary programs of operations teams, each with a scenario for every way through it: outcome and calls are those of CPython."""

from decimal import Decimal
from typing import Any

import boto3
import pytest

from tests.boto.harness import REGION, judge
from tests.boto.test_tables import orders

ROTATION = """
    import boto3
    from botocore.exceptions import ClientError, WaiterError
    from pysfnc import workflow

    rds = boto3.client("rds")

    @workflow
    def rotate(instance: str, keep: int, delay: int):
        name = f"{instance}-nightly"
        try:
            rds.create_db_snapshot(DBInstanceIdentifier=instance, DBSnapshotIdentifier=name)
        except rds.exceptions.DBSnapshotAlreadyExistsFault:
            return {"created": False}
        except (rds.exceptions.DBInstanceNotFoundFault, rds.exceptions.InvalidDBInstanceStateFault) as e:
            return {"created": False, "why": e.response["Error"]["Code"]}
        waiter = rds.get_waiter("db_snapshot_available")
        try:
            waiter.wait(DBSnapshotIdentifier=name, WaiterConfig={"Delay": delay, "MaxAttempts": keep + 1})
        except WaiterError as e:
            return {"created": True, "ready": False}
        snapshots = []
        for page in rds.get_paginator("describe_db_snapshots").paginate(DBInstanceIdentifier=instance, SnapshotType="manual"):
            snapshots.extend(page["DBSnapshots"])
        ids = sorted(s["DBSnapshotIdentifier"] for s in snapshots if s.get("Status") == "available")
        deleted = []
        for old in ids[:-keep] if keep else ids:
            rds.delete_db_snapshot(DBSnapshotIdentifier=old)
            deleted.append(old)
        return {"created": True, "ready": True, "deleted": deleted}
    """
"""Snapshots of a database: made, waited for, the old ones deleted."""

COMMANDS = """
    import time
    import boto3
    from pysfnc import workflow

    ec2 = boto3.client("ec2")
    ssm = boto3.client("ssm")
    sns = boto3.client("sns")

    @workflow
    def patch(tag: str, command: str, topic: str | None = None):
        filters = [{"Name": f"tag:{tag}", "Values": ["yes"]}, {"Name": "instance-state-name", "Values": ["running"]}]
        ids = []
        pages = ec2.get_paginator("describe_instances").paginate(Filters=filters)
        for page in pages:
            for reservation in page["Reservations"]:
                for instance in reservation["Instances"]:
                    ids.append(instance["InstanceId"])
        if not ids:
            return {"status": "nothing to do", "instances": []}
        sent = ssm.send_command(InstanceIds=ids, DocumentName="AWS-RunShellScript", Parameters={"commands": [command]}, TimeoutSeconds=600)
        command_id = sent["Command"]["CommandId"]
        results = {}
        for instance_id in ids:
            status = "Pending"
            tries = 0
            while status in ("Pending", "InProgress", "Delayed"):
                time.sleep(5)
                tries += 1
                try:
                    got = ssm.get_command_invocation(CommandId=command_id, InstanceId=instance_id)
                except ssm.exceptions.InvocationDoesNotExist:
                    if tries > 3:
                        raise
                    continue
                status = got["Status"]
            results[instance_id] = status
        failed = [i for i, s in results.items() if s != "Success"]
        if failed and topic is not None:
            sns.publish(TopicArn=topic, Subject=f"{len(failed)} failed"[:100], Message="\\n".join(failed))
        return {"status": "failed" if failed else "ok", "instances": ids, "failed": failed}
    """
"""A command on every instance with a tag, followed until it has ended on each."""

OPERATIONS = """
    import json
    from datetime import datetime, timedelta, timezone
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    iam = boto3.client("iam", config=Config(retries={"max_attempts": 5, "mode": "standard"}))
    CONFIG = Config(connect_timeout=3, read_timeout=10)
    secrets = boto3.client("secretsmanager")
    cw = boto3.client("cloudwatch", config=CONFIG)
    sqs = boto3.client("sqs")

    RETRYABLE = (iam.exceptions.ServiceFailureException, iam.exceptions.LimitExceededException)

    @workflow
    def rotate_keys(user: str, keep: int = 1):
        try:
            keys = iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
        except iam.exceptions.NoSuchEntityException:
            return {"user": user, "status": "missing"}
        try:
            made = iam.create_access_key(UserName=user)["AccessKey"]
        except RETRYABLE as e:
            return {"user": user, "status": e.response["Error"]["Code"], "have": len(keys)}
        secret = {"id": made["AccessKeyId"], "secret": made["SecretAccessKey"]}
        name = f"keys/{user}"
        try:
            secrets.put_secret_value(SecretId=name, SecretString=json.dumps(secret))
        except secrets.exceptions.ResourceNotFoundException:
            secrets.create_secret(Name=name, SecretString=json.dumps(secret), Tags=[{"Key": "user", "Value": user}])
        old = sorted(keys, key=lambda k: k["AccessKeyId"])
        for key in old[: len(old) - keep + 1]:
            iam.update_access_key(UserName=user, AccessKeyId=key["AccessKeyId"], Status="Inactive")
        return {"user": user, "status": "rotated", "inactive": [k["AccessKeyId"] for k in old if k["Status"] == "Active"]}

    @workflow
    def drain(url: str, target: str, most: int):
        moved = 0
        while moved < most:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=min(10, most - moved), WaitTimeSeconds=1)
            messages = answer.get("Messages", [])
            if not messages:
                break
            entries = [{"Id": m["MessageId"], "MessageBody": m["Body"]} for m in messages]
            sent = sqs.send_message_batch(QueueUrl=target, Entries=entries)
            ok = {s["Id"] for s in sent.get("Successful", [])}
            done = [m for m in messages if m["MessageId"] in ok]
            if not done:
                raise RuntimeError(f"nothing of {len(messages)} was sent")
            sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(done)])
            moved += len(done)
        return moved

    @workflow
    def idle(name: str, hours: int, now: str):
        end = datetime.fromisoformat(now)
        stats = cw.get_metric_statistics(
            Namespace="AWS/SQS", MetricName="NumberOfMessagesSent", Dimensions=[{"Name": "QueueName", "Value": name}],
            StartTime=end - timedelta(hours=hours), EndTime=end, Period=3600, Statistics=["Sum"],
        )
        total = sum(p["Sum"] for p in stats["Datapoints"])
        return {"idle": total == 0, "points": len(stats["Datapoints"]), "total": total}
    """
"""Access keys, a dead letter queue, an idle queue."""

RELEASES = """
    import time
    import boto3
    from botocore.exceptions import ClientError, WaiterError
    from pysfnc import workflow

    cfn = boto3.client("cloudformation")
    ecr = boto3.client("ecr")
    r53 = boto3.client("route53")
    ecs = boto3.client("ecs")
    STAGES = {"dev": 1, "prod": 3}

    @workflow
    def deploy(stack: str, template: str, parameters: dict[str, str], wait: dict | None = None):
        kwargs = {
            "StackName": stack,
            "TemplateURL": template,
            "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in sorted(parameters.items())],
            "Capabilities": ["CAPABILITY_IAM"],
        }
        try:
            existing = cfn.describe_stacks(StackName=stack)["Stacks"][0]
            exists = existing["StackStatus"] not in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
        except ClientError as e:
            if "does not exist" not in e.response["Error"]["Message"]:
                raise
            exists = False
        try:
            if exists:
                cfn.update_stack(**kwargs)
            else:
                kwargs["OnFailure"] = "DELETE"
                cfn.create_stack(**kwargs)
        except ClientError as e:
            if "No updates are to be performed" in e.response["Error"]["Message"]:
                return "unchanged"
            raise
        for _ in range(3):
            status = cfn.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
            if not status.endswith("_IN_PROGRESS"):
                break
            time.sleep(10)
        if "ROLLBACK" in status or status.endswith("FAILED"):
            return f"failed: {status}"
        outputs = cfn.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
        return {o["OutputKey"]: o["OutputValue"] for o in outputs}

    @workflow
    def prune(repository: str, keep: int):
        images = []
        token = None
        while True:
            extra = {"nextToken": token} if token else {}
            page = ecr.describe_images(repositoryName=repository, filter={"tagStatus": "TAGGED"}, **extra)
            images += page["imageDetails"]
            token = page.get("nextToken")
            if not token:
                break
        images.sort(key=lambda i: i["imageSizeInBytes"], reverse=True)
        doomed = [{"imageDigest": i["imageDigest"]} for i in images[keep:]]
        failures = 0
        for start in range(0, len(doomed), 2):
            gone = ecr.batch_delete_image(repositoryName=repository, imageIds=doomed[start:start + 2])
            failures += len(gone.get("failures", []))
        return {"deleted": len(doomed) - failures, "failures": failures, "bytes": sum(i["imageSizeInBytes"] for i in images[:keep])}

    @workflow
    def scale(cluster: str, stage: str, services: list[str]):
        count = STAGES.get(stage, 2)
        changed = []
        for chunk in [services[i:i + 10] for i in range(0, len(services), 10)]:
            described = ecs.describe_services(cluster=cluster, services=chunk)
            for s in described["services"]:
                if s["desiredCount"] == count or s["status"] != "ACTIVE":
                    continue
                ecs.update_service(cluster=cluster, service=s["serviceName"], desiredCount=count)
                changed.append(s["serviceName"])
            for f in described.get("failures", []):
                raise LookupError(f"{f['arn']}: {f['reason']}")
        if changed:
            ecs.get_waiter("services_stable").wait(cluster=cluster, services=changed)
        return changed
    """
"""Stacks, images of containers, services."""

ACCOUNTS = """
    import os
    from decimal import Decimal
    import boto3
    from boto3.dynamodb.conditions import Attr, Key
    from botocore.exceptions import ClientError
    from pysfnc import workflow

    dynamodb = boto3.resource("dynamodb")
    table = dynamodb.Table(os.environ["TABLE"])
    client = boto3.client("dynamodb")

    class Insufficient(Exception):
        pass

    @workflow
    def transfer(source: str, target: str, amount: int, ref: str):
        name = table.name
        try:
            client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": name, "Item": {"pk": {"S": f"tx#{ref}"}, "sk": {"N": "0"}, "amount": {"N": str(amount)}},
                             "ConditionExpression": "attribute_not_exists(pk)"}},
                    {"Update": {"TableName": name, "Key": {"pk": {"S": source}, "sk": {"N": "0"}},
                                "UpdateExpression": "SET balance = balance - :a", "ConditionExpression": "balance >= :a",
                                "ExpressionAttributeValues": {":a": {"N": str(amount)}}}},
                    {"Update": {"TableName": name, "Key": {"pk": {"S": target}, "sk": {"N": "0"}},
                                "UpdateExpression": "SET balance = if_not_exists(balance, :z) + :a",
                                "ExpressionAttributeValues": {":a": {"N": str(amount)}, ":z": {"N": "0"}}}},
                ]
            )
        except client.exceptions.TransactionCanceledException as e:
            raise Insufficient(e.response["Error"]["Code"])
        got = table.get_item(Key={"pk": source, "sk": 0}, ConsistentRead=True)
        return int(got["Item"]["balance"])

    @workflow
    def visit(page: str, user: str, tags: list[str]):
        try:
            answer = table.update_item(
                Key={"pk": page, "sk": 1},
                UpdateExpression="ADD visits :one SET last_user = :u, tags = :t",
                ConditionExpression=Attr("closed").not_exists() | Attr("closed").eq(False),
                ExpressionAttributeValues={":one": 1, ":u": user, ":t": tags},
                ReturnValues="UPDATED_NEW",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return None
            raise
        seen = answer["Attributes"]
        first = str(seen["tags"][0]) if len(seen["tags"]) > 0 else ""
        return {"visits": int(seen["visits"]), "user": seen["last_user"], "tags": len(seen["tags"]), "first": first}

    @workflow
    def report(pk: str, least: int):
        total = Decimal("0")
        rows = []
        done = table.query(KeyConditionExpression=Key("pk").eq(pk), ScanIndexForward=False, Limit=3)
        for item in done["Items"]:
            price = float(item.get("price", 0))
            if price >= least:
                rows.append({"sk": int(item["sk"]), "price": price, "note": item.get("note")})
        return {"rows": rows, "sum": round(sum(r["price"] for r in rows), 2), "more": bool(done.get("LastEvaluatedKey"))}
    """
"""Accounts and visits in a table."""


def filled() -> None:
    """A table with accounts, a page that is closed, and prices."""
    orders()
    table = boto3.resource("dynamodb", region_name=REGION).Table("orders")
    table.put_item(Item={"pk": "a", "sk": 0, "balance": 10})
    table.put_item(Item={"pk": "shut", "sk": 1, "closed": True})
    for n in range(5):
        table.put_item(Item={"pk": "r", "sk": n, "price": Decimal(str(n * 1.1)), **({"note": "n"} if n % 2 else {})})


SCENARIOS: list[tuple[str, str | None, Any, dict[str, list[Any]], Any]] = [
    (
        ROTATION,
        None,
        {"instance": "db", "keep": 1, "delay": 5},
        {
            "rds.CreateDBSnapshot": [{}],
            "rds.DescribeDBSnapshots": [
                {"DBSnapshots": [{"DBSnapshotIdentifier": "c", "Status": "creating"}]},
                {"DBSnapshots": [{"DBSnapshotIdentifier": "c", "Status": "available"}]},
                {
                    "DBSnapshots": [
                        {"DBSnapshotIdentifier": "b", "Status": "available"},
                        {"DBSnapshotIdentifier": "a", "Status": "available"},
                    ],
                    "Marker": "m",
                },
                {"DBSnapshots": [{"DBSnapshotIdentifier": "c", "Status": "available"}]},
            ],
            "rds.DeleteDBSnapshot": [{}, {}],
        },
        {"created": True, "ready": True, "deleted": ["a", "b"]},
    ),
    (
        ROTATION,
        None,
        {"instance": "db", "keep": 1, "delay": 5},
        {"rds.CreateDBSnapshot": ["DBSnapshotAlreadyExists: there"]},
        {"created": False},
    ),
    (
        ROTATION,
        None,
        {"instance": "db", "keep": 1, "delay": 5},
        {"rds.CreateDBSnapshot": ["DBInstanceNotFound: none"]},
        {"created": False, "why": "DBInstanceNotFound"},
    ),
    (
        ROTATION,
        None,
        {"instance": "db", "keep": 1, "delay": 5},
        {
            "rds.CreateDBSnapshot": [{}],
            "rds.DescribeDBSnapshots": [{"DBSnapshots": [{"DBSnapshotIdentifier": "c", "Status": "failed"}]}],
        },
        {"created": True, "ready": False},
    ),
    (
        COMMANDS,
        None,
        {"tag": "p", "command": "ls"},
        {"ec2.DescribeInstances": [{"Reservations": []}]},
        {"status": "nothing to do", "instances": []},
    ),
    (
        COMMANDS,
        None,
        {"tag": "p", "command": "ls", "topic": "arn:aws:sns:us-east-1:123456789012:t"},
        {
            "ec2.DescribeInstances": [
                {"Reservations": [{"Instances": [{"InstanceId": "a"}]}], "NextToken": "n"},
                {"Reservations": [{"Instances": [{"InstanceId": "b"}]}]},
            ],
            "ssm.SendCommand": [{"Command": {"CommandId": "c"}}],
            "ssm.GetCommandInvocation": [
                "InvocationDoesNotExist: no",
                {"Status": "InProgress"},
                {"Status": "Success"},
                {"Status": "Failed"},
            ],
            "sns.Publish": [{"MessageId": "m"}],
        },
        {"status": "failed", "instances": ["a", "b"], "failed": ["b"]},
    ),
    (
        COMMANDS,
        None,
        {"tag": "p", "command": "ls"},
        {
            "ec2.DescribeInstances": [{"Reservations": [{"Instances": [{"InstanceId": "a"}]}]}],
            "ssm.SendCommand": [{"Command": {"CommandId": "c"}}],
            "ssm.GetCommandInvocation": [
                "InvocationDoesNotExist: no",
                "InvocationDoesNotExist: no",
                "InvocationDoesNotExist: no",
                "InvocationDoesNotExist: no",
            ],
        },
        "InvocationDoesNotExist: no",
    ),
    (
        COMMANDS,
        None,
        {"tag": "p", "command": "ls"},
        {
            "ec2.DescribeInstances": [{"Reservations": [{"Instances": [{"InstanceId": "a"}]}]}],
            "ssm.SendCommand": ["InvalidInstanceId: bad"],
        },
        "InvalidInstanceId: bad",
    ),
    (
        OPERATIONS,
        "rotate_keys",
        {"user": "u"},
        {
            "iam.ListAccessKeys": [
                {
                    "AccessKeyMetadata": [
                        {"AccessKeyId": "b", "Status": "Active", "UserName": "u"},
                        {"AccessKeyId": "a", "Status": "Inactive", "UserName": "u"},
                    ]
                }
            ],
            "iam.CreateAccessKey": [
                {"AccessKey": {"AccessKeyId": "new", "SecretAccessKey": "s", "UserName": "u", "Status": "Active"}}
            ],
            "secretsmanager.PutSecretValue": ["ResourceNotFoundException: no"],
            "secretsmanager.CreateSecret": [{"ARN": "x"}],
            "iam.UpdateAccessKey": [{}, {}],
        },
        {"user": "u", "status": "rotated", "inactive": ["b"]},
    ),
    (
        OPERATIONS,
        "rotate_keys",
        {"user": "u", "keep": 2},
        {
            "iam.ListAccessKeys": [{"AccessKeyMetadata": [{"AccessKeyId": "b", "Status": "Active", "UserName": "u"}]}],
            "iam.CreateAccessKey": [
                {"AccessKey": {"AccessKeyId": "new", "SecretAccessKey": "s", "UserName": "u", "Status": "Active"}}
            ],
            "secretsmanager.PutSecretValue": [{"ARN": "x"}],
        },
        {"user": "u", "status": "rotated", "inactive": ["b"]},
    ),
    (
        OPERATIONS,
        "rotate_keys",
        {"user": "u"},
        {"iam.ListAccessKeys": ["NoSuchEntity: no"]},
        {"user": "u", "status": "missing"},
    ),
    (
        OPERATIONS,
        "rotate_keys",
        {"user": "u"},
        {"iam.ListAccessKeys": [{"AccessKeyMetadata": []}], "iam.CreateAccessKey": ["LimitExceeded: many"]},
        {"user": "u", "status": "LimitExceeded", "have": 0},
    ),
    (
        OPERATIONS,
        "rotate_keys",
        {"user": "u"},
        {
            "iam.ListAccessKeys": [{"AccessKeyMetadata": []}],
            "iam.CreateAccessKey": ["EntityTemporarilyUnmodifiable: many"],
        },
        "EntityTemporarilyUnmodifiable: many",
    ),
    (
        OPERATIONS,
        "drain",
        {
            "url": "https://sqs.us-east-1.amazonaws.com/123456789012/d",
            "target": "https://sqs.us-east-1.amazonaws.com/123456789012/q",
            "most": 3,
        },
        {
            "sqs.ReceiveMessage": [
                {
                    "Messages": [
                        {"MessageId": "1", "Body": "b1", "ReceiptHandle": "r1"},
                        {"MessageId": "2", "Body": "b2", "ReceiptHandle": "r2"},
                    ]
                },
                {"Messages": [{"MessageId": "3", "Body": "b3", "ReceiptHandle": "r3"}]},
            ],
            "sqs.SendMessageBatch": [
                {
                    "Successful": [{"Id": "2", "MessageId": "m", "MD5OfMessageBody": "x"}],
                    "Failed": [{"Id": "1", "SenderFault": True, "Code": "c"}],
                },
                {"Failed": [{"Id": "3", "SenderFault": True, "Code": "c"}]},
            ],
            "sqs.DeleteMessageBatch": [{}],
        },
        "RuntimeError: nothing of 1 was sent",
    ),
    (
        OPERATIONS,
        "drain",
        {
            "url": "https://sqs.us-east-1.amazonaws.com/123456789012/d",
            "target": "https://sqs.us-east-1.amazonaws.com/123456789012/q",
            "most": 3,
        },
        {"sqs.ReceiveMessage": [{}]},
        0,
    ),
    (
        OPERATIONS,
        "idle",
        {"name": "q", "hours": 3, "now": "2030-01-02T03:04:05+00:00"},
        {"cloudwatch.GetMetricStatistics": [{"Datapoints": [{"Sum": 1.5}, {"Sum": 2.0}]}]},
        {"idle": False, "points": 2, "total": 3.5},
    ),
    (
        OPERATIONS,
        "idle",
        {"name": "q", "hours": 3, "now": "2030-01-02T03:04:05+00:00"},
        {"cloudwatch.GetMetricStatistics": [{"Datapoints": []}]},
        {"idle": True, "points": 0, "total": 0},
    ),
    (
        RELEASES,
        "deploy",
        {"stack": "s", "template": "https://x/y", "parameters": {"b": "2", "a": "1"}},
        {
            "cloudformation.DescribeStacks": [
                "ValidationError: Stack with id s does not exist",
                {"Stacks": [{"StackName": "s", "StackStatus": "CREATE_IN_PROGRESS", "CreationTime": "2030-01-01"}]},
                {"Stacks": [{"StackName": "s", "StackStatus": "CREATE_COMPLETE", "CreationTime": "2030-01-01"}]},
                {
                    "Stacks": [
                        {
                            "StackName": "s",
                            "StackStatus": "CREATE_COMPLETE",
                            "CreationTime": "2030-01-01",
                            "Outputs": [{"OutputKey": "k", "OutputValue": "v"}],
                        }
                    ]
                },
            ],
            "cloudformation.CreateStack": [{"StackId": "i"}],
        },
        {"k": "v"},
    ),
    (
        RELEASES,
        "deploy",
        {"stack": "s", "template": "https://x/y", "parameters": {"b": "2", "a": "1"}},
        {
            "cloudformation.DescribeStacks": [
                {"Stacks": [{"StackName": "s", "StackStatus": "CREATE_COMPLETE", "CreationTime": "2030-01-01"}]}
            ],
            "cloudformation.UpdateStack": ["ValidationError: No updates are to be performed."],
        },
        "unchanged",
    ),
    (
        RELEASES,
        "deploy",
        {"stack": "s", "template": "https://x/y", "parameters": {"b": "2", "a": "1"}},
        {
            "cloudformation.DescribeStacks": [
                {"Stacks": [{"StackName": "s", "StackStatus": "CREATE_COMPLETE", "CreationTime": "2030-01-01"}]},
                {
                    "Stacks": [
                        {"StackName": "s", "StackStatus": "UPDATE_ROLLBACK_COMPLETE", "CreationTime": "2030-01-01"}
                    ]
                },
            ],
            "cloudformation.UpdateStack": [{"StackId": "i"}],
        },
        "failed: UPDATE_ROLLBACK_COMPLETE",
    ),
    (
        RELEASES,
        "prune",
        {"repository": "r", "keep": 1},
        {
            "ecr.DescribeImages": [
                {
                    "imageDetails": [
                        {"imageDigest": "a", "imageSizeInBytes": 3},
                        {"imageDigest": "b", "imageSizeInBytes": 9},
                    ],
                    "nextToken": "t",
                },
                {
                    "imageDetails": [
                        {"imageDigest": "c", "imageSizeInBytes": 5},
                        {"imageDigest": "d", "imageSizeInBytes": 1},
                    ]
                },
            ],
            "ecr.BatchDeleteImage": [{"failures": [{"failureCode": "x"}]}, {}],
        },
        {"deleted": 2, "failures": 1, "bytes": 9},
    ),
    (
        RELEASES,
        "prune",
        {"repository": "r", "keep": 5},
        {"ecr.DescribeImages": [{"imageDetails": [{"imageDigest": "a", "imageSizeInBytes": 3}]}]},
        {"deleted": 0, "failures": 0, "bytes": 3},
    ),
    (
        RELEASES,
        "scale",
        {"cluster": "c", "stage": "prod", "services": ["a", "b", "c"]},
        {
            "ecs.DescribeServices": [
                {
                    "services": [
                        {"serviceName": "a", "desiredCount": 1, "status": "ACTIVE"},
                        {"serviceName": "b", "desiredCount": 3, "status": "ACTIVE"},
                        {"serviceName": "c", "desiredCount": 1, "status": "DRAINING"},
                    ]
                },
                {
                    "services": [
                        {
                            "serviceName": "a",
                            "status": "ACTIVE",
                            "deployments": [{}],
                            "desiredCount": 3,
                            "runningCount": 3,
                        }
                    ]
                },
            ],
            "ecs.UpdateService": [{}],
        },
        ["a"],
    ),
    (
        RELEASES,
        "scale",
        {"cluster": "c", "stage": "x", "services": ["a"]},
        {"ecs.DescribeServices": [{"services": [], "failures": [{"arn": "a", "reason": "MISSING"}]}]},
        "LookupError: a: MISSING",
    ),
    (RELEASES, "scale", {"cluster": "c", "stage": "x", "services": []}, {}, []),
    (ACCOUNTS, "transfer", {"source": "a", "target": "b", "amount": 4, "ref": "1"}, {}, 6),
    (
        ACCOUNTS,
        "transfer",
        {"source": "a", "target": "b", "amount": 40, "ref": "1"},
        {},
        "Insufficient: TransactionCanceledException",
    ),
    (
        ACCOUNTS,
        "visit",
        {"page": "p", "user": "u", "tags": ["x", "y"]},
        {},
        {"visits": 1, "user": "u", "tags": 2, "first": "x"},
    ),
    (ACCOUNTS, "visit", {"page": "shut", "user": "u", "tags": []}, {}, None),
    (ACCOUNTS, "visit", {"page": "p", "user": "u", "tags": []}, {}, {"visits": 1, "user": "u", "tags": 0, "first": ""}),
    (
        ACCOUNTS,
        "report",
        {"pk": "r", "least": 3},
        {},
        {
            "rows": [{"sk": 4, "price": 4.4, "note": None}, {"sk": 3, "price": 3.3000000000000003, "note": "n"}],
            "sum": 7.7,
            "more": True,
        },
    ),
    (ACCOUNTS, "report", {"pk": "none", "least": 3}, {}, {"rows": [], "sum": 0, "more": False}),
]


@pytest.mark.parametrize(("program", "workflow", "given", "answers", "expected"), SCENARIOS)
def test_a_way_through_a_program(
    program: str, workflow: str | None, given: Any, answers: dict[str, list[Any]], expected: Any
) -> None:
    setup = filled if program is ACCOUNTS else None
    found = judge(
        program,
        given,
        workflow=workflow,
        answers=answers,
        setup=setup,
        environment={"TABLE": "orders"},
        engines=("jlens",),
    )
    assert (found.output if found.error is None else f"{found.error}: {found.cause}") == expected

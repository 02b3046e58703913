"""Rotates the password of a database user in the four steps of Secrets Manager, and takes the new one back if it does not work."""

import json
import logging
from enum import StrEnum

import boto3
from botocore.exceptions import ClientError

from pysfnc import Fail, workflow

log = logging.getLogger()
secrets = boto3.client("secretsmanager")
rds = boto3.client("rds")

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


class Outcome(StrEnum):
    ROTATED = "rotated"
    ALREADY = "already current"


class NotRotatable(Exception):
    def __init__(self, secret: str, why: str):
        super().__init__(f"{secret}: {why}")
        self.secret = secret


def stages(secret_id: str, version: str) -> list[str]:
    description = secrets.describe_secret(SecretId=secret_id)
    if not description.get("RotationEnabled", False):
        raise NotRotatable(secret_id, "rotation is not enabled")
    versions = description["VersionIdsToStages"]
    if version not in versions:
        raise NotRotatable(secret_id, f"no version {version!r}")
    return versions[version]


def secret_value(secret_id: str, stage: str, version: str | None = None) -> dict:
    if version is None:
        answer = secrets.get_secret_value(SecretId=secret_id, VersionStage=stage)
    else:
        answer = secrets.get_secret_value(SecretId=secret_id, VersionId=version, VersionStage=stage)
    return json.loads(answer["SecretString"])


def create_pending(secret_id: str, version: str) -> dict:
    current = secret_value(secret_id, CURRENT)
    try:
        return secret_value(secret_id, PENDING, version)
    except secrets.exceptions.ResourceNotFoundException:
        password = secrets.get_random_password(PasswordLength=32, ExcludeCharacters="/@\"'\\")["RandomPassword"]
        pending = {**current, "password": password}
        secrets.put_secret_value(
            SecretId=secret_id,
            ClientRequestToken=version,
            SecretString=json.dumps(pending),
            VersionStages=[PENDING],
        )
        return pending


def apply(pending: dict) -> None:
    cluster = pending["dbClusterIdentifier"]
    rds.modify_db_cluster(DBClusterIdentifier=cluster, MasterUserPassword=pending["password"], ApplyImmediately=True)
    rds.get_waiter("db_cluster_available").wait(
        DBClusterIdentifier=cluster, WaiterConfig={"Delay": 30, "MaxAttempts": 3}
    )


def finish(secret_id: str, version: str) -> None:
    versions = secrets.describe_secret(SecretId=secret_id)["VersionIdsToStages"]
    current = next((each for each, held in versions.items() if CURRENT in held), None)
    if current is None:
        raise Fail("NoCurrentVersion", secret_id)
    secrets.update_secret_version_stage(
        SecretId=secret_id, VersionStage=CURRENT, MoveToVersionId=version, RemoveFromVersionId=current
    )


@workflow
def rotate(secret_id: str, version: str) -> dict:
    held = stages(secret_id, version)
    if CURRENT in held:
        return {"secret": secret_id, "outcome": Outcome.ALREADY}
    pending = create_pending(secret_id, version)
    try:
        apply(pending)
    except ClientError as e:
        code = e.response["Error"]["Code"]
        log.error("cannot set the password: %s", code)
        secrets.update_secret_version_stage(SecretId=secret_id, VersionStage=PENDING, RemoveFromVersionId=version)
        raise NotRotatable(secret_id, f"the database says {code}") from e
    finish(secret_id, version)
    return {"secret": secret_id, "outcome": Outcome.ROTATED, "user": pending.get("username", "?")}

"""Access review with the IAM resource: users without MFA, stale keys, admin policies."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import boto3

from pysfnc import workflow

iam = boto3.resource("iam")
client = boto3.client("iam")
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def has_login(user) -> bool:
    try:
        user.LoginProfile().load()
        return True
    except client.exceptions.NoSuchEntityException:
        return False


def stale_keys(user, now, days):
    limit = now - timedelta(days=days)
    return [k.access_key_id for k in user.access_keys.all() if k.status == "Active" and k.create_date < limit]


@workflow
def review(today: datetime | None = None, days: int = 90, deactivate: bool = False, exempt: list[str] | None = None):
    now = today or datetime.now(UTC)
    skipped = set(exempt or [])
    findings = defaultdict(list)
    count = 0
    for user in iam.users.all():
        count += 1
        if user.name in skipped:
            continue
        if has_login(user) and not list(user.mfa_devices.all()):
            findings["no-mfa"].append(user.name)
        for policy in user.attached_policies.all():
            if policy.arn == ADMIN:
                findings["admin"].append(user.name)
        for key_id in stale_keys(user, now, days):
            findings["stale-key"].append(f"{user.name}:{key_id}")
            if deactivate:
                user.AccessKey(key_id).deactivate()
        last = user.password_last_used
        if last is None or now - last > timedelta(days=days):
            findings["unused"].append(user.name)
    return {"users": count, "findings": {k: sorted(v) for k, v in sorted(findings.items())}}

"""Moves a DNS name to the standby when the health checks of the primary fail, and waits until the change is known."""

import time

import boto3
from botocore.exceptions import WaiterError

from pysfnc import workflow

route53 = boto3.client("route53")


def healthy(check_id: str) -> bool:
    observations = route53.get_health_check_status(HealthCheckId=check_id)["HealthCheckObservations"]
    good = [o for o in observations if o["StatusReport"]["Status"].startswith("Success")]
    return len(good) * 2 > len(observations)


def record_of(zone: str, name: str, kind: str) -> dict:
    response = route53.list_resource_record_sets(
        HostedZoneId=zone, StartRecordName=name, StartRecordType=kind, MaxItems="1"
    )
    for record in response["ResourceRecordSets"]:
        if record["Name"].rstrip(".") == name.rstrip(".") and record["Type"] == kind:
            return record
    raise LookupError(f"{name} has no {kind} record in {zone}")


@workflow
def fail_over(zone: str, name: str, check_id: str, standby: str, checks: int = 3) -> dict:
    for _ in range(checks):
        if healthy(check_id):
            return {"changed": False}
        time.sleep(30)
    record = record_of(zone, name, "CNAME")
    old = [r["Value"] for r in record["ResourceRecords"]]
    if old == [standby]:
        return {"changed": False, "target": standby}
    record["ResourceRecords"] = [{"Value": standby}]
    record["TTL"] = min(record.get("TTL", 300), 60)
    change = route53.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Comment": f"failover of {name}", "Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
    )["ChangeInfo"]
    try:
        route53.get_waiter("resource_record_sets_changed").wait(
            Id=change["Id"], WaiterConfig={"Delay": 10, "MaxAttempts": 5}
        )
    except WaiterError:
        return {"changed": True, "target": standby, "in_sync": False}
    return {"changed": True, "from": old, "target": standby, "in_sync": True}

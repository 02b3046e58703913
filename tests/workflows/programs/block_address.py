"""Blocks the address of a GuardDuty finding in a WAF IP set, whose lock another run may take meanwhile."""

import os
import time

import boto3

from pysfnc import workflow

waf = boto3.client("wafv2")
sns = boto3.client("sns")

IP_SET = os.environ.get("IP_SET_NAME", "blocked")
IP_SET_ID = os.environ.get("IP_SET_ID", "a1b2c3")
TOPIC = os.environ.get("ALERT_TOPIC", "arn:aws:sns:us-east-1:123456789012:alerts")
MAX_ADDRESSES = 4


def remote_address(finding: dict) -> str | None:
    action = finding["service"]["action"]
    match action["actionType"]:
        case "NETWORK_CONNECTION":
            return action["networkConnectionAction"]["remoteIpDetails"]["ipAddressV4"]
        case "PORT_PROBE":
            probes = action["portProbeAction"]["portProbeDetails"]
            return probes[0]["remoteIpDetails"]["ipAddressV4"] if probes else None
        case _:
            return None


def block(cidr: str, tries: int = 3) -> list[str]:
    for attempt in range(1, tries + 1):
        response = waf.get_ip_set(Name=IP_SET, Scope="REGIONAL", Id=IP_SET_ID)
        addresses: list[str] = response["IPSet"]["Addresses"]
        if cidr in addresses:
            return addresses
        kept = [*addresses[-(MAX_ADDRESSES - 1) :], cidr]
        try:
            waf.update_ip_set(
                Name=IP_SET, Scope="REGIONAL", Id=IP_SET_ID, Addresses=kept, LockToken=response["LockToken"]
            )
            return kept
        except waf.exceptions.WAFOptimisticLockException:
            if attempt == tries:
                raise
            time.sleep(2**attempt)
    return []


@workflow
def respond(event: dict, /) -> dict:
    finding = event["detail"]
    severity = float(finding.get("severity", 0))
    address = remote_address(finding)
    if address is None or severity < 4:
        return {"blocked": False, "severity": severity}
    try:
        addresses = block(f"{address}/32")
    except waf.exceptions.WAFNonexistentItemException:
        sns.publish(TopicArn=TOPIC, Subject="IP set is missing", Message=f"{IP_SET} cannot take {address}")
        return {"blocked": False, "severity": severity, "missing": IP_SET}
    sns.publish(
        TopicArn=TOPIC,
        Subject=f"[{severity:.1f}] {finding['type'].split(':')[0]}"[:100],
        Message=f"{address} is blocked with {len(addresses) - 1} others",
    )
    return {"blocked": True, "severity": severity, "addresses": sorted(addresses)}

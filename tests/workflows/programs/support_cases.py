"""Tells a team about new support cases that are urgent."""

import os

import boto3

from pysfnc import workflow

support = boto3.client("support")
sns = boto3.client("sns")
TOPIC = os.environ["TOPIC"]
URGENT = ("critical", "urgent", "high")


@workflow
def notify(event: dict, /) -> str:
    case_id = event["detail"]["case-id"]
    cases = support.describe_cases(caseIdList=[case_id], includeResolvedCases=False)["cases"]
    if not cases or cases[0]["severityCode"] not in URGENT:
        return "not required"
    case = cases[0]
    sns.publish(
        TopicArn=TOPIC,
        Message=f"A new case (Case ID: {case['displayId']}) has been created: {case['subject']} [{case['severityCode']}]",
    )
    return "sent"

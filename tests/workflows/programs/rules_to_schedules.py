"""Makes a schedule of every scheduled rule of an event bus, and switches the rule off."""

import os

import boto3

from pysfnc import workflow

events = boto3.client("events")
scheduler = boto3.client("scheduler")
ROLE = os.environ["SCHEDULER_ROLE"]


@workflow
def move_rules(prefix: str, disable: bool = True) -> dict:
    moved, skipped = [], []
    token = None
    while True:
        page = (
            events.list_rules(NamePrefix=prefix)
            if token is None
            else events.list_rules(NamePrefix=prefix, NextToken=token)
        )
        for rule in page["Rules"]:
            name, expression = rule["Name"], rule.get("ScheduleExpression")
            if expression is None:
                skipped.append(name)
                continue
            target = events.list_targets_by_rule(Rule=name)["Targets"][0]
            try:
                scheduler.create_schedule(
                    Name=name,
                    ScheduleExpression=expression,
                    FlexibleTimeWindow={"Mode": "OFF"},
                    State=rule["State"],
                    Target={"Arn": target["Arn"], "RoleArn": ROLE, "Input": target.get("Input", "{}")},
                )
            except scheduler.exceptions.ConflictException:
                skipped.append(name)
                continue
            if disable and rule["State"] == "ENABLED":
                events.disable_rule(Name=name)
            moved.append(name)
        token = page.get("NextToken")
        if token is None:
            return {"moved": moved, "skipped": skipped}

"""Shifts traffic of a Lambda alias to a new version step by step, and back as soon as an alarm goes off."""

import time

import boto3

from pysfnc import workflow

functions = boto3.client("lambda")
cloudwatch = boto3.client("cloudwatch")
codedeploy_events = boto3.client("events")


class Alarmed(Exception):
    def __init__(self, alarms: list[str]) -> None:
        super().__init__(", ".join(alarms))
        self.alarms = alarms


def shift(function: str, alias: str, version: str, weight: float) -> None:
    functions.update_alias(
        FunctionName=function,
        Name=alias,
        RoutingConfig={"AdditionalVersionWeights": {version: weight} if weight else {}},
    )


def check(names: list[str]) -> None:
    response = cloudwatch.describe_alarms(AlarmNames=names, StateValue="ALARM")
    if ringing := [alarm["AlarmName"] for alarm in response["MetricAlarms"]]:
        raise Alarmed(ringing)


def tell(detail_type: str, **detail) -> None:
    import json

    codedeploy_events.put_events(
        Entries=[{"Source": "canary", "DetailType": detail_type, "Detail": json.dumps(detail)}]
    )


@workflow
def release(function: str, alarms: list[str], steps: list[int], alias: str = "live", bake: int = 60) -> dict:
    current = functions.get_alias(FunctionName=function, Name=alias)["FunctionVersion"]
    version = functions.publish_version(FunctionName=function)["Version"]
    if version == current:
        return {"version": version, "released": False, "reason": "nothing new"}
    percent = 0
    try:
        for percent in steps:
            shift(function, alias, version, percent / 100)
            time.sleep(bake)
            check(alarms)
        functions.update_alias(
            FunctionName=function, Name=alias, FunctionVersion=version, RoutingConfig={"AdditionalVersionWeights": {}}
        )
    except Alarmed as problem:
        shift(function, alias, version, 0)
        tell("Rolled back", version=version, at=percent, alarms=problem.alarms)
        return {"version": current, "released": False, "reason": str(problem)}
    else:
        tell("Released", version=version)
    finally:
        functions.delete_provisioned_concurrency_config(FunctionName=function, Qualifier=current)
    return {"version": version, "released": True}

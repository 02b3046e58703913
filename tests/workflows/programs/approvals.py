"""Decides about waiting approvals of pipelines: those of minor releases are approved, old ones are rejected."""

import re
from datetime import UTC, datetime, timedelta

import boto3

from pysfnc import workflow

codepipeline = boto3.client("codepipeline")
VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)$")


def decision(summary: str, since: datetime, now: datetime, max_age: int) -> tuple[str, str] | None:
    if now - since > timedelta(hours=max_age):
        return "Rejected", f"nobody decided within {max_age} h"
    match = VERSION.search(summary)
    if match and match.group(3) != "0":
        return "Approved", f"patch {match.group(0)}"
    return None


@workflow
def decide(names: list[str], now: str, max_age: int = 48) -> list[dict]:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    decided = []
    for name in names:
        try:
            state = codepipeline.get_pipeline_state(name=name)
        except codepipeline.exceptions.PipelineNotFoundException:
            decided.append({"pipeline": name, "status": "missing"})
            continue
        for stage in state["stageStates"]:
            execution = stage.get("latestExecution", {})
            if execution.get("status") != "InProgress":
                continue
            for action in stage.get("actionStates", []):
                latest = action.get("latestExecution")
                if not latest or "token" not in latest:
                    continue
                answer = decision(latest.get("summary", ""), latest["lastStatusChange"], moment, max_age)
                if answer is None:
                    decided.append({"pipeline": name, "action": action["actionName"], "status": "waiting"})
                    continue
                status, summary = answer
                result = codepipeline.put_approval_result(
                    pipelineName=name,
                    stageName=stage["stageName"],
                    actionName=action["actionName"],
                    result={"summary": summary, "status": status},
                    token=latest["token"],
                )
                decided.append(
                    {
                        "pipeline": name,
                        "action": action["actionName"],
                        "status": status.lower(),
                        "at": result["approvedAt"].isoformat(),
                    }
                )
    return decided

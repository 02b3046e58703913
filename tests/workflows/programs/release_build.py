"""Builds a release with CodeBuild, waits for it by polling, and tells a channel how it went."""

import json
import os
import time
from typing import NamedTuple

import boto3

from pysfnc import context, workflow

codebuild = boto3.client("codebuild")
sns = boto3.client("sns")
events = boto3.client("events")

PROJECT = os.getenv("PROJECT", "service")
TOPIC = os.environ["TOPIC"]
FINISHED = {"SUCCEEDED", "FAILED", "FAULT", "TIMED_OUT", "STOPPED"}


class BuildFailed(Exception):
    pass


class Phase(NamedTuple):
    name: str
    status: str
    seconds: int


def start(version: str, branch: str) -> str:
    variables = {"VERSION": version, "BRANCH": branch, "RUN": context.execution.name}
    build = codebuild.start_build(
        projectName=PROJECT,
        sourceVersion=branch,
        environmentVariablesOverride=[
            {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in sorted(variables.items())
        ],
    )["build"]
    return build["id"]


def wait_for(build_id: str, polls: int) -> dict:
    for attempt in range(polls):
        builds = codebuild.batch_get_builds(ids=[build_id])["builds"]
        if not builds:
            raise LookupError(f"build {build_id} is gone")
        build = builds[0]
        if build["buildStatus"] in FINISHED:
            return build
        time.sleep(min(15 * 2**attempt, 60))
    raise TimeoutError(f"{build_id} still runs")


def phases_of(build: dict) -> list[Phase]:
    return [
        Phase(phase["phaseType"], phase.get("phaseStatus", "IN_PROGRESS"), phase.get("durationInSeconds", 0))
        for phase in build.get("phases", [])
        if phase["phaseType"] != "COMPLETED"
    ]


@workflow(timeout=3600)
def release(version: str, branch: str = "main", polls: int = 10) -> dict:
    build_id = start(version, branch)
    try:
        build = wait_for(build_id, polls)
    except TimeoutError:
        codebuild.stop_build(id=build_id)
        raise
    phases = phases_of(build)
    slowest = max(phases, key=lambda p: p.seconds, default=None)
    status = build["buildStatus"]
    text = f"{version}: {status}" + (f", slowest {slowest.name} ({slowest.seconds} s)" if slowest else "")
    if status != "SUCCEEDED":
        bad = [p.name for p in phases if p.status not in ("SUCCEEDED", "IN_PROGRESS")]
        sns.publish(TopicArn=TOPIC, Subject="Build failed"[:100], Message=f"{text}\nphases: {', '.join(bad) or '-'}")
        raise BuildFailed(text)
    events.put_events(
        Entries=[
            {
                "Source": "release",
                "DetailType": "Release built",
                "Detail": json.dumps({"version": version, "artifact": build["artifacts"].get("location")}),
            }
        ]
    )
    return {"build": build_id, "seconds": sum(p.seconds for p in phases), "text": text}

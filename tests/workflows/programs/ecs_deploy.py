"""Rolls a new image out to an ECS service, watches the deployment, and rolls it back when tasks keep failing."""

import os
import time
from dataclasses import dataclass

import boto3
from botocore.exceptions import ClientError

from pysfnc import workflow

ecs = boto3.client("ecs")
CLUSTER = os.environ.get("CLUSTER", "main")


class DeploymentFailed(Exception):
    def __init__(self, service: str, reason: str):
        super().__init__(f"{service}: {reason}")
        self.service = service
        self.reason = reason


@dataclass
class Status:
    running: int
    desired: int
    failed: int
    rollout: str

    @property
    def stable(self) -> bool:
        return self.rollout == "COMPLETED" or (
            self.running == self.desired and self.failed == 0 and self.rollout != "IN_PROGRESS"
        )


def describe(service: str) -> dict:
    response = ecs.describe_services(cluster=CLUSTER, services=[service])
    if response["failures"]:
        raise LookupError(response["failures"][0]["reason"])
    return response["services"][0]


def new_revision(current_arn: str, container: str, image: str) -> str:
    task = ecs.describe_task_definition(taskDefinition=current_arn)["taskDefinition"]
    containers = task["containerDefinitions"]
    for definition in containers:
        if definition["name"] == container:
            definition["image"] = image
            break
    else:
        raise KeyError(container)
    optional = {name: task[name] for name in ("taskRoleArn", "executionRoleArn", "cpu", "memory") if name in task}
    registered = ecs.register_task_definition(
        family=task["family"],
        containerDefinitions=containers,
        networkMode=task.get("networkMode", "awsvpc"),
        **optional,
    )
    return registered["taskDefinition"]["taskDefinitionArn"]


def status_of(service: str) -> Status:
    primary = next(d for d in describe(service)["deployments"] if d["status"] == "PRIMARY")
    return Status(
        primary["runningCount"],
        primary["desiredCount"],
        primary.get("failedTasks", 0),
        primary.get("rolloutState", "NONE"),
    )


@workflow(timeout=7200)
def deploy(service: str, container: str, image: str, max_polls: int = 20, max_failed: int = 2) -> dict:
    before = describe(service)["taskDefinition"]
    revision = new_revision(before, container, image)
    ecs.update_service(cluster=CLUSTER, service=service, taskDefinition=revision)
    try:
        for poll in range(1, max_polls + 1):
            status = status_of(service)
            if status.stable:
                return {"service": service, "revision": revision.split("/")[-1], "polls": poll}
            if status.failed > max_failed or status.rollout == "FAILED":
                raise DeploymentFailed(service, f"{status.failed} tasks failed")
            time.sleep(15)
        raise DeploymentFailed(service, "not stable in time")
    except DeploymentFailed as e:
        ecs.update_service(cluster=CLUSTER, service=service, taskDefinition=before, forceNewDeployment=True)
        try:
            ecs.deregister_task_definition(taskDefinition=revision)
        except ClientError as error:
            print("could not deregister", error)
        raise DeploymentFailed(e.service, f"rolled back, {e.reason}") from e

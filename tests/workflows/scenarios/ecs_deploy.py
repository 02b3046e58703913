from tests.workflows.scenario import AwsError, Failure, Scenario

GIVEN = {"service": "shop", "container": "web", "image": "shop:2", "max_polls": 3}
OLD = "arn:aws:ecs:us-east-1:123456789012:task-definition/shop:1"
NEW = "arn:aws:ecs:us-east-1:123456789012:task-definition/shop:2"
DEFINITION = {
    "taskDefinition": {
        "family": "shop",
        "cpu": "256",
        "executionRoleArn": "arn:aws:iam::123456789012:role/run",
        "containerDefinitions": [{"name": "log", "image": "log:7"}, {"name": "web", "image": "shop:1"}],
    }
}
REGISTERED = {"taskDefinition": {"taskDefinitionArn": NEW}}


def service(running: int, failed: int | None, rollout: str | None) -> dict:
    primary = {"status": "PRIMARY", "runningCount": running, "desiredCount": 2}
    if failed is not None:
        primary["failedTasks"] = failed
    if rollout is not None:
        primary["rolloutState"] = rollout
    deployments = [{"status": "ACTIVE", "runningCount": 1, "desiredCount": 1}, primary]
    return {"services": [{"taskDefinition": OLD, "deployments": deployments}], "failures": []}


def watched(*polls: dict, **more) -> dict:
    return {
        "ecs.DescribeServices": [service(2, 0, "COMPLETED"), *polls],
        "ecs.DescribeTaskDefinition": [DEFINITION],
        "ecs.RegisterTaskDefinition": [REGISTERED],
        "ecs.UpdateService": [{}],
        "ecs.DeregisterTaskDefinition": [more.get("deregistered", {})],
    }


SCENARIOS = [
    Scenario(
        "deployed",
        GIVEN,
        {"service": "shop", "revision": "shop:2", "polls": 2},
        watched(service(1, 0, "IN_PROGRESS"), service(2, 0, "COMPLETED")),
    ),
    Scenario(
        "deployed without a state",
        GIVEN,
        {"service": "shop", "revision": "shop:2", "polls": 1},
        watched(service(2, None, None)),
        environ={"CLUSTER": "other"},
    ),
    Scenario(
        "tasks fail",
        GIVEN,
        Failure("DeploymentFailed", "shop: rolled back, 3 tasks failed"),
        watched(service(1, 1, "IN_PROGRESS"), service(0, 3, "IN_PROGRESS")),
    ),
    Scenario(
        "the rollout failed",
        GIVEN,
        Failure("DeploymentFailed", "shop: rolled back, 0 tasks failed"),
        watched(service(1, 0, "FAILED"), deregistered=AwsError("ClientException", "in use")),
    ),
    Scenario(
        "never stable",
        GIVEN,
        Failure("DeploymentFailed", "shop: rolled back, not stable in time"),
        watched(service(1, 0, "IN_PROGRESS")),
    ),
    Scenario(
        "no such service",
        GIVEN,
        Failure("LookupError", "MISSING"),
        {"ecs.DescribeServices": [{"services": [], "failures": [{"reason": "MISSING"}]}]},
    ),
    Scenario("no such container", GIVEN | {"container": "api"}, Failure("KeyError", "'api'"), watched()),
]

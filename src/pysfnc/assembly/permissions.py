"""What the role of a machine must be allowed to do: read from its definition.

Owns: the statements of each kind of state, with the narrowest resources that the definition tells. Does not own: the names of actions
and the ARNs of resources (`aws`).

Facts: "IAM policies for integrated services" of the AWS guide, one page per service: the calls that `.sync` makes and its EventBridge rules;
"IAM policies for using Distributed Map state"; "Call HTTPS APIs in Step Functions workflows" (conditions and connections).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from pysfnc.assembly.permission_extras import UNLISTED, of_query, with_versions
from pysfnc.aws import Operation, actions_of, optimised_named, service, service_of_asl
from pysfnc.aws.resources import is_known, resources_of
from pysfnc.packaging.manifest import Statement

if TYPE_CHECKING:
    from pysfnc.driver import CompiledWorkflow

__all__ = ["permissions_of", "statements_of", "states_of"]

_RULES: Final[Mapping[tuple[str, str], str]] = {
    ("states", ""): "StepFunctionsGetEventsForStepFunctionsExecutionRule",
    ("batch", ""): "StepFunctionsGetEventsForBatchJobsRule",
    ("ecs", ""): "StepFunctionsGetEventsForECSTaskRule",
    ("codebuild", "startBuild"): "StepFunctionsGetEventForCodeBuildStartBuildRule",
    ("codebuild", ""): "StepFunctionsGetEventForCodeBuildStartBuildBatchRule",
    ("elasticmapreduce", "createCluster"): "StepFunctionsGetEventForEMRRunJobFlowRule",
    ("elasticmapreduce", "addStep"): "StepFunctionsGetEventForEMRAddJobFlowStepsRule",
    ("elasticmapreduce", "terminateCluster"): "StepFunctionsGetEventForEMRTerminateJobFlowsRule",
    ("sagemaker", "createTrainingJob"): "StepFunctionsGetEventsForSageMakerTrainingJobsRule",
    ("sagemaker", "createTransformJob"): "StepFunctionsGetEventsForSageMakerTransformJobsRule",
    ("sagemaker", "createHyperParameterTuningJob"): "StepFunctionsGetEventsForSageMakerTuningJobsRule",
    ("sagemaker", ""): "StepFunctionsGetEventsForSageMaker*",
    ("mediaconvert", ""): "StepFunctionsGetEventsForMediaConvert*",
    ("emr-containers", ""): "StepFunctionsGetEventsForEMR*",
    ("emr-serverless", ""): "StepFunctionsGetEventsForEMRServerless*",
    ("bedrock", ""): "StepFunctionsGetEventsForBedrock*",
}
"""The managed rule of EventBridge by which `.sync` learns that a job ended; "" for any other action. A service without one is polled."""
_RULE_ACTIONS: Final = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
_IN_CLUSTER: Final = frozenset({("eks", "call"), ("eks", "runJob")})
"""Requests to the API of a cluster, whose own rules say what the role may do; no action of IAM is needed for them."""
_SAME_RESOURCE: Final = frozenset({"athena", "codebuild", "glue"})
"""Services whose jobs are named, in a policy, by what the start names."""
_PASSED_TO: Final[Mapping[str, str]] = {
    "ecs": "ecs-tasks.amazonaws.com",
    "emr": "elasticmapreduce.amazonaws.com",
    "glue": "glue.amazonaws.com",
    "sagemaker": "sagemaker.amazonaws.com",
    "scheduler": "scheduler.amazonaws.com",
    "stepfunctions": "states.amazonaws.com",
}
_ROLE: Final = re.compile(r"(^|[a-z])(Role|RoleArn|RoleARN)$")
_READS: Final = re.compile(r"^(Describe|Get|List|BatchGet|Head)")
_SECRETS: Final = "arn:aws:secretsmanager:*:*:secret:events!connection/*"


def statements_of(
    name: str, states: Iterable[Mapping[str, Any]], children: Mapping[str, str] | None = None
) -> tuple[Statement, ...]:
    """The statements for a machine.

    name: of the state machine. states: those that call services, and distributed Maps. children: placeholder -> name of the machine.
    """
    given = tuple(states)
    reader = _Reader(name, children or {}, lists_versions=any(map(_lists_versions, given)))
    return tuple(_merged(found for state in given for found in reader.of_state(state)))


def permissions_of(workflow: "CompiledWorkflow", fill: Callable[[Any], Any]) -> tuple[Statement, ...]:
    """The statements for a compiled workflow, those of its Lambda functions apart.

    Its calls are read before they became expressions. `fill` fills in what placeholders have a value.
    """
    return statements_of(workflow.name, map(fill, workflow.service_calls()), workflow.children)


def states_of(part: Any) -> Iterator[dict[str, Any]]:
    """Every state, those of branches and item processors too."""
    for state in (part.get("States") or {}).values():
        yield state
        for inner in (*state.get("Branches", ()), state.get("ItemProcessor"), state.get("Iterator")):
            if inner:
                yield from states_of(inner)


def _lists_versions(state: Mapping[str, Any]) -> bool:
    return str(state.get("Resource")).endswith(":listObjectVersions")


def _merged(found: Iterable[Statement]) -> Iterator[Statement]:
    """One statement for the same resources and conditions, in the order of the first of them."""
    actions: dict[tuple[tuple[str, ...], str], dict[str, None]] = {}
    first: dict[tuple[tuple[str, ...], str], Statement] = {}
    for statement in found:
        key = statement.resources, repr(statement.conditions)
        first.setdefault(key, statement)
        actions.setdefault(key, {}).update(dict.fromkeys(statement.actions))
    for key, statement in first.items():
        yield Statement(tuple(sorted(actions[key])), statement.resources, statement.conditions)


class _Reader:
    def __init__(self, name: str, children: Mapping[str, str], *, lists_versions: bool) -> None:
        self._name, self._children, self._lists_versions = name, children, lists_versions

    def of_state(self, state: Mapping[str, Any]) -> Iterator[Statement]:
        """The statements for one state."""
        if state.get("Type") == "Task":
            yield from self._task(state)
        elif state.get("Type") == "Map" and _mode(state) == "DISTRIBUTED":
            yield from self._distributed(state)

    # Tasks

    def _task(self, state: Mapping[str, Any]) -> Iterator[Statement]:
        arguments = state.get("Arguments", {})
        known = arguments if isinstance(arguments, dict) else None
        if "Credentials" in state:
            # The call itself is made with that role.
            role = state["Credentials"].get("RoleArn") if isinstance(state["Credentials"], dict) else None
            yield Statement(("sts:AssumeRole",), (str(role) if is_known(role) else "*",))
            return
        parts = str(state.get("Resource", "")).split(":")
        if parts[:5] != ["arn", "aws", "states", "", ""]:
            yield Statement(("lambda:InvokeFunction",), (str(state.get("Resource")),))
            return
        family, action = parts[5], parts[6]
        if family == "aws-sdk":
            called, _, pattern = parts[7].partition(".")
            yield from self._call(service_of_asl(action).of_action(called), known)
            return
        action, _, pattern = ":".join(parts[6:]).partition(".")
        if (family, action) == ("http", "invoke"):
            yield from self._request(known)
        elif (family, action) == ("apigateway", "invoke"):
            yield Statement(("execute-api:Invoke",), ("arn:aws:execute-api:*:*:*",))
        else:
            yield from self._optimised(family, action, pattern, known)

    def _optimised(
        self, family: str, action: str, pattern: str, known: Mapping[str, Any] | None
    ) -> Iterator[Statement]:
        found = optimised_named(family, action)
        if (family, action) in _IN_CLUSTER:
            return
        if found is None or not found.service:
            yield Statement((f"{family}:*",), ("*",))
            return
        yield from self._call(found.operation, known)
        if not pattern.startswith("sync") or found.job is None:
            return
        start = resources_of(found.operation, known)
        calls = [found.job.describe, *([found.job.cancel[0]] if found.job.cancel else [])]
        actions = [name for method in calls for name in actions_of(service(found.service).operation(method))]
        actions += UNLISTED.get(found.service, ())
        yield Statement(tuple(sorted(actions)), self._jobs(found.service, start))
        rule = _RULES.get((family, action)) or _RULES.get((family, ""))
        if rule is not None:
            yield Statement(_RULE_ACTIONS, (f"arn:aws:events:*:*:rule/{rule}",))

    def _jobs(self, service_name: str, start: tuple[str, ...]) -> tuple[str, ...]:
        if service_name == "stepfunctions":
            return tuple(map(self._executions, start))
        if service_name == "ecs":
            return ("arn:aws:ecs:*:*:task/*",)
        return start if service_name in _SAME_RESOURCE else ("*",)

    def _executions(self, machine: str) -> str:
        """The executions of a machine, by its ARN or the placeholder for it."""
        child = self._children.get(machine.removeprefix("${").removesuffix("}"))
        if child is not None:
            return f"arn:aws:states:*:*:execution:{child}:*"
        if machine.startswith("arn:") and ":stateMachine:" in machine:
            return machine.replace(":stateMachine:", ":execution:") + ("" if machine.endswith("*") else ":*")
        return "arn:aws:states:*:*:execution:*"

    def _call(self, operation: Operation, known: Mapping[str, Any] | None) -> Iterator[Statement]:
        actions = with_versions(operation, actions_of(operation), known, lists_versions=self._lists_versions)
        yield Statement(actions, resources_of(operation, known))
        yield from of_query(operation)
        if _READS.match(operation.name):
            return
        roles = tuple(dict.fromkeys(_roles(known)))
        to = _PASSED_TO.get(operation.service.name)
        if operation.service.name == "ecs" and operation.name == "RunTask":
            roles = roles or ("*",)  # those of the task definition
        if roles:
            named = [role if is_known(role) and role.startswith(("arn:", "${")) else "*" for role in roles]
            yield Statement(
                ("iam:PassRole",),
                tuple(dict.fromkeys(named)),
                {} if to is None else {"StringEquals": {"iam:PassedToService": [to]}},
            )

    def _request(self, known: Mapping[str, Any] | None) -> Iterator[Statement]:
        given = known or {}
        conditions: dict[str, dict[str, list[str]]] = {}
        if is_known(given.get("Method")):
            conditions["StringEquals"] = {"states:HTTPMethod": [given["Method"]]}
        if is_known(given.get("ApiEndpoint")):
            conditions["StringLike"] = {"states:HTTPEndpoint": [given["ApiEndpoint"]]}
        yield Statement(("states:InvokeHTTPEndpoint",), (self._machine(),), conditions)
        authentication = given.get("Authentication")
        connection = authentication.get("ConnectionArn") if isinstance(authentication, dict) else None
        arn = connection if is_known(connection) else "arn:aws:events:*:*:connection/*"
        yield Statement(("events:RetrieveConnectionCredentials",), (str(arn),))
        yield Statement(("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"), (_SECRETS,))

    def _machine(self) -> str:
        return f"arn:aws:states:*:*:stateMachine:{self._name}"

    # Distributed Maps

    def _distributed(self, state: Mapping[str, Any]) -> Iterator[Statement]:
        executions = f"arn:aws:states:*:*:execution:{self._name}/*"
        yield Statement(("states:StartExecution",), (self._machine(),))
        yield Statement(("states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"), (executions,))
        reader = state.get("ItemReader")
        if isinstance(reader, dict):
            yield from _reading(reader)
        writer = state.get("ResultWriter")
        if isinstance(writer, dict) and "Resource" in writer:
            given = _arguments(writer)
            prefix = given.get("Prefix", "")
            inside = f"{str(prefix).rstrip('/')}/*" if prefix and is_known(prefix) else "*"
            yield Statement(
                ("s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"),
                (f"{_bucket(given)}/{inside}",),
            )


def _reading(reader: Mapping[str, Any]) -> Iterator[Statement]:
    given = _arguments(reader)
    if str(reader.get("Resource")).endswith(":listObjectsV2"):
        yield Statement(("s3:ListBucket",), (_bucket(given),))
        return
    config = reader.get("ReaderConfig")
    inventory = isinstance(config, dict) and config.get("InputType") == "MANIFEST"
    # A manifest names other objects, which are read too, of any bucket.
    key = given.get("Key")
    inside = "*" if inventory or not is_known(key) else key
    yield Statement(("s3:GetObject",), (f"{'arn:aws:s3:::*' if inventory else _bucket(given)}/{inside}",))


def _arguments(part: Mapping[str, Any]) -> Mapping[str, Any]:
    found = part.get("Arguments")
    return found if isinstance(found, dict) else {}


def _bucket(given: Mapping[str, Any]) -> str:
    bucket = given.get("Bucket")
    return f"arn:aws:s3:::{bucket if is_known(bucket) else '*'}"


def _mode(state: Mapping[str, Any]) -> str:
    config = (state.get("ItemProcessor") or {}).get("ProcessorConfig") or {}
    return str(config.get("Mode", "INLINE"))


def _roles(part: Any) -> Iterator[str]:
    """The roles that arguments hand over to a service."""
    if isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, str) and _ROLE.search(name):
                yield value
            else:
                yield from _roles(value)
    elif isinstance(part, list):
        for value in part:
            yield from _roles(value)

"""The optimised integrations: what Step Functions calls in a way of its own.

Owns: which there are, their patterns, the jobs behind `.sync`, how their errors are named.
Does not own: running them (engine), choosing them (frontend).

Facts: "Integrating optimized services" of the AWS docs, one page per service: actions, patterns, parameters,
differences. Names of errors are recorded answers for dynamodb, sqs, sns, events, states and apigateway; for the rest
they are those of the AWS SDK for Java 1, which these integrations use.
"""

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import Final

from pysfnc.aws.services import Operation, service
from pysfnc.lean import dataclass

__all__ = ["Job", "Optimised", "optimised_for", "optimised_named"]


@dataclass(frozen=True, slots=True)
class Job:
    """How `.sync` follows a job. Paths are dotted names in boto3's form; a number is an index.

    describe: the method of the same client that describes it.
    arguments: its keyword arguments; each a path that starts with `arguments` (of the start) or `answer` (to it).
        `[path]` is a list of one.
    job: path of the description in its answer; "" for the whole.
    status: path of the status in the description.
    succeeded, failed: statuses that end it. Any other: it goes on. With no `succeeded` it ends when it is gone.
    member: the result is an object with this one member that holds the description; "" for the description itself.
    cancel: method that stops it when the execution is stopped, with its arguments; None if Step Functions leaves it.
    sets: arguments that Step Functions gives to the start itself, over those of the program.
    refusal: the error that `.sync` fails with where the start answers that it started nothing, and the path in that answer of the objects
        that say why, each with a `reason`; None if such an answer is an error of the service anyway.
    """

    describe: str
    arguments: Mapping[str, str] = field(hash=False)
    job: str
    status: str
    succeeded: tuple[str, ...]
    failed: tuple[str, ...]
    member: str = ""
    cancel: tuple[str, Mapping[str, str]] | None = field(default=None, hash=False)
    sets: tuple[tuple[str, str], ...] = ()
    refusal: tuple[str, str] | None = None


@dataclass(frozen=True)
class Optimised:
    """An optimised integration.

    name, action: as in the Resource ARN, "dynamodb" and "getItem".
    service, method: boto3's, or "" where boto3 has nothing like it (eks:runJob, http:invoke).
    patterns: "" for request and response, "sync", "sync:2", "waitForTaskToken".
    error_prefix, other_error: of the names of its errors; the name of errors that the SDK has no class for.
    exception_service: as causes name the service.
    json_arguments: members (in ASL names, dotted, `[]` for all elements) that take an object for its JSON text.
    parameters: the arguments it takes if not all of the API, in ASL names; empty for all.
    has_metadata: the result holds `SdkHttpMetadata` and `SdkResponseMetadata`.
    job: how `.sync` follows it.
    renamed: its arguments are not those of the API; (ASL name, boto3 name) for those that differ; "[]" wraps in a list.
    """

    name: str
    action: str
    service: str
    method: str
    patterns: tuple[str, ...]
    error_prefix: str
    other_error: str
    exception_service: str = ""
    json_arguments: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    has_metadata: bool = True
    job: Job | None = None
    renamed: tuple[tuple[str, str], ...] = ()

    def resource(self, pattern: str = "") -> str:
        """The Resource ARN. `pattern`: one of `patterns`."""
        suffix = f".{pattern}" if pattern else ""
        return f"arn:aws:states:::{self.name}:{self.action}{suffix}"

    @cached_property
    def operation(self) -> Operation:
        """The operation behind it. Raises `LookupError` where there is none."""
        return service(self.service).operation(self.method)

    def asl_error(self, code: str) -> str:
        """The name of an error with that code in boto3's `e.response["Error"]["Code"]`."""
        for error in service(self.service).errors.values():
            if code in (error.code, error.name):
                return f"{self.error_prefix}.{_exception_class(error.name)}"
        return f"{self.error_prefix}.{self.other_error}"


def _exception_class(shape: str) -> str:
    """The class of a modelled error in the AWS SDK for Java 1."""
    if shape.endswith("Exception"):
        return shape
    return f"{shape.removesuffix('Fault')}Exception"


_RR: Final = ("",)
_JOB: Final = ("", "sync")
_CALLBACK: Final = ("", "waitForTaskToken")


def _sagemaker(kind: str, *, cancel: bool = True) -> Optimised:
    name = f"{kind}JobName"
    method = {"Training": "training", "Transform": "transform", "Processing": "processing", "Labeling": "labeling"}.get(
        kind, "hyper_parameter_tuning"
    )
    return Optimised(
        "sagemaker",
        f"create{kind}Job",
        "sagemaker",
        f"create_{method}_job",
        _JOB,
        "SageMaker",
        "AmazonSageMakerException",
        "AmazonSageMaker",
        job=Job(
            f"describe_{method}_job",
            {name: f"arguments.{name}"},
            "",
            "LabelingJobStatus" if kind == "Labeling" else f"{kind}JobStatus",
            ("Completed",),
            ("Failed", "Stopped"),
            cancel=(f"stop_{method}_job", {name: f"arguments.{name}"}) if cancel else None,
        ),
    )


def _codebuild(action: str, method: str, patterns: tuple[str, ...] = _RR, job: Job | None = None) -> Optimised:
    return Optimised(
        "codebuild",
        action,
        "codebuild",
        method,
        patterns,
        "CodeBuild",
        "AWSCodeBuildException",
        "AWSCodeBuild",
        job=job,
    )


def _eks(action: str, method: str, job: Job | None) -> Optimised:
    patterns = _RR if job is None else _JOB
    return Optimised("eks", action, "eks", method, patterns, "EKS", "AmazonEKSException", "AmazonEKS", job=job)


def _dynamodb(action: str, method: str, *parameters: str) -> Optimised:
    return Optimised(
        "dynamodb",
        action,
        "dynamodb",
        method,
        _RR,
        "DynamoDB",
        "AmazonDynamoDBException",
        "AmazonDynamoDBv2",
        parameters=parameters,
    )


def _emr(action: str, method: str, job: Job | None = None, renamed: tuple[tuple[str, str], ...] = ()) -> Optimised:
    return Optimised(
        "elasticmapreduce",
        action,
        "emr",
        method,
        _RR if job is None else _JOB,
        "ElasticMapReduce",
        "AmazonElasticMapReduceException",
        "AmazonElasticMapReduce",
        job=job,
        renamed=renamed,
    )


def _emr_serverless(action: str, method: str, job: Job | None = None) -> Optimised:
    return Optimised(
        "emr-serverless",
        action,
        "emr-serverless",
        method,
        _RR if job is None else _JOB,
        "EmrServerless",
        "EmrServerlessException",
        "EmrServerless",
        job=job,
    )


def _application(succeeded: str) -> Job:
    ident = "answer.applicationId" if succeeded == "CREATED" else "arguments.applicationId"
    failed = tuple({"TERMINATED"} - {succeeded})
    # What was created may have been started before anybody looked.
    done = (succeeded, "STARTED") if succeeded == "CREATED" else (succeeded,)
    return Job("get_application", {"applicationId": ident}, "application", "state", done, failed)


_ENDED: Final = ("FAILED", "FAULT", "TIMED_OUT", "STOPPED")
_BUILD: Final = Job(
    "batch_get_builds",
    {"ids": "[answer.build.id]"},
    "builds.0",
    "buildStatus",
    ("SUCCEEDED",),
    _ENDED,
    "build",
    ("stop_build", {"id": "answer.build.id"}),
)
_BUILD_BATCH: Final = Job(
    "batch_get_build_batches",
    {"ids": "[answer.buildBatch.id]"},
    "buildBatches.0",
    "buildBatchStatus",
    ("SUCCEEDED",),
    _ENDED,
    "buildBatch",
    ("stop_build_batch", {"id": "answer.buildBatch.id"}),
)
_CLUSTER: Final = Job("describe_cluster", {"name": "arguments.name"}, "cluster", "status", ("ACTIVE",), ("FAILED",))
_NODEGROUP: Final = Job(
    "describe_nodegroup",
    {"clusterName": "arguments.clusterName", "nodegroupName": "arguments.nodegroupName"},
    "nodegroup",
    "status",
    ("ACTIVE",),
    ("CREATE_FAILED", "DEGRADED"),
)
_PROFILE: Final = Job(
    "describe_fargate_profile",
    {"clusterName": "arguments.clusterName", "fargateProfileName": "arguments.fargateProfileName"},
    "fargateProfile",
    "status",
    ("ACTIVE",),
    ("CREATE_FAILED",),
)


def _gone(job: Job, failed: str = "DELETE_FAILED") -> Job:
    return Job(job.describe, job.arguments, job.job, job.status, (), (failed,))


_ALL: Final = (
    Optimised(
        "lambda", "invoke", "lambda", "invoke", _CALLBACK, "Lambda", "AWSLambdaException", "AWSLambda",
        json_arguments=("Payload",),
    ),
    Optimised(
        "states", "startExecution", "stepfunctions", "start_execution",
        ("", "sync", "sync:2", "waitForTaskToken"), "StepFunctions", "AWSStepFunctionsException", "AWSStepFunctions",
        json_arguments=("Input",), parameters=("Input", "Name", "StateMachineArn", "TraceHeader"),
        job=Job(
            "describe_execution", {"executionArn": "answer.executionArn"}, "", "status",
            ("SUCCEEDED",), ("FAILED", "TIMED_OUT", "ABORTED"),
            cancel=("stop_execution", {"executionArn": "answer.executionArn"}),
        ),
    ),
    _dynamodb(
        "getItem", "get_item", "TableName", "Key", "AttributesToGet", "ConsistentRead", "ExpressionAttributeNames",
        "ProjectionExpression", "ReturnConsumedCapacity",
    ),
    _dynamodb(
        "putItem", "put_item", "TableName", "Item", "ConditionalOperator", "ConditionExpression", "Expected",
        "ExpressionAttributeNames", "ExpressionAttributeValues", "ReturnConsumedCapacity",
        "ReturnItemCollectionMetrics", "ReturnValues",
    ),
    _dynamodb(
        "deleteItem", "delete_item", "TableName", "Key", "ConditionalOperator", "ConditionExpression", "Expected",
        "ExpressionAttributeNames", "ExpressionAttributeValues", "ReturnConsumedCapacity",
        "ReturnItemCollectionMetrics", "ReturnValues",
    ),
    _dynamodb(
        "updateItem", "update_item", "TableName", "Key", "AttributeUpdates", "ConditionalOperator",
        "ConditionExpression", "Expected", "ExpressionAttributeNames", "ExpressionAttributeValues",
        "ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "ReturnValues", "UpdateExpression",
    ),
    Optimised(
        "sqs", "sendMessage", "sqs", "send_message", _CALLBACK, "SQS", "AmazonSQSException", "AmazonSQS",
        json_arguments=("MessageBody",),
        parameters=(
            "QueueUrl", "MessageBody", "DelaySeconds", "MessageAttributes", "MessageDeduplicationId", "MessageGroupId",
        ),
    ),
    Optimised(
        "sns", "publish", "sns", "publish", _CALLBACK, "SNS", "AmazonSNSException", "AmazonSNS",
        json_arguments=("Message",),
        parameters=(
            "Message", "MessageAttributes", "MessageStructure", "PhoneNumber", "Subject", "TargetArn", "TopicArn",
            "MessageGroupId", "MessageDeduplicationId",
        ),
    ),
    Optimised(
        "events", "putEvents", "events", "put_events", _CALLBACK, "EventBridge", "AmazonEventBridgeException",
        "AmazonEventBridge", json_arguments=("Entries[].Detail",), parameters=("Entries",), has_metadata=False,
    ),
    Optimised("apigateway", "invoke", "", "", _CALLBACK, "ApiGateway", "ApiGatewayException"),
    Optimised("http", "invoke", "", "", _RR, "States.Http", "Socket"),
    Optimised(
        "batch", "submitJob", "batch", "submit_job", _JOB, "Batch", "AWSBatchException", "AWSBatch",
        job=Job(
            "describe_jobs", {"jobs": "[answer.jobId]"}, "jobs.0", "status", ("SUCCEEDED",), ("FAILED",),
            cancel=("terminate_job", {"jobId": "answer.jobId", "reason": "'stopped by Step Functions'"}),
        ),
    ),
    Optimised(
        "ecs", "runTask", "ecs", "run_task", ("", "sync", "waitForTaskToken"), "ECS", "AmazonECSException",
        "AmazonECS",
        job=Job(
            "describe_tasks", {"cluster": "arguments.cluster", "tasks": "[answer.tasks.0.taskArn]"}, "tasks.0",
            "lastStatus", ("STOPPED",), (),
            cancel=("stop_task", {"cluster": "arguments.cluster", "task": "answer.tasks.0.taskArn"}),
            sets=(("startedBy", "AWS Step Functions"),),
            refusal=("AmazonECS.Unknown", "failures"),
        ),
    ),
    Optimised("eks", "runJob", "", "", _JOB, "EKS", "AmazonEKSException"),
    Optimised("eks", "call", "", "", _RR, "EKS", "AmazonEKSException"),
    _eks("createCluster", "create_cluster", _CLUSTER),
    _eks("deleteCluster", "delete_cluster", _gone(_CLUSTER, "FAILED")),
    _eks("createNodegroup", "create_nodegroup", _NODEGROUP),
    _eks("deleteNodegroup", "delete_nodegroup", _gone(_NODEGROUP)),
    _eks("createFargateProfile", "create_fargate_profile", _PROFILE),
    _eks("deleteFargateProfile", "delete_fargate_profile", _gone(_PROFILE)),
    Optimised(
        "glue", "startJobRun", "glue", "start_job_run", _JOB, "Glue", "AWSGlueException", "AWSGlue",
        job=Job(
            "get_job_run", {"JobName": "arguments.JobName", "RunId": "answer.JobRunId"}, "JobRun", "JobRunState",
            ("SUCCEEDED",), ("FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED"),
            cancel=("batch_stop_job_run", {"JobName": "arguments.JobName", "JobRunIds": "[answer.JobRunId]"}),
        ),
    ),
    Optimised(
        "databrew", "startJobRun", "databrew", "start_job_run", _JOB, "DataBrew", "AWSGlueDataBrewException",
        "AWSGlueDataBrew",
        job=Job(
            "describe_job_run", {"Name": "arguments.Name", "RunId": "answer.RunId"}, "", "State", ("SUCCEEDED",),
            ("FAILED", "STOPPED", "TIMEOUT"),
            cancel=("stop_job_run", {"Name": "arguments.Name", "RunId": "answer.RunId"}),
        ),
    ),
    _codebuild("startBuild", "start_build", _JOB, _BUILD),
    _codebuild("stopBuild", "stop_build"),
    _codebuild("batchDeleteBuilds", "batch_delete_builds"),
    _codebuild("batchGetReports", "batch_get_reports"),
    _codebuild("startBuildBatch", "start_build_batch", _JOB, _BUILD_BATCH),
    _codebuild("stopBuildBatch", "stop_build_batch"),
    _codebuild("retryBuildBatch", "retry_build_batch", _JOB, _BUILD_BATCH),
    _codebuild("deleteBuildBatch", "delete_build_batch"),
    Optimised(
        "athena", "startQueryExecution", "athena", "start_query_execution", _JOB, "Athena", "AmazonAthenaException",
        "AmazonAthena",
        job=Job(
            "get_query_execution", {"QueryExecutionId": "answer.QueryExecutionId"}, "QueryExecution", "Status.State",
            ("SUCCEEDED",), ("FAILED", "CANCELLED"), "QueryExecution",
            ("stop_query_execution", {"QueryExecutionId": "answer.QueryExecutionId"}),
        ),
    ),
    *(
        Optimised(
            "athena", action, "athena", method, _RR, "Athena", "AmazonAthenaException", "AmazonAthena"
        )
        for action, method in (
            ("stopQueryExecution", "stop_query_execution"),
            ("getQueryExecution", "get_query_execution"),
            ("getQueryResults", "get_query_results"),
        )
    ),
    _emr(
        "createCluster", "run_job_flow",
        Job(
            "describe_cluster", {"ClusterId": "answer.JobFlowId"}, "Cluster", "Status.State",
            ("WAITING", "TERMINATED"), ("TERMINATED_WITH_ERRORS",), "Cluster",
            ("terminate_job_flows", {"JobFlowIds": "[answer.JobFlowId]"}),
        ),
    ),
    _emr(
        "terminateCluster", "terminate_job_flows",
        Job(
            "describe_cluster", {"ClusterId": "arguments.JobFlowIds.0"}, "Cluster", "Status.State",
            ("TERMINATED", "TERMINATED_WITH_ERRORS"), (), "Cluster",
        ),
        (("ClusterId", "JobFlowIds[]"),),
    ),
    _emr(
        "addStep", "add_job_flow_steps",
        Job(
            "describe_step", {"ClusterId": "arguments.JobFlowId", "StepId": "answer.StepIds.0"}, "Step",
            "Status.State", ("COMPLETED",), ("FAILED", "CANCELLED", "INTERRUPTED"), "Step",
            ("cancel_steps", {"ClusterId": "arguments.JobFlowId", "StepIds": "[answer.StepIds.0]"}),
        ),
        (("ClusterId", "JobFlowId"), ("Step", "Steps[]")),
    ),
    _emr("cancelStep", "cancel_steps", None, (("StepId", "StepIds[]"),)),
    _emr("setClusterTerminationProtection", "set_termination_protection", None, (("ClusterId", "JobFlowIds[]"),)),
    _emr("modifyInstanceFleetByName", "modify_instance_fleet"),
    _emr("modifyInstanceGroupByName", "modify_instance_groups", None, (("InstanceGroup", "InstanceGroups[]"),)),
    Optimised(
        "emr-containers", "createVirtualCluster", "emr-containers", "create_virtual_cluster", _RR, "EMRContainers",
        "AmazonEMRContainersException", "AmazonEMRContainers",
    ),
    Optimised(
        "emr-containers", "deleteVirtualCluster", "emr-containers", "delete_virtual_cluster", _JOB, "EMRContainers",
        "AmazonEMRContainersException", "AmazonEMRContainers",
        job=Job(
            "describe_virtual_cluster", {"id": "arguments.id"}, "virtualCluster", "state", ("TERMINATED",), (),
        ),
    ),
    Optimised(
        "emr-containers", "startJobRun", "emr-containers", "start_job_run", _JOB, "EMRContainers",
        "AmazonEMRContainersException", "AmazonEMRContainers",
        job=Job(
            "describe_job_run", {"id": "answer.id", "virtualClusterId": "arguments.virtualClusterId"}, "jobRun",
            "state", ("COMPLETED",), ("FAILED", "CANCELLED"),
            cancel=("cancel_job_run", {"id": "answer.id", "virtualClusterId": "arguments.virtualClusterId"}),
        ),
    ),
    _emr_serverless("createApplication", "create_application", _application("CREATED")),
    _emr_serverless("startApplication", "start_application", _application("STARTED")),
    _emr_serverless("stopApplication", "stop_application", _application("STOPPED")),
    _emr_serverless("deleteApplication", "delete_application", _application("TERMINATED")),
    _emr_serverless(
        "startJobRun", "start_job_run",
        Job(
            "get_job_run", {"applicationId": "arguments.applicationId", "jobRunId": "answer.jobRunId"}, "jobRun",
            "state", ("SUCCESS",), ("FAILED", "CANCELLED"),
            cancel=(
                "cancel_job_run", {"applicationId": "arguments.applicationId", "jobRunId": "answer.jobRunId"},
            ),
        ),
    ),
    _emr_serverless(
        "cancelJobRun", "cancel_job_run",
        Job(
            "get_job_run", {"applicationId": "arguments.applicationId", "jobRunId": "arguments.jobRunId"}, "jobRun",
            "state", ("CANCELLED", "SUCCESS", "FAILED"), (),
        ),
    ),
    _sagemaker("Training"),
    _sagemaker("Transform"),
    _sagemaker("Processing"),
    _sagemaker("Labeling"),
    _sagemaker("HyperParameterTuning"),
    *(
        Optimised(
            "sagemaker", action, "sagemaker", method, _RR, "SageMaker", "AmazonSageMakerException", "AmazonSageMaker"
        )
        for action, method in (
            ("createModel", "create_model"),
            ("createEndpoint", "create_endpoint"),
            ("createEndpointConfig", "create_endpoint_config"),
            ("updateEndpoint", "update_endpoint"),
        )
    ),
    Optimised(
        "mediaconvert", "createJob", "mediaconvert", "create_job", _JOB, "MediaConvert", "AWSMediaConvertException",
        "AWSMediaConvert",
        job=Job(
            "get_job", {"Id": "answer.Job.Id"}, "Job", "Status", ("COMPLETE",), ("ERROR", "CANCELED"), "Job",
            ("cancel_job", {"Id": "answer.Job.Id"}),
        ),
    ),
    Optimised(
        "bedrock", "invokeModel", "bedrock-runtime", "invoke_model", _CALLBACK, "Bedrock", "AmazonBedrockException",
        "AmazonBedrockRuntime", json_arguments=("Body",), has_metadata=False,
    ),
    Optimised(
        "bedrock", "createModelCustomizationJob", "bedrock", "create_model_customization_job", _JOB, "Bedrock",
        "AmazonBedrockException", "AmazonBedrock",
        job=Job(
            "get_model_customization_job", {"jobIdentifier": "answer.jobArn"}, "", "status", ("Completed",),
            ("Failed", "Stopped"), cancel=("stop_model_customization_job", {"jobIdentifier": "answer.jobArn"}),
        ),
    ),
)  # fmt: skip

_BY_NAME: Final = {(entry.name, entry.action): entry for entry in _ALL}
# `run_job_flow` and the like could be found twice; the first row that starts a job counts.
_BY_METHOD: Final[dict[tuple[str, str], Optimised]] = {}
for _entry in _ALL:
    _BY_METHOD.setdefault((_entry.service, _entry.method), _entry)


def optimised_named(name: str, action: str) -> Optimised | None:
    """The optimised integration of a Resource ARN, or None."""
    return _BY_NAME.get((name, action))


def optimised_for(service: str, method: str) -> Optimised | None:
    """The optimised integration of a method of a boto3 client, or None."""
    return _BY_METHOD.get((service, method)) if method else None

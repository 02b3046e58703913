"""What an execution role must be allowed to do for a call.

Owns: the names of IAM actions. Does not own: resources and the actions of `.sync` and callbacks (the manifest's part).

Facts: the service authorization reference of AWS: an action is mostly `<signing name>:<Operation>`.
"""

from collections.abc import Mapping
from typing import Final

from pysfnc.aws.services import Operation, Service

__all__ = ["actions_of", "prefix_of"]

# Services whose IAM prefix is not the name that their requests are signed with.
_PREFIXES: Final[Mapping[str, str]] = {
    "apigatewayv2": "apigateway",
    "cloudwatch": "cloudwatch",
    "dynamodbstreams": "dynamodb",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "iot-data": "iot",
    "iot-jobs-data": "iotjobsdata",
    "kinesis-video-archived-media": "kinesisvideo",
    "mturk": "mechanicalturk",
    "neptune": "rds",
    "docdb": "rds",
    "pinpoint": "mobiletargeting",
    "sesv2": "ses",
    "bedrock-runtime": "bedrock",
    "bedrock-agent": "bedrock",
    "bedrock-agent-runtime": "bedrock",
}

# Operations that need another action than their own, or several.
_ACTIONS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("lambda", "Invoke"): ("lambda:InvokeFunction",),
    ("lambda", "InvokeAsync"): ("lambda:InvokeFunction",),
    ("s3", "HeadObject"): ("s3:GetObject",),
    ("s3", "HeadBucket"): ("s3:ListBucket",),
    ("s3", "ListObjects"): ("s3:ListBucket",),
    ("s3", "ListObjectsV2"): ("s3:ListBucket",),
    ("s3", "ListObjectVersions"): ("s3:ListBucketVersions",),
    ("s3", "ListBuckets"): ("s3:ListAllMyBuckets",),
    ("s3", "ListMultipartUploads"): ("s3:ListBucketMultipartUploads",),
    ("s3", "ListParts"): ("s3:ListMultipartUploadParts",),
    ("s3", "CopyObject"): ("s3:GetObject", "s3:PutObject"),
    ("s3", "UploadPartCopy"): ("s3:GetObject", "s3:PutObject"),
    ("s3", "DeleteObjects"): ("s3:DeleteObject",),
    ("s3", "UploadPart"): ("s3:PutObject",),
    ("s3", "CreateMultipartUpload"): ("s3:PutObject",),
    ("s3", "CompleteMultipartUpload"): ("s3:PutObject",),
    ("dynamodb", "TransactWriteItems"): (
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    ),
    ("dynamodb", "TransactGetItems"): ("dynamodb:GetItem",),
    ("dynamodb", "ExecuteStatement"): (
        "dynamodb:PartiQLDelete",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLSelect",
        "dynamodb:PartiQLUpdate",
    ),
    ("sqs", "SendMessageBatch"): ("sqs:SendMessage",),
    ("sqs", "DeleteMessageBatch"): ("sqs:DeleteMessage",),
    ("sqs", "ChangeMessageVisibilityBatch"): ("sqs:ChangeMessageVisibility",),
    ("sns", "PublishBatch"): ("sns:Publish",),
    ("bedrock-runtime", "Converse"): ("bedrock:InvokeModel",),
    ("cloudwatch", "GetMetricStatistics"): ("cloudwatch:GetMetricStatistics",),
}


def prefix_of(service: Service) -> str:
    """The service's name in IAM actions."""
    metadata = service.model["metadata"]
    return _PREFIXES.get(service.name) or metadata.get("signingName") or metadata["endpointPrefix"]


def actions_of(operation: Operation) -> tuple[str, ...]:
    """The IAM actions that a call of the operation needs."""
    special = _ACTIONS.get((operation.service.name, operation.name))
    return special or (f"{prefix_of(operation.service)}:{operation.name}",)

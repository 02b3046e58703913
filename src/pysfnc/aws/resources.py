"""On which resources a call acts, as far as its arguments tell: the ARNs for a role's policy.

Owns: the members that name resources, for services whose ARNs follow from them. Any other call acts on `*`.

Facts: the service authorization reference of AWS: the resource types that each action takes, and the formats of their ARNs. Region and account
are left open: `*`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pysfnc.aws.services import Operation
from pysfnc.lean import dataclass

__all__ = ["UNKNOWN", "is_known", "named", "resources_of"]

UNKNOWN: Final[Any] = None
"""Arguments that are computed as a whole."""
_ARN_PARAMETER: Final = re.compile(r"\$\{\w*arn\w*\}", re.IGNORECASE)
_PARAMETER: Final = re.compile(r"\$\{\w+\}")
_QUEUE: Final = re.compile(r"https://sqs\.([\w-]+)\.amazonaws\.com/(\d{12})/([\w.-]+)")
_TEMPLATE: Final = re.compile(r"^\{%.*%\}$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Named:
    """A member that names a resource.

    path: the member in ASL's names; `[]` goes into the elements of a list, `{}` into the keys of an object, `*` into any member.
    prefix: of the ARN, before the name. suffixes: behind an ARN, one resource for each.
    default: the name that counts where the member is not given; None if it names nothing then.
    """

    path: str
    prefix: str
    suffixes: tuple[str, ...] = ("",)
    default: str | None = None


_TABLE: Final = "arn:aws:dynamodb:*:*:table/"
_QUEUES: Final = "arn:aws:sqs:*:*:"
_BUCKET: Final = "arn:aws:s3:::"
_EXECUTION: Final = "arn:aws:states:*:*:execution:"
_MACHINE: Final = "arn:aws:states:*:*:stateMachine:"
_MODEL: Final = Named("ModelId", "arn:aws:bedrock:*::foundation-model/")
_PROJECT: Final = Named("ProjectName", "arn:aws:codebuild:*:*:project/")
_STREAM: Final = (Named("StreamName", "arn:aws:kinesis:*:*:stream/"), Named("StreamARN", "arn:aws:kinesis:*:*:stream/"))
_SSM: Final = "arn:aws:ssm:*:*:parameter/"

_SERVICES: Final[Mapping[str, tuple[Named, ...]]] = {
    "bedrock-runtime": (_MODEL,),
    "codebuild": (_PROJECT,),
    "dynamodb": (Named("TableName", _TABLE),),
    "ecr": (Named("RepositoryName", "arn:aws:ecr:*:*:repository/"),),
    "events": (Named("EventBusName", "arn:aws:events:*:*:event-bus/", default="default"),),
    "firehose": (Named("DeliveryStreamName", "arn:aws:firehose:*:*:deliverystream/"),),
    "glue": (Named("JobName", "arn:aws:glue:*:*:job/"),),
    "kinesis": _STREAM,
    "kms": (Named("KeyId", "arn:aws:kms:*:*:key/"),),
    "lambda": (Named("FunctionName", "arn:aws:lambda:*:*:function:", ("", ":*")),),
    "secretsmanager": (Named("SecretId", "arn:aws:secretsmanager:*:*:secret:", ("-??????",)),),
    "sns": (Named("TopicArn", "arn:aws:sns:*:*:"), Named("TargetArn", "arn:aws:sns:*:*:")),
    "sqs": (Named("QueueUrl", _QUEUES),),
    "ssm": (Named("Name", _SSM), Named("Names[]", _SSM)),
}
"""What names the resource in most operations of a service."""

_OPERATIONS: Final[Mapping[tuple[str, str], tuple[Named, ...]]] = {
    ("athena", "StartQueryExecution"): (Named("WorkGroup", "arn:aws:athena:*:*:workgroup/", default="primary"),),
    ("batch", "SubmitJob"): (
        Named("JobDefinition", "arn:aws:batch:*:*:job-definition/", ("", ":*")),
        Named("JobQueue", "arn:aws:batch:*:*:job-queue/"),
    ),
    ("dynamodb", "BatchGetItem"): (Named("RequestItems{}", _TABLE),),
    ("dynamodb", "BatchWriteItem"): (Named("RequestItems{}", _TABLE),),
    ("dynamodb", "Query"): (Named("TableName", _TABLE, ("", "/index/*")),),
    ("dynamodb", "Scan"): (Named("TableName", _TABLE, ("", "/index/*")),),
    ("dynamodb", "TransactGetItems"): (Named("TransactItems[].*.TableName", _TABLE),),
    ("dynamodb", "TransactWriteItems"): (Named("TransactItems[].*.TableName", _TABLE),),
    ("ecs", "RunTask"): (Named("TaskDefinition", "arn:aws:ecs:*:*:task-definition/", ("", ":*")),),
    ("events", "PutEvents"): (Named("Entries[].EventBusName", "arn:aws:events:*:*:event-bus/", default="default"),),
    ("secretsmanager", "CreateSecret"): (Named("Name", "arn:aws:secretsmanager:*:*:secret:", ("-??????",)),),
    ("ssm", "GetParametersByPath"): (Named("Path", _SSM, ("", "/*")),),
    ("sqs", "GetQueueUrl"): (Named("QueueName", _QUEUES),),
    ("stepfunctions", "DescribeExecution"): (Named("ExecutionArn", _EXECUTION),),
    ("stepfunctions", "StartExecution"): (Named("StateMachineArn", _MACHINE),),
    ("stepfunctions", "StartSyncExecution"): (Named("StateMachineArn", _MACHINE),),
    ("stepfunctions", "StopExecution"): (Named("ExecutionArn", _EXECUTION),),
}
_WHOLE_BUCKET: Final = re.compile(r"Bucket|^ListObject|^ListMultipart")
_WITHOUT_NAME: Final = re.compile(r"^(List(?!Objects)|Describe\w+s$)")


def resources_of(operation: Operation, arguments: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The resources of a call, in ASL's arguments or `UNKNOWN`. Names may hold placeholders, `${...}`."""
    service = operation.service.name
    if service == "s3":
        return tuple(_objects(operation.name, arguments))
    rules = _OPERATIONS.get((service, operation.name))
    if rules is None and not _WITHOUT_NAME.match(operation.name):
        rules = _SERVICES.get(service)
    found = [resource for rule in rules or () for resource in named(rule, arguments)]
    return tuple(dict.fromkeys(found)) or ("*",)


def named(rule: Named, arguments: Mapping[str, Any] | None) -> Iterator[str]:
    """The resources that a member names; all of their kind where the machine computes the name."""
    names = list(_at(arguments, rule.path.replace("[]", ".[]").replace("{}", ".{}").split(".")))
    if not names and rule.default is not None:
        names = [rule.default]
    is_arn = rule.path.lower().endswith("arn")
    for name in dict.fromkeys(names):
        for suffix in rule.suffixes:
            yield _arn(name, rule.prefix, suffix, is_arn=is_arn)


def _arn(name: str, prefix: str, suffix: str, *, is_arn: bool) -> str:
    """`is_arn`: AWS takes nothing but an ARN there, whatever the parameter that holds it is called."""
    if not is_known(name):
        return f"{prefix}*"
    queue = _QUEUE.fullmatch(name)
    if queue is not None:
        return f"arn:aws:sqs:{queue[1]}:{queue[2]}:{queue[3]}"
    if name.startswith("https://") or (prefix.startswith("arn:aws:sqs") and "/" in name):
        return f"{prefix}*"
    holder = _PARAMETER if is_arn else _ARN_PARAMETER
    if name.startswith("arn:") or holder.fullmatch(name):
        return name if suffix == "-??????" else f"{name}{suffix}"
    if prefix == _QUEUES and "${" in name:
        # A URL that only the deployment knows.
        return f"{prefix}*"
    return f"{prefix}{name.lstrip('/') if prefix == _SSM else name}{suffix}"


def is_known(value: object) -> bool:
    """Whether a field is a text that no expression computes."""
    return isinstance(value, str) and not _TEMPLATE.match(value)


def _at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """What stands at a path; the value itself on the way where that is computed or unknown."""
    if value is UNKNOWN or (isinstance(value, str) and path):
        yield "{% %}"
        return
    if not path:
        yield value if isinstance(value, str) else "{% %}"
        return
    first, *rest = path
    match first, value:
        case "[]", list():
            inner: list[Any] = value
        case "{}", dict():
            inner = list(value)
        case "*", dict():
            inner = [part for part in value.values() if isinstance(part, dict | str)]
        case _, dict() if first in value:
            inner = [value[first]]
        case _:
            return
    for part in inner:
        yield from _at(part, rest)


def _copied(source: str) -> str:
    """The object that is copied: its path is quoted as in a URL, and a version may stand behind it."""
    from urllib.parse import unquote

    return unquote(source.partition("?versionId=")[0]).lstrip("/")


def _objects(operation: str, arguments: Mapping[str, Any] | None) -> Iterator[str]:
    """Buckets and objects of S3. The object that is copied is named by a path."""
    if operation == "ListBuckets":
        yield "*"
        return
    bucket = next(_at(arguments, ["Bucket"]), "*")
    bucket = bucket if is_known(bucket) else "*"
    whole = bucket if bucket.startswith("arn:") or _ARN_PARAMETER.fullmatch(bucket) else f"{_BUCKET}{bucket}"
    if _WHOLE_BUCKET.search(operation):
        yield whole
        return
    key = next(_at(arguments, ["Key"]), None)
    yield f"{whole}/{key if is_known(key) else '*'}"
    if "Copy" in operation:
        source = next(_at(arguments, ["CopySource"]), None)
        yield f"{_BUCKET}{_copied(source) if is_known(source) and isinstance(source, str) else '*/*'}"

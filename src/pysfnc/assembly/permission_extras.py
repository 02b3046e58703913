"""What a call must be allowed besides its own action, or in its place.

Facts: "IAM policies for integrated services" of the AWS guide (Athena, AWS Glue, SageMaker), which name actions that no operation of the machine
has; the service authorization reference for S3, where an object with a version needs other actions.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pysfnc.aws import Operation
from pysfnc.packaging.manifest import Statement

__all__ = ["UNLISTED", "of_query", "with_versions"]

UNLISTED: Final[Mapping[str, tuple[str, ...]]] = {
    "glue": ("glue:GetJobRuns",),
    "sagemaker": ("sagemaker:AddTags", "sagemaker:ListTags"),
}
"""Actions that Step Functions needs to follow a job of a service, besides those of the operations that it calls."""

_DATA: Final = (
    "s3:AbortMultipartUpload",
    "s3:CreateBucket",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)
_CATALOG: Final = tuple(
    f"glue:{name}"
    for name in (
        *("BatchCreatePartition", "BatchDeletePartition", "BatchDeleteTable", "BatchGetPartition", "CreateDatabase"),
        *("CreatePartition", "CreateTable", "DeleteDatabase", "DeletePartition", "DeleteTable", "GetDatabase"),
        *(
            "GetDatabases",
            "GetPartition",
            "GetPartitions",
            "GetTable",
            "GetTables",
            "UpdateDatabase",
            "UpdatePartition",
        ),
        "UpdateTable",
    )
)
_OF_CATALOG: Final = tuple(
    f"arn:aws:glue:*:*:{name}" for name in ("catalog", "database/*", "table/*", "userDefinedFunction/*")
)
_VERSIONED: Final = {"s3:GetObject": "s3:GetObjectVersion", "s3:DeleteObject": "s3:DeleteObjectVersion"}


def of_query(operation: Operation) -> Iterator[Statement]:
    """What Athena does with the role of its caller: which data and tables a query is about stands in its text."""
    if operation.service.name != "athena" or operation.name not in ("StartQueryExecution", "GetQueryResults"):
        return
    if operation.name == "GetQueryResults":
        yield Statement(("s3:GetObject",), ("arn:aws:s3:::*",))
        return
    yield Statement(("athena:GetDataCatalog",), ("arn:aws:athena:*:*:datacatalog/*",))
    yield Statement(_DATA, ("arn:aws:s3:::*",))
    yield Statement(_CATALOG, _OF_CATALOG)
    yield Statement(("lakeformation:GetDataAccess",), ("*",))


def with_versions(
    operation: Operation, actions: tuple[str, ...], arguments: Mapping[str, Any] | None, *, lists_versions: bool
) -> tuple[str, ...]:
    """The actions for a call of S3 that names versions of objects. lists_versions: the machine knows of such from a list of them."""
    if operation.service.name != "s3" or arguments is None:
        return actions
    if "VersionId" in arguments:
        return tuple(_VERSIONED.get(action, action) for action in actions)
    if operation.name == "DeleteObjects" and _deletes_versions(arguments.get("Delete"), lists_versions):
        return (*actions, "s3:DeleteObjectVersion")
    if "?versionId=" in str(arguments.get("CopySource")):
        return (*actions, "s3:GetObjectVersion")
    return actions


def _deletes_versions(given: Any, unknown: bool) -> bool:
    objects = given.get("Objects") if isinstance(given, dict) else None
    if not isinstance(objects, list):
        return unknown
    return any("VersionId" in one if isinstance(one, dict) else unknown for one in objects)

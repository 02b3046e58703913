"""Arguments that boto3 changes before it sends them: what it has to be given, so that it sends what the definition says.

The facts are botocore's handlers of `before-parameter-build`; `frontend.aws.sent_by_boto3` is the other way.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from pysfnc.aws import Operation
from pysfnc.services.invoking import ServiceError

__all__ = ["as_given"]


_VERSION: Final = "?versionId="


def _unquoted(source: str) -> str | dict[str, str]:
    """boto3 quotes the path of a text, and not the version behind it; a key that looks like one has to be given apart."""
    path, mark, version = source.partition(_VERSION)
    plain = unquote(path)
    if _VERSION not in plain:
        return plain + mark + version
    bucket, _, key = plain.partition("/")
    return {"Bucket": bucket, "Key": key} | ({"VersionId": version} if mark else {})


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ServiceError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.") from None


_GIVEN: Final[Mapping[tuple[str, str], tuple[str, Callable[[str], str | bytes | dict[str, str]]]]] = {
    ("s3", "CopyObject"): ("CopySource", _unquoted),
    ("s3", "UploadPartCopy"): ("CopySource", _unquoted),
    ("ec2", "RunInstances"): ("UserData", _decoded),
    ("autoscaling", "CreateLaunchConfiguration"): ("UserData", _decoded),
}


def as_given(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments with which boto3 sends these. Raises `ServiceError` for what AWS refuses."""
    name, change = _GIVEN.get((operation.service.name, operation.name), ("", None))
    if change is None or not isinstance(arguments.get(name), str):
        return dict(arguments)
    return {**arguments, name: change(arguments[name])}

"""What boto3's resources load when an attribute is read that they do not have yet, and their waiters, as `resources-1.json` describes them.

Facts: `boto3.resources.factory`. The data of a resource is what a JMESPath finds in the answer of a call, None where that finds nothing. Reading an
attribute while there is none loads it; `load()` and `reload()` load it anew, and any other method of a resource that can be loaded forgets it.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from pysfnc.aws.boto3_collections import Param, method_of, params_of
from pysfnc.aws.names import method_name
from pysfnc.lean import dataclass

__all__ = ["LOADED_BY_CODE", "SOMETIMES", "Load", "Waiting", "load_of", "waiters_of"]

_PATH: Final = re.compile(r"@|\w+(\[0\])?(\.\w+(\[0\])?)*")
_STEP: Final = re.compile(r"\w+|\[0\]")


@dataclass(frozen=True, slots=True)
class Load:
    """A call that loads the data of a resource. path: the members and items (0, the first) that lead to it in the answer.

    code: what boto3 does with the call in place of following a path, where code of boto3 loads. It has `call`, `keep` for the data, `raised` for the
    class of errors of AWS, and the identifiers under their names. is_partial: any member of the data may be missing.
    """

    method: str
    params: tuple[Param, ...]
    path: tuple[str | int, ...]
    code: str = ""
    is_partial: bool = False


SOMETIMES: Final[Mapping[str, frozenset[str]]] = {
    "cloudformation": frozenset({"DeletionTime", "LastUpdatedTime"}),
    "cloudwatch": frozenset({"StateTransitionedTimestamp"}),
    "ec2": frozenset({"CompletionTime", "ExpirationTime", "RestoreExpiryTime", "UsageOperationUpdateTime"}),
    "iam": frozenset({"EnableDate", "PasswordLastUsed", "ValidUntil"}),
    "s3": frozenset({"Expires", "ObjectLockRetainUntilDate"}),
}
"""The moments in the data of resources of a service that are there for some only. All other moments are always there, though few models say so."""

LOADED_BY_CODE: Final[Mapping[tuple[str, str], Load]] = {
    ("s3", "Bucket"): Load(
        "list_buckets",
        (),
        (),
        """\
found = {}
try:
    for each in call()["Buckets"]:
        if each["Name"] == name:
            found = each
            break
except raised as e:
    if e.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
        raise
keep(found)
""",
        is_partial=True,
    ),
    ("s3", "ObjectSummary"): Load(
        "head_object",
        (Param("Bucket", "identifier", "bucket_name"), Param("Key", "identifier", "key")),
        (),
        """\
found = call()
if "ContentLength" in found:
    found["Size"] = found.pop("ContentLength")
keep(found)
""",
    ),
}
"""Kinds whose data is loaded by code of boto3 (`boto3.s3.inject`)."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiter of a resource. waiter: its name at the client."""

    waiter: str
    params: tuple[Param, ...]


def load_of(owner: str, given: Mapping[str, Any] | None) -> Load | None:
    """How a resource is loaded; None for one that is not, or whose description goes beyond what is known here."""
    params = None if given is None else params_of(given["request"])
    if given is None or params is None or not _PATH.fullmatch(given["path"]):
        return None
    steps = () if given["path"] == "@" else _STEP.findall(given["path"])
    return Load(method_of(owner, given["request"]), params, tuple(0 if step == "[0]" else step for step in steps))


def waiters_of(given: Mapping[str, Any]) -> Mapping[str, Waiting]:
    """The waiters of a kind, by their names in Python."""
    found = {f"wait_until_{method_name(name)}": (each, params_of(each)) for name, each in given.items()}
    return {
        name: Waiting(method_name(each["waiterName"]), params)
        for name, (each, params) in found.items()
        if params is not None
    }

"""Errors that no model lists, told by their texts.

Step Functions names such an error after its service only (`Ec2.Ec2Exception`), and its Cause holds no code. Of the errors here the text is
always of the same form, as the error reports of many programs show it beside the code. Codes whose errors have texts of all kinds
(`ValidationError`, `InvalidParameterValue`, `AccessDenied`) are none of these.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from pysfnc.aws.services import service

__all__ = ["OTHER_CODES", "THROTTLES", "Form", "texts_of", "told_codes"]

Form = tuple[str, str]
"""What the text begins with, and what comes somewhere behind that."""

_NONE: Final = "' does not exist"
_EC2: Final[Mapping[str, tuple[Form, ...]]] = {
    "DependencyViolation": (
        ("resource ", " has a dependent object"),
        ("The ", " has dependencies and cannot be deleted"),
        ("Network ", " has some mapped public address(es)"),
    ),
    "DryRunOperation": (("Request would have succeeded, but DryRun flag is set", ""),),
    "InvalidAMIID.NotFound": (("The image id '[", "]' does not exist"), ("The image ids '[", "]' do not exist")),
    "InvalidAMIID.Unavailable": (("The image ", " is no longer available"),),
    "InvalidAllocationID.NotFound": (("The allocation ID '", _NONE), ("Allocation ID '", "' not found")),
    "InvalidGroup.Duplicate": (("The security group '", "' already exists"),),
    "InvalidGroup.NotFound": (("The security group '", _NONE),),
    "InvalidInstanceID.NotFound": (("The instance ID '", _NONE), ("The instance IDs '", "' do not exist")),
    "InvalidInternetGatewayID.NotFound": (("The internetGateway ID '", _NONE),),
    "InvalidKeyPair.NotFound": (("The key pair '", _NONE),),
    "InvalidNetworkInterfaceID.NotFound": (("The networkInterface ID '", _NONE),),
    "InvalidPermission.Duplicate": (('the specified rule "', '" already exists'),),
    "InvalidPermission.NotFound": (("The specified rule does not exist", ""),),
    "InvalidRouteTableID.NotFound": (("The routeTable ID '", _NONE),),
    "InvalidSnapshot.InUse": (("The snapshot snap-", " is currently in use by "),),
    "InvalidSnapshot.NotFound": (("The snapshot '", _NONE),),
    "InvalidSubnetID.NotFound": (("The subnet ID '", _NONE),),
    "InvalidVolume.NotFound": (("The volume '", _NONE),),
    "InvalidVpcID.NotFound": (("The vpc ID '", _NONE),),
    "UnauthorizedOperation": (("You are not authorized to perform this operation", ""),),
    "VolumeInUse": (
        ("Volume vol-", " is currently attached to "),
        ("vol-", " is already attached to an instance"),
    ),
}
_OWN: Final[Mapping[str, Mapping[str, tuple[Form, ...]]]] = {
    "ec2": _EC2,
    # The waiters of the former API look for it, and those of this one took it over. No operation of it has it.
    "elbv2": {"InvalidInstance": ()},
}

THROTTLES: Final = frozenset(
    {"RequestLimitExceeded", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException"}
)
"""The codes by which services say that there are too many calls. Each has one of them, so that none of the others comes from it."""

_RATE: Final[Form] = ("Rate exceeded", "")
_THROTTLE: Final[Mapping[str, tuple[str, Form]]] = {
    "ec2": ("RequestLimitExceeded", ("Request limit exceeded", "")),
    "s3": ("SlowDown", ("Please reduce your request rate", "")),
    "query": ("Throttling", _RATE),
    "rest-xml": ("Throttling", _RATE),
}
"""A service, or the protocol of one -> its code and text where no model lists one; `ThrottlingException` for others (AWS documentation,
"Common error types")."""

OTHER_CODES: Final[Mapping[str, str]] = {"autoscaling": "ValidationError", "cloudformation": "ValidationError"}
"""The code of whatever else a service refuses with the status 400 (AWS documentation, "Common error types"). Its texts are of all kinds."""


@cache
def texts_of(name: str) -> Mapping[str, tuple[Form, ...]]:
    """The codes of a service that no model lists, and by which texts each of them is told; a code without texts never comes."""
    found = service(name)
    listed = {error.code for error in found.errors.values()}
    protocol = "query" if "awsQueryCompatible" in found.model["metadata"] else found.protocol
    code, form = _THROTTLE.get(name) or _THROTTLE.get(protocol, ("ThrottlingException", _RATE))
    return {each: forms for each, forms in {**_OWN.get(name, {}), code: (form,)}.items() if each not in listed}


def told_codes(name: str) -> frozenset[str]:
    """The codes that a comparison with an error of a service is exact for, though no model lists them."""
    others = {OTHER_CODES[name]} if name in OTHER_CODES else set()
    return frozenset(texts_of(name)) | THROTTLES | others

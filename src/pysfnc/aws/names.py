"""Names: of Python methods as boto3 makes them, and of everything in a definition as Step Functions makes them.

Owns: the rules. Does not own: the exceptions among services and operations (services.py, optimised.py).

How Step Functions spells members
---------------------------------
An `aws-sdk` integration calls the AWS SDK for Java 2, and names members as that SDK does, with the first letter
raised. So an acronym at the start of a name is lowered (`DBInstances` becomes `DbInstances`, `BOOL` `Bool`, `ACL`
`Acl`), one inside is not (`MultiAZ`, `ChecksumCRC32`, `ETag`), names of JSON services are raised (`jobName` becomes
`JobName`), and words that Java keeps for itself get "Value" at their end (`equals` becomes `EqualsValue`), except
`NULL` of DynamoDB's attribute values, which the SDK calls `nul`. Optimised integrations do not do this: they use the
names of the API (`BOOL`, `MD5OfMessageBody`), raised at most (`jobName` of Batch becomes `JobName`).

Evidence, as there is no documentation of it beyond "PascalCase":
- recorded answers of AWS (tests/conformance/data, services): `ChecksumCRC32` and `ETag` from `aws-sdk:s3`;
  `MD5OfMessageBody` from the optimised `sqs:sendMessage`; the error `Sfn.InvalidTokenException`.
- `aws/aws-sdk-js` issue 4294: `aws-sdk:dynamodb:query` answers `{"Bool": true}`; AWS closed it as intended.
  `boto/boto3` issue 4253 and `aws/aws-sdk-js-v3` issue 4948: `{"Nul": true}` from `aws-sdk:dynamodb:scan` and `query`.
- deployed machines of many owners read `$.DbInstances[0].DbInstanceStatus` from `aws-sdk:rds:describeDBInstances`
  (the action keeps its acronym), send `DbInstanceIdentifier`, and catch `Rds.DbInstanceNotFoundException`, which is
  the Java name of the shape `DBInstanceNotFoundFault`. In none of ten found does an execution show `DBInstances`.
- `aws-sdk:sfn:sendTaskFailure` is used with `Cause`, so the rule is that of Java's property names, in which `cause`
  is a reserved word of exceptions only.
- the rules themselves: the public sources of the Java SDK's code generator, `DefaultNamingStrategy`,
  `CodegenNamingUtils`, and its `customization.config` files.
"""

import re
from typing import Final

from pysfnc.aws.data import method_names

__all__ = ["capitalise", "java_class", "java_exception", "java_member", "method_name", "service_id_name"]

# Java's words, in lower case: the SDK compares without case.
_KEYWORDS: Final = frozenset({
    "abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue",
    "default", "do", "double", "else", "enum", "extends", "false", "final", "finally", "float", "for", "goto", "if",
    "implements", "import", "instanceof", "int", "interface", "long", "native", "new", "null", "package", "private",
    "protected", "public", "return", "short", "static", "strictfp", "super", "switch", "synchronized", "this",
    "throw", "throws", "transient", "true", "try", "void", "volatile", "while",
})  # fmt: skip
# Methods that every class of the SDK has.
_METHODS: Final = frozenset({
    "equals", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait", "builder", "sdkFields",
    "toBuilder", "overrideConfiguration", "sdkHttpResponse",
})  # fmt: skip


def method_name(operation: str) -> str:
    """The method of a boto3 client for an operation: "ListWebACLs" is `list_web_acls`."""
    special = method_names().get(operation)
    if special is not None:
        return special
    # "ARNs" at the end is one word.
    plural = re.search(r"[A-Z]{2,}s$", operation)
    if plural is not None:
        operation = f"{operation[: plural.start()]}_{plural.group().lower()}"
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", operation)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()


def capitalise(name: str) -> str:
    """The name with its first letter raised and the rest as it is."""
    return name[:1].upper() + name[1:]


def uncapitalise(name: str) -> str:
    """The name with its first word lowered, a whole acronym if it starts with one: "DBName" is "dbName"."""
    end = 1
    while end < len(name) and name[end].isupper() and not name[end + 1 : end + 2].islower():
        end += 1
    return name[:end].lower() + name[end:]


def java_member(name: str) -> str:
    """A member's name in a definition: that of the Java SDK, with its first letter raised."""
    lowered = uncapitalise(name)
    if lowered.lower() in _KEYWORDS or lowered in _METHODS:
        lowered += "Value"
    return capitalise(lowered)


def _words(text: str) -> list[str]:
    text = re.sub(r"[^A-Za-z0-9]+", " ", text)
    text = re.sub(r"([^a-z]{2,})v([0-9]+)", r"\1 v\2 ", text)
    text = re.sub(r"([^A-Z]{2,})V([0-9]+)", r"\1 V\2 ", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    text = re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", text)
    return text.split()


def java_class(text: str) -> str:
    """The name of a class: "DynamoDB" is "DynamoDb", "Secrets Manager" is "SecretsManager"."""
    return "".join(word.capitalize() for word in _words(text))


def java_exception(shape: str) -> str:
    """The class of a modelled error: "NoSuchKey" is "NoSuchKeyException"."""
    if shape.endswith("Fault"):
        return java_class(shape.removesuffix("Fault")) + "Exception"
    if shape.endswith("Exception"):
        return java_class(shape)
    return java_class(shape) + "Exception"


def service_id_name(service_id: str) -> str:
    """The name of a service in errors: "Config Service" is "Config". In lower case it stands in Resource ARNs."""
    name = java_class(service_id)
    return name.removeprefix("Amazon").removeprefix("Aws").removesuffix("Service")

"""Services and their operations, under boto3's names and under those of Step Functions.

Owns: the way from `boto3.client("x").method` to a Resource ARN and back, errors, waiters and paginators of a service.
Does not own: optimised integrations (optimised.py), IAM (iam.py), values (translate.py).

Facts: "Learning to use AWS service SDK integrations" of the AWS docs lists the names of services and what cannot be
called; the errors are recorded answers.
"""

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Final

from pysfnc.aws import data
from pysfnc.aws.names import java_exception, method_name, service_id_name
from pysfnc.aws.shapes import Shape
from pysfnc.diagnostics.nearest import nearest
from pysfnc.lean import dataclass

__all__ = [
    "ErrorShape",
    "Operation",
    "Paginator",
    "Service",
    "UnknownOperation",
    "Waiter",
    "service",
    "service_of_asl",
]

# AWS docs: actions that the SDK integration does not have.
_UNSUPPORTED: Final[Mapping[str, frozenset[str]]] = {
    "sts": frozenset({"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"}),
    "lambda": frozenset({"InvokeAsync", "InvokeWithResponseStream"}),
    "rds-data": frozenset({"ExecuteSql"}),
    "bedrock-agent-runtime": frozenset({"InvokeAgent"}),
    "comprehendmedical": frozenset({"DetectEntities"}),
    "efs": frozenset({"CreateTags"}),
    "emr": frozenset({"DescribeJobFlows"}),
    "iotdeviceadvisor": frozenset({"ListTestCases"}),
    "mediapackage": frozenset({"RotateChannelCredentials"}),
    "shield": frozenset({"DeleteSubscription"}),
}
# Where the list of exception prefixes in the AWS docs says otherwise than the rule for the names of classes.
_PREFIXES: Final[Mapping[str, str]] = {"memorydb": "MemoryDB"}
# Parameters that botocore calls otherwise (its table of parameter aliases).
_ALIASES: Final[Mapping[tuple[str, str, str], str]] = {
    ("logs", "CreateExportTask", "fromTime"): "from",
    ("cloudsearchdomain", "Search", "returnFields"): "return",
}

# Errors of SQS keep the codes that they had in its former protocol (header `x-amzn-query-error` of its answers).
_QUERY_CODES: Final[Mapping[tuple[str, str], str]] = {
    ("sqs", "QueueDoesNotExist"): "AWS.SimpleQueueService.NonExistentQueue",
    ("sqs", "QueueNameExists"): "QueueAlreadyExists",
    **{
        ("sqs", name): f"AWS.SimpleQueueService.{name}"
        for name in (
            "BatchEntryIdsNotDistinct",
            "BatchRequestTooLong",
            "EmptyBatchRequest",
            "InvalidBatchEntryId",
            "MessageNotInflight",
            "PurgeQueueInProgress",
            "QueueDeletedRecently",
            "TooManyEntriesInBatchRequest",
            "UnsupportedOperation",
        )
    },
}


class UnknownOperation(LookupError):
    """A client has no such method.

    nearest: the method that it may have been meant to be, or None.
    """

    def __init__(self, service: str, name: str, known: Iterator[str]) -> None:
        self.service = service
        self.name = name
        self.nearest = nearest(name, known)
        near = f", it has `{self.nearest}`" if self.nearest else ""
        super().__init__(f"boto3's client of `{service}` has no method `{name}`{near}")


@dataclass(frozen=True, slots=True)
class ErrorShape:
    """A modelled error.

    name: of the class `client.exceptions.<name>`.
    code: `e.response["Error"]["Code"]`.
    asl_name: the error of an SDK integration.
    """

    name: str
    code: str
    asl_name: str


@dataclass(frozen=True, slots=True)
class Waiter:
    """A waiter: calls an operation until an acceptor says what it came to.

    method: what `get_waiter` takes.
    delay_s, max_attempts: seconds between the calls and how many there are at most.
    acceptors: as botocore's file has them, with `state`, `matcher`, `argument`, `expected`.
    """

    name: str
    method: str
    operation: "Operation"
    delay_s: int
    max_attempts: int
    acceptors: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Paginator:
    """A paginator, as botocore's file has it. Paths are JMESPath in boto3's names.

    input_tokens, output_tokens: parameter to set, and where in the answer its value comes from, pairwise.
    result_keys: what grows from page to page.
    more_results: path of a flag that says whether there are more, or None.
    limit_key: the parameter for `PaginationConfig["PageSize"]`, or None.
    non_aggregate_keys: members that only the first page counts for.
    """

    operation: "Operation"
    input_tokens: tuple[str, ...]
    output_tokens: tuple[str, ...]
    result_keys: tuple[str, ...]
    more_results: str | None
    limit_key: str | None
    non_aggregate_keys: tuple[str, ...]


class Operation:
    """An operation of a service.

    name: as the API has it, "PutItem".
    method: of the boto3 client, "put_item".
    action: in a Resource ARN, "putItem".
    """

    def __init__(self, service: "Service", name: str) -> None:
        self.service = service
        self.name = name
        self._definition = service.model["operations"][name]
        self.method = method_name(name)
        self.action = name[:1].lower() + name[1:]

    def __repr__(self) -> str:
        return f"<{self.service.name} {self.method}>"

    def resource(self, pattern: str = "") -> str:
        """The ARN of its SDK integration. `pattern`: "" or "waitForTaskToken"."""
        suffix = f".{pattern}" if pattern else ""
        return f"arn:aws:states:::aws-sdk:{self.service.asl_name}:{self.action}{suffix}"

    @cached_property
    def input(self) -> Shape | None:
        """Type of the arguments; None if there are none."""
        return self._shape("input")

    @cached_property
    def output(self) -> Shape | None:
        """Type of the answer; None if there is none but `ResponseMetadata`."""
        return self._shape("output")

    def _shape(self, member: str) -> Shape | None:
        reference = self._definition.get(member)
        return None if reference is None else self.service.shape(reference["shape"])

    def parameter(self, name: str) -> str:
        """The member of `input` that a keyword argument of boto3 sets; the same name but for a few."""
        return _ALIASES.get((self.service.name, self.name, name), name)

    @cached_property
    def errors(self) -> tuple[ErrorShape, ...]:
        """The errors that the model lists for it. Any other error of the service may come too."""
        return tuple(self.service.errors[entry["shape"]] for entry in self._definition.get("errors", ()))

    @property
    def success_status(self) -> int:
        """The HTTP status of a call that succeeds."""
        status: int = self._definition.get("http", {}).get("responseCode", 200)
        return status

    @property
    def is_told_by_status(self) -> bool:
        """Whether boto3 knows of its errors no more than the HTTP status: the answer to HEAD has no body, which holds the code in XML."""
        return self.service.protocol == "rest-xml" and self._definition["http"]["method"] == "HEAD"

    @property
    def is_deprecated(self) -> bool:
        """AWS advises against it."""
        return bool(self._definition.get("deprecated"))

    @cached_property
    def refusal(self) -> str | None:
        """Why Step Functions cannot call it; None if it can."""
        if self.name in _UNSUPPORTED.get(self.service.name, ()):
            return "Step Functions has no integration for it"
        shapes = [shape for shape in (self.input, self.output) if shape is not None]
        if any(member.shape.is_event_stream for shape in shapes for member in shape.members.values()):
            return "it answers with a stream of events, which a state machine cannot read"
        return None


class Service:
    """A service of AWS.

    name: what `boto3.client` takes, "stepfunctions".
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.model = data.model(name)
        metadata = self.model["metadata"]
        self.service_id: str = metadata.get("serviceId") or metadata["endpointPrefix"]
        self.error_prefix = _PREFIXES.get(name) or service_id_name(self.service_id)
        self.asl_name = self.error_prefix.lower()
        self.protocol: str = metadata["protocol"]

    def __repr__(self) -> str:
        return f"<service {self.name}>"

    def shape(self, name: str) -> Shape:
        """A shape of the service."""
        return Shape(self.name, self.model["shapes"], name)

    @cached_property
    def methods(self) -> Mapping[str, str]:
        """Name of the operation by method of the client."""
        return {method_name(name): name for name in self.model["operations"]}

    def operation(self, method: str) -> Operation:
        """The operation behind a method of the client. Raises `UnknownOperation`."""
        if method not in self.methods:
            raise UnknownOperation(self.name, method, iter(self.methods))
        return self.named(self.methods[method])

    def named(self, name: str) -> Operation:
        """The operation of that API name. Raises `KeyError`."""
        known: dict[str, Operation] = self.__dict__.setdefault("_operations", {})
        if name not in known:
            known[name] = Operation(self, name)
        return known[name]

    def of_action(self, action: str) -> Operation:
        """The operation of an action in a Resource ARN. Raises `UnknownOperation`."""
        name = action[:1].upper() + action[1:]
        if name not in self.model["operations"]:
            raise UnknownOperation(self.name, action, (n[:1].lower() + n[1:] for n in self.model["operations"]))
        return self.named(name)

    @cached_property
    def errors(self) -> Mapping[str, ErrorShape]:
        """All modelled errors by shape name, which is the name of the class in `client.exceptions`."""
        found = {}
        for name, shape in self.model["shapes"].items():
            if shape.get("exception"):
                code = _QUERY_CODES.get((self.name, name)) or shape.get("error", {}).get("code", name)
                found[name] = ErrorShape(name, code, f"{self.error_prefix}.{java_exception(name)}")
        return found

    @property
    def other_error(self) -> str:
        """The ASL name of errors that the model does not have, such as throttling of most services."""
        return f"{self.error_prefix}.{self.error_prefix}Exception"

    def asl_error(self, code: str) -> str:
        """The ASL name of an error with that code in boto3's `e.response["Error"]["Code"]`."""
        for error in self.errors.values():
            if code in (error.code, error.name):
                return error.asl_name
        return self.other_error

    @cached_property
    def waiters(self) -> Mapping[str, Waiter]:
        """Waiters by the name that `get_waiter` takes."""
        found = {}
        for name, entry in data.table(self.name, "waiters-2").get("waiters", {}).items():
            found[method_name(name)] = Waiter(
                name=name,
                method=method_name(name),
                operation=self.named(entry["operation"]),
                delay_s=entry["delay"],
                max_attempts=entry["maxAttempts"],
                acceptors=tuple(entry["acceptors"]),
            )
        return found

    @cached_property
    def paginators(self) -> Mapping[str, Paginator]:
        """Paginators by the name that `get_paginator` takes."""
        found = {}
        for name, entry in data.table(self.name, "paginators-1").get("pagination", {}).items():
            found[method_name(name)] = Paginator(
                operation=self.named(name),
                input_tokens=_texts(entry["input_token"]),
                output_tokens=_texts(entry["output_token"]),
                result_keys=_texts(entry.get("result_key", ())),
                more_results=entry.get("more_results"),
                limit_key=entry.get("limit_key"),
                non_aggregate_keys=_texts(entry.get("non_aggregate_keys", ())),
            )
        return found


def _texts(value: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@cache
def service(name: str) -> Service:
    """The service that `boto3.client(name)` talks to. Raises `UnknownService`, `BotocoreMissing`."""
    return Service(name)


# Services whose name in a Resource ARN is not boto3's without hyphens. AWS docs, and the service ids of the models;
# a test compares the table with all models, so that looking a name up need not read four hundred of them.
_BOTO_NAMES: Final[Mapping[str, str]] = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntimev2": "lexv2-runtime",
    "marketplaceentitlement": "marketplace-entitlement",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}


@cache
def _hyphenated() -> Mapping[str, str]:
    return {name.replace("-", ""): name for name in data.service_names()}


def service_of_asl(name: str) -> Service:
    """The service of that name in an `aws-sdk` Resource ARN, such as "sfn". Raises `UnknownService`."""
    found = _BOTO_NAMES.get(name) or _hyphenated().get(name)
    if found is None:
        raise data.UnknownService(name)
    known = service(found)
    if known.asl_name != name:
        raise data.UnknownService(name)
    return known

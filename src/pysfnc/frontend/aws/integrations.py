"""What a method of a boto3 client is in a machine: which integration, in whose spelling, with which errors.

Owns the choice of the integration. Where it is as good as the SDK's, the optimised one is taken: the same call, the same answer, the same
errors in another spelling. `events:putEvents` is not, as it fails where boto3 answers that entries failed; nor is `lambda:invoke`, which fails
where boto3 answers with `FunctionError`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from pysfnc.aws.error_texts import OTHER_CODES, texts_of
from pysfnc.aws.optimised import Optimised, optimised_for
from pysfnc.aws.services import Operation, Service
from pysfnc.aws.shapes import Naming
from pysfnc.ir.hir import FAMILY, ErrorReading
from pysfnc.lean import dataclass

CLIENT_ERROR: Final = "ClientError"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUTS: Final = ("States.Timeout", "States.HeartbeatTimeout")
EQUAL: Final = frozenset({"dynamodb", "sqs", "sns"})
"""Services whose optimised integrations are as good as those of the SDK."""
JSON_TEXTS: Final[Mapping[tuple[str, str, str], str]] = {
    ("bedrock-runtime", "InvokeModelRequest", "body"): "",
    ("events", "PutEventsRequestEntry", "Detail"): "",
    ("lambda", "InvocationRequest", "Payload"): "",
    ("sagemaker-runtime", "InvokeEndpointInput", "Body"): "ContentType",
    ("stepfunctions", "SendTaskSuccessInput", "output"): "",
    ("stepfunctions", "StartExecutionInput", "input"): "",
    ("stepfunctions", "StartSyncExecutionInput", "input"): "",
}
"""Members (service, shape, name) whose text is JSON for who reads it, always or where the member that stands behind it says so; an object in
their place is written as its JSON text.

Messages of SNS and SQS are texts that reach others as they are, blanks included, so they are none of these.
"""
JSON_CONTENT: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Integration:
    """How a machine calls an operation. `errors`: what the error output means."""

    operation: Operation
    resource: str
    naming: Naming
    errors: ErrorReading
    has_metadata: bool
    """The result holds `SdkHttpMetadata`."""


def integration(operation: Operation, given: Collection[str] | None, pattern: str = "") -> Integration:
    """The integration for a call with these parameters; None where they are not known before it is made."""
    best = equal_to(operation)
    if best is not None and pattern in best.patterns and _takes(best, given):
        return Integration(operation, best.resource(pattern), "api", reading_of(operation, best), best.has_metadata)
    return Integration(operation, operation.resource(pattern), "sdk", reading_of(operation, None), False)


def equal_to(operation: Operation) -> Optimised | None:
    """The optimised integration of an operation where it is as good as the SDK's."""
    return optimised_for(operation.service.name, operation.method) if operation.service.name in EQUAL else None


def _takes(best: Optimised, given: Collection[str] | None) -> bool:
    return not best.parameters or (given is not None and set(given) <= set(best.parameters))


@cache
def reading_of(operation: Operation, best: Optimised | None) -> ErrorReading:
    """All errors of the service: the model does not list everything that an operation fails with."""
    names: dict[str, tuple[str, ...]] = {CLIENT_ERROR: (TASK_FAILED,), "TimeoutError": TIMEOUTS}
    if operation.is_told_by_status:
        # Step Functions names `S3.NoSuchKeyException`, where boto3 raises a plain `ClientError` with the code "404".
        detail = f"{operation.name} {operation.service.other_error}"
        return ErrorReading(form="aws_status", detail=detail, names=tuple(names.items()))
    codes: list[tuple[str, str]] = []
    for error in operation.service.errors.values():
        name = error.asl_name if best is None else best.asl_error(error.code)
        names[error.asl_name] = (name,)
        if error.code != name.partition(".")[2]:
            codes.append((name, error.code))
    # Causes of the SDK's integrations do not hold the code (recorded answers).
    coded = best is not None
    other = "" if coded else operation.service.other_error
    return ErrorReading(
        form="aws", detail=operation.name, codes=tuple(codes), coded=coded, other=other, names=tuple(names.items())
    )


def telling(reading: ErrorReading, service: Service, asked: Collection[str]) -> ErrorReading:
    """A reading that tells those of the codes `asked` for that no model lists."""
    if not reading.other:
        return reading
    other = OTHER_CODES.get(service.name)
    other = other if other in asked else None
    wanted = {code: forms for code, forms in texts_of(service.name).items() if forms and (code in asked or other)}
    return replace(reading, texts=tuple(wanted.items()), other_code=other)


def error_classes(service: Service) -> dict[str, tuple[str, ...]]:
    """The exception classes of a service with their bases.

    A class has the name of the error in the SDK's integration. The same error under another name is a subclass of it: as optimised
    integrations name it, and by the bare name of its class, by which it comes out of Lambda.
    """
    found: dict[str, tuple[str, ...]] = {f"{service.error_prefix}{FAMILY}": (CLIENT_ERROR,)}
    found |= {error.asl_name: (CLIENT_ERROR,) for error in service.errors.values()}
    for best in reachable(service):
        found[f"{best.error_prefix}{FAMILY}"] = (CLIENT_ERROR,)
        for error in service.errors.values():
            found.setdefault(best.asl_error(error.code), (error.asl_name,))
    return found | {error.name: (error.asl_name,) for error in service.errors.values()}


def reachable(service: Service) -> Iterator[Optimised]:
    """The optimised integrations that a program may call: in place of the SDK's, or as jobs."""
    for method in service.methods:
        best = optimised_for(service.name, method)
        if best is not None and (service.name in EQUAL or (best.job is not None and not best.renamed)):
            yield best

"""Errors of AWS services as a state sees them.

Owns: names and causes. Does not own: catching what a client raises (services).

Facts: recorded answers. SDK integrations are calls of the AWS SDK for Java 2, optimised ones of version 1, and their
messages end as those of the two SDKs do.
"""

from typing import Final

from pysfnc.asl.names import RUNTIME
from pysfnc.aws import Optimised, Service
from pysfnc.engine.errors import TaskFailure
from pysfnc.engine.values import encode

REQUEST_ID: Final = "00000000-0000-4000-8000-000000000000"


def sdk_failure(service: Service, code: str, message: str, status: int = 400) -> TaskFailure:
    """The failure of an SDK integration. `code`, `message`: as in boto3's `e.response["Error"]`."""
    extended = f", Extended Request ID: {REQUEST_ID}" if service.name == "s3" else ""
    ending = f"(Service: {service.error_prefix}, Status Code: {status}, Request ID: {REQUEST_ID}{extended})"
    return TaskFailure(service.asl_error(code), f"{message} {ending} (SDK Attempt Count: 1)")


def optimised_failure(entry: Optimised, code: str, message: str, status: int = 400) -> TaskFailure:
    """The failure of an optimised integration."""
    ending = (
        f"(Service: {entry.exception_service}; Status Code: {status}; Error Code: {code}; "
        f"Request ID: {REQUEST_ID}; Proxy: null)"
    )
    return TaskFailure(entry.asl_error(code), f"{message} {ending}")


def refused(arguments: object, faults: list[str]) -> TaskFailure:
    """The failure for arguments that Step Functions refuses before it calls the service. Nothing can catch it."""
    return TaskFailure(
        RUNTIME, f"The Parameters '{encode(arguments)}' could not be used to start the Task: [{', '.join(faults)}]"
    )


def metadata() -> dict[str, object]:
    """What optimised integrations add to an answer (recorded answers; ids and dates are fixed here)."""
    headers = {
        "x-amzn-RequestId": REQUEST_ID,
        "connection": "keep-alive",
        "Date": "Thu, 01 Jan 1970 00:00:00 GMT",
        "Content-Type": "application/x-amz-json-1.0",
    }
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": REQUEST_ID},
    }

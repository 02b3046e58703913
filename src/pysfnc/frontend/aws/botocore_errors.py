"""The exceptions of botocore that are about the caller, and not about AWS's answer.

Owns which of them a machine can have. A machine has the credentials of its role, a region and the endpoints of AWS, so that what botocore raises
where one of these is missing is never raised in it. Failures of the connection have one name in Step Functions, `S3.SdkClientException`.
"""

from typing import Final

__all__ = ["NEVER_RAISED", "advice_about"]

_MODULE: Final = "botocore.exceptions."
NEVER_RAISED: Final[dict[str, tuple[str, ...]]] = {
    "BaseEndpointResolverError": ("BotoCoreError",),
    "CredentialRetrievalError": ("BotoCoreError",),
    "NoAuthTokenError": ("BotoCoreError",),
    "NoCredentialsError": ("BotoCoreError",),
    "NoRegionError": ("BaseEndpointResolverError",),
    "PartialCredentialsError": ("BotoCoreError",),
    "ProfileNotFound": ("BotoCoreError",),
    "SSOError": ("BotoCoreError",),
    "SSOTokenLoadError": ("SSOError",),
    "TokenRetrievalError": ("BotoCoreError",),
    "UnauthorizedSSOTokenError": ("SSOError",),
}
"""Classes with their bases, as botocore has them."""
_CONNECTION: Final = frozenset(
    {
        "ConnectTimeoutError",
        "ConnectionClosedError",
        "ConnectionError",
        "EndpointConnectionError",
        "HTTPClientError",
        "ProxyConnectionError",
        "ReadTimeoutError",
        "ResponseStreamingError",
        "SSLError",
    }
)


def advice_about(dotted: str) -> tuple[str, str] | None:
    """Why an exception class of botocore cannot be caught, and what to write instead; None for any other class."""
    if not dotted.startswith(_MODULE):
        return None
    name = dotted.removeprefix(_MODULE)
    if name in _CONNECTION:
        return (
            f"`{name}` cannot be told from other failures to reach AWS, which are one error in Step Functions",
            "write instead: `except (BotoCoreError, ClientError)`, which takes them all",
        )
    return (
        f"`{name}` of botocore has no meaning in a machine",
        "write instead: `ClientError`, which every error of AWS is, or `BotoCoreError` for those of botocore itself",
    )

"""Where AWS calls of a local run go: moto in this process, an endpoint, or AWS.

Owns: clients of boto3, which this package alone imports, and only when a call is made.
Does not own: the calls (calls.py, jobs.py), the endpoint for Lambda functions (endpoint.py).
"""

import contextlib
import functools
import importlib
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from pysfnc.aws import UnknownService, service_names
from pysfnc.aws import service as service_of
from pysfnc.engine import EngineError

if TYPE_CHECKING:
    import boto3

__all__ = ["AwsBackend", "Backend", "EndpointBackend", "MotoBackend", "NotMocked"]

REGION: Final = "us-east-1"
FAKE_CREDENTIALS: Final[Mapping[str, str]] = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}


class NotMocked(EngineError):
    """moto does not have a service or an operation."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the mock of AWS (moto) does not have {what}; answer it with a mock file (--mock FILE), "
            "or call an endpoint (--endpoint-url URL)"
        )


Answered = tuple[int, Mapping[str, str], bytes]
"""An answer over HTTP: status, headers, body."""


class Backend(Protocol):
    """A way to reach AWS."""

    blocking: bool
    """True if calls take time, so that branches of a machine should not wait for each other."""

    is_mock: bool
    """True if nothing but this run knows it."""

    def client(self, service: str, role_arn: str | None = None) -> Any:
        """A boto3 client, with the credentials of a role if one is given."""

    def calls(self) -> contextlib.AbstractContextManager[None]:
        """Around each call: turns what is no answer of AWS into `EngineError`."""

    def forward(
        self, service: str, region: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answered:
        """Answer a request that some other client of AWS made. `service`: the name it is signed for."""

    def close(self) -> None:
        """Undo what opening did."""


class _Clients:
    """Clients of one session, made once."""

    def __init__(self, session: "Callable[[], boto3.Session]", **arguments: Any) -> None:
        self._make = session
        self._arguments = arguments
        self._session: boto3.Session | None = None
        self._known: dict[tuple[str, str | None], Any] = {}
        self._lock = threading.RLock()

    def get(self, service: str, role_arn: str | None) -> Any:
        """A client."""
        with self._lock:
            client = self._known.get((service, role_arn))
            if client is None:
                client = self._known[service, role_arn] = self._client(service, role_arn)
            return client

    def _client(self, service: str, role_arn: str | None) -> Any:
        if self._session is None:
            self._session = self._make()
        session = self._session if role_arn is None else self._assumed(role_arn)
        # The names come from a definition; boto3-stubs know them as literals.
        make: Any = session.client
        return make(service, **self._arguments)

    def _assumed(self, role_arn: str) -> "boto3.Session":
        import boto3

        role = self.get("sts", None).assume_role(RoleArn=role_arn, RoleSessionName="pysfnc")["Credentials"]
        assert self._session is not None
        return boto3.Session(
            aws_access_key_id=role["AccessKeyId"],
            aws_secret_access_key=role["SecretAccessKey"],
            aws_session_token=role["SessionToken"],
            region_name=self._session.region_name,
        )


@functools.cache
def _data_loader(path: str | None) -> Any:
    """botocore's reader of what it knows about services, which takes a tenth of a second for each: shared by all runs of a process."""
    return importlib.import_module("botocore.loaders").create_loader(path)


def _local_session() -> "boto3.Session":
    import boto3
    from botocore.session import get_session

    session = get_session()
    session.register_component("data_loader", _data_loader(session.get_config_variable("data_path")))
    return boto3.Session(
        botocore_session=session,
        aws_access_key_id=FAKE_CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=FAKE_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=FAKE_CREDENTIALS["AWS_SESSION_TOKEN"],
        region_name=REGION,
    )


class MotoBackend:
    """AWS as moto imitates it, in this process, empty at first.

    A mock that is active already, as in a test under `mock_aws`, is used as it is and left so.
    setup: called once with the mock in place, to make what the run finds there.
    """

    blocking = False
    is_mock = True

    def __init__(self, setup: Callable[[], object] | None = None) -> None:
        try:
            moto = importlib.import_module("moto")
        except ImportError:
            raise EngineError(
                "calls of AWS go to a mock, which needs the package moto: pip install 'pysfnc[local]'; "
                "or give --endpoint-url, --aws or --mock"
            ) from None
        self._mock = moto.mock_aws(config={"batch": {"use_docker": False}, "lambda": {"use_docker": False}})
        self._mock.start()
        # Whatever the environment says: it may be that of Lambda code, which is pointed at the run itself.
        config: Any = importlib.import_module("botocore.config").Config
        self._clients = _Clients(_local_session, config=config(ignore_configured_endpoint_urls=True))
        try:
            if setup is not None:
                setup()
        except BaseException:
            self.close()
            raise

    def client(self, service: str, role_arn: str | None = None) -> Any:
        """See `Backend.client`."""
        client = self._clients.get(service, role_arn)
        # moto answers before anything is sent; what it does not answer must not leave the machine.
        client._endpoint.http_session = _NoNetwork()
        return client

    @contextlib.contextmanager
    def calls(self) -> Iterator[None]:
        """See `Backend.calls`."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError, EngineError):
            raise
        except NotImplementedError as error:
            raise NotMocked(str(error) or "that operation") from None
        except ModuleNotFoundError as error:
            raise EngineError(
                f"the mock of AWS (moto) needs the package {error.name} for this: pip install it"
            ) from None
        except Exception as error:  # a fault of moto, which a machine must not take for an answer
            raise EngineError(f"the mock of AWS (moto) failed: {type(error).__name__}: {error}") from error

    def forward(
        self, service: str, region: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answered:
        """See `Backend.forward`."""
        from botocore.awsrequest import AWSPreparedRequest
        from botocore.compat import HTTPHeaders

        host = "s3.amazonaws.com" if service == "s3" else f"{_prefix_of(service)}.{region}.amazonaws.com"
        given = HTTPHeaders()
        for name, value in headers.items():
            given[name] = host if name == "Host" else value
        request = AWSPreparedRequest(method, f"https://{host}{path}", given, body, stream_output=False)
        with self.calls():
            answered = importlib.import_module("moto.core.models").botocore_stubber.process_request(request)
        if answered is None:
            raise NotMocked(request.url)
        status, answer_headers, text = answered
        return status, dict(answer_headers), text.encode() if isinstance(text, str) else bytes(text)

    def close(self) -> None:
        """See `Backend.close`."""
        self._mock.stop()


@cache
def _prefix_of(signing_name: str) -> str:
    """The host name of the service that requests are signed for by that name."""
    for name in (signing_name, *service_names()):
        with contextlib.suppress(UnknownService):
            metadata = service_of(name).model["metadata"]
            if metadata.get("signingName", metadata["endpointPrefix"]) == signing_name:
                return str(metadata["endpointPrefix"])
    return signing_name


class _NoNetwork:
    """In place of botocore's connections."""

    def send(self, request: Any) -> None:
        """Refuse to send."""
        raise NotMocked(request.url.partition("?")[0])

    def close(self) -> None:
        """As botocore's."""


class EndpointBackend:
    """An endpoint that answers for all of AWS, such as LocalStack's. Credentials are made up."""

    blocking = True
    is_mock = False

    def __init__(self, url: str) -> None:
        self.url = url
        self._clients = _Clients(_local_session, endpoint_url=url)

    def client(self, service: str, role_arn: str | None = None) -> Any:
        """See `Backend.client`."""
        return self._clients.get(service, role_arn)

    def calls(self) -> contextlib.AbstractContextManager[None]:
        """See `Backend.calls`."""
        return contextlib.nullcontext()

    def forward(
        self, service: str, region: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answered:
        """See `Backend.forward`."""
        return _sent(self.url.rstrip("/") + path, method, headers, body)

    def close(self) -> None:
        """See `Backend.close`."""


class AwsBackend:
    """AWS itself, with the credentials and the region that boto3 finds."""

    blocking = True
    is_mock = False

    def __init__(self) -> None:
        import boto3

        self._clients = _Clients(boto3.Session)

    def client(self, service: str, role_arn: str | None = None) -> Any:
        """See `Backend.client`."""
        return self._clients.get(service, role_arn)

    @contextlib.contextmanager
    def calls(self) -> Iterator[None]:
        """See `Backend.calls`."""
        from botocore.exceptions import NoCredentialsError, NoRegionError

        try:
            yield
        except (NoCredentialsError, NoRegionError) as error:
            raise EngineError(f"AWS cannot be called: {error}") from None

    def forward(
        self, service: str, region: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answered:
        """See `Backend.forward`. Only what is asked of Step Functions comes here; its requests need signing anew."""
        raise EngineError("this execution does not know what was asked for; ask AWS itself")

    def close(self) -> None:
        """See `Backend.close`."""


def _sent(url: str, method: str, headers: Mapping[str, str], body: bytes) -> Answered:
    """Send a request on as it is."""
    import urllib.error
    import urllib.request

    kept = {name: value for name, value in headers.items() if name.lower() not in ("content-length", "connection")}
    request = urllib.request.Request(url, data=body or None, headers=kept, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the URL that the user gave
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()
    except OSError as error:
        raise EngineError(f"{url} does not answer: {error}") from None

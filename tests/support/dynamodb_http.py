"""Sends DynamoDB calls to an emulator with libcurl, which takes less CPU time than botocore.

With botocore's signatures and HTTP client, the API tests take a fifth more. Tests of the request
log, of threads, of lost connections and of whole servers keep those.
"""

from __future__ import annotations

from collections import deque
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pycurl
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError

from tests.support.dynamodb_responses import RawBody

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.awsrequest import AWSPreparedRequest

Response = tuple[int, dict[str, str], bytes]
"""The status, the headers in lower case, and the body."""
# Emulators check no signature. The scope has the account and the region.
_HEADERS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=testing/20261123/eu-west-2/dynamodb/aws4_request",
    "Content-Type": "application/x-amz-json-1.0",
    "Expect": "",  # libcurl would wait for "100 Continue" before it sends a large body
}
_TIMEOUT_SECONDS = 60
# Each keeps its connection, and serves one thread at a time.
_idle_handles: deque[pycurl.Curl] = deque()


def use_libcurl(client: Any) -> None:  # noqa: ANN401  no public type has the endpoint
    """Let a client of botocore send its calls with libcurl, unsigned."""
    client.meta.events.register("choose-signer.dynamodb", lambda **_: UNSIGNED)
    client._endpoint.http_session = _Session()


class _Session:
    """Sends a client's requests, instead of botocore's ``URLLib3Session``."""

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        assert isinstance(request.body, bytes)
        headers = {name: _text(value) for name, value in request.headers.items()}
        try:
            status, received, body = send_call(request.url, headers, request.body)
        except pycurl.error as error:
            raise EndpointConnectionError(endpoint_url=request.url) from error
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(received), RawBody(body))

    def close(self) -> None:
        """Keep the connections, which other clients use too."""


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def send_call(endpoint: str, headers: Mapping[str, str], body: bytes) -> Response:
    """Send a call of DynamoDB's JSON protocol, whose ``X-Amz-Target`` names the operation.

    Raises ``pycurl.error`` if there is no response.
    """
    received: list[bytes] = []
    content = BytesIO()
    try:
        curl = _idle_handles.pop()
    except IndexError:
        curl = _create_handle()
    curl.setopt(pycurl.URL, endpoint)
    curl.setopt(
        pycurl.HTTPHEADER, [f"{name}:{value}" for name, value in {**headers, **_HEADERS}.items()]
    )
    curl.setopt(pycurl.POSTFIELDS, body)
    curl.setopt(pycurl.HEADERFUNCTION, received.append)
    curl.setopt(pycurl.WRITEDATA, content)
    curl.perform()
    status = curl.getinfo(pycurl.RESPONSE_CODE)
    _idle_handles.append(curl)
    # libcurl gives the line of the status and the empty line at the end too.
    fields = (line.decode("latin-1").partition(":") for line in received[1:-1])
    return status, {name.lower(): value.strip() for name, _, value in fields}, content.getvalue()


def _create_handle() -> pycurl.Curl:
    curl = pycurl.Curl()
    curl.setopt(pycurl.NOSIGNAL, 1)  # signals would reach other threads
    curl.setopt(pycurl.NOPROXY, "*")
    curl.setopt(pycurl.TIMEOUT, _TIMEOUT_SECONDS)
    return curl

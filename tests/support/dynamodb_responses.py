"""Responses and errors that replace DynamoDB's own in tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest


TRANSACT_WRITE = "TransactWriteItems"
READ_TIMEOUT = ReadTimeoutError(endpoint_url="http://dynamodb")


class RawBody:
    """The part of an HTTP response from which botocore reads the body."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> list[bytes]:
        return [self._body]


def raw_response(status: int, body: bytes) -> AWSResponse:
    """Make a response of any bytes, as a proxy in front of DynamoDB may send."""
    return AWSResponse("http://dynamodb", status, {}, RawBody(body))  # type: ignore[arg-type]


def dynamodb_response(code: str, status: int = 400, **members: object) -> AWSResponse:
    """Make a response with an error code and further ``members`` of the body."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb#{code}", **members}).encode()
    return raw_response(status, body)


def cancelled_transaction(code: str) -> Callable[[AWSPreparedRequest], AWSResponse]:
    """Make a responder that cancels a transaction because of its last action."""

    def cancel(request: AWSPreparedRequest) -> AWSResponse:
        assert isinstance(request.body, bytes)
        others = len(json.loads(request.body)["TransactItems"]) - 1
        reasons = [*({"Code": "None"} for _ in range(others)), {"Code": code}]
        return dynamodb_response("TransactionCanceledException", CancellationReasons=reasons)

    return cancel


TRANSACTION_CONFLICT = cancelled_transaction("TransactionConflict")
TRANSACTION_THROTTLED = cancelled_transaction("ThrottlingError")

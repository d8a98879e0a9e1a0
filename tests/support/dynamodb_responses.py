"""What DynamoDB may say, or not say, instead of what was asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest


READ_TIMEOUT = ReadTimeoutError(endpoint_url="http://dynamodb")


class RawBody:
    """The body of an answer."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> list[bytes]:
        """All of it."""
        return [self._body]


def raw_response(status: int, body: bytes) -> AWSResponse:
    """An answer of something before DynamoDB, which knows nothing of its shapes."""
    return AWSResponse("http://dynamodb", status, {}, RawBody(body))  # type: ignore[arg-type]


def dynamodb_response(code: str, status: int = 400, **members: object) -> AWSResponse:
    """An error of that code; with ``more`` members."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb#{code}", **members}).encode()
    return raw_response(status, body)


def cancelled_transaction(code: str) -> Callable[[AWSPreparedRequest], AWSResponse]:
    """As AWS tells that the last of a transaction's actions is why all of it was not done."""

    def cancel(request: AWSPreparedRequest) -> AWSResponse:
        assert isinstance(request.body, bytes)
        others = len(json.loads(request.body)["TransactItems"]) - 1
        reasons = [*({"Code": "None"} for _ in range(others)), {"Code": code}]
        return dynamodb_response("TransactionCanceledException", CancellationReasons=reasons)

    return cancel


TRANSACTION_CONFLICT = cancelled_transaction("TransactionConflict")
TRANSACTION_THROTTLED = cancelled_transaction("ThrottlingError")

SAVE_OPERATION = "TransactWriteItems"

"""What DynamoDB may say, or not say, instead of what was asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

SILENCE = ReadTimeoutError(endpoint_url="http://dynamodb")


class Raw:
    """The body of an answer."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> list[bytes]:
        """All of it."""
        return [self._body]


def plain(status: int, body: bytes) -> AWSResponse:
    """An answer of something before DynamoDB, which knows nothing of its shapes."""
    return AWSResponse("http://dynamodb", status, {}, Raw(body))  # type: ignore[arg-type]


def answer(code: str, status: int = 400, **more: object) -> AWSResponse:
    """An error of that code; with ``more`` members."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb#{code}", **more}).encode()
    return plain(status, body)


def cancelled(code: str) -> Callable[[AWSPreparedRequest], AWSResponse]:
    """As AWS tells that the last of a transaction's actions is why all of it was not done."""

    def cancel(request: AWSPreparedRequest) -> AWSResponse:
        assert isinstance(request.body, bytes)
        others = len(json.loads(request.body)["TransactItems"]) - 1
        reasons = [*({"Code": "None"} for _ in range(others)), {"Code": code}]
        return answer("TransactionCanceledException", CancellationReasons=reasons)

    return cancel


CONFLICT = cancelled("TransactionConflict")
THROTTLED = cancelled("ThrottlingError")

"""Retries of single DynamoDB calls, within the budget of the request."""

from __future__ import annotations

import random
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore import exceptions as botocore_errors

from chalicelib import request_context

if TYPE_CHECKING:
    from botocore.model import OperationModel

_BROKEN_CONNECTION = (botocore_errors.ConnectionError, botocore_errors.HTTPClientError)
_THROTTLED_CODES = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
# The same transaction is still running: it ends in a moment.
_IN_PROGRESS = "TransactionInProgressException"
_MAX_DELAY_SECONDS = 0.05


def retry_delay(
    *,
    attempts: int,
    operation: OperationModel,
    response: tuple[Any, dict[str, Any]] | None,
    caught_exception: Exception | None,
    **_: object,
) -> float | None:
    """Return the seconds until the only retry of a call, or None for no retry.

    It is for what ``use_cases.retry`` does not cover, or only once: a broken connection, a 5xx
    response, and a single read that is throttled. botocore's own retries are off, because they
    know no budget of the request.
    """
    delay = _delay_after(operation.name, response, caught_exception)
    if delay is None or attempts > 1 or not request_context.current_request().retry_budget.spend():
        return None
    return delay


def _delay_after(
    operation: str, response: tuple[Any, dict[str, Any]] | None, exception: Exception | None
) -> float | None:
    if isinstance(exception, _BROKEN_CONNECTION):
        return 0
    if response is None:
        return None
    http_response, parsed = response
    if http_response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return 0
    code = parsed.get("Error", {}).get("Code")
    if code == _IN_PROGRESS or (operation == "GetItem" and code in _THROTTLED_CODES):
        return random.uniform(0, _MAX_DELAY_SECONDS)  # noqa: S311  a delay is no secret  # nosec B311
    return None

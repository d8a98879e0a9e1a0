"""PynamoDB's connection with event handlers: retries of broken calls, and consumed capacity."""

from __future__ import annotations

import random
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore import exceptions as botocore_errors
from pynamodb.connection.base import Connection

from chalicelib import request_context
from chalicelib.storage import capacity

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import OperationModel
    from pynamodb.connection._botocore_private import BotocoreBaseClientPrivate

_BROKEN_CONNECTION = (botocore_errors.ConnectionError, botocore_errors.HTTPClientError)
_THROTTLED_CODES = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
# The same transaction is still running: it ends in a moment.
_IN_PROGRESS = "TransactionInProgressException"
_MAX_DELAY_SECONDS = 0.05
_connection_lock = Lock()


class TableConnection(Connection):
    """PynamoDB connection that retries calls within the request's budget.

    PynamoDB creates its client with the first call, in any thread, and may replace it later. So
    the event handlers are registered whenever there is another client, not when connecting.
    """

    tracks_capacity = False
    _instrumented_client: BaseClient | None = None

    @property
    def client(self) -> BotocoreBaseClientPrivate:
        """Return PynamoDB's client with our event handlers."""
        with _connection_lock:
            client = super().client
            if client is not self._instrumented_client:
                events: Any = client.meta.events  # its types allow no handler with a result
                events.register("needs-retry.dynamodb", _retry_delay)
                if self.tracks_capacity:
                    capacity.register(client)
                self._instrumented_client = client
        return client


def _retry_delay(
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
        return random.uniform(0, _MAX_DELAY_SECONDS)  # noqa: S311  # nosec B311
    return None

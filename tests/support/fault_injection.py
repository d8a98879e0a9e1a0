"""Fault injection for the app's DynamoDB calls: faults, and the hook that injects them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from socket import IPPROTO_TCP, TCP_NODELAY
from threading import Lock, local
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError
from botocore.httpsession import URLLib3Session

from chalicelib.storage import table
from tests.support.dynamodb_responses import (
    READ_TIMEOUT,
    TRANSACTION_CONFLICT,
    TRANSACTION_THROTTLED,
    dynamodb_response,
    raw_response,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Fault = Callable[[AWSPreparedRequest], AWSResponse]
TRANSACT_WRITE = "TransactWriteItems"
_WRITE_OPERATIONS = (TRANSACT_WRITE,)
# Without Nagle's algorithm, like the sessions of clients: it would cost 40 ms a request.
_http_session = URLLib3Session(
    timeout=10,
    socket_options=[(IPPROTO_TCP, TCP_NODELAY, 1)],  # type: ignore[list-item]  # botocore's stubs expect texts
)


def forward(request: AWSPreparedRequest) -> AWSResponse:
    """Send a request to DynamoDB."""
    return _http_session.send(request)


def _raise_error(error: Exception) -> Fault:
    def fail(_request: AWSPreparedRequest) -> AWSResponse:
        raise error

    return fail


def _forward_then(next_fault: Fault) -> Fault:
    def fail_after_commit(request: AWSPreparedRequest) -> AWSResponse:
        forward(request)
        return next_fault(request)

    return fail_after_commit


def _all_keys_unprocessed(request: AWSPreparedRequest) -> AWSResponse:
    keys = _body(request)["RequestItems"]
    return dynamodb_response("", 200, Responses={}, UnprocessedKeys=keys)


def _last_key_unprocessed(request: AWSPreparedRequest) -> AWSResponse:
    body = json.loads(forward(request).content)
    ((name, items),) = body["Responses"].items()
    if items:
        last = items.pop()
        key = {part: last[part] for part in ("PK", "SK")}
        body["UnprocessedKeys"] = {name: {"Keys": [key], "ConsistentRead": True}}
    return dynamodb_response("", 200, **body)


def _body(request: AWSPreparedRequest) -> dict[str, Any]:
    assert isinstance(request.body, bytes)
    body: dict[str, Any] = json.loads(request.body)
    return body


_time_out = _raise_error(READ_TIMEOUT)
_close_connection = _raise_error(ConnectionClosedError(endpoint_url="http://dynamodb"))
_refuse_connection = _raise_error(EndpointConnectionError(endpoint_url="http://dynamodb"))


def _respond_error(code: str, status: int = 400) -> Fault:
    return lambda _request: dynamodb_response(code, status)


# DynamoDB does not execute the call.
FAULTS_BEFORE_COMMIT: dict[str, Fault] = {
    "timeout": _time_out,
    "connection refused": _refuse_connection,
    "connection closed": _close_connection,
    "500": _respond_error("InternalServerError", 500),
    "503": _respond_error("ServiceUnavailable", 503),
    "502 of a proxy": lambda _request: raw_response(502, b"<html>Bad Gateway</html>"),
    "503 of a proxy": lambda _request: raw_response(503, b""),
    "throttled": _respond_error("ThrottlingException"),
    "table throughput exceeded": _respond_error("ProvisionedThroughputExceededException"),
    "account limit exceeded": _respond_error("RequestLimitExceeded"),
}
# DynamoDB executes the call, but the app does not get the response.
FAULTS_AFTER_COMMIT: dict[str, Fault] = {
    "response lost": _forward_then(_time_out),
    "connection closed after commit": _forward_then(_close_connection),
    "500 after commit": _forward_then(_respond_error("InternalServerError", 500)),
    "504 of a proxy after commit": _forward_then(
        lambda _request: raw_response(504, b"<html>Timeout</html>")
    ),
}
# Faults of one operation only.
FAULTS_BY_OPERATION: dict[str, dict[str, Fault]] = {
    TRANSACT_WRITE: {
        "conflict": TRANSACTION_CONFLICT,
        "cancelled by throttling": TRANSACTION_THROTTLED,
        "transaction in progress": _respond_error("TransactionInProgressException"),
    },
    "BatchGetItem": {
        "all keys unprocessed": _all_keys_unprocessed,
        "last key unprocessed": _last_key_unprocessed,
    },
}
# DynamoDB executes the write only after the app has given up on it.
DELAYED = "delayed"
ALL_FAULTS = (
    *FAULTS_BEFORE_COMMIT,
    *FAULTS_AFTER_COMMIT,
    *(name for named in FAULTS_BY_OPERATION.values() for name in named),
    DELAYED,
)
# One fault of each kind that the app distinguishes.
REPRESENTATIVE_FAULTS = (
    "timeout",
    "502 of a proxy",
    "throttled",
    "response lost",
    *(name for named in FAULTS_BY_OPERATION.values() for name in named),
    DELAYED,
)
# Faults that the app handles differently if they never end.
PERMANENT = ("timeout", "conflict", "all keys unprocessed", "response lost")


def fault(name: str, operation: str) -> Fault | None:
    """Return the fault of that name, or None if it cannot happen to the operation."""
    if name == DELAYED:
        return _time_out if operation in _WRITE_OPERATIONS else None
    return (
        FAULTS_BEFORE_COMMIT.get(name)
        or FAULTS_AFTER_COMMIT.get(name)
        or FAULTS_BY_OPERATION.get(operation, {}).get(name)
    )


def _should_retry(*, response: Any, caught_exception: object, **_: object) -> bool:  # noqa: ANN401  botocore's
    if caught_exception is not None:
        return True
    http, parsed = response
    code = parsed.get("Error", {}).get("Code", "")
    return http.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or "hrottl" in code


@dataclass
class FaultInjector:
    """Numbers the calls of a request, and injects a fault into those from ``first`` to ``end - 1``.

    Each of botocore's attempts of one call gets the same fault.
    """

    fault_name: str | None = None
    first: int = 0
    end: int = 0
    operations: list[str] = field(default_factory=list)
    injected_count: int = 0
    _delayed_requests: list[AWSPreparedRequest] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _current_call: local = field(default_factory=local)

    def _number_call(self, event_name: str, **_: object) -> None:
        with self._lock:
            self._current_call.number = len(self.operations)
            self.operations.append(event_name.rpartition(".")[2])

    def _inject(self, request: AWSPreparedRequest, event_name: str, **_: object) -> object:
        operation = event_name.rpartition(".")[2]
        is_targeted = self.first <= self._current_call.number < self.end
        injected = fault(self.fault_name, operation) if is_targeted and self.fault_name else None
        if injected is None:
            if operation in _WRITE_OPERATIONS:
                self.send_delayed()
            return None
        self.injected_count += 1
        if self.fault_name == DELAYED:
            self._delayed_requests.append(request)
        return injected(request)

    def _retry_immediately(self, *, attempts: int, **outcome: Any) -> int | None:  # noqa: ANN401  botocore's
        """Retry once without botocore's delay of up to a second."""
        return 0 if attempts == 1 and _should_retry(**outcome) else None

    def send_delayed(self) -> bool:
        """Send the delayed requests now; return whether there were any."""
        delayed, self._delayed_requests = self._delayed_requests, []
        for request in delayed:
            forward(request)
        return bool(delayed)

    @contextmanager
    def install(self) -> Iterator[FaultInjector]:
        """Apply to the calls that the app makes during the block."""
        events = table.connection().client.meta.events
        hooks: dict[str, Callable[..., Any]] = {
            "needs-retry.dynamodb": self._retry_immediately,
            "before-call.dynamodb.*": self._number_call,
            "before-send.dynamodb.*": self._inject,
        }
        for name, hook in hooks.items():
            events.register_first(name, hook)
        try:
            yield self
        finally:
            for name, hook in hooks.items():
                events.unregister(name, hook)

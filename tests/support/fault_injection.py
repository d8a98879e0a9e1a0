"""Everything that may become of a call of DynamoDB, and calls that it becomes of."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
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
_WRITE_OPERATIONS = (TRANSACT_WRITE, "PutItem")
_http_session = URLLib3Session(timeout=10)


def forward(request: AWSPreparedRequest) -> AWSResponse:
    """Have DynamoDB do what is asked, and give its answer."""
    return _http_session.send(request)


def _raise_error(error: Exception) -> Fault:
    def fail(_request: AWSPreparedRequest) -> AWSResponse:
        raise error

    return fail


def _forward_then(next_fault: Fault) -> Fault:
    def done(request: AWSPreparedRequest) -> AWSResponse:
        forward(request)
        return next_fault(request)

    return done


def _all_keys_unprocessed(request: AWSPreparedRequest) -> AWSResponse:
    (asked,) = _body(request)["RequestItems"].items()
    return dynamodb_response("", 200, Responses={}, UnprocessedKeys=dict([asked]))


def _last_key_unprocessed(request: AWSPreparedRequest) -> AWSResponse:
    """The last of the items that are there is left unread."""
    told = json.loads(forward(request).content)
    ((name, found),) = told["Responses"].items()
    if found:
        last = found.pop()
        key = {part: last[part] for part in ("PK", "SK")}
        told["UnprocessedKeys"] = {name: {"Keys": [key], "ConsistentRead": True}}
    return dynamodb_response("", 200, **told)


def _body(request: AWSPreparedRequest) -> dict[str, Any]:
    assert isinstance(request.body, bytes)
    body: dict[str, Any] = json.loads(request.body)
    return body


_time_out = _raise_error(READ_TIMEOUT)
_close_connection = _raise_error(ConnectionClosedError(endpoint_url="http://dynamodb"))
_refuse_connection = _raise_error(EndpointConnectionError(endpoint_url="http://dynamodb"))


def _respond_error(code: str, status: int = 400) -> Fault:
    return lambda _request: dynamodb_response(code, status)


# Nothing is done.
FAULTS_BEFORE_COMMIT: dict[str, Fault] = {
    "silence": _time_out,
    "no connection": _refuse_connection,
    "connection closed": _close_connection,
    "500": _respond_error("InternalServerError", 500),
    "503": _respond_error("ServiceUnavailable", 503),
    "a gateway's 502": lambda _request: raw_response(502, b"<html>Bad Gateway</html>"),
    "a gateway's 503": lambda _request: raw_response(503, b""),
    "throttled": _respond_error("ThrottlingException"),
    "too much for the table": _respond_error("ProvisionedThroughputExceededException"),
    "too much for the account": _respond_error("RequestLimitExceeded"),
}
# It is done, but nobody says so.
FAULTS_AFTER_COMMIT: dict[str, Fault] = {
    "answer lost": _forward_then(_time_out),
    "connection cut": _forward_then(_close_connection),
    "done, and 500": _forward_then(_respond_error("InternalServerError", 500)),
    "done, and a gateway's 504": _forward_then(
        lambda _request: raw_response(504, b"<html>Timeout</html>")
    ),
}
# Of one operation alone.
FAULTS_BY_OPERATION: dict[str, dict[str, Fault]] = {
    TRANSACT_WRITE: {
        "conflict": TRANSACTION_CONFLICT,
        "cancelled by throttling": TRANSACTION_THROTTLED,
        "still in progress": _respond_error("TransactionInProgressException"),
    },
    "PutItem": {"conflict with a transaction": _respond_error("TransactionConflictException")},
    "BatchGetItem": {"all unread": _all_keys_unprocessed, "half unread": _last_key_unprocessed},
}
# Nothing is done while anybody waits; it is done later.
DELAYED = "late"
ALL_FAULTS = (
    *FAULTS_BEFORE_COMMIT,
    *FAULTS_AFTER_COMMIT,
    *(name for named in FAULTS_BY_OPERATION.values() for name in named),
    DELAYED,
)
# One of each of those that mean the same to us.
REPRESENTATIVE_FAULTS = (
    "silence",
    "a gateway's 502",
    "throttled",
    "answer lost",
    *(name for named in FAULTS_BY_OPERATION.values() for name in named),
    DELAYED,
)
# Of which there may be no end, and which then look different from a single one.
PERMANENT = ("silence", "conflict", "all unread", "answer lost")


def fault(name: str, operation: str) -> Fault | None:
    """What is to happen to a call of that operation; None where that cannot happen to it."""
    if name == DELAYED:
        return _time_out if operation in _WRITE_OPERATIONS else None
    return (
        FAULTS_BEFORE_COMMIT.get(name)
        or FAULTS_AFTER_COMMIT.get(name)
        or FAULTS_BY_OPERATION.get(operation, {}).get(name)
    )


def _should_retry(*, response: Any, caught_exception: object, **_: object) -> bool:  # noqa: ANN401
    if caught_exception is not None:
        return True
    http, parsed = response
    code = parsed.get("Error", {}).get("Code", "")
    return http.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or "hrottl" in code


@dataclass
class FaultInjector:
    """The calls of a request, and what comes of those from ``first`` on, up to before ``end``.

    A call may be sent more than once by botocore: the same comes of it each time.
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
        is_meant = self.first <= self._current_call.number < self.end
        trouble = fault(self.fault_name, operation) if is_meant and self.fault_name else None
        if trouble is None:
            if operation in _WRITE_OPERATIONS:
                self.send_delayed()
            return None
        self.injected_count += 1
        if self.fault_name == DELAYED:
            self._delayed_requests.append(request)
        return trouble(request)

    def _retry_immediately(self, *, attempts: int, **answered: Any) -> int | None:  # noqa: ANN401
        """Botocore would pause for up to a second before it does; so no test has to wait."""
        return 0 if attempts == 1 and _should_retry(**answered) else None

    def send_delayed(self) -> None:
        """Have done now what was to be done later."""
        left, self._delayed_requests = self._delayed_requests, []
        for request in left:
            forward(request)

    @contextmanager
    def install(self) -> Iterator[FaultInjector]:
        """The calls that the app makes meanwhile."""
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

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
from tests.dynamodb_answers import CONFLICT, SILENCE, THROTTLED, answer, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

Trouble = Callable[[AWSPreparedRequest], AWSResponse]
WRITE = "TransactWriteItems"
_WRITES = (WRITE, "PutItem")
_network = URLLib3Session(timeout=10)


def deliver(request: AWSPreparedRequest) -> AWSResponse:
    """Have DynamoDB do what is asked, and give its answer."""
    return _network.send(request)


def _raising(error: Exception) -> Trouble:
    def fail(_request: AWSPreparedRequest) -> AWSResponse:
        raise error

    return fail


def _done(then: Trouble) -> Trouble:
    def done(request: AWSPreparedRequest) -> AWSResponse:
        deliver(request)
        return then(request)

    return done


def _unread(request: AWSPreparedRequest) -> AWSResponse:
    (asked,) = _body(request)["RequestItems"].items()
    return answer("", 200, Responses={}, UnprocessedKeys=dict([asked]))


def _half_unread(request: AWSPreparedRequest) -> AWSResponse:
    """The last of the items that are there is left unread."""
    told = json.loads(deliver(request).content)
    ((name, found),) = told["Responses"].items()
    if found:
        last = found.pop()
        key = {part: last[part] for part in ("PK", "SK")}
        told["UnprocessedKeys"] = {name: {"Keys": [key], "ConsistentRead": True}}
    return answer("", 200, **told)


def _body(request: AWSPreparedRequest) -> dict[str, Any]:
    assert isinstance(request.body, bytes)
    body: dict[str, Any] = json.loads(request.body)
    return body


_silent = _raising(SILENCE)
_closed = _raising(ConnectionClosedError(endpoint_url="http://dynamodb"))
_not_there = _raising(EndpointConnectionError(endpoint_url="http://dynamodb"))


def _saying(code: str, status: int = 400) -> Trouble:
    return lambda _request: answer(code, status)


# Nothing is done.
BEFORE: dict[str, Trouble] = {
    "silence": _silent,
    "no connection": _not_there,
    "connection closed": _closed,
    "500": _saying("InternalServerError", 500),
    "503": _saying("ServiceUnavailable", 503),
    "a gateway's 502": lambda _request: plain(502, b"<html>Bad Gateway</html>"),
    "a gateway's 503": lambda _request: plain(503, b""),
    "throttled": _saying("ThrottlingException"),
    "too much for the table": _saying("ProvisionedThroughputExceededException"),
    "too much for the account": _saying("RequestLimitExceeded"),
}
# It is done, but nobody says so.
AFTER: dict[str, Trouble] = {
    "answer lost": _done(_silent),
    "connection cut": _done(_closed),
    "done, and 500": _done(_saying("InternalServerError", 500)),
    "done, and a gateway's 504": _done(lambda _request: plain(504, b"<html>Timeout</html>")),
}
# Of one operation alone.
OF_OPERATION: dict[str, dict[str, Trouble]] = {
    WRITE: {
        "conflict": CONFLICT,
        "cancelled by throttling": THROTTLED,
        "still in progress": _saying("TransactionInProgressException"),
    },
    "PutItem": {"conflict with a transaction": _saying("TransactionConflictException")},
    "BatchGetItem": {"all unread": _unread, "half unread": _half_unread},
}
# Nothing is done while anybody waits; it is done later.
LATE = "late"
ALL = (*BEFORE, *AFTER, *(name for named in OF_OPERATION.values() for name in named), LATE)
# One of each of those that mean the same to us.
USUAL = (
    "silence",
    "a gateway's 502",
    "throttled",
    "answer lost",
    *(name for named in OF_OPERATION.values() for name in named),
    LATE,
)
# Of which there may be no end, and which then look different from a single one.
ENDLESS = ("silence", "conflict", "all unread", "answer lost")


def of(name: str, operation: str) -> Trouble | None:
    """What is to happen to a call of that operation; None where that cannot happen to it."""
    if name == LATE:
        return _silent if operation in _WRITES else None
    return BEFORE.get(name) or AFTER.get(name) or OF_OPERATION.get(operation, {}).get(name)


def _is_worth_it(*, response: Any, caught_exception: object, **_: object) -> bool:  # noqa: ANN401
    if caught_exception is not None:
        return True
    http, parsed = response
    code = parsed.get("Error", {}).get("Code", "")
    return http.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or "hrottl" in code


@dataclass
class Calls:
    """The calls of a request, and what comes of those from ``first`` on, up to before ``end``.

    A call may be sent more than once by botocore: the same comes of it each time.
    """

    trouble: str | None = None
    first: int = 0
    end: int = 0
    made: list[str] = field(default_factory=list)
    met: int = 0
    _left: list[AWSPreparedRequest] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _this: local = field(default_factory=local)

    def _number(self, event_name: str, **_: object) -> None:
        with self._lock:
            self._this.number = len(self.made)
            self.made.append(event_name.rpartition(".")[2])

    def _send(self, request: AWSPreparedRequest, event_name: str, **_: object) -> object:
        operation = event_name.rpartition(".")[2]
        is_meant = self.first <= self._this.number < self.end
        trouble = of(self.trouble, operation) if is_meant and self.trouble else None
        if trouble is None:
            if operation in _WRITES:
                self.deliver_late()
            return None
        self.met += 1
        if self.trouble == LATE:
            self._left.append(request)
        return trouble(request)

    def _ask_again_at_once(self, *, attempts: int, **answered: Any) -> int | None:  # noqa: ANN401
        """Botocore would pause for up to a second before it does; so no test has to wait."""
        return 0 if attempts == 1 and _is_worth_it(**answered) else None

    def deliver_late(self) -> None:
        """Have done now what was to be done later."""
        left, self._left = self._left, []
        for request in left:
            deliver(request)

    @contextmanager
    def watched(self) -> Iterator[Calls]:
        """The calls that the app makes meanwhile."""
        events = table.connection().client.meta.events
        hooks: dict[str, Callable[..., Any]] = {
            "needs-retry.dynamodb": self._ask_again_at_once,
            "before-call.dynamodb.*": self._number,
            "before-send.dynamodb.*": self._send,
        }
        for name, hook in hooks.items():
            events.register_first(name, hook)
        try:
            yield self
        finally:
            for name, hook in hooks.items():
                events.unregister(name, hook)

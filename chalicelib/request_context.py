"""Request-scoped context for logging and metrics.

Any layer may add to the current request's context; the request log writes it at the end. Outside a
request, additions are discarded.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterator


class RequestContext(Struct, kw_only=True):
    """What to log about one request.

    ``caller_roles`` holds roles, never a name, since the log has no personal data. ``code`` is the
    error code of a 4xx or 5xx response. ``auth_failure`` says in one word why a token or session
    was not accepted, also if the response is a redirect to sign-in. ``metrics`` maps the names of
    metrics to counts. Units are DynamoDB capacity units.
    """

    caller_roles: str = "anonymous"
    doctor_id: str | None = None
    code: str | None = None
    auth_failure: str | None = None
    exception: BaseException | None = None
    metrics: Counter[str] = field(default_factory=Counter)
    # Lists, because several threads of one request may add to them at the same time.
    dynamodb_calls: list[str] = field(default_factory=list)
    read_units: list[float] = field(default_factory=list)
    write_units: list[float] = field(default_factory=list)

    def set_doctor(self, doctor_id: str) -> None:
        """Set the doctor whom the request is about; the first call wins."""
        self.doctor_id = self.doctor_id or doctor_id


_current: ContextVar[RequestContext | None] = ContextVar("request_context", default=None)


def current_request() -> RequestContext:
    """Return the context of the current request; outside a request, one that is discarded."""
    return _current.get() or RequestContext()


def has_request() -> bool:
    return _current.get() is not None


@contextmanager
def request_scope() -> Iterator[RequestContext]:
    """Open a request's context, for this thread and for those that run in a copy of its context."""
    context = RequestContext()
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)

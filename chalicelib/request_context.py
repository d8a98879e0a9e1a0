"""Request-scoped context: what to log and to count, and the budget of retries.

Any layer may add to the current request's context; the request log writes it at the end. Outside a
request, additions are discarded, and each operation has a budget of its own.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from msgspec import Struct, field

from chalicelib.retry_budget import RetryBudget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import SlotId


MAX_LOGGED_KEYS = 10


class RequestContext(Struct, kw_only=True):
    """What to log about one request, and the retries that it may still cause.

    ``caller_roles`` holds roles, and ``subject`` the identity provider's id of a person, never a
    name. ``client`` is the client id, or ``page``. Nothing is of a patient. ``code`` is the
    error code of a 4xx or 5xx response. ``auth_failure`` says in one word why a token or session
    was not accepted, also if the response is a redirect to sign-in. ``metrics`` maps the names of
    metrics to counts. ``unreadable_items`` has the keys of the first items that could not be
    decoded. Units are DynamoDB capacity units.
    """

    caller_roles: str = "anonymous"
    subject: str | None = None
    client: str | None = None
    doctor_id: str | None = None
    slot_id: str | None = None
    code: str | None = None
    auth_failure: str | None = None
    exception: BaseException | None = None
    metrics: Counter[str] = field(default_factory=Counter)
    retry_budget: RetryBudget = field(default_factory=RetryBudget)
    unreadable_items: list[str] = field(default_factory=list)
    # Lists, because several threads of one request may add to them at the same time.
    dynamodb_calls: list[str] = field(default_factory=list)
    read_units: list[float] = field(default_factory=list)
    write_units: list[float] = field(default_factory=list)

    def add_unreadable_item(self, key: str) -> None:
        """Count an item that could not be decoded; the first ``MAX_LOGGED_KEYS`` are logged."""
        self.metrics["UnreadableItems"] += 1
        if len(self.unreadable_items) < MAX_LOGGED_KEYS:
            self.unreadable_items.append(key)

    def set_caller(self, caller: Caller) -> None:
        """Set who sends the request, once they are authenticated."""
        self.caller_roles = "+".join(sorted(caller.roles))
        self.subject, self.client = caller.subject, caller.client

    def set_slot(self, slot_id: SlotId) -> None:
        """Set the slot that the request is about, and its doctor."""
        self.set_doctor(slot_id.doctor_id)
        self.slot_id = self.slot_id or str(slot_id)

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

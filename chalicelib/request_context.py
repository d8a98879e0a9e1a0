"""What becomes known of a request while it is answered: noted where it is known, told at its end.

Whoever notes something does not know who listens, or whether anybody does.
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
    """``caller`` is as what somebody asks, never who; ``code`` says why the answer is a refusal.

    ``counts`` are of deeds, by the name of their metric. Units are those of DynamoDB's capacity.
    """

    caller_roles: str = "anonymous"
    doctor_id: str | None = None
    code: str | None = None
    exception: BaseException | None = None
    metrics: Counter[str] = field(default_factory=Counter)
    # Lists, since threads that work for one request add to them at the same time.
    dynamodb_calls: list[str] = field(default_factory=list)
    read_units: list[float] = field(default_factory=list)
    write_units: list[float] = field(default_factory=list)

    def set_doctor(self, doctor_id: str) -> None:
        """Whose time it is about; the first is it."""
        self.doctor_id = self.doctor_id or doctor_id


_current: ContextVar[RequestContext | None] = ContextVar("observation", default=None)


def current_request() -> RequestContext:
    """Of the request that is answered here; one that nobody looks at where none is observed."""
    return _current.get() or RequestContext()


def has_request() -> bool:
    """Whether somebody observes a request that is answered here."""
    return _current.get() is not None


@contextmanager
def request_scope() -> Iterator[RequestContext]:
    """What is noted meanwhile, in this thread and in those that are given its context."""
    seen = RequestContext()
    token = _current.set(seen)
    try:
        yield seen
    finally:
        _current.reset(token)

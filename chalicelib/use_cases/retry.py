"""Trying a write again: after a lost race, after no answer, when the store is busy."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain.errors import (
    ConcurrentModificationError,
    OutcomeUnknownError,
    StoreBusyError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# Of those that want the same at the same moment one succeeds each time.
MAX_ATTEMPTS = 10
# A silent store costs seconds each time, and whoever asked waits.
MAX_TIMEOUTS = 2

T = TypeVar("T")


def retry_on_conflict(attempt: Callable[[], T], pause: Callable[[int], None]) -> T:
    """Try until it succeeds, or is refused, or there is no point in trying on.

    Each attempt must read, or otherwise learn, what the one before came upon. ``pause`` waits, the
    longer the higher its argument. Raises what the last attempt raised.
    """
    unanswered = 0
    for number in count():
        try:
            return attempt()
        except (ConcurrentModificationError, StoreBusyError):
            if number + 1 == MAX_ATTEMPTS:
                raise
        except OutcomeUnknownError:
            unanswered += 1
            if unanswered == MAX_TIMEOUTS:
                raise
        pause(number)
    raise AssertionError  # pragma: no cover  count() does not end

"""Retry with exponential backoff: after a conflict, throttling, or a write without a response.

This layer retries whole attempts. ``storage.call_retries`` retries a single call once, whose
connection breaks or which is a throttled read. All retries of a request together have one budget.
"""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from chalicelib import request_context
from chalicelib.domain.errors import (
    ConcurrentModificationError,
    OutcomeUnknownError,
    StoreBusyError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

# Of concurrent writes to the same item, one succeeds each time.
MAX_ATTEMPTS = 10
# Each timeout costs seconds, while the client waits.
MAX_TIMEOUTS = 2
BACKOFF_BASE_SECONDS = 0.02
BACKOFF_MAX_SECONDS = 0.5

T = TypeVar("T")


class Attempt:
    """One attempt of several: ``with attempt`` suppresses an error that is worth a further one.

    That is a conflict, a busy store or an unknown outcome, as long as the limits and the budget of
    the request allow.
    """

    def __init__(self, pause: Callable[[int], None]) -> None:
        self._pause = pause
        self._failures = 0
        self._timeouts = 0

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> bool:
        if not self._can_retry(error):
            return False
        self._pause(self._failures - 1)
        return True

    def _can_retry(self, error: BaseException | None) -> bool:
        self._failures += 1
        if isinstance(error, ConcurrentModificationError | StoreBusyError):
            is_worthwhile = self._failures < MAX_ATTEMPTS
        elif isinstance(error, OutcomeUnknownError):
            self._timeouts += 1
            is_worthwhile = self._timeouts < MAX_TIMEOUTS
        else:
            return False
        return is_worthwhile and request_context.current_request().retry_budget.spend()


def attempts(pause: Callable[[int], None]) -> Iterator[Attempt]:
    """Yield attempts until one returns or raises; ``pause`` waits, longer for a higher number.

    Each attempt must learn what the one before it ran into, by a read or from its error. The last
    one raises its error.
    """
    attempt = Attempt(pause)
    while True:
        yield attempt


def backoff(failures: int) -> None:
    """Sleep with exponential backoff and full jitter, so that competing clients spread out."""
    longest = min(BACKOFF_MAX_SECONDS, BACKOFF_BASE_SECONDS * 2**failures)
    time.sleep(random.uniform(0, longest))  # noqa: S311  a delay is no secret  # nosec B311


def retry_on_conflict(function: Callable[[], T], pause: Callable[[int], None]) -> T:
    """Call a function, retrying on conflict, throttling and timeout with backoff.

    Each call must re-read what it decides on. Raises the last call's error.
    """
    for attempt in attempts(pause):
        with attempt:
            return function()
    raise AssertionError  # pragma: no cover  the last attempt returns or raises


@contextmanager
def busy_after_conflicts() -> Iterator[None]:
    """Raise ``StoreBusyError`` for a conflict that outlasted all attempts."""
    try:
        yield
    except ConcurrentModificationError as error:
        raise StoreBusyError from error

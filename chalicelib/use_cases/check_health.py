"""Health check: whether the table responds, with the answer cached for a second."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from chalicelib.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

TTL = timedelta(seconds=1)


class CheckHealth:
    """The health of the process: ``check`` reads from the table.

    Any client may call it without sign-in, so many requests must not become many reads: concurrent
    ones wait for the same read, and its answer is used for ``TTL``.
    """

    def __init__(self, check: Callable[[], None], now: Callable[[], datetime]) -> None:
        self._check = check
        self._now = now
        self._lock = Lock()
        self._checked_at: datetime | None = None
        self._error: StoreUnavailableError | None = None

    def check(self) -> None:
        """Raise ``StoreUnavailableError`` unless the table responded less than ``TTL`` ago."""
        with self._lock:
            if not self._is_fresh():
                self._error = self._failure()
                self._checked_at = self._now()
            error = self._error
        if error is not None:
            raise StoreUnavailableError from error

    def _is_fresh(self) -> bool:
        checked_at = self._checked_at
        return checked_at is not None and timedelta() <= self._now() - checked_at < TTL

    def _failure(self) -> StoreUnavailableError | None:
        try:
            self._check()
        except StoreUnavailableError as error:
            # Without its traceback, which would keep the objects of the request alive.
            return error.with_traceback(None)
        return None

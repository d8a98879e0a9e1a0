"""The retries that one request may cause, all of them together.

A request makes several DynamoDB calls, some of them in parallel, and retries at two levels: a call
whose connection broke, and an attempt that conflicted. If each had a limit of its own, they would
multiply while DynamoDB throttles, just when it needs fewer calls.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# As many as the attempts of one write under contention need (``use_cases.retry.MAX_ATTEMPTS``).
MAX_RETRIES = 9
# Two calls that time out, and a third (4 s each): API Gateway times out after 29 s, the page after
# 20 s.
MAX_SECONDS = 8.5


class RetryBudget:
    """Allows ``MAX_RETRIES`` retries within ``MAX_SECONDS``; threads of one request share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._deadline = clock() + MAX_SECONDS
        self._remaining = MAX_RETRIES
        self._lock = Lock()

    def spend(self) -> bool:
        """Take one retry from the budget; return False if there is none left."""
        with self._lock:
            if self._remaining == 0 or self._clock() > self._deadline:
                return False
            self._remaining -= 1
        return True

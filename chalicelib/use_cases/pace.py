"""The time that a step of a plan takes, and the rate of its writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# A client waits for a step, and API Gateway for 29 s: so a plan shows its progress often.
STEP_SECONDS = 2.5
# Half of what DynamoDB grants a partition, and a doctor is one: bookings get the other half.
WRITE_UNITS_PER_SECOND = 500


class Pace:
    """Keeps a step within its time, and its writes within their rate.

    ``clock`` returns monotonic seconds; ``sleep`` waits for a number of seconds. After ``seconds``,
    a step starts nothing further.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        seconds: float = STEP_SECONDS,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._seconds = seconds
        self._began = clock()
        self._units = 0

    @property
    def is_over(self) -> bool:
        """Whether the step has had its time."""
        return self._clock() - self._began >= self._seconds

    def spend(self, units: int) -> None:
        """Count write units, and wait until the rate allows the next."""
        self._units += units
        ahead = self._units / WRITE_UNITS_PER_SECOND - (self._clock() - self._began)
        if ahead > 0:
            self._sleep(ahead)

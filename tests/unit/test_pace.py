"""The time of a step of a plan, and the rate of its writes."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.use_cases.pace import WRITE_UNITS_PER_SECOND, Pace


@dataclass
class Time:
    """A clock that only moves when someone sleeps, or a test moves it."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_writes_wait_until_their_rate_allows_them() -> None:
    time = Time()
    pace = Pace(time.clock, time.sleep)

    for _ in range(10):
        pace.spend(WRITE_UNITS_PER_SECOND // 5)

    assert round(time.now - 100, 6) == 2


def test_writes_that_took_long_enough_do_not_wait() -> None:
    time = Time()
    pace = Pace(time.clock, time.sleep)
    time.now += 1

    pace.spend(WRITE_UNITS_PER_SECOND)

    assert time.slept == []


def test_step_is_over_after_its_time() -> None:
    time = Time()
    pace = Pace(time.clock, time.sleep, seconds=0.4)
    assert not pace.is_over
    time.now += 0.4
    assert pace.is_over

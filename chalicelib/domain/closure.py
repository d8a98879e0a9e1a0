"""Closures of the practice: time off of every doctor, which a queue applies doctor by doctor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.time_off import TimeOff, TimeOffAct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from chalicelib.domain.audit_log import Actor


class ClosureState(StrEnum):
    """How far a closure, or its lifting, is."""

    RUNNING = "running"
    DONE = "done"
    LIFTING = "lifting"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """One version of a closure: it is made, and lifted.

    From ``first`` to ``last``, both included, on the clock of each doctor. ``doctors_found`` were
    listed so far, as far as ``cursor``, and ``doctors_done`` are those of them who have it, or have
    it no longer. ``doctors_expected`` is how many there were at the start. Doctors who are created
    later are not counted. ``changed_at`` is when the version was made.
    """

    closure_id: str
    name: str
    first: date
    last: date
    author: Actor
    changed_at: datetime
    version: int = 1
    is_lifted: bool = False
    doctors_expected: int = 0
    doctors_found: int = 0
    doctors_done: int = 0
    cursor: str | None = None
    has_all_doctors: bool = False

    @property
    def doctors_total(self) -> int:
        """How many doctors it is applied to, as far as is known."""
        if self.has_all_doctors:
            return max(self.doctors_found, self.doctors_done)
        return max(self.doctors_expected, self.doctors_found)

    @property
    def is_finished(self) -> bool:
        """Whether every doctor has this version."""
        return self.has_all_doctors and self.doctors_done >= self.doctors_found

    @property
    def state(self) -> ClosureState:
        """Whether it is applied, or lifted, everywhere."""
        if self.is_lifted:
            return ClosureState.LIFTED if self.is_finished else ClosureState.LIFTING
        return ClosureState.DONE if self.is_finished else ClosureState.RUNNING

    @property
    def time_off(self) -> TimeOff:
        """The time off of a doctor that this version makes, or lifts."""
        return TimeOff(
            time_off_id=f"closure-{self.closure_id}",
            version=self.version,
            name=self.name,
            act=TimeOffAct.STOP,
            first=self.first,
            last=self.last,
            is_lifted=self.is_lifted,
            closure_id=self.closure_id,
        )

    @property
    def request_id(self) -> str:
        """The idempotency key of the saves of this version."""
        return f"{self.time_off.time_off_id}.v{self.version}"

    def lifted(self, doctors: int, now: datetime) -> Closure:
        """The version that lifts it; that many doctors are expected."""
        return replace(
            self,
            version=self.version + 1,
            is_lifted=True,
            changed_at=now,
            doctors_expected=doctors,
            doctors_found=0,
            doctors_done=0,
            cursor=None,
            has_all_doctors=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureRest:
    """What is left of a closure for one doctor, after a step.

    If ``version`` is still the latest, the dates from ``first`` on; else all dates.
    """

    version: int | None = None
    first: date | None = None

    def dates_of(self, closure: Closure, today: date) -> Iterator[date]:
        """Yield the dates of the closure that are left and not past."""
        if self.first and self.version == closure.version:
            today = max(today, self.first)
        return closure.time_off.dates_from(today)


ALL_DATES = ClosureRest()

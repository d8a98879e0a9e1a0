"""Use case of those who manage doctors: compare how full the doctors' weeks are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.reports import Figures, count_weeks, last_date, report_weeks
from chalicelib.storage.concurrent_reads import read_each
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.third_bookable import count_days_to_third_bookable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.audit_log import AuditLog
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.use_cases.manage_practice import ManagePractice, PracticeSearch

_PAGE_SIZE = 367


class DoctorReport(Struct, frozen=True, kw_only=True):
    """The figures of a doctor by the Monday of each week.

    ``third_next_available_days`` are the days from today to the third bookable slot, as of now.
    """

    doctor: Doctor
    weeks: dict[date, Figures]
    third_next_available_days: int | None

    @property
    def total(self) -> Figures:
        """The figures of all weeks."""
        return sum(self.weeks.values(), Figures())


class Report(Struct, frozen=True, kw_only=True):
    """The reports of up to 20 doctors by name. ``previous`` and ``next`` are cursors, or None."""

    mondays: tuple[date, ...]
    today: date
    doctors: tuple[DoctorReport, ...]
    previous: str | None
    next: str | None

    @property
    def last(self) -> date:
        """The last date."""
        return last_date(self.mondays)


class ViewReports:
    """Reports of the doctors whose schedule the caller may manage, at most 20 at a time."""

    def __init__(
        self,
        practice: ManagePractice,
        days: DayRepository,
        audit_log: AuditLog,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._practice = practice
        self._days = days
        self._audit_log = audit_log
        self._now = now
        self._pause = pause

    def get_report(
        self, caller: Caller, search: PracticeSearch, first: date | None, last: date | None
    ) -> Report:
        """Return the report of the doctors found; by default the last eight and next four weeks.

        At most three reads find the doctors. For each there is a query of the days, one of the
        cancellations, and one more if the third bookable slot is outside the range; those of
        several doctors wait at the same time. Raises ``RequestRejectedError`` for a range that is
        reversed or too long, and as ``ManagePractice.get_day``.
        """
        now = self._now()
        # Before any read: a range of too many weeks must not cost any.
        mondays = report_weeks(first, last, now.date())
        found = self._practice.get_day(caller, search, None)
        doctors = [view.doctor for view in found.views]
        return Report(
            mondays=mondays,
            today=found.date,
            doctors=tuple(read_each(lambda doctor: self._report(doctor, mondays, now), doctors)),
            previous=found.previous,
            next=found.next,
        )

    def _report(self, doctor: Doctor, mondays: Sequence[date], now: datetime) -> DoctorReport:
        first, last = mondays[0], last_date(tuple(mondays))
        days = retry_on_conflict(lambda: self._list_days(doctor, first, last, now), self._pause)
        cancelled = retry_on_conflict(
            lambda: self._audit_log.count_cancelled(doctor.doctor_id, first, last), self._pause
        )
        third_next = retry_on_conflict(
            lambda: count_days_to_third_bookable(self._days, doctor, days, (first, last), now),
            self._pause,
        )
        return DoctorReport(
            doctor=doctor,
            weeks=count_weeks(mondays, days, cancelled),
            third_next_available_days=third_next,
        )

    def _list_days(self, doctor: Doctor, first: date, last: date, now: datetime) -> list[Day]:
        days = self._days.list_range(doctor.doctor_id, first, last, page_size=_PAGE_SIZE)
        return [day.as_of(now) for day in days]

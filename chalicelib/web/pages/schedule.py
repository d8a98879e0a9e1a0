"""The days that a page shows side by side, and what their boxes depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.web import dates

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.storage.day_repository import DayKey
    from chalicelib.use_cases.manage_practice import PracticeDay, PracticeSearch
    from chalicelib.use_cases.manage_weeks import Week
    from chalicelib.use_cases.save_days import DayWithDoctor


class Practice(Struct, frozen=True, kw_only=True):
    """What found the doctors of a practice day.

    ``previous`` and ``next`` are cursors of further doctors; ``focus`` is the doctor whom a phone
    shows, by default the first.
    """

    search: PracticeSearch
    focus: str | None = None
    previous: str | None = None
    next: str | None = None


class Schedule(Struct, frozen=True, kw_only=True):
    """A day, the seven days of a week, or a date of several doctors, as of ``now``.

    ``chosen`` is the date that the user asked for; ``practice`` is None for a single doctor.
    """

    columns: tuple[DayWithDoctor, ...]
    now: datetime
    chosen: date
    practice: Practice | None = None

    @classmethod
    def of_day(cls, view: DayWithDoctor) -> Self:
        """The schedule of the day view."""
        return cls(columns=(view,), now=view.now, chosen=view.day.date)

    @classmethod
    def of_week(cls, week: Week, chosen: date | None) -> Self:
        """The schedule of the week view; without a chosen date it is that of today."""
        today = local_time.local_date(week.now, week.doctor.zone)
        return cls(columns=week.views(), now=week.now, chosen=chosen or today)

    @classmethod
    def of_practice(cls, day: PracticeDay, practice: Practice) -> Self:
        """The schedule of a practice day."""
        return cls(columns=day.views, now=day.now, chosen=day.date, practice=practice)

    def first_date_to_come(self) -> date | None:
        """The first date on which something can happen: it has a slot to come outside time off."""
        for view in self.columns:
            for each in view.day.grid_slots(view.doctor.grid):
                if each.blocked_by is None and not each.slot.has_begun(self.now):
                    return view.day.date
        return None

    @property
    def view(self) -> str:
        """The name of the view: day, week or practice."""
        if self.practice:
            return "practice"
        return "week" if len(self.columns) > 1 else "day"

    @property
    def doctor(self) -> Doctor:
        """The doctor of a day or a week."""
        return self.columns[0].doctor

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(view.day.date for view in self.columns)

    @property
    def selected_column(self) -> int:
        """The column that a phone shows, from 1 on."""
        if self.practice is None:
            return self.dates.index(self.chosen) + 1
        ids = [view.doctor.doctor_id for view in self.columns]
        return ids.index(self.practice.focus) + 1 if self.practice.focus in ids else 1

    def key_in_form(self, day: Day) -> str:
        """What names the day in the values of the form; nothing if the form has no other."""
        keys = {"day": "", "week": day.date.isoformat(), "practice": day.doctor_id}
        return keys[self.view]

    def find(self, key: DayKey) -> DayWithDoctor:
        """The column of a doctor and date."""
        return next(view for view in self.columns if day_key(view.day) == key)

    def name_of(self, view: DayWithDoctor) -> str:
        """How sentences and boxes name a column of several: by weekday, or by doctor."""
        names = {
            "day": "",
            "week": dates.short_weekday_name(view.day.date),
            "practice": view.doctor.name,
        }
        return names[self.view]


def day_key(day: Day) -> DayKey:
    """The doctor and the date of a day."""
    return day.doctor_id, day.date

"""How soon the third bookable slot of a doctor is, for months and reports."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.availability import third_bookable_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.storage.day_repository import DayRepository

_ONE_DAY = timedelta(days=1)
_LOOKAHEAD_DAYS = 100


def count_days_to_third_bookable(
    days: DayRepository,
    doctor: Doctor,
    known: Sequence[Day],
    known_dates: tuple[date, date],
    now: datetime,
) -> int | None:
    """Return the days from today to the third bookable slot; None if there is none.

    ``known`` are the stored days from the first to the last of ``known_dates``. One query reads
    others, if those are not enough. Raises ``StoreUnavailableError``.
    """
    today, last = local_time.local_date(now, doctor.zone), doctor.last_bookable_date(now)
    first_known, last_known = known_dates
    is_known = first_known <= today <= last_known
    following = last_known + _ONE_DAY if is_known else today
    later: Iterable[Day] = ()
    if doctor.is_active and following <= last:
        found = days.list_range(doctor.doctor_id, following, last, page_size=_LOOKAHEAD_DAYS)
        later = (day.as_of(now) for day in islice(found, _LOOKAHEAD_DAYS))
    third = third_bookable_date(chain(known if is_known else (), later), doctor, now)
    return None if third is None else (third - today).days

"""What a patient may choose from: a doctor's bookable slots, and doctors who have some."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import wall_time
from chalicelib.domain.bookable import is_bookable
from chalicelib.domain.doctor_settings import WINDOW_DAYS
from chalicelib.use_cases.attempts import until_settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.days import DayRepository
    from chalicelib.storage.recent_doctors import DoctorCache
    from chalicelib.storage.search_index import AvailabilityIndex, IndexedDoctor, IndexPage

_A_DAY = timedelta(days=1)
_LONGEST_WINDOW = timedelta(days=WINDOW_DAYS[1] + 1)
# As many doctors as one read can bring.
_MOST_CONSIDERED = 100
# Of a page of doctors, so that it stays below the 6 MB that a Lambda function may answer with.
_MOST_SLOTS = 10_000
# Days read at a time where a doctor may have nothing left for months.
_FAR = 128


class DoctorsSlots(Struct, frozen=True, kw_only=True):
    """A doctor's bookable slots in time order, and the first at or after the range's beginning."""

    doctor: Doctor
    slots: tuple[Slot, ...]
    next_available: Slot | None


class Search(Struct, frozen=True, kw_only=True):
    """Doctors of a specialty, at one location if given, on dates of their own, both included."""

    specialty: str
    location: str | None
    first: date
    last: date
    limit: int
    cursor: str | None

    def is_for(self, doctor: Doctor) -> bool:
        """Whether she is among those who are sought."""
        return doctor.specialty == self.specialty and self.location in (None, doctor.location)


class SearchPage(Struct, frozen=True, kw_only=True):
    """Doctors who have something bookable, the soonest first; ``cursor`` leads to the next page."""

    found: tuple[DoctorsSlots, ...]
    cursor: str | None


class FindSlots:
    """``now`` tells the time; ``pause`` waits before another attempt (see ``until_settled``)."""

    def __init__(
        self,
        days: DayRepository,
        index: AvailabilityIndex,
        recent: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
        *,
        most_slots: int = _MOST_SLOTS,
    ) -> None:
        """Nothing is read before somebody asks; a page has at most that many slots."""
        self._most_slots = most_slots
        self._days = days
        self._index = index
        self._recent = recent
        self._now = now
        self._pause = pause

    def today_of(self, doctor_id: str) -> date:
        """The date on her calendar. Raises ``DoctorNotFound``, ``Unavailable``."""
        return wall_time.local_date(self._now(), self._recent.get(doctor_id).zone)

    def of_doctor(self, doctor_id: str, first: date, last: date) -> DoctorsSlots:
        """Her bookable slots from one date to another, both included, and the next available one.

        That is looked for behind the range only where the range has none. Strongly consistent.
        Raises ``DoctorNotFound``, ``Unavailable``.
        """
        doctor = self._recent.get(doctor_id)
        return until_settled(lambda: self._of(doctor, first, last), self._pause)

    def _of(self, doctor: Doctor, first: date, last: date) -> DoctorsSlots:
        now = self._now()
        slots = tuple(self._bookable(doctor, first, last, now))
        later = () if slots else self._bookable(doctor, last + _A_DAY, None, now, page_size=_FAR)
        return DoctorsSlots(
            doctor=doctor, slots=slots, next_available=next(iter(slots or later), None)
        )

    def _bookable(
        self, doctor: Doctor, first: date, last: date | None, now: datetime, **reading: int
    ) -> Iterator[Slot]:
        """In time order, read as far as they are asked for."""
        first = max(first, wall_time.local_date(now, doctor.zone))
        end = doctor.last_bookable_date(now)
        last = end if last is None else min(last, end)
        if first <= last:
            days = self._days.list_range(doctor.doctor_id, first, last, **reading)
            yield from _of_days(days, doctor, now)

    def across(self, search: Search) -> SearchPage:
        """A page of doctors who have something bookable, by location and doctor.

        A page may have fewer doctors than its limit although there is another: of those that were
        read some may have had nothing left, or a few have very many slots. Reads an index, which
        may lag a moment behind. Raises ``Refused`` for what is no cursor of such a search,
        ``Unavailable``.
        """
        now = self._now()
        stretch = until_settled(
            lambda: self._index.search(
                specialty=search.specialty,
                location=search.location,
                dates=_dates_to_come(search, now),
                cursor=search.cursor,
                limit=min(2 * search.limit + 20, _MOST_CONSIDERED),
            ),
            self._pause,
        )
        return self._page(stretch, search, now)

    def _page(self, stretch: IndexPage, search: Search, now: datetime) -> SearchPage:
        considered = stretch.doctors[:_MOST_CONSIDERED]
        doctors = until_settled(
            lambda: self._recent.get_many([found.doctor_id for found in considered]),
            self._pause,
        )
        page: list[DoctorsSlots] = []
        cursor: str | None = None
        for found in considered:
            doctor = doctors.get(found.doctor_id)
            if doctor is None or not (search.is_for(doctor) and found.is_current(doctor)):
                continue
            if slots := self._found(search, found, doctor, now):
                told = sum(len(one.slots) for one in page)
                if len(page) == search.limit or (page and told + len(slots) > self._most_slots):
                    return _soonest_first(page, cursor)
                page.append(DoctorsSlots(doctor=doctor, slots=slots, next_available=slots[0]))
                cursor = found.cursor
        is_cut = len(considered) < len(stretch.doctors)
        return _soonest_first(page, considered[-1].cursor if is_cut else stretch.cursor)

    def _found(
        self, search: Search, found: IndexedDoctor, doctor: Doctor, now: datetime
    ) -> tuple[Slot, ...]:
        """Of a doctor who is relocating, other days may still stand where she was."""
        if doctor.is_relocating:
            return tuple(self._bookable(doctor, search.first, search.last, now))
        return tuple(_of_days(found.days, doctor, now))


def _of_days(days: Iterable[Day], doctor: Doctor, now: datetime) -> Iterator[Slot]:
    for day in days:
        slots = day.at(now).slots
        yield from (
            slots[start] for start in sorted(slots) if is_bookable(slots[start], doctor, now=now)
        )


def _dates_to_come(search: Search, now: datetime) -> list[date]:
    """Those of the search on which anything can be bookable, in whatever zone."""
    today = now.date()
    first = max(search.first, today - _A_DAY)
    last = min(search.last, today + _LONGEST_WINDOW)
    return [first + _A_DAY * n for n in range((last - first).days + 1)]


def _soonest_first(page: list[DoctorsSlots], cursor: str | None) -> SearchPage:
    found = sorted(page, key=lambda one: one.slots[0].start)
    return SearchPage(found=tuple(found), cursor=cursor)

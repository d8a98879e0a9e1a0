"""Find bookable slots: those of one doctor, or doctors of a specialty who have some."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.availability import is_bookable
from chalicelib.domain.doctor import WINDOW_DAYS_RANGE
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.availability_index import (
        AvailabilityIndex,
        IndexedDoctor,
        IndexPage,
        PagesByDate,
    )
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache

_ONE_DAY = timedelta(days=1)
_DEFAULT_SEARCH = 13 * _ONE_DAY
_MAX_BOOKING_WINDOW = timedelta(days=WINDOW_DAYS_RANGE[1] + 1)
# One BatchGetItem returns at most 100 items.
_MAX_DOCTORS_SCANNED = 100
# Per page of doctors, to stay below the 6 MB limit of a Lambda response.
_MAX_SLOTS = 10_000
# A doctor may be booked up for months; larger pages need fewer requests.
_LOOKAHEAD_PAGE_SIZE = 128
# About 1 MB or 256 read units: two years of 32 booked slots a day, or 250 days of 96.
MAX_LOOKAHEAD_SLOTS = 24_000


class DoctorAvailability(Struct, frozen=True, kw_only=True):
    """A doctor's bookable slots of a range in time order, and the next one from its start on.

    ``searched_to`` is the date at which the search for the next one stopped, if it did before the
    end of the booking window.
    """

    doctor: Doctor
    slots: tuple[Slot, ...]
    next_available: Slot | None
    searched_to: date | None = None


class Search(Struct, frozen=True, kw_only=True):
    """A search for doctors of a specialty, at one location if given.

    ``first`` and ``last`` are dates in each doctor's own time zone. Without ``first`` it is the
    doctor's today, and without ``last`` 13 days after it.
    """

    specialty: str
    location: str | None
    first: date | None
    last: date | None
    limit: int
    cursor: str | None

    def matches(self, doctor: Doctor) -> bool:
        return doctor.specialty == self.specialty and self.location in (None, doctor.location)

    def dates_for(self, doctor: Doctor, now: datetime) -> tuple[date, date]:
        """Return the first and the last date for that doctor."""
        first = self.first or local_time.local_date(now, doctor.zone)
        return first, self.last or first + _DEFAULT_SEARCH


class SearchPage(Struct, frozen=True, kw_only=True):
    """Doctors with bookable slots, the earliest first; ``cursor`` is that of the next page."""

    doctors: tuple[DoctorAvailability, ...]
    cursor: str | None


class FindSlots:
    """Availability for booking sites.

    ``now`` returns the current time; ``pause`` waits before a further attempt (see ``attempts``). A
    page of a search has at most ``max_slots`` slots, unless its first doctor has more.
    """

    def __init__(
        self,
        days: DayRepository,
        index: AvailabilityIndex,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
        *,
        max_slots: int = _MAX_SLOTS,
    ) -> None:
        self._max_slots = max_slots
        self._days = days
        self._index = index
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def today(self, doctor_id: str) -> date:
        """Return today's date in the doctor's time zone.

        Raises ``DoctorNotFoundError``, ``StoreUnavailableError``.
        """
        return local_time.local_date(self._now(), self._doctor_cache.get(doctor_id).zone)

    def for_doctor(self, doctor_id: str, first: date, last: date) -> DoctorAvailability:
        """Return the doctor's bookable slots from the first date to the last, and the next one.

        Dates after the range are read only if the range has no slot. Strongly consistent. Raises
        ``DoctorNotFoundError``, ``StoreUnavailableError``.
        """
        doctor = self._doctor_cache.get(doctor_id)
        return retry_on_conflict(lambda: self._availability_of(doctor, first, last), self._pause)

    def _availability_of(self, doctor: Doctor, first: date, last: date) -> DoctorAvailability:
        now = self._now()
        days = self._list_days(doctor, first, last, now)
        if slots := tuple(_filter_bookable(days, doctor, now)):
            return DoctorAvailability(doctor=doctor, slots=slots, next_available=slots[0])
        next_available, searched_to = self._look_ahead(doctor, last + _ONE_DAY, now)
        return DoctorAvailability(
            doctor=doctor, slots=(), next_available=next_available, searched_to=searched_to
        )

    def _look_ahead(
        self, doctor: Doctor, first: date, now: datetime
    ) -> tuple[Slot | None, date | None]:
        """Return the first bookable slot, or the date at which the search stopped early."""
        slots_read = 0
        for day in self._list_days(doctor, first, None, now, page_size=_LOOKAHEAD_PAGE_SIZE):
            if slot := next(_filter_bookable([day], doctor, now), None):
                return slot, None
            slots_read += len(day.slots)
            if slots_read >= MAX_LOOKAHEAD_SLOTS:
                return None, day.date
        return None, None

    def _list_days(
        self, doctor: Doctor, first: date, last: date | None, now: datetime, **read_options: int
    ) -> Iterable[Day]:
        """Return the days that can have bookable slots; they are read as they are consumed."""
        first = max(first, local_time.local_date(now, doctor.zone))
        end = doctor.last_bookable_date(now)
        last = end if last is None else min(last, end)
        if first > last or not doctor.is_active:
            return ()
        return self._days.list_range(doctor.doctor_id, first, last, **read_options)

    def search(self, search: Search) -> SearchPage:
        """Return a page of doctors with bookable slots.

        A page may have fewer doctors than its limit although there is a next one: some doctors of
        the index may have no bookable slot, or a few may have very many. The index is eventually
        consistent. Raises ``RequestRejectedError`` for a cursor of another search,
        ``StoreUnavailableError``.
        """
        now = self._now()
        pages: PagesByDate = {}
        index_page = retry_on_conflict(
            lambda: self._index.search(
                specialty=search.specialty,
                location=search.location,
                dates=_upcoming_dates(search, now),
                filters=(search.specialty, search.location, search.first, search.last),
                cursor=search.cursor,
                limit=min(2 * search.limit + 20, _MAX_DOCTORS_SCANNED),
                pages=pages,
            ),
            self._pause,
        )
        return self._build_page(index_page, search, now)

    def _build_page(self, index_page: IndexPage, search: Search, now: datetime) -> SearchPage:
        scanned = index_page.doctors[:_MAX_DOCTORS_SCANNED]
        doctors = retry_on_conflict(
            lambda: self._doctor_cache.get_many([indexed.doctor_id for indexed in scanned]),
            self._pause,
        )
        page: list[DoctorAvailability] = []
        cursor: str | None = None
        for indexed in scanned:
            doctor = doctors.get(indexed.doctor_id)
            if doctor is None or not (search.matches(doctor) and indexed.is_current(doctor)):
                continue
            if slots := self._matching_slots(search, indexed, doctor, now):
                total = sum(len(listed.slots) for listed in page) + len(slots)
                if len(page) == search.limit or (page and total > self._max_slots):
                    return _by_next_available(page, cursor)
                page.append(DoctorAvailability(doctor=doctor, slots=slots, next_available=slots[0]))
                cursor = indexed.cursor
        is_truncated = len(scanned) < len(index_page.doctors)
        return _by_next_available(page, scanned[-1].cursor if is_truncated else index_page.cursor)

    def _matching_slots(
        self, search: Search, indexed_doctor: IndexedDoctor, doctor: Doctor, now: datetime
    ) -> tuple[Slot, ...]:
        """Return the doctor's bookable slots of the search.

        A doctor whose reindex is pending is read from the table: the index may lack some days.
        """
        first, last = search.dates_for(doctor, now)
        if doctor.reindex_pending:
            days = self._list_days(doctor, first, last, now)
        else:
            days = indexed_doctor.list_days(first, last)
        return tuple(_filter_bookable(days, doctor, now))


def _filter_bookable(days: Iterable[Day], doctor: Doctor, now: datetime) -> Iterator[Slot]:
    for day in days:
        slots = day.as_of(now).slots
        yield from (
            slots[start] for start in sorted(slots) if is_bookable(slots[start], doctor, now=now)
        )


def _upcoming_dates(search: Search, now: datetime) -> list[date]:
    """Return the dates of the search on which a slot can be bookable in any time zone."""
    today = now.date()
    earliest, latest = local_time.dates_anywhere(now)
    first = max(search.first or earliest, today - _ONE_DAY)
    last = min(search.last or latest + _DEFAULT_SEARCH, today + _MAX_BOOKING_WINDOW)
    return [first + _ONE_DAY * n for n in range((last - first).days + 1)]


def _by_next_available(page: list[DoctorAvailability], cursor: str | None) -> SearchPage:
    doctors = sorted(page, key=lambda listed: listed.slots[0].start)
    return SearchPage(doctors=tuple(doctors), cursor=cursor)

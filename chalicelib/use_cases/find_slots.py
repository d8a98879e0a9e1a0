"""What a patient may choose from: a doctor's bookable slots, and doctors who have some."""

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
    from chalicelib.storage.availability_index import AvailabilityIndex, IndexedDoctor, IndexPage
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache

_ONE_DAY = timedelta(days=1)
_MAX_BOOKING_WINDOW = timedelta(days=WINDOW_DAYS_RANGE[1] + 1)
# As many doctors as one read can bring.
_MAX_DOCTORS_SCANNED = 100
# Of a page of doctors, so that it stays below the 6 MB that a Lambda function may answer with.
_MAX_SLOTS = 10_000
# Days read at a time where a doctor may have nothing left for months.
_LOOKAHEAD_PAGE_SIZE = 128


class DoctorAvailability(Struct, frozen=True, kw_only=True):
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

    def matches(self, doctor: Doctor) -> bool:
        """Whether she is among those who are sought."""
        return doctor.specialty == self.specialty and self.location in (None, doctor.location)


class SearchPage(Struct, frozen=True, kw_only=True):
    """Doctors who have something bookable, the soonest first; ``cursor`` leads to the next page."""

    doctors: tuple[DoctorAvailability, ...]
    cursor: str | None


class FindSlots:
    """``now`` tells the time; ``pause`` waits before another attempt (see ``until_settled``)."""

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
        """Nothing is read before somebody asks; a page has at most that many slots."""
        self._max_slots = max_slots
        self._days = days
        self._index = index
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def today(self, doctor_id: str) -> date:
        """The date on her calendar. Raises ``DoctorNotFound``, ``Unavailable``."""
        return local_time.local_date(self._now(), self._doctor_cache.get(doctor_id).zone)

    def for_doctor(self, doctor_id: str, first: date, last: date) -> DoctorAvailability:
        """Her bookable slots from one date to another, both included, and the next available one.

        That is looked for behind the range only where the range has none. Strongly consistent.
        Raises ``DoctorNotFound``, ``Unavailable``.
        """
        doctor = self._doctor_cache.get(doctor_id)
        return retry_on_conflict(lambda: self._availability_of(doctor, first, last), self._pause)

    def _availability_of(self, doctor: Doctor, first: date, last: date) -> DoctorAvailability:
        now = self._now()
        slots = tuple(self._bookable_slots(doctor, first, last, now))
        later = (
            ()
            if slots
            else self._bookable_slots(
                doctor, last + _ONE_DAY, None, now, page_size=_LOOKAHEAD_PAGE_SIZE
            )
        )
        return DoctorAvailability(
            doctor=doctor, slots=slots, next_available=next(iter(slots or later), None)
        )

    def _bookable_slots(
        self, doctor: Doctor, first: date, last: date | None, now: datetime, **read_options: int
    ) -> Iterator[Slot]:
        """In time order, read as far as they are asked for."""
        first = max(first, local_time.local_date(now, doctor.zone))
        end = doctor.last_bookable_date(now)
        last = end if last is None else min(last, end)
        if first <= last:
            days = self._days.list_range(doctor.doctor_id, first, last, **read_options)
            yield from _filter_bookable(days, doctor, now)

    def search(self, search: Search) -> SearchPage:
        """A page of doctors who have something bookable, by location and doctor.

        A page may have fewer doctors than its limit although there is another: of those that were
        read some may have had nothing left, or a few have very many slots. Reads an index, which
        may lag a moment behind. Raises ``Refused`` for what is no cursor of such a search,
        ``Unavailable``.
        """
        now = self._now()
        stretch = retry_on_conflict(
            lambda: self._index.search(
                specialty=search.specialty,
                location=search.location,
                dates=_upcoming_dates(search, now),
                cursor=search.cursor,
                limit=min(2 * search.limit + 20, _MAX_DOCTORS_SCANNED),
            ),
            self._pause,
        )
        return self._build_page(stretch, search, now)

    def _build_page(self, index_page: IndexPage, search: Search, now: datetime) -> SearchPage:
        considered = index_page.doctors[:_MAX_DOCTORS_SCANNED]
        doctors = retry_on_conflict(
            lambda: self._doctor_cache.get_many([found.doctor_id for found in considered]),
            self._pause,
        )
        page: list[DoctorAvailability] = []
        cursor: str | None = None
        for found in considered:
            doctor = doctors.get(found.doctor_id)
            if doctor is None or not (search.matches(doctor) and found.is_current(doctor)):
                continue
            if slots := self._matching_slots(search, found, doctor, now):
                told = sum(len(one.slots) for one in page)
                if len(page) == search.limit or (page and told + len(slots) > self._max_slots):
                    return _by_next_available(page, cursor)
                page.append(DoctorAvailability(doctor=doctor, slots=slots, next_available=slots[0]))
                cursor = found.cursor
        is_cut = len(considered) < len(index_page.doctors)
        return _by_next_available(page, considered[-1].cursor if is_cut else index_page.cursor)

    def _matching_slots(
        self, search: Search, indexed_doctor: IndexedDoctor, doctor: Doctor, now: datetime
    ) -> tuple[Slot, ...]:
        """Of a doctor who is relocating, other days may still stand where she was."""
        if doctor.reindex_pending:
            return tuple(self._bookable_slots(doctor, search.first, search.last, now))
        return tuple(_filter_bookable(indexed_doctor.days, doctor, now))


def _filter_bookable(days: Iterable[Day], doctor: Doctor, now: datetime) -> Iterator[Slot]:
    for day in days:
        slots = day.as_of(now).slots
        yield from (
            slots[start] for start in sorted(slots) if is_bookable(slots[start], doctor, now=now)
        )


def _upcoming_dates(search: Search, now: datetime) -> list[date]:
    """Those of the search on which anything can be bookable, in whatever zone."""
    today = now.date()
    first = max(search.first, today - _ONE_DAY)
    last = min(search.last, today + _MAX_BOOKING_WINDOW)
    return [first + _ONE_DAY * n for n in range((last - first).days + 1)]


def _by_next_available(page: list[DoctorAvailability], cursor: str | None) -> SearchPage:
    found = sorted(page, key=lambda one: one.slots[0].start)
    return SearchPage(doctors=tuple(found), cursor=cursor)

"""Find slots for other systems: page by page by their start, or a doctor's whole booking window."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from heapq import merge
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.availability import status_for_others
from chalicelib.domain.local_time import MAX_DATE, MIN_DATE
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.storage.change_markers import read_change_marker
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from chalicelib.domain.slot import Slot
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.use_cases.list_fhir_doctors import FhirDoctor

_ONE_DAY = timedelta(days=1)
MAX_SORTED_SCHEDULES = 20
"""A sorted search reads the days of so many doctors side by side."""
MAX_FILE_SLOTS = 12_000
"""The most of one file: a Lambda function's response has at most 6 MB, about 480 bytes a slot."""
# A page ends when it has looked at so many slots: about 1 MB, or 256 read units.
_MAX_SCANNED_SLOTS = 24_000
# The end of a doctor's slots counts as so many: each doctor is a query.
_SLOTS_PER_QUERY = 240
# After every slot of a doctor.
_END = datetime.combine(MAX_DATE, time(23), UTC)


class PublishedSlot(Struct, frozen=True):
    """A slot of a doctor, with its status for other systems."""

    owner: FhirDoctor
    slot: Slot
    status: SlotStatus


class StartRange(Struct, frozen=True):
    """Starts from ``first`` on and before ``end``; without a UTC offset, in the doctor's zone."""

    first: datetime | None = None
    end: datetime | None = None

    def has(self, slot: Slot, zone: ZoneInfo) -> bool:
        first, end = _in_zone(self.first, zone), _in_zone(self.end, zone)
        return (first is None or slot.start >= first) and (end is None or slot.start < end)

    def dates(self, zone: ZoneInfo) -> tuple[date, date]:
        """The dates of days that can have such slots: new time zone data moves local times."""
        first, end = _in_zone(self.first, zone), _in_zone(self.end, zone)
        return (
            max(local_time.local_date(first, zone) - _ONE_DAY, MIN_DATE) if first else MIN_DATE,
            min(local_time.local_date(end, zone) + _ONE_DAY, MAX_DATE) if end else MAX_DATE,
        )


class SlotSearch(Struct, frozen=True, kw_only=True):
    """Slots of the doctors, who are in the order of their FHIR ids, in all of the ranges.

    ``statuses`` are alternatives; None for all. ``after`` is the position where the page before
    ended, with the FHIR id of the doctor. Sorted by start, or else by doctor and start.
    """

    doctors: Sequence[FhirDoctor]
    statuses: frozenset[SlotStatus] | None
    starts: tuple[StartRange, ...]
    is_sorted: bool
    limit: int
    after: SlotId | None


class SlotPage(Struct, frozen=True):
    """``after`` leads to the next page; None if this is the last."""

    slots: tuple[PublishedSlot, ...]
    after: SlotId | None


class SearchFhirSlots:
    """The slots of doctors; ``now`` returns the current time, ``pause`` waits before an attempt."""

    def __init__(
        self, days: DayRepository, now: Callable[[], datetime], pause: Callable[[int], None]
    ) -> None:
        self._days = days
        self._now = now
        self._pause = pause

    def search(self, search: SlotSearch) -> SlotPage:
        """Return a page of slots; strongly consistent.

        It may have fewer slots than its limit although there is a next one: a page reads a limited
        number of days. Raises ``StoreUnavailableError``.
        """
        return retry_on_conflict(lambda: self._search(search), self._pause)

    def get(self, owner: FhirDoctor, start: datetime) -> PublishedSlot | None:
        """Return the slot as of now, or None; one query. Raises ``StoreUnavailableError``.

        New time zone data may have moved its local time to another date than that of its day.
        """
        first, last = local_time.adjacent_dates(local_time.local_date(start, owner.doctor.zone))
        now = self._now()
        slots = retry_on_conflict(lambda: list(self._slots(owner, first, last, now)), self._pause)
        return next((each for each in slots if each.slot.start == start), None)

    def list_window(
        self, owner: FhirDoctor, *, first_day: int = 0, days: int | None = None
    ) -> list[PublishedSlot]:
        """Return the doctor's slots from today to the end of the booking window, in time order.

        Or those of some of these days, counted from today. At most ``MAX_FILE_SLOTS``. Raises
        ``StoreUnavailableError``.
        """
        return retry_on_conflict(lambda: self._list_window(owner, first_day, days), self._pause)

    def change_marker(self, owner: FhirDoctor) -> tuple[str, ...]:
        """Return a value that changes with every change of the doctor's slots, or settings.

        Eventually consistent. Raises ``StoreUnavailableError``.
        """
        doctor = owner.doctor
        marker = retry_on_conflict(lambda: read_change_marker(doctor.doctor_id), self._pause)
        return (str(doctor.version), *marker)

    def _list_window(
        self, owner: FhirDoctor, first_day: int, days: int | None
    ) -> list[PublishedSlot]:
        doctor, now = owner.doctor, self._now()
        first = local_time.local_date(now, doctor.zone) + timedelta(days=first_day)
        last = doctor.last_bookable_date(now)
        if days is not None:
            last = min(last, first + timedelta(days=days - 1))
        slots = self._slots(owner, first, last, now) if first <= last else ()
        return list(islice(slots, MAX_FILE_SLOTS))

    def _search(self, search: SlotSearch) -> SlotPage:
        found: list[PublishedSlot] = []
        position, scanned = search.after, 0
        for position_after, slot in self._scan(search):
            if slot is not None and _matches(slot, search):
                if len(found) == search.limit:
                    return SlotPage(tuple(found), position)
                found.append(slot)
            position = position_after
            scanned += 1 if slot else _SLOTS_PER_QUERY
            if scanned >= _MAX_SCANNED_SLOTS:
                return SlotPage(tuple(found), position)
        return SlotPage(tuple(found), None)

    def _scan(self, search: SlotSearch) -> Iterator[tuple[SlotId, PublishedSlot | None]]:
        """Yield slots with the position after each, and a position at the end of each doctor."""
        now = self._now()
        if not search.is_sorted:
            after = search.after.doctor_id if search.after else ""
            owners = (owner for owner in search.doctors if owner.fhir_id >= after)
            return chain.from_iterable(self._scan_one(owner, search, now) for owner in owners)
        streams = [self._scan_one(owner, search, now) for owner in search.doctors]
        return (
            (position, slot)
            for position, slot in merge(*streams, key=lambda each: _by_start(each[0]))
            if slot is not None
        )

    def _scan_one(
        self, owner: FhirDoctor, search: SlotSearch, now: datetime
    ) -> Iterator[tuple[SlotId, PublishedSlot | None]]:
        first, last = MIN_DATE, MAX_DATE
        for starts in (*search.starts, StartRange(first=_first_after(owner, search))):
            one_first, one_last = starts.dates(owner.doctor.zone)
            first, last = max(first, one_first), min(last, one_last)
        if first <= last:
            for slot in self._slots(owner, first, last, now):
                position = SlotId(owner.fhir_id, slot.slot.start)
                if _is_after(position, search):
                    yield position, slot
        yield SlotId(owner.fhir_id, _END), None

    def _slots(
        self, owner: FhirDoctor, first: date, last: date, now: datetime
    ) -> Iterator[PublishedSlot]:
        """Yield the doctor's slots in time order; days are read as they are consumed."""
        for day in self._days.list_range(owner.doctor.doctor_id, first, last):
            slots = day.as_of(now).slots
            for start in sorted(slots):
                status = status_for_others(slots[start], owner.doctor, now=now)
                yield PublishedSlot(owner, slots[start], status)


def valid_until(owner: FhirDoctor, slots: Iterable[PublishedSlot], now: datetime) -> datetime:
    """Return when time alone changes a doctor's booking window, if nothing else does.

    The date changes, a hold expires, or a free slot comes too near to be booked.
    """
    doctor = owner.doctor
    tomorrow = local_time.local_date(now, doctor.zone) + _ONE_DAY
    changes = [local_time.to_utc(tomorrow, timedelta(), doctor.zone)]
    for each in slots:
        if each.status is SlotStatus.FREE:
            changes.append(each.slot.start - doctor.lead_time)
        elif each.slot.held_until is not None:
            changes.append(each.slot.held_until)
    return min(changes)


def _matches(slot: PublishedSlot, search: SlotSearch) -> bool:
    if search.statuses is not None and slot.status not in search.statuses:
        return False
    zone = slot.owner.doctor.zone
    return all(starts.has(slot.slot, zone) for starts in search.starts)


def _first_after(owner: FhirDoctor, search: SlotSearch) -> datetime | None:
    """Return the earliest start that a further page can have of that doctor."""
    after = search.after
    if after is None or not (search.is_sorted or after.doctor_id == owner.fhir_id):
        return None
    return after.start


def _is_after(position: SlotId, search: SlotSearch) -> bool:
    if search.after is None:
        return True
    if search.is_sorted:
        return _by_start(position) > _by_start(search.after)
    return _by_doctor(position) > _by_doctor(search.after)


def _by_start(position: SlotId) -> tuple[datetime, str]:
    return position.start, position.doctor_id


def _by_doctor(position: SlotId) -> tuple[str, datetime]:
    return position.doctor_id, position.start


def _in_zone(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    if instant is None or instant.tzinfo is not None:
        return instant
    date = instant.date()
    return local_time.to_utc(date, instant - datetime.combine(date, time()), zone)

"""The directory of doctors for admins: page by page, with the figures of this week."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.availability import is_bookable
from chalicelib.domain.month import count_slots, monday_of
from chalicelib.storage import doctor_names, keys, table
from chalicelib.storage.decoding import decode_readable
from chalicelib.storage.mapping import day_from_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.doctor_repository import DoctorRepository

PAGE_SIZE = 25
LOOKAHEAD_DAYS = 14
"""From this week's Monday on: the figures and the next available slot need one read of them."""


class DirectoryPage(Struct, frozen=True, kw_only=True):
    """Doctors by specialty and location or, of a search, by name; ``cursor`` leads to the next."""

    doctors: tuple[Doctor, ...]
    cursor: str | None


class DoctorWeek(Struct, frozen=True, kw_only=True):
    """This week's open and booked slots; ``next_slot`` is within the two weeks from Monday on."""

    doctor: Doctor
    open: int
    booked: int
    next_slot: Slot | None


class ViewDirectory:
    """All doctors, for admins. A page takes as many reads with ten doctors as with ten thousand."""

    def __init__(self, doctors: DoctorRepository, now: Callable[[], datetime]) -> None:
        self._doctors = doctors
        self._now = now

    def find(self, caller: Caller, name: str, cursor: str | None) -> DirectoryPage:
        """Return a page of the doctors with such a name, or of all; one or two reads.

        Raises ``PermissionDeniedError``, ``RequestRejectedError``, ``StoreUnavailableError``.
        """
        caller.require_admin()
        if not doctor_names.fold(name):
            page = self._doctors.list_page(
                specialty=None, location=None, limit=PAGE_SIZE, cursor=cursor
            )
            return DirectoryPage(doctors=page.doctors, cursor=page.cursor)
        found = doctor_names.find_by_name(name, limit=PAGE_SIZE, cursor=cursor)
        by_id = self._doctors.get_many(found.doctor_ids)
        doctors = tuple(by_id[each] for each in found.doctor_ids if each in by_id)
        return DirectoryPage(doctors=doctors, cursor=found.cursor)

    def add_weeks(self, doctors: Sequence[Doctor]) -> list[DoctorWeek]:
        """Return the week of each doctor, in batches of 100 days."""
        now = self._now()
        wanted = [
            (keys.doctor_pk(doctor.doctor_id), keys.day_sk(monday + timedelta(days=n)))
            for doctor in doctors
            for monday in [monday_of(local_time.local_date(now, doctor.zone))]
            for n in range(LOOKAHEAD_DAYS)
        ]
        days: dict[str, list[Day]] = {}
        for day in _read(wanted):
            days.setdefault(day.doctor_id, []).append(day.as_of(now))
        return [_week(doctor, days.get(doctor.doctor_id, ()), now) for doctor in doctors]


def _read(wanted: Sequence[tuple[str, str]]) -> Iterator[Day]:
    for first in range(0, len(wanted), table.MAX_BATCH_KEYS):
        items = table.batch_get(wanted[first : first + table.MAX_BATCH_KEYS])
        yield from decode_readable(items.values(), day_from_item)


def _week(doctor: Doctor, days: Iterable[Day], now: datetime) -> DoctorWeek:
    days = list(days)
    sunday = monday_of(local_time.local_date(now, doctor.zone)) + timedelta(days=6)
    totals = [count_slots(day, now) for day in days if day.date <= sunday]
    bookable = [
        slot for day in days for slot in day.slots.values() if is_bookable(slot, doctor, now=now)
    ]
    return DoctorWeek(
        doctor=doctor,
        open=sum(total.open for total in totals),
        booked=sum(total.booked for total in totals),
        next_slot=min(bookable, key=lambda slot: slot.start, default=None),
    )

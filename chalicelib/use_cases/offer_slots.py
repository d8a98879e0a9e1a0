"""Use case of booking sites: what to offer to a patient whose appointment has to move."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.offers import (
    Offer,
    bookable_offers,
    count_disrupted_before,
    earliest,
    share,
)
from chalicelib.domain.slot_operation import require_found
from chalicelib.use_cases.find_slots import MAX_LOOKAHEAD_SLOTS
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot, SlotId
    from chalicelib.storage.availability_index import AvailabilityIndex, PagesByDate
    from chalicelib.storage.booking_repository import BookingRepository
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache

# Of other doctors: the dates that are searched, and the doctors, in the order of their ids.
_SEARCHED_DATES = 14
_SEARCHED_DOCTORS = 50
_ONE_DAY = timedelta(days=1)


class OfferSlots:
    """Proposes other slots. ``now`` returns the current time, ``pause`` waits before a retry."""

    def __init__(
        self,
        bookings: BookingRepository,
        days: DayRepository,
        index: AvailabilityIndex,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._bookings = bookings
        self._days = days
        self._index = index
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def list_offers(self, slot_id: SlotId, limit: int) -> list[Offer]:
        """Return bookable slots of the same length: the same doctor's, then those of others.

        Others have the same specialty and location; the index that finds them may be a second
        behind. Each group has the soonest first. For a disrupted booking they begin with the slot
        of its rank among the disrupted ones (``offers.share``). Raises ``SlotNotFoundError``,
        ``DoctorNotFoundError``, ``StoreUnavailableError``.
        """
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        found = retry_on_conflict(lambda: self._bookings.get(slot_id), self._pause)
        slot = require_found(found, slot_id, doctor).slot
        own = retry_on_conflict(lambda: self._own_offers(doctor, slot, limit), self._pause)
        if len(own) == limit:
            return own
        return own + self._other_offers(doctor, slot, limit - len(own))

    def _own_offers(self, doctor: Doctor, slot: Slot, limit: int) -> list[Offer]:
        now, order = self._now(), (slot.start, doctor.doctor_id)
        offers: list[Offer] = []
        rank = slots_read = 0
        for day in self._upcoming_days(doctor, now):
            offers += bookable_offers(day, doctor, slot, now)
            rank += slot.is_disrupted and count_disrupted_before(day, order, now)
            slots_read += len(day.slots)
            is_ranked = not slot.is_disrupted or day.date >= slot.date_in(doctor.zone)
            is_complete = is_ranked and len(offers) >= rank + limit
            if is_complete or slots_read >= MAX_LOOKAHEAD_SLOTS:
                break
        return share([offer for offer in offers if offer.slot.start != slot.start], rank, limit)

    def _upcoming_days(self, doctor: Doctor, now: datetime) -> Iterator[Day]:
        today = local_time.local_date(now, doctor.zone)
        return self._days.list_range(doctor.doctor_id, today, doctor.last_bookable_date(now))

    def _other_offers(self, doctor: Doctor, slot: Slot, limit: int) -> list[Offer]:
        now, order = self._now(), (slot.start, doctor.doctor_id)
        days = self._days_of_colleagues(doctor, now)
        rank = 0
        if slot.is_disrupted:
            rank = sum(count_disrupted_before(day, order, now) for _, day in days)
        offers = earliest(
            offer
            for colleague, day in days
            if colleague.doctor_id != doctor.doctor_id
            for offer in bookable_offers(day, colleague, slot, now)
        )
        return share(offers, rank, limit)

    def _days_of_colleagues(self, doctor: Doctor, now: datetime) -> list[tuple[Doctor, Day]]:
        """Return the next days of doctors with the same specialty and location, this one too."""
        pages: PagesByDate = {}
        first = min(local_time.dates_anywhere(now))
        dates = [first + _ONE_DAY * n for n in range(_SEARCHED_DATES)]
        page = retry_on_conflict(
            lambda: self._index.search(
                specialty=doctor.specialty,
                location=doctor.location,
                dates=dates,
                filters=(),
                cursor=None,
                limit=_SEARCHED_DOCTORS,
                pages=pages,
            ),
            self._pause,
        )
        indexed = page.doctors[:_SEARCHED_DOCTORS]
        doctors = retry_on_conflict(
            lambda: self._doctor_cache.get_many([each.doctor_id for each in indexed]), self._pause
        )
        return [
            (colleague, day)
            for each in indexed
            if (colleague := doctors.get(each.doctor_id)) and each.is_current(colleague)
            for day in each.list_days(dates[0], dates[-1])
        ]

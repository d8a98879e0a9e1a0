"""Use case of a schedule: announce disrupted bookings to subscribers when the grace is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.announcements import plan_announcement
from chalicelib.domain.errors import StoreBusyError, UnreadableItemError
from chalicelib.events import disruption_events
from chalicelib.storage.disruption_repository import EventToPublish
from chalicelib.use_cases.retry import busy_after_conflicts, retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.announcements import Announcement
    from chalicelib.storage.disruption_repository import DisruptionRepository, Disruptions

_MAX_DOCTORS = 100


class AnnounceDisruptions:
    """Each announcement is one transaction, which stores the event and that it is announced."""

    def __init__(
        self,
        disruptions: DisruptionRepository,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._disruptions = disruptions
        self._now = now
        self._pause = pause

    def announce_all(self) -> int:
        """Look at the doctors that wait longest, at most 100; return the number of events.

        A doctor whose days change all the time waits for the next run, and so does one of whom an
        item cannot be read: an operator has to repair it. Raises
        ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        doctor_ids = self._disruptions.list_due(self._now(), _MAX_DOCTORS)
        return sum(map(self._try_announce, doctor_ids))

    def _try_announce(self, doctor_id: str) -> int:
        try:
            with busy_after_conflicts():
                return retry_on_conflict(lambda: self._announce(doctor_id), self._pause)
        except (StoreBusyError, UnreadableItemError):
            return 0

    def _announce(self, doctor_id: str) -> int:
        """Announce what is due; return the number of events."""
        now = self._now()
        found = self._disruptions.get(doctor_id, now)
        if found is None:
            return 0
        planned = plan_announcement((slot for day in found.days for slot in day.slots), now)
        events = _events(found, planned, now)
        self._disruptions.announce(found, events, next_check=planned.next_check, at=now)
        return len(events)


def _events(found: Disruptions, planned: Announcement, now: datetime) -> list[EventToPublish]:
    by_type = {
        disruption_events.DISRUPTED: planned.disrupted,
        disruption_events.LIFTED: planned.lifted,
    }
    return [
        EventToPublish(
            detail_type=detail_type,
            detail=disruption_events.encode(detail_type, found.doctor_id, slots, now),
        )
        for detail_type, slots in by_type.items()
        if slots
    ]

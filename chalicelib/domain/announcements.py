"""When subscribers learn of disrupted bookings: after a grace, and never of what was taken back.

Each mark is compared with what was announced of its slot. So the result does not depend on how
often, or in which order, marks were set and lifted meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GRACE = timedelta(minutes=10)
"""How long after the last mark of a doctor the bookings are announced."""
MAX_GRACE = timedelta(minutes=20)
"""... but not longer than this after the first one, however many follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedSlot:
    """A slot with its mark, and the mark that was announced last; both None if there is none."""

    start: datetime
    end: datetime
    since: datetime | None = None
    announced: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Whether subscribers know all there is to know."""
        return self.since == self.announced

    @property
    def is_pending(self) -> bool:
        """Whether subscribers do not know the mark yet."""
        return self.since is not None and not self.is_settled

    @property
    def is_lifted(self) -> bool:
        """Whether subscribers know a mark that the slot has no longer."""
        return self.since is None and self.announced is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What to announce of a doctor now, and when to check again; None if all is announced then."""

    disrupted: tuple[MarkedSlot, ...]
    lifted: tuple[MarkedSlot, ...]
    next_check: datetime | None


def plan_announcement(slots: Iterable[MarkedSlot], now: datetime) -> Announcement:
    """Decide on the slots of one doctor; all pending ones are announced together."""
    ordered = sorted(slots, key=lambda slot: slot.start)
    pending = tuple(slot for slot in ordered if slot.is_pending)
    lifted = tuple(slot for slot in ordered if slot.is_lifted)
    due = _due(pending)
    if due is None or due <= now:
        return Announcement(disrupted=pending, lifted=lifted, next_check=None)
    return Announcement(disrupted=(), lifted=lifted, next_check=due)


def _due(pending: Sequence[MarkedSlot]) -> datetime | None:
    marks = [slot.since for slot in pending if slot.since is not None]
    return min(max(marks) + GRACE, min(marks) + MAX_GRACE) if marks else None

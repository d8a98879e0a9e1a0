"""Hold a slot for a while, and release it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.availability import (
    is_bookable,
    last_bookable_instant,
    reason_not_bookable,
)
from chalicelib.domain.booking import StoredSlot
from chalicelib.domain.booking_writes import (
    AddHold,
    Available,
    BookingWrites,
    HeldBy,
    HoldSince,
    NothingToDo,
    RemoveHold,
    ReplaceHolds,
)
from chalicelib.domain.errors import TooManyHoldsError
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.slot_operation import SlotOperation, taken_by_another
from chalicelib.domain.violations import TooManyHolds

if TYPE_CHECKING:
    from chalicelib.domain.booking import ClientHolds, Observed
    from chalicelib.domain.booking_writes import SlotRequirement
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot

# However often it is renewed, so that other clients get their turn.
MAX_HOLD_AGE = timedelta(minutes=30)
_SECOND = timedelta(seconds=1)


def hold_end(
    slot: Slot, doctor: Doctor, length: timedelta, *, since: datetime, now: datetime
) -> datetime:
    """Return the end of a hold of that length from now: a whole second, at most the ceiling.

    It is never after the last instant at which the slot can be booked, so the holder can book as
    long as they hold.
    """
    end = _round_up(min(now + length, since + MAX_HOLD_AGE))
    return min(end, last_bookable_instant(slot, doctor))


def _round_up(instant: datetime) -> datetime:
    whole = instant.replace(microsecond=0)
    return whole if whole == instant else whole + _SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldClaim(SlotOperation):
    """Hold a slot under a name; an existing hold of the same name and owner is renewed."""

    holder: str
    length: timedelta

    def must_read(self, now: datetime) -> bool:
        """Return whether the slot is not bookable at that time, or not yet."""
        return not is_bookable(self.expected_slot(), self.doctor, now=now)

    def plan(self, observed: Observed, now: datetime) -> BookingWrites:
        """Return the writes of the hold."""
        stored = self.find_slot(observed, now)
        is_renewal = stored.is_held_by(self.holder, self.owner)
        slot = stored.unclaimed() if is_renewal else stored.slot
        self.require_none(reason_not_bookable(slot, self.doctor, now=now))
        since = (stored.held_since or now) if is_renewal else now
        until = hold_end(slot, self.doctor, self.length, since=since, now=now)
        held = replace(
            slot,
            status=SlotStatus.HELD,
            held_until=until,
            disrupted_since=stored.slot.disrupted_since,
        )
        after = StoredSlot(
            slot=held,
            client=self.owner,
            holder=self.holder,
            held_since=since,
            disruption=stored.disruption,
        )
        requires: SlotRequirement = Available(end=slot.end, now=now, owner=self.owner)
        blocks = None if is_renewal else self.require_not_blocked(observed, slot)
        if is_renewal:
            requires = HoldSince(
                holder=self.holder, owner=self.owner, end=slot.end, since=stored.held_since
            )
        write = self.write_slot(stored, after, requires, blocks)
        return BookingWrites(
            at=observed.instant_after(now),
            slot=held,
            slots=(write,),
            holds=self._count_hold(held, until, observed.holds, now),
        )

    def _count_hold(
        self, slot: Slot, until: datetime, holds: ClientHolds | None, now: datetime
    ) -> AddHold | ReplaceHolds:
        """Count the hold; if the limit seems to be reached, without those that have expired."""
        limit = self.rules.max_holds
        if holds is None:
            return AddHold(owner=self.owner, start=slot.start, until=until, limit=limit)
        others = {start: end for start, end in holds.current(now).items() if start != slot.start}
        if len(others) >= limit:
            raise self._too_many_holds(slot, limit, min(others.values()) - now)
        expired = frozenset(holds.until.keys() - others.keys() - {slot.start})
        return ReplaceHolds(
            owner=self.owner,
            until={**others, slot.start: until},
            expired=expired,
            version=holds.version,
        )

    def _too_many_holds(self, slot: Slot, limit: int, wait: timedelta) -> TooManyHoldsError:
        label = local_time.format_range(slot, self.doctor.zone)
        violation = TooManyHolds(start=slot.start, slot_label=label, limit=limit)
        retry_after = -(-wait // _SECOND)
        return TooManyHoldsError(violation, zone=self.doctor.zone, retry_after=retry_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(SlotOperation):
    """Free a slot that the holder holds."""

    holder: str

    def must_read(self, _now: datetime) -> bool:
        """Return False: a hold can be released at any time."""
        return False

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes of the release; there is nothing to do if the slot is not held."""
        stored = self.find_slot(observed, now)
        if self.slot_id in observed.slots:
            if stored.slot.status is not SlotStatus.HELD:
                return NothingToDo(stored.slot)
            if not stored.is_held_by(self.holder, self.owner):
                raise self.conflict(taken_by_another(stored.slot, self.doctor, "held"))
        after = stored.freed()
        write = self.write_slot(stored, after, HeldBy(holder=self.holder, owner=self.owner))
        return BookingWrites(
            at=observed.instant_after(now),
            slot=after.slot.as_of(now),
            slots=(write,),
            holds=RemoveHold(owner=self.owner, start=self.slot_id.start),
        )

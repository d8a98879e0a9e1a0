"""Carry out an operation on holds and bookings, optimistically: write first, read if necessary."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from msgspec import Struct

from chalicelib.domain.booking import Observed
from chalicelib.domain.booking_writes import BookingWrites
from chalicelib.domain.errors import OutcomeUnknownError, SlotStateMismatchError
from chalicelib.use_cases.retry import attempts, busy_after_conflicts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.audit_log import Actor
    from chalicelib.domain.booking import BookingRules
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot, SlotId
    from chalicelib.domain.slot_operation import SlotOperation
    from chalicelib.storage.booking_repository import BookingRepository


class OperationFields(TypedDict):
    """What every operation has (see ``SlotOperation``)."""

    doctor: Doctor
    slot_id: SlotId
    owner: str
    actor: Actor
    rules: BookingRules


class SlotWithDoctor(Struct, frozen=True, kw_only=True):
    """A slot as of now, and its doctor; ``created`` if this request made the change."""

    doctor: Doctor
    slot: Slot
    created: bool = False


class SlotOperationRunner(Struct, frozen=True):
    """Carries out operations; ``pause`` waits before a further attempt (see ``attempts``)."""

    bookings: BookingRepository
    now: Callable[[], datetime]
    pause: Callable[[int], None]

    @busy_after_conflicts()
    def run(self, operation: SlotOperation) -> SlotWithDoctor:
        """Write without a read; if stored items are not as expected, plan again with them.

        The new plan may be to do nothing, or to reject the request: that needs no further attempt.
        Raises what the plan of the operation raises, ``StoreUnavailableError``,
        ``OutcomeUnknownError``.
        """
        observed = Observed()
        may_have_committed = False
        for attempt in attempts(self.pause):
            with attempt:
                now = self.now()
                if operation.must_read(now):
                    found = self.bookings.read(
                        operation.slot_ids, operation.record_key, operation.day_key
                    )
                    observed = observed.updated(found)
                plan = operation.plan(observed, now)
                try:
                    if isinstance(plan, BookingWrites):
                        self.bookings.commit(plan)
                except SlotStateMismatchError as mismatch:
                    observed = observed.updated(mismatch.observed)
                    plan = operation.plan(observed, now)
                    if isinstance(plan, BookingWrites):
                        raise
                except OutcomeUnknownError:
                    may_have_committed = True
                    raise
                is_written = isinstance(plan, BookingWrites)
                return SlotWithDoctor(
                    doctor=operation.doctor,
                    slot=plan.slot,
                    created=is_written or may_have_committed,
                )
        raise AssertionError  # pragma: no cover  the last attempt returns or raises

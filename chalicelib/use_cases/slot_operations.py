"""Carry out an operation on holds and bookings, optimistically: write first, read if necessary."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from msgspec import Struct

from chalicelib.domain.booking import Observed
from chalicelib.domain.booking_writes import NothingToDo
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

        Raises what the plan of the operation raises, ``StoreUnavailableError``,
        ``OutcomeUnknownError``.
        """
        observed = Observed()
        may_have_committed = False
        for attempt in attempts(self.pause):
            with attempt:
                now = self.now()
                if operation.must_read(now):
                    found = self.bookings.read(operation.slot_ids, operation.record_key)
                    observed = observed.updated(found)
                plan = operation.plan(observed, now)
                doctor = operation.doctor
                if isinstance(plan, NothingToDo):
                    return SlotWithDoctor(doctor=doctor, slot=plan.slot, created=may_have_committed)
                try:
                    self.bookings.commit(plan)
                except SlotStateMismatchError as mismatch:
                    observed = observed.updated(mismatch.observed)
                    raise
                except OutcomeUnknownError:
                    may_have_committed = True
                    raise
                return SlotWithDoctor(doctor=doctor, slot=plan.slot, created=True)
        raise AssertionError  # pragma: no cover  the last attempt returns or raises

"""Operations of the use cases, in the form in which concurrency tests repeat them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.booking import Booking
from chalicelib.domain.changes import SlotChange
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotStatus
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.support.factories import MONDAY, to_instant

if TYPE_CHECKING:
    from chalicelib.domain.slot import SlotId
    from chalicelib.services import Services

SLOT_STARTS = [to_instant("09:00") + timedelta(minutes=30) * n for n in range(8)]
ADMIN = Caller(name="sam", client="test", roles=frozenset({Role.ADMIN}))


def save_slots(
    services: Services, doctor_id: str, opened: range = range(0), closed: range = range(0)
) -> None:
    changes = [SlotChange(SLOT_STARTS[n], SlotStatus.FREE) for n in opened]
    changes += [SlotChange(SLOT_STARTS[n], SlotStatus.UNAVAILABLE) for n in closed]
    services.manage_slots.save(
        ADMIN,
        SaveRequest(
            doctor_id=doctor_id,
            date=MONDAY,
            changes=changes,
            request_id=uuid4().hex,
            fingerprint="f",
        ),
    )


def book_slot(
    services: Services, slot_id: SlotId, name: str, *, moves: SlotId | None = None, holder: str = ""
) -> None:
    booking = Booking(
        booking_id=name, patient_reference=name, previous_slot_id=moves, holder=holder or None
    )
    services.bookings.book_slots.book(ADMIN, slot_id, booking)


def cancel_booking(services: Services, slot_id: SlotId, name: str) -> None:
    services.bookings.book_slots.cancel(ADMIN, slot_id, name)

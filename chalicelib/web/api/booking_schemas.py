"""The JSON of holds, bookings and overrides: these types parse, build and document it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.web.api.fields import (
    HOLD_SECONDS_RANGE,
    DoctorId,
    Instant,
    Key,
    PatientReference,
    Reason,
    SlotId,
)
from chalicelib.web.api.schemas import Slot


class HoldRequest(Struct, kw_only=True):
    """Reserve a slot for a holder for some time."""

    holder: Key
    seconds: Annotated[
        int, Meta(ge=HOLD_SECONDS_RANGE[0], le=HOLD_SECONDS_RANGE[1], examples=[300])
    ]


class HeldSlot(Slot, kw_only=True):
    """A slot with a hold."""

    held_until: Annotated[
        Instant,
        Meta(description="Never after the last instant at which the slot can be booked."),
    ]


class BookingRequest(Struct, kw_only=True):
    """Book a slot. The same `booking_id` again changes nothing."""

    booking_id: Key
    patient_reference: Annotated[
        PatientReference | None, Meta(description="Required of a booking site.")
    ] = None
    holder: Annotated[Key | None, Meta(description="The holder, if the slot has a hold.")] = None
    moves: Annotated[
        SlotId | None,
        Meta(description="The slot, of any doctor, that this booking leaves."),
    ] = None


class OverrideRequest(Struct, kw_only=True):
    """Why the hold or booking of another client is changed."""

    reason: Reason


class Disruption(Struct, kw_only=True):
    """Since when, and why, a booking has to move."""

    since: Instant
    reason: str


class BookedSlot(Struct, kw_only=True, omit_defaults=True):
    """A booking. The doctor's side gets no `booking_id`."""

    slot_id: SlotId
    start: Instant
    end: Instant
    booking_id: Key | UnsetType = UNSET
    client: Annotated[
        str | None,
        Meta(
            description="The client that owns it, or `practice`; null if it is not known.",
            examples=["site-a"],
        ),
    ]
    booked_at: Annotated[Instant | None, Meta(description="Null if it is not known.")]
    disrupted: Disruption | None


class Bookings(Struct, kw_only=True):
    """Bookings of a doctor in time order."""

    bookings: list[BookedSlot]


class OfferedSlot(Slot, kw_only=True):
    """A bookable slot, and whose it is."""

    doctor_id: DoctorId


class Offers(Struct, kw_only=True):
    """Bookable slots of the same length: those of the same doctor, then those of others."""

    offers: list[OfferedSlot]


class ReleasedHolds(Struct, kw_only=True):
    """How many holds the request has ended."""

    released: Annotated[int, Meta(ge=0, examples=[2])]

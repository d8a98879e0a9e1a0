"""Serialize holds and bookings to the schemas of JSON responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain import local_time
from chalicelib.domain.slot import SlotId
from chalicelib.web.api import booking_schemas
from chalicelib.web.api.serializers import serialize_slot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from chalicelib.domain.booking import Disruption, StoredSlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.offers import Offer
    from chalicelib.use_cases.override_bookings import BookingList
    from chalicelib.use_cases.slot_operations import SlotWithDoctor


def serialize_held_slot(view: SlotWithDoctor) -> booking_schemas.HeldSlot:
    """A held slot, with the end of the hold."""
    if view.slot.held_until is None:
        raise ValueError(view)
    fields = msgspec.structs.asdict(serialize_slot(view.slot, view.doctor))
    until = local_time.to_rfc3339(view.slot.held_until, view.doctor.zone)
    return booking_schemas.HeldSlot(**fields, held_until=until)


def serialize_offers(offers: Iterable[Offer]) -> booking_schemas.Offers:
    """Offers, each with its doctor, in whose zone its times are."""
    return booking_schemas.Offers(offers=[_serialize_offer(offer) for offer in offers])


def _serialize_offer(offer: Offer) -> booking_schemas.OfferedSlot:
    fields = msgspec.structs.asdict(serialize_slot(offer.slot, offer.doctor))
    return booking_schemas.OfferedSlot(**fields, doctor_id=offer.doctor.doctor_id)


def serialize_bookings(found: BookingList) -> booking_schemas.Bookings:
    """Bookings, with their ids for the client that owns them."""
    return booking_schemas.Bookings(
        bookings=[
            _serialize_booking(stored, found.doctor, shows_id=found.shows_booking_ids)
            for stored in found.bookings
        ]
    )


def _serialize_booking(
    stored: StoredSlot, doctor: Doctor, *, shows_id: bool
) -> booking_schemas.BookedSlot:
    slot, zone = stored.slot, doctor.zone
    return booking_schemas.BookedSlot(
        slot_id=str(SlotId(doctor.doctor_id, slot.start)),
        start=local_time.to_rfc3339(slot.start, zone),
        end=local_time.to_rfc3339(slot.end, zone),
        booking_id=stored.booking_id if shows_id and stored.booking_id else msgspec.UNSET,
        client=stored.client,
        booked_at=local_time.to_rfc3339(stored.booked_at, zone) if stored.booked_at else None,
        disrupted=_serialize_disruption(stored.disruption, zone),
    )


def _serialize_disruption(
    disruption: Disruption | None, zone: ZoneInfo
) -> booking_schemas.Disruption | None:
    if disruption is None:
        return None
    since = local_time.to_rfc3339(disruption.since, zone)
    return booking_schemas.Disruption(since=since, reason=disruption.reason)

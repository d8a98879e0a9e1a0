"""One slot for a booking site: read, hold, release, book, move and cancel it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import booking_schemas, schemas
from chalicelib.web.api.booking_parsing import parse_booking, parse_hold
from chalicelib.web.api.booking_serializers import serialize_held_slot, serialize_offers
from chalicelib.web.api.fields import DEFAULT_OFFERS
from chalicelib.web.api.serializers import serialize_slot
from chalicelib.web.api.validators import parse_limit, required_query, slot_id_from_path, valid_key
from chalicelib.web.http.request import JSON
from chalicelib.web.http.responses import json_or_not_modified, json_response, no_content
from chalicelib.web.routing import BOOKING_SITES, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/slots/{slot_id}",
    permission=Permission.READ,
    doc=RouteDoc(
        tag=BOOKING_SITES,
        parameters=("IfNoneMatch",),
        responses={200: {JSON: schemas.Slot}},
        errors=(404,),
    ),
)
def get_slot(request: Request, _caller: Caller, slot_id: str) -> Response:
    """Get a slot.

    The slot in its current state: `busy-tentative` is held, `busy` is booked.
    """
    found = get_services().bookings.book_slots.get_slot(slot_id_from_path(slot_id))
    return json_or_not_modified(serialize_slot(found.slot, found.doctor), request)


@routes.get(
    "/slots/{slot_id}/offers",
    permission=Permission.READ,
    doc=RouteDoc(
        tag=BOOKING_SITES,
        parameters=("MaxOffers", "IfNoneMatch"),
        responses={200: {JSON: booking_schemas.Offers}},
        errors=(400, 404),
    ),
)
def get_offers(request: Request, _caller: Caller, slot_id: str) -> Response:
    """List slots to move to.

    Bookable slots of the same length: first those of the same doctor, then those of doctors with
    the same specialty and location, each group the soonest first. Nothing is reserved: a hold or a
    booking decides. The disrupted bookings of a doctor get different offers: the first one those
    from the first slot on, the second one those from the second on, and so on.
    """
    slot = slot_id_from_path(slot_id)
    limit = parse_limit(request, default=DEFAULT_OFFERS)
    offers = get_services().bookings.offer_slots.list_offers(slot, limit)
    return json_or_not_modified(serialize_offers(offers), request)


@routes.put(
    "/slots/{slot_id}/hold",
    permission=Permission.HOLD,
    doc=RouteDoc(
        tag=BOOKING_SITES,
        body={JSON: booking_schemas.HoldRequest},
        responses={200: {JSON: booking_schemas.HeldSlot}},
        errors=(400, 404, 409, 429),
    ),
)
def put_hold(request: Request, caller: Caller, slot_id: str) -> Response:
    """Hold a slot.

    Reserves the slot while a visitor decides. The same holder again renews the hold, up to 30
    minutes in all. A hold expires by itself. A client holds a limited number of slots of one
    doctor at a time.
    """
    slot = slot_id_from_path(slot_id)
    holder, length = parse_hold(request)
    held = get_services().bookings.book_slots.hold(caller, slot, holder, length)
    request_context.current_request().metrics["Holds"] += 1
    return json_response(serialize_held_slot(held))


@routes.delete(
    "/slots/{slot_id}/hold",
    permission=Permission.HOLD,
    doc=RouteDoc(
        tag=BOOKING_SITES, parameters=("Holder",), responses={204: {}}, errors=(400, 404, 409)
    ),
)
def delete_hold(request: Request, caller: Caller, slot_id: str) -> Response:
    """Release a hold."""
    slot = slot_id_from_path(slot_id)
    holder = valid_key("holder", required_query(request, "holder"))
    get_services().bookings.book_slots.release(caller, slot, holder)
    return no_content()


@routes.put(
    "/slots/{slot_id}/booking",
    permission=Permission.BOOK,
    doc=RouteDoc(
        tag=BOOKING_SITES,
        body={JSON: booking_schemas.BookingRequest},
        responses={200: {JSON: schemas.Slot}, 201: {JSON: schemas.Slot}},
        errors=(400, 404, 409),
    ),
)
def put_booking(request: Request, caller: Caller, slot_id: str) -> Response:
    """Book a slot, or move a booking to it.

    The booking belongs to the client. The same `booking_id` on the same slot again changes nothing.
    With `moves`, the slot that the booking leaves becomes free in the same transaction, or nothing
    happens. A doctor, a delegate or an admin books at the practice's desk: lead time and booking
    window do not count, and the patient reference is optional.
    """
    slot = slot_id_from_path(slot_id)
    booked = get_services().bookings.book_slots.book(caller, slot, parse_booking(request))
    request_context.current_request().metrics["Bookings"] += booked.created
    status = HTTPStatus.CREATED if booked.created else HTTPStatus.OK
    return json_response(serialize_slot(booked.slot, booked.doctor), status=status)


@routes.delete(
    "/slots/{slot_id}/booking",
    permission=Permission.BOOK,
    doc=RouteDoc(
        tag=BOOKING_SITES, parameters=("BookingId",), responses={204: {}}, errors=(400, 404, 409)
    ),
)
def delete_booking(request: Request, caller: Caller, slot_id: str) -> Response:
    """Cancel a booking.

    The slot is free again. Only the client that booked it can cancel, or anyone on the doctor's
    side if it was booked at the practice's desk. A slot that has begun cannot be cancelled.
    """
    slot = slot_id_from_path(slot_id)
    booking_id = valid_key("booking_id", required_query(request, "booking_id"))
    get_services().bookings.book_slots.cancel(caller, slot, booking_id)
    return no_content()

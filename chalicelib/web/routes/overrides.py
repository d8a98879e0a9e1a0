"""Overrides of holds and bookings by the doctor's side and admins, and the list of bookings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import booking_schemas, schemas
from chalicelib.web.api.booking_parsing import (
    parse_booking_query,
    parse_client_id,
    parse_reason,
)
from chalicelib.web.api.booking_serializers import serialize_bookings
from chalicelib.web.api.serializers import serialize_slot
from chalicelib.web.api.validators import doctor_id_from_path, slot_id_from_path
from chalicelib.web.http.request import JSON
from chalicelib.web.http.responses import json_or_not_modified, json_response
from chalicelib.web.routing import BOOKING_SITES, DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.use_cases.slot_operations import SlotWithDoctor

routes = Router(__name__)


@routes.post(
    "/slots/{slot_id}/release",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        body={JSON: booking_schemas.OverrideRequest},
        responses={200: {JSON: schemas.Slot}},
        errors=(400, 404),
    ),
)
def post_release(request: Request, caller: Caller, slot_id: str) -> Response:
    """End a client's hold.

    Ends the hold of any client. Nothing changes if the slot is not held. The audit log has the
    reason.
    """
    slot = slot_id_from_path(slot_id)
    return _respond(
        get_services().bookings.override_bookings.release(caller, slot, parse_reason(request))
    )


@routes.post(
    "/slots/{slot_id}/disrupt",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        body={JSON: booking_schemas.OverrideRequest},
        responses={200: {JSON: schemas.Slot}},
        errors=(400, 404, 409),
    ),
)
def post_disrupt(request: Request, caller: Caller, slot_id: str) -> Response:
    """Mark a booking as disrupted.

    The patient keeps the slot, but the booking has to move to another time. A booking that has the
    mark keeps its first reason. The audit log has the reason.
    """
    slot = slot_id_from_path(slot_id)
    return _respond(
        get_services().bookings.override_bookings.disrupt(caller, slot, parse_reason(request))
    )


@routes.delete(
    "/slots/{slot_id}/disrupt",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, responses={200: {JSON: schemas.Slot}}, errors=(404,)),
)
def delete_disruption(_request: Request, caller: Caller, slot_id: str) -> Response:
    """Lift the disruption of a booking.

    The booking no longer has to move. Nothing changes if it is not disrupted.
    """
    slot = slot_id_from_path(slot_id)
    return _respond(get_services().bookings.override_bookings.lift_disruption(caller, slot))


@routes.post(
    "/slots/{slot_id}/revoke",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(
        tag=DOCTORS,
        body={JSON: booking_schemas.OverrideRequest},
        responses={200: {JSON: schemas.Slot}},
        errors=(400, 404, 409),
    ),
)
def post_revoke(request: Request, caller: Caller, slot_id: str) -> Response:
    """Remove a client's booking.

    Frees the slot, whichever client has booked it. Nothing changes if it is not booked. A slot that
    has begun keeps its booking. The audit log has the reason.
    """
    slot = slot_id_from_path(slot_id)
    return _respond(
        get_services().bookings.override_bookings.revoke(caller, slot, parse_reason(request))
    )


@routes.delete(
    "/doctors/{doctor_id}/holds",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("ClientOfHolds",),
        responses={200: {JSON: booking_schemas.ReleasedHolds}},
        errors=(400, 404),
    ),
)
def delete_holds(request: Request, caller: Caller, doctor_id: str) -> Response:
    """End all holds of a client.

    Ends the client's holds on slots of one doctor, one after the other, and returns their number.
    If that fails halfway, the same request ends the others.
    """
    doctor_id = doctor_id_from_path(doctor_id)
    client = parse_client_id(request)
    released = get_services().bookings.override_bookings.release_holds(caller, doctor_id, client)
    return json_response(booking_schemas.ReleasedHolds(released=released))


@routes.get(
    "/doctors/{doctor_id}/bookings",
    permission=Permission.BOOK,
    doc=RouteDoc(
        tag=BOOKING_SITES,
        parameters=("From", "To", "Disrupted", "IfNoneMatch"),
        responses={200: {JSON: booking_schemas.Bookings}},
        errors=(400, 404),
    ),
)
def get_bookings(request: Request, caller: Caller, doctor_id: str) -> Response:
    """List bookings.

    A booking site gets its own bookings with their ids. The doctor's side gets all bookings,
    without ids.
    """
    services = get_services()
    doctor_id = doctor_id_from_path(doctor_id)
    wanted = parse_booking_query(doctor_id, request, lambda: services.find_slots.today(doctor_id))
    found = services.bookings.override_bookings.list_bookings(caller, wanted)
    return json_or_not_modified(serialize_bookings(found), request)


def _respond(view: SlotWithDoctor) -> Response:
    return json_response(serialize_slot(view.slot, view.doctor))

"""The booking site's side: availability, one slot, holding and booking it."""

from __future__ import annotations

from http import HTTPStatus

from chalice.app import Blueprint, Request, Response

from chalicelib import observation
from chalicelib.bootstrap import services
from chalicelib.domain.caller import Caller, Need
from chalicelib.domain.errors import Refused
from chalicelib.domain.faults import FieldFault
from chalicelib.use_cases.find_slots import Search
from chalicelib.web import auth, forms, inputs, ranges, representations

blueprint = Blueprint(__name__)


def _request() -> Request:
    return blueprint.current_request


@blueprint.route("/availability", methods=["GET"])
@auth.require_permission(Need.READ, _request)
def get_availability(_caller: Caller) -> Response:
    """Doctors of a specialty who have something bookable."""
    request = _request()
    specialty = inputs.search_text(request, "specialty")
    if specialty is None:
        raise Refused(FieldFault("specialty", "required", "specialty is missing"))
    first, last = ranges.parse_date_range(request, lambda: services().now().date())
    search = Search(
        specialty=specialty,
        location=inputs.search_text(request, "location"),
        first=first,
        last=last,
        limit=inputs.parse_limit(request),
        cursor=inputs.query(request, "cursor"),
    )
    page = services().find_slots.across(search)
    return representations.json_or_not_modified(
        representations.serialize_availability(page), request
    )


@blueprint.route("/slots/{slot_id}", methods=["GET"])
@auth.require_permission(Need.READ, _request)
def get_slot(_caller: Caller, slot_id: str) -> Response:
    """One slot as it stands."""
    request = _request()
    found = services().book_slots.look_at(inputs.slot_id_from_path(slot_id))
    return representations.json_or_not_modified(
        representations.serialize_slot(found.slot, found.doctor), request
    )


@blueprint.route("/slots/{slot_id}/hold", methods=["PUT"], content_types=[inputs.JSON])
@auth.require_permission(Need.BOOK, _request)
def put_hold(caller: Caller, slot_id: str) -> Response:
    """Keep a slot for somebody for a while."""
    request = _request()
    slot = inputs.slot_id_from_path(slot_id)
    holder, length = forms.parse_hold(request)
    held = services().book_slots.hold(caller, slot, holder, length)
    return representations.json_response(representations.serialize_held_slot(held))


@blueprint.route("/slots/{slot_id}/hold", methods=["DELETE"])
@auth.require_permission(Need.BOOK, _request)
def delete_hold(caller: Caller, slot_id: str) -> Response:
    """Let a hold go."""
    request = _request()
    slot = inputs.slot_id_from_path(slot_id)
    holder = inputs.valid_key("holder", inputs.required_query(request, "holder"))
    services().book_slots.release(caller, slot, holder)
    return representations.no_content()


@blueprint.route("/slots/{slot_id}/booking", methods=["PUT"], content_types=[inputs.JSON])
@auth.require_permission(Need.BOOK, _request)
def put_booking(caller: Caller, slot_id: str) -> Response:
    """Book a slot, perhaps in place of another."""
    request = _request()
    slot = inputs.slot_id_from_path(slot_id)
    booked = services().book_slots.book(caller, slot, forms.parse_booking(request))
    observation.current().counts["Bookings"] += booked.is_new
    status = HTTPStatus.CREATED if booked.is_new else HTTPStatus.OK
    return representations.json_response(
        representations.serialize_slot(booked.slot, booked.doctor), status=status
    )


@blueprint.route("/slots/{slot_id}/booking", methods=["DELETE"])
@auth.require_permission(Need.BOOK, _request)
def delete_booking(caller: Caller, slot_id: str) -> Response:
    """Cancel a booking."""
    request = _request()
    slot = inputs.slot_id_from_path(slot_id)
    booking_id = inputs.valid_key("booking_id", inputs.required_query(request, "booking_id"))
    services().book_slots.cancel(caller, slot, booking_id)
    return representations.no_content()

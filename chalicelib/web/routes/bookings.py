"""The booking site's side: availability, one slot, holding and booking it."""

from __future__ import annotations

from http import HTTPStatus

from chalice.app import Blueprint, Request, Response

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.find_slots import Search
from chalicelib.web.api.parsing import parse_booking, parse_hold
from chalicelib.web.api.serializers import (
    serialize_availability,
    serialize_held_slot,
    serialize_slot,
)
from chalicelib.web.api.validators import (
    parse_date_range,
    parse_limit,
    required_query,
    search_text,
    slot_id_from_path,
    valid_key,
)
from chalicelib.web.http.request import JSON, query
from chalicelib.web.http.responses import json_or_not_modified, json_response, no_content
from chalicelib.web.routing import require_permission

blueprint = Blueprint(__name__)


def _request() -> Request:
    return blueprint.current_request


@blueprint.route("/availability", methods=["GET"])
@require_permission(Permission.READ, _request)
def get_availability(_caller: Caller) -> Response:
    """Doctors of a specialty who have something bookable."""
    request = _request()
    specialty = search_text(request, "specialty")
    if specialty is None:
        raise RequestRejectedError(FieldViolation("specialty", "required", "specialty is missing"))
    first, last = parse_date_range(request, lambda: get_services().now().date())
    search = Search(
        specialty=specialty,
        location=search_text(request, "location"),
        first=first,
        last=last,
        limit=parse_limit(request),
        cursor=query(request, "cursor"),
    )
    page = get_services().find_slots.search(search)
    return json_or_not_modified(serialize_availability(page), request)


@blueprint.route("/slots/{slot_id}", methods=["GET"])
@require_permission(Permission.READ, _request)
def get_slot(_caller: Caller, slot_id: str) -> Response:
    """One slot as it stands."""
    request = _request()
    found = get_services().book_slots.get_slot(slot_id_from_path(slot_id))
    return json_or_not_modified(serialize_slot(found.slot, found.doctor), request)


@blueprint.route("/slots/{slot_id}/hold", methods=["PUT"], content_types=[JSON])
@require_permission(Permission.BOOK, _request)
def put_hold(caller: Caller, slot_id: str) -> Response:
    """Keep a slot for somebody for a while."""
    request = _request()
    slot = slot_id_from_path(slot_id)
    holder, length = parse_hold(request)
    held = get_services().book_slots.hold(caller, slot, holder, length)
    return json_response(serialize_held_slot(held))


@blueprint.route("/slots/{slot_id}/hold", methods=["DELETE"])
@require_permission(Permission.BOOK, _request)
def delete_hold(caller: Caller, slot_id: str) -> Response:
    """Let a hold go."""
    request = _request()
    slot = slot_id_from_path(slot_id)
    holder = valid_key("holder", required_query(request, "holder"))
    get_services().book_slots.release(caller, slot, holder)
    return no_content()


@blueprint.route("/slots/{slot_id}/booking", methods=["PUT"], content_types=[JSON])
@require_permission(Permission.BOOK, _request)
def put_booking(caller: Caller, slot_id: str) -> Response:
    """Book a slot, perhaps in place of another."""
    request = _request()
    slot = slot_id_from_path(slot_id)
    booked = get_services().book_slots.book(caller, slot, parse_booking(request))
    request_context.current_request().metrics["Bookings"] += booked.created
    status = HTTPStatus.CREATED if booked.created else HTTPStatus.OK
    return json_response(serialize_slot(booked.slot, booked.doctor), status=status)


@blueprint.route("/slots/{slot_id}/booking", methods=["DELETE"])
@require_permission(Permission.BOOK, _request)
def delete_booking(caller: Caller, slot_id: str) -> Response:
    """Cancel a booking."""
    request = _request()
    slot = slot_id_from_path(slot_id)
    booking_id = valid_key("booking_id", required_query(request, "booking_id"))
    get_services().book_slots.cancel(caller, slot, booking_id)
    return no_content()

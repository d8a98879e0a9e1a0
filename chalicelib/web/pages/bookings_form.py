"""The form of the page of bookings: book at the desk, free it again, and override."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.booking import Booking
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.text import Text
from chalicelib.web.api.booking_parsing import visible_reason
from chalicelib.web.api.problem_details import problem_from_error
from chalicelib.web.api.validators import (
    invalid_field,
    parse_date,
    slot_id_from_path,
    valid_doctor_id,
    valid_key,
)
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import booking_links, bookings, schedule_responses
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.schedule_responses import Outcome
from chalicelib.web.pages.schedule_view import FlashMessage
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import SlotId

    Fields = Mapping[str, list[str]]

# What each act is recorded as, in the message after it.
_OUTCOMES = {
    "book": schedule_responses.DESK_BOOKED,
    "free": schedule_responses.DESK_FREED,
    "release": schedule_responses.HOLD_ENDED,
    "disrupt": schedule_responses.DISRUPTED,
    "lift": schedule_responses.DISRUPTION_LIFTED,
    "revoke": schedule_responses.BOOKING_REMOVED,
}


def submit(caller: Caller, request: Request) -> Response:
    """Carry out the act and return to the page, or render it again with the reason.

    Raises ``RequestRejectedError`` for a client that wants no page.
    """
    fields = decode_fields(request, ("doctor_id", "date", "slot_id", "act"))
    doctor_id = valid_doctor_id(fields["doctor_id"][-1])
    on = parse_date(fields["date"][-1])
    slot_id = slot_id_from_path(fields["slot_id"][-1])
    act = _acts(fields).get(fields["act"][-1])
    if act is None or slot_id.doctor_id != doctor_id:
        raise invalid_field("act", Text("one of %(acts)s", acts=", ".join(_OUTCOMES)))
    try:
        act(caller, slot_id)
    except RequestRejectedError as error:
        if not wants_html(request):
            raise
        problem = problem_from_error(error)
        request_context.current_request().code = problem.code
        rejected = bookings.RejectedAct(
            slot_id=str(slot_id),
            message=FlashMessage(text=_describe(error), kind="error"),
            status=problem.status,
        )
        return bookings.render_bookings(caller, doctor_id, on, request, rejected)
    outcome = Outcome(_OUTCOMES[fields["act"][-1]])
    url = booking_links.bookings_url(url_prefix(request), doctor_id, on)
    if fields.get("page") == ["rebooking"]:
        url = booking_links.rebooking_url(url_prefix(request), doctor_id)
    return schedule_responses.redirect_with_flash(url, outcome, request)


def _acts(fields: Fields) -> dict[str, Callable[[Caller, SlotId], object]]:
    services = get_services().bookings

    def book(caller: Caller, slot_id: SlotId) -> None:
        booking = Booking(booking_id=_booking_id(fields))
        booked = services.book_slots.book(caller, slot_id, booking)
        request_context.current_request().metrics["Bookings"] += booked.created

    def free(caller: Caller, slot_id: SlotId) -> None:
        services.book_slots.cancel(caller, slot_id, _booking_id(fields))

    overrides = services.override_bookings
    return {
        "book": book,
        "free": free,
        "release": lambda caller, slot: overrides.release(caller, slot, _reason(fields)),
        "disrupt": lambda caller, slot: overrides.disrupt(caller, slot, _reason(fields)),
        "lift": overrides.lift_disruption,
        "revoke": lambda caller, slot: overrides.revoke(caller, slot, _reason(fields)),
    }


def _booking_id(fields: Fields) -> str:
    return valid_key("booking_id", fields.get("booking_id", [""])[-1])


def _reason(fields: Fields) -> str:
    return visible_reason(fields.get("reason", [""])[-1])


def _describe(error: RequestRejectedError) -> str:
    if any(getattr(violation, "field", None) == "reason" for violation in error.violations):
        return _("Nothing was changed. Enter a reason.")
    reasons = "; ".join(translate(violation.message) for violation in error.violations)
    return _("Nothing was changed. %(reasons)s.", reasons=reasons)

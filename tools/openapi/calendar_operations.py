"""What the OpenAPI document says of calendar feeds."""

from __future__ import annotations

from http import HTTPStatus

from chalicelib.web.http.request import FORM, JSON
from tools.openapi import examples
from tools.openapi.example_values import Json, problem, problem_with_error
from tools.openapi.responses import HTML_PAGE, OperationDetails, response

_FEED: Json = {
    "feed_id": "1f0c9ae27b35",
    "name": "Phone of Dr Lee",
    "created_at": "2026-11-22T12:00:00+00:00",
    "created_by": "dr-lee",
}
_ADDRESS: Json = {
    "feed_id": "1f0c9ae27b35",
    "url": "https://slots.example/calendar/"
    "dr-lee~1f0c9ae27b35~mY3xq0b5kT8Zc1yWf7sVhUo2PdLaJr9eNgEiQ4K6xXw.ics",
}
_EXAMPLE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//MediLink Slots//Calendar feed//EN
BEGIN:VEVENT
SUMMARY:Booked
DTSTART:20261123T090000Z
DTEND:20261123T093000Z
DTSTAMP:20261122T120000Z
UID:dr-lee~20261123T0900Z@medilink-slots
SEQUENCE:3
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
_TOO_MANY = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "too_many",
    "A doctor has at most 20 calendar feeds. Revoke one first.",
    field="name",
)
_INVALID_DOCTOR = response("Malformed request.", invalid_id=examples.INVALID_DOCTOR_ID)
_NO_SUCH_FEED = response(
    "There is no such calendar feed.",
    unknown_feed=problem(HTTPStatus.NOT_FOUND, "There is no such calendar feed"),
)

CALENDAR_OPERATIONS: dict[str, OperationDetails] = {
    "get_calendar_feeds": OperationDetails(
        responses={200: response("The feeds.", one_feed={"calendar_feeds": [_FEED]})}
    ),
    "post_calendar_feed": OperationDetails(
        body={JSON: {"a feed for a phone": {"name": "Phone of Dr Lee"}}},
        responses={
            201: response("Created. The URL is shown once.", new_feed=_ADDRESS),
            400: response("The name is not valid, or there are too many.", too_many=_TOO_MANY),
        },
    ),
    "post_calendar_feed_renewal": OperationDetails(
        responses={200: response("The new URL.", new_url=_ADDRESS), 404: _NO_SUCH_FEED}
    ),
    "delete_calendar_feed": OperationDetails(
        responses={204: response("Revoked."), 404: _NO_SUCH_FEED}
    ),
    "get_calendar_feeds_page": OperationDetails(responses={200: HTML_PAGE, 400: _INVALID_DOCTOR}),
    "post_calendar_feed_form": OperationDetails(
        body={FORM: {"a feed": "doctor_id=dr-lee&name=Phone"}},
        responses={200: HTML_PAGE, 400: _INVALID_DOCTOR},
    ),
    "post_calendar_feed_act": OperationDetails(
        body={FORM: {"revoke it": "doctor_id=dr-lee&act=revoke"}},
        responses={
            200: HTML_PAGE,
            303: response("Redirect to the page."),
            400: _INVALID_DOCTOR,
            404: _NO_SUCH_FEED,
        },
    ),
    "get_calendar": OperationDetails(
        responses={
            200: response("The slots, each an event with times in UTC.", a_booked_slot=_EXAMPLE),
            404: _NO_SUCH_FEED,
        }
    ),
}

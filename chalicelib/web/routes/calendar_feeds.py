"""Calendar feeds: their addresses, for doctors and delegates, and what calendar programs read."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import calendar_schemas
from chalicelib.web.api.validators import doctor_id_from_path, requested_doctor_id
from chalicelib.web.http.conditional import etag_matches
from chalicelib.web.http.request import FORM, HTML, ICALENDAR, JSON
from chalicelib.web.http.responses import etag, json_response, no_content, not_modified
from chalicelib.web.routes.slots import should_pick_doctor
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.web.http.types import Headers

routes = Router(__name__)
_PATH = "/doctors/{doctor_id}/calendar-feeds"
_ADDRESS = calendar_schemas.CalendarFeedAddress
# A copy in a shared cache would outlive the address.
_HEADERS: Headers = {"Cache-Control": "private, no-cache"}


@routes.get(
    _PATH,
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS, responses={200: {JSON: calendar_schemas.CalendarFeedList}}, errors=(404,)
    ),
)
def get_calendar_feeds(_request: Request, caller: Caller, doctor_id: str) -> Response:
    """List a doctor's calendar feeds.

    Without their URLs, of which only a hash is stored.
    """
    from chalicelib.web.api.calendar_serializers import serialize_feeds

    found = get_services().calendar_feeds.list_all(caller, doctor_id_from_path(doctor_id))
    return json_response(serialize_feeds(found.feeds, found.doctor))


@routes.post(
    _PATH,
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        body={JSON: calendar_schemas.CalendarFeedRequest},
        responses={201: {JSON: _ADDRESS}},
        errors=(400, 404),
    ),
)
def post_calendar_feed(request: Request, caller: Caller, doctor_id: str) -> Response:
    """Create a calendar feed.

    The response has its secret URL, for a calendar program to subscribe to. It can't be read again.
    A person who has it sees when the doctor is open and booked, and no patient.
    """
    from chalicelib.domain.names import trim_name
    from chalicelib.web.api.calendar_serializers import serialize_address
    from chalicelib.web.api.decoding import decode_json

    sent, violations = decode_json(request, calendar_schemas.CalendarFeedRequest)
    violations.raise_any()
    feeds = get_services().calendar_feeds
    created = feeds.create(caller, doctor_id_from_path(doctor_id), trim_name(sent.name))
    return json_response(serialize_address(created, request), status=HTTPStatus.CREATED)


@routes.post(
    f"{_PATH}/{{feed_id}}/renew",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, responses={200: {JSON: _ADDRESS}}, errors=(404,)),
)
def post_calendar_feed_renewal(
    request: Request, caller: Caller, doctor_id: str, feed_id: str
) -> Response:
    """Give a calendar feed another URL.

    The old one ends at once.
    """
    from chalicelib.web.api.calendar_serializers import serialize_address

    feeds = get_services().calendar_feeds
    renewed = feeds.renew(caller, doctor_id_from_path(doctor_id), feed_id)
    return json_response(serialize_address(renewed, request))


@routes.delete(
    f"{_PATH}/{{feed_id}}",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, responses={204: {}}, errors=(404,)),
)
def delete_calendar_feed(
    _request: Request, caller: Caller, doctor_id: str, feed_id: str
) -> Response:
    """Revoke a calendar feed.

    Its URL is not found from then on.
    """
    feeds = get_services().calendar_feeds
    feeds.revoke(caller, doctor_id_from_path(doctor_id), feed_id)
    return no_content()


@routes.get(
    "/calendar/{file}",
    permission=Permission.PUBLIC,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("IfNoneMatch",),
        responses={200: {ICALENDAR: None}},
        errors=(404,),
    ),
)
def get_calendar(request: Request, file: str) -> Response:
    """Read a calendar feed.

    For calendar programs (RFC 5545), at the URL that `POST /doctors/{doctor_id}/calendar-feeds`
    returned: the doctor's open and booked slots from 30 days ago to the end of the booking window,
    at most 20,000. Held slots are left out. It needs no sign-in, and names no patient.
    """
    from chalicelib.domain.calendar_feed import CalendarFeedNotFoundError, FeedAddress
    from chalicelib.web.api.calendar_serializers import FILE_SUFFIX, serialize_calendar

    if not file.endswith(FILE_SUFFIX):
        raise CalendarFeedNotFoundError
    address = FeedAddress.parse(file.removesuffix(FILE_SUFFIX))
    calendar = get_services().calendar_feeds.read(address)
    tag = etag(None, (calendar.feed.feed_id, calendar.doctor.name, calendar.events))
    if etag_matches(tag, request):
        return not_modified(tag, _HEADERS)
    headers: Headers = {"Content-Type": f"{ICALENDAR}; charset=utf-8", "ETag": tag, **_HEADERS}
    return Response(body=serialize_calendar(calendar), headers=headers)


@routes.get(
    "/calendar-feeds",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS, parameters=("DoctorOfDay",), responses={200: {HTML: None}}, errors=(400, 404)
    ),
)
def get_calendar_feeds_page(request: Request, caller: Caller) -> Response:
    """Page with a doctor's calendar feeds.

    Clients use `GET /doctors/{doctor_id}/calendar-feeds`.
    """
    from chalicelib.web.pages import calendar_feeds, doctor_list
    from chalicelib.web.pages.frame import SETTINGS

    if should_pick_doctor(caller, request):
        return doctor_list.render_doctor_choice(caller, request, calendar_feeds.PATH, SETTINGS)
    return calendar_feeds.render_feeds(caller, requested_doctor_id(caller, request), request)


@routes.post(
    "/calendar-feeds",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={200: {HTML: None}}, errors=(400, 404)),
)
def post_calendar_feed_form(request: Request, caller: Caller) -> Response:
    """Create a calendar feed, by the form of the page.

    The response is the page with the URL, which is shown once.
    """
    from chalicelib.web.pages import calendar_feeds

    return calendar_feeds.create_from_form(caller, request)


@routes.post(
    "/calendar-feeds/{feed_id}",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS, body={FORM: None}, responses={200: {HTML: None}, 303: {}}, errors=(400, 404)
    ),
)
def post_calendar_feed_act(request: Request, caller: Caller, feed_id: str) -> Response:
    """Renew or revoke a calendar feed, by the forms of the page."""
    from chalicelib.web.pages import calendar_feeds

    return calendar_feeds.act_on_feed(caller, feed_id, request)

"""The page of a doctor's calendar feeds: create, renew and revoke them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.names import trim_name
from chalicelib.web import dates
from chalicelib.web.api.calendar_serializers import feed_url
from chalicelib.web.api.validators import valid_doctor_id
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import messages
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.field_errors import errors_by_field
from chalicelib.web.pages.frame import SETTINGS, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.schedule_responses import (
    FEED_REVOKED,
    Outcome,
    clear_flash,
    flash_outcome,
    redirect_with_flash,
)
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalice.app import Request, Response

    from chalicelib.domain.calendar_feed import CalendarFeed
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.manage_calendar_feeds import NewAddress
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.schedule_view import FlashMessage

PATH = "/calendar-feeds"


class FeedView(Struct, frozen=True, kw_only=True):
    """A feed of the list."""

    name: str
    created: str
    act_path: str


class FeedsPage(Struct, frozen=True, kw_only=True):
    """The values of the page. ``new_url`` is an address that has just been made.

    ``has_replaced`` if another one has ended for it.
    """

    base: str
    doctor_id: str
    doctor_name: str
    time_zone: str
    feeds: tuple[FeedView, ...]
    new_name: str
    new_url: str
    has_replaced: bool
    message: FlashMessage | None
    name: str
    errors: Mapping[str, str]


def render_feeds(
    caller: Caller,
    doctor_id: str,
    request: Request,
    *,
    created: NewAddress | None = None,
    has_replaced: bool = False,
    name: str = "",
    errors: Mapping[str, str] | None = None,
) -> Response:
    """Render the list and the form; with errors the status is 400."""
    found = get_services().calendar_feeds.list_all(caller, doctor_id)
    base = url_prefix(request)
    flash = flash_outcome(request) if request.method == "GET" else None
    page = FeedsPage(
        base=base,
        doctor_id=doctor_id,
        doctor_name=found.doctor.name,
        time_zone=messages.format_zone(found.doctor.zone),
        feeds=tuple(_view(feed, base, found.doctor.zone) for feed in found.feeds),
        new_name=created.feed.name if created else "",
        new_url=feed_url(created, request) if created else "",
        has_replaced=has_replaced,
        message=flash.message() if flash else None,
        name=name,
        errors=errors or {},
    )
    status = HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
    frame = build_frame(request, caller, section=SETTINGS, doctor=found.doctor, path=PATH)
    headers: Headers = {"Set-Cookie": clear_flash(request)} if flash else {}
    return render("calendar_feeds.html", page, frame, status=status, headers=headers)


def create_from_form(caller: Caller, request: Request) -> Response:
    """Create a feed, and show its address this once."""
    sent = _fields(request)
    doctor_id, name = valid_doctor_id(sent.get("doctor_id", "")), trim_name(sent.get("name", ""))
    try:
        created = get_services().calendar_feeds.create(caller, doctor_id, name)
    except RequestRejectedError as error:
        if not wants_html(request):
            raise
        request_context.current_request().code = error.code
        return render_feeds(caller, doctor_id, request, name=name, errors=errors_by_field(error))
    return render_feeds(caller, doctor_id, request, created=created)


def act_on_feed(caller: Caller, feed_id: str, request: Request) -> Response:
    """Renew the feed and show its new address, or revoke it and show the list."""
    sent = _fields(request)
    doctor_id, feeds = valid_doctor_id(sent.get("doctor_id", "")), get_services().calendar_feeds
    if sent.get("act") == "renew":
        renewed = feeds.renew(caller, doctor_id, feed_id)
        return render_feeds(caller, doctor_id, request, created=renewed, has_replaced=True)
    feeds.revoke(caller, doctor_id, feed_id)
    url = f"{url_prefix(request)}{PATH}?doctor_id={doctor_id}"
    return redirect_with_flash(url, Outcome(FEED_REVOKED), request)


def _fields(request: Request) -> dict[str, str]:
    return {name: values[-1] for name, values in decode_fields(request, ()).items()}


def _view(feed: CalendarFeed, base: str, zone: ZoneInfo) -> FeedView:
    return FeedView(
        name=feed.name,
        created=_describe_creation(feed.created_at, feed.created_by, zone),
        act_path=f"{base}{PATH}/{feed.feed_id}",
    )


def _describe_creation(at: datetime, by: str, zone: ZoneInfo) -> str:
    on = dates.format_short_date(local_time.local_date(at, zone))
    return _("Created on %(date)s by %(name)s", date=on, name=by)

"""Serialize calendar feeds: as JSON, and what they show as iCalendar (RFC 5545)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.web.api import calendar_schemas
from chalicelib.web.http.request import origin, url_prefix
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalice.app import Request
    from icalendar import Event

    from chalicelib.domain.calendar_feed import CalendarEvent, CalendarFeed
    from chalicelib.domain.doctor import Doctor
    from chalicelib.use_cases.manage_calendar_feeds import Calendar, NewAddress

FILE_SUFFIX = ".ics"
_PRODUCT = "-//MediLink Slots//Calendar feed//EN"
# Apple asks every five minutes if it may; Google ignores both properties.
_REFRESH_INTERVAL = timedelta(minutes=15)


def serialize_feeds(
    feeds: Iterable[CalendarFeed], doctor: Doctor
) -> calendar_schemas.CalendarFeedList:
    """All feeds of a doctor; instants have the doctor's offset."""
    return calendar_schemas.CalendarFeedList(
        calendar_feeds=[
            calendar_schemas.CalendarFeed(
                feed_id=feed.feed_id,
                name=feed.name,
                created_at=feed.created_at.astimezone(doctor.zone).isoformat(timespec="seconds"),
                created_by=feed.created_by,
            )
            for feed in feeds
        ]
    )


def serialize_address(
    created: NewAddress, request: Request
) -> calendar_schemas.CalendarFeedAddress:
    """The secret URL, at the host that the client called."""
    return calendar_schemas.CalendarFeedAddress(
        feed_id=created.feed.feed_id, url=feed_url(created, request)
    )


def feed_url(created: NewAddress, request: Request) -> str:
    """The URL that calendar programs subscribe to."""
    return f"{origin(request)}{url_prefix(request)}/calendar/{created.address}{FILE_SUFFIX}"


def serialize_calendar(calendar: Calendar) -> str:
    """What the feed shows, as text/calendar with an event for each slot."""
    # Only this response needs the package, which takes a tenth of a second.
    from icalendar import Calendar as IcsCalendar
    from icalendar import vText

    ics = IcsCalendar()
    ics.add("prodid", _PRODUCT)
    ics.add("version", "2.0")
    ics.add("calscale", "GREGORIAN")
    # The package escapes commas and backslashes in properties that it knows alone.
    ics.add("x-wr-calname", vText(calendar.doctor.name))
    ics.add("x-published-ttl", "PT15M")
    ics.add("refresh-interval", _REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    for event in calendar.events:
        ics.add_component(_serialize_event(event, calendar))
    content: bytes = ics.to_ical()
    return content.decode()


def _serialize_event(event: CalendarEvent, calendar: Calendar) -> Event:
    from icalendar import Event

    ics = Event()
    ics.add("uid", event.uid)
    ics.add("dtstamp", event.saved_at or calendar.feed.created_at)
    ics.add("dtstart", event.start)
    ics.add("dtend", event.end)
    ics.add("sequence", event.sequence)
    ics.add("summary", _("Booked") if event.is_booked else _("Open"))
    ics.add("transp", "OPAQUE" if event.is_booked else "TRANSPARENT")
    return ics

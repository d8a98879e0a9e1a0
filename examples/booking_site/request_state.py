"""What the current request determines: the visitor, their time zone, and the dates to show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import abort, current_app, request, session

from examples.booking_site.times import DateRange, find_zone
from examples.booking_site.visitor_store import Visitor, VisitorStore, new_id

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from examples.booking_site.slots_api import SlotsApi

MAX_DISTANCE = timedelta(days=3_660)


def slots_api() -> SlotsApi:
    return cast("SlotsApi", current_app.config["API"])


def visitor() -> Visitor:
    """Return the visitor of the signed session cookie, or a new one."""
    return _visitors().get_or_create(session.setdefault("holder", new_id()))


def holds_of_neighbours() -> int:
    """Count the holds of other visitors with the same network address.

    A visitor without cookies is a new visitor in every request, but keeps the address.
    """
    now: datetime = current_app.config["NOW"]()
    return _visitors().count_holds(network_address(), now, besides=visitor())


def network_address() -> str:
    """Return the visitor's address; behind a proxy, the proxy must be configured to pass it on."""
    return request.remote_addr or ""


def _visitors() -> VisitorStore:
    return cast("VisitorStore", current_app.config["VISITORS"])


def csrf_token() -> str:
    """Return the session's token for forms, which no other site can read."""
    return cast("str", session.setdefault("csrf_token", new_id()))


def chosen_zone() -> ZoneInfo | None:
    """Return the visitor's time zone; None to show each doctor's times in the doctor's zone."""
    return find_zone(request.cookies.get("zone", ""))


def today() -> date:
    now: datetime = current_app.config["NOW"]()
    return now.astimezone(chosen_zone() or UTC).date()


def date_range(number: int) -> DateRange:
    """Return that many days from the ``from`` of the query string, by default today."""
    given = request.args.get("from")
    try:
        first = date.fromisoformat(given) if given else today()
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST, "That isn't a real date. Use the format 2026-11-23.")
    if abs(first - today()) > MAX_DISTANCE:
        abort(HTTPStatus.BAD_REQUEST, "Choose a date within ten years from today.")
    return DateRange.from_first(first, number)

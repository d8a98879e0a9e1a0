"""What a request says: who visits, in which zone, and from which date on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import abort, current_app, request, session

from examples.booking_site.times import Days, zone_named
from examples.booking_site.visitors import Visitor, new_id

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

CALENDAR = timedelta(days=3_660)


def visitor() -> Visitor:
    """Give whom the signed session cookie names; who has none yet is a new one."""
    visitors: dict[str, Visitor] = current_app.config["VISITORS"]
    holder: str = session.setdefault("holder", new_id())
    return visitors.setdefault(holder, Visitor(holder=holder))


def csrf_token() -> str:
    """Give what proves that a form is our own: no other site can read it."""
    return cast("str", session.setdefault("csrf_token", new_id()))


def chosen_zone() -> ZoneInfo | None:
    """Give the visitor's zone; who chose none sees each doctor's times in the doctor's own."""
    return zone_named(request.cookies.get("zone", ""))


def today() -> date:
    now: datetime = current_app.config["NOW"]()
    return now.astimezone(chosen_zone() or UTC).date()


def days(number: int) -> Days:
    """Give so many days from the date in the address on, or else from today on."""
    given = request.args.get("from")
    try:
        first = date.fromisoformat(given) if given else today()
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST, "There is no such date.")
    if abs(first - today()) > CALENDAR:
        abort(HTTPStatus.BAD_REQUEST, "That date is too far away.")
    return Days.starting(first, number)

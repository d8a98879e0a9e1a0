"""The pages without a booking: search by specialty, and a doctor's times."""

from datetime import UTC, date, timedelta, tzinfo
from http import HTTPStatus

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug import Response

ONE_DAY = timedelta(days=1)
DAYS_SEARCHED, DAYS_SHOWN = 14 * ONE_DAY, 7 * ONE_DAY
MAX_DISTANCE = timedelta(days=3_660)

pages = Blueprint("search", __name__)


@pages.get("/")
def start() -> str:
    """Show the search form."""
    return render_template("start.html", doctors=g.api.doctors())


@pages.get("/find")
def find() -> str | Response:
    """Show the doctors of a specialty who have a free time, sorted by their next one."""
    if not request.args.get("specialty"):
        return redirect(url_for(".start"))
    first = _first_date(UTC)
    # West of Greenwich it may still be yesterday.
    earliest = first if "from" in request.args else first - ONE_DAY
    query = {name: request.args.get(name) or None for name in ("specialty", "location", "cursor")}
    dates = {"from": earliest, "to": first + DAYS_SEARCHED - ONE_DAY}
    page = g.api.get("availability", **query, **dates)
    return render_template("find.html", **query, first=first, days=DAYS_SEARCHED, page=page)


@pages.get("/doctors/<doctor_id>")
def times(doctor_id: str) -> str:
    """Show a doctor's free times by date."""
    doctor = g.api.get("doctors", doctor_id)
    first = _first_date(doctor["zone"])
    times = g.api.times(doctor_id, first, first + DAYS_SHOWN - ONE_DAY)
    return render_template("times.html", doctor=doctor, first=first, days=DAYS_SHOWN, times=times)


def _first_date(zone: tzinfo) -> date:
    """Return the ``from`` of the query string, by default today."""
    today = g.now.astimezone(zone).date()
    try:
        first = date.fromisoformat(request.args.get("from") or today.isoformat())
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST, "That isn't a real date. Please choose another date.")
    if abs(first - today) > MAX_DISTANCE:
        abort(HTTPStatus.BAD_REQUEST, "Choose a date within ten years from today.")
    return first

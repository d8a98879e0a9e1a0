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
    return render_template("start.html", doctors=g.api.doctors())


@pages.get("/find")
def find() -> str | Response:
    """Show the doctors of a specialty who have a free time, sorted by their next one."""
    if not request.args.get("specialty"):
        return redirect(url_for(".start"))
    dates = _date_range(UTC, DAYS_SEARCHED)
    query = {name: request.args.get(name) or None for name in ("specialty", "location", "cursor")}
    given = dates if request.args.get("from") else {}  # by default from each clinic's own today
    page = g.api.get("availability", **query, **given)
    return render_template("find.html", **query, dates=dates, page=page)


@pages.get("/doctors/<doctor_id>")
def times(doctor_id: str) -> str:
    doctor = g.api.get("doctors", doctor_id)
    dates = _date_range(doctor["zone"], DAYS_SHOWN)
    times = g.api.get("doctors", doctor_id, "slots", **dates)
    return render_template("times.html", doctor=doctor, dates=dates, times=times)


def _date_range(zone: tzinfo, days: timedelta) -> dict[str, date]:
    """Return the first and last date to show, from ``from`` in the query string or today."""
    today = g.now.astimezone(zone).date()
    first = request.args.get("from", type=date.fromisoformat) if request.args.get("from") else today
    if first is None or abs(first - today) > MAX_DISTANCE:
        abort(HTTPStatus.BAD_REQUEST, "Choose a real date within ten years from today.")
    return {"from": first, "to": first + days - ONE_DAY}

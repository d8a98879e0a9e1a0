"""The pages without a booking: search by specialty, and a doctor's times."""

from datetime import UTC, date, timedelta, tzinfo
from http import HTTPStatus
from itertools import groupby

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug import Response

ONE_DAY = timedelta(days=1)
DAYS_SEARCHED, DAYS_SHOWN = 14 * ONE_DAY, 7 * ONE_DAY
MAX_DISTANCE = timedelta(days=3_660)

pages = Blueprint("search", __name__)


@pages.get("/")
def start() -> str:
    """Show the search form."""
    doctors = g.api.doctors()
    specialties = sorted({doctor["specialty"] for doctor in doctors})
    locations = sorted({doctor["location"] for doctor in doctors})
    return render_template(
        "start.html", specialties=specialties, locations=locations, today=g.now.date()
    )


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
    doctors = sorted(page["doctors"], key=lambda doctor: doctor["slots"][0]["start"])
    return render_template(
        "find.html",
        **query,
        first=first,
        days=DAYS_SEARCHED,
        doctors=doctors,
        next_page=page["next"],
    )


@pages.get("/doctors/<doctor_id>")
def times(doctor_id: str) -> str:
    """Show a doctor's free times by date."""
    doctor = g.api.get("doctors", doctor_id)
    first, today = _first_date(doctor["zone"]), g.now.astimezone(doctor["zone"]).date()
    times = g.api.times(doctor_id, first, first + DAYS_SHOWN - ONE_DAY)
    by_date = groupby(
        times["slots"], key=lambda slot: slot["start"].astimezone(doctor["zone"]).date()
    )
    return render_template(
        "times.html",
        doctor=doctor,
        first=first,
        days=DAYS_SHOWN,
        is_future=first > today,
        dates=[(on, list(slots)) for on, slots in by_date],
        next_slot=times["next_available"],
    )


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

"""The pages without a booking: search by specialty, and a doctor's times."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for

from examples.booking_site.visitors import now, slots_api

if TYPE_CHECKING:
    from datetime import tzinfo

    from werkzeug import Response

ONE_DAY = timedelta(days=1)
DAYS_SEARCHED, DAYS_SHOWN = 14 * ONE_DAY, 7 * ONE_DAY
MAX_DISTANCE = timedelta(days=3_660)

pages = Blueprint("search", __name__)


@pages.get("/")
def start() -> str:
    """Show the search form."""
    doctors = slots_api().doctors()
    return render_template(
        "start.html",
        specialties=sorted({doctor.specialty for doctor in doctors}),
        locations=sorted({doctor.location for doctor in doctors}),
        today=now().date(),
    )


@pages.get("/find")
def find() -> str | Response:
    """Show the doctors of a specialty who have a free time, sorted by their next one."""
    specialty, location = request.args.get("specialty"), request.args.get("location")
    if not specialty:
        return redirect(url_for(".start"))
    first, cursor = _first_date(UTC), request.args.get("cursor")
    # West of Greenwich it may still be yesterday.
    earliest = first if "from" in request.args else first - ONE_DAY
    last = first + DAYS_SEARCHED - ONE_DAY
    offers = slots_api().availability(
        specialty, earliest, last, location=location or None, cursor=cursor
    )
    return render_template(
        "find.html",
        specialty=specialty,
        location=location,
        first=first,
        last=last,
        next_first=last + ONE_DAY,
        doctors=sorted(offers.doctors, key=lambda doctor: doctor.slots[0].start),
        next_page=offers.next,
    )


@pages.get("/doctors/<doctor_id>")
def times(doctor_id: str) -> str:
    """Show a doctor's free times by date."""
    doctor = slots_api().doctor(doctor_id)
    first = _first_date(doctor.zone)
    last = first + DAYS_SHOWN - ONE_DAY
    times = slots_api().times(doctor_id, first, last)
    dates = groupby(times.slots, key=lambda slot: slot.start.astimezone(doctor.zone).date())
    return render_template(
        "times.html",
        doctor=doctor,
        first=first,
        last=last,
        next_first=last + ONE_DAY,
        previous=first - DAYS_SHOWN if first > now().astimezone(doctor.zone).date() else None,
        dates=[(on, list(slots)) for on, slots in dates],
        next_slot=times.next_available,
    )


def _first_date(zone: tzinfo) -> date:
    """Return the ``from`` of the query string, by default today."""
    today, given = now().astimezone(zone).date(), request.args.get("from")
    try:
        first = date.fromisoformat(given) if given else today
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST, "That isn't a real date. Please choose another date.")
    if abs(first - today) > MAX_DISTANCE:
        abort(HTTPStatus.BAD_REQUEST, "Choose a date within ten years from today.")
    return first

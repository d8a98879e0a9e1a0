"""The pages without a booking: search by specialty, and a doctor's times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from examples.booking_site.request_state import chosen_zone, date_range, slots_api
from examples.booking_site.times import group_by_date

if TYPE_CHECKING:
    from werkzeug import Response

    from examples.booking_site.api_models import Doctor, Offers, Slot
    from examples.booking_site.times import DateRange

DAYS_SEARCHED = 14
DAYS_SHOWN = 7

pages = Blueprint("search", __name__)


@pages.get("/")
def start() -> str:
    """Show the search form."""
    doctors = slots_api().doctors()
    return render_template(
        "start.html",
        specialties=sorted({doctor.specialty for doctor in doctors}),
        locations=sorted({doctor.location for doctor in doctors}),
    )


@pages.get("/find")
def find() -> str | Response:
    """Show the doctors of a specialty who have a free time, sorted by their next one."""
    specialty, location = request.args.get("specialty"), request.args.get("location") or None
    if not specialty:
        return redirect(url_for(".start"))
    days, cursor = date_range(DAYS_SEARCHED), request.args.get("cursor")
    offers = slots_api().availability(
        specialty, *days.query_range, location=location, cursor=cursor
    )
    return render_template(
        "find.html",
        specialty=specialty,
        location=location,
        days=days,
        doctors=_bookable(offers, days),
        next_page=offers.next_page,
    )


def _bookable(offers: Offers, days: DateRange) -> list[tuple[Doctor, list[Slot]]]:
    zone = chosen_zone()
    doctors = [
        (doctor, slots)
        for doctor, offered in offers.doctors
        if (slots := days.select(offered, zone or doctor.zone))
    ]
    return sorted(doctors, key=lambda found: found[1][0].start)


@pages.get("/doctors/<doctor_id>")
def times(doctor_id: str) -> str:
    """Show a doctor's free times by day."""
    doctor = slots_api().doctor(doctor_id)
    days, zone = date_range(DAYS_SHOWN), chosen_zone() or doctor.zone
    slots = days.select(slots_api().times(doctor_id, *days.query_range).slots, zone)
    return render_template(
        "times.html",
        doctor=doctor,
        zone=zone,
        days=days,
        dates=group_by_date(slots, zone),
        next_slot=None if slots else _next_available(doctor_id, days),
    )


def _next_available(doctor_id: str, days: DateRange) -> Slot | None:
    return slots_api().times(doctor_id, days.next_first, days.next_first).next_available

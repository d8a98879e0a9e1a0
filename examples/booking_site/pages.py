"""The pages: find a doctor, choose a time, hold it while you type, book, move, cancel."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)

from examples.booking_site import visit
from examples.booking_site.slots_api import NotFound, Refused, SlotsApiError
from examples.booking_site.times import by_date, date_of
from examples.booking_site.visitors import Booking, Hold, new_id

if TYPE_CHECKING:
    from datetime import date

    from flask import Response
    from werkzeug import Response as AnyResponse

    from examples.booking_site.slots_api import Doctor, Slot, SlotsApi

DAYS_SEARCHED = 14
DAYS_SHOWN = 7
HOLD_SECONDS = 300
SHARED = Path(__file__).parents[2] / "static"
"""Pico CSS and the icon: the project has them already."""

pages = Blueprint("pages", __name__)


def _api() -> SlotsApi:
    return cast("SlotsApi", current_app.config["API"])


@pages.get("/")
def start() -> str:
    """Choose a specialty."""
    doctors = _api().doctors()
    return render_template(
        "start.html",
        specialties=sorted({doctor.specialty for doctor in doctors}),
        locations=sorted({doctor.location for doctor in doctors}),
    )


@pages.get("/find")
def find() -> str | AnyResponse:
    """Show the doctors of a specialty who have a time, the soonest first."""
    wanted, place = request.args.get("specialty"), request.args.get("location") or None
    if not wanted:
        return redirect(url_for(".start"))
    days, chosen = visit.days(DAYS_SEARCHED), visit.chosen_zone()
    offers = _api().availability(
        wanted, *days.asked_for, location=place, cursor=request.args.get("cursor")
    )
    found = [
        (doctor, slots)
        for doctor, offered in offers.slots
        if (slots := days.among(offered, chosen or doctor.zone))
    ]
    found.sort(key=lambda offer: offer[1][0].start)
    return render_template(
        "find.html",
        wanted=wanted,
        place=place,
        days=days,
        found=found,
        following=offers.following,
    )


@pages.get("/doctors/<doctor_id>")
def times(doctor_id: str) -> str:
    """Show a doctor's days and times in the visitor's zone."""
    doctor = _api().doctor(doctor_id)
    days, zone = visit.days(DAYS_SHOWN), visit.chosen_zone() or doctor.zone
    slots = days.among(_api().times(doctor_id, *days.asked_for).slots, zone)
    return render_template(
        "times.html",
        doctor=doctor,
        zone=zone,
        days=days,
        dates=by_date(slots, zone),
        next_slot=None if slots else _api().times(doctor_id, days.later, days.later).following,
    )


@pages.post("/doctors/<doctor_id>/hold")
def hold(doctor_id: str) -> AnyResponse:
    """Keep the chosen time for the visitor while she types."""
    visitor, doctor = visit.visitor(), _api().doctor(doctor_id)
    try:
        slot, until = _api().hold(
            request.form["slot_id"], holder=visitor.holder, seconds=HOLD_SECONDS
        )
    except (Refused, NotFound) as error:
        return _to_times(doctor, request.form.get("from"), error)
    if visitor.hold and visitor.hold.slot != slot:
        _give_back(visitor.hold.slot)
    visitor.hold = Hold(
        booking_id=visitor.moving.booking_id if visitor.moving else new_id(),
        doctor=doctor,
        slot=slot,
        until=until,
        moves=visitor.moving,
    )
    return _to(".held")


@pages.get("/hold")
def held() -> str | AnyResponse:
    """Ask for what a booking needs."""
    hold = visit.visitor().hold
    if hold is None:
        return _to(".bookings")
    return render_template("held.html", hold=hold, zone=visit.chosen_zone() or hold.doctor.zone)


@pages.post("/hold/release")
def release() -> AnyResponse:
    """Go back to the doctor's times, and let others have this one."""
    visitor = visit.visitor()
    hold, visitor.hold = visitor.hold, None
    if hold is None:
        return _to(".start")
    _give_back(hold.slot)
    return _to_times(hold.doctor, _date_of(hold))


@pages.post("/hold/book")
def book() -> AnyResponse:
    """Book what is held, or move a booking there."""
    visitor = visit.visitor()
    hold, booking_id = visitor.hold, request.form["booking_id"]
    if hold is None or hold.booking_id != booking_id:
        # A second click on a button that has done its work, or a form from before another hold.
        if booking_id not in visitor.bookings:
            flash("That time is no longer held for you: please choose again.", "refused")
        return _to(".bookings")
    name = hold.moves.patient_name if hold.moves else request.form["name"].strip()
    if not name:
        flash("Please say who is coming.", "refused")
        return _to(".held")
    try:
        # The name stays here: no data of a patient beyond an opaque reference goes to the API.
        slot = _api().book(
            hold.slot.slot_id,
            booking_id=booking_id,
            patient_reference=visitor.reference,
            holder=visitor.holder,
            moves=hold.moves.slot.slot_id if hold.moves else None,
        )
    except (Refused, NotFound) as error:
        visitor.hold = None
        _give_back(hold.slot)
        return _to_times(hold.doctor, _date_of(hold), error)
    visitor.bookings[booking_id] = Booking(
        booking_id=booking_id, doctor=hold.doctor, slot=slot, patient_name=name
    )
    visitor.hold = visitor.moving = None
    flash("Your appointment is moved." if hold.moves else "Your appointment is booked.", "done")
    return _to(".bookings")


@pages.get("/bookings")
def bookings() -> str:
    """List what this visitor has booked, the soonest first."""
    in_order = sorted(visit.visitor().bookings.values(), key=lambda booking: booking.slot.start)
    return render_template("bookings.html", bookings=in_order)


@pages.post("/bookings/<booking_id>/move")
def move(booking_id: str) -> AnyResponse:
    """Have the next time that is chosen, of whichever doctor, take the place of this one."""
    visitor = visit.visitor()
    booking = visitor.moving = visitor.bookings.get(booking_id)
    if booking is None:
        return _to(".bookings")
    return _to_times(booking.doctor, _date_of(booking))


@pages.post("/bookings/keep")
def keep() -> AnyResponse:
    """Move nothing after all."""
    visitor = visit.visitor()
    hold, visitor.hold, visitor.moving = visitor.hold, None, None
    if hold:
        _give_back(hold.slot)
    return _to(".bookings")


@pages.post("/bookings/<booking_id>/cancel")
def cancel(booking_id: str) -> AnyResponse:
    visitor = visit.visitor()
    booking = visitor.bookings.get(booking_id)
    if booking is None:
        return _to(".bookings")
    try:
        with suppress(NotFound):
            _api().cancel(booking.slot.slot_id, booking_id=booking_id)
    except Refused as error:
        flash(error.detail, "refused")
        return _to(".bookings")
    visitor.bookings.pop(booking_id, None)
    if visitor.moving == booking:
        visitor.moving = None
    flash("Your appointment is cancelled.", "done")
    return _to(".bookings")


@pages.get("/shared/<name>")
def shared(name: str) -> Response:
    return send_from_directory(SHARED, name)


def _to(endpoint: str) -> AnyResponse:
    return redirect(url_for(endpoint), HTTPStatus.SEE_OTHER)


def _to_times(
    doctor: Doctor, first: date | str | None, error: SlotsApiError | None = None
) -> AnyResponse:
    """Lead to a doctor's times as they are now, with what the API said against the last choice."""
    if error:
        # It speaks of times as the doctor's clock shows them.
        said = f"The calendar in {doctor.zone.key} says: “{error.detail}”."
        flash(f"{said} Please choose another time.", "refused")
    query: dict[str, Any] = {"from": first}  # a word of Python's
    address = url_for(".times", doctor_id=doctor.doctor_id, **query)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _date_of(taken: Hold | Booking) -> date:
    return date_of(taken.slot, visit.chosen_zone() or taken.doctor.zone)


def _give_back(slot: Slot) -> None:
    # A hold that cannot be released runs out by itself.
    with suppress(SlotsApiError):
        _api().release(slot.slot_id, holder=visit.visitor().holder)

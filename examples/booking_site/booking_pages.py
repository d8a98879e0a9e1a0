"""The pages of a booking: hold a time, book it, list bookings, change their time, cancel."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from examples.booking_site.api_errors import NotFoundError, RequestRejectedError, SlotsApiError
from examples.booking_site.request_state import (
    chosen_zone,
    holds_of_neighbours,
    network_address,
    slots_api,
    visitor,
)
from examples.booking_site.times import format_time, local_date
from examples.booking_site.visitor_store import Booking, Hold, Visitor, new_id

if TYPE_CHECKING:
    from datetime import date

    from werkzeug import Response

    from examples.booking_site.api_models import Doctor, Slot

HOLD_SECONDS = 300
# By network address: so that a script cannot hold every time of a doctor. A visitor holds one.
MAX_HOLDS_PER_ADDRESS = 2
REASONS = {
    "slot_taken": "has just been taken",
    "in_past": "has already started",
    "not_bookable": "is not open for booking",
    "too_many_holds": "can't be reserved, because many people are booking right now",
    "booked_elsewhere": "wasn't booked, because this appointment already has another time",
    "booking_differs": "wasn't booked, because this appointment is for another patient",
    "cancelled": "wasn't booked, because you have cancelled this appointment",
}
"""What to say of a slot, by the API's error code."""
_ADVICE = {"too_many_holds": "Please try again in a few minutes."}

pages = Blueprint("booking", __name__)


@pages.post("/doctors/<doctor_id>/hold")
def hold(doctor_id: str) -> Response:
    """Hold the chosen time while the visitor fills in the form."""
    patient, doctor = visitor(), slots_api().doctor(doctor_id)
    if holds_of_neighbours() >= MAX_HOLDS_PER_ADDRESS:
        flash(
            f"You can hold {MAX_HOLDS_PER_ADDRESS} times at once from one internet connection. "
            "Book or release one of them, or wait a few minutes.",
            "error",
        )
        return _redirect_to_times(doctor, request.form.get("from"))
    try:
        slot, until = slots_api().hold(
            request.form["slot_id"], holder=patient.holder, seconds=HOLD_SECONDS
        )
    except (RequestRejectedError, NotFoundError) as error:
        return _reject(doctor, request.form.get("from"), error)
    if patient.hold and patient.hold.slot != slot:
        _release_quietly(patient.hold.slot)
    moved = patient.booking_to_move
    patient.hold = Hold(
        booking_id=moved.booking_id if moved else new_id(),
        doctor=doctor,
        slot=slot,
        until=until,
        moves=moved,
        address=network_address(),
    )
    return _redirect(".held")


@pages.get("/hold")
def held() -> str | Response:
    """Show the form to confirm the appointment."""
    hold = visitor().hold
    if hold is None:
        return _redirect(".bookings")
    return render_template("held.html", hold=hold, zone=chosen_zone() or hold.doctor.zone)


@pages.post("/hold/release")
def release() -> Response:
    """Release the hold and show the doctor's times again."""
    patient = visitor()
    hold, patient.hold = patient.hold, None
    if hold is None:
        return _redirect("search.start")
    _release_quietly(hold.slot)
    return _redirect_to_times(hold.doctor, _date_of(hold))


@pages.post("/hold/book")
def book() -> Response:
    """Book the held slot, or move a booking to it."""
    patient = visitor()
    hold, booking_id = patient.hold, request.form["booking_id"]
    if hold is None or hold.booking_id != booking_id:
        # The form was submitted twice, or is from before another hold.
        if booking_id not in patient.bookings:
            flash("Your hold has expired. Please choose a time again.", "error")
        return _redirect(".bookings")
    name = hold.moves.patient_name if hold.moves else request.form["name"].strip()
    if not name:
        flash("Enter the patient's name", "error")
        return _redirect(".held")
    try:
        slot = _book(patient, hold)
    except (RequestRejectedError, NotFoundError) as error:
        patient.hold = None
        _release_quietly(hold.slot)
        return _reject(hold.doctor, _date_of(hold), error)
    patient.bookings[booking_id] = Booking(
        booking_id=booking_id, doctor=hold.doctor, slot=slot, patient_name=name
    )
    patient.hold = patient.booking_to_move = None
    flash("Appointment changed" if hold.moves else "Appointment booked", "success")
    return _redirect(".bookings")


def _book(patient: Visitor, hold: Hold) -> Slot:
    # The site keeps the name: the API gets no patient data but an opaque reference.
    return slots_api().book(
        hold.slot.slot_id,
        booking_id=hold.booking_id,
        patient_reference=patient.reference,
        holder=patient.holder,
        moves=hold.moves.slot.slot_id if hold.moves else None,
    )


@pages.get("/bookings")
def bookings() -> str:
    """List the visitor's bookings, sorted by start."""
    by_start = sorted(visitor().bookings.values(), key=lambda booking: booking.slot.start)
    return render_template("bookings.html", bookings=by_start)


@pages.post("/bookings/<booking_id>/move")
def start_move(booking_id: str) -> Response:
    """Let the visitor choose a new time, of any doctor, for a booking."""
    patient = visitor()
    booking = patient.booking_to_move = patient.bookings.get(booking_id)
    if booking is None:
        return _redirect(".bookings")
    return _redirect_to_times(booking.doctor, _date_of(booking))


@pages.post("/bookings/keep")
def cancel_move() -> Response:
    """Keep the booking at its time, and release the new one if it is held."""
    patient = visitor()
    hold, patient.hold, patient.booking_to_move = patient.hold, None, None
    if hold:
        _release_quietly(hold.slot)
    return _redirect(".bookings")


@pages.post("/bookings/<booking_id>/cancel")
def cancel(booking_id: str) -> Response:
    patient = visitor()
    booking = patient.bookings.get(booking_id)
    if booking is None:
        return _redirect(".bookings")
    try:
        with suppress(NotFoundError):
            slots_api().cancel(booking.slot.slot_id, booking_id=booking_id)
    except RequestRejectedError as error:
        reason = "it has already started" if "in_past" in error.codes else "please ask the clinic"
        flash(f"Sorry, we couldn't cancel this appointment: {reason}.", "error")
        return _redirect(".bookings")
    patient.bookings.pop(booking_id, None)
    if patient.booking_to_move == booking:
        patient.booking_to_move = None
    flash("Appointment cancelled", "success")
    return _redirect(".bookings")


def _redirect(endpoint: str) -> Response:
    return redirect(url_for(endpoint), HTTPStatus.SEE_OTHER)


def _redirect_to_times(doctor: Doctor, first: date | str | None) -> Response:
    query: dict[str, Any] = {"from": first}  # a Python keyword
    address = url_for("search.times", doctor_id=doctor.doctor_id, **query)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _reject(doctor: Doctor, first: date | str | None, error: SlotsApiError) -> Response:
    """Show the doctor's current times, and why the chosen one is not among them."""
    zone = chosen_zone() or doctor.zone
    time = format_time(error.start, zone) if error.start else "that time"
    code = next((code for code in error.codes if code in REASONS), "")
    reason = REASONS.get(code, "is no longer available")
    advice = _ADVICE.get(code, "Please choose another time.")
    flash(f"Sorry, {time} {reason}. {advice}", "error")
    return _redirect_to_times(doctor, first)


def _date_of(reservation: Hold | Booking) -> date:
    return local_date(reservation.slot, chosen_zone() or reservation.doctor.zone)


def _release_quietly(slot: Slot) -> None:
    # A hold that cannot be released expires by itself.
    with suppress(SlotsApiError):
        slots_api().release(slot.slot_id, holder=visitor().holder)

"""The pages of a booking: hold a time, book it, list bookings, change their time, cancel."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from examples.booking_site.api_types import NotFoundError, RequestRejectedError, SlotsApiError
from examples.booking_site.calendar_file import calendar_file
from examples.booking_site.times import format_time
from examples.booking_site.visitors import (
    Booking,
    Hold,
    Visitor,
    holds_of_neighbours,
    new_id,
    now,
    slots_api,
    visitor,
)

if TYPE_CHECKING:
    from werkzeug import Response as AnyResponse

    from examples.booking_site.api_types import Doctor, Slot

HOLD_SECONDS = 300
# By network address: so that a script cannot hold every time of a doctor. A visitor holds one.
MAX_HOLDS_PER_ADDRESS = 2
EXPIRED = "Your hold has expired. Please choose a time again."
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
ADVICE = {"too_many_holds": "Please try again in a few minutes."}

pages = Blueprint("booking", __name__)


@pages.post("/doctors/<doctor_id>/hold")
def hold(doctor_id: str) -> AnyResponse:
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
        slot = slots_api().hold(
            request.form["slot_id"], holder=patient.holder, seconds=HOLD_SECONDS
        )
    except RequestRejectedError as error:
        return _reject(doctor, request.form.get("from"), error)
    if patient.hold and patient.hold.slot.slot_id != slot.slot_id:
        _release(patient)
    moved = patient.booking_to_move
    patient.last_hold = Hold(
        booking_id=moved.booking_id if moved else new_id(),
        doctor=doctor,
        slot=slot,
        until=slot.held_until or now(),
        moves=moved,
        address=request.remote_addr or "",
    )
    return _redirect(".held")


@pages.get("/hold")
def held() -> str | AnyResponse:
    """Show the form to confirm the appointment."""
    patient = visitor()
    if patient.hold:
        return render_template("held.html", hold=patient.hold)
    if not patient.last_hold:
        return _redirect(".bookings")
    flash(EXPIRED, "error")
    return _redirect_to_times(patient.last_hold.doctor, _date_of(patient.last_hold))


@pages.post("/hold/release")
def release() -> AnyResponse:
    """Release the hold and show the doctor's times again."""
    hold = _release(visitor())
    return _redirect_to_times(hold.doctor, _date_of(hold)) if hold else _redirect("search.start")


@pages.post("/hold/book")
def book() -> AnyResponse:
    """Book the held slot, or move a booking to it."""
    patient, booking_id = visitor(), request.form["booking_id"]
    hold = patient.last_hold
    if hold is None or hold.booking_id != booking_id:
        # The form was submitted twice, or is from before another hold.
        if booking_id in patient.bookings:
            return _redirect(".confirmed", booking_id=booking_id)
        flash(EXPIRED, "error")
        return _redirect(".bookings")
    name = hold.moves.patient_name if hold.moves else request.form["name"].strip()
    if not name:
        flash("Enter the patient's name", "error")
        return _redirect(".held")
    try:
        slot = _book(patient, hold)
    except RequestRejectedError as error:
        _release(patient)
        return _reject(hold.doctor, _date_of(hold), error)
    patient.bookings[booking_id] = Booking(
        booking_id=booking_id,
        doctor=hold.doctor,
        slot=slot,
        patient_name=name,
        changes=hold.moves.changes + 1 if hold.moves else 0,
    )
    patient.last_hold = patient.booking_to_move = None
    return _redirect(".confirmed", booking_id=booking_id)


def _book(patient: Visitor, hold: Hold) -> Slot:
    # The site keeps the name: the API gets no patient data but an opaque reference.
    return slots_api().book(
        hold.slot.slot_id,
        booking_id=hold.booking_id,
        patient_reference=patient.reference,
        holder=patient.holder,
        **({"moves": hold.moves.slot.slot_id} if hold.moves else {}),
    )


@pages.get("/bookings")
def bookings() -> str:
    """List the visitor's bookings, sorted by start."""
    by_start = sorted(visitor().bookings.values(), key=lambda booking: booking.slot.start)
    return render_template("bookings.html", bookings=by_start)


@pages.get("/bookings/<booking_id>")
def confirmed(booking_id: str) -> str:
    return render_template("confirmed.html", booking=_own_booking(booking_id))


@pages.get("/bookings/<booking_id>.ics")
def download(booking_id: str) -> Response:
    booking = _own_booking(booking_id)
    content = calendar_file(booking, reference=visitor().reference, now=now())
    headers = {"Content-Disposition": "attachment; filename=appointment.ics"}
    return Response(content, mimetype="text/calendar", headers=headers)


@pages.post("/bookings/<booking_id>/move")
def start_move(booking_id: str) -> AnyResponse:
    """Let the visitor choose a new time, of any doctor, for a booking."""
    booking = visitor().booking_to_move = _own_booking(booking_id)
    return _redirect_to_times(booking.doctor, _date_of(booking))


@pages.post("/bookings/keep")
def cancel_move() -> AnyResponse:
    """Keep the booking at its time, and release the new one if it is held."""
    _release(visitor())
    visitor().booking_to_move = None
    return _redirect(".bookings")


@pages.get("/bookings/<booking_id>/cancel")
def confirm_cancel(booking_id: str) -> str:
    """Ask before the appointment is cancelled: another patient can take its time at once."""
    return render_template("cancel.html", booking=_own_booking(booking_id))


@pages.post("/bookings/<booking_id>/cancel")
def cancel(booking_id: str) -> AnyResponse:
    patient, booking = visitor(), _own_booking(booking_id)
    try:
        with suppress(NotFoundError):
            slots_api().cancel(booking.slot.slot_id, booking_id=booking_id)
    except RequestRejectedError as error:
        started = error.violation.code == "in_past"
        reason = "it has already started" if started else "please ask the clinic"
        flash(f"Sorry, we couldn't cancel this appointment: {reason}.", "error")
        return _redirect(".bookings")
    patient.bookings.pop(booking_id, None)
    if patient.booking_to_move == booking:
        patient.booking_to_move = None
    flash("Appointment cancelled", "success")
    return _redirect(".bookings")


def _own_booking(booking_id: str) -> Booking:
    """Return the visitor's booking; show the list if they have no such booking."""
    return visitor().bookings.get(booking_id) or abort(_redirect(".bookings"))


def _redirect(endpoint: str, **values: Any) -> AnyResponse:  # noqa: ANN401  as url_for
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)


def _redirect_to_times(doctor: Doctor, first: object) -> AnyResponse:
    return _redirect("search.times", doctor_id=doctor.doctor_id, **{"from": first})


def _reject(doctor: Doctor, first: object, error: RequestRejectedError) -> AnyResponse:
    """Show the doctor's current times, and why the chosen one is not among them."""
    code, start = error.violation.code, error.violation.start
    time = format_time(start, doctor.zone) if start else "that time"
    advice = ADVICE.get(code, "Please choose another time.")
    flash(f"Sorry, {time} {REASONS.get(code, 'is no longer available')}. {advice}", "error")
    return _redirect_to_times(doctor, first)


def _date_of(reservation: Hold | Booking) -> object:
    return reservation.slot.start.astimezone(reservation.doctor.zone).date()


def _release(patient: Visitor) -> Hold | None:
    """Forget the hold; one that cannot be released expires by itself."""
    hold, patient.last_hold = patient.last_hold, None
    if hold:
        with suppress(SlotsApiError):
            slots_api().release(hold.slot.slot_id, holder=patient.holder)
    return hold

"""The pages of a booking: hold a time, book it, list bookings, change their time, cancel."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from threading import Lock
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug import Response

from examples.booking_site.calendar_file import fold
from examples.booking_site.slots_api import Json, RequestRejectedError, SlotsApiError
from examples.booking_site.visitors import Appointment, Visitor, neighbours_with_hold, new_id

HOLD_SECONDS = 300
TOO_MANY: Json = {"code": "too_many_at_address", "limit": 2}  # a script must not hold every time
address_locks: defaultdict[str, Lock] = defaultdict(Lock)  # requests at once would all find room
EXPIRED = "Your hold has expired. Please choose a time again."

pages = Blueprint("booking", __name__)


@pages.post("/doctors/<doctor_id>/hold")
def hold(doctor_id: str) -> Response:
    patient, doctor = g.visitor, g.api.get("doctors", doctor_id)
    slot_id, shown_date = request.form["slot_id"], request.form.get("from")
    with address_locks[request.remote_addr or ""]:
        if neighbours_with_hold() >= TOO_MANY["limit"]:
            return _reject(doctor, shown_date, TOO_MANY)
        try:
            slot = g.api.put("slots", slot_id, "hold", holder=patient.holder, seconds=HOLD_SECONDS)
        except RequestRejectedError as error:
            return _reject(doctor, shown_date, error.violation)
        if patient.hold and patient.hold.slot["slot_id"] != slot["slot_id"]:
            _release(patient)
        moves = patient.booking_to_move
        appointment = moves or Appointment(booking_id=new_id(), doctor=doctor, slot=slot)
        patient.last_hold = replace(appointment, doctor=doctor, slot=slot, moves=moves)
        patient.address = request.remote_addr or ""
    return _redirect(".held")


@pages.get("/hold")
def held() -> str | Response:
    hold = g.visitor.last_hold
    if not hold:
        return _redirect(".bookings")
    if hold.seconds_left:
        return render_template("held.html", hold=hold)
    flash(EXPIRED, "error")
    return _redirect_to_times(hold.doctor, hold.slot["date"])


@pages.post("/hold/release")
def release() -> Response:
    hold = _release(g.visitor)
    return _redirect_to_times(hold.doctor, hold.slot["date"]) if hold else _redirect("search.start")


@pages.post("/hold/book")
def book() -> Response:
    """Book the held slot, or move a booking to it."""
    patient, hold, booking_id = g.visitor, g.visitor.last_hold, request.form["booking_id"]
    if not hold or hold.booking_id != booking_id:
        # The form was submitted twice, or is from before another hold.
        if booking_id not in patient.bookings:
            flash(EXPIRED, "error")
        return _redirect(".confirmed", booking_id=booking_id)
    name = hold.patient_name or request.form["name"].strip()
    if not name:
        flash("Enter the patient's name", "error")
        return _redirect(".held")
    # The site keeps the name: the API gets no patient data but an opaque reference.
    ids = {"booking_id": booking_id, "patient_reference": patient.reference}
    moves = {"moves": hold.moves.slot["slot_id"]} if hold.moves else {}
    body = {**ids, **moves, "holder": patient.holder}
    try:
        slot = g.api.put("slots", hold.slot["slot_id"], "booking", **body)
    except RequestRejectedError as error:
        _release(patient)
        return _reject(hold.doctor, hold.slot["date"], error.violation)
    changes = hold.changes + bool(hold.moves)
    booked = replace(hold, slot=slot, moves=None, patient_name=name, changes=changes)
    patient.bookings[booking_id] = booked
    patient.last_hold = patient.booking_to_move = None
    return _redirect(".confirmed", booking_id=booking_id)


@pages.get("/bookings")
def bookings() -> str:
    """List the bookings; those that the practice can't keep have other times to choose from."""
    own = g.visitor.bookings.values()
    return render_template("bookings.html", offers={b.booking_id: _offers(b) for b in own})


@pages.post("/bookings/<booking_id>/rebook")
def rebook(booking_id: str) -> Response:
    """Move a booking to an offered time, which needs no hold."""
    _release(g.visitor)
    booking = g.visitor.booking_to_move = _own_booking(booking_id)
    slot = booking.slot | {"slot_id": request.form["slot_id"], "held_until": g.now}
    doctor = g.api.get("doctors", request.form["doctor_id"])
    g.visitor.last_hold = replace(booking, doctor=doctor, slot=slot, moves=booking)
    return book()


@pages.get("/bookings/<booking_id>/confirmed")
def confirmed(booking_id: str) -> str:
    return render_template("confirmed.html", booking=_own_booking(booking_id))


@pages.get("/bookings/<booking_id>/appointment.ics")
def download(booking_id: str) -> Response:
    file = fold(render_template("appointment.ics", booking=_own_booking(booking_id)))
    return Response(file, mimetype="text/calendar", headers={"Content-Disposition": "attachment"})


@pages.post("/bookings/<booking_id>/move")
def start_move(booking_id: str) -> Response:
    """Let the visitor choose a new time, of any doctor, for a booking."""
    booking = g.visitor.booking_to_move = _own_booking(booking_id)
    return _redirect_to_times(booking.doctor, booking.slot["date"])


@pages.post("/bookings/keep")
def cancel_move() -> Response:
    """Keep the booking at its time, and release the new one if it is held."""
    _release(g.visitor)
    g.visitor.booking_to_move = None
    return _redirect(".bookings")


@pages.route("/bookings/<booking_id>/cancel", methods=["GET", "POST"])
def cancel(booking_id: str) -> str | Response:
    """Ask first: others can book the time as soon as it is free."""
    patient, booking = g.visitor, _own_booking(booking_id)
    if request.method == "GET":
        return render_template("cancel.html", booking=booking)
    try:
        g.api.delete("slots", booking.slot["slot_id"], "booking", booking_id=booking_id)
    except RequestRejectedError as error:
        if error.code != HTTPStatus.NOT_FOUND:
            flash(render_template("_not_cancelled.txt", violation=error.violation), "error")
            return _redirect(".bookings")
    patient.bookings.pop(booking_id, None)
    if patient.booking_to_move == booking:
        patient.booking_to_move = None
    flash("Appointment cancelled", "success")
    return _redirect(".bookings")


def _offers(booking: Appointment) -> list[Json] | None:
    """Return other times for a booking that is disrupted; None if it is not."""
    slot_id, doctor_id = booking.slot["slot_id"], booking.doctor["doctor_id"]
    query = {"from": booking.slot["date"], "to": booking.slot["date"], "disrupted": "true"}
    found = g.api.get("doctors", doctor_id, "bookings", **query)["bookings"]
    is_disrupted = slot_id in {each["slot_id"] for each in found}
    return list(g.api.get("slots", slot_id, "offers", limit=3)["offers"]) if is_disrupted else None


def _own_booking(booking_id: str) -> Appointment:
    """Return the visitor's booking; show the list if they have no such booking."""
    patient: Visitor = g.visitor
    return patient.bookings.get(booking_id) or abort(_redirect(".bookings"))


def _redirect(endpoint: str, **values: Any) -> Response:  # noqa: ANN401  as url_for
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)


def _redirect_to_times(doctor: Json, first: object) -> Response:
    return _redirect("search.times", doctor_id=doctor["doctor_id"], **{"from": first})


def _reject(doctor: Json, first: object, violation: Json) -> Response:
    """Show the doctor's current times, and why the chosen one is not among them."""
    flash(render_template("_rejected.txt", violation=violation, doctor=doctor), "error")
    return _redirect_to_times(doctor, first)


def _release(patient: Visitor) -> Appointment | None:
    """Forget the hold; one that cannot be released expires by itself."""
    hold, patient.last_hold = patient.last_hold, None
    if hold:
        with suppress(SlotsApiError):
            g.api.delete("slots", hold.slot["slot_id"], "hold", holder=patient.holder)
    return hold

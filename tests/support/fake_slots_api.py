"""A fake of the MediLink Slots API in memory, with the parts that a booking site uses."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, current_app, jsonify, request

PAGE_SIZE = 2
HELD_UNTIL = "2026-11-22T12:05:00+00:00"

routes = Blueprint("fake_api", __name__)


@dataclass
class FakeSlot:
    """A slot that the doctor has opened."""

    slot_id: str
    doctor_id: str
    start: datetime
    holder: str | None = None
    booking_id: str | None = None
    is_disrupted: bool = False

    @property
    def json(self) -> dict[str, str]:
        """The slot as in the API's responses."""
        end = self.start + timedelta(minutes=30)
        is_free = not self.holder and not self.booking_id
        return {
            "slot_id": self.slot_id,
            "start": self.start.isoformat(),
            "end": end.isoformat(),
            "status": "free" if is_free else "busy",
        }


@dataclass
class FakeApi:
    """Its data, the requests that it received, and the responses to send next, in their order.

    ``next_responses`` are sent in place of the real ones.
    """

    doctors: dict[str, dict[str, str]] = field(default_factory=dict)
    slots: dict[str, FakeSlot] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    received: str = ""
    etags: list[str | None] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    next_responses: list[Response] = field(default_factory=list)
    max_holds: int = 20

    def add_doctor(self, doctor_id: str, name: str, specialty: str, zone: str) -> None:
        self.doctors[doctor_id] = {
            "doctor_id": doctor_id,
            "name": name,
            "specialty": specialty,
            "location": zone.partition("/")[2],
            "time_zone": zone,
        }

    def open_slots(self, doctor_id: str, *starts: str) -> list[str]:
        """Open slots by their local start in the doctor's zone; return their ids."""
        zone = ZoneInfo(self.doctors[doctor_id]["time_zone"])
        slot_ids = []
        for given in starts:
            start = datetime.fromisoformat(given)
            start = start if start.tzinfo else start.replace(tzinfo=zone)
            slot_id = f"{doctor_id}~{start.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%MZ}"
            self.slots[slot_id] = FakeSlot(slot_id, doctor_id, start)
            slot_ids.append(slot_id)
        return slot_ids

    def bookings(self) -> dict[str, str]:
        """Return the booking id of each booked slot."""
        return {i: slot.booking_id for i, slot in self.slots.items() if slot.booking_id}

    def bookable(self, doctor_id: str, first: str, last: str | None) -> list[dict[str, str]]:
        """Return the doctor's free slots on those dates of their zone."""
        return [
            slot.json
            for slot in sorted(self.slots.values(), key=lambda slot: slot.start)
            if slot.doctor_id == doctor_id
            and slot.json["status"] == "free"
            and date.fromisoformat(first) <= slot.start.date()
            and (last is None or slot.start.date() <= date.fromisoformat(last))
        ]


def problem(status: HTTPStatus, detail: str, code: str = "", **headers: str) -> Response:
    """Make an error response with problem details (RFC 9457)."""
    errors = [{"start": "2026-11-23T09:00:00+00:00", "code": code, "detail": detail}]
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": detail,
        "errors": errors if code else [],
    }
    response = Response(json.dumps(body), status, content_type="application/problem+json")
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def taken() -> Response:
    """The response for a slot that another client holds or has booked."""
    return problem(HTTPStatus.CONFLICT, "09:00–09:30 is held by another client", "slot_taken")


def unavailable(**headers: str) -> Response:
    """The response when the store is unavailable."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "Try again.", **headers)


def create_app(api: FakeApi) -> Flask:
    """Create the WSGI application of a fake API."""
    app = Flask("fake_api", static_folder=None)
    app.config["API"] = api
    app.register_blueprint(routes)
    return app


def _api() -> FakeApi:
    return cast("FakeApi", current_app.config["API"])


@routes.before_request
def record() -> Response | None:
    api = _api()
    api.requests.append(f"{request.method} {request.environ['REQUEST_URI']}")
    api.received += request.get_data(as_text=True)
    api.etags.append(request.headers.get("If-None-Match"))
    api.tokens.append(request.headers.get("Authorization"))
    return api.next_responses.pop(0) if api.next_responses else None


@routes.errorhandler(KeyError)
def not_found(_: KeyError) -> Response:
    return problem(HTTPStatus.NOT_FOUND, "There is no such doctor or slot.")


def _page(doctors: list[dict[str, Any]]) -> dict[str, Any]:
    begin = int(request.args.get("cursor", 0))
    end = begin + PAGE_SIZE
    return {"doctors": doctors[begin:end], "next": str(end) if len(doctors) > end else None}


@routes.get("/doctors")
def doctors() -> dict[str, Any]:
    return _page(list(_api().doctors.values()))


@routes.get("/doctors/<doctor_id>")
def doctor(doctor_id: str) -> dict[str, str]:
    return _api().doctors[doctor_id]


@routes.get("/doctors/<doctor_id>/slots")
def slots(doctor_id: str) -> Response:
    first = request.args["from"]
    upcoming = _api().bookable(doctor_id, first, None)
    response = jsonify(
        slots=_api().bookable(doctor_id, first, request.args["to"]),
        next_available=upcoming[0] if upcoming else None,
    )
    response.add_etag()
    response.make_conditional(request)
    return response


@routes.get("/availability")
def availability() -> dict[str, Any]:
    found = []
    for doctor in _api().doctors.values():
        dates = request.args.get("from", "0001-01-01"), request.args.get("to")
        slots = _api().bookable(doctor["doctor_id"], *dates)
        location = request.args.get("location", doctor["location"])
        filters = (request.args["specialty"], location)
        if slots and (doctor["specialty"], doctor["location"]) == filters:
            fields = {name: doctor[name] for name in doctor if name != "specialty"}
            found.append({**fields, "next_available": slots[0], "slots": slots})
    return _page(found)


@routes.get("/doctors/<doctor_id>/bookings")
def bookings(doctor_id: str) -> dict[str, Any]:
    first, last = (date.fromisoformat(request.args[name]) for name in ("from", "to"))
    found = [
        slot.json
        for slot in _api().slots.values()
        if slot.doctor_id == doctor_id
        and slot.booking_id
        and slot.is_disrupted
        and first <= slot.start.date() <= last
    ]
    return {"bookings": found}


@routes.get("/slots/<slot_id>/offers")
def offers(slot_id: str) -> dict[str, Any]:
    assert slot_id in _api().slots
    free = [slot for slot in _api().slots.values() if slot.json["status"] == "free"]
    limit = int(request.args["limit"])
    return {"offers": [{**slot.json, "doctor_id": slot.doctor_id} for slot in free[:limit]]}


@routes.put("/slots/<slot_id>/hold")
def hold(slot_id: str) -> dict[str, str] | Response:
    slot, holder = _api().slots[slot_id], request.json["holder"]
    if slot.booking_id or slot.holder not in {None, holder}:
        return taken()
    if sum(bool(other.holder) for other in _api().slots.values()) >= _api().max_holds:
        return problem(
            HTTPStatus.TOO_MANY_REQUESTS, "You hold too many", "too_many_holds", Retry_After="60"
        )
    slot.holder = holder
    return {**slot.json, "held_until": HELD_UNTIL}


@routes.delete("/slots/<slot_id>/hold")
def release(slot_id: str) -> tuple[str, int]:
    slot = _api().slots[slot_id]
    if slot.holder == request.args["holder"]:
        slot.holder = None
    return "", HTTPStatus.NO_CONTENT


@routes.put("/slots/<slot_id>/booking")
def book(slot_id: str) -> tuple[dict[str, str], int] | Response:
    slots, body = _api().slots, request.json
    slot = slots[slot_id]
    if slot.booking_id == body["booking_id"]:
        return slot.json, HTTPStatus.OK
    if slot.booking_id or slot.holder not in {None, body.get("holder")}:
        return taken()
    if "moves" in body:
        if slots[body["moves"]].booking_id != body["booking_id"]:
            return taken()
        slots[body["moves"]].booking_id = None
    slot.holder, slot.booking_id = None, body["booking_id"]
    return slot.json, HTTPStatus.CREATED


@routes.delete("/slots/<slot_id>/booking")
def cancel(slot_id: str) -> tuple[str, int] | Response:
    slot = _api().slots[slot_id]
    if slot.booking_id not in {None, request.args["booking_id"]}:
        return taken()
    slot.booking_id = None
    return "", HTTPStatus.NO_CONTENT

"""An API that speaks the contract as far as a booking site hears it, in memory."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http import HTTPStatus
from threading import Thread
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE_SIZE = 2
HELD_UNTIL = "2026-11-22T12:05:00+00:00"


@dataclass
class FakeSlot:
    """A slot that the doctor has opened."""

    slot_id: str
    doctor_id: str
    start: datetime
    holder: str | None = None
    booking_id: str | None = None

    @property
    def json(self) -> dict[str, str]:
        """As the contract shows it."""
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
    """What it knows, what it was asked, and what it answers next instead of the truth."""

    doctors: dict[str, dict[str, str]] = field(default_factory=dict)
    slots: dict[str, FakeSlot] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    received_text: str = ""
    etags: list[str | None] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    canned_responses: list[Response] = field(default_factory=list)

    def add_doctor(self, doctor_id: str, name: str, specialty: str, zone: str) -> None:
        """A doctor joins."""
        self.doctors[doctor_id] = {
            "doctor_id": doctor_id,
            "name": name,
            "specialty": specialty,
            "location": zone.partition("/")[2],
            "time_zone": zone,
        }

    def open_slots(self, doctor_id: str, *starts: str) -> list[str]:
        """A doctor ticks boxes, named by date and time on her clock; gives their ids."""
        zone = ZoneInfo(self.doctors[doctor_id]["time_zone"])
        opened = []
        for given in starts:
            start = datetime.fromisoformat(given)
            start = start if start.tzinfo else start.replace(tzinfo=zone)
            slot_id = f"{doctor_id}~{start.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%MZ}"
            self.slots[slot_id] = FakeSlot(slot_id, doctor_id, start)
            opened.append(slot_id)
        return opened

    def bookings(self) -> dict[str, str]:
        """The booking of each slot that has one."""
        return {i: slot.booking_id for i, slot in self.slots.items() if slot.booking_id}

    def available_slots(self, doctor_id: str, first: str, last: str | None) -> list[dict[str, str]]:
        """Her free slots on those dates of her zone."""
        return [
            slot.json
            for slot in sorted(self.slots.values(), key=lambda slot: slot.start)
            if slot.doctor_id == doctor_id
            and slot.json["status"] == "free"
            and date.fromisoformat(first) <= slot.start.date()
            and (last is None or slot.start.date() <= date.fromisoformat(last))
        ]

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Answer requests while the block runs; gives the base URL."""
        server = make_server("127.0.0.1", 0, _create_app(self), threaded=True)
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()


def problem(status: HTTPStatus, detail: str, code: str = "", **headers: str) -> Response:
    """The one shape of errors."""
    errors = [{"start": "2026-11-23T09:00:00+00:00", "code": code, "detail": detail}]
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": detail,
        "errors": errors if code else [],
    }
    answer = Response(json.dumps(body), status, content_type="application/problem+json")
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return answer


def slot_taken_problem() -> Response:
    """What is said of a slot that somebody else has."""
    return problem(HTTPStatus.CONFLICT, "Slot is taken: 09:00-09:30", "slot_taken")


def unavailable_problem(**headers: str) -> Response:
    """What is said when the store does not answer."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "Try again.", **headers)


def _create_app(api: FakeApi) -> Flask:  # noqa: C901  a route is a function of its own
    app = Flask("fake_api", static_folder=None)

    @app.before_request
    def record() -> Response | None:
        api.requests.append(f"{request.method} {request.environ['REQUEST_URI']}")
        api.received_text += request.get_data(as_text=True)
        api.etags.append(request.headers.get("If-None-Match"))
        api.tokens.append(request.headers.get("Authorization"))
        return api.canned_responses.pop(0) if api.canned_responses else None

    @app.errorhandler(KeyError)
    def not_found(_: KeyError) -> Response:
        return problem(HTTPStatus.NOT_FOUND, "There is no such doctor or slot.")

    @app.get("/doctors")
    def doctors() -> dict[str, Any]:
        begin = int(request.args.get("cursor", 0))
        end = begin + PAGE_SIZE
        found = list(api.doctors.values())
        return {"doctors": found[begin:end], "next": str(end) if len(found) > end else None}

    @app.get("/doctors/<doctor_id>")
    def doctor(doctor_id: str) -> dict[str, str]:
        return api.doctors[doctor_id]

    @app.get("/doctors/<doctor_id>/slots")
    def slots(doctor_id: str) -> Response:
        first = request.args["from"]
        coming = api.available_slots(doctor_id, first, None)
        answer = jsonify(
            slots=api.available_slots(doctor_id, first, request.args["to"]),
            next_available=coming[0] if coming else None,
        )
        answer.add_etag()
        answer.make_conditional(request)
        return answer

    @app.get("/availability")
    def availability() -> dict[str, Any]:
        found = []
        for doctor in api.doctors.values():
            slots = api.available_slots(
                doctor["doctor_id"], request.args["from"], request.args["to"]
            )
            place = request.args.get("location", doctor["location"])
            wanted = (request.args["specialty"], place)
            if slots and (doctor["specialty"], doctor["location"]) == wanted:
                shown = {name: doctor[name] for name in doctor if name != "specialty"}
                found.append({**shown, "next_available": slots[0], "slots": slots})
        begin = int(request.args.get("cursor", 0))
        end = begin + PAGE_SIZE
        return {"doctors": found[begin:end], "next": str(end) if len(found) > end else None}

    @app.put("/slots/<slot_id>/hold")
    def hold(slot_id: str) -> dict[str, str] | Response:
        slot, holder = api.slots[slot_id], request.json["holder"]
        if slot.booking_id or slot.holder not in {None, holder}:
            return slot_taken_problem()
        slot.holder = holder
        return {**slot.json, "held_until": HELD_UNTIL}

    @app.delete("/slots/<slot_id>/hold")
    def release(slot_id: str) -> tuple[str, int]:
        if api.slots[slot_id].holder == request.args["holder"]:
            api.slots[slot_id].holder = None
        return "", HTTPStatus.NO_CONTENT

    @app.put("/slots/<slot_id>/booking")
    def book(slot_id: str) -> tuple[dict[str, str], int] | Response:
        slot, body = api.slots[slot_id], request.json
        if slot.booking_id == body["booking_id"]:
            return slot.json, HTTPStatus.OK
        if slot.booking_id or slot.holder not in {None, body.get("holder")}:
            return slot_taken_problem()
        if "moves" in body:
            if api.slots[body["moves"]].booking_id != body["booking_id"]:
                return slot_taken_problem()
            api.slots[body["moves"]].booking_id = None
        slot.holder, slot.booking_id = None, body["booking_id"]
        return slot.json, HTTPStatus.CREATED

    @app.delete("/slots/<slot_id>/booking")
    def cancel(slot_id: str) -> tuple[str, int] | Response:
        slot = api.slots[slot_id]
        if slot.booking_id not in {None, request.args["booking_id"]}:
            return slot_taken_problem()
        slot.booking_id = None
        return "", HTTPStatus.NO_CONTENT

    return app

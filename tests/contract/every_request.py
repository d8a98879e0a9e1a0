"""Every request that there is, well-formed and about Dr Lee, and everybody who may send it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.an_issuer import MACHINE, PAGE
from tests.site import FORM, id_of

if TYPE_CHECKING:
    from tests.site import Answer, Site

JSON = "application/json"
_DAY = {"doctor_id": "dr-lee", "date": "2026-11-23"}
_OPENED = {**_DAY, "slots": [{"start": "11:00", "status": "free"}]}
_QUERIES = {
    "GET /slots": "?doctor_id=dr-lee&date=2026-11-23",
    "GET /slots/history": "?doctor_id=dr-lee&date=2026-11-23",
    "GET /availability": "?specialty=cardiology",
    "DELETE /slots/{slot_id}/hold": "?holder=h",
    "DELETE /slots/{slot_id}/booking": "?booking_id=b",
}
_BODIES: dict[str, tuple[str, str]] = {
    "POST /slots": (JSON, json.dumps(_OPENED)),
    "POST /sign-out": (FORM, ""),
    "PUT /slots/{slot_id}/hold": (JSON, json.dumps({"holder": "h", "seconds": 60})),
    "PUT /slots/{slot_id}/booking": (
        JSON,
        json.dumps({"booking_id": "b", "patient_reference": "p"}),
    ),
    "PUT /doctors/{doctor_id}": (
        JSON,
        json.dumps(
            {
                "name": "Dr Mina Lee",
                "specialty": "cardiology",
                "location": "London",
                "time_zone": "Europe/London",
                "slot_minutes": 30,
                "sessions": [{"from": "09:00", "to": "12:00"}],
            }
        ),
    ),
}


def a_person(name: str, group: str) -> dict[str, Any]:
    return {"username": name, "cognito:groups": [group], "client_id": PAGE}


CALLERS: dict[str, dict[str, Any] | None] = {
    "nobody": None,
    "own": a_person("dr-lee", "doctor"),
    "other": a_person("dr-okafor", "doctor"),
    "named": a_person("sam", "delegate"),
    "unnamed": a_person("mallory", "delegate"),
    "slots/read": {"client_id": MACHINE, "scope": "slots/read"},
    "slots/book": {"client_id": MACHINE, "scope": "slots/book"},
    "admin": a_person("alex", "admin"),
}


def send(site: Site, request: str, **headers: str) -> Answer:
    """``GET /doctors/{doctor_id}``, say, with those headers."""
    method, path = request.split()
    path = path.replace("{doctor_id}", "dr-lee").replace("{slot_id}", id_of("09:00"))
    path = path.replace("{name}", "slots.css")
    kind, body = _BODIES.get(request, ("", ""))
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent |= {"Content-Type": kind} if kind else {}
    return site.request(method, f"{path}{_QUERIES.get(request, '')}", body.encode(), sent)


def opened(site: Site, **headers: str) -> None:
    """As an admin with those headers: what can be held and booked."""
    slots = [{"start": "09:00", "status": "free"}]
    assert site.post({**_DAY, "slots": slots}, **headers).status == 200

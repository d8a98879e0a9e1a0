"""A valid request of every route, and every kind of caller, for tests of permissions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.support.app_client import FORM, make_slot_id
from tests.support.factories import DOCTOR_SETTINGS
from tests.support.fake_oidc_provider import (
    OTHER_SERVICE_CLIENT_ID,
    PAGE_CLIENT_ID,
    SERVICE_CLIENT_ID,
)
from tests.support.profile import is_nightly

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

JSON = "application/json"
_DAY_FIELDS = {"doctor_id": "dr-lee", "date": "2026-11-23"}
_SAVE_FIELDS = {**_DAY_FIELDS, "slots": [{"start": "11:00", "status": "free"}]}
_WEEK_FIELDS = {
    "doctor_id": "dr-lee",
    "days": [{"date": "2026-11-24", "slots": [{"start": "11:00", "status": "free"}]}],
}
_PRACTICE_FIELDS = {
    "date": "2026-11-24",
    "doctors": [{"doctor_id": "dr-lee", "slots": [{"start": "11:30", "status": "free"}]}],
}
_SERIES = {
    "name": "Mornings",
    "weekly": {"mon": [{"from": "11:00", "to": "12:00"}]},
    "from": "2026-11-23",
    "to": "2026-11-30",
}
_SERIES_FORM = {
    "doctor_id": "dr-lee",
    "name": "Mornings",
    "weekday": "mon",
    "mon_from": "11:00",
    "mon_to": "12:00",
    "every_weeks": "1",
    "from": "2026-11-23",
    "to": "2026-11-30",
    "ends": "on",
}
_TIME_OFF_FORM = {
    "doctor_id": "dr-lee",
    "name": "Holiday",
    "from": "2026-11-23",
    "to": "2026-11-23",
    "act": "stop",
}
_IMPORT_FORM = {"doctor_id": "dr-lee", "slots": "date,start\n2026-11-23,11:30\n"}
_QUERIES = {
    "GET /slots": "?doctor_id=dr-lee&date=2026-11-23",
    "GET /slots/history": "?doctor_id=dr-lee&date=2026-11-23",
    "GET /slots/month": "?doctor_id=dr-lee&month=2026-11",
    "GET /slots/week": "?doctor_id=dr-lee&date=2026-11-23",
    "GET /practice": "?doctor_id=dr-lee&date=2026-11-23",
    "GET /changes": "?doctor_id=dr-lee",
    "GET /settings": "?doctor_id=dr-lee",
    "GET /series": "?doctor_id=dr-lee",
    "GET /series/new": "?doctor_id=dr-lee&week=2026-11-23",
    "GET /series/{series_id}/edit": "?doctor_id=dr-lee",
    "GET /series/{series_id}/end": "?doctor_id=dr-lee",
    "GET /import": "?doctor_id=dr-lee",
    "GET /calendar-feeds": "?doctor_id=dr-lee",
    "GET /time-off": "?doctor_id=dr-lee&date=2026-11-23",
    "GET /slots/origins": "?doctor_id=dr-lee&date=2026-11-23",
    "GET /plans/{plan_id}": "?doctor_id=dr-lee",
    "GET /bookings": "?doctor_id=dr-lee&date=2026-11-23",
    "GET /rebooking": "?doctor_id=dr-lee",
    "GET /doctors/{doctor_id}/export": "?from=2026-11-23&to=2026-11-23",
    "GET /availability": "?specialty=cardiology",
    "GET /fhir/bulk-publish/{file}": "?schedule=dr-lee",
    "DELETE /slots/{slot_id}/hold": "?holder=h",
    "DELETE /slots/{slot_id}/booking": "?booking_id=b",
    "DELETE /doctors/{doctor_id}/holds": "?client_id=site-a",
    "GET /doctors/{doctor_id}/bookings": "?from=2026-11-23&to=2026-11-23",
}
_BOOKINGS_FORM = {**_DAY_FIELDS, "slot_id": make_slot_id("09:00"), "act": "lift"}
_BODIES: dict[str, tuple[str, str]] = {
    "POST /bookings": (FORM, urlencode(_BOOKINGS_FORM)),
    "POST /slots": (JSON, json.dumps(_SAVE_FIELDS)),
    "POST /slots/week": (JSON, json.dumps(_WEEK_FIELDS)),
    "POST /practice": (JSON, json.dumps(_PRACTICE_FIELDS)),
    "POST /slots/undo": (
        JSON,
        json.dumps({"change_id": "dr-lee~2026-11-23~20261122T120000000000Z~save-1"}),
    ),
    "POST /doctors/{doctor_id}/plans": (JSON, json.dumps({"kind": "series", "series": _SERIES})),
    "POST /doctors/{doctor_id}/plans/{plan_id}/steps": (JSON, "{}"),
    "POST /series": (FORM, urlencode(_SERIES_FORM)),
    "POST /series/{series_id}/end": (FORM, "doctor_id=dr-lee&to=2026-11-30"),
    "POST /closures": (
        JSON,
        json.dumps({"from": "2027-11-22", "to": "2027-11-22", "name": "Closed"}),
    ),
    "POST /calendar-feeds": (FORM, "doctor_id=dr-lee&name=Phone"),
    "POST /calendar-feeds/{feed_id}": (FORM, "doctor_id=dr-lee&act=revoke"),
    "POST /doctors/{doctor_id}/calendar-feeds": (JSON, json.dumps({"name": "Phone"})),
    "POST /webhooks": (
        JSON,
        json.dumps({"url": "https://hooks.example.org/slots", "events": ["slots.changed"]}),
    ),
    "POST /new-delegate": (FORM, "name=kim&doctor=dr-lee"),
    "POST /new-doctor": (FORM, "act=add"),
    "POST /doctors/{doctor_id}/sign-in": (FORM, "email="),
    "POST /doctors/{doctor_id}/active": (FORM, "active=on"),
    "POST /closures/{closure_id}/lift": (FORM, "act=lift"),
    "POST /import": (FORM, urlencode(_IMPORT_FORM)),
    "POST /settings": (FORM, "doctor_id=dr-lee&lead_minutes=5"),
    "POST /time-off": (FORM, urlencode(_TIME_OFF_FORM)),
    "POST /time-off/lift": (FORM, "doctor_id=dr-lee&time_off_id=none"),
    "POST /plans/{plan_id}": (FORM, "doctor_id=dr-lee&act=start"),
    "POST /sign-out": (FORM, ""),
    "POST /account/password": (FORM, "current_password=a&new_password=b&new_again=b"),
    "PUT /slots/{slot_id}/hold": (JSON, json.dumps({"holder": "h", "seconds": 60})),
    "PUT /slots/{slot_id}/booking": (
        JSON,
        json.dumps({"booking_id": "b", "patient_reference": "p"}),
    ),
    "POST /slots/{slot_id}/release": (JSON, json.dumps({"reason": "r"})),
    "POST /slots/{slot_id}/disrupt": (JSON, json.dumps({"reason": "r"})),
    "POST /slots/{slot_id}/revoke": (JSON, json.dumps({"reason": "r"})),
    "PUT /doctors/{doctor_id}": (
        JSON,
        json.dumps(DOCTOR_SETTINGS),
    ),
}


def user_claims(name: str, group: str) -> dict[str, Any]:
    return {"username": name, "cognito:groups": [group], "client_id": PAGE_CLIENT_ID}


CALLERS: dict[str, dict[str, Any] | None] = {
    "anonymous": None,
    "own": user_claims("dr-lee", "doctor"),
    "other": user_claims("dr-okafor", "doctor"),
    "named": user_claims("sam", "delegate"),
    "unnamed": user_claims("mallory", "delegate"),
    "slots/read": {"client_id": SERVICE_CLIENT_ID, "scope": "slots/read"},
    "slots/book": {"client_id": SERVICE_CLIENT_ID, "scope": "slots/book"},
    "admin": user_claims("alex", "admin"),
}


ANOTHER_SITE = {"client_id": OTHER_SERVICE_CLIENT_ID, "scope": "slots/book"}
"""The claims of a second booking site."""


_OTHERS_BY_DAY = ("anonymous", "slots/book", "admin")


def is_sampled(route: str, caller: str) -> bool:
    """Whether to send a route as a caller: by day as Dr Lee and, in turn, as one of the others.

    HEAD, which the app handles as GET, is by day sent as Dr Lee only.
    """
    if is_nightly() or caller == "own":
        return True
    other = _OTHERS_BY_DAY[sum(route.encode()) % len(_OTHERS_BY_DAY)]
    return caller == other and not route.startswith("HEAD ")


def send_request(client: AppClient, route: str, **headers: str) -> AppResponse:
    """Send a valid request about Dr Lee to a route such as ``GET /doctors/{doctor_id}``."""
    method, path = route.split()
    query = _QUERIES.get(route.replace("HEAD", "GET"), "")
    path = path.replace("{doctor_id}", "dr-lee").replace("{slot_id}", make_slot_id("09:00"))
    path = path.replace("/people/{name}", "/people/alex").replace("{name}", "slots.css")
    path = path.replace("{series_id}", "9b2f40c81e6d").replace("{plan_id}", "no-such-plan")
    path = path.replace("{closure_id}", "no-such-closure").replace("{feed_id}", "1f0c9ae27b35")
    path = path.replace("{resource_type}", "Slot").replace(
        "/bulk-publish/{file}", "/bulk-publish/Slot.ndjson"
    )
    resource_id = "_search" if method == "POST" else make_slot_id("09:00").replace("~", ".")
    path = path.replace("{resource_id}", resource_id)
    path = path.replace("{file}", f"dr-lee~1f0c9ae27b35~{'s' * 43}.ics")
    path = path.replace("{webhook_id}", "1f0c9ae27b3540d8").replace(
        "{delivery_id}", f"msg_20261122T120000000000Z_{'0' * 24}"
    )
    content_type, body = _BODIES.get(route, ("", ""))
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent |= {"Content-Type": content_type} if content_type else {}
    return client.request(method, f"{path}{query}", body.encode(), sent)


def open_slot(client: AppClient, **headers: str) -> None:
    """Open a slot that can be held and booked; the headers must be an admin's."""
    slots = [{"start": "09:00", "status": "free"}]
    assert client.post_slots({**_DAY_FIELDS, "slots": slots}, **headers).status == 200

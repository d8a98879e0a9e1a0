"""Requests of time off, closures and overrides whose calls of DynamoDB are counted."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalicelib.use_cases.manage_closures import ClosureRequest
from tests.support.app_client import FORM, AppResponse, make_slot_id, slot_path
from tests.support.factories import MONDAY
from tests.support.plans import PLANS
from tests.support.time_off import propose_time_off, take_time_off

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient
    from tests.support.call_scenarios import Scenario, Send

_HTML = {"Accept": "text/html"}
_LAST = MONDAY + timedelta(days=2)


def _page(path: str) -> Scenario:
    """Open a page with time off of three dates, and one disrupted booking."""

    def scenario(client: AppClient) -> Send:
        client.override("disrupt", "10:00")
        take_time_off(client, MONDAY + timedelta(weeks=1), MONDAY + timedelta(weeks=1, days=2))
        return lambda: client.get(path, **_HTML)

    return scenario


def _propose(client: AppClient) -> Send:
    return lambda: propose_time_off(client, MONDAY, _LAST)


def _step(client: AppClient) -> Send:
    plan = propose_time_off(client, MONDAY, _LAST).json
    return lambda: client.post(f"{PLANS}/{plan['plan_id']}/steps", {})


def _propose_lift(client: AppClient) -> Send:
    taken = take_time_off(client, MONDAY, _LAST)
    request = {"kind": "lift_time_off", "time_off_id": taken["time_off_id"]}
    return lambda: client.post(PLANS, request)


def _step_of_lift(client: AppClient) -> Send:
    plan = _propose_lift(client)().json
    return lambda: client.post(f"{PLANS}/{plan['plan_id']}/steps", {})


def _hold_beside(client: AppClient) -> Send:
    take_time_off(client, first="2026-11-23T12:00:00Z", last="2026-11-23T13:00:00Z")
    return lambda: client.hold("09:00")


def _hold_inside(client: AppClient) -> Send:
    client.book("09:00", "b-9")
    take_time_off(client, MONDAY)
    client.cancel("09:00", "b-9")
    return lambda: client.hold("09:00")


def _use_case(prepare: Callable[[AppClient], Callable[[], object]]) -> Scenario:
    """What a function of the schedule or of the queue does, without a request."""

    def scenario(client: AppClient) -> Send:
        act = prepare(client)

        def send() -> AppResponse:
            act()
            return AppResponse(HTTPStatus.OK, {}, "")

        return send

    return scenario


def _lift_mark(client: AppClient) -> Send:
    client.override("disrupt", "10:00")
    return lambda: client.delete(f"{slot_path('10:00')}/disrupt")


def _apply_closure(client: AppClient) -> Callable[[], object]:
    closures = client.services.closures
    request = ClosureRequest(name="Holiday", first=MONDAY, last=MONDAY)
    (closure,) = closures.manage.create(client.caller, [request])
    return lambda: closures.apply.apply(closure.closure_id, "dr-lee")


def _announce(client: AppClient) -> Callable[[], object]:
    client.override("disrupt", "10:00")
    client.clock.now += timedelta(minutes=11)
    return client.services.announce_disruptions.announce_all


def _desk_form(client: AppClient) -> Send:
    fields = {
        "doctor_id": "dr-lee",
        "date": MONDAY,
        "act": "book",
        "slot_id": make_slot_id("09:00"),
        "booking_id": "desk-1",
    }
    form = urlencode(fields).encode()
    return lambda: client.request("POST", "/bookings", form, {"Content-Type": FORM})


TIME_OFF_SCENARIOS: dict[str, list[Scenario]] = {
    "preview of time off, 3 dates": [_propose],
    "a step that takes time off of 3 dates, and finishes it": [_step],
    "preview of lifting it": [_propose_lift],
    "a step that lifts it": [_step_of_lift],
    "the page of a doctor's time off": [_page("/time-off?doctor_id=dr-lee")],
    "time off of a doctor": [lambda client: lambda: client.get("/doctors/dr-lee/time-off")],
    "closures": [lambda client: lambda: client.get("/closures")],
    "the page of the bookings of a day": [_page(f"/bookings?doctor_id=dr-lee&date={MONDAY}")],
    "the page of bookings that need rebooking": [_page("/rebooking?doctor_id=dr-lee")],
    "... of one date": [_page(f"/rebooking?doctor_id=dr-lee&date={MONDAY}")],
    "a closure of one date, for one doctor, by the queue": [_use_case(_apply_closure)],
    "announcement of the marks of one doctor, by the schedule": [_use_case(_announce)],
    "announcement, if there are none": [
        _use_case(lambda client: client.services.announce_disruptions.announce_all)
    ],
}
CACHED_TIME_OFF_SCENARIOS: dict[str, list[Scenario]] = {
    "... hold or book on a day with time off": [_hold_beside],
    "... inside it": [_hold_inside],
    "book at the desk, on the page": [_desk_form],
    "bookings of a doctor that have to move": [
        lambda client: lambda: client.list_bookings(f"from={MONDAY}&to={_LAST}&disrupted=true")
    ],
    "lift the mark of a booking": [_lift_mark],
}

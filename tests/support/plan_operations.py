"""A valid request of each route of series and plans, in an order in which they work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.support.app_client import FORM
from tests.support.calendar_feeds import FEEDS, feed_path, post_feed
from tests.support.factories import MONDAY
from tests.support.plans import PLANS, propose, series_json
from tests.support.time_off import make_closure, take_time_off

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.app_client import AppClient, AppResponse

_DOCTOR = "doctor_id=dr-lee"
_HTML = {"Accept": "text/html"}


def _get(path: str) -> Callable[[AppClient], AppResponse]:
    return lambda client: client.get(path, **_HTML)


def _post(client: AppClient, path: str, fields: Mapping[str, str]) -> AppResponse:
    body = urlencode({"doctor_id": "dr-lee", **fields}).encode()
    return client.request("POST", path, body, {"Content-Type": FORM, **_HTML})


def _plan_path(client: AppClient) -> str:
    return f"/plans/{client.get(PLANS).json['plans'][0]['plan_id']}"


def _series_path(client: AppClient) -> str:
    series = client.get("/doctors/dr-lee/series").json["series"][0]
    return f"/series/{series['series_id']}"


def propose_series(client: AppClient) -> AppResponse:
    return propose(client, series_json({"mon": [("15:00", "15:30")]}, last=MONDAY))


def _with_plan(client: AppClient, send: Callable[[str], AppResponse]) -> AppResponse:
    plan = client.get(PLANS).json["plans"][0]
    return send(f"{PLANS}/{plan['plan_id']}")


def _with_closure(client: AppClient, send: Callable[[str], AppResponse]) -> AppResponse:
    closure = client.get("/closures").json["closures"][0]
    return send(f"/closures/{closure['closure_id']}")


def get_first_series(client: AppClient) -> AppResponse:
    (series,) = client.get("/doctors/dr-lee/series").json["series"]
    return client.get(f"/doctors/dr-lee/series/{series['series_id']}")


PLAN_OPERATIONS: dict[str, Callable[[AppClient], AppResponse]] = {
    "POST /doctors/{doctor_id}/plans": propose_series,
    "POST /doctors/{doctor_id}/plans/{plan_id}/steps": lambda client: _with_plan(
        client, lambda path: client.post(f"{path}/steps", {})
    ),
    "GET /doctors/{doctor_id}/plans/{plan_id}": lambda client: _with_plan(client, client.get),
    "DELETE /doctors/{doctor_id}/plans/{plan_id}": lambda client: _with_plan(client, client.delete),
    "GET /doctors/{doctor_id}/plans": lambda client: client.get(PLANS),
    "GET /doctors/{doctor_id}/time-off": lambda client: client.get("/doctors/dr-lee/time-off"),
    "GET /doctors/{doctor_id}/series": lambda client: client.get("/doctors/dr-lee/series"),
    "GET /doctors/{doctor_id}/series/{series_id}": get_first_series,
    "GET /doctors/{doctor_id}/export": _get("/doctors/dr-lee/export"),
    "GET /import": _get(f"/import?{_DOCTOR}"),
    "POST /import": lambda client: _post(
        client, "/import", {"slots": f"date,start\n{MONDAY},16:30\n"}
    ),
    "GET /series": _get(f"/series?{_DOCTOR}"),
    "GET /series/new": _get(f"/series/new?{_DOCTOR}&week={MONDAY}"),
    "GET /slots/origins": _get(f"/slots/origins?{_DOCTOR}&date={MONDAY}"),
    "POST /series": lambda client: _post(
        client,
        "/series",
        {
            "name": "Afternoons",
            "weekday": "mon",
            "mon_from": "16:00",
            "mon_to": "16:30",
            "every_weeks": "1",
            "from": str(MONDAY),
            "to": str(MONDAY),
        },
    ),
    "GET /plans/{plan_id}": lambda client: client.get(f"{_plan_path(client)}?{_DOCTOR}", **_HTML),
    "POST /plans/{plan_id}": lambda client: _post(client, _plan_path(client), {"act": "start"}),
    "GET /series/{series_id}/edit": lambda client: client.get(
        f"{_series_path(client)}/edit?{_DOCTOR}", **_HTML
    ),
    "GET /series/{series_id}/end": lambda client: client.get(
        f"{_series_path(client)}/end?{_DOCTOR}", **_HTML
    ),
    "POST /series/{series_id}/end": lambda client: _post(
        client, f"{_series_path(client)}/end", {"to": "2026-11-22"}
    ),
    # After those of the series, which are about the latest plan.
    "POST /doctors/{doctor_id}/calendar-feeds": post_feed,
    "GET /doctors/{doctor_id}/calendar-feeds": lambda client: client.get(FEEDS),
    "POST /doctors/{doctor_id}/calendar-feeds/{feed_id}/renew": lambda client: client.post(
        f"{FEEDS}/{post_feed(client).json['feed_id']}/renew", {}
    ),
    "DELETE /doctors/{doctor_id}/calendar-feeds/{feed_id}": lambda client: client.delete(
        f"{FEEDS}/{post_feed(client).json['feed_id']}"
    ),
    "GET /calendar-feeds": lambda client: client.get("/calendar-feeds?doctor_id=dr-lee"),
    "POST /calendar-feeds": lambda client: _post(client, "/calendar-feeds", {"name": "Phone"}),
    "POST /calendar-feeds/{feed_id}": lambda client: _post(
        client,
        f"/calendar-feeds/{post_feed(client).json['feed_id']}",
        {"act": "revoke"},
    ),
    "GET /calendar/{file}": lambda client: client.get(feed_path(post_feed(client))),
    "POST /closures": lambda client: make_closure(client, MONDAY + timedelta(weeks=30)),
    "GET /closures": lambda client: client.get("/closures"),
    "GET /closures/{closure_id}": lambda client: _with_closure(client, client.get),
    "DELETE /closures/{closure_id}": lambda client: _with_closure(client, client.delete),
    "POST /closures/{closure_id}/lift": lambda client: _with_closure(
        client, lambda path: _post(client, f"{path}/lift", {"act": "lift"})
    ),
    "GET /time-off": _get(f"/time-off?{_DOCTOR}&week={MONDAY}"),
    "POST /settings": lambda client: _post(client, "/settings", {"lead_minutes": "0"}),
    "POST /time-off": lambda client: _post(
        client,
        "/time-off",
        {"name": "Holiday", "from": str(MONDAY), "to": str(MONDAY), "act": "stop"},
    ),
    "POST /time-off/lift": lambda client: _post(
        client, "/time-off/lift", {"time_off_id": take_time_off(client)["time_off_id"]}
    ),
}
"""By route."""

"""Requests of series and plans whose calls of DynamoDB are counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.factories import MONDAY
from tests.support.page_form import HtmlForm
from tests.support.plans import MORNING, PLANS, make_series, propose, series_json

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.call_scenarios import Scenario, Send

_HTML = {"Accept": "text/html"}
_DATES = 3
_LAST = MONDAY + timedelta(weeks=_DATES - 1)


def _series_page(client: AppClient) -> Send:
    make_series(client, series_json({"mon": MORNING}, last=_LAST))
    return lambda: client.get("/series?doctor_id=dr-lee", **_HTML)


def _origins_page(client: AppClient) -> Send:
    client.save("11:00")
    return lambda: client.get(f"/slots/origins?doctor_id=dr-lee&date={MONDAY}", **_HTML)


def _repeat_page(client: AppClient) -> Send:
    return lambda: client.get(f"/series/new?doctor_id=dr-lee&week={MONDAY}", **_HTML)


def _preview(client: AppClient) -> Send:
    client.save("11:00")
    form = HtmlForm(client.get(f"/series/new?doctor_id=dr-lee&week={MONDAY}", **_HTML))
    return lambda: form.send(client)


def _step_of_page(client: AppClient) -> Send:
    plan = propose(client, series_json({"mon": MORNING}, last=_LAST)).json
    page = client.get(f"/plans/{plan['plan_id']}?doctor_id=dr-lee", **_HTML)
    form = HtmlForm(page, "#plan form").set(act="start")
    return lambda: form.send(client)


def _plan_page(client: AppClient) -> Send:
    plan = propose(client, series_json({"mon": MORNING}, last=_LAST)).json
    return lambda: client.get(f"/plans/{plan['plan_id']}?doctor_id=dr-lee", **_HTML)


def _result_page(client: AppClient) -> Send:
    make_series(client, series_json({"mon": MORNING}, last=_LAST))
    plan = client.get(PLANS).json["plans"][0]
    return lambda: client.get(f"/plans/{plan['plan_id']}?doctor_id=dr-lee", **_HTML)


def _reports(client: AppClient) -> Send:
    assert client.save("14:00", "14:30", "15:00").status == 200
    assert client.save("09:00", "09:20", "09:40", doctor_id="dr-okafor").status == 200
    return lambda: client.get("/reports?doctor_id=dr-lee&doctor_id=dr-okafor")


def _export(client: AppClient) -> Send:
    return lambda: client.get("/doctors/dr-lee/export?format=json")


def _settings_form(client: AppClient) -> Send:
    form = HtmlForm(client.get("/settings?doctor_id=dr-lee", **_HTML), ".settings-form")
    return lambda: form.set(lead_minutes="5").send(client)


PLAN_SCENARIOS: dict[str, list[Scenario]] = {
    "reports of two doctors, 12 weeks": [_reports],
    "export of a year of slots": [_export],
    "the page of a doctor's series": [_series_page],
    "save of the form of settings": [_settings_form],
    "the page that says why slots are open": [_origins_page],
    "the form that repeats a week": [_repeat_page],
    "preview of a series": [_preview],
    "the page with the preview of a plan": [_plan_page],
    "the page with the result of a plan": [_result_page],
    "a step that starts a plan of 3 dates and finishes it": [_step_of_page],
}

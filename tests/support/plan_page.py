"""The page of a plan of Dr Lee, and its buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.factories import MONDAY
from tests.support.html import parse, text_of
from tests.support.page_form import HtmlForm
from tests.support.plans import MORNING, propose, series_json

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse
    from tests.support.plans import Json

HTML = {"Accept": "text/html"}
HTMX = {"HX_Request": "true"}
WEEK = timedelta(weeks=1)


def proposed(client: AppClient, weeks: int = 3, **fields: object) -> Json:
    """Propose mornings on Mondays."""
    series = series_json({"mon": MORNING}, last=MONDAY + (weeks - 1) * WEEK)
    response = propose(client, {**series, **fields})
    assert response.status == 201, response.json
    plan: Json = response.json
    return plan


def page_of(client: AppClient, plan: Json) -> AppResponse:
    return client.get(f"/plans/{plan['plan_id']}?doctor_id=dr-lee", **HTML)


def press(client: AppClient, plan: Json, act: str, **headers: str) -> AppResponse:
    """Press a button of the plan's page."""
    form = HtmlForm(page_of(client, plan), "#plan form")
    return form.set(act=act).send(client, **headers)


def heading(response: AppResponse) -> str:
    return text_of(parse(response.text).select("#plan-heading")[0])


def buttons(response: AppResponse) -> list[str]:
    return [text_of(button) for button in parse(response.text).select("#plan button")]

"""Undo a plan from its line on the page of changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.support.app_client import FORM
from tests.support.day_page import BROWSER_HEADERS
from tests.support.factories import MONDAY
from tests.support.html import attribute, parse
from tests.support.plans import MORNING, make_series, series_json

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


def test_undo_of_a_plan_line_leads_to_the_preview_of_the_undo(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": MORNING}, last=MONDAY + timedelta(weeks=1)))
    page = parse(client.get("/changes?doctor_id=dr-lee", **BROWSER_HEADERS).text)
    (form,) = page.select("article form")
    assert attribute(form, "action") == f"/plans/{plan['plan_id']}"
    fields = {"doctor_id": "dr-lee", "act": attribute(form.select("button")[0], "value")}

    headers = {"Content-Type": FORM, "Accept": "text/html"}
    sent = client.request("POST", attribute(form, "action"), urlencode(fields).encode(), headers)

    assert sent.status == 303
    preview = parse(client.get(sent.headers["Location"], **BROWSER_HEADERS).text)
    assert [button.text for button in preview.select("form button[value=start]")] == [
        "Close 4 slots"
    ]

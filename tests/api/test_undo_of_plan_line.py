"""Undo a plan from its line on the page of changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalicelib.domain.change_feed import ChangeSearch
from tests.support.app_client import FORM
from tests.support.booking_actions import ADMIN
from tests.support.day_page import BROWSER_HEADERS
from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.plans import (
    MORNING,
    PLANS,
    make_series,
    series_json,
    stop_after,
    undo_plan,
)
from tests.support.protocol_actors import DOCTOR
from tests.support.time_off import make_closure

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


def changes_page(client: AppClient) -> list[tuple[str, bool]]:
    """Return what each line of the page says first, and whether it offers *Undo*."""
    page = parse(client.get("/changes?doctor_id=dr-lee", **BROWSER_HEADERS).text)
    lines = page.select("article")
    return [
        (text_of(line.select("li")[0]).split(" on ")[0], bool(line.select("button")))
        for line in lines
    ]


def test_plan_that_was_undone_offers_no_undo(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": MORNING}, last=MONDAY + timedelta(weeks=1)))
    undone = undo_plan(client, plan)

    assert changes_page(client) == [("Closed 4 slots", True), ("Opened 4 slots", False)]
    undo_plan(client, undone)
    opened = ("Opened 4 slots", True)
    assert changes_page(client) == [opened, ("Closed 4 slots", False), opened]


def test_change_of_a_plan_that_was_undone_cannot_be_undone(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": MORNING}, last=MONDAY + timedelta(weeks=1)))
    undone = undo_plan(client, plan)

    changes = client.get("/doctors/dr-lee/changes").json["changes"]

    assert {(each["plan_id"], each["can_undo"]) for each in changes} == {
        (plan["plan_id"], False),
        (undone["plan_id"], True),
    }


def test_plan_with_an_unfinished_undo_offers_no_undo(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": MORNING}, last=MONDAY + timedelta(weeks=2)))
    unfinished = client.post(PLANS, {"kind": "undo", "plan_id": plan["plan_id"]}).json
    stop_after(client, unfinished, dates=1)

    (_closed, opened) = changes_page(client)

    assert opened == ("Opened 6 slots", False)


def test_plan_of_one_date_offers_undo(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": MORNING}, last=MONDAY))

    assert changes_page(client) == [("Opened 09:00–10:00", True)]
    undo_plan(client, plan)
    assert changes_page(client) == [("Closed 09:00–10:00", True), ("Opened 09:00–10:00", False)]


def test_change_of_a_closure_offers_undo_to_admins_alone(client: AppClient) -> None:
    make_closure(client)
    search = ChangeSearch(doctor_id="dr-lee")

    list_page = client.services.changes.list_changes.list_page
    undoable = {caller.name: len(list_page(caller, search).undoable) for caller in (ADMIN, DOCTOR)}

    assert undoable == {"sam": 1, "dr-lee": 0}

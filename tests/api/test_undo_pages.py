"""The undo of a plan by the buttons of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.page_form import HtmlForm
from tests.support.plan_page import HTML, HTMX, buttons, heading, page_of, press, proposed
from tests.support.plans import PLANS, apply, open_times, stop_after

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.plans import Json


def test_undo_of_a_plan_is_previewed_and_applied(client: AppClient) -> None:
    plan = proposed(client)
    press(client, plan, "start")
    client.book("09:00")

    response = press(client, plan, "undo")
    assert response.status == 303
    preview = client.get(response.headers["Location"], **HTML)
    assert buttons(preview) == ["Close 5 slots"]
    assert "1 booked" in text_of(parse(preview.text))

    undo = {"plan_id": response.headers["Location"].split("/")[2].partition("?")[0]}
    done = press(client, undo, "start", **HTMX)
    assert heading(done) == "5 slots closed on 3 days"
    assert open_times(client, MONDAY) == ["09:00"]


def undone(client: AppClient, plan: Json) -> Json:
    """Undo the plan by the buttons of its page; return the undo."""
    location = press(client, plan, "undo").headers["Location"]
    undo = {"plan_id": location.split("/")[2].partition("?")[0]}
    press(client, undo, "start")
    return undo


def test_undone_plan_says_so_and_can_be_redone(client: AppClient) -> None:
    plan = proposed(client, weeks=1)
    press(client, plan, "start")
    undone(client, plan)

    page = page_of(client, plan)

    assert (heading(page), buttons(page)) == ("Undone", ["Redo"])
    assert "2 slots opened" in page.text
    redone = press(client, plan, "undo").headers["Location"]
    press(client, {"plan_id": redone.split("/")[2].partition("?")[0]}, "start")
    page = page_of(client, plan)
    assert (heading(page), buttons(page)) == ("2 slots opened on 1 day", ["Undo"])
    assert open_times(client, MONDAY) == ["09:00", "09:30"]


def test_plan_whose_undo_is_not_finished_leads_to_it(client: AppClient) -> None:
    plan = proposed(client)
    press(client, plan, "start")
    undo = client.post(PLANS, {"kind": "undo", "plan_id": plan["plan_id"]}).json
    stop_after(client, undo, dates=1)

    page = page_of(client, plan)

    assert (heading(page), buttons(page)) == ("Being undone", [])
    (link,) = parse(page.text).select("#plan .actions a[href*=plans]")
    assert attribute(link, "href") == f"/plans/{undo['plan_id']}?doctor_id=dr-lee"


def test_stopped_plan_that_was_undone_is_finished(client: AppClient) -> None:
    plan = proposed(client)
    stop_after(client, plan, dates=1)
    undone(client, plan)

    page = parse(client.get("/series?doctor_id=dr-lee", **HTML).text)

    assert page.select(".unfinished") == []
    states = {text_of(each) for each in page.select(".plans span")}
    assert states == {"done on 3 days", "undone"}


def test_undo_from_a_page_of_before_says_that_the_plan_is_undone(client: AppClient) -> None:
    plan = proposed(client, weeks=1)
    press(client, plan, "start")
    form = HtmlForm(page_of(client, plan), "#plan form")
    undone(client, plan)

    again = form.set(act="undo").send(client)

    assert again.status == 409
    assert "This has been undone already" in again.text


def test_undo_of_what_is_booked_since_says_so(client: AppClient) -> None:
    days = [{"date": str(MONDAY), "slots": ["09:00", "09:30"]}]
    plan = apply(client, client.post(PLANS, {"kind": "import", "days": days}).json)
    client.book("09:00")
    client.book("09:30", "b-2")

    response = press(client, plan, "undo")

    assert response.status == 409
    assert "Nothing was undone: the slots have been booked or changed since" in response.text
    problem = press(client, plan, "undo", Accept="application/json")
    assert problem.json["errors"][0]["code"] == "slot_exists"


def test_undo_cannot_be_revised_as_a_series(client: AppClient) -> None:
    client.save("09:00")
    (change,) = client.get("/doctors/dr-lee/changes").json["changes"]
    undo = client.post(
        "/doctors/dr-lee/plans", {"kind": "undo", "change_id": change["change_id"]}
    ).json

    assert buttons(page_of(client, undo)) == ["Close 1 slot"]
    path = f"/series/new?doctor_id=dr-lee&plan_id={undo['plan_id']}"
    assert client.get(path, **HTML).status == 404

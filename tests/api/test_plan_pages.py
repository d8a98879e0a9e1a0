"""The page of a plan: preview, progress and result, with htmx and without JavaScript."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import pytest

from chalicelib import bootstrap
from chalicelib.storage import keys
from chalicelib.use_cases.pace import Pace
from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.plan_page import HTML, HTMX, WEEK, buttons, heading, page_of, press, proposed
from tests.support.plans import (
    MORNING,
    PLANS,
    make_series,
    open_times,
    propose,
    series_json,
)
from tests.support.time_off import make_closure

if TYPE_CHECKING:
    from bs4 import Tag

    from tests.support.app_client import AppClient
    from tests.support.plans import Json


def set_state(client: AppClient, plan: Json, state: str) -> None:
    """Store a started plan as of another moment."""
    pk, sk = keys.doctor_pk("dr-lee"), keys.plan_sk(plan["plan_id"])
    client.set_attribute(pk, sk, "state", {"S": state})
    client.set_attribute(pk, sk, "has_started", {"BOOL": True})


def rows(page: Tag) -> list[list[str]]:
    return [
        [text_of(cell, " ") for cell in row.select("th, td")]
        for row in page.select(".weeks tbody tr")
    ]


def test_preview_shows_each_week_and_what_stays(client: AppClient) -> None:
    client.save("09:00")
    client.set_slot_minutes("dr-lee", minutes=20)
    client.save("09:20", date=str(MONDAY + WEEK))
    client.set_slot_minutes("dr-lee", minutes=30)

    response = page_of(client, proposed(client))

    assert heading(response) == "3 slots will open on 2 days"
    weeks = rows(parse(response.text))
    assert [week[0] for week in weeks] == ["Mon 23 Nov", "Mon 30 Nov", "Mon 7 Dec"]
    assert weeks[0][2] == "Mon 23 Nov 09:00–09:30 was opened by hand, left as it is"
    assert weeks[1][2] == "Mon 30 Nov 09:00–10:00 overlaps another slot, left as it is"
    assert weeks[2][1] == "2 slots will open Dates Mon 7 Dec Mon 7 Dec: opens 09:00–10:00"
    assert buttons(response) == ["Open 3 slots"]


def test_long_preview_shows_six_weeks_and_the_others_on_demand(client: AppClient) -> None:
    page = parse(page_of(client, proposed(client, weeks=13)).text)

    assert len(page.select("#plan > .weeks tbody tr")) == 6
    (others,) = page.select("details.other-weeks")
    assert text_of(others.select("summary")[0]) == "Show 7 more weeks"
    assert rows(others)[-1][0] == "Mon 15 Feb 2027"


def test_preview_offers_a_single_further_week_in_the_singular(client: AppClient) -> None:
    page = parse(page_of(client, proposed(client, weeks=7)).text)

    assert text_of(page.select("details.other-weeks summary")[0]) == "Show 1 more week"


def test_preview_says_how_soon_a_third_patient_can_come(client: AppClient) -> None:
    page = page_of(client, proposed(client))

    assert "Third next available slot: none → 8 days" in text_of(parse(page.text))


HOLIDAYS = "None of these dates is in a closure, so slots will open on public holidays too."


def test_long_preview_without_closure_warns_of_public_holidays(client: AppClient) -> None:
    long, short = proposed(client, weeks=13), proposed(client, weeks=3)

    assert HOLIDAYS in text_of(parse(page_of(client, long).text))
    assert HOLIDAYS not in text_of(parse(page_of(client, short).text))


def test_preview_names_the_closures_that_it_leaves_out(client: AppClient) -> None:
    make_closure(client, MONDAY + WEEK, name="Founders' Day")

    page = parse(page_of(client, proposed(client, weeks=13)).text)

    assert rows(page)[1][2] == "Mon 30 Nov: left out, Founders' Day"
    assert HOLIDAYS not in text_of(page)


def test_plan_is_applied_without_javascript(client: AppClient) -> None:
    plan = proposed(client)

    response = press(client, plan, "start")

    assert response.status == 303
    done = client.get(response.headers["Location"], **HTML)
    assert heading(done) == "6 slots opened on 3 days"
    assert buttons(done) == ["Undo"]
    assert open_times(client, MONDAY) == ["09:00", "09:30"]
    assert f"/slots/week?doctor_id=dr-lee&date={MONDAY}" in {
        attribute(link, "href") for link in parse(done.text).select("#plan a")
    }


def test_htmx_gets_the_part_of_the_page_that_changes(client: AppClient) -> None:
    response = press(client, proposed(client), "start", **HTMX)

    assert response.status == 200
    assert response.text.lstrip().startswith("<section")
    assert heading(response) == "6 slots opened on 3 days"
    assert text_of(parse(response.text).select("[role=status]")[0]) == "6 slots opened on 3 days"


def test_htmx_gets_progress_and_next_step_while_dates_remain(client: AppClient) -> None:
    every_day = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), MORNING)
    plan = propose(client, series_json(every_day)).json
    tenths = count()  # a tenth of a second passes between two looks at the clock
    start_pace = partial(Pace, lambda: next(tenths) / 10, lambda _seconds: None)
    settings = client.services.settings
    client.use_services(bootstrap.build_services(settings, now=client.clock, start_pace=start_pace))

    response = press(client, plan, "start", **HTMX)

    page = parse(response.text)
    assert (heading(response), buttons(response)) == ("In progress", ["Continue", "Stop"])
    assert 0 < int(attribute(page.select("progress")[0], "value")) < plan["days_total"]
    assert text_of(page.select("[role=status]")[0]) == "0% done"
    (step,) = page.select("form.step")
    fields = {attribute(f, "name"): attribute(f, "value") for f in step.select("input")}
    assert fields == {"doctor_id": "dr-lee", "act": "next"}
    assert not page.select("table")


def test_stopped_plan_continues_by_its_button_alone(client: AppClient) -> None:
    plan = proposed(client)
    client.delete(f"/doctors/dr-lee/plans/{plan['plan_id']}")

    waiting = press(client, plan, "next", **HTMX)
    assert heading(waiting) == "6 slots will open on 3 days"
    press(client, plan, "start")
    set_state(client, plan, "stopped")
    waiting = press(client, plan, "next", **HTMX)
    assert (heading(waiting), buttons(waiting)) == ("Stopped", ["Continue", "Undo"])
    assert client.get(f"{PLANS}/{plan['plan_id']}").json["state"] == "stopped"

    assert heading(press(client, plan, "continue", **HTMX)) == "6 slots opened on 3 days"


def test_stop_is_a_button_of_a_running_plan(client: AppClient) -> None:
    plan = proposed(client)
    set_state(client, plan, "running")

    page = page_of(client, plan)
    assert (heading(page), buttons(page)) == ("In progress", ["Continue", "Stop"])
    assert text_of(parse(page.text).select(".progress")[0]) == "0 of 3 days done"

    response = press(client, plan, "stop")
    assert response.status == 303
    assert heading(client.get(response.headers["Location"], **HTML)) == "Stopped"


def test_unfinished_plan_is_named_on_the_page_of_series(client: AppClient) -> None:
    plan = proposed(client)
    press(client, plan, "start")
    set_state(client, plan, "stopped")

    page = parse(client.get("/series?doctor_id=dr-lee", **HTML).text)

    (link,) = page.select(".unfinished a")
    assert text_of(link) == "New series: Mornings"
    assert attribute(link, "href") == f"/plans/{plan['plan_id']}?doctor_id=dr-lee"


def test_plan_that_would_close_more_than_shown_gets_new_preview(client: AppClient) -> None:
    made = make_series(client, series_json({"mon": MORNING}, last=MONDAY + WEEK))
    client.book("09:00")
    tuesdays = series_json({"tue": MORNING}, last=MONDAY + WEEK)
    plan = propose(client, tuesdays, made["series_id"]).json
    assert buttons(page_of(client, plan)) == ["Open 2 and close 3 slots"]
    client.cancel("09:00")

    response = press(client, plan, "start", **HTMX)

    assert response.status == 409
    assert "The schedule has changed since the preview" in text_of(parse(response.text))
    assert "2 slots will close" in rows(parse(response.text))[0][1]
    assert buttons(response) == ["Continue", "Stop"]
    assert not parse(response.text).select("[hx-trigger]")
    assert heading(press(client, plan, "continue", **HTMX)) == (
        "2 slots opened, 4 slots closed on 3 days"
    )


@pytest.mark.parametrize(
    ("fields", "button"),
    [
        ({"weekly": {"mon": [{"from": "09:00", "to": "11:00"}]}}, "Open 6 slots"),
        ({"weekly": {"mon": [{"from": "09:30", "to": "10:30"}]}}, "Open 3 and close 3 slots"),
        ({"weekly": {"mon": [{"from": "09:30", "to": "10:00"}]}}, "Close 3 slots"),
        ({"name": "Early"}, "Save series"),
    ],
)
def test_button_names_what_it_does(client: AppClient, fields: Json, button: str) -> None:
    series = series_json({"mon": MORNING}, last=MONDAY + 2 * WEEK)
    made = make_series(client, series)

    changed = propose(client, {**series, **fields}, made["series_id"])

    assert buttons(page_of(client, changed.json)) == [button]


def test_button_counts_a_single_slot(client: AppClient) -> None:
    series = series_json({"mon": MORNING}, last=MONDAY)
    made = make_series(client, series)

    half_an_hour_later = {**series, "weekly": {"mon": [{"from": "09:30", "to": "10:30"}]}}
    changed = propose(client, half_an_hour_later, made["series_id"])

    assert buttons(page_of(client, changed.json)) == ["Open 1 and close 1 slot"]


def test_malformed_button_is_rejected(client: AppClient) -> None:
    plan = proposed(client)

    assert press(client, plan, "explode").status == 400


def test_name_of_a_series_is_escaped(client: AppClient) -> None:
    plan = proposed(client, name="<b>Mornings</b>")

    page = parse(page_of(client, plan).text)

    assert text_of(page.select("h1")[0]) == "New series: <b>Mornings</b>"
    assert not page.select("h1 b")


def test_import_has_a_page_too(client: AppClient) -> None:
    days = [{"date": str(MONDAY), "slots": ["09:00", "09:30"]}]
    plan = client.post("/doctors/dr-lee/plans", {"kind": "import", "days": days}).json

    page = page_of(client, plan)

    assert text_of(parse(page.text).select("h1")[0]) == "Import"
    assert buttons(page) == ["Open 2 slots"]
    assert heading(press(client, plan, "start", **HTMX)) == "2 slots opened on 1 day"

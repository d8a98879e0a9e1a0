"""Replace the open slots that are not of the doctor's hours any more, by a plan."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.day_page import BROWSER_HEADERS
from tests.support.factories import DOCTOR_SETTINGS, MONDAY
from tests.support.plans import PLANS, apply, open_times, propose, series_json, step, undo_plan

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

HOURS = {"kind": "hours"}
MORNING = [("09:00", "10:00")]
WEEK_LATER = MONDAY + timedelta(weeks=1)


def change_hours(client: AppClient, minutes: int = 20, start: str = "09:00") -> None:
    sessions = [{"from": start, "to": "12:00"}]
    body = {**DOCTOR_SETTINGS, "slot_minutes": minutes, "sessions": sessions, "delegates": ["sam"]}
    assert client.put("/doctors/dr-lee", body).status == 200


def propose_replacement(client: AppClient) -> AppResponse:
    return client.post(PLANS, HOURS)


def kept(plan: dict[str, Any]) -> dict[str, str]:
    return {each["start"][11:16]: each["code"] for day in plan["days"] for each in day["kept"]}


def opened_by(client: AppClient, start: str) -> str | None:
    slots = {slot["start"][11:16]: slot for slot in client.get_day().json["slots"]}
    series_id: str | None = slots[start]["origin"]["series_id"]
    return series_id


def test_open_slots_are_replaced_in_the_time_that_they_covered(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:30")
    change_hours(client)

    response = propose_replacement(client)
    plan = response.json
    assert (response.status, plan["kind"], plan["opens"], plan["closes"]) == (201, "hours", 4, 3)
    assert open_times(client, MONDAY) == ["09:00", "09:30", "10:30"]

    apply(client, plan)

    assert open_times(client, MONDAY) == ["09:00", "09:20", "09:40", "10:40"]
    changes = client.get(f"/doctors/dr-lee/changes?date={MONDAY}&kind=hours").json["changes"]
    assert {change["plan_id"] for change in changes} == {plan["plan_id"]}


def test_booked_and_held_slots_stay_and_are_named(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    client.book("09:30")
    client.hold("10:00")
    change_hours(client)

    plan = apply(client, propose_replacement(client).json)

    assert kept(plan) == {"09:30": "booked", "10:00": "held"}
    assert open_times(client, MONDAY) == ["09:00", "09:30", "10:00"]
    assert client.get_slot("09:30").json["status"] == "busy"


def test_undo_restores_the_slots_of_the_former_hours(client: AppClient) -> None:
    client.save("09:00", "09:30")
    change_hours(client)
    plan = apply(client, propose_replacement(client).json)

    undone = undo_plan(client, plan)

    assert (undone["opens"], undone["closes"]) == (2, 3)
    assert open_times(client, MONDAY) == ["09:00", "09:30"]


def test_page_of_the_plan_says_what_undo_leaves(client: AppClient) -> None:
    client.save("09:00", "09:30")
    change_hours(client)
    plan = propose_replacement(client).json
    path = f"/plans/{plan['plan_id']}?doctor_id=dr-lee"
    preview = client.get(path, **BROWSER_HEADERS).text

    apply(client, plan)

    assert "the hours in the settings stay" not in preview
    assert "the hours in the settings stay" in client.get(path, **BROWSER_HEADERS).text
    undo_plan(client, plan)
    assert client.get("/doctors/dr-lee").json["slot_minutes"] == 20


def test_replacement_of_nothing_is_rejected(client: AppClient) -> None:
    client.save("09:00")
    response = propose_replacement(client)
    assert response.status == 400
    assert response.json["errors"][0]["code"] == "nothing_to_save"


def test_slot_that_is_booked_since_the_preview_stays(client: AppClient) -> None:
    client.save("09:00", "09:30")
    change_hours(client)
    plan = propose_replacement(client).json
    client.book("09:30")

    plan = apply(client, plan)

    assert open_times(client, MONDAY) == ["09:00", "09:30"]
    assert kept(plan)["09:30"] == "booked"


def test_plan_of_hours_that_have_changed_again_stops(client: AppClient) -> None:
    client.save("09:00")
    change_hours(client)
    plan = propose_replacement(client).json
    change_hours(client, minutes=30)

    response = step(client, plan)

    assert response.status == 409
    assert "weekly hours have changed" in response.json["detail"]
    assert open_times(client, MONDAY) == ["09:00"]


@pytest.mark.parametrize("act", ["end", "edit"])
def test_slots_that_replace_those_of_a_series_belong_to_it(client: AppClient, act: str) -> None:
    made = apply(client, propose(client, series_json({"mon": MORNING}, last=WEEK_LATER)).json)
    change_hours(client)
    apply(client, propose_replacement(client).json)
    series_id = made["series_id"]
    assert opened_by(client, "09:20") == series_id

    if act == "end":
        body = {"kind": "series", "series_id": series_id, "series": None, "from": str(WEEK_LATER)}
        apply(client, client.post(PLANS, body).json)
        assert open_times(client, MONDAY) == ["09:00", "09:20", "09:40"]
        assert open_times(client, WEEK_LATER) == []
    else:
        other = series_json({"mon": [("09:20", "10:20")]}, last=WEEK_LATER)
        plan = apply(client, propose(client, other, series_id).json)
        assert open_times(client, MONDAY) == ["09:20", "09:40", "10:00"]
        assert plan["keeps"] == 0


def test_time_off_stays_closed(client: AppClient) -> None:
    client.save("09:00", "10:00")
    off = {
        "kind": "time_off",
        "from": f"{MONDAY}T09:00:00Z",
        "to": f"{MONDAY}T09:30:00Z",
        "name": "Dentist",
        "act": "stop",
    }
    apply(client, client.post(PLANS, off).json)
    change_hours(client)

    apply(client, propose_replacement(client).json)

    assert open_times(client, MONDAY) == ["10:00"]


def test_other_members_are_rejected(client: AppClient) -> None:
    response = client.post(PLANS, {**HOURS, "name": "x"})
    assert response.status == 400
    assert response.json["errors"][0]["code"] == "unknown_member"

"""Time off by plans: proposed, applied, lifted, undone, and what it keeps closed meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.factories import MONDAY
from tests.support.plans import (
    MORNING,
    PLANS,
    apply,
    make_series,
    open_times,
    propose,
    series_json,
    step,
    undo_plan,
)
from tests.support.time_off import (
    lift,
    list_time_off,
    propose_time_off,
    take_time_off,
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("consistent_table")

TUESDAY = MONDAY + timedelta(days=1)
WEEK = timedelta(weeks=1)
MORNINGS = series_json({"mon": MORNING, "tue": MORNING}, last=MONDAY + WEEK)


def statuses(client: AppClient) -> dict[str, str]:
    slots = client.get_day().json["slots"]
    return {slot["start"][11:16]: slot["status"] for slot in slots if "origin" in slot}


def blocked_names(client: AppClient) -> list[str]:
    return [each["name"] for each in client.get_day().json["time_off"]]


def test_a_proposal_of_time_off_stores_no_time_off(client: AppClient) -> None:
    client.save("09:00")

    plan = propose_time_off(client).json

    assert (plan["kind"], plan["state"], plan["closes"]) == ("time_off", "proposed", 1)
    assert open_times(client, MONDAY) == ["09:00"]
    assert list_time_off(client) == []


def test_time_off_closes_every_free_slot_and_keeps_bookings(client: AppClient) -> None:
    make_series(client, MORNINGS)
    client.save("10:00", "10:30", "11:00")
    client.book("09:30")
    client.hold("10:30")

    plan = take_time_off(client, last=TUESDAY)

    assert open_times(client, MONDAY) == ["09:30", "10:30"]
    assert open_times(client, TUESDAY) == []
    assert plan["days"][0]["kept"] == [
        {"start": "2026-11-23T09:30:00+00:00", "code": "booked"},
        {"start": "2026-11-23T10:30:00+00:00", "code": "held"},
    ]
    assert list_time_off(client) == [
        {
            "time_off_id": plan["time_off_id"],
            "from": "2026-11-23",
            "to": "2026-11-24",
            "name": "Holiday",
            "act": "stop",
            "plan_id": plan["plan_id"],
            "closure_id": None,
        }
    ]


def test_tick_in_time_off_is_rejected_with_the_whole_save(client: AppClient) -> None:
    take_time_off(client, first="2026-11-23T09:00:00Z", last="2026-11-23T10:00:00Z")

    rejected = client.save("09:30", "10:00")

    assert rejected.status == 400
    assert [(each["start"][11:16], each["code"]) for each in rejected.json["errors"]] == [
        ("09:30", "time_off")
    ]
    assert client.save("10:00").status == 200


def test_tick_in_time_off_is_rejected_in_a_week(client: AppClient) -> None:
    take_time_off(client)
    days = [
        {"date": str(on), "slots": [{"start": "09:00", "status": "free"}]}
        for on in (MONDAY, TUESDAY)
    ]

    saved = client.post("/slots/week", {"doctor_id": "dr-lee", "days": days})

    assert saved.status == 207
    monday, tuesday = saved.json["days"]
    assert (monday["status"], monday["errors"][0]["code"]) == (400, "time_off")
    assert tuesday["status"] == 200


def test_day_week_and_month_name_time_off(client: AppClient) -> None:
    plan = take_time_off(client, name="Conference")
    stretch = {
        "time_off_id": plan["time_off_id"],
        "name": "Conference",
        "kind": "time_off",
        "from": "2026-11-23T00:00:00+00:00",
        "to": "2026-11-24T00:00:00+00:00",
    }

    week = client.get(f"/slots/week?doctor_id=dr-lee&date={MONDAY}").json
    month = client.get("/slots/month?doctor_id=dr-lee&month=2026-11").json

    assert client.get_day().json["time_off"] == [stretch]
    assert [day["time_off"] for day in week["days"][:2]] == [[stretch], []]
    named = {day["date"]: day["time_off"] for day in month["days"] if day["time_off"]}
    assert named == {"2026-11-23": "Conference"}


def test_lifting_reopens_exactly_what_the_time_off_closed(client: AppClient) -> None:
    make_series(client, MORNINGS)
    client.save("10:00", closed=("09:30",))
    before = client.get_day().json["slots"]
    time_off = take_time_off(client)

    lifted = lift(client, time_off["time_off_id"])

    assert (lifted["kind"], lifted["opens"]) == ("lift_time_off", 2)
    assert client.get_day().json["slots"] == before
    assert list_time_off(client) == []
    assert blocked_names(client) == []


def test_lifting_opens_what_a_series_wanted_meanwhile(client: AppClient) -> None:
    time_off = take_time_off(client)
    series = make_series(client, MORNINGS)
    assert series["days"][0]["left_out"] == "time_off"
    assert open_times(client, MONDAY) == []

    lift(client, time_off["time_off_id"])

    assert open_times(client, MONDAY) == ["09:00", "09:30"]
    slots = client.get_day().json["slots"]
    assert {slot["origin"]["series_id"] for slot in slots if "origin" in slot} == {
        series["series_id"]
    }


def test_lifting_does_not_open_what_a_series_wants_no_longer(client: AppClient) -> None:
    series = make_series(client, MORNINGS)
    time_off = take_time_off(client)
    end = {"kind": "series", "series_id": series["series_id"], "series": None, "from": str(MONDAY)}
    apply(client, client.post(PLANS, end).json)

    lift(client, time_off["time_off_id"])

    assert open_times(client, MONDAY) == []


def test_slots_in_two_time_offs_open_when_both_are_lifted(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    first = take_time_off(client, first="2026-11-23T09:00:00Z", last="2026-11-23T10:00:00Z")
    second = take_time_off(client, first="2026-11-23T09:30:00Z", last="2026-11-23T10:30:00Z")

    lift(client, first["time_off_id"])
    assert open_times(client, MONDAY) == ["09:00"]
    assert client.save("09:30").json["errors"][0]["code"] == "time_off"

    lift(client, second["time_off_id"])
    assert open_times(client, MONDAY) == ["09:00", "09:30", "10:00"]


def test_undo_of_time_off_and_its_redo(client: AppClient) -> None:
    client.save("09:00", "10:00")
    before = client.get_day().json["slots"]
    plan = take_time_off(client)

    undo = undo_plan(client, plan)

    assert client.get_day().json["slots"] == before
    assert list_time_off(client) == []
    undo_plan(client, undo)
    assert open_times(client, MONDAY) == []
    assert [each["time_off_id"] for each in list_time_off(client)] == [plan["time_off_id"]]


def test_undo_of_one_date_lifts_time_off_there_alone(client: AppClient) -> None:
    client.save("09:00")
    client.save("09:00", date=str(TUESDAY))
    take_time_off(client, last=TUESDAY)
    (change,) = client.get(f"/doctors/dr-lee/changes?date={MONDAY}&kind=time_off").json["changes"]
    assert (change["can_undo"], change["blocked"]["name"]) == (True, "Holiday")

    undone = client.post("/slots/undo", {"change_id": change["change_id"]})

    assert undone.status == 200
    assert open_times(client, MONDAY) == ["09:00"]
    assert open_times(client, TUESDAY) == []


def test_undo_of_another_change_names_the_time_off(client: AppClient) -> None:
    saved = client.save("09:00").json
    change = client.get(f"/doctors/dr-lee/changes?date={MONDAY}").json["changes"][0]
    take_time_off(client)

    undone = client.post("/slots/undo", {"change_id": change["change_id"]})

    assert saved["version"] == 1
    assert undone.status == 409
    assert "is in time off" in undone.json["detail"]


def test_lifting_supersedes_time_off_that_is_not_finished(client: AppClient) -> None:
    client.save("09:00")
    plan = propose_time_off(client, last=MONDAY + 3 * WEEK).json
    client.delete(f"{PLANS}/{plan['plan_id']}")
    (running,) = (step(client, plan).json,)
    lift(client, running["time_off_id"])

    again = step(client, running).json

    assert again["state"] == "done"
    assert open_times(client, MONDAY) == ["09:00"]


def test_time_off_beyond_the_booking_window_blocks_too(client: AppClient) -> None:
    on = MONDAY + timedelta(days=700)
    take_time_off(client, first=on, last=on)
    day = client.get_day(date=str(on)).json
    assert [each["name"] for each in day["time_off"]] == ["Holiday"]


def test_hours_over_midnight_block_both_dates(client: AppClient) -> None:
    client.save("10:00", "11:30")
    client.save("09:00", "11:30", date=str(TUESDAY))

    plan = take_time_off(client, first="2026-11-23T11:00:00Z", last="2026-11-24T10:00:00Z")

    assert [day["date"] for day in plan["days"]] == [str(MONDAY), str(TUESDAY)]
    assert open_times(client, MONDAY) == ["10:00"]
    assert open_times(client, TUESDAY) == ["11:30"]


def test_imported_slots_in_time_off_stay_closed(client: AppClient) -> None:
    time_off = take_time_off(client)
    days = [{"date": str(on), "slots": ["09:00"]} for on in (MONDAY, TUESDAY)]
    imported = apply(client, client.post(PLANS, {"kind": "import", "days": days}).json)

    assert [day["left_out"] for day in imported["days"]] == ["time_off", None]
    lift(client, time_off["time_off_id"])
    assert open_times(client, MONDAY) == []


def test_series_that_only_wants_time_off_is_rejected(client: AppClient) -> None:
    take_time_off(client)
    rejected = propose(client, series_json({"mon": MORNING}, last=MONDAY))
    assert rejected.status == 400
    assert {each["code"] for each in rejected.json["errors"]} == {"time_off"}


INVALID: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "  "}, "name", "invalid"),
    ({"last": MONDAY - timedelta(days=1), "first": MONDAY}, "to", "invalid"),
    ({"first": MONDAY - WEEK, "last": MONDAY - WEEK}, "to", "in_past"),
    ({"last": MONDAY + timedelta(days=800)}, "to", "too_many"),
    ({"first": "2026-11-23T09:00:00Z", "last": MONDAY}, "to", "invalid"),
    ({"first": "2026-11-23T09:00:00Z", "last": "2026-11-23T09:00:00Z"}, "to", "invalid"),
    ({"first": "2026-11-31", "last": MONDAY}, "from", "invalid"),
    ({"first": "0001-01-01T00:00:00+23:59", "last": "2026-11-23T09:00:00Z"}, "from", "invalid"),
    ({"first": "2026-11-23T09:00:00Z", "last": "9999-12-31T23:59:59-23:59"}, "to", "invalid"),
    ({"act": "vanish"}, "act", "invalid"),
]


@pytest.mark.parametrize(("request_", "field", "code"), INVALID)
def test_invalid_time_off_names_the_field(
    client: AppClient, request_: dict[str, Any], field: str, code: str
) -> None:
    rejected = propose_time_off(client, **request_)
    assert rejected.status == 400
    assert [(each["field"], each["code"]) for each in rejected.json["errors"]] == [(field, code)]


def test_unknown_time_off_is_not_found(client: AppClient) -> None:
    for unknown in ("nothing", "no such id"):
        request = {"kind": "lift_time_off", "time_off_id": unknown}
        assert client.post(PLANS, request).status == 404

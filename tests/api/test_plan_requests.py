"""Requests of plans that are rejected: each with its status, its code and the field at fault."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.factories import MONDAY, to_instant
from tests.support.plans import MORNING, PLANS, apply, make_series, propose, series_json, step

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient

SERIES = series_json({"mon": MORNING}, last=MONDAY)
OTHER_CHANGE = "dr-okafor~2026-11-23~20261122T120000000000Z~save-1"


def with_hours(*ranges: object) -> dict[str, Any]:
    return {"kind": "series", "series": {**SERIES, "weekly": {"mon": list(ranges)}}}


def hours(start: object, end: object) -> dict[str, object]:
    return {"from": start, "to": end}


def with_series(**members: object) -> dict[str, Any]:
    return {"kind": "series", "series": {**SERIES, **members}}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("kind", "required")]),
        ({"kind": "holiday"}, [("kind", "invalid")]),
        ({"kind": 1}, [("kind", "invalid")]),
        ({"kind": "series"}, [("series", "required")]),
        ({"kind": "series", "series": []}, [("series", "invalid")]),
        ({"kind": "series", "series": SERIES, "plan_id": "p"}, [("plan_id", "unknown_member")]),
        ({"kind": "series", "series_id": "s", "from": "2026-11-23"}, [("series", "required")]),
        (
            {"kind": "series", "series": None},
            [("series_id", "required"), ("from", "required")],
        ),
        (
            {"kind": "series", "series": SERIES, "from": "2026-11-23"},
            [("from", "unknown_member")],
        ),
        ({"kind": "series", "series_id": "s 1", "series": SERIES}, [("series_id", "invalid")]),
        (
            {"kind": "series", "series_id": "s", "series": None, "from": "soon"},
            [("from", "invalid")],
        ),
        ({"kind": "undo"}, [("plan_id", "required")]),
        ({"kind": "undo", "plan_id": "p", "change_id": "c"}, [("plan_id", "invalid")]),
        ({"kind": "undo", "plan_id": "p", "series": SERIES}, [("series", "unknown_member")]),
        ({"kind": "undo", "change_id": "c"}, [("change_id", "invalid")]),
        ({"kind": "undo", "change_id": OTHER_CHANGE}, [("change_id", "invalid")]),
        (with_series(name=" "), [("series.name", "invalid")]),
        (with_series(name="x" * 200), [("series.name", "invalid")]),
        (with_series(weekly={}), [("series.weekly", "required")]),
        (with_series(weekly={"mo": []}), [("series.weekly.mo", "unknown_member")]),
        (with_series(every_weeks=0), [("series.every_weeks", "invalid")]),
        (with_series(every_weeks=5), [("series.every_weeks", "invalid")]),
        (with_series(every_weeks=1.5), [("series.every_weeks", "invalid")]),
        (with_series(**{"from": "2026-02-30"}), [("series.from", "invalid")]),
        (with_series(**{"from": None}), [("series.from", "invalid")]),
        (with_series(to="2026-11-22"), [("series.to", "invalid")]),
        (with_series(to="9999-12-31"), [("series.to", "invalid")]),
        (with_series(colour="red"), [("series.colour", "unknown_member")]),
        (with_series(series_id="other"), [("series.series_id", "invalid")]),
        (with_hours(hours("09:00", "09:00")), [("series.weekly.mon", "invalid")]),
        (with_hours(hours("10:00", "09:00")), [("series.weekly.mon", "invalid")]),
        (with_hours(hours("24:30", "25:00")), [("series.weekly.mon[0].from", "invalid")]),
        (with_hours(hours("9:00", "10:00")), [("series.weekly.mon[0].from", "invalid")]),
        (with_hours(hours("09:00", None)), [("series.weekly.mon[0].to", "invalid")]),
        (
            with_hours(hours("09:00", "10:00"), hours("09:30", "11:00")),
            [("series.weekly.mon", "invalid")],
        ),
        (
            with_series(weekly={day: [hours("10:00", "09:00")] for day in ("mon", "fri")}),
            [("series.weekly.mon", "invalid"), ("series.weekly.fri", "invalid")],
        ),
        (with_hours(hours("06:00", "08:00")), [("series.weekly", "not_on_grid")]),
        (
            with_series(weekly={"tue": [hours("09:00", "10:00")]}),
            [("series.weekly", "not_on_grid")],
        ),
        (
            with_series(**{"from": "2026-11-02"}, to="2026-11-16"),
            [("series.to", "nothing_to_save")],
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_invalid_request_names_the_field(
    client: AppClient, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    response = client.post(PLANS, body)

    assert (response.status, response.error_codes) == (400, errors)
    assert client.get(PLANS).json == {"plans": []}


def test_request_with_several_faults_names_all(client: AppClient) -> None:
    response = client.post(PLANS, with_series(name="", every_weeks=9, weekly={}, to="soon"))

    assert [field for field, _ in response.error_codes] == [
        "series.name", "series.weekly", "series.every_weeks", "series.to"
    ]  # fmt: skip


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff"])
def test_body_that_is_no_object_is_rejected(client: AppClient, body: bytes) -> None:
    response = client.request("POST", PLANS, body, {"Content-Type": "application/json"})

    assert response.status == 400


def test_series_in_the_last_weeks_of_the_calendar_is_accepted(client: AppClient) -> None:
    response = client.post(PLANS, with_series(**{"from": "9999-12-06"}, to=None))

    assert (response.status, response.json["days_total"]) == (201, 0)


def test_series_with_all_slots_taken_names_each(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.book("09:00")

    response = propose(client, SERIES)

    assert response.status == 400
    assert [code for _, code in response.error_codes] == ["slot_exists", "slot_exists"]


def test_series_of_hours_that_are_over_names_them(client: AppClient) -> None:
    client.clock.now = to_instant("10:30")

    response = propose(client, SERIES)

    assert response.status == 400
    assert [code for _, code in response.error_codes] == ["in_past", "in_past"]


def test_unchanged_series_and_ended_series_have_nothing_to_plan(client: AppClient) -> None:
    plan = make_series(client, SERIES)
    series_id = plan["series_id"]
    after = {
        "kind": "series",
        "series_id": series_id,
        "series": None,
        "from": str(MONDAY + timedelta(days=1)),
    }

    unchanged, ended = propose(client, SERIES, series_id), client.post(PLANS, after)

    assert (unchanged.status, unchanged.error_codes) == (400, [("series", "nothing_to_save")])
    assert (ended.status, ended.error_codes) == (400, [("from", "nothing_to_save")])


def test_renamed_series_has_a_plan_without_dates(client: AppClient) -> None:
    plan = make_series(client, SERIES)
    renamed = propose(client, {**SERIES, "name": "Early"}, plan["series_id"]).json
    assert (renamed["days_total"], renamed["from"]) == (0, None)

    apply(client, renamed)

    assert client.get(f"/doctors/dr-lee/series/{plan['series_id']}").json["name"] == "Early"


@pytest.mark.parametrize("path", ["/doctors/dr-lee/series/none", f"{PLANS}/none"])
def test_unknown_series_and_plan_are_not_found(client: AppClient, path: str) -> None:
    assert client.get(path).status == 404


def test_unknown_series_plan_and_change_cannot_be_changed(client: AppClient) -> None:
    change_id = OTHER_CHANGE.replace("dr-okafor", "dr-lee")
    bodies = (
        {"kind": "series", "series_id": "none", "series": SERIES},
        {"kind": "series", "series_id": "none", "series": None, "from": "2026-11-23"},
        {"kind": "undo", "plan_id": "none"},
        {"kind": "undo", "change_id": change_id},
    )
    assert [client.post(PLANS, body).status for body in bodies] == [404] * 4


def test_plan_of_another_doctor_is_not_found(client: AppClient) -> None:
    plan = propose(client, SERIES).json
    path = f"/doctors/dr-okafor/plans/{plan['plan_id']}"

    statuses = [
        client.get(path).status,
        client.post(f"{path}/steps", {}).status,
        client.delete(path).status,
        client.post(
            "/doctors/dr-okafor/plans", {"kind": "undo", "plan_id": plan["plan_id"]}
        ).status,
    ]

    assert statuses == [404] * 4
    assert client.get(f"{PLANS}/{plan['plan_id']}").json["state"] == "proposed"


def test_delegate_and_admin_go_on_with_a_plan_of_the_doctor(sign_in: SignIn) -> None:
    weekly = series_json({"mon": MORNING}, last=MONDAY + timedelta(weeks=1))
    plan = propose(sign_in("own"), weekly).json
    assert sign_in("named").delete(f"{PLANS}/{plan['plan_id']}").json["state"] == "stopped"

    assert step(sign_in("admin"), plan).json["state"] == "done"

    (change, *_) = sign_in("own").get("/doctors/dr-lee/changes").json["changes"]
    assert change["by"] == {"name": "alex", "role": "admin"}


def test_others_neither_see_nor_change_plans(sign_in: SignIn) -> None:
    plan = propose(sign_in("own"), SERIES).json
    path = f"{PLANS}/{plan['plan_id']}"

    for name in ("other", "unnamed", "slots/read", "slots/book"):
        caller = sign_in(name)
        responses = [
            caller.get(path), caller.get(PLANS), caller.delete(path), step(caller, plan),
            propose(caller, SERIES), caller.get("/doctors/dr-lee/series"),
        ]  # fmt: skip
        assert {response.status for response in responses} == {403}


def test_stopping_a_plan_that_is_done_changes_nothing(client: AppClient) -> None:
    plan = make_series(client, SERIES)

    stopped = client.delete(f"{PLANS}/{plan['plan_id']}")

    assert (stopped.status, stopped.json) == (200, plan)


def test_plans_are_listed_newest_first_and_by_state(client: AppClient) -> None:
    done = make_series(client, SERIES)
    client.clock.now += timedelta(minutes=1)
    later = propose(client, series_json({"tue": MORNING})).json

    def listed(query: str = "") -> list[str]:
        return [plan["plan_id"] for plan in client.get(f"{PLANS}{query}").json["plans"]]

    assert listed() == [later["plan_id"], done["plan_id"]]
    assert listed("?state=done") == [done["plan_id"]]
    assert listed("?state=proposed") == [later["plan_id"]]
    assert listed("?state=running") == []
    invalid = client.get(f"{PLANS}?state=open")
    assert (invalid.status, invalid.error_codes) == (400, [("state", "invalid")])

"""The undo of plans and of their changes, in every order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.plans import (
    MORNING,
    PLANS,
    Hours,
    apply,
    make_series,
    open_times,
    propose,
    series_json,
    stop_after,
    undo_plan,
)
from tests.support.three_mondays import MONDAYS, on_mondays, opened

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.plans import Json

pytestmark = pytest.mark.usefixtures("consistent_table")

NOON: Hours = [("11:00", "12:00")]
NINE, ELEVEN = ["09:00", "09:30"], ["11:00", "11:30"]


def pattern(client: AppClient, plan: Json) -> object:
    """Return the hours of a plan's series on Mondays."""
    series = client.get(f"/doctors/dr-lee/series/{plan['series_id']}").json
    return [(hours["from"], hours["to"]) for hours in series["weekly"]["mon"]]


def undo_change_of_monday(client: AppClient, **query: str) -> None:
    """Undo the latest change of the first Monday."""
    wanted = "&".join(f"{name}={value}" for name, value in query.items())
    path = f"/doctors/dr-lee/changes?date={MONDAY}&{wanted}"
    (change, *_) = client.get(path).json["changes"]
    assert client.post("/slots/undo", {"change_id": change["change_id"]}).status == 200


def test_undo_of_a_stopped_plan_undoes_what_it_did(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    second = propose(client, on_mondays(NOON), first["series_id"]).json
    stop_after(client, second, dates=1)

    undone = undo_plan(client, second)

    assert (undone["opens"], undone["closes"]) == (2, 2)
    assert opened(client) == [NINE] * 3
    assert pattern(client, first) == MORNING
    apply(client, client.get(f"{PLANS}/{second['plan_id']}").json)
    assert opened(client) == [NINE] * 3


def test_undo_also_undoes_dates_applied_after_its_proposal(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    second = propose(client, on_mondays(NOON), first["series_id"]).json
    stop_after(client, second, dates=1)
    undo = client.post(PLANS, {"kind": "undo", "plan_id": second["plan_id"]}).json
    apply(client, client.get(f"{PLANS}/{second['plan_id']}").json)

    changed = client.post(f"{PLANS}/{undo['plan_id']}/steps", {})

    assert (changed.status, changed.error_codes) == (409, [("plan_id", "preview_changed")])
    apply(client, changed.json)
    assert opened(client) == [NINE] * 3


def test_undo_of_undo_of_a_stopped_plan_restores_what_it_did(client: AppClient) -> None:
    new = propose(client, on_mondays(MORNING)).json
    stop_after(client, new, dates=1)
    undone = undo_plan(client, new)
    assert opened(client) == [[], [], []]

    undo_plan(client, undone)

    assert opened(client) == [NINE, [], []]
    assert pattern(client, new) == MORNING


def test_changes_of_a_series_are_undone_the_latest_first(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    on_two = series_json({"mon": NOON}, last=MONDAYS[1])
    second = apply(client, propose(client, on_two, first["series_id"]).json)
    assert opened(client) == [ELEVEN, ELEVEN, []]

    undo_plan(client, second)
    assert opened(client) == [NINE] * 3
    undo_plan(client, first)

    assert opened(client) == [[]] * 3
    assert client.get("/doctors/dr-lee/series").json == {"series": []}


def test_plan_of_a_series_that_was_only_renamed_is_undone(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    renamed = on_mondays(MORNING) | {"name": "Clinic"}
    apply(client, propose(client, renamed, first["series_id"]).json)

    undone = undo_plan(client, first)

    assert undone["closes"] == 6
    assert opened(client) == [[]] * 3


def test_undo_of_an_edit_keeps_a_later_name(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    second = apply(client, propose(client, on_mondays(NOON), first["series_id"]).json)
    renamed = on_mondays(NOON) | {"name": "Clinic"}
    apply(client, propose(client, renamed, first["series_id"]).json)

    undo_plan(client, second)

    assert opened(client) == [NINE] * 3
    series = client.get(f"/doctors/dr-lee/series/{first['series_id']}").json
    assert (series["name"], series["weekly"]["mon"]) == (
        "Clinic",
        [{"from": "09:00", "to": "10:00"}],
    )


def test_plan_undone_and_redone_twice_ends_as_it_began(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    latest = apply(client, propose(client, on_mondays(NOON), first["series_id"]).json)

    for times in (NINE, ELEVEN, NINE, ELEVEN):
        latest = undo_plan(client, latest)
        assert opened(client) == [times] * 3

    assert pattern(client, first) == NOON


def test_undo_of_change_and_then_of_its_plan_undoes_each_once(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    second = apply(client, propose(client, on_mondays(NOON), first["series_id"]).json)
    undo_change_of_monday(client, kind="series")
    assert opened(client) == [NINE, ELEVEN, ELEVEN]

    undone = undo_plan(client, second)

    assert (undone["opens"], undone["closes"]) == (4, 4)
    assert opened(client) == [NINE] * 3
    longer = propose(client, on_mondays([("09:00", "10:30")]), first["series_id"]).json
    assert longer["keeps"] == 0
    apply(client, longer)
    assert opened(client) == [["09:00", "09:30", "10:00"]] * 3


def test_change_undone_by_hand_stays_undone_when_plan_is_redone(client: AppClient) -> None:
    plan = make_series(client, on_mondays(MORNING))
    undo_change_of_monday(client, kind="series")

    undo_plan(client, undo_plan(client, plan))

    assert opened(client) == [[], NINE, NINE]


def test_undo_leaves_what_was_changed_by_hand_since_and_names_it(client: AppClient) -> None:
    plan = make_series(client, on_mondays(MORNING))
    client.save(closed=("09:00", "09:30"))
    client.save("09:00")

    undone = undo_plan(client, plan)

    assert undone["days"][0]["kept"] == [
        {"start": "2026-11-23T09:00:00+00:00", "code": "opened_by_hand"}
    ]
    assert opened(client) == [["09:00"], [], []]


def test_a_change_of_one_date_is_undone_by_a_plan(client: AppClient) -> None:
    client.save("09:00", "09:30")
    (change,) = client.get("/doctors/dr-lee/changes").json["changes"]
    request = {"kind": "undo", "change_id": change["change_id"]}

    plan = client.post(PLANS, request).json
    assert (plan["undoes"], plan["series_id"], plan["closes"]) == (change["change_id"], None, 2)
    apply(client, plan)

    assert open_times(client, MONDAY) == []
    again = client.post(PLANS, request)
    assert (again.status, again.error_codes) == (400, [("change_id", "nothing_to_save")])
    redone = undo_plan(client, plan)
    assert open_times(client, MONDAY) == NINE
    assert redone["state"] == "done"


def test_plan_that_has_not_started_cannot_be_undone(client: AppClient) -> None:
    plan = propose(client, on_mondays(MORNING)).json

    response = client.post(PLANS, {"kind": "undo", "plan_id": plan["plan_id"]})

    assert (response.status, response.error_codes) == (400, [("plan_id", "nothing_to_save")])


def test_changes_of_plans_have_their_kind_and_plan(client: AppClient) -> None:
    plan = make_series(client, on_mondays(MORNING))
    undo = undo_plan(client, plan)

    changes = client.get(f"/doctors/dr-lee/changes?date={MONDAY}").json["changes"]

    assert [(change["kind"], change["plan_id"]) for change in changes] == [
        ("undo", undo["plan_id"]), ("series", plan["plan_id"])
    ]  # fmt: skip
    assert changes[0]["undoes"] == changes[1]["change_id"]

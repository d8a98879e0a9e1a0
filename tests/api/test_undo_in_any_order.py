"""Plans of a series, and of time off, are undone in any order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.html import parse, text_of
from tests.support.plan_page import page_of
from tests.support.plans import MORNING, PLANS, Hours, apply, make_series, propose, undo_plan
from tests.support.three_mondays import on_mondays, opened
from tests.support.time_off import lift, list_time_off, take_time_off

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse
    from tests.support.plans import Json

pytestmark = pytest.mark.usefixtures("consistent_table")

NOON: Hours = [("11:00", "12:00")]
BOTH = MORNING + NOON
NINE, ELEVEN = ["09:00", "09:30"], ["11:00", "11:30"]


def edit(client: AppClient, made: Json, hours: Hours) -> Json:
    """Give the series of a plan other hours."""
    return apply(client, propose(client, on_mondays(hours), made["series_id"]).json)


def propose_undo(client: AppClient, plan: Json) -> AppResponse:
    return client.post(PLANS, {"kind": "undo", "plan_id": plan["plan_id"]})


def weekly(client: AppClient, plan: Json) -> list[tuple[str, str]]:
    """Return the hours of a plan's series on Mondays."""
    series = client.get(f"/doctors/dr-lee/series/{plan['series_id']}").json
    return [(hours["from"], hours["to"]) for hours in series["weekly"]["mon"]]


def test_undo_of_plan_of_an_edited_series_undoes_only_the_days(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    edit(client, first, BOTH)

    undo = undo_plan(client, first)

    assert (undo["closes"], undo["unchanged_series_id"]) == (6, first["series_id"])
    assert undo["series_id"] is None
    assert opened(client) == [ELEVEN] * 3
    assert weekly(client, first) == BOTH


def test_first_plan_of_series_can_be_undone_before_the_second(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    second = edit(client, first, BOTH)

    undo_plan(client, first)
    last = undo_plan(client, second)

    assert opened(client) == [[]] * 3
    assert last["unchanged_series_id"] is None
    assert client.get("/doctors/dr-lee/series").json == {"series": []}
    undo_plan(client, last)
    assert opened(client) == [ELEVEN] * 3
    assert weekly(client, first) == BOTH


def test_undo_of_the_last_plan_passes_over_one_that_was_undone(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    second = edit(client, first, BOTH)
    third = edit(client, first, NOON)
    undo_plan(client, second)

    undo_plan(client, third)

    assert opened(client) == [NINE] * 3
    assert weekly(client, first) == MORNING


def test_pattern_of_a_plan_that_was_redone_is_restored(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    second = edit(client, first, BOTH)
    undo_plan(client, undo_plan(client, first))

    undo_plan(client, second)

    assert opened(client) == [NINE] * 3
    assert weekly(client, first) == MORNING


def test_days_closed_by_such_an_undo_stay_closed_in_a_later_edit(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    edit(client, first, BOTH)
    undo_plan(client, first)

    edit(client, first, [("09:00", "10:30")])

    assert opened(client) == [["10:00"]] * 3


def test_such_an_undo_leaves_bookings_and_is_undone(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    edit(client, first, BOTH)
    client.book("09:30")

    undo = undo_plan(client, first)
    assert undo["days"][0]["kept"] == [{"start": "2026-11-23T09:30:00+00:00", "code": "booked"}]
    assert opened(client) == [["09:30", *ELEVEN], ELEVEN, ELEVEN]
    redo = undo_plan(client, undo)

    assert redo["unchanged_series_id"] == first["series_id"]
    assert opened(client) == [NINE + ELEVEN] * 3


def test_plan_of_which_an_edit_has_left_nothing_is_not_undone(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    edit(client, first, NOON)

    response = propose_undo(client, first)

    assert (response.status, response.error_codes) == (400, [("plan_id", "nothing_to_save")])
    assert response.json["detail"] == (
        "There is nothing left to undo: the series has been changed since. "
        "To stop it, end the series."
    )
    assert opened(client) == [ELEVEN] * 3


def test_page_says_that_the_series_stays_as_it_is(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    edit(client, first, BOTH)
    undo = propose_undo(client, first).json

    preview = page_of(client, undo)
    apply(client, undo)
    result = page_of(client, undo)

    for page in (preview, result):
        words = text_of(parse(page.text).select("main")[0])
        assert "The series has been changed since, and stays as it is now." in words


def test_time_off_is_undone_after_it_was_lifted_and_taken_again(client: AppClient) -> None:
    client.save("09:00")
    taken = take_time_off(client)
    lifting = lift(client, taken["time_off_id"])
    undo_plan(client, lifting)
    assert list_time_off(client)

    undo_plan(client, taken)

    assert list_time_off(client) == []
    assert opened(client)[0] == ["09:00"]


def test_time_off_that_is_lifted_already_is_not_undone(client: AppClient) -> None:
    taken = take_time_off(client, MONDAY, MONDAY + timedelta(days=1))
    lift(client, taken["time_off_id"])

    response = propose_undo(client, taken)

    assert (response.status, response.json["detail"]) == (400, "There is nothing left to undo")

"""Series without an end are applied to the dates that come into the booking window."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.storage.plan_repository import PlanRepository
from tests.support.factories import MONDAY
from tests.support.plans import (
    MORNING,
    apply,
    make_series,
    open_times,
    propose,
    series_json,
    undo_plan,
)

if TYPE_CHECKING:
    from datetime import date

    from tests.support.app_client import AppClient

ONE_DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
ENDLESS = series_json({"mon": MORNING})


def shorten_window(client: AppClient, days: int) -> None:
    assert client.update_doctor(window_days=days).status == 200


def extend(client: AppClient) -> list[str]:
    """Extend all series, and return whose."""
    extend_series = client.services.plans.extend_series
    doctor_ids = extend_series.list_doctors().doctor_ids
    for doctor_id in doctor_ids:
        while not extend_series.extend(doctor_id):
            pass
    return list(doctor_ids)


def pass_days(client: AppClient, days: int) -> None:
    client.clock.now += days * ONE_DAY


def mondays_with_slots(client: AppClient) -> list[date]:
    mondays = (MONDAY + n * WEEK for n in range(8))
    return [monday for monday in mondays if open_times(client, monday)]


def test_series_is_extended_daily_to_end_of_booking_window(client: AppClient) -> None:
    shorten_window(client, 14)
    make_series(client, ENDLESS)
    assert mondays_with_slots(client) == [MONDAY, MONDAY + WEEK]

    pass_days(client, 1)
    extend(client)
    assert mondays_with_slots(client) == [MONDAY, MONDAY + WEEK, MONDAY + 2 * WEEK]
    extend(client)
    assert client.get_day(date=str(MONDAY + 2 * WEEK)).json["version"] == 1


def test_nights_that_were_missed_are_made_up_for(client: AppClient) -> None:
    shorten_window(client, 7)
    make_series(client, ENDLESS)
    pass_days(client, 21)
    extend(client)
    assert mondays_with_slots(client) == [MONDAY, MONDAY + 3 * WEEK]


def test_an_extension_is_on_record_for_the_author_of_the_series(client: AppClient) -> None:
    shorten_window(client, 7)
    make_series(client, ENDLESS)
    pass_days(client, 1)
    extend(client)
    pass_days(client, 7)
    extend(client)

    changes = client.get(f"/doctors/dr-lee/changes?date={MONDAY + 2 * WEEK}").json["changes"]
    (change,) = changes
    assert (change["kind"], change["client"]["id"]) == ("series", "schedule")
    assert change["by"]["role"] == "doctor"
    assert change["plan_id"] is None


def test_a_series_with_an_end_is_extended_only_up_to_it(client: AppClient) -> None:
    shorten_window(client, 7)
    make_series(client, series_json({"mon": MORNING}, last=MONDAY + WEEK))
    pass_days(client, 1)
    assert extend(client) == ["dr-lee"]
    pass_days(client, 14)
    assert extend(client) == []
    assert mondays_with_slots(client) == [MONDAY, MONDAY + WEEK]


def test_an_edited_series_is_extended_in_its_latest_version(client: AppClient) -> None:
    shorten_window(client, 7)
    plan = make_series(client, ENDLESS)
    later = series_json({"mon": [("13:00", "14:00")]})
    apply(client, propose(client, later, plan["series_id"]).json)
    pass_days(client, 8)
    assert extend(client) == ["dr-lee"]
    assert open_times(client, MONDAY + 2 * WEEK) == ["13:00", "13:30"]


def test_a_series_whose_last_plan_is_not_done_waits_for_it(client: AppClient) -> None:
    shorten_window(client, 7)
    plan = make_series(client, ENDLESS)
    edited = propose(client, series_json({"tue": MORNING}), plan["series_id"]).json
    start_only(client, edited["plan_id"])
    pass_days(client, 8)
    extend(client)
    assert open_times(client, MONDAY + 2 * WEEK) == []


def test_new_dates_have_the_boxes_of_changed_weekly_hours(client: AppClient) -> None:
    shorten_window(client, 7)
    make_series(client, ENDLESS)
    client.set_slot_minutes("dr-lee", minutes=20)
    pass_days(client, 1)
    extend(client)
    pass_days(client, 7)
    extend(client)

    assert open_times(client, MONDAY) == ["09:00", "09:30"]
    assert open_times(client, MONDAY + 2 * WEEK) == ["09:00", "09:20", "09:40"]


def start_only(client: AppClient, plan_id: str) -> None:
    """Start a plan, as a step does that breaks off at once."""
    plans = PlanRepository()
    plan = plans.get("dr-lee", plan_id)
    plans.start(plan, plan.series)


def test_undo_of_series_also_closes_dates_it_was_extended_to(client: AppClient) -> None:
    shorten_window(client, 7)
    plan = make_series(client, ENDLESS)
    pass_days(client, 1)
    extend(client)
    assert mondays_with_slots(client) == [MONDAY, MONDAY + WEEK]

    undo_plan(client, plan)

    assert mondays_with_slots(client) == [MONDAY]  # its slots have begun

"""Plans of one series that are stopped, continued and overtaken by others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.storage.plan_repository import PlanRepository
from tests.support.dynamodb_responses import TRANSACT_WRITE
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
    step,
    stop_after,
    undo_plan,
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.plans import Json

pytestmark = pytest.mark.usefixtures("consistent_table")

WEEK = timedelta(weeks=1)
MONDAYS = [MONDAY + n * WEEK for n in range(3)]
NOON: Hours = [("11:00", "12:00")]
NINE, ELEVEN = ["09:00", "09:30"], ["11:00", "11:30"]


def on_mondays(hours: Hours, **others: Hours) -> Json:
    return series_json({"mon": hours, **others}, last=MONDAYS[-1])


def opened(client: AppClient) -> list[list[str]]:
    """Return the open times of the three Mondays."""
    return [open_times(client, on) for on in MONDAYS]


def test_a_continued_plan_does_not_restore_a_replaced_pattern(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    second = propose(client, on_mondays(NOON), first["series_id"]).json
    stop_after(client, second, dates=1)
    assert opened(client) == [ELEVEN, NINE, NINE]
    make_third = propose(client, on_mondays([("10:00", "10:30")]), first["series_id"]).json
    assert (make_third["opens"], make_third["closes"]) == (3, 6)
    apply(client, make_third)

    continued = apply(client, client.get(f"{PLANS}/{second['plan_id']}").json)

    assert (continued["state"], continued["opens"]) == ("done", 2)
    assert opened(client) == [["10:00"]] * 3


def test_an_overtaken_plan_leaves_its_dates_to_the_later_one(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    second = propose(client, on_mondays(NOON), first["series_id"]).json
    stop_after(client, second, dates=1)
    third = propose(client, on_mondays([("10:00", "10:30")]), first["series_id"]).json
    stop_after(client, third, dates=1)

    apply(client, client.get(f"{PLANS}/{second['plan_id']}").json)
    assert opened(client) == [["10:00"], NINE, NINE]

    apply(client, client.get(f"{PLANS}/{third['plan_id']}").json)
    assert opened(client) == [["10:00"]] * 3


def test_an_edit_closes_slots_that_an_unfinished_edit_left_open(client: AppClient) -> None:
    """The first version wants Mondays, the second Tuesdays, the third Wednesdays."""
    first = make_series(client, on_mondays(MORNING))
    tuesdays = series_json({"tue": MORNING}, last=MONDAYS[-1])
    stop_after(client, propose(client, tuesdays, first["series_id"]).json, dates=1)
    wednesdays = series_json({"wed": MORNING}, last=MONDAYS[-1])

    apply(client, propose(client, wednesdays, first["series_id"]).json)

    assert opened(client) == [[], [], []]
    assert open_times(client, MONDAY + timedelta(days=2)) == NINE


def test_a_later_plan_reverts_dates_applied_since_its_proposal(client: AppClient) -> None:
    """What the next one wants is open when it is proposed, and closed when it starts."""
    first = make_series(client, on_mondays(MORNING))
    second = propose(client, on_mondays(NOON), first["series_id"]).json
    stop_after(client, second, dates=1)
    back = propose(client, on_mondays(MORNING), first["series_id"]).json
    apply(client, client.get(f"{PLANS}/{second['plan_id']}").json)
    assert opened(client) == [ELEVEN] * 3

    changed = step(client, back)

    assert (changed.status, changed.json["closes"]) == (409, 6)
    apply(client, changed.json)
    assert opened(client) == [NINE] * 3


def test_a_step_under_way_does_not_overwrite_a_later_version(client: AppClient) -> None:
    """A third version is applied to all dates between the second one's reads and its save."""
    first = make_series(client, on_mondays(MORNING))
    second = propose(client, on_mondays(NOON), first["series_id"]).json
    plans = PlanRepository()
    started = plans.get("dr-lee", second["plan_id"])
    plans.start(started, started.series)

    def overtake() -> None:
        apply(client, propose(client, on_mondays(MORNING), first["series_id"]).json)

    with client.before_commit(overtake):
        step(client, second)

    assert opened(client) == [NINE] * 3


def test_two_tabs_that_step_one_plan_make_each_date_once(client: AppClient) -> None:
    plan = propose(client, on_mondays(MORNING)).json
    responses = []
    tabs = iter(range(4))

    def other_tab(**_: object) -> None:
        if next(tabs, None) is not None:
            responses.append(step(client, plan))

    with client.before_call(TRANSACT_WRITE, other_tab):
        response = step(client, plan)

    assert {each.status for each in [response, *responses]} == {200}
    assert opened(client) == [NINE] * 3
    changes = client.get("/doctors/dr-lee/changes").json["changes"]
    assert sorted(change["date"] for change in changes) == [str(on) for on in MONDAYS]


def test_a_date_without_recorded_progress_is_not_applied_again(client: AppClient) -> None:
    """After a crash behind a save: what was closed by hand since stays closed."""
    plan = propose(client, on_mondays(MORNING)).json
    stop_after(client, plan, dates=1)
    client.set_attribute("DOCTOR#dr-lee", f"PLAN#{plan['plan_id']}", "applied_through", None)
    client.save(closed=("09:00",))

    done = apply(client, client.get(f"{PLANS}/{plan['plan_id']}").json)

    assert (done["days_done"], done["opens"]) == (3, 6)
    assert opened(client) == [["09:30"], NINE, NINE]


def test_a_date_is_completed_after_a_crash_between_its_two_saves(client: AppClient) -> None:
    first = make_series(client, on_mondays(MORNING))
    client.set_slot_minutes("dr-lee", minutes=20)
    edited = propose(client, on_mondays(MORNING), first["series_id"]).json
    crash_before_the_second_save(client, edited)
    halfway = client.get(f"{PLANS}/{edited['plan_id']}").json
    assert open_times(client, MONDAY) == []
    assert (halfway["opens"], halfway["closes"], halfway["days_done"]) == (9, 6, 0)

    done = apply(client, halfway)

    assert (done["opens"], done["closes"], done["days_done"]) == (9, 6, 3)
    assert opened(client) == [["09:00", "09:20", "09:40"]] * 3
    undo_plan(client, edited)
    assert opened(client) == [NINE] * 3


def test_a_plan_stopped_between_two_saves_completes_their_date(client: AppClient) -> None:
    hours = on_mondays([("09:00", "10:00")])
    first = make_series(client, hours)
    client.set_slot_minutes("dr-lee", minutes=20)
    edited = propose(client, hours, first["series_id"]).json
    calls = 0

    def stop_at_second(**_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:  # the start, then the closing save
            client.delete(f"{PLANS}/{edited['plan_id']}")

    with client.before_call(TRANSACT_WRITE, stop_at_second):
        stopped = step(client, edited).json

    assert (stopped["state"], stopped["days_done"]) == ("stopped", 1)
    assert opened(client) == [["09:00", "09:20", "09:40"], ["09:00", "09:30"], ["09:00", "09:30"]]


def test_a_slot_freed_between_two_saves_of_a_date_is_closed_too(client: AppClient) -> None:
    hours = on_mondays([("09:00", "11:00")])
    first = make_series(client, hours)
    client.set_slot_minutes("dr-lee", minutes=20)
    client.book("10:00")
    edited = propose(client, hours, first["series_id"]).json
    crash_before_the_second_save(client, edited)
    client.cancel("10:00")

    changed = step(client, edited)

    assert (changed.status, changed.error_codes) == (409, [("plan_id", "preview_changed")])
    apply(client, changed.json)
    assert opened(client) == [["09:00", "09:20", "09:40", "10:00", "10:20", "10:40"]] * 3
    undo_plan(client, edited)
    assert opened(client) == [["09:00", "09:30", "10:00", "10:30"]] * 3


def crash_before_the_second_save(client: AppClient, plan: Json) -> None:
    """Let the step fail after the first of the two saves of a date."""
    calls = 0

    def fail_third(**_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:  # the start, the closing save, then this
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), client.before_call(TRANSACT_WRITE, fail_third):
        step(client, plan)


def test_a_step_with_conflicts_on_many_dates_returns_progress(client: AppClient) -> None:
    """On each date someone opens one of the slots between the step's reads and its save."""
    dates = [MONDAY + n * WEEK for n in range(13)]
    plan = propose(client, series_json({"mon": MORNING}, last=dates[-1])).json
    stop_after(client, plan, dates=1)
    # The step repeats each save that conflicts, and the hook saves too.
    saves = iter([on for date in dates[1:] for on in (date, None, None)])

    def conflict(**_: object) -> None:
        if on := next(saves, None):
            assert client.save("09:00", date=on.isoformat()).status == 200

    with client.before_call(TRANSACT_WRITE, conflict):
        response = step(client, plan)

    assert (response.status, response.json["state"]) == (200, "running")
    done = apply(client, response.json)
    assert done["opens"] + done["keeps"] == 2 * len(dates)


def test_two_tabs_start_a_plan_at_the_same_moment(client: AppClient) -> None:
    plan = propose(client, on_mondays(MORNING)).json
    other_tab = [lambda: step(client, plan)]

    def start_in_other_tab(**_: object) -> None:
        if other_tab:
            assert other_tab.pop()().status == 200

    with client.before_call("Query", start_in_other_tab):
        response = step(client, plan)

    assert (response.status, response.json["state"]) == (200, "done")
    assert opened(client) == [NINE] * 3

"""Each condition of a write on plans and series, where two requests read before either writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.plan import Plan, PlanKind, PlanState
from chalicelib.domain.plan_errors import PlanModifiedError, PlanUndoneError
from chalicelib.storage.plan_repository import PlanRepository
from chalicelib.storage.series_repository import SeriesRepository
from tests.support import factories
from tests.support.direct_writes import store_series
from tests.support.factories import MONDAY, SUNDAY_NOON
from tests.support.plans import (
    MORNING,
    PLANS,
    make_series,
    open_times,
    propose,
    series_json,
    step,
)

if TYPE_CHECKING:
    from chalicelib.domain.series import Series
    from tests.support.app_client import AppClient

TUESDAY = MONDAY + timedelta(days=1)
UNDO = Plan(
    doctor_id="dr-lee",
    plan_id="plan-1",
    kind=PlanKind.UNDO,
    created_at=SUNDAY_NOON,
    dates=(MONDAY, TUESDAY),
    closing={},
)
SERIES = factories.make_series({0: [("09:00", "10:00")]})
NEW_SERIES = replace(UNDO, kind=PlanKind.SERIES, series=SERIES)
NEW_IMPORT = replace(UNDO, plan_id="import-1", kind=PlanKind.IMPORT)
plans, repository = PlanRepository(), SeriesRepository()

pytestmark = pytest.mark.usefixtures("client", "consistent_table")


def test_proposal_does_not_overwrite_a_plan() -> None:
    plans.create(UNDO)

    with pytest.raises(PlanModifiedError):
        plans.create(replace(UNDO, dates=()))

    assert plans.get("dr-lee", "plan-1") == UNDO


def test_plan_starts_once() -> None:
    plans.create(UNDO)
    first, second = plans.get("dr-lee", "plan-1"), plans.get("dr-lee", "plan-1")
    plans.start(first, None)
    plans.set_state(plans.get("dr-lee", "plan-1"), PlanState.STOPPED)

    with pytest.raises(PlanModifiedError):
        plans.start(second, None)

    assert plans.get("dr-lee", "plan-1").state is PlanState.STOPPED


def test_plan_is_undone_by_one_other() -> None:
    plans.create(NEW_IMPORT)
    plans.start(NEW_IMPORT, None)
    undos = [replace(UNDO, plan_id=f"plan-{n}", undoes="import-1") for n in (1, 2)]
    for undo in undos:
        plans.create(undo)
    plans.start(undos[0], None)

    with pytest.raises(PlanUndoneError):
        plans.start(undos[1], None)

    assert plans.get("dr-lee", "import-1").undone_by == "plan-1"
    assert not plans.get("dr-lee", "plan-2").has_started


def test_only_a_plan_that_has_started_is_undone() -> None:
    undo = replace(UNDO, undoes="import-1")
    plans.create(NEW_IMPORT)
    plans.create(undo)

    with pytest.raises(PlanUndoneError):
        plans.start(undo, None)

    assert plans.get("dr-lee", "import-1") == NEW_IMPORT


def test_expired_proposal_does_not_start(client: AppClient) -> None:
    with pytest.raises(PlanModifiedError):
        plans.start(UNDO, None)

    assert client.find_items("plan") == []


def test_two_plans_do_not_make_the_same_version_of_a_series() -> None:
    other = replace(NEW_SERIES, plan_id="plan-2", series=replace(SERIES, name="Others"))
    plans.create(NEW_SERIES)
    plans.create(other)
    plans.start(NEW_SERIES, NEW_SERIES.series)

    with pytest.raises(PlanModifiedError):
        plans.start(other, other.series)

    assert SeriesRepository().list_versions("dr-lee").all_latest() == (SERIES,)
    assert not plans.get("dr-lee", "plan-2").has_started


def test_plan_that_was_finished_meanwhile_does_not_stop() -> None:
    plans.create(UNDO)
    plans.start(UNDO, None)
    before = plans.get("dr-lee", "plan-1")
    plans.finish(before, TUESDAY)

    with pytest.raises(PlanModifiedError):
        plans.set_state(before, PlanState.STOPPED)

    assert plans.get("dr-lee", "plan-1").state is PlanState.DONE


def test_progress_never_goes_back() -> None:
    plans.create(UNDO)
    plans.record_progress(UNDO, TUESDAY)

    plans.record_progress(UNDO, MONDAY)

    assert plans.get("dr-lee", "plan-1").applied_through == TUESDAY


def test_first_progress_is_recorded() -> None:
    plans.create(UNDO)

    plans.record_progress(UNDO, MONDAY)

    assert plans.get("dr-lee", "plan-1").remaining == (TUESDAY,)


def test_missing_plan_gets_no_preview(client: AppClient) -> None:
    with pytest.raises(PlanModifiedError):
        plans.set_preview(UNDO)

    assert client.find_items("plan") == []


def test_missing_plan_is_not_finished(client: AppClient) -> None:
    with pytest.raises(PlanModifiedError):
        plans.finish(UNDO, TUESDAY)

    assert client.find_items("plan") == []


def test_missing_version_is_not_marked_as_applied(client: AppClient) -> None:
    plans.create(NEW_SERIES)

    with pytest.raises(PlanModifiedError):
        plans.finish(NEW_SERIES, TUESDAY)

    assert client.find_items("series") == []


def test_plans_of_a_state_are_listed_alone(client: AppClient) -> None:
    plans.create(UNDO)
    plans.create(replace(UNDO, plan_id="plan-2"))
    plans.start(UNDO, None)

    listed = client.get(f"{PLANS}?state=running").json["plans"]

    assert [plan["plan_id"] for plan in listed] == ["plan-1"]


def test_plan_counts_only_its_own_changes(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": MORNING}, last=MONDAY))
    client.save("11:00")

    assert client.get(f"{PLANS}/{plan['plan_id']}").json["opens"] == 2


def test_two_first_steps_at_once_start_the_plan_once(client: AppClient) -> None:
    plan = propose(client, series_json({"mon": MORNING}, last=MONDAY)).json

    with client.before_commit(lambda: step(client, plan)):
        response = step(client, plan)

    assert (response.status, response.json["state"], response.json["opens"]) == (200, "done", 2)
    assert len(client.find_items("series")) == 1
    assert len(client.get("/doctors/dr-lee/changes").json["changes"]) == 1


def test_of_two_edits_at_once_one_is_rejected(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": MORNING}, last=MONDAY))
    edits = [
        propose(client, series_json({"mon": [hours]}, last=MONDAY), plan["series_id"]).json
        for hours in (("10:00", "11:00"), ("11:00", "12:00"))
    ]

    with client.before_commit(lambda: step(client, edits[1])):
        response = step(client, edits[0])

    assert (response.status, response.error_codes) == (409, [("plan_id", "invalid")])
    assert open_times(client, MONDAY) == ["11:00", "11:30"]


def test_stop_during_a_save_leaves_the_later_dates(client: AppClient) -> None:
    weekly = series_json({"mon": MORNING, "tue": MORNING}, last=TUESDAY)
    plan = propose(client, weekly).json
    plans.start(plans.get("dr-lee", plan["plan_id"]), plans.get("dr-lee", plan["plan_id"]).series)

    with client.before_commit(lambda: client.delete(f"{PLANS}/{plan['plan_id']}")):
        response = step(client, plan)

    assert (response.json["state"], response.json["days_done"]) == ("stopped", 1)
    assert open_times(client, MONDAY) == ["09:00", "09:30"]
    assert open_times(client, TUESDAY) == []


def test_version_is_stored_once() -> None:
    second = replace(SERIES, version=2)
    store_series("dr-lee", SERIES)
    store_series("dr-lee", second)

    with pytest.raises(PlanModifiedError):
        repository.replace_version("dr-lee", SERIES, replace(second, name="Another"))

    assert latest() == second


def test_first_extension_is_recorded() -> None:
    store_series("dr-lee", SERIES)
    repository.set_applied_to("dr-lee", SERIES, TUESDAY)

    assert latest().applied_to == TUESDAY


def test_extension_never_goes_back() -> None:
    store_series("dr-lee", SERIES)
    repository.set_applied_to("dr-lee", SERIES, TUESDAY)
    repository.set_applied_to("dr-lee", SERIES, MONDAY)

    assert latest().applied_to == TUESDAY


def test_only_a_stored_version_is_replaced() -> None:
    with pytest.raises(PlanModifiedError):
        repository.replace_version("dr-lee", SERIES, replace(SERIES, version=2))


def latest() -> Series:
    """Return the latest version of the series."""
    stored = repository.list_versions("dr-lee").latest(SERIES.series_id)
    assert stored
    return stored

"""Make, apply and read plans of Dr Lee through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tests.support.app_client import AppClient, AppResponse

Hours = list[tuple[str, str]]
Json = dict[str, Any]
MORNING: Hours = [("09:00", "10:00")]
PLANS = "/doctors/dr-lee/plans"


def series_json(
    weekly: Mapping[str, Hours],
    *,
    first: date = MONDAY,
    last: date | None = None,
    every: int = 1,
    name: str = "Mornings",
) -> Json:
    """Return a series as a client sends it."""
    return {
        "name": name,
        "weekly": {
            weekday: [{"from": start, "to": end} for start, end in ranges]
            for weekday, ranges in weekly.items()
        },
        "every_weeks": every,
        "from": first.isoformat(),
        "to": last.isoformat() if last else None,
    }


def propose(client: AppClient, series: Json, series_id: str | None = None) -> AppResponse:
    """Propose a series, or a change of one."""
    change = {"series_id": series_id} if series_id else {}
    return client.post(PLANS, {"kind": "series", "series": series, **change})


def step(client: AppClient, plan: Json) -> AppResponse:
    """Apply the next dates of a plan."""
    return client.post(f"{PLANS}/{plan['plan_id']}/steps", {})


def apply(client: AppClient, plan: Json) -> Json:
    """Apply a plan to its end, and return it."""
    while plan["state"] != "done":
        response = step(client, plan)
        assert response.status == 200, response.json
        plan = response.json
    return plan


def stop_after(client: AppClient, plan: Json, *, dates: int) -> None:
    """Apply the first dates of a plan that has not started, and stop it there."""
    saves = -1  # the first transaction starts the plan

    def stop(**_: object) -> None:
        nonlocal saves
        saves += 1
        if saves == dates:
            client.delete(f"{PLANS}/{plan['plan_id']}")

    with client.before_call(TRANSACT_WRITE, stop):
        assert step(client, plan).json["state"] == "stopped"


def make_series(client: AppClient, series: Json) -> Json:
    """Propose and apply a new series; return the plan."""
    response = propose(client, series)
    assert response.status == 201, response.json
    return apply(client, response.json)


def undo_plan(client: AppClient, plan: Json) -> Json:
    """Propose and apply the undo of a plan; return the undo."""
    response = client.post(PLANS, {"kind": "undo", "plan_id": plan["plan_id"]})
    assert response.status == 201, response.json
    return apply(client, response.json)


def open_times(client: AppClient, on: date) -> list[str]:
    """Return the times of the slots of a date that are stored, in time order."""
    day = client.get_day(date=on.isoformat()).json
    return [slot["start"][11:16] for slot in day["slots"] if slot["status"] != "busy-unavailable"]

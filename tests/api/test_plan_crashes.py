"""A plan whose process ends before any of its calls of DynamoDB gives the days of a clean run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY
from tests.support.invariants import assert_invariants
from tests.support.plans import MORNING, PLANS, apply, make_series, propose, series_json, step
from tests.support.profile import is_nightly

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient
    from tests.support.plans import Json
    from tests.support.raw_table import RawItem


WEEK = timedelta(weeks=1)
MONDAYS = series_json({"mon": MORNING}, last=MONDAY + WEEK)


class ProcessEnded(BaseException):
    """The process ends: nothing handles this."""


def slots_of(items: list[RawItem]) -> list[tuple[str, str, str]]:
    return [
        (item["start"]["S"], item["end"]["S"], item["status"]["S"])
        for item in items
        if item["type"]["S"] == "slot"
    ]


def step_until_call(client: AppClient, plan: Json, number: int) -> bool:
    """Step a plan, and end before a call; return whether there were so many calls."""
    calls = iter(range(number))

    def end(**_: object) -> None:
        if next(calls, None) is None:
            raise ProcessEnded

    try:
        with client.before_call("*", end):
            step(client, plan)
    except ProcessEnded:
        return True
    return False


def longer(client: AppClient, plan: Json) -> Json:
    """Propose an edit for which the dates need two saves each."""
    client.set_slot_minutes("dr-lee", minutes=20)
    edited: Json = propose(client, {**MONDAYS, "name": "Longer"}, plan["series_id"]).json
    return edited


def undo(client: AppClient, plan: Json) -> Json:
    """Propose the undo of a plan that made two saves of each date."""
    edited = apply(client, longer(client, plan))
    undone: Json = client.post(PLANS, {"kind": "undo", "plan_id": edited["plan_id"]}).json
    return undone


@pytest.mark.parametrize("prepare", [longer, undo])
def test_plan_continued_after_crash_gives_same_days_as_clean_run(
    client: AppClient, prepare: Callable[[AppClient, Json], Json]
) -> None:
    plan = prepare(client, make_series(client, MONDAYS))
    before = client.export()
    with client.record_calls() as made:
        apply(client, plan)
    after = client.export()
    expected = slots_of(after)
    client.restore(before, current=after)
    # By day not before the reads: they change nothing, so the next write finds the same table.
    last = len(made) - 1
    ends = [n for n in range(last) if is_nightly() or made[n] == TRANSACT_WRITE] + [last]

    for number in ends:
        assert step_until_call(client, plan, number)
        done = apply(client, client.get(f"{PLANS}/{plan['plan_id']}").json)

        after = client.export()
        assert slots_of(after) == expected, number
        assert (done["state"], done["days_done"]) == ("done", 2)
        assert_invariants(after)
        client.restore(before, current=after)

    assert len(ends) > 5

"""The largest response about a plan fits into what AWS Lambda can send."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from chalicelib.domain.plan import Plan, PlanKind, PlannedDay
from chalicelib.domain.slot import Slot
from chalicelib.use_cases.plan_previews import PlanView
from chalicelib.use_cases.proposals import max_slots
from chalicelib.web.api.plan_serializers import serialize_plan
from tests.support.factories import MONDAY, SUNDAY_NOON, make_doctor, to_instant

LAMBDA_LIMIT = 6 * 1024 * 1024
MAX_DAYS = 731
RESERVE = 2_000
MINUTES = timedelta(minutes=15)


@pytest.mark.parametrize("doctor_id", ["d", "dr-lee", "d" * 64])
def test_largest_plan_fits_into_a_response_of_lambda(doctor_id: str) -> None:
    doctor = replace(make_doctor(), doctor_id=doctor_id)
    # More than a proposal may have, because other changes can add to it before a step.
    per_day = -(-(max_slots(doctor_id) + RESERVE) // MAX_DAYS)
    starts = [to_instant("00:00") + number * MINUTES for number in range(per_day)]
    slots = tuple(Slot(start=start, end=start + MINUTES) for start in starts)
    days = [PlannedDay(date=MONDAY + timedelta(days=n), opens=slots) for n in range(MAX_DAYS)]
    plan = Plan(
        doctor_id=doctor_id,
        plan_id="p" * 64,
        kind=PlanKind.SERIES,
        created_at=SUNDAY_NOON,
        dates=tuple(day.date for day in days),
        closing={},
    )

    body = msgspec.json.encode(serialize_plan(PlanView.of(doctor, plan, days))).decode()

    sent = json.dumps({"statusCode": 200, "headers": {"X": "x" * 2_000}, "body": body})
    assert len(sent.encode()) < LAMBDA_LIMIT


def test_year_of_96_slots_a_day_can_be_planned() -> None:
    assert max_slots("dr-" + "x" * 24) > 366 * 96

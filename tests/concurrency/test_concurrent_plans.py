"""Plans of one doctor at the same time, beside patients who book."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.local_time import parse_time_of_day
from chalicelib.domain.plan import PlanState
from chalicelib.domain.series import TimeRange
from chalicelib.domain.slot import SlotId
from chalicelib.use_cases.propose_series import SeriesRequest
from tests.support import stored_day
from tests.support.booking_actions import ADMIN, SLOT_STARTS, book_slot, save_slots
from tests.support.concurrent import concurrent_runner
from tests.support.factories import MONDAY, make_doctor, make_grid
from tests.support.profile import rounds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.services import Services

PATIENTS = 20
WEEKS = rounds(daily=2, nightly=13)
WEEK = timedelta(weeks=1)


def propose(services: Services, doctor_id: str, start: str, end: str) -> str:
    """Propose hours from Monday to Friday; return the plan's id."""
    hours = (TimeRange(parse_time_of_day(start), parse_time_of_day(end)),)
    request = SeriesRequest(
        name="Hours",
        weekly=dict.fromkeys(range(5), hours),
        every_weeks=1,
        first=MONDAY,
        last=MONDAY + WEEKS * WEEK - timedelta(days=1),
    )
    return services.plans.propose_series.propose(ADMIN, doctor_id, request).plan.plan_id


def apply(services: Services, doctor_id: str, plan_id: str) -> None:
    while services.plans.apply_plans.step(ADMIN, doctor_id, plan_id).state is not PlanState.DONE:
        pass


def book(services: Services, doctor_id: str, number: int) -> None:
    """Book an open slot of Monday; patients share the eight slots, so most find it taken."""
    slot_id = SlotId(doctor_id, SLOT_STARTS[number % len(SLOT_STARTS)])
    book_slot(services, slot_id, f"{doctor_id}-{number}")


def test_two_plans_amid_bookings_keep_every_slot_and_booking(
    services: Services, dynamodb: DynamoDBClient
) -> None:
    doctor_id = f"dr-{uuid4().hex}"
    services.doctors.add(make_doctor(doctor_id, make_grid(("09:00", "17:00"))))
    save_slots(services, doctor_id, opened=range(8))
    plans = [
        propose(services, doctor_id, "09:00", "14:00"),
        propose(services, doctor_id, "12:00", "17:00"),
    ]

    with concurrent_runner(PATIENTS + 3) as run:
        outcomes = run(
            [
                partial(apply, services, doctor_id, plans[0]),
                partial(apply, services, doctor_id, plans[0]),  # another tab
                partial(apply, services, doctor_id, plans[1]),
                *(partial(book, services, doctor_id, number) for number in range(PATIENTS)),
            ]
        )

    assert outcomes[:3] == [None] * 3
    assert outcomes[3:].count(None) == len(SLOT_STARTS)
    for n in range(WEEKS * 7):
        on = MONDAY + timedelta(days=n)
        stored = stored_day.read_stored_day(dynamodb, services.settings.table_name, doctor_id, on)
        stored.assert_valid()
        assert len(stored.slots) == (16 if on.weekday() < 5 else 0)

"""Print the DynamoDB capacity that each request consumes: ``python -m benchmarks.capacity``.

The requests run on MiniStack. Their capacity is calculated from the items that they read and write
(``capacity_model``), because the figures of an emulator are not those of AWS.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
from chalice.test import Client

from benchmarks.call_recorder import CallRecorder
from benchmarks.capacity_model import Units, consumed_units, item_size
from benchmarks.capacity_time_off import measure_time_off
from chalicelib import bootstrap
from chalicelib.domain.booking import Booking
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotId
from chalicelib.settings import Settings
from chalicelib.storage import table
from local import demo_data
from local.local_config import use_local_stage
from local.servers import MiniStack
from tests.support.app_client import AppClient, AppResponse
from tests.support.clock import Clock
from tests.support.factories import MONDAY, make_session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from benchmarks.capacity_model import Request
    from chalicelib.domain.doctor import Doctor

DR_LEE = demo_data.DOCTORS[0]
# 96 slots, the maximum of a day: quarters of an hour around the clock.
DR_LEE_AROUND_THE_CLOCK = replace(
    DR_LEE,
    grid=replace(
        DR_LEE.grid, sessions=(make_session("00:00", "24:00"),), slot_length=timedelta(minutes=15)
    ),
)
_SITE_ID = "a-booking-site"
SITE = Caller(name=_SITE_ID, client=_SITE_ID, roles=frozenset({Role.BOOKING_SITE}))
COLLEAGUES = [f"dr-{n:03}" for n in range(1, 20)]
DATES = [(MONDAY + timedelta(days=n)).isoformat() for n in range(14)]
TWO_WEEKS = f"from={DATES[0]}&to={DATES[-1]}"
# Title, operation that writes the item, and type of the item.
ITEM_SIZES = (
    ("day, all slots free", "first save of a date, all slots", "day"),
    ("record of a save", "first save of a date, all slots", "change"),
    ("audit entry of a save that opens all slots", "first save of a date, all slots", "audit"),
    ("audit entry of a save that opens one slot", "save that opens one slot", "audit"),
    ("audit entry of settings", "settings of a doctor", "audit"),
    ("free slot", "first save of a date, all slots", "slot"),
    ("held slot", "hold", "slot"),
    ("day with one held slot", "hold", "day"),
    ("counted holds of a client, one slot", "hold", "holds"),
    ("booked slot", "book", "slot"),
    ("record of a booking", "book", "booking"),
    ("record of a cancelled booking", "cancel", "booking"),
    ("audit entry of a booking", "book", "audit"),
    ("audit entry of a move within a day", "move within a day", "audit"),
    ("doctor", "settings of a doctor", "doctor"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """An operation and its DynamoDB requests."""

    operation: str
    requests: Sequence[Request]

    @property
    def units(self) -> Units:
        return sum((consumed_units(request) for request in self.requests), Units())

    @property
    def calls(self) -> str:
        """The DynamoDB calls in order, as in ``GetItem, 14 Query``."""
        runs = [
            (name, len([*same]))
            for name, same in groupby(request.operation for request in self.requests)
        ]
        return ", ".join(name if length == 1 else f"{length} {name}" for name, length in runs)

    def written_item_size(self, item_type: str) -> int:
        """The size of the first item of that type that the operation wrote."""
        written = (write.after for request in self.requests for write in request.writes)
        return next(item_size(item) for item in written if item and item["type"]["S"] == item_type)


class CapacityRecorder:
    """Runs operations and keeps the measurement of each.

    The clock ticks before each of them: two changes of a slot never have the same instant.
    """

    def __init__(self, recorder: CallRecorder, clock: Clock) -> None:
        self._recorder = recorder
        self._clock = clock
        self.measurements: list[Measurement] = []

    def __call__(
        self, operation: str, action: Callable[[], object], *, expect_error: bool = False
    ) -> None:
        """Run ``action``.

        Raises:
            RuntimeError: The response is an error, or with ``expect_error`` it is none.
        """
        self._clock.now += timedelta(microseconds=1)
        with self._recorder.record() as requests:
            result = action()
        if isinstance(result, AppResponse) and (result.status >= 400) is not expect_error:
            raise RuntimeError(operation, result)
        self.measurements.append(Measurement(operation=operation, requests=requests))


def measure_all(client: AppClient, recorder: CallRecorder, doctor: Doctor) -> list[Measurement]:
    """Measure all operations on a table with ``doctor`` alone, whom the app has cached.

    The operations build on each other: the first ones open all slots of two weeks.
    """
    client.truncate()
    client.clock.now += timedelta(minutes=1)  # expires the doctor cache
    client.services.doctors.add(doctor)
    client.get_day()  # fills it
    measure = CapacityRecorder(recorder, client.clock)
    times = [f"{slot.start:%H:%M}" for slot in doctor.grid.candidate_slots(MONDAY)]
    _measure_saves(client, measure, times)
    _measure_bookings(client, measure)
    _measure_searches(client, measure, doctor, times)
    _measure_plans(client, measure)
    _measure_doctors(client, measure)
    friday = doctor.grid.candidate_slots(MONDAY + timedelta(days=4))
    measure_time_off(client, measure, friday[:3])
    return measure.measurements


def _measure_saves(client: AppClient, measure: CapacityRecorder, times: list[str]) -> None:
    *most, last = times
    measure("first save of a date, all slots", lambda: client.save(*times))
    for date in DATES[1:]:
        client.save(*most, date=date)
    key = uuid4().hex

    def open_last_slot() -> AppResponse:
        return client.save(last, date=DATES[1], Idempotency_Key=key)

    measure("save that opens one slot", open_last_slot)
    measure("the same save, sent again", open_last_slot)
    measure("save that is rejected", lambda: client.save(last), expect_error=True)
    for date in DATES[2:]:
        client.save(last, date=date)
    measure("save that closes one slot", lambda: client.save(closed=(last,)))
    client.save(last)
    measure("a day", client.get_day)
    manage_slots, caller = client.services.manage_slots, client.caller
    measure("poll of a day", lambda: manage_slots.get_day_cached(caller, "dr-lee", MONDAY))


def _measure_bookings(client: AppClient, measure: CapacityRecorder) -> None:
    """Measure a booking site; that it holds, books and moves as itself needs no token here."""
    site, slots = client.services.bookings.book_slots, DR_LEE.grid.candidate_slots(MONDAY)
    first, second, third = (SlotId("dr-lee", slot.start) for slot in slots[:3])
    tuesday = SlotId("dr-lee", DR_LEE.grid.candidate_slots(MONDAY + timedelta(days=1))[0].start)
    five_minutes = timedelta(minutes=5)

    def reject_hold() -> None:
        with suppress(ConflictError):
            site.hold(SITE, first, "ivan", five_minutes)

    def book(slot_id: SlotId, booking_id: str, **fields: Any) -> object:  # noqa: ANN401  a SlotId or text
        booking = Booking(booking_id=booking_id, patient_reference="ref-1", **fields)
        return site.book(SITE, slot_id, booking)

    measure("a slot", lambda: client.get_slot("09:00"))
    measure("hold", lambda: site.hold(SITE, first, "hannah", five_minutes))
    measure("hold that is rejected", reject_hold)
    measure("release", lambda: site.release(SITE, first, "hannah"))
    measure("book", lambda: book(first, "b-1"))
    measure("cancel", lambda: site.cancel(SITE, first, "b-1"))
    measure("hold another slot", lambda: site.hold(SITE, second, "hannah", five_minutes))
    measure("book a held slot", lambda: book(second, "b-2", holder="hannah"))
    measure("move within a day", lambda: book(third, "b-2", previous_slot_id=second))
    measure("move to another day", lambda: book(tuesday, "b-2", previous_slot_id=third))


def _measure_searches(
    client: AppClient, measure: CapacityRecorder, doctor: Doctor, times: list[str]
) -> None:
    def search() -> AppResponse:
        return client.get(f"/availability?specialty=cardiology&{TWO_WEEKS}")

    measure("14 days of a doctor", lambda: client.get(f"/doctors/dr-lee/slots?{TWO_WEEKS}"))
    measure("search of 14 days that finds 1 doctor", search)
    for doctor_id in COLLEAGUES:
        client.services.doctors.add(replace(doctor, doctor_id=doctor_id))
        for date in DATES:
            client.save(*times, doctor_id=doctor_id, date=date)
    measure("search of 14 days that finds 20 doctors, 19 of them not cached", search)
    measure("the same search, all doctors cached", search)


def _measure_plans(client: AppClient, measure: CapacityRecorder) -> None:
    """Measure a series of one date, which wants all slots, and its extension to another."""
    path, last = "/doctors/dr-lee/plans", MONDAY + timedelta(days=364)
    series = {
        "name": "All Mondays",
        "weekly": {"mon": [{"from": "00:00", "to": "24:00"}]},
        "from": str(last),
    }
    proposed: list[AppResponse] = []
    measure(
        "proposal of a series, one date, 14 stored days",
        lambda: proposed.append(client.post(path, {"kind": "series", "series": series})),
    )
    step = f"{path}/{proposed[0].json['plan_id']}/steps"
    measure("step of a plan, one date, with the plan after it", lambda: client.post(step, {}))
    client.clock.now += timedelta(weeks=1)
    extend = client.services.plans.extend_series.extend
    measure("extension of a series, one date", lambda: extend("dr-lee"))
    client.clock.now -= timedelta(weeks=1)


def _measure_doctors(client: AppClient, measure: CapacityRecorder) -> None:
    measure("20 doctors", lambda: client.get("/doctors?specialty=cardiology"))
    measure("a doctor", lambda: client.get("/doctors/dr-lee"))
    settings = client.get("/doctors/dr-lee").json
    notice = settings | {"lead_minutes": 5}
    measure("settings of a doctor", lambda: client.put("/doctors/dr-lee", notice))
    leeds = settings | {"location": "Leeds"}
    measure(
        "settings with another location, 14 coming days",
        lambda: client.put("/doctors/dr-lee", leeds),
    )


def print_report(day: Sequence[Measurement], full_day: Sequence[Measurement]) -> None:
    print("Read units / write units of the table / write units of the index.\n")
    print("| request | calls | 14 slots | 96 slots |\n|---|---|---|---|")
    for small, large in zip(day, full_day, strict=True):
        calls = small.calls if small.calls == large.calls else f"{small.calls}; {large.calls}"
        print(f"| {small.operation} | {calls} | {small.units} | {large.units} |")

    print("\n| bytes of an item | 14 slots | 96 slots |\n|---|---|---|")
    for title, operation, item_type in ITEM_SIZES:
        sizes = [
            next(each.written_item_size(item_type) for each in run if each.operation == operation)
            for run in (day, full_day)
        ]
        print(f"| {title} | {sizes[0]:,} | {sizes[1]:,} |")


def create_app_client(dynamodb: DynamoDBClient) -> AppClient:
    """Run the app in this process, on the table that the environment variables name."""
    from app import app  # noqa: PLC0415  it connects to DynamoDB when it is imported

    table.create_if_absent()
    clock = Clock()
    services = bootstrap.build_services(Settings.from_env(os.environ), now=clock)
    return AppClient(Client(app), bootstrap.set_services(services), clock, dynamodb)


def main() -> None:
    with TemporaryDirectory() as folder, MiniStack(Path(folder), keeps_state=False) as ministack:
        table_name = f"capacity-{secrets.token_hex(4)}"
        os.environ.update(ministack.environment, TABLE_NAME=table_name)
        use_local_stage()
        dynamodb = boto3.client("dynamodb")
        recorder = CallRecorder(dynamodb, table_name)
        client = create_app_client(dynamodb)
        print_report(
            measure_all(client, recorder, DR_LEE),
            measure_all(client, recorder, DR_LEE_AROUND_THE_CLOCK),
        )


if __name__ == "__main__":
    main()

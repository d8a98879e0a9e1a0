"""What each request consumes of DynamoDB's capacity: ``python -m benchmarks.capacity``.

With ``--counter URL`` another DynamoDB, which counts by size, is asked as well, and must agree.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
from chalice.test import Client

from benchmarks.call_recorder import CallRecorder
from benchmarks.capacity_emulator import CapacityEmulator
from benchmarks.capacity_model import Units, consumed_units, item_size
from chalicelib import bootstrap
from chalicelib.domain.slot import SlotId
from chalicelib.settings import Settings
from chalicelib.storage import table
from local import demo_data
from local.local_config import use_local_stage
from local.servers import MiniStack
from tests.support.app_client import AppClient, AppResponse, Clock, make_slot_id
from tests.support.factories import MONDAY, make_session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from benchmarks.capacity_model import Request
    from chalicelib.domain.doctor import Doctor

DR_LEE = demo_data.DOCTORS[0]
# As many boxes as a day can have: quarters of an hour around the clock.
DR_LEE_AROUND_THE_CLOCK = replace(
    DR_LEE,
    grid=replace(
        DR_LEE.grid, sessions=(make_session("00:00", "24:00"),), slot_length=timedelta(minutes=15)
    ),
)
COLLEAGUES = [f"dr-{n:03}" for n in range(1, 20)]
DATES = [(MONDAY + timedelta(days=n)).isoformat() for n in range(14)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A deed, and what it asked of DynamoDB."""

    operation: str
    requests: Sequence[Request]

    @property
    def units(self) -> Units:
        """All that it consumed."""
        return sum((consumed_units(request) for request in self.requests), Units())

    @property
    def calls(self) -> str:
        """``GetItem, 14 Query``."""
        runs = [
            (name, len([*same]))
            for name, same in groupby(request.operation for request in self.requests)
        ]
        return ", ".join(name if times == 1 else f"{times} {name}" for name, times in runs)

    def written_item_size(self, item_type: str) -> int:
        """The size of the first item of that kind that it wrote."""
        written = (write.after for request in self.requests for write in request.writes)
        return next(item_size(item) for item in written if item and item["type"]["S"] == item_type)

    def disagreements(self, emulator: CapacityEmulator) -> list[str]:
        """Where the counter has other figures."""
        found: list[str] = []
        for request in self.requests:
            ours = consumed_units(request)
            for what, one, other in (
                ("read", ours.read, emulator.read_units(request)),
                ("write", ours.write, emulator.write_units(request)),
            ):
                if one != other:
                    found.append(f"{request.operation} {what}s {other:g}, not {one:g}")
        return found


class CostRecorder:
    """Does what it is told, and measures it."""

    def __init__(self, recorder: CallRecorder) -> None:
        self._recorder = recorder
        self.measurements: list[Measurement] = []

    def __call__(
        self, name: str, action: Callable[[], object], *, expect_error: bool = False
    ) -> None:
        with self._recorder.record() as requests:
            answer = action()
        if isinstance(answer, AppResponse) and (answer.status >= 400) is not expect_error:
            raise RuntimeError(name, answer)
        self.measurements.append(Measurement(operation=name, requests=requests))


def run_operations(client: AppClient, measure: CostRecorder, doctor: Doctor) -> None:
    """Everything that clients do, on two weeks of which every day has all boxes of the doctor."""
    boxes = [f"{box.start:%H:%M}" for box in doctor.grid.candidate_slots(MONDAY)]
    *most, last = boxes
    measure("first save of a date, of all boxes", lambda: client.save(*boxes))
    for on in DATES[1:]:
        client.save(*most, date=on)

    key = uuid4().hex

    def open_one() -> AppResponse:
        return client.save(last, date=DATES[1], Idempotency_Key=key)

    measure("save that opens one box", open_one)
    measure("the same save, sent again", open_one)
    measure("save that is refused", lambda: client.save(last), expect_error=True)
    for on in DATES[2:]:
        client.save(last, date=on)
    measure("save that withdraws one box", lambda: client.save(withdrawn=(last,)))
    client.save(last)
    measure("a day", client.get_day)
    manage_slots, caller = client.services.manage_slots, client.caller
    measure("a glance at a day", lambda: manage_slots.get_day_cached(caller, "dr-lee", MONDAY))

    measure("a slot", lambda: client.get_slot("09:00"))
    measure("hold", lambda: client.hold("09:00"))
    measure("hold that is refused", lambda: client.hold("09:00", "ivan"), expect_error=True)
    measure("release", lambda: client.release("09:00"))
    measure("book", lambda: client.book("09:00"))
    measure("cancel", lambda: client.cancel("09:00"))
    client.book("09:00")
    measure("move within a day", lambda: client.book("09:30", moves=make_slot_id("09:00")))
    tuesday = SlotId("dr-lee", DR_LEE.grid.candidate_slots(MONDAY + timedelta(days=1))[0].start)
    moved = {"booking_id": "b-1", "patient_reference": "ref-1", "moves": make_slot_id("09:30")}
    measure("move to another day", lambda: client.put(f"/slots/{tuesday}/booking", moved))

    two_weeks = f"from={DATES[0]}&to={DATES[-1]}"
    listing = f"/doctors/dr-lee/slots?{two_weeks}"
    measure("14 days of a doctor", lambda: client.get(listing))
    search = f"/availability?specialty=cardiology&{two_weeks}"
    measure("search of 14 days that finds her", lambda: client.get(search))
    for doctor_id in COLLEAGUES:
        client.services.doctors.add(replace(doctor, doctor_id=doctor_id))
        for on in DATES:
            client.save(*boxes, doctor_id=doctor_id, date=on)
    measure("search that finds 20 doctors, 19 not known", lambda: client.get(search))
    measure("the same, all known", lambda: client.get(search))
    measure("20 doctors", lambda: client.get("/doctors?specialty=cardiology"))
    measure("a doctor", lambda: client.get("/doctors/dr-lee"))
    settings = client.get("/doctors/dr-lee").json
    measure("her settings", lambda: client.put("/doctors/dr-lee", settings | {"lead_minutes": 5}))
    moved_to = settings | {"location": "Leeds"}
    measure("another location, 14 days", lambda: client.put("/doctors/dr-lee", moved_to))


def measure_all(client: AppClient, recorder: CallRecorder, doctor: Doctor) -> list[Measurement]:
    """The deeds in a table with that doctor alone."""
    client.truncate()
    client.clock.now += timedelta(minutes=1)  # nobody is known any more
    client.services.doctors.add(doctor)
    client.get_day()  # ... but for her
    measuring = CostRecorder(recorder)
    run_operations(client, measuring, doctor)
    return measuring.measurements


def print_report(
    day: Sequence[Measurement], full_day: Sequence[Measurement], emulator: CapacityEmulator | None
) -> bool:
    """Print the tables; False where the counter does not agree."""
    agrees = True
    print("| deed | calls | 14 slots | 96 slots |" + (" counter |" if emulator else ""))
    print("|---|---|---|---|" + ("---|" if emulator else ""))
    for one, other in zip(day, full_day, strict=True):
        calls = one.calls if one.calls == other.calls else f"{one.calls}; {other.calls}"
        row = f"| {one.operation} | {calls} | {one.units} | {other.units} |"
        if emulator:
            said = [*one.disagreements(emulator), *other.disagreements(emulator)]
            agrees = agrees and not said
            row += f" {'; '.join(said) or 'agrees'} |"
        print(row)
    print("\nRead units / write units of the table / write units of the index.\n")

    print("| bytes of | 14 slots | 96 slots |\n|---|---|---|")
    for label, deed, kind in (
        ("a day, all free", "first save of a date, of all boxes", "day"),
        ("a change that opens them all", "first save of a date, of all boxes", "change"),
        ("a change that opens one", "save that opens one box", "change"),
        ("a free slot", "first save of a date, of all boxes", "slot"),
        ("a held slot", "hold", "slot"),
        ("a day with one held", "hold", "day"),
        ("a booked slot", "book", "slot"),
        ("a doctor", "her settings", "doctor"),
    ):
        sizes = [
            next(one.written_item_size(kind) for one in measured if one.operation == deed)
            for measured in (day, full_day)
        ]
        print(f"| {label} | {sizes[0]:,} | {sizes[1]:,} |")
    return agrees


def create_app_client(dynamodb: DynamoDBClient) -> AppClient:
    """The app on the table that the environment names."""
    from app import app  # noqa: PLC0415  it connects to DynamoDB when it is imported

    table.create_if_absent()
    clock = Clock()
    services = bootstrap.build_services(Settings.from_env(os.environ), now=clock)
    return AppClient(Client(app), bootstrap.set_services(services), clock, dynamodb)


def main() -> int:
    """Measure, print, and say whether the counter agrees."""
    parser = argparse.ArgumentParser(description="What each request consumes of DynamoDB.")
    parser.add_argument("--counter", metavar="URL", help="another DynamoDB, that counts by size")
    counter_url: str | None = parser.parse_args().counter

    with TemporaryDirectory() as folder, MiniStack(Path(folder), keeps_state=False) as ministack:
        name = f"capacity-{secrets.token_hex(4)}"
        os.environ.update(ministack.environment, TABLE_NAME=name)
        use_local_stage()
        dynamodb = boto3.client("dynamodb")
        recorder = CallRecorder(dynamodb, name)
        site = create_app_client(dynamodb)
        like = dynamodb.describe_table(TableName=name)["Table"]
        day = measure_all(site, recorder, DR_LEE)
        full_day = measure_all(site, recorder, DR_LEE_AROUND_THE_CLOCK)
        with CapacityEmulator(counter_url, like) if counter_url else nullcontext() as counter:
            return 0 if print_report(day, full_day, counter) else 1


if __name__ == "__main__":
    sys.exit(main())

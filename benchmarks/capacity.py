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

from benchmarks.capacity_rules import Units, size, units
from benchmarks.counter import Counter
from benchmarks.recorder import Recorder
from chalicelib import bootstrap
from chalicelib.domain.slot_id import SlotId
from chalicelib.settings import Settings
from chalicelib.storage import table
from local import demo
from local.ministack import MiniStack
from local.stage import use_local_stage
from tests.builders import MONDAY, a_session
from tests.site import Answer, Clock, Site, id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from benchmarks.capacity_rules import Request
    from chalicelib.domain.doctor import Doctor

DR_LEE = demo.DOCTORS[0]
# As many boxes as a day can have: quarters of an hour around the clock.
DR_LEE_AROUND_THE_CLOCK = replace(
    DR_LEE,
    grid=replace(
        DR_LEE.grid, sessions=(a_session("00:00", "24:00"),), slot_length=timedelta(minutes=15)
    ),
)
COLLEAGUES = [f"dr-{n:03}" for n in range(1, 20)]
DATES = [(MONDAY + timedelta(days=n)).isoformat() for n in range(14)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A deed, and what it asked of DynamoDB."""

    deed: str
    requests: Sequence[Request]

    @property
    def units(self) -> Units:
        """All that it consumed."""
        return sum((units(request) for request in self.requests), Units())

    @property
    def calls(self) -> str:
        """``GetItem, 14 Query``."""
        runs = [
            (name, len([*same]))
            for name, same in groupby(request.operation for request in self.requests)
        ]
        return ", ".join(name if times == 1 else f"{times} {name}" for name, times in runs)

    def bytes_of(self, kind: str) -> int:
        """The size of the first item of that kind that it wrote."""
        written = (write.after for request in self.requests for write in request.written)
        return next(size(item) for item in written if item and item["type"]["S"] == kind)

    def disagreements(self, counter: Counter) -> list[str]:
        """Where the counter has other figures."""
        found: list[str] = []
        for request in self.requests:
            ours = units(request)
            for what, one, other in (
                ("read", ours.read, counter.read(request)),
                ("write", ours.write, counter.write(request)),
            ):
                if one != other:
                    found.append(f"{request.operation} {what}s {other:g}, not {one:g}")
        return found


class Measuring:
    """Does what it is told, and measures it."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.measured: list[Measured] = []

    def __call__(self, name: str, deed: Callable[[], object], *, is_refused: bool = False) -> None:
        with self._recorder.recording() as requests:
            answer = deed()
        if isinstance(answer, Answer) and (answer.status >= 400) is not is_refused:
            raise RuntimeError(name, answer)
        self.measured.append(Measured(deed=name, requests=requests))


def perform(site: Site, measure: Measuring, doctor: Doctor) -> None:
    """Everything that clients do, on two weeks of which every day has all boxes of the doctor."""
    boxes = [f"{box.start:%H:%M}" for box in doctor.grid.candidate_slots(MONDAY)]
    *most, last = boxes
    measure("first save of a date, of all boxes", lambda: site.save(*boxes))
    for on in DATES[1:]:
        site.save(*most, date=on)

    key = uuid4().hex

    def open_one() -> Answer:
        return site.save(last, date=DATES[1], Idempotency_Key=key)

    measure("save that opens one box", open_one)
    measure("the same save, sent again", open_one)
    measure("save that is refused", lambda: site.save(last), is_refused=True)
    for on in DATES[2:]:
        site.save(last, date=on)
    measure("save that withdraws one box", lambda: site.save(withdraws=(last,)))
    site.save(last)
    measure("a day", site.day)
    manage_slots, caller = site.services.manage_slots, site.caller
    measure("a glance at a day", lambda: manage_slots.get_day_cached(caller, "dr-lee", MONDAY))

    measure("a slot", lambda: site.slot("09:00"))
    measure("hold", lambda: site.hold("09:00"))
    measure("hold that is refused", lambda: site.hold("09:00", "ivan"), is_refused=True)
    measure("release", lambda: site.release("09:00"))
    measure("book", lambda: site.book("09:00"))
    measure("cancel", lambda: site.cancel("09:00"))
    site.book("09:00")
    measure("move within a day", lambda: site.book("09:30", moves=id_of("09:00")))
    tuesday = SlotId("dr-lee", DR_LEE.grid.candidate_slots(MONDAY + timedelta(days=1))[0].start)
    moved = {"booking_id": "b-1", "patient_reference": "ref-1", "moves": id_of("09:30")}
    measure("move to another day", lambda: site.put(f"/slots/{tuesday}/booking", moved))

    two_weeks = f"from={DATES[0]}&to={DATES[-1]}"
    listing = f"/doctors/dr-lee/slots?{two_weeks}"
    measure("14 days of a doctor", lambda: site.get(listing))
    search = f"/availability?specialty=cardiology&{two_weeks}"
    measure("search of 14 days that finds her", lambda: site.get(search))
    for doctor_id in COLLEAGUES:
        site.services.doctors.add(replace(doctor, doctor_id=doctor_id))
        for on in DATES:
            site.save(*boxes, doctor_id=doctor_id, date=on)
    measure("search that finds 20 doctors, 19 not known", lambda: site.get(search))
    measure("the same, all known", lambda: site.get(search))
    measure("20 doctors", lambda: site.get("/doctors?specialty=cardiology"))
    measure("a doctor", lambda: site.get("/doctors/dr-lee"))
    settings = site.get("/doctors/dr-lee").json
    measure("her settings", lambda: site.put("/doctors/dr-lee", settings | {"lead_minutes": 5}))
    moved_to = settings | {"location": "Leeds"}
    measure("another location, 14 days", lambda: site.put("/doctors/dr-lee", moved_to))


def measure_all(site: Site, recorder: Recorder, doctor: Doctor) -> list[Measured]:
    """The deeds in a table with that doctor alone."""
    site.empty()
    site.clock.now += timedelta(minutes=1)  # nobody is known any more
    site.services.doctors.add(doctor)
    site.day()  # ... but for her
    measuring = Measuring(recorder)
    perform(site, measuring, doctor)
    return measuring.measured


def show(day: Sequence[Measured], full_day: Sequence[Measured], counter: Counter | None) -> bool:
    """Print the tables; False where the counter does not agree."""
    agrees = True
    print("| deed | calls | 14 slots | 96 slots |" + (" counter |" if counter else ""))
    print("|---|---|---|---|" + ("---|" if counter else ""))
    for one, other in zip(day, full_day, strict=True):
        calls = one.calls if one.calls == other.calls else f"{one.calls}; {other.calls}"
        row = f"| {one.deed} | {calls} | {one.units} | {other.units} |"
        if counter:
            said = [*one.disagreements(counter), *other.disagreements(counter)]
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
            next(one.bytes_of(kind) for one in measured if one.deed == deed)
            for measured in (day, full_day)
        ]
        print(f"| {label} | {sizes[0]:,} | {sizes[1]:,} |")
    return agrees


def a_site(dynamodb: DynamoDBClient) -> Site:
    """The app on the table that the environment names."""
    from app import app  # noqa: PLC0415  it connects to DynamoDB when it is imported

    table.create_if_absent()
    clock = Clock()
    services = bootstrap.build_services(Settings.from_env(os.environ), now=clock)
    return Site(Client(app), bootstrap.set_services(services), clock, dynamodb)


def main() -> int:
    """Measure, print, and say whether the counter agrees."""
    parser = argparse.ArgumentParser(description="What each request consumes of DynamoDB.")
    parser.add_argument("--counter", metavar="URL", help="another DynamoDB, that counts by size")
    counter_url: str | None = parser.parse_args().counter

    with TemporaryDirectory() as folder, MiniStack(Path(folder)) as ministack:
        name = f"capacity-{secrets.token_hex(4)}"
        os.environ.update(ministack.environment, TABLE_NAME=name)
        use_local_stage()
        dynamodb = boto3.client("dynamodb")
        recorder = Recorder(dynamodb, name)
        site = a_site(dynamodb)
        like = dynamodb.describe_table(TableName=name)["Table"]
        day = measure_all(site, recorder, DR_LEE)
        full_day = measure_all(site, recorder, DR_LEE_AROUND_THE_CLOCK)
        with Counter(counter_url, like) if counter_url else nullcontext() as counter:
            return 0 if show(day, full_day, counter) else 1


if __name__ == "__main__":
    sys.exit(main())

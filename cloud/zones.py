"""``python -m cloud.zones`` says which doctors' coming slots new time zone data would move.

A government may change the rules of a time zone. A stored slot keeps its instant, so with new data
the clock shows another time for it: patients and doctors must know before it is deployed.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from chalicelib.domain.doctor import Doctor
from chalicelib.domain.local_time import MAX_DATE
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.storage import table
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_repository import DoctorRepository
from local.command import reports_errors

_PAGE_SIZE = 100


@reports_errors(status=2)
def main(arguments: Sequence[str]) -> int:
    """Print the doctors with slots that move; return 1 if there are any, 2 after an error."""
    parser = argparse.ArgumentParser(prog="python -m cloud.zones", description=__doc__)
    parser.add_argument("--table", required=True, help="the stack's table")
    parser.add_argument(
        "--tzdata",
        required=True,
        type=Path,
        metavar="DIR",
        help="where `pip install --target DIR tzdata==...` installed the new data",
    )
    options = parser.parse_args(arguments)
    table.connect(options.table)
    now = datetime.now(UTC)
    reports = [report_on(doctor, options.tzdata, now) for doctor in _list_doctors()]
    moves = [report for report in reports if report]
    print("\n".join(moves) or "No coming slot changes its wall-clock time.")
    return 1 if moves else 0


def _list_doctors() -> Iterator[Doctor]:
    list_page = partial(
        DoctorRepository().list_page, specialty=None, location=None, limit=_PAGE_SIZE
    )
    page = list_page(cursor=None)
    yield from page.doctors
    while page.cursor:
        page = list_page(cursor=page.cursor)
        yield from page.doctors


def report_on(doctor: Doctor, tzdata: Path, now: datetime) -> str | None:
    """Return which coming slots of the doctor the new data moves, or None.

    Raises ``FileNotFoundError`` if the new data does not have the doctor's zone.
    """
    new_zone = load_zone(tzdata, doctor.zone.key)
    moved = [slot for slot in _coming_slots(doctor, now) if _is_moved(slot, doctor.zone, new_zone)]
    if not moved:
        return None
    taken = sum(slot.status is SlotStatus.BOOKED for slot in moved)
    first = moved[0].start
    before, after = (f"{first.astimezone(zone):%Y-%m-%d %H:%M}" for zone in (doctor.zone, new_zone))
    slots = "1 slot moves" if len(moved) == 1 else f"{len(moved)} slots move"
    return (
        f"{doctor.doctor_id} ({doctor.zone.key}): {slots}, {taken} of them booked; "
        f"the first from {before} to {after}"
    )


def load_zone(tzdata: Path, key: str) -> ZoneInfo:
    """Load a zone from a folder of zones, or of the package ``tzdata``."""
    package = tzdata / "tzdata" / "zoneinfo"
    with ((package if package.is_dir() else tzdata) / key).open("rb") as file:
        return ZoneInfo.from_file(file, key)


def _coming_slots(doctor: Doctor, now: datetime) -> Iterator[Slot]:
    first = now.date() - timedelta(days=1)
    for day in DayRepository().list_range(doctor.doctor_id, first, MAX_DATE):
        yield from (day.slots[start] for start in sorted(day.slots) if start > now)


def _is_moved(slot: Slot, *zones: ZoneInfo) -> bool:
    return len({slot.start.astimezone(zone).utcoffset() for zone in zones}) > 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

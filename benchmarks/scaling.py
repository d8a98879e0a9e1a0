"""How cost grows with what there is: slots of a day, days asked for, doctors, years of history.

``scripts/bench --growth`` measures it.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, cycle, islice, product, repeat
from statistics import median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks import history_fixtures
from benchmarks.environment import DOCTOR, TIMES, TOMORROW, slot_id
from benchmarks.subjects import APP, SubjectProcess
from chalicelib.domain.grid import ClinicSession
from chalicelib.storage.doctor_repository import DoctorRepository

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from benchmarks.apigw_event import Event
    from benchmarks.authenticated_requests import RequestFactory
    from benchmarks.environment import BenchmarkEnvironment
    from chalicelib.storage.models import BaseItem

# What is measured at how many of something, in milliseconds of CPU.
Series = dict[str, dict[int, float]]
_SLOT_COUNTS = (4, 16, 32, 64, 96)
_DAY_COUNTS = (1, 7, 14, 21, 31)
_DOCTOR_COUNTS = (10, 1_000, 100_000)
_YEAR_COUNTS = (1, 5, 10)
_ROUNDS, _ITERATIONS = 8, 3
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is done, in a process with so much of something (``place``), and how it is answered."""

    name: str
    size: int
    process: SubjectProcess
    events: Iterator[Event]
    status: int = 200


def measure(environment: BenchmarkEnvironment) -> dict[str, Series]:
    """Each by what there is more and more of."""
    return {
        "slots of a day": _by_slots(environment),
        "days asked for, of 16 slots each": _by_days(environment),
        "doctors in the table": _by_doctors(environment),
        "years of her past, a save and 16 slots a day": _by_years(environment),
    }


def _by_slots(environment: BenchmarkEnvironment) -> Series:
    """A save of all boxes of a date, and reading them, where no clock is ever changed."""
    utc = ZoneInfo("UTC")
    with environment.create_process(APP, "slots") as running:
        deeds = []
        for slots in _SLOT_COUNTS:
            session = ClinicSession(start=timedelta(), end=slots * _QUARTER)
            grid = replace(DOCTOR.grid, sessions=(session,), slot_length=_QUARTER, zone=utc)
            doctor_id = f"dr-{slots}"
            DoctorRepository().add(replace(DOCTOR, doctor_id=doctor_id, grid=grid))
            times = [f"{n * 15 // 60:02}:{n * 15 % 60:02}" for n in range(slots)]
            done = {
                "save": _save_requests(environment.requests, times, doctor_id=doctor_id),
                "read the day": repeat(environment.requests.day(TOMORROW, doctor_id=doctor_id)),
            }
            deeds += [
                Operation(name=name, size=slots, process=running, events=events)
                for name, events in done.items()
            ]
        return _median_costs(deeds)


def _by_days(environment: BenchmarkEnvironment) -> Series:
    """The bookable slots of a doctor."""
    with environment.create_process(APP, "days") as running:
        for n in range(max(_DAY_COUNTS)):
            running.send(environment.requests.save(TOMORROW + timedelta(days=n), *TIMES))
        asked = {
            days: repeat(environment.requests.available_slots(TOMORROW, days))
            for days in _DAY_COUNTS
        }
        return _median_costs(
            [
                Operation(name="read bookable slots", size=days, process=running, events=events)
                for days, events in asked.items()
            ]
        )


def _by_doctors(environment: BenchmarkEnvironment) -> Series:
    return _measure_in_tables(
        environment,
        "doctors",
        {number: history_fixtures.colleague_items(number) for number in _DOCTOR_COUNTS},
    )


def _by_years(environment: BenchmarkEnvironment) -> Series:
    return _measure_in_tables(
        environment,
        "years",
        {years: history_fixtures.past_day_items(DOCTOR, years) for years in _YEAR_COUNTS},
    )


def _measure_in_tables(
    environment: BenchmarkEnvironment, table_prefix: str, tables: Mapping[int, Iterable[BaseItem]]
) -> Series:
    """All that is done, in turns in tables that hold more and more."""
    with ExitStack() as stack:
        deeds: list[Operation] = []
        for place, items in tables.items():
            settings = environment.prepare_store(APP, f"{table_prefix}-{place}")
            history_fixtures.write_items(settings["TABLE_NAME"], items)
            running = stack.enter_context(SubjectProcess(APP, settings))
            deeds += _all_operations(running, environment.requests, place)
        return _median_costs(deeds)


def _all_operations(
    process: SubjectProcess, requests: RequestFactory, size: int
) -> list[Operation]:
    """A slot that is taken in a turn is free again at its end."""
    fortnight = [TOMORROW + timedelta(days=n) for n in range(14)]
    for on in fortnight:
        process.send(requests.save(on, *TIMES))
    day, page = requests.day(fortnight[-1]), requests.poll(fortnight[-1])
    (day_seen,), (page_seen,) = process.send(day), process.send(page)
    taken, moved_to = ([slot_id(TOMORROW, at) for at in times] for times in (TIMES[:3], TIMES[3:6]))
    names = [f"b-{n}" for n in range(_ITERATIONS)]
    bookings = list(zip(taken, names, strict=True))
    moved = list(zip(moved_to, names, strict=True))
    moves = list(zip(moved, taken, strict=True))
    done: dict[str, tuple[Iterator[Event], int]] = {
        "save 16 slots": (_save_requests(requests, TIMES, first_offset=400), 200),
        "read a day": (repeat(requests.day(TOMORROW)), 200),
        "read a day, unchanged": (
            repeat(requests.day(fortnight[-1], if_none_match=day_seen["etag"])),
            304,
        ),
        "the page's poll, no news": (
            repeat(requests.poll(fortnight[-1], if_none_match=page_seen["etag"])),
            304,
        ),
        "history of a day": (repeat(requests.history(TOMORROW)), 200),
        "read 14 days": (repeat(requests.available_slots(TOMORROW, len(fortnight))), 200),
        "search 14 days for ten": (
            repeat(requests.search(DOCTOR.specialty, TOMORROW, len(fortnight), 10)),
            200,
        ),
        "list ten doctors": (repeat(requests.doctors(DOCTOR.specialty, 10)), 200),
        "hold": (cycle([requests.hold(slot, name) for slot, name in bookings]), 200),
        "release": (cycle([requests.release(slot, name) for slot, name in bookings]), 204),
        "book": (cycle([requests.book(slot, name) for slot, name in bookings]), 201),
        "move": (cycle([requests.book(to, name, moves=slot) for (to, name), slot in moves]), 201),
        "cancel": (cycle([requests.cancel(slot, name) for slot, name in moved]), 204),
    }
    return [
        Operation(name=name, size=size, process=process, events=events, status=status)
        for name, (events, status) in done.items()
    ]


def _save_requests(
    requests: RequestFactory,
    times: Sequence[str],
    *,
    doctor_id: str = "dr-lee",
    first_offset: int = 0,
) -> Iterator[Event]:
    """Of one date after the other."""
    for n in count(first_offset):
        yield requests.save(TOMORROW + timedelta(days=n), *times, doctor_id=doctor_id)


def _median_costs(operations: Sequence[Operation]) -> Series:
    """The median of each, taken in turns: the same deed in all places, then the next."""
    names = list(dict.fromkeys(deed.name for deed in operations))
    in_turn = sorted(operations, key=lambda deed: names.index(deed.name))
    took: dict[str, dict[int, list[float]]] = {name: defaultdict(list) for name in names}
    for number, deed in product(range(_ROUNDS + 1), in_turn):
        answers = deed.process.send(*islice(deed.events, _ITERATIONS))
        if wrong := [answer for answer in answers if answer["status"] != deed.status]:
            raise RuntimeError(deed.name, deed.size, wrong[0])
        if number:  # the first round warms them
            took[deed.name][deed.size] += [answer["cpu"] * 1000 for answer in answers]
    return {
        name: {place: median(costs) for place, costs in places.items()}
        for name, places in took.items()
    }

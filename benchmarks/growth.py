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

from benchmarks import past
from benchmarks.bed import DOCTOR, TIMES, TOMORROW, slot_id
from benchmarks.contenders import APP, Running
from chalicelib.domain.grid import Session
from chalicelib.storage.doctors import DoctorRepository

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from benchmarks.bed import Bed
    from benchmarks.gateway import Event
    from benchmarks.signed_in import Requests
    from chalicelib.storage.records import BaseItem

# What is measured at how many of something, in milliseconds of CPU.
Series = dict[str, dict[int, float]]
_SLOTS = (4, 16, 32, 64, 96)
_DAYS = (1, 7, 14, 21, 31)
_DOCTORS = (10, 1_000, 100_000)
_YEARS = (1, 5, 10)
_ROUNDS, _PER_ROUND = 8, 3
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is done, in a process with so much of something (``place``), and how it is answered."""

    name: str
    place: int
    running: Running
    events: Iterator[Event]
    status: int = 200


def measure(bed: Bed) -> dict[str, Series]:
    """Each by what there is more and more of."""
    return {
        "slots of a day": _by_slots(bed),
        "days asked for, of 16 slots each": _by_days(bed),
        "doctors in the table": _by_doctors(bed),
        "years of her past, a save and 16 slots a day": _by_years(bed),
    }


def _by_slots(bed: Bed) -> Series:
    """A save of all boxes of a date, and reading them, where no clock is ever changed."""
    utc = ZoneInfo("UTC")
    with bed.running(APP, "slots") as running:
        deeds = []
        for slots in _SLOTS:
            session = Session(begins=timedelta(), ends=slots * _QUARTER)
            grid = replace(DOCTOR.grid, sessions=(session,), slot_length=_QUARTER, zone=utc)
            doctor_id = f"dr-{slots}"
            DoctorRepository().add(replace(DOCTOR, doctor_id=doctor_id, grid=grid))
            times = [f"{n * 15 // 60:02}:{n * 15 % 60:02}" for n in range(slots)]
            done = {
                "save": _saves(bed.requests, times, doctor_id=doctor_id),
                "read the day": repeat(bed.requests.day(TOMORROW, doctor_id=doctor_id)),
            }
            deeds += [
                Deed(name=name, place=slots, running=running, events=events)
                for name, events in done.items()
            ]
        return _costs(deeds)


def _by_days(bed: Bed) -> Series:
    """The bookable slots of a doctor."""
    with bed.running(APP, "days") as running:
        for n in range(max(_DAYS)):
            running.send(bed.requests.save(TOMORROW + timedelta(days=n), *TIMES))
        asked = {days: repeat(bed.requests.bookable(TOMORROW, days)) for days in _DAYS}
        return _costs(
            [
                Deed(name="read bookable slots", place=days, running=running, events=events)
                for days, events in asked.items()
            ]
        )


def _by_doctors(bed: Bed) -> Series:
    return _in_tables(bed, "doctors", {number: past.colleagues(number) for number in _DOCTORS})


def _by_years(bed: Bed) -> Series:
    return _in_tables(bed, "years", {years: past.of_doctor(DOCTOR, years) for years in _YEARS})


def _in_tables(bed: Bed, of: str, tables: Mapping[int, Iterable[BaseItem]]) -> Series:
    """All that is done, in turns in tables that hold more and more."""
    with ExitStack() as stack:
        deeds: list[Deed] = []
        for place, items in tables.items():
            settings = bed.prepare(APP, f"{of}-{place}")
            past.put(settings["TABLE_NAME"], items)
            running = stack.enter_context(Running(APP, settings))
            deeds += _all_that_is_done(running, bed.requests, place)
        return _costs(deeds)


def _all_that_is_done(running: Running, requests: Requests, place: int) -> list[Deed]:
    """A slot that is taken in a turn is free again at its end."""
    fortnight = [TOMORROW + timedelta(days=n) for n in range(14)]
    for on in fortnight:
        running.send(requests.save(on, *TIMES))
    day, page = requests.day(fortnight[-1]), requests.glance(fortnight[-1])
    (day_seen,), (page_seen,) = running.send(day), running.send(page)
    taken, moved_to = ([slot_id(TOMORROW, at) for at in times] for times in (TIMES[:3], TIMES[3:6]))
    names = [f"b-{n}" for n in range(_PER_ROUND)]
    bookings = list(zip(taken, names, strict=True))
    moved = list(zip(moved_to, names, strict=True))
    moves = list(zip(moved, taken, strict=True))
    done: dict[str, tuple[Iterator[Event], int]] = {
        "save 16 slots": (_saves(requests, TIMES, behind=400), 200),
        "read a day": (repeat(requests.day(TOMORROW)), 200),
        "read a day, unchanged": (
            repeat(requests.day(fortnight[-1], if_none_match=day_seen["etag"])),
            304,
        ),
        "the page's poll, no news": (
            repeat(requests.glance(fortnight[-1], if_none_match=page_seen["etag"])),
            304,
        ),
        "history of a day": (repeat(requests.history(TOMORROW)), 200),
        "read 14 days": (repeat(requests.bookable(TOMORROW, len(fortnight))), 200),
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
        Deed(name=name, place=place, running=running, events=events, status=status)
        for name, (events, status) in done.items()
    ]


def _saves(
    requests: Requests, times: Sequence[str], *, doctor_id: str = "dr-lee", behind: int = 0
) -> Iterator[Event]:
    """Of one date after the other."""
    for n in count(behind):
        yield requests.save(TOMORROW + timedelta(days=n), *times, doctor_id=doctor_id)


def _costs(deeds: Sequence[Deed]) -> Series:
    """The median of each, taken in turns: the same deed in all places, then the next."""
    names = list(dict.fromkeys(deed.name for deed in deeds))
    in_turn = sorted(deeds, key=lambda deed: names.index(deed.name))
    took: dict[str, dict[int, list[float]]] = {name: defaultdict(list) for name in names}
    for number, deed in product(range(_ROUNDS + 1), in_turn):
        answers = deed.running.send(*islice(deed.events, _PER_ROUND))
        if wrong := [answer for answer in answers if answer["status"] != deed.status]:
            raise RuntimeError(deed.name, deed.place, wrong[0])
        if number:  # the first round warms them
            took[deed.name][deed.place] += [answer["cpu"] * 1000 for answer in answers]
    return {
        name: {place: median(costs) for place, costs in places.items()}
        for name, places in took.items()
    }

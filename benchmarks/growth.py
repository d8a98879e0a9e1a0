"""How cost grows with what there is: slots of a day, days asked for, doctors, years of history.

``scripts/bench --growth`` prints it, and draws it in ``docs/images/growth.svg``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count, cycle, repeat
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import past
from benchmarks.bed import DOCTOR, TIMES, TOMORROW, slot_id
from benchmarks.contenders import APP, Running
from chalicelib.domain.grid import Session
from chalicelib.storage.doctors import Doctors
from local.stage import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.asked import Requests
    from benchmarks.bed import Bed
    from benchmarks.gateway import Event

PICTURE = PROJECT / "docs" / "images" / "growth.svg"
# What is measured at how many of something, in milliseconds of CPU.
Series = dict[str, dict[int, float]]
_SLOTS = (4, 16, 32, 64, 96)
_DAYS = (1, 7, 14, 21, 31)
_DOCTORS = (10, 1_000, 100_000)
_YEARS = (1, 5, 10, 20)
_ROUNDS, _PER_ROUND = 12, 3
_QUARTER = timedelta(minutes=15)
_GOOD = (200, 201, 204, 304)


def measure(bed: Bed) -> dict[str, Series]:
    """Each by what there is more and more of."""
    return {
        "slots of a day": _by_slots(bed),
        "days asked for, of 16 slots each": _by_days(bed),
        "doctors in the table": _by_doctors(bed),
        "years of her past, a save and 16 slots a day": _by_years(bed),
    }


def _by_slots(bed: Bed) -> Series:
    """A save of all boxes of a date, and reading them."""
    settings = bed.prepare(APP, "slots")
    kinds: dict[tuple[str, int], Iterator[Event]] = {}
    for slots in _SLOTS:
        session = Session(begins=timedelta(), ends=slots * _QUARTER)
        grid = replace(DOCTOR.grid, sessions=(session,), slot_length=_QUARTER)
        doctor_id = f"dr-{slots}"
        Doctors().add(replace(DOCTOR, doctor_id=doctor_id, grid=grid))
        times = [f"{n * 15 // 60:02}:{n * 15 % 60:02}" for n in range(slots)]
        kinds["save", slots] = _saves(bed.requests, times, doctor_id=doctor_id)
        kinds["read the day", slots] = repeat(bed.requests.day(TOMORROW, doctor_id=doctor_id))
    with Running(APP, settings) as running:
        return _costs(running, kinds)


def _by_days(bed: Bed) -> Series:
    """The bookable slots of a doctor."""
    kinds = {
        ("read bookable slots", days): repeat(bed.requests.bookable(TOMORROW, days))
        for days in _DAYS
    }
    with bed.running(APP, "days") as running:
        for n in range(max(_DAYS)):
            running.send(bed.requests.save(TOMORROW + timedelta(days=n), *TIMES))
        return _costs(running, kinds)


def _by_doctors(bed: Bed) -> Series:
    found = []
    for doctors in _DOCTORS:
        name = f"doctors-{doctors}"
        settings = bed.prepare(APP, name)
        past.put(settings["TABLE_NAME"], past.colleagues(doctors))
        found.append(_usual(bed, settings, doctors))
    return _joined(found)


def _by_years(bed: Bed) -> Series:
    found = []
    for years in _YEARS:
        settings = bed.prepare(APP, f"years-{years}")
        past.put(settings["TABLE_NAME"], past.of_doctor(DOCTOR, years))
        found.append(_usual(bed, settings, years))
    return _joined(found)


def _usual(bed: Bed, settings: dict[str, str], place: int) -> Series:
    """All that is done, in a table as it is; what is taken in a turn is given back in it."""
    asked, fortnight = bed.requests, [TOMORROW + timedelta(days=n) for n in range(14)]
    here, there = ([slot_id(TOMORROW, at) for at in times] for times in (TIMES[:3], TIMES[3:6]))
    names = [f"b-{n}" for n in range(_PER_ROUND)]
    at_first, at_last = (list(zip(slots, names, strict=True)) for slots in (here, there))
    moves = zip(at_last, here, strict=True)
    with Running(APP, settings) as running:
        for on in fortnight:
            (saved,) = running.send(asked.save(on, *TIMES))
        unchanged = asked.day(fortnight[-1], if_none_match=saved["etag"])
        kinds = {
            "save 16 slots": _saves(asked, TIMES, behind=400),
            "read a day": repeat(asked.day(TOMORROW)),
            "poll, unchanged": repeat(unchanged),
            "history of a day": repeat(asked.history(TOMORROW)),
            "read 14 days": repeat(asked.bookable(TOMORROW, len(fortnight))),
            "search 14 days": repeat(asked.search(DOCTOR.specialty, TOMORROW, len(fortnight))),
            "list ten doctors": repeat(asked.doctors(DOCTOR.specialty, limit=10)),
            "hold": cycle([asked.hold(slot, name) for slot, name in at_first]),
            "release": cycle([asked.release(slot, name) for slot, name in at_first]),
            "book": cycle([asked.book(slot, name) for slot, name in at_first]),
            "move": cycle([asked.book(new, name, moves=old) for (new, name), old in moves]),
            "cancel": cycle([asked.cancel(slot, name) for slot, name in at_last]),
        }
        return _costs(running, {(name, place): events for name, events in kinds.items()})


def _saves(
    asked: Requests, times: Sequence[str], *, doctor_id: str = "dr-lee", behind: int = 0
) -> Iterator[Event]:
    """Of one date after the other."""
    for n in count(behind):
        yield asked.save(TOMORROW + timedelta(days=n), *times, doctor_id=doctor_id)


def _costs(running: Running, kinds: Mapping[tuple[str, int], Iterator[Event]]) -> Series:
    """The median of each, taken in turns."""
    took: dict[tuple[str, int], list[float]] = {kind: [] for kind in kinds}
    for number in range(_ROUNDS + 1):
        for kind, events in kinds.items():
            answers = running.send(*(next(events) for _ in range(_PER_ROUND)))
            if wrong := [answer for answer in answers if answer["status"] not in _GOOD]:
                raise RuntimeError(kind, wrong[0])
            if number:  # the first round warms them
                took[kind] += [answer["cpu"] * 1000 for answer in answers]
    series: Series = {}
    for (name, place), costs in took.items():
        series.setdefault(name, {})[place] = median(costs)
    return series


def _joined(some: Sequence[Series]) -> Series:
    names = dict.fromkeys(name for series in some for name in series)
    return {name: {n: c for series in some for n, c in series[name].items()} for name in names}


def show(measured: dict[str, Series]) -> None:
    """Print the figures."""
    for by, series in measured.items():
        places = [*next(iter(series.values()))]
        print(f"| CPU, ms, by {by} | {' | '.join(f'{place:,}' for place in places)} |")
        print("|---|" + "---|" * len(places))
        for name, costs in series.items():
            print(f"| {name} | {' | '.join(f'{cost:.2f}' for cost in costs.values())} |")
        print()


def draw(measured: dict[str, Series]) -> None:
    """All of them side by side, each from zero."""
    import matplotlib as mpl  # noqa: PLC0415  it is there for the bench alone
    from matplotlib import pyplot as plt  # noqa: PLC0415  the same

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "growth"  # else every drawing has other ids
    mpl.rcParams["svg.fonttype"] = "none"  # text stays text
    figure, places = plt.subplots(2, 2, figsize=(10, 7), layout="constrained")
    for axes, (by, series) in zip(places.flat, measured.items(), strict=True):
        for name, costs in series.items():
            axes.plot([*costs], [*costs.values()], marker="o", label=name)
        axes.set(xlabel=by, ylabel="CPU of a request, ms", ylim=(0, None))
        if max(max(costs) for costs in series.values()) > 1_000:
            axes.set_xscale("log")
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(PICTURE, metadata={"Date": None})

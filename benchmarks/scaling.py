"""How the cost of requests grows with the data: slots, days, doctors, years of history.

``scripts/bench --growth`` measures it.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, islice, product, repeat
from statistics import median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks import history_fixtures
from benchmarks.environment import DOCTOR, TIMES, TOMORROW, slot_id
from benchmarks.subjects import APP, SubjectProcess, run_subject
from chalicelib.domain.grid import ClinicSession
from chalicelib.storage.doctor_repository import DoctorRepository

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from benchmarks.apigw_event import Event
    from benchmarks.authenticated_requests import RequestFactory
    from benchmarks.environment import BenchmarkEnvironment
    from chalicelib.storage.models import RawItem

# Milliseconds of CPU, by operation and by size.
Series = dict[str, dict[int, float]]
_SLOT_COUNTS = (4, 16, 32, 64, 96)
_DAY_COUNTS = (1, 7, 14, 21, 31)
_DOCTOR_COUNTS = (10, 1_000, 100_000)
_YEAR_COUNTS = (1, 5, 10)
_ROUNDS, _ITERATIONS = 8, 3
_QUARTER = timedelta(minutes=15)
_TWO_WEEKS = [TOMORROW + timedelta(days=n) for n in range(14)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Requests to a process whose data has the given size, and the status of their responses."""

    name: str
    size: int
    process: SubjectProcess
    events: Iterator[Event]
    status: int = 200


def measure(environment: BenchmarkEnvironment) -> dict[str, Series]:
    """Return one series per variable."""
    return {
        "slots of a day": _by_slots(environment),
        "days requested, with 16 slots each": _by_days(environment),
        "doctors in the table": _by_doctors(environment),
        "years of a doctor's history, with one save and 16 slots a day": _by_years(environment),
    }


def _by_slots(environment: BenchmarkEnvironment) -> Series:
    """Save and read days; in UTC, so that no size meets a clock change."""
    with environment.run(APP, "slots") as process:
        return _median_costs(
            [
                operation
                for size in _SLOT_COUNTS
                for operation in _day_operations(process, environment.requests, size)
            ]
        )


def _day_operations(
    process: SubjectProcess, requests: RequestFactory, size: int
) -> list[Operation]:
    session = ClinicSession(start=timedelta(), end=size * _QUARTER)
    grid = replace(DOCTOR.grid, sessions=(session,), slot_length=_QUARTER, zone=ZoneInfo("UTC"))
    doctor_id = f"dr-{size}"
    DoctorRepository().add(replace(DOCTOR, doctor_id=doctor_id, grid=grid))
    times = [f"{n * 15 // 60:02}:{n * 15 % 60:02}" for n in range(size)]
    saves = _save_requests(requests, times, doctor_id=doctor_id)
    reads = repeat(requests.day(TOMORROW, doctor_id=doctor_id))
    return [
        Operation(name="save", size=size, process=process, events=saves),
        Operation(name="read the day", size=size, process=process, events=reads),
    ]


def _by_days(environment: BenchmarkEnvironment) -> Series:
    requests = environment.requests
    with environment.run(APP, "days") as process:
        for n in range(max(_DAY_COUNTS)):
            process.send(requests.save(TOMORROW + timedelta(days=n), *TIMES))
        return _median_costs(
            [
                Operation(
                    name="read bookable slots",
                    size=days,
                    process=process,
                    events=repeat(requests.available_slots(TOMORROW, days)),
                )
                for days in _DAY_COUNTS
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
    environment: BenchmarkEnvironment, table_prefix: str, tables: Mapping[int, Iterable[RawItem]]
) -> Series:
    """Measure all operations in one table per size."""
    with ExitStack() as stack:
        operations: list[Operation] = []
        for size, items in tables.items():
            env_vars = environment.prepare_store(APP, f"{table_prefix}-{size}")
            history_fixtures.write_items(env_vars["TABLE_NAME"], items)
            process = stack.enter_context(run_subject(APP, env_vars))
            operations += _all_operations(process, environment.requests, size)
        return _median_costs(operations)


def _all_operations(
    process: SubjectProcess, requests: RequestFactory, size: int
) -> list[Operation]:
    for date in _TWO_WEEKS:
        process.send(requests.save(date, *TIMES))
    by_name = _page_requests(process, requests)
    by_name |= _search_requests(requests)
    by_name |= _booking_requests(requests)
    return [
        Operation(name=name, size=size, process=process, events=events, status=status)
        for name, (events, status) in by_name.items()
    ]


def _page_requests(
    process: SubjectProcess, requests: RequestFactory
) -> dict[str, tuple[Iterator[Event], int]]:
    unchanged = _TWO_WEEKS[-1]
    (day,) = process.send(requests.day(unchanged))
    (page,) = process.send(requests.poll(unchanged))
    return {
        "save 16 slots": (_save_requests(requests, TIMES, first_offset=400), 200),
        "read a day": (repeat(requests.day(TOMORROW)), 200),
        "read a day, unchanged": (repeat(requests.day(unchanged, if_none_match=day["etag"])), 304),
        "poll of the page, unchanged": (
            repeat(requests.poll(unchanged, if_none_match=page["etag"])),
            304,
        ),
        "history of a day": (repeat(requests.history(TOMORROW)), 200),
    }


def _search_requests(requests: RequestFactory) -> dict[str, tuple[Iterator[Event], int]]:
    days, specialty = len(_TWO_WEEKS), DOCTOR.specialty
    return {
        "read 14 days": (repeat(requests.available_slots(TOMORROW, days)), 200),
        "search 14 days, ten doctors": (
            repeat(requests.search(specialty, TOMORROW, days, 10)),
            200,
        ),
        "list ten doctors": (repeat(requests.doctors(specialty, 10)), 200),
    }


def _booking_requests(requests: RequestFactory) -> dict[str, tuple[Iterator[Event], int]]:
    """Requests of as many slots as a round has iterations; all are free again after the round.

    Each booking has an id of its own: a cancelled one is remembered for a day.
    """
    slots = [slot_id(TOMORROW, time) for time in TIMES[: 2 * _ITERATIONS]]
    claims = [
        (slots[n % _ITERATIONS], slots[n % _ITERATIONS + _ITERATIONS], f"b-{n}")
        for n in range((_ROUNDS + 1) * _ITERATIONS)
    ]
    return {
        "hold": ((requests.hold(slot, name) for slot, _, name in claims), 200),
        "release": ((requests.release(slot, name) for slot, _, name in claims), 204),
        "book": ((requests.book(slot, name) for slot, _, name in claims), 201),
        "move": ((requests.book(to, name, moves=slot) for slot, to, name in claims), 201),
        "cancel": ((requests.cancel(to, name) for _, to, name in claims), 204),
    }


def _save_requests(
    requests: RequestFactory,
    times: Sequence[str],
    *,
    doctor_id: str = "dr-lee",
    first_offset: int = 0,
) -> Iterator[Event]:
    """Save one date after the other."""
    for n in count(first_offset):
        yield requests.save(TOMORROW + timedelta(days=n), *times, doctor_id=doctor_id)


def _median_costs(operations: Sequence[Operation]) -> Series:
    """Measure in turns: an operation at all sizes, then the next operation."""
    names = list(dict.fromkeys(operation.name for operation in operations))
    in_turn = sorted(operations, key=lambda operation: names.index(operation.name))
    costs: dict[str, dict[int, list[float]]] = {name: defaultdict(list) for name in names}
    for round_number, operation in product(range(_ROUNDS + 1), in_turn):
        responses = operation.process.send(*islice(operation.events, _ITERATIONS))
        failures = [each for each in responses if each["status"] != operation.status]
        if failures:
            raise RuntimeError(operation.name, operation.size, failures[0])
        if round_number:  # the first round is a warm-up
            costs[operation.name][operation.size] += [each["cpu"] * 1000 for each in responses]
    return {
        name: {size: median(numbers) for size, numbers in by_size.items()}
        for name, by_size in costs.items()
    }

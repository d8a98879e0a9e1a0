"""What a running plan costs the patients who book slots of the same doctor at the same time.

``scripts/bench --plan`` measures it. Twenty patients book in five processes, in blocks in turns:
alone, while another process applies a plan of another doctor, and while it applies a plan of their
doctor. That opens mornings on the dates whose afternoons are booked, and goes on with later dates.
The plan of another doctor takes as much of the machine and of MiniStack, and nothing else. Each
block has doctors of its own, because MiniStack reads all items of a doctor for each query.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from itertools import islice
from statistics import quantiles
from threading import Event
from typing import TYPE_CHECKING

from benchmarks import plan_fixtures
from benchmarks.environment import DOCTOR, TIMES, TOMORROW, slot_id
from benchmarks.subjects import APP, SubjectProcess, run_subject
from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.authenticated_requests import RequestFactory
    from benchmarks.environment import BenchmarkEnvironment

MAX_P99_RATIO = 2
_ROWS = (
    ("p50", "wall", 50),
    ("p99", "wall", 99),
    ("p50, CPU", "cpu", 50),
    ("p99, CPU", "cpu", 99),
)
_PATIENTS, _PROCESSES = 20, 5
_BLOCKS, _BOOKINGS_PER_PATIENT = 8, 10
_AFTERNOON = TIMES[8:]
_FIRST_DATE = TOMORROW + timedelta(days=20)
# A plan takes longer than its block: at the rate of its writes, five seconds.
_PLANNED_DATES = tuple(_FIRST_DATE + timedelta(days=n) for n in range(150))
_BOOKED_DATES = _PLANNED_DATES[: _PATIENTS * _BOOKINGS_PER_PATIENT // len(_AFTERNOON)]
ALONE, BESIDE_OTHER, BESIDE_PLAN = "alone", "plan of another doctor", "plan of the doctor"
_KINDS = (ALONE, BESIDE_OTHER, BESIDE_PLAN)


@dataclass
class Bookings:
    """The seconds of each booking: of waiting, and of CPU time."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def percentile(self, percent: int, metric: str) -> float:
        """Return the percentile in milliseconds."""
        seconds = self.wall if metric == "wall" else self.cpu
        return quantiles(seconds, n=100)[percent - 1] * 1000


class PlanLoad:
    """Processes of patients and one of a plan, on one table."""

    def __init__(
        self,
        patients: Sequence[SubjectProcess],
        planner: SubjectProcess,
        requests: RequestFactory,
        executor: ThreadPoolExecutor,
    ) -> None:
        self._patients = patients
        self._planner = planner
        self._requests = requests
        self._executor = executor
        self.steps = 0

    def open_slots(self, doctor_id: str) -> None:
        for on in _BOOKED_DATES:
            save = self._requests.save(on, *_AFTERNOON, doctor_id=doctor_id)
            self._send(self._planner, HTTPStatus.OK, save)

    def book(self, doctor_id: str, bookings: Bookings) -> None:
        """Book all afternoons of the doctor, the dates one after the other."""
        slots = iter([slot_id(on, time, doctor_id) for on in _BOOKED_DATES for time in _AFTERNOON])
        while wave := [*islice(slots, _PATIENTS)]:
            shares = [wave[n::_PROCESSES] for n in range(_PROCESSES)]
            for costs in self._executor.map(self._book, self._patients, shares):
                bookings.wall += [cost["wall"] for cost in costs]
                bookings.cpu += [cost["cpu"] for cost in costs]

    def book_beside_plan(self, doctor_id: str, planned: str, bookings: Bookings) -> None:
        """Book while the plan of the other doctor runs, or one of the same."""
        is_booked = Event()
        running = self._executor.submit(self._run_plan, planned, is_booked)
        try:
            self.book(doctor_id, bookings)
        finally:
            is_booked.set()
            running.result()

    def _book(self, process: SubjectProcess, slots: Sequence[str]) -> list[dict[str, float]]:
        events = (self._requests.book(slot, f"b-{slot}") for slot in slots)
        return self._send(process, HTTPStatus.CREATED, *events)

    def _run_plan(self, doctor_id: str, is_booked: Event) -> None:
        step = self._requests.plan_step(doctor_id, plan_fixtures.PLAN_ID)
        while not is_booked.is_set():
            (response,) = self._send(self._planner, HTTPStatus.OK, step)
            self.steps += 1
            if '"state":"done"' in str(response["body"]):
                raise RuntimeError("The plan was done before its block was booked")

    def _send(
        self, process: SubjectProcess, status: HTTPStatus, *events: dict[str, object]
    ) -> list[dict[str, float]]:
        responses = process.send(*events)
        for response in responses:
            if response["status"] != status:
                raise RuntimeError(process.subject.title, response)
        return responses


def measure(environment: BenchmarkEnvironment) -> tuple[dict[str, Bookings], int]:
    """Book block by block, the first of each kind as a warm-up.

    Returns the bookings by kind, and the number of steps of plans.
    """
    env_vars = environment.prepare_store(APP, "plan-load")
    table.connect(env_vars["TABLE_NAME"])
    results = {kind: Bookings() for kind in _KINDS}
    with ExitStack() as stack:
        processes = [stack.enter_context(run_subject(APP, env_vars)) for _ in range(_PROCESSES + 1)]
        executor = stack.enter_context(ThreadPoolExecutor(_PROCESSES + 1))
        load = PlanLoad(processes[1:], processes[0], environment.requests, executor)
        for number in range(_BLOCKS + 1):
            for kind in _KINDS:
                bookings = results[kind] if number else Bookings()
                doctors = f"dr-{number}-{_KINDS.index(kind)}", f"dr-other-{number}"
                _run_block(load, kind, doctors, bookings)
    return results, load.steps


def _run_block(load: PlanLoad, kind: str, doctors: tuple[str, str], bookings: Bookings) -> None:
    doctor_id, other_id = doctors
    DoctorRepository().add(replace(DOCTOR, doctor_id=doctor_id))
    load.open_slots(doctor_id)
    if kind == ALONE:
        load.book(doctor_id, bookings)
        return
    planned = doctor_id
    if kind == BESIDE_OTHER:
        planned = other_id
        DoctorRepository().add(replace(DOCTOR, doctor_id=planned))
    plan_fixtures.add_plan(planned, plan_fixtures.PLAN_ID, _PLANNED_DATES)
    load.book_beside_plan(doctor_id, planned, bookings)


def print_table(results: dict[str, Bookings], steps: int) -> None:
    """Print how long bookings took, and the ratio to those without a plan."""
    alone = results[ALONE]
    print(f"{len(alone.wall)} bookings of each kind, {steps} steps of plans, all successful.\n")
    print(f"| a booking, ms | {' | '.join(results)} |\n|---|{'---|' * len(results)}")
    for title, metric, percent in _ROWS:
        figures = {kind: each.percentile(percent, metric) for kind, each in results.items()}
        ratios = (
            f"{figure:.2f}" if kind == ALONE else f"{figure:.2f}: **{figure / figures[ALONE]:.2f}**"
            for kind, figure in figures.items()
        )
        print(f"| {title} | {' | '.join(ratios)} |")
    print(f"\nA plan of the doctor should make p99 at most {MAX_P99_RATIO} times as long.")

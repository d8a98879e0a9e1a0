"""The measured operations, each an endless series of requests that a subject must accept."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count, repeat
from typing import TYPE_CHECKING

from benchmarks import plan_fixtures
from benchmarks.environment import TIMES, TOMORROW, slot_id, table_name
from benchmarks.subjects import APP, MINIMAL, UNPACED_APP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.apigw_event import Event
    from benchmarks.authenticated_requests import RequestFactory
    from benchmarks.subjects import Subject, SubjectProcess

# Two weeks to read, then dates whose slots are booked, then dates that are saved.
READ_DATES = [TOMORROW + timedelta(days=n) for n in range(14)]
_FIRST_BOOKING_DATE = TOMORROW + timedelta(days=20)
_FIRST_SAVE_DATE = date(TOMORROW.year + 3, 1, 1)
_FIRST_WEEK_DATE = date(TOMORROW.year + 10, 1, 1)
_FIRST_MONDAY = _FIRST_WEEK_DATE + timedelta(days=7 - _FIRST_WEEK_DATE.weekday())
SAVE_WEEK, PLAN_STEP = "save a week", "a step of a plan"
OPERATIONS = (
    "save 16 slots",
    "read a day",
    "read 14 days",
    "book a slot",
    "poll, unchanged",
    SAVE_WEEK,
    PLAN_STEP,
)


def can_run(subject: Subject, operation: str) -> bool:
    """Whether the subject has the operation: only the floor of the baselines has all."""
    return subject in (APP, UNPACED_APP, MINIMAL) or operation not in (SAVE_WEEK, PLAN_STEP)


class Workload:
    """The operations of one subject; it first opens the slots that they read and book.

    ``bookings`` is the number of slots to open for "book a slot", and ``plans`` that of plans to
    propose.
    """

    def __init__(
        self, process: SubjectProcess, requests: RequestFactory, *, bookings: int, plans: int
    ) -> None:
        self._process = process
        booking_dates = [
            _FIRST_BOOKING_DATE + timedelta(days=n) for n in range(-(-bookings // len(TIMES)))
        ]
        for each in [*READ_DATES, *booking_dates]:
            self._send(requests.save(each, *TIMES))
        (day,) = process.send(requests.day(READ_DATES[0]))
        slots = (slot_id(each, time) for each in booking_dates for time in TIMES)
        save_dates = (_FIRST_SAVE_DATE + timedelta(days=n) for n in count())
        # The requests of each operation and the status of their responses.
        self.operations: dict[str, tuple[Iterator[Event], int]] = {
            "save 16 slots": ((requests.save(each, *TIMES) for each in save_dates), 200),
            "read a day": (repeat(requests.day(READ_DATES[0])), 200),
            "read 14 days": (repeat(requests.available_slots(READ_DATES[0], 14)), 200),
            "book a slot": ((requests.book(slot, f"b-{slot[-14:]}") for slot in slots), 201),
            "poll, unchanged": (
                repeat(requests.day(READ_DATES[0], if_none_match=day["etag"])),
                304,
            ),
            SAVE_WEEK: ((requests.save_week(week, *TIMES[:4]) for week in _work_weeks()), 200),
            PLAN_STEP: (self._plan_steps(requests, plans), 200),
        }

    def _plan_steps(self, requests: RequestFactory, plans: int) -> Iterator[Event]:
        subject = self._process.subject
        if not can_run(subject, PLAN_STEP):
            return iter(())
        ids = plan_fixtures.add_doctors_with_plan(table_name(subject.name), plans)
        return (requests.plan_step(doctor_id, plan_fixtures.PLAN_ID) for doctor_id in ids)

    def run(self, operation: str, iterations: int) -> list[dict[str, float]]:
        """Send the next requests of the operation and return the cost of each."""
        events, status = self.operations[operation]
        return self._send(*(next(events) for _ in range(iterations)), status=status)

    def _send(self, *events: Event, status: int = 200) -> list[dict[str, float]]:
        responses = self._process.send(*events)
        failures = [response for response in responses if response["status"] != status]
        if failures:
            raise RuntimeError(self._process.subject.title, failures[0])
        return responses


def _work_weeks() -> Iterator[list[date]]:
    """Yield the dates from Monday to Friday of each week."""
    for week in count():
        yield [_FIRST_MONDAY + timedelta(days=7 * week + n) for n in range(5)]

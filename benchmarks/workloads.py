"""The kinds of work that are measured, each as requests that can be sent again and again."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING

from benchmarks.environment import TIMES, TOMORROW, slot_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.apigw_event import Event
    from benchmarks.authenticated_requests import RequestFactory
    from benchmarks.subjects import SubjectProcess

# Two weeks that are read, then days of which slots are booked, then days that are saved.
READ_DATES = [TOMORROW + timedelta(days=n) for n in range(14)]
_FIRST_BOOKING_DATE = TOMORROW + timedelta(days=20)
_FIRST_SAVE_DATE = date(TOMORROW.year + 3, 1, 1)


class Workload:
    """What one contender is asked, and with which status it must answer."""

    def __init__(self, process: SubjectProcess, requests: RequestFactory, *, bookings: int) -> None:
        """Opens what is to be read, and so many slots to be booked."""
        self._process = process
        self._requests = requests
        dates = [_FIRST_BOOKING_DATE + timedelta(days=n) for n in range(-(-bookings // len(TIMES)))]
        for on in [*READ_DATES, *dates]:
            self._send(requests.save(on, *TIMES))
        (day,) = process.send(requests.day(READ_DATES[0]))
        slots = (slot_id(on, at) for on in dates for at in TIMES)
        saves = (_FIRST_SAVE_DATE + timedelta(days=n) for n in count())
        self.operations: dict[str, tuple[Iterator[Event], int]] = {
            "save 16 slots": ((requests.save(on, *TIMES) for on in saves), 200),
            "read a day": (_repeat(lambda: requests.day(READ_DATES[0])), 200),
            "read 14 days": (_repeat(lambda: requests.available_slots(READ_DATES[0], 14)), 200),
            "book a slot": ((requests.book(slot, f"b-{slot[-14:]}") for slot in slots), 201),
            "poll, unchanged": (
                _repeat(lambda: requests.day(READ_DATES[0], if_none_match=day["etag"])),
                304,
            ),
        }

    def run(self, operation: str, iterations: int) -> list[dict[str, float]]:
        """What each of so many requests cost."""
        events, status = self.operations[operation]
        return self._send(*(next(events) for _ in range(iterations)), status=status)

    def _send(self, *events: Event, status: int = 200) -> list[dict[str, float]]:
        answers = self._process.send(*events)
        wrong = [answer for answer in answers if answer["status"] != status]
        if wrong:
            raise RuntimeError(self._process.subject.title, wrong[0])
        return answers


def _repeat(make: Callable[[], Event]) -> Iterator[Event]:
    return (make() for _ in count())

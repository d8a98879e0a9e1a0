"""The kinds of work that are measured, each as requests that can be sent again and again."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING

from benchmarks.bed import TIMES, TOMORROW, slot_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.contenders import Running
    from benchmarks.gateway import Event
    from benchmarks.signed_in import Requests

# Two weeks that are read, then days of which slots are booked, then days that are saved.
READ = [TOMORROW + timedelta(days=n) for n in range(14)]
_BOOKED = TOMORROW + timedelta(days=20)
_SAVED = date(TOMORROW.year + 3, 1, 1)


class Work:
    """What one contender is asked, and with which status it must answer."""

    def __init__(self, running: Running, requests: Requests, *, bookings: int) -> None:
        """Opens what is to be read, and so many slots to be booked."""
        self._running = running
        self._requests = requests
        dates = [_BOOKED + timedelta(days=n) for n in range(-(-bookings // len(TIMES)))]
        for on in [*READ, *dates]:
            self._ask(requests.save(on, *TIMES))
        (day,) = running.send(requests.day(READ[0]))
        slots = (slot_id(on, at) for on in dates for at in TIMES)
        saves = (_SAVED + timedelta(days=n) for n in count())
        self.kinds: dict[str, tuple[Iterator[Event], int]] = {
            "save 16 slots": ((requests.save(on, *TIMES) for on in saves), 200),
            "read a day": (_again(lambda: requests.day(READ[0])), 200),
            "read 14 days": (_again(lambda: requests.bookable(READ[0], 14)), 200),
            "book a slot": ((requests.book(slot, f"b-{slot[-14:]}") for slot in slots), 201),
            "poll, unchanged": (
                _again(lambda: requests.day(READ[0], if_none_match=day["etag"])),
                304,
            ),
        }

    def do(self, kind: str, times: int) -> list[dict[str, float]]:
        """What each of so many requests cost."""
        events, status = self.kinds[kind]
        return self._ask(*(next(events) for _ in range(times)), status=status)

    def _ask(self, *events: Event, status: int = 200) -> list[dict[str, float]]:
        answers = self._running.send(*events)
        wrong = [answer for answer in answers if answer["status"] != status]
        if wrong:
            raise RuntimeError(self._running.contender.title, wrong[0])
        return answers


def _again(make: Callable[[], Event]) -> Iterator[Event]:
    return (make() for _ in count())

"""The schedules of the cloud, on this machine: series are extended, disruptions announced."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import DomainError

_SECONDS_PER_DAY, _SECONDS_PER_MINUTE = 86_400, 60
_SHUTDOWN_SECONDS = 5


@contextmanager
def scheduled() -> Iterator[None]:
    """While the block runs, do each task at once, and then again and again in a thread."""
    stopped = threading.Event()
    schedules = (
        (extend_series, _SECONDS_PER_DAY, "Series were not extended"),
        (announce_disruptions, _SECONDS_PER_MINUTE, "Disruptions were not announced"),
    )
    threads = [
        threading.Thread(target=_repeat, args=(stopped, *schedule), daemon=True)
        for schedule in schedules
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join(_SHUTDOWN_SECONDS)


def _repeat(
    stopped: threading.Event, task: Callable[[threading.Event], None], seconds: int, failure: str
) -> None:
    while True:
        try:
            task(stopped)
        except DomainError as error:  # the next run makes up for it
            print(f"{failure}: {error}", file=sys.stderr, flush=True)
        if stopped.wait(seconds):
            return


def extend_series(stopped: threading.Event) -> None:
    """Extend the series of all doctors, in steps. Raises ``DomainError``."""
    use_case = get_services().extend_series
    cursor, is_last = None, False
    while not is_last:
        page = use_case.list_doctors(cursor)
        for doctor_id in page.doctor_ids:
            is_done = False
            while not (is_done or stopped.is_set()):
                with request_context.request_scope():
                    is_done = use_case.extend(doctor_id)
        cursor, is_last = page.cursor, page.cursor is None or stopped.is_set()


def announce_disruptions(_stopped: threading.Event) -> None:
    """Store the events whose grace is over; no stream does it here. Raises ``DomainError``."""
    with request_context.request_scope():
        get_services().announce_disruptions.announce_all()

"""The schedules and the queue of the cloud, on this machine: series, closures, disruptions."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from queue import Empty, SimpleQueue

from msgspec import structs

from chalicelib import closure_services, request_context
from chalicelib.bootstrap import get_services, set_services
from chalicelib.domain.errors import DomainError
from chalicelib.events.series_queue import ClosureTask
from chalicelib.services import Services
from local import threads

_SECONDS_PER_DAY, _SECONDS_PER_MINUTE = 86_400, 60
_POLL_SECONDS = 1


@contextmanager
def scheduled() -> Iterator[None]:
    """While the block runs, do each task at once, and then again and again in a thread."""
    stopped = threading.Event()
    schedules = (
        (extend_series, _SECONDS_PER_DAY, "Series were not extended"),
        (announce_disruptions, _SECONDS_PER_MINUTE, "Disruptions were not announced"),
    )
    closures = ClosureWorker(stopped)
    set_services(structs.replace(get_services(), queue_closures=closures.queue))
    tasks = (partial(_repeat, stopped, *schedule) for schedule in schedules)
    with threads.running(stopped, [closures.run, *tasks]):
        yield


class ClosureWorker:
    """Applies closures in a thread: those that are queued, and at first those not finished."""

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped
        self._waiting: SimpleQueue[ClosureTask] = SimpleQueue()

    def queue(self, _services: Services, tasks: Sequence[ClosureTask]) -> None:
        """Do the tasks soon."""
        for task in tasks:
            self._waiting.put(task)

    def run(self) -> None:
        """Work until it is stopped."""
        self._try(self._resume)
        while not self._stopped.is_set():
            with suppress(Empty):
                task = self._waiting.get(timeout=_POLL_SECONDS)
                self._try(partial(closure_services.finish, get_services(), task))

    def _resume(self) -> None:
        services = get_services()
        closure_services.start(services, services.closures.apply.list_to_repeat())

    def _try(self, work: Callable[[], None]) -> None:
        try:
            with request_context.request_scope():
                work()
        except DomainError as error:  # the next start makes up for it
            print(f"A closure was not applied: {error}", file=sys.stderr, flush=True)


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
    use_case = get_services().plans.extend_series
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
    """Store the events whose grace is over. Raises ``DomainError``."""
    with request_context.request_scope():
        get_services().announce_disruptions.announce_all()

"""Extend series on this machine, as the nightly schedule of the cloud does."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import DomainError

_SECONDS_PER_DAY = 86_400
_SHUTDOWN_SECONDS = 5


@contextmanager
def extended_daily() -> Iterator[None]:
    """While the block runs, extend the series of all doctors: at once, and then once a day."""
    stopped = threading.Event()
    thread = threading.Thread(target=_extend_until, args=(stopped,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(_SHUTDOWN_SECONDS)


def _extend_until(stopped: threading.Event) -> None:
    while True:
        try:
            extend_all(stopped)
        except DomainError as error:
            print(f"Series were not extended: {error}", file=sys.stderr, flush=True)
        if stopped.wait(_SECONDS_PER_DAY):
            return


def extend_all(stopped: threading.Event) -> None:
    """Extend the series of all doctors, in steps. Raises ``DomainError``."""
    extend_series = get_services().extend_series
    cursor, is_last = None, False
    while not is_last:
        page = extend_series.list_doctors(cursor)
        for doctor_id in page.doctor_ids:
            is_done = False
            while not (is_done or stopped.is_set()):
                with request_context.request_scope():
                    is_done = extend_series.extend(doctor_id)
        cursor, is_last = page.cursor, page.cursor is None or stopped.is_set()

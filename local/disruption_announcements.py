"""Announce disrupted bookings on this machine, as the schedule of the cloud does each minute."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import DomainError

_SECONDS = 60
_SHUTDOWN_SECONDS = 5


@contextmanager
def announced_each_minute() -> Iterator[None]:
    """While the block runs, store the events whose grace is over. There is no stream for them."""
    stopped = threading.Event()
    thread = threading.Thread(target=_announce_until, args=(stopped,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(_SHUTDOWN_SECONDS)


def _announce_until(stopped: threading.Event) -> None:
    while not stopped.wait(_SECONDS):
        announce()


def announce() -> None:
    """Announce what is due; if that fails, the next run makes up for it."""
    try:
        with request_context.request_scope():
            get_services().announce_disruptions.announce_all()
    except DomainError as error:
        print(f"Disruptions were not announced: {error}", file=sys.stderr, flush=True)

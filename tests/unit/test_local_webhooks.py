"""When ``scripts/serve`` looks for webhooks to send."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import EndpointConnectionError

from local.webhooks import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AN_HOUR = 3600


def do_nothing() -> None:
    """Find no changes."""


@contextmanager
def watching(
    changed: threading.Event, queue_changes: Callable[[], None], handle_messages: Callable[[], bool]
) -> Iterator[None]:
    stopped = threading.Event()
    look = threading.Thread(
        target=watch, args=(stopped, changed, queue_changes, handle_messages, AN_HOUR)
    )
    look.start()
    try:
        yield
    finally:
        stopped.set()
        changed.set()
        look.join(10)
        assert not look.is_alive()


def test_change_is_looked_at_without_a_pause() -> None:
    changed, looks = threading.Event(), threading.Semaphore(0)

    def find_no_message() -> bool:
        looks.release()
        return False

    with watching(changed, do_nothing, find_no_message):
        assert looks.acquire(timeout=10)
        changed.set()

        assert looks.acquire(timeout=10)


def test_handled_messages_are_followed_by_another_look() -> None:
    looks = threading.Semaphore(0)

    def find_messages() -> bool:
        looks.release()
        return True

    with watching(threading.Event(), do_nothing, find_messages):
        assert looks.acquire(timeout=10)

        assert looks.acquire(timeout=10)


def test_unreachable_stream_does_not_end_the_watch() -> None:
    changed, looks = threading.Event(), threading.Semaphore(0)

    def fail() -> None:
        looks.release()
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    with watching(changed, fail, lambda: False):
        assert looks.acquire(timeout=10)
        changed.set()

        assert looks.acquire(timeout=10)

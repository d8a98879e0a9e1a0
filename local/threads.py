"""Threads that work beside the server, until it stops."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

_SHUTDOWN_SECONDS = 5


@contextmanager
def running(stopped: threading.Event, targets: Sequence[Callable[[], None]]) -> Iterator[None]:
    """Run each target in a thread; after the block, set ``stopped``, and wait a moment for them."""
    threads = [threading.Thread(target=target, daemon=True) for target in targets]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join(_SHUTDOWN_SECONDS)

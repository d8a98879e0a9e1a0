"""Deeds that begin at the same moment, and what became of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Operation = Callable[[], object]
    RunConcurrently = Callable[[Sequence[Operation]], list[Exception | None]]


@contextmanager
def concurrent_runner(max_threads: int) -> Iterator[RunConcurrently]:
    """A function that does up to so many deeds together and gives what each raised, if anything."""
    with ThreadPoolExecutor(max_threads) as threads:

        def together(deeds: Sequence[Operation]) -> list[Exception | None]:
            start = Barrier(len(deeds))

            def take_part(deed: Operation) -> Exception | None:
                start.wait()
                try:
                    deed()
                except Exception as error:  # noqa: BLE001  whatever it is, the test says if it may be
                    return error
                return None

            return list(threads.map(take_part, deeds))

        yield together

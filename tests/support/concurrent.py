"""Run operations that start at the same moment, and collect their outcomes."""

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
    """Yield a function that runs operations in threads and returns their exceptions, or None."""
    with ThreadPoolExecutor(max_threads) as threads:

        def run_concurrently(operations: Sequence[Operation]) -> list[Exception | None]:
            start = Barrier(len(operations))

            def run_after_start(operation: Operation) -> Exception | None:
                start.wait()
                try:
                    operation()
                except Exception as error:  # noqa: BLE001  the test decides which errors are expected
                    return error
                return None

            return list(threads.map(run_after_start, operations))

        yield run_concurrently

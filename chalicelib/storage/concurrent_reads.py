"""Reads of one request that wait for the table at the same time, a few at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Key = TypeVar("Key")
Result = TypeVar("Result")
# Fewer than the connections that botocore keeps open (``max_pool_connections``): reads reuse them.
_MAX_PARALLEL_READS = 10


@cache
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MAX_PARALLEL_READS, thread_name_prefix="reads")


def read_each(read: Callable[[Key], Result], keys: Iterable[Key]) -> list[Result]:
    """Return what ``read`` returns for each key, in their order; raise the first error."""
    # Each thread records its calls in the context of this request.
    futures = [_executor().submit(copy_context().run, read, key) for key in keys]
    return [future.result() for future in futures]

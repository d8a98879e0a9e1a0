"""Botocore's retries without its delays."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.retries.standard import RetryEventAdapter, StandardRetryConditions

from chalicelib.storage import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.client import BaseClient

_EVENT = "needs-retry.dynamodb"


@contextmanager
def immediate_retries() -> Iterator[None]:
    """Retry the app's DynamoDB calls whenever botocore would, without its delay.

    Botocore waits up to a second before each retry, which proves nothing in a test. Its quota of
    retries is left out: a client that many tests share would use it up.
    """
    client = table.connection().client
    decide = _decision(client)
    client.meta.events.register_first(_EVENT, decide)  # botocore takes the first answer
    try:
        yield
    finally:
        client.meta.events.unregister(_EVENT, decide)


def _decision(client: BaseClient) -> Callable[..., Any]:
    config: Any = client.meta.config  # its types leave out the retries
    conditions = StandardRetryConditions(config.retries["total_max_attempts"])
    adapter = RetryEventAdapter()

    def decide(**outcome: Any) -> int | None:  # noqa: ANN401
        context = adapter.create_retry_context(**outcome)
        return 0 if conditions.is_retryable(context) else None

    return decide

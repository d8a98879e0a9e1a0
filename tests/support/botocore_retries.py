"""Botocore's retries without its delays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.retries.standard import RetryEventAdapter, StandardRetryConditions

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.client import BaseClient

NEEDS_RETRY = "needs-retry.dynamodb"


def retry_at_once(client: BaseClient) -> Callable[..., Any]:
    """Return a hook for ``NEEDS_RETRY`` that retries when botocore would, without its delay.

    Botocore waits up to a second before each retry, which proves nothing in a test. Its quota of
    retries is left out: a client that many tests share would use it up. Register the hook first,
    because botocore uses the first answer.
    """
    config: Any = client.meta.config  # its types leave out the retries
    conditions = StandardRetryConditions(config.retries["total_max_attempts"])
    adapter = RetryEventAdapter()

    def decide(**outcome: Any) -> int | None:  # noqa: ANN401
        context = adapter.create_retry_context(**outcome)
        return 0 if conditions.is_retryable(context) else None

    return decide

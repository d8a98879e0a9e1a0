"""Botocore's retries without its delays."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.retries.standard import register_retry_handler

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.client import BaseClient

NEEDS_RETRY = "needs-retry.dynamodb"


@cache
def retry_at_once(client: BaseClient) -> Callable[..., Any]:
    """Return a hook for ``NEEDS_RETRY`` that retries when botocore would, without its delay.

    Botocore waits up to a second before each retry, which proves nothing in a test. Register the
    hook first: botocore uses the first answer.
    """
    config: Any = client.meta.config  # its types leave out the retries
    # The client has a handler of that name already, so this one only decides.
    handler = register_retry_handler(client, config.retries["total_max_attempts"])

    def decide(**outcome: Any) -> int | None:  # noqa: ANN401
        return None if handler.needs_retry(**outcome) is None else 0

    return decide

"""The log of Lambda handlers that serve no requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.bootstrap import get_services
from chalicelib.web.observability.metrics import embedded_counts

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_handler_log(
    function: str, fields: Mapping[str, object], counts: Mapping[str, int]
) -> None:
    """Write a line about what a handler has done, with its metrics."""
    services = get_services()
    if services.log:
        now, stage = services.now(), services.settings.stage
        entry: dict[str, Any] = {
            "level": "INFO",
            "timestamp": now.isoformat(),
            "function": function,
            **fields,
            "stage": stage,
        }
        if counts:
            entry |= embedded_counts(stage=stage, timestamp=now, counts=counts)
        services.log(msgspec.json.encode(entry).decode())

"""The table's stream in, events out: what the function ``slots_changed`` does with a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.bootstrap import get_services
from chalicelib.storage import streams

if TYPE_CHECKING:
    from collections.abc import Mapping


def handle_stream_event(event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Lambda's event in; out the record from which Lambda must send the batch again, if any.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    Raises ``SettingsError`` where no event bus is named, so that nothing is passed over.
    """
    records = event["Records"]
    told = get_services().publish_changes().publish(streams.parse_day_records(records))
    if log := get_services().log:
        line = {
            "level": "ERROR" if told.error_code else "INFO",
            "at": get_services().now().isoformat(),
            "function": "slots_changed",
            "records": len(records),
            "events": told.published_count,
            "goes_on_at": told.failed_sequence_number,
            "error": told.error_code,
            "stage": get_services().settings.stage,
        }
        log(msgspec.json.encode(line).decode())
    return {
        "batchItemFailures": [{"itemIdentifier": told.failed_sequence_number}]
        if told.failed_sequence_number
        else []
    }

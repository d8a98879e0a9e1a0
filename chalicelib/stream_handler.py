"""Lambda handler of the DynamoDB stream: publish the changes of a batch as events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.bootstrap import get_services
from chalicelib.storage import streams

if TYPE_CHECKING:
    from collections.abc import Mapping


def handle_stream_event(event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Publish the events of a batch, and report the record from which Lambda must retry, if any.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html

    Raises:
        SettingsError: there is no event bus. Lambda retries the batch, so no change is lost.
    """
    records = event["Records"]
    result = get_services().publish_changes().publish(streams.parse_day_records(records))
    if log := get_services().log:
        entry = {
            "level": "ERROR" if result.error_code else "INFO",
            "timestamp": get_services().now().isoformat(),
            "function": "slots_changed",
            "records": len(records),
            "events": result.published_count,
            "retry_from": result.failed_sequence_number,
            "error": result.error_code,
            "stage": get_services().settings.stage,
        }
        log(msgspec.json.encode(entry).decode())
    failed = result.failed_sequence_number
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}

"""Lambda handler of the DynamoDB stream: publish the changes of a batch as events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.storage import streams
from chalicelib.web.observability.metrics import embedded_counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.request_context import RequestContext
    from chalicelib.use_cases.publish_changes import PublishResult


def handle_stream_event(event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Publish the events of a batch, and report the record from which Lambda must retry, if any.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html

    Raises:
        SettingsError: there is no event bus. Lambda retries the batch, so no change is lost.
    """
    records = event["Records"]
    with request_context.request_scope() as context:
        result = get_services().publish_changes().publish(streams.parse_day_records(records))
    if log := get_services().log:
        log(msgspec.json.encode(_log_entry(len(records), result, context)).decode())
    failed = result.failed_sequence_number
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


def _log_entry(records: int, result: PublishResult, context: RequestContext) -> dict[str, Any]:
    now, stage = get_services().now(), get_services().settings.stage
    entry: dict[str, Any] = {
        "level": "ERROR" if result.error_code else "INFO",
        "timestamp": now.isoformat(),
        "function": "slots_changed",
        "records": records,
        "events": result.published_count,
        "retry_from": result.failed_sequence_number,
        "error": result.error_code,
        "stage": stage,
    }
    if context.unreadable_items:
        entry["unreadable_items"] = context.unreadable_items
        entry |= embedded_counts(stage=stage, timestamp=now, counts=context.metrics)
    return entry

"""Lambda handlers of the DynamoDB stream: publish changes as events, copy the audit log."""

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


def handle_stream_event(event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Publish the events of a batch, and report the record from which Lambda must retry, if any.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html

    Raises:
        SettingsError: there is no event bus. Lambda retries the batch, so no change is lost.
    """
    records = event["Records"]
    with request_context.request_scope() as context:
        result = get_services().publish_changes.publish(streams.parse_records(records))
    counts = {"records": len(records), "events": result.published_count}
    return _report(
        "slots_changed", counts, result.failed_sequence_number, result.error_code, context
    )


def copy_audit_records(event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Copy the audit items of a batch to write-once storage; report as ``handle_stream_event``.

    The metric ``AuditItemsChanged`` counts items that were changed or deleted, which the app never
    does.

    Raises:
        SettingsError: there is no bucket. Lambda retries the batch, so no item is missed.
    """
    records = event["Records"]
    with request_context.request_scope() as context:
        result = get_services().audit_copies.copy(records)
        if result.changed_count:
            context.metrics["AuditItemsChanged"] = result.changed_count
    counts = {"records": len(records), "copied": result.copied_count}
    return _report(
        "copy_audit_items", counts, result.failed_sequence_number, result.error_code, context
    )


def _report(
    function: str,
    counts: Mapping[str, int],
    failed: str | None,
    error_code: str | None,
    context: RequestContext,
) -> dict[str, list[dict[str, str]]]:
    """Log the result of a batch, and return it in Lambda's format."""
    services = get_services()
    if services.log:
        now, stage = services.now(), services.settings.stage
        entry: dict[str, Any] = {
            "level": "ERROR" if error_code else "INFO",
            "timestamp": now.isoformat(),
            "function": function,
            **counts,
            "retry_from": failed,
            "error": error_code,
            "stage": stage,
        }
        if context.unreadable_items:
            entry["unreadable_items"] = context.unreadable_items
        if context.metrics:
            entry |= embedded_counts(stage=stage, timestamp=now, counts=context.metrics)
        services.log(msgspec.json.encode(entry).decode())
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}

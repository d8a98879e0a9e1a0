"""Lambda handlers of the DynamoDB stream: publish changes as events, copy the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.bootstrap import get_services
from chalicelib.storage import streams

if TYPE_CHECKING:
    from collections.abc import Mapping


_NAMESPACE = "MediLinkSlots"


def handle_stream_event(event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Publish the events of a batch, and report the record from which Lambda must retry, if any.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html

    Raises:
        SettingsError: there is no event bus. Lambda retries the batch, so no change is lost.
    """
    records = event["Records"]
    result = get_services().publish_changes().publish(streams.parse_day_records(records))
    _log_batch(
        "slots_changed",
        len(records),
        {"events": result.published_count},
        result.failed_sequence_number,
        result.error_code,
    )
    return _batch_response(result.failed_sequence_number)


def copy_audit_records(event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Copy the audit items of a batch to write-once storage; report as ``handle_stream_event``.

    The metric ``AuditItemsChanged`` counts items that were changed or deleted, which the app never
    does.

    Raises:
        SettingsError: there is no bucket. Lambda retries the batch, so no item is missed.
    """
    records = event["Records"]
    result = get_services().audit_copies().copy(records)
    counts: dict[str, Any] = {"copied": result.copied_count}
    if result.changed_count:
        counts |= _changed_metric(result.changed_count)
    _log_batch(
        "copy_audit_items", len(records), counts, result.failed_sequence_number, result.error_code
    )
    return _batch_response(result.failed_sequence_number)


def _log_batch(
    function: str,
    record_count: int,
    counts: Mapping[str, Any],
    retry_from: str | None,
    error_code: str | None,
) -> None:
    services = get_services()
    if not services.log:
        return
    entry = {
        "level": "ERROR" if error_code else "INFO",
        "timestamp": services.now().isoformat(),
        "function": function,
        "records": record_count,
        **counts,
        "retry_from": retry_from,
        "error": error_code,
        "stage": services.settings.stage,
    }
    services.log(msgspec.json.encode(entry).decode())


def _changed_metric(count: int) -> dict[str, Any]:
    """Return the members of a log entry from which CloudWatch extracts the metric."""
    directive = {
        "Namespace": _NAMESPACE,
        "Dimensions": [["stage"]],
        "Metrics": [{"Name": "AuditItemsChanged", "Unit": "Count"}],
    }
    timestamp = int(get_services().now().timestamp() * 1000)
    metadata = {"Timestamp": timestamp, "CloudWatchMetrics": [directive]}
    return {"AuditItemsChanged": count, "_aws": metadata}


def _batch_response(failed: str | None) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}

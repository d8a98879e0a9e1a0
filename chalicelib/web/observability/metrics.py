"""The metrics of a request, in CloudWatch's embedded metric format (EMF).

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

NAMESPACE = "MediLinkSlots"
_STAGE = ["stage"]


def embedded_metrics(
    *,
    stage: str,
    timestamp: datetime,
    milliseconds: float,
    counts: Mapping[str, int],
    code: str | None,
) -> dict[str, Any]:
    """Return the members of a log entry from which CloudWatch extracts metrics.

    ``code`` is the error code of a 4xx or 5xx response. Counts of 0 are left out, because a metric
    without data costs nothing.
    """
    counted = {name: count for name, count in counts.items() if count}
    directives = [
        _metric_directive([_STAGE], Latency="Milliseconds", **dict.fromkeys(counted, "Count"))
    ]
    values: dict[str, Any] = {"stage": stage, "Latency": milliseconds, **counted}
    if code is not None:
        # With and without the code, because CloudWatch does not add up dimensions.
        directives.append(_metric_directive([_STAGE, [*_STAGE, "code"]], ClientErrors="Count"))
        values |= {"code": code, "ClientErrors": 1}
    metadata = {"Timestamp": int(timestamp.timestamp() * 1000), "CloudWatchMetrics": directives}
    return {**values, "_aws": metadata}


def embedded_counts(
    *, stage: str, timestamp: datetime, counts: Mapping[str, int]
) -> dict[str, Any]:
    """Return the members of a log entry that is not of a request, with counts above 0 alone."""
    counted = {name: count for name, count in counts.items() if count}
    directive = _metric_directive([_STAGE], **dict.fromkeys(counted, "Count"))
    metadata = {
        "Timestamp": int(timestamp.timestamp() * 1000),
        "CloudWatchMetrics": [directive],
    }
    return {"stage": stage, **counted, "_aws": metadata}


def _metric_directive(dimensions: list[list[str]], **units: str) -> dict[str, Any]:
    metrics = [{"Name": name, "Unit": unit} for name, unit in units.items()]
    return {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics}

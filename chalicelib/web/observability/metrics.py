"""A request's metrics, in CloudWatch's embedded metric format, beside what else a line says.

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
    """The members of a line that CloudWatch makes metrics of.

    ``code`` is that of a refusal. What did not happen is not counted as nought: a metric without
    data costs nothing.
    """
    counted = {name: count for name, count in counts.items() if count}
    directives = [
        _metric_directive([_STAGE], Latency="Milliseconds", **dict.fromkeys(counted, "Count"))
    ]
    values: dict[str, Any] = {"stage": stage, "Latency": milliseconds, **counted}
    if code is not None:
        # Of all codes together as well: CloudWatch adds up no dimensions by itself.
        directives.append(_metric_directive([_STAGE, [*_STAGE, "code"]], Refusals="Count"))
        values |= {"code": code, "Refusals": 1}
    about = {"Timestamp": int(timestamp.timestamp() * 1000), "CloudWatchMetrics": directives}
    return {**values, "_aws": about}


def _metric_directive(dimensions: list[list[str]], **units: str) -> dict[str, Any]:
    metrics = [{"Name": name, "Unit": unit} for name, unit in units.items()]
    return {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics}

"""What the functions leave in their logs, which CloudWatch makes metrics of."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import boto3

from cloud.rehearsal import STACK
from cloud.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloud.artefact import Artefact
    from cloud.rehearsal import Rehearsal

TIMEOUT_SECONDS = 5


def json_log_lines(group: str) -> Iterator[dict[str, Any]]:
    """The lines of JSON in a log."""
    events = boto3.client("logs").filter_log_events(logGroupName=group)["events"]
    for event in events:
        if event["message"].startswith("{"):
            yield json.loads(event["message"])


def test_a_request_leaves_a_line_with_the_metrics_that_an_alarm_and_the_dashboard_look_at(
    rehearsal: Rehearsal, made: Artefact
) -> None:
    template = json.loads(made.template.read_text())["Resources"]
    alarm = template["ConflictsRetried"]["Properties"]

    Visitor().ask("GET", f"{rehearsal.api_url}/doctors/dr-who")

    until = time.monotonic() + TIMEOUT_SECONDS
    found: list[dict[str, Any]] = []
    while not found and time.monotonic() < until:
        found = [
            line for line in json_log_lines(f"/aws/lambda/{STACK}-api") if line.get("status") == 401
        ]
    (directive, *_) = found[-1]["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == alarm["Namespace"]
    assert directive["Dimensions"] == [[dimension["Name"] for dimension in alarm["Dimensions"]]]
    assert found[-1]["stage"] == "dev"
    assert "dr-who" not in json.dumps(found[-1])

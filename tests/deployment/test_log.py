"""The functions' logs, from which CloudWatch extracts metrics."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import boto3

from cloud.rehearsal import STACK
from tests.support.http_browser import HttpBrowser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloud.package import BuildArtifact
    from cloud.rehearsal import Rehearsal

TIMEOUT_SECONDS = 5


def json_log_lines(group: str) -> Iterator[dict[str, Any]]:
    """The JSON lines of a log group."""
    events = boto3.client("logs").filter_log_events(logGroupName=group)["events"]
    for event in events:
        if event["message"].startswith("{"):
            yield json.loads(event["message"])


def test_request_log_has_the_metrics_of_alarms_and_dashboard(
    rehearsal: Rehearsal, artifact: BuildArtifact
) -> None:
    template = json.loads(artifact.template.read_text())["Resources"]
    alarm = template["ConflictsRetried"]["Properties"]

    HttpBrowser().get(f"{rehearsal.api_url}/doctors/dr-who", headers={"Accept": "application/json"})

    deadline = time.monotonic() + TIMEOUT_SECONDS
    found: list[dict[str, Any]] = []
    while not found and time.monotonic() < deadline:
        found = [
            line for line in json_log_lines(f"/aws/lambda/{STACK}-api") if line.get("status") == 401
        ]
    (directive, *_) = found[-1]["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == alarm["Namespace"]
    assert directive["Dimensions"] == [[dimension["Name"] for dimension in alarm["Dimensions"]]]
    assert found[-1]["stage"] == "local"
    assert "dr-who" not in json.dumps(found[-1])

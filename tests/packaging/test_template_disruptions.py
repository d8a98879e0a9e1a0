"""The announcement of disrupted bookings in the CloudFormation template."""

from __future__ import annotations

from typing import Any


def test_schedule_announces_each_minute(resources: dict[str, Any]) -> None:
    (event,) = resources["AnnounceDisruptions"]["Events"].values()
    assert event == {"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}}


def test_stream_delivers_stored_events(resources: dict[str, Any]) -> None:
    (source,) = resources["SlotsChanged"]["Events"].values()
    patterns = str(source["Properties"]["FilterCriteria"])
    assert "DAY#" in patterns
    assert "EVENT#" in patterns


def test_role_reaches_doctors_and_the_due_ones_only(resources: dict[str, Any]) -> None:
    table, _log = resources["DisruptionsRole"]["Policies"]
    partitions = [
        condition["dynamodb:LeadingKeys"]
        for statement in table["PolicyDocument"]["Statement"]
        for name, condition in statement["Condition"].items()
        if name != "Null"
    ]
    assert partitions == [["DOCTOR#*"], ["DISRUPTIONS"]]

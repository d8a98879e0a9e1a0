"""The tests of a rehearsal fail where the stack does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
import pytest

from cloud import deploy
from local import CommandError, ports

if TYPE_CHECKING:
    from cloud.rehearsal import Rehearsal


def test_missing_stack_is_detected(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = f"http://nowhere.localhost:{ports.free_port()}/api"

    with pytest.raises(CommandError, match="does not work"):
        deploy.run_smoke_test(replace(rehearsal, api_url=nowhere))

    assert "test_health_check_reads_the_table FAILED" in capsys.readouterr().out


def test_failed_sign_in_is_detected(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="does not work"):
        deploy.run_smoke_test(replace(rehearsal, password="wrong"))

    failed = "test_doctor_signs_in_and_returns_to_the_requested_page FAILED"
    assert failed in capsys.readouterr().out


def test_rejected_booking_site_is_detected(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    another_day = rehearsal.date + timedelta(days=1)

    with pytest.raises(CommandError, match="does not work"):
        deploy.run_smoke_test(replace(rehearsal, date=another_day, service_token="wrong"))

    assert (
        "test_booking_of_a_site_is_seen_by_doctor_and_subscriber FAILED" in capsys.readouterr().out
    )


def test_missing_event_is_detected(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("events").create_event_bus(Name="silent")
    another_day = rehearsal.date + timedelta(days=2)
    silent = replace(rehearsal, date=another_day, event_bus="silent", event_seconds=0.1)

    with pytest.raises(CommandError, match="does not work"):
        deploy.run_smoke_test(silent)

    assert "a subscriber receives no event of the day" in capsys.readouterr().out

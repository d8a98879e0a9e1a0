"""The smoke test passes on the stack, and fails where the stack does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cloud import smoke_test
from local import CommandError, ports

if TYPE_CHECKING:
    from cloud.rehearsal import Rehearsal


def test_smoke_test_passes(rehearsal: Rehearsal) -> None:
    steps = [*smoke_test.run(rehearsal)]

    assert len(steps) == 10
    assert steps[-1] == "after signing out, the page requires sign-in"


def test_failed_sign_in_is_detected(rehearsal: Rehearsal) -> None:
    target = replace(rehearsal, password="wrong")

    with pytest.raises(CommandError, match="the doctor returns to"):
        [*smoke_test.run(target)]


def test_missing_stack_is_detected(rehearsal: Rehearsal) -> None:
    nowhere = f"http://nowhere.localhost:{ports.free_port()}/api"
    target = replace(rehearsal, api_url=nowhere)

    with pytest.raises(CommandError, match="Failed: the health check reads the table"):
        [*smoke_test.run(target)]


def test_rejected_booking_site_is_detected(rehearsal: Rehearsal) -> None:
    another_day = rehearsal.date + timedelta(days=1)
    target = replace(rehearsal, date=another_day, service_token="wrong")

    with pytest.raises(CommandError, match=r"the status is 200. GET .*/doctors/dr-lee/slots"):
        [*smoke_test.run(target)]


def test_missing_event_is_detected(rehearsal: Rehearsal) -> None:
    another_day = rehearsal.date + timedelta(days=2)
    target = replace(rehearsal, date=another_day, wait_for_event=lambda _seconds: None)

    with pytest.raises(CommandError, match="a subscriber receives"):
        [*smoke_test.run(target)]

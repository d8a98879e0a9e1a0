"""Release and cancel on slots whose items keep a leftover hold or booking."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support import direct_writes
from tests.support.factories import (
    SUNDAY_NOON,
    to_instant,
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.both_stores


def test_booking_with_leftover_hold_is_not_released(
    client: AppClient,
) -> None:
    client.save("09:00")
    client.hold("09:00", "hannah")
    direct_writes.book(to_instant("09:00"))

    assert client.release("09:00", "hannah").status == 204
    assert client.get_slot("09:00").json["status"] == "busy"


def test_hold_with_leftover_booking_is_not_cancelled(
    client: AppClient,
) -> None:
    client.save("09:00")
    client.book("09:00", "b-1")
    direct_writes.hold(to_instant("09:00"), held_until=SUNDAY_NOON + timedelta(minutes=5))

    assert client.cancel("09:00", "b-1").status == 204
    assert client.get_slot("09:00").json["status"] == "busy-tentative"

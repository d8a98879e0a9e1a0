"""Slots in time off: what a tick says, and the state of a slot that is freed there."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.time_off import lift, list_time_off, make_closure, take_time_off

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("consistent_table")

WEEK = timedelta(weeks=1)


def test_tick_in_a_closure_names_it(client: AppClient) -> None:
    make_closure(client, name="Christmas")

    (error,) = client.save("10:00").json["errors"]

    assert (error["code"], error["detail"]) == (
        "time_off",
        "10:00–10:30 is in a closure: Christmas",
    )


def test_tick_at_a_stored_slot_in_time_off_names_it(client: AppClient) -> None:
    free_in_time_off(client)

    (error,) = client.save("09:00").json["errors"]

    assert error["detail"] == "09:00–09:30 is in time off: Conference"


def free_in_time_off(client: AppClient) -> None:
    """Have a patient cancel at 09:00, after time off was taken."""
    client.save("09:00")
    client.book("09:00")
    take_time_off(client, name="Conference")
    assert client.cancel("09:00").status == 204


def test_slot_freed_in_time_off_is_closed_in_every_list(client: AppClient) -> None:
    free_in_time_off(client)

    assert client.get_slot("09:00").json["status"] == "busy-unavailable"
    assert client.hold("09:00").status == 409
    week = f"from={MONDAY}&to={MONDAY + WEEK}"
    assert client.get(f"/doctors/dr-lee/slots?{week}").json["slots"] == []
    assert client.get(f"/availability?specialty=cardiology&{week}").json["doctors"] == []


@pytest.mark.parametrize("act", ["release", "revoke"])
def test_override_says_that_a_slot_freed_in_time_off_is_closed(client: AppClient, act: str) -> None:
    client.save("09:00")
    _ = client.hold("09:00") if act == "release" else client.book("09:00")
    take_time_off(client)

    freed, repeated = (client.override(act, "09:00").json for _ in range(2))

    assert freed["status"] == repeated["status"] == "busy-unavailable"


def test_slot_freed_in_time_off_is_open_again_without_it(client: AppClient) -> None:
    free_in_time_off(client)

    lift(client, list_time_off(client)[0]["time_off_id"])

    assert client.get_slot("09:00").json["status"] == "free"

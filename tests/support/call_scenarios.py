"""Scenarios of requests whose calls of DynamoDB are counted, and changes of their circumstances."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.factories import to_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient, AppResponse

    Send = Callable[[], AppResponse]
    # Prepares a request, and returns the function that sends it.
    Scenario = Callable[[AppClient], Send]


def at_time(time: str, send: Scenario, **changes: object) -> Scenario:
    """Make a scenario at another time of Monday, with changed settings of Dr Lee."""

    def prepare(client: AppClient) -> Send:
        client.clock.now = to_instant(time)
        client.update_doctor("dr-lee", **changes)
        return send(client)

    return prepare


def other_length(send: Scenario) -> Scenario:
    """Make a scenario after a change of Dr Lee's slot length."""

    def prepare(client: AppClient) -> Send:
        client.set_slot_minutes("dr-lee", minutes=60)
        return send(client)

    return prepare


def uncached(send: Scenario) -> Scenario:
    """Make a scenario in which the cached doctors have expired."""

    def prepare(client: AppClient) -> Send:
        sending = send(client)
        client.clock.now += timedelta(seconds=10)
        return sending

    return prepare


def conflicting_saves(client: AppClient) -> Send:
    """A save, and another one between its read and its write."""

    def send() -> AppResponse:
        with client.with_concurrent_save("11:00"):
            return client.save("11:30")

    return send

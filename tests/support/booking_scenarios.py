"""Scenarios of booking sites, for ``call_scenarios``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.app_client import make_slot_id, slot_path

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.call_scenarios import Send


def hold(client: AppClient) -> Send:
    """Hold a free slot."""
    return lambda: client.hold("09:00")


def book(client: AppClient) -> Send:
    """Book a free slot."""
    return lambda: client.book("09:00", "b-9")


def move(client: AppClient) -> Send:
    """Move a booking within the day."""
    return lambda: client.book("10:30", "b-1", moves=make_slot_id("10:00"))


def move_to_other_doctor(client: AppClient) -> Send:
    """Move a booking to a slot of another doctor."""
    client.save("09:00", doctor_id="dr-twenty")
    return lambda: client.book("09:00", "b-1", "dr-twenty", moves=make_slot_id("10:00"))


def release(client: AppClient) -> Send:
    """Release a hold."""
    return lambda: client.release("09:30")


def cancel(client: AppClient) -> Send:
    """Cancel a booking."""
    return lambda: client.cancel("10:00")


def offers(client: AppClient) -> Send:
    """List what to offer instead of a slot, of its doctor."""
    return lambda: client.get(f"{slot_path('10:00')}/offers?limit=1")


def offers_of_colleagues(client: AppClient) -> Send:
    """List what to offer instead of a slot, also of other doctors."""
    client.search("specialty=cardiology")
    return lambda: client.get(f"{slot_path('10:00')}/offers?limit=50")

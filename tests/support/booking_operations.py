"""A valid request of each route of bookings, in an order in which they work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.app_client import FORM, make_slot_id, slot_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient, AppResponse

DAY_QUERY = "doctor_id=dr-lee&date=2026-11-23"


def _disrupt(client: AppClient) -> AppResponse:
    client.book("09:00", "b-9")
    return client.override("disrupt", "09:00")


def _book_at_the_desk(client: AppClient) -> AppResponse:
    client.save("11:30")
    form = f"{DAY_QUERY}&slot_id={make_slot_id('11:30')}&act=book&booking_id=desk-1"
    return client.request("POST", "/bookings", form.encode(), {"Content-Type": FORM})


def _lift_disruption(client: AppClient) -> AppResponse:
    client.clock.now += timedelta(seconds=1)
    return client.delete(f"{slot_path('09:00')}/disrupt")


def _end_hold(client: AppClient) -> AppResponse:
    client.hold("09:00")
    return client.delete("/doctors/dr-lee/holds?client_id=practice")


BOOKING_OPERATIONS: dict[str, Callable[[AppClient], AppResponse]] = {
    "GET /reports": lambda client: client.get("/reports", Accept="text/html"),
    "GET /bookings": lambda client: client.get(f"/bookings?{DAY_QUERY}", Accept="text/html"),
    "POST /bookings": _book_at_the_desk,
    "GET /rebooking": lambda client: client.get("/rebooking?doctor_id=dr-lee", Accept="text/html"),
    "GET /slots/{slot_id}": lambda client: client.get_slot("09:00"),
    "GET /slots/{slot_id}/offers": lambda client: client.get(f"{slot_path('09:00')}/offers"),
    "PUT /slots/{slot_id}/hold": lambda client: client.hold("09:00"),
    "DELETE /slots/{slot_id}/hold": lambda client: client.release("09:00"),
    "PUT /slots/{slot_id}/booking": lambda client: client.book("09:00"),
    "DELETE /slots/{slot_id}/booking": lambda client: client.cancel("09:00"),
    "POST /slots/{slot_id}/release": lambda client: client.override("release", "09:00"),
    "POST /slots/{slot_id}/disrupt": _disrupt,
    "DELETE /slots/{slot_id}/disrupt": _lift_disruption,
    "POST /slots/{slot_id}/revoke": lambda client: client.override("revoke", "09:00"),
    "GET /doctors/{doctor_id}/bookings": lambda client: client.list_bookings(),
    "DELETE /doctors/{doctor_id}/holds": _end_hold,
}

"""URLs of the pages of bookings."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from datetime import date


def bookings_url(base: str, doctor_id: str, on: date) -> str:
    """The URL of the bookings of a day, where staff book at the desk."""
    return f"{base}/bookings?{urlencode({'doctor_id': doctor_id, 'date': on.isoformat()})}"


def rebooking_url(base: str, doctor_id: str, on: date | None = None) -> str:
    """The URL of the bookings to be rebooked: of a date, or of all from today on."""
    date_field = {"date": on.isoformat()} if on else {}
    return f"{base}/rebooking?{urlencode({'doctor_id': doctor_id, **date_field})}"

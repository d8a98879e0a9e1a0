"""What a date of a doctor is called on the pages, and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from datetime import date


def title(on: date) -> str:
    """``Monday 23 November 2026``."""
    return f"{on:%A} {on.day} {on:%B} {on.year}"


def to_day(base: str, doctor_id: str, on: date) -> str:
    """The URL of the day's page."""
    return f"{base}/slots?{_asked(doctor_id, on)}"


def to_history(base: str, doctor_id: str, on: date) -> str:
    """The URL of the day's history."""
    return f"{base}/slots/history?{_asked(doctor_id, on)}"


def _asked(doctor_id: str, on: date) -> str:
    return urlencode({"doctor_id": doctor_id, "date": on.isoformat()})

"""URLs of a doctor's date, and its title."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from datetime import date


def format_date(date: date) -> str:
    """``Monday 23 November 2026``."""
    return f"{date:%A} {date.day} {date:%B} {date.year}"


def format_day_and_month(date: date) -> str:
    """``Monday 23 November``."""
    return f"{date:%A} {date.day} {date:%B}"


def day_url(base: str, doctor_id: str, date: date) -> str:
    """The URL of the day's page."""
    return f"{base}/slots?{_query(doctor_id, date)}"


def today_url(base: str, doctor_id: str) -> str:
    """The URL of today's page, without a date: the page may stay open past midnight."""
    return f"{base}/slots?{urlencode({'doctor_id': doctor_id})}"


def history_url(base: str, doctor_id: str, date: date, cursor: str | None = None) -> str:
    """The URL of the day's history, or of a further page of it."""
    further = f"&{urlencode({'cursor': cursor})}" if cursor else ""
    return f"{base}/slots/history?{_query(doctor_id, date)}{further}"


def _query(doctor_id: str, date: date) -> str:
    return urlencode({"doctor_id": doctor_id, "date": date.isoformat()})

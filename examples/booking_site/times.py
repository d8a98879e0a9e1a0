"""Dates and times in words. They are the clinic's: the patient has to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo


def format_date(on: date) -> str:
    """``Monday 23 November 2026``."""
    return f"{on:%A} {on.day} {on:%B %Y}"


def format_short_date(on: date) -> str:
    """``Mon 23 Nov``."""
    return f"{on:%a} {on.day} {on:%b}"


def format_time(instant: datetime, zone: ZoneInfo) -> str:
    """``09:00``; or ``01:30 BST`` in the hour that the clock shows twice."""
    local = instant.astimezone(zone)
    is_ambiguous = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%H:%M %Z}" if is_ambiguous else f"{local:%H:%M}"


def format_zone(zone: ZoneInfo) -> str:
    """``London time``."""
    city = zone.key.rpartition("/")[2].replace("_", " ")
    return city if city == "UTC" else f"{city} time"
